from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import jsonschema_rs
from odoo import fields
from odoo.tests import TransactionCase, tagged

from odoo.addons.trade_kernel import events as catalogue
from odoo.addons.trade_kernel.errors import PartnerDown

from .. import event_document, events
from ..events import (
    EXCEPTION_OPENED,
    EXCEPTION_RESOLVED,
    PARTNER_ACTIVATED,
    PARTNER_ENDED,
    PARTNER_SUSPENDED,
    PartnerData,
)
from ..pipeline import relay


@tagged("post_install", "-at_install")
class TestEvent(TransactionCase):
    """What happens is written down with it, gets one place in the feed, and is forgotten in time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contact = cls.env["res.partner"].create({"name": "Wood Corner"})
        cls.partner = cls.env["trade.partner"].create({"partner_id": contact.id, "is_customer": True})
        cls._relay_all()

    @classmethod
    def _relay_all(cls):
        cls.env.flush_all()
        while relay.step(cls.env, relay.LANE, 500).count:
            pass

    def _emit(self, **vals):
        data = {"name": "Wood Corner", "state": "live", "roles": [], **vals}
        return self.env["trade.event"]._emit(PARTNER_ACTIVATED, self.partner, data=data)

    def _drain(self):
        self.env.flush_all()
        self.registry_enter_test_mode()
        self.env["trade.lane"]._drain(relay.LANE)
        self.env.invalidate_all()

    # -- writing -----------------------------------------------------------------------------------

    def test_only_what_the_catalogue_knows_is_written(self):
        Event = self.env["trade.event"]
        with self.assertRaisesRegex(ValueError, "registered first"):
            Event._emit("tradelane.partner.painted.v1", self.partner)
        with self.assertRaisesRegex(ValueError, "about trade.partner"):
            Event._emit(PARTNER_ACTIVATED, self.env.user)
        with self.assertRaises(ValueError):
            self._emit(colour="red")
        with self.assertRaises(ValueError):
            Event._emit(PARTNER_ACTIVATED, self.partner)

    def test_it_is_rolled_back_with_what_happened(self):
        savepoint = self.env.cr.savepoint()
        event = self._emit()
        savepoint.rollback()
        self.env.invalidate_all()
        self.assertFalse(event.exists())

    def test_its_lane_is_woken_after_the_commit(self):
        self.env.cr.postcommit.data.pop("trade.lane.wake", None)
        self._emit()
        self.assertEqual(self.env.cr.postcommit.data["trade.lane.wake"], {None: {relay.LANE}})

    def test_many_are_written_with_one_statement(self):
        facts = [
            (PARTNER_ACTIVATED, self.partner, None, PartnerData(name=str(number), state="live", roles=()))
            for number in range(50)
        ]
        self.env["trade.event"]._emit_many(facts[:1])
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        events = self.env["trade.event"]._emit_many(facts)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 2)
        self.assertEqual([event.data["name"] for event in events], [str(number) for number in range(50)])

    # -- places ------------------------------------------------------------------------------------

    def test_places_follow_each_other_and_are_given_once(self):
        events = self.env["trade.event"].union(*(self._emit() for _time in range(3)))
        self.assertEqual(events.mapped("position"), [0, 0, 0], "none before the commit")
        start = self.env["trade.event"]._last_position()
        self._relay_all()
        self.assertEqual(events.mapped("position"), [start + 1, start + 2, start + 3])
        self.assertEqual(self.env["trade.event"]._last_position(), start + 3)
        self.assertEqual(relay.step(self.env, relay.LANE, 50).count, 0)

    def test_one_that_is_committed_late_comes_after_those_that_were_read(self):
        late, early = self._emit(), self._emit()
        early._place()  # the other transaction is not finished yet, so its event is not seen
        early._relay()
        self._relay_all()
        self.assertGreater(late.position, early.position)

    def test_places_never_start_again(self):
        event = self._emit()
        self._relay_all()
        last = event.position
        event.unlink()
        after = self._emit()
        self._relay_all()
        self.assertGreater(after.position, last)

    def test_one_that_breaks_the_relay_is_set_aside_and_its_neighbours_go_on(self):
        events = self.env["trade.event"].union(*(self._emit() for _time in range(3)))
        original = type(self.env["trade.event"])._relay

        def broken(batch):
            if events[1] in batch:
                raise ZeroDivisionError("no such thing")
            return original(batch)

        with (
            patch.object(type(self.env["trade.event"]), "_relay", broken),
            self.assertLogs("odoo.addons.trade_core.pipeline.failures", "ERROR"),
        ):
            self._drain()
        self.assertTrue(all(events.mapped("position")), "everything has its place in the feed")
        self.assertEqual([bool(event.relay_problem) for event in events], [False, True, False])
        problem = self.env["trade.exception"].search([("code", "=", "event.not_relayed")])
        self.assertTrue(problem.is_open)
        self.assertIn("Partner activated", problem.name)
        events[1].action_relay_again()
        self.assertFalse(events[1].relay_problem)
        self.assertEqual(problem.state, "resolved")

    # -- what is announced -------------------------------------------------------------------------

    def _new(self, record, since):
        self.env.flush_all()
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id), ("id", ">", since)]
        return self.env["trade.event"].search(domain, order="id")

    def _last(self):
        return self.env["trade.event"].search([], order="id desc", limit=1).id or 0

    def test_a_partner_that_goes_live_and_stops(self):
        since = self._last()
        self.partner.action_go_live()
        self.partner.action_go_live()
        self.partner.action_suspend()
        self.partner.write({"state": "closed"})
        events = self._new(self.partner, since)
        self.assertEqual(events.mapped("type"), [PARTNER_ACTIVATED, PARTNER_SUSPENDED, PARTNER_ENDED])
        self.assertEqual(events.trade_partner_id, self.partner)
        self.assertEqual(
            events[0].data,
            {"name": "Wood Corner", "state": "live", "roles": ["supplier", "customer"], "identifiers": []},
        )

    def test_a_problem_that_opens_closes_and_comes_again(self):
        error = PartnerDown("partner.down", partner="Wood Corner", detail="timeout", subject="connector:1")
        problem = self.env["trade.exception"]._open(
            error, company=self.env.company, trade_partner=self.partner
        )
        self.env["trade.exception"]._open(error, company=self.env.company, trade_partner=self.partner)
        problem._auto_resolve("It answers again.")
        self.env["trade.exception"]._open(error, company=self.env.company, trade_partner=self.partner)
        events = self._new(problem, 0)
        self.assertEqual(events.mapped("type"), [EXCEPTION_OPENED, EXCEPTION_RESOLVED, EXCEPTION_OPENED])
        closed = events[1].data
        self.assertEqual((closed["outcome"], closed["resolution"]), ("resolved", "It answers again."))
        self.assertEqual(closed["value_at_stake"], "0.00")
        self.assertEqual(closed["partner"], "Wood Corner")

    def test_data_is_as_its_schema_says(self):
        self.partner.action_go_live()
        for event in self._new(self.partner, 0):
            jsonschema_rs.validate(catalogue.get(event.type).schema(), event.data)

    # -- the catalogue -----------------------------------------------------------------------------

    def test_there_is_a_row_for_every_type_of_an_installed_addon(self):
        Type = self.env["trade.event.type"]
        known = {kind.name: kind for kind in Type.search([])}
        self.assertIn(PARTNER_ACTIVATED, known)
        self.assertEqual(known[PARTNER_ACTIVATED].module, "trade_core")
        kind = catalogue.get(PARTNER_ACTIVATED)
        gone = catalogue.EventType(
            "tradelane.partner.painted.v1", "Painted", "s", "trade.partner", PartnerData, "events:read"
        )
        with patch.dict(catalogue._types, {gone.name: gone}):
            Type._sync()
            painted = Type.search([("name", "=", gone.name)])
        self.assertEqual((painted.title, painted.schema), ("Painted", kind.schema()))
        self.assertTrue(painted.active, "known while it is registered")
        Type._sync()
        self.assertEqual(painted.active, PartnerData.__module__ not in catalogue_modules())
        self.assertTrue(known[PARTNER_ACTIVATED].active)

    def test_every_example_is_as_its_schema_says(self):
        for kind in self.env["trade.event.type"].search([]):
            with self.subTest(kind.name):
                jsonschema_rs.validate(kind.schema, kind.example["data"])
                self.assertTrue(all(row.kind for row in event_document.rows(kind.schema)))

    def test_every_type_is_in_the_documentation(self):
        page = (Path(events.__file__).resolve().parents[2] / "docs" / "events.md").read_text()
        for kind in self.env["trade.event.type"].search([]):
            with self.subTest(kind.name):
                self.assertIn(f"| `{kind.name}` |", page)
                self.assertIn(f"| `{kind.module}` |", page)

    def test_the_document_names_every_type_and_field(self):
        text = self.env["trade.event.type"]._document()
        for kind in self.env["trade.event.type"].search([]):
            self.assertIn(f"## {kind.title}\n\n`{kind.name}`", text)
            self.assertIn(kind.summary, text)
        self.assertIn("| `identifiers[].scheme` | text | yes |", text)

    # -- cleaning up -------------------------------------------------------------------------------

    def test_old_events_go_unless_somebody_still_waits_for_them(self):
        connector = self.env["trade.connector"].create(
            {"name": "W", "trade_partner_id": self.partner.id, "base_url": "http://127.0.0.1:1"}
        )
        self.env["trade.subscription"].create(
            {
                "name": "W",
                "trade_partner_id": self.partner.id,
                "connector_id": connector.id,
                "all_types": True,
            }
        )
        old = fields.Datetime.now() - timedelta(days=40)
        told, young, unplaced, gone = (self._emit() for _time in range(4))
        told.trade_partner_id = self.partner
        self.env.flush_all()
        (told | young | gone)._place()
        (told | young | gone)._relay()
        (told | unplaced | gone).write({"time": old})
        self.env["ir.config_parameter"].set_param("trade_core.keep_events_days", "30")
        self.env.flush_all()
        self.assertTrue(told.message_ids)
        count, more = self.env["trade.event"]._gc_events()
        self.assertFalse(more)
        self.assertGreaterEqual(count, 1)
        self.assertEqual((told | young | unplaced | gone).exists(), told | young | unplaced)
        told.message_ids._set_state("cancelled")
        message = told.message_ids
        self.env["trade.event"]._gc_events()
        self.assertFalse(told.exists())
        self.assertTrue(message.exists(), "the proof of what was said is kept")
        self.env["ir.config_parameter"].set_param("trade_core.keep_events_days", "0")
        young.time = old
        self.env.flush_all()
        self.assertEqual(self.env["trade.event"]._gc_events(), (0, 0))


def catalogue_modules():
    """Modules whose types are known not to exist any more when they are not registered."""
    return {PartnerData.__module__}
