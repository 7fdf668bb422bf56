from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.trade_core import announcing
from odoo.addons.trade_core.announcing import at_commit
from odoo.addons.trade_core.events import PARTNER_ACTIVATED, PARTNER_SUSPENDED
from odoo.addons.trade_core.models.trade_partner import TradePartner

from .common_events import EventCase


@tagged("post_install", "-at_install")
class TestAnnouncing(EventCase):
    """The difference a transaction made is announced once, and stops nobody.

    What is announced here is the name of a partner, when it changed.
    """

    def setUp(self):
        super().setUp()
        self.first, self.second = self.profile, self.make_partner("Deco Addict")[1]
        self.told()
        announce = self._announce
        self.startPatcher(patch.object(TradePartner, "_announce_names", announce, create=True))
        self.startPatcher(patch.object(TradePartner, "_announce_more", self._announce_more, create=True))

    @staticmethod
    def _fact(kind, profile):
        data = {"name": profile.partner_id.name, "state": profile.state, "roles": ()}
        return (kind, profile, profile, data)

    @staticmethod
    def _announce(profiles, notes):
        return {
            profile.id: [TestAnnouncing._fact(PARTNER_ACTIVATED, profile)]
            for profile in profiles
            if profile.partner_id.name != notes[profile.id]
        }

    @staticmethod
    def _announce_more(profiles, _notes):
        return {profile.id: [TestAnnouncing._fact(PARTNER_SUSPENDED, profile)] for profile in profiles}

    def rename(self, profile, name):
        before = {profile.id: profile.partner_id.name}
        profile.partner_id.name = name
        at_commit(profile, "_announce_names", before)

    def names(self, *profiles):
        return [data["name"] for _kind, data in self.told(*profiles)]

    def test_several_changes_are_one_event_of_the_last_state(self):
        self.rename(self.first, "A")
        self.env.cr.flush()  # as every savepoint does
        self.rename(self.first, "B")
        self.rename(self.second, "C")
        self.assertEqual(sorted(self.names(self.first, self.second)), ["B", "C"])
        self.rename(self.first, "D")
        self.assertEqual(self.names(self.first), ["D"], "another transaction, another event")

    def test_what_is_taken_back_was_never_announced(self):
        name = self.first.partner_id.name
        self.rename(self.first, "A")
        self.env.cr.flush()
        self.rename(self.first, name)
        self.assertEqual(self.names(self.first), [])

    def test_what_a_savepoint_took_back_does_not_count(self):
        self.rename(self.first, "A")
        self.env.cr.flush()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.rename(self.first, "B")
            self.env.cr.flush()
            raise ZeroDivisionError
        self.assertEqual(self.first.partner_id.name, "A")
        self.assertEqual(self.names(self.first), ["A"])

    def test_deleted_records_have_no_news(self):
        contact, profile = self.make_partner("Short life")
        self.rename(profile, "A")
        self.env.cr.flush()
        written = self.env["trade.event"].search(
            [("res_id", "=", profile.id), ("res_model", "=", profile._name), ("subject", "=", "A")]
        )
        self.assertTrue(written)
        at_commit(profile, "_announce_names", {profile.id: "Short life"})
        profile.unlink()
        self.commit()
        self.assertFalse(written.exists())
        self.assertTrue(contact.exists())

    def test_what_happened_first_is_told_first(self):
        self.rename(self.first, "A")
        at_commit(self.first, "_announce_more", {self.first.id: None})
        self.assertEqual(self.types(self.first), [PARTNER_ACTIVATED, PARTNER_SUSPENDED])

    def test_one_that_fails_is_a_problem_and_the_others_are_announced(self):
        def fails(profiles, notes):
            if self.second in profiles:
                profiles.partner_id.comment = "half done"
                raise ValueError("no such thing")
            return self._announce(profiles, notes)

        self.rename(self.first, "A")
        self.rename(self.second, "B")
        with (
            patch.object(TradePartner, "_announce_names", fails),
            mute_logger(announcing.__name__),
        ):
            self.env.cr.flush()
        events = self.env["trade.event"].search([("id", ">", self.start)])
        mine = events.filtered(lambda event: event.type == PARTNER_ACTIVATED)
        self.assertEqual(mine.mapped("res_id"), [self.first.id])
        [problem] = self.env["trade.exception"].search([("code", "=", "event.not_written")])
        self.assertIn("no such thing", problem.name)
        self.assertFalse(self.second.partner_id.comment, "what it had begun is undone")
        self.assertEqual(self.second.partner_id.name, "B", "the business goes on")
