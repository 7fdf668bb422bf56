import time
from dataclasses import replace
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.trade_http import door as doors
from odoo.addons.trade_http import resources

from .common import make_client, make_partner


@tagged("post_install", "-at_install")
class TestTradeDoor(TransactionCase):
    """What is known of a client is kept in memory, and forgotten when anything of it changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner, cls.route = make_partner(cls.env, "Wood Corner")
        cls.client = make_client(cls.env, cls.partner)
        cls.public_id = cls.client.public_id

    def door(self):
        return self.env["trade.api.client"]._door(self.public_id)

    def test_a_second_look_costs_no_query(self):
        first = self.door()
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            self.assertIs(self.door(), first)

    def test_what_it_knows(self):
        door = self.door()
        self.assertEqual((door.client_id, door.trade_partner_id), (self.client.id, self.partner.id))
        way = door.ways["order_response"]
        self.assertEqual(way.id, self.route.id)
        self.assertEqual(way.connector_id.id, self.route.connector_id.id)
        self.assertEqual(way.company_id.id, self.partner.company_id.id)

    def test_every_change_is_seen_at_once(self):
        changes = [
            lambda: self.client.write({"expires_at": "2030-01-01"}),
            lambda: self.client.action_new_key(),
            lambda: self.client.key_ids.action_revoke(),
            lambda: self.route.write({"mode": "test"}),
            lambda: self.route.write({"direction": "out"}),
            lambda: self.route.write({"direction": "in"}),
            lambda: self.route.copy({"sequence": 1}),
            lambda: self.partner.route_ids.unlink(),
        ]
        before = self.door()
        for change in changes:
            change()
            self.env.flush_all()
            now = self.door()
            self.assertNotEqual(replace(now, read_at=0), replace(before, read_at=0))
            before = now

    def test_changes_that_do_not_matter_keep_it(self):
        door = self.door()
        self.client.overlap_hours = 5
        self.client.message_post(body="Called them")
        self.route.write({"poll_cursor": "42", "ack_hours": 3})
        self.env.flush_all()
        self.assertIs(self.door(), door)

    def test_it_is_forgotten_again_after_the_commit(self):
        """With threads, a request running meanwhile may have read the old values back before the commit."""
        self.client.expires_at = "2030-01-01"
        stale = self.door()
        self.env.cr.postcommit.run()
        self.assertIsNot(self.door(), stale)

    def test_the_first_route_counts_when_there_are_several(self):
        first = self.route.copy({"sequence": 1})
        self.assertEqual(self.door().ways["order_response"].id, first.id)
        first.active = False
        self.assertEqual(self.door().ways["order_response"].id, self.route.id)

    def test_made_up_ids_leave_nothing_behind(self):
        cache = self.registry._Registry__caches["default"]

        def kept():
            """Of all that Odoo remembers, what is about doors."""
            return sum(key[:1] == ("trade.api.client",) for key in list(cache))

        self.door()
        self.assertEqual(kept(), 1)
        for number in range(50):
            with self.assertRaises(LookupError):
                self.env["trade.api.client"]._door(f"madeup{number}")
        self.assertEqual(kept(), 1)

    def test_an_archived_client_has_no_door(self):
        self.door()
        self.client.active = False
        with self.assertRaises(LookupError):
            self.door()

    def test_it_is_read_again_after_a_minute(self):
        first = self.door()
        self.env.cr.execute(
            "UPDATE trade_api_client SET name = 'Renamed by a script' WHERE id = %s", [self.client.id]
        )
        self.env.invalidate_all()
        self.assertIs(self.door(), first)
        later = time.monotonic() + doors.MAX_AGE + 1
        with patch.object(doors.time, "monotonic", lambda: later):
            again = self.door()
            self.assertEqual(again.name, "Renamed by a script")
            self.assertIs(self.door(), again)

    def test_no_secret_shows_in_its_text(self):
        self.client.action_new_key()
        [(digest, _ends)] = self.door().keys
        self.assertNotIn(digest, repr(self.door()))

    def test_a_collection_means_one_document_type(self):
        resources.register("order-responses", "order_response", "orders:respond")
        with self.assertRaises(ValueError):
            resources.register("order-responses", "order", "orders:respond")
