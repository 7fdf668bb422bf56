from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.trade_core.tests.common_events import EventCase

from .. import events
from .common import PurchaseCase


@tagged("post_install", "-at_install")
class TestPurchaseEvents(PurchaseCase, EventCase):
    """What happens to a purchase order is announced, sent as a document or not; one event per fact."""

    def test_a_confirmed_order_is_announced_with_all_a_receiver_needs(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 2.5, 20.0))
        [(kind, data)] = self.told(order)
        self.assertEqual((kind, data["order"], data["revision"]), (events.ORDER_CONFIRMED, order.name, 0))
        self.assertEqual(data["supplier"], "Wood Corner")
        self.assertEqual(data["total_amount"], {"value": "1050.00", "currency_id": "USD"})
        first, second = data["lines"]
        self.assertEqual(first["product"], {"name": "Desk", "code": "TT-DESK", "gtin": "4012345678901"})
        self.assertEqual(first["quantity"], {"value": "10", "unit_code": "C62"})
        self.assertEqual((first["number"], first["delivery_on"]), ("1", "2031-03-10"))
        self.assertEqual(second["quantity"]["value"], "2.5")
        self.assertEqual(self.last.trade_partner_id, self.profile)
        self.assertEqual(self.last_out(order).event_id, self.last, "its document says why it left")

    def test_without_a_route_or_a_profile_it_is_announced_all_the_same(self):
        self.route_out.active = False
        self.assertEqual(self.types(self.make_order()), [events.ORDER_CONFIRMED])
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        order = self.make_order(partner_id=stranger.id)
        self.assertEqual(self.types(order), [events.ORDER_CONFIRMED])
        self.assertFalse(self.last.trade_partner_id)

    def test_a_change_of_a_confirmed_order_is_announced_once(self):
        order = self.make_order()
        self.told(order)
        order.order_line.write({"product_qty": 12})
        order.order_line.write({"price_unit": 90.0})
        [(kind, data)] = self.told(order)
        self.assertEqual(kind, events.ORDER_CHANGED)
        self.assertEqual(data["lines"][0]["quantity"]["value"], "12")
        self.assertEqual(data["total_amount"]["value"], "1080.00")
        order.order_line.write({"product_qty": 12})
        self.assertEqual(self.types(order), [], "nothing changed")
        order.order_line.write({"product_qty": 13})
        order.order_line.write({"product_qty": 12})
        self.assertEqual(self.types(order), [], "it says again what was announced")

    def test_a_draft_is_nobodys_business(self):
        order = self.make_order(confirm=False)
        order.order_line.write({"product_qty": 12})
        order.button_cancel()
        self.assertEqual(self.types(order), [])

    def test_sending_a_changed_order_again_is_a_new_revision(self):
        order = self.make_order()
        self.as_sent(order)
        self.told(order)
        order.order_line.write({"price_unit": 90.0})
        order.action_trade_send_again()
        [(kind, data)] = self.told(order)
        self.assertEqual((kind, data["revision"]), (events.ORDER_CHANGED, 1))
        self.assertEqual(self.last_out(order).event_id, self.last)

    def test_cancelled(self):
        order = self.make_order()
        self.told(order)
        order.button_cancel()
        cancelled = {"order": order.name, "revision": 0, "supplier": "Wood Corner"}
        self.assertEqual(self.told(order), [(events.ORDER_CANCELLED, cancelled)])

    def test_an_answer_as_ordered(self):
        order = self.make_order()
        self.as_sent(order)
        self.told(order)
        self.process(self.answer(order, code="AP", number="AB-1"))
        [(kind, data)] = self.told(order)
        self.assertEqual(
            (kind, data["response"], data["outcome"]), (events.RESPONSE_APPLIED, "AB-1", "applied")
        )
        [line] = data["lines"]
        self.assertEqual((line["number"], line["decision"], line["differences"]), ("1", "accepted", []))

    def test_an_accepted_difference_is_an_answer_and_a_change(self):
        order = self.make_order()
        self.as_sent(order)
        self.told(order)
        self.process(self.answer(order, self.line(1, "3", quantity=10, day=self.days(2))))
        (answered, data), (changed, now) = self.told(order)
        self.assertEqual((answered, changed), (events.RESPONSE_APPLIED, events.ORDER_CHANGED))
        [line] = data["lines"]
        self.assertEqual(
            line["promised"], [{"quantity": {"value": "10", "unit_code": "C62"}, "on": "2031-03-12"}]
        )
        self.assertTrue(line["differences"])
        self.assertEqual(now["lines"][0]["delivery_on"], "2031-03-12")

    def test_what_is_refused_says_so_and_the_order_leaves_again(self):
        order = self.make_order()
        self.as_sent(order)
        [held] = self.process(self.answer(order, self.line(1, "3", price="150")))
        self.told(order)
        self.decide(held, "rejected")
        found = self.told(order)
        self.assertEqual([kind for kind, _data in found], [events.RESPONSE_APPLIED, events.ORDER_CHANGED])
        self.assertEqual((found[0][1]["outcome"], found[0][1]["revision"]), ("rejected", 0))
        self.assertEqual(found[0][1]["lines"][0]["decision"], "rejected")
        self.assertEqual(found[1][1]["revision"], 1)
        document = self.as_sent(order)
        self.assertTrue(document["note"], "what was refused still stands in the document")

    def test_a_held_answer_is_not_applied_and_not_announced(self):
        order = self.make_order()
        self.as_sent(order)
        self.told(order)
        self.process(self.answer(order, self.line(1, "3", price="150")))
        self.assertEqual(self.types(order), [])

    def test_what_cannot_be_announced_is_no_problem_of_the_person_who_confirms(self):
        order = self.make_order(confirm=False)
        with (
            patch.object(type(order), "_trade_event_order", lambda *_args: 1 / 0),
            self.assertLogs("odoo.addons.trade_core.pipeline.failures", "ERROR"),
        ):
            order.button_confirm()
        self.assertEqual(order.state, "purchase")
        problem = self.env["trade.exception"].search([("trade_partner_id", "=", self.profile.id)])
        self.assertTrue(problem.is_open)
