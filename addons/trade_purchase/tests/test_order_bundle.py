import json
import os
from datetime import datetime, time
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.trade_core.connectors.keyring import ENVIRONMENT_VARIABLE
from odoo.addons.trade_core.pipeline import bundle
from odoo.addons.trade_core.tests.common_connector import KEY, Answer, LoopbackMixin, PartnerServer

from .common import PurchaseCase


@tagged("post_install", "-at_install")
class TestOrderBundle(LoopbackMixin, PurchaseCase):
    """All orders of a supplier at 16:00 in one file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(os.environ, {ENVIRONMENT_VARIABLE: KEY}))
        cls.server = PartnerServer()
        cls.addClassCleanup(cls.server.stop)
        connector = cls.env["trade.connector"].create(
            {
                "name": "Wood Corner",
                "trade_partner_id": cls.profile.id,
                "transport": "rest",
                "base_url": f"{cls.server.url}/api",
                "connect_timeout": 2,
                "read_timeout": 5,
            }
        )
        cls.route_out.write({"connector_id": connector.id, "endpoint": "/orders", "bundle": True, "lanes": 4})

    def setUp(self):
        super().setUp()
        self.server.answers.clear()
        self.server.requests.clear()
        self.registry_enter_test_mode()

    def drain(self, message):
        self.env.flush_all()
        self.env["trade.lane"]._drain(message.lane)
        self.env.invalidate_all()

    def orders(self, count=3):
        return self.env["purchase.order"].union(*(self.make_order() for _number in range(count)))

    def sent(self, orders):
        return self.env["trade.message"].union(*(self.last_out(order) for order in orders))

    def bodies(self):
        return [json.loads(request.body) for request in self.server.requests]

    def test_all_orders_leave_in_one_file(self):
        orders = self.orders()
        messages = self.sent(orders)
        self.drain(messages[0])
        [body] = self.bodies()
        self.assertEqual([document["id"] for document in body], orders.mapped("name"))
        self.assertEqual(set(messages.mapped("state")), {"sent"}, "each waits for its own answer")
        self.assertEqual(set(orders.mapped("trade_state")), {"received"})
        file = messages.parent_id
        self.assertEqual((file.document_type, file.state, len(file)), ("interchange", "acknowledged", 1))
        self.assertTrue(all(messages.mapped("ack_deadline")) and all(messages.mapped("sent_at")))
        self.assertEqual(json.loads(messages[1]._raw())["id"], orders[1].name)

        [answer] = self.process(self.answer(orders[1], code="AP"))
        self.assertApplied(answer)
        self.assertEqual(messages.mapped("state"), ["sent", "acknowledged", "sent"])

    def test_one_that_cannot_be_written_is_not_in_it(self):
        self.shelf.write({"default_code": False, "seller_ids": [Command.clear()]})
        good, bad = self.make_order(), self.make_order((self.shelf, 1, 20.0))
        messages = self.sent(good | bad)
        self.drain(messages[0])
        [body] = self.bodies()
        self.assertEqual(body["id"], good.name)
        self.assertEqual(messages.mapped("state"), ["sent", "held"])
        self.assertIn("no code", messages[1].state_reason)

    def test_a_file_that_was_refused_waits_and_goes_whole(self):
        orders = self.orders(2)
        messages = self.sent(orders)
        self.server.will(Answer(422, "not today"))
        self.drain(messages[0])
        file = messages.parent_id
        self.assertEqual((file.state, messages.mapped("state")), ("held", ["queued", "queued"]))
        self.assertIn("not today", str(orders[0].with_user(self.buyer).trade_exchange))
        file._replay()
        self.drain(messages[0])
        self.assertEqual((file.state, messages.mapped("state")), ("acknowledged", ["sent", "sent"]))
        self.assertEqual(len(self.bodies()), 2)

    def test_a_file_whose_call_broke_off_goes_again_under_its_key(self):
        orders = self.orders(2)
        messages = self.sent(orders)
        self.server.will(Answer(503))
        self.drain(messages[0])
        self.assertEqual(messages.parent_id.state, "queued")
        messages.parent_id.not_before = False
        self.drain(messages[0])
        self.assertEqual(set(messages.mapped("state")), {"sent"})
        keys = {request.headers["Idempotency-Key"] for request in self.server.requests}
        self.assertEqual(len(keys), 1)

    def gathered(self, orders):
        """As a worker that died between writing the file and sending it leaves them."""
        messages = self.sent(orders)
        self.env.flush_all()
        bundle.gather(messages, lambda _message, error, _started: self.fail(error))
        self.assertEqual(messages.parent_id.state, "queued")
        return messages

    def test_a_cancelled_order_is_taken_out_of_a_file_that_was_not_sent(self):
        orders = self.orders()
        messages = self.gathered(orders)
        orders[1].button_cancel()
        self.assertEqual(messages.mapped("state"), ["queued", "cancelled", "queued"])
        self.drain(messages[0])
        [body] = self.bodies()
        self.assertEqual([document["id"] for document in body], (orders[0] | orders[2]).mapped("name"))

    def test_a_changed_order_leaves_changed(self):
        orders = self.orders(2)
        messages = self.gathered(orders)
        orders[0].order_line.product_qty = 12
        again = self.last_out(orders[0])
        self.assertEqual((messages[0].state, again.revision), ("cancelled", 0))
        again.not_before = False
        self.drain(messages[0])
        [body] = self.bodies()
        said = {document["id"]: document["order_lines"][0]["quantity"]["value"] for document in body}
        self.assertEqual(said, {orders[0].name: "12", orders[1].name: "10"})

    def test_sent_again_one_goes_alone_as_it_was(self):
        orders = self.orders(2)
        messages = self.sent(orders)
        self.drain(messages[0])
        orders[0].with_user(self.buyer).action_trade_send_again()
        self.drain(messages[0])
        self.assertEqual(self.bodies()[1]["id"], orders[0].name)
        self.assertEqual(messages[0].state, "sent")

    def test_withdrawing_the_file_withdraws_what_is_in_it(self):
        messages = self.gathered(self.orders(2))
        messages.parent_id.action_cancel()
        self.assertEqual(set(messages.mapped("state")), {"cancelled"})

    # -- the hour ----------------------------------------------------------------------------------

    def test_it_leaves_at_the_next_time(self):
        self.route_out.departures = "16:00, 11:00"
        self.env.company.partner_id.tz = "Europe/Berlin"
        for now, leaves in (
            ("2031-03-03 08:00:00", datetime(2031, 3, 3, 10, 0)),
            ("2031-03-03 10:00:00", datetime(2031, 3, 3, 15, 0)),
            ("2031-03-03 15:30:00", datetime(2031, 3, 4, 10, 0)),
            ("2031-07-01 08:59:00", datetime(2031, 7, 1, 9, 0)),
        ):
            self.assertEqual(self.route_out._next_departure(datetime.fromisoformat(now)), leaves)
        with freeze_time("2031-03-03 10:00:00"):
            self.assertEqual(self.last_out(self.make_order()).not_before, datetime(2031, 3, 3, 15, 0))

    def test_it_leaves_on_working_days(self):
        self.route_out.departures = "16:00"
        self.profile.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Their days", "tz": "Europe/Berlin"}
        )
        saturday = datetime(2031, 3, 8, 8, 0)
        self.assertEqual(self.route_out._next_departure(saturday), datetime(2031, 3, 10, 15, 0))

    def test_times_that_are_none(self):
        with self.assertRaisesRegex(ValidationError, "11:00, 16:00"):
            self.route_out.departures = "4 pm"
        self.route_out.departures = "9:05"
        self.assertEqual(self.route_out._departure_times(), [time(9, 5)])
