import json
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.trade_core.pipeline import outbound

from .common import SentOrderCase


@tagged("post_install", "-at_install")
class TestOrderChange(SentOrderCase):
    """What is changed in Odoo after an order has left leaves too; so does its end."""

    def lines(self, document):
        return {line["id"]: line["line_status_code"] for line in document["order_lines"]}

    # -- changes -----------------------------------------------------------------------------------

    def test_an_edit_leaves_as_a_change_that_says_what_changed(self):
        order = self.sent_order()
        order.order_line[0].product_qty = 12
        change = self.last_out(order)
        self.assertEqual(
            (change.document_type, change.revision, order.trade_revision), ("order_change", 1, 1)
        )
        self.assertGreater(change.not_before, fields.Datetime.now() + timedelta(minutes=8))
        document = self.as_sent(order)
        self.assertEqual(document["order_reference"]["id"], order.name)
        self.assertEqual(document["sequence_number"], 1)
        self.assertEqual(self.lines(document), {"1": "3"})
        self.assertEqual(document["order_lines"][0]["quantity"]["value"], "12")

    def test_several_edits_within_minutes_are_one_revision(self):
        order = self.sent_order()
        order.order_line[0].product_qty = 12
        order.order_line[1].price_unit = 19.0
        self.assertEqual(order.trade_revision, 1)
        self.assertEqual(self.lines(self.as_sent(order)), {"1": "3", "2": "3"})

    def test_changes_follow_each_other(self):
        order = self.sent_order()
        order.order_line[0].product_qty = 12
        self.as_sent(order)
        order.order_line[1].product_qty = 6
        self.assertEqual(self.lines(self.as_sent(order)), {"2": "3"})
        order.order_line[1].product_qty = 0
        self.assertEqual(self.lines(self.as_sent(order)), {"2": "2"})
        order.order_line[1].product_qty = 7
        self.assertEqual(self.lines(self.as_sent(order)), {"2": "1"})

    def test_the_partner_may_want_all_lines(self):
        self.route_change.change_scope = "all"
        order = self.sent_order()
        order.order_line[0].product_qty = 12
        self.assertEqual(self.lines(self.as_sent(order)), {"1": "3", "2": "5"})

    def test_all_lines_taken_off(self):
        order = self.sent_order()
        order.order_line.product_qty = 0
        self.assertEqual(self.lines(self.as_sent(order)), {"1": "2", "2": "2"})

    def test_without_a_route_for_changes_the_whole_order_leaves_again(self):
        self.route_change.active = False
        order = self.sent_order()
        order.order_line[0].product_qty = 12
        document = self.as_sent(order)
        self.assertEqual((document["document_type"], document["sequence_number"]), ("order", 1))
        self.assertEqual(len(document["order_lines"]), 2)

    def test_changes_by_hand_only(self):
        self.route_out.change_sending = "manual"
        order = self.sent_order()
        order.order_line[0].product_qty = 12
        self.assertEqual(self.last_out(order).document_type, "order")
        self.assertIn("Changed since it was sent", str(order.trade_exchange))
        order.action_trade_send_again()
        self.assertEqual(self.last_out(order).document_type, "order_change")

    def test_send_again_lets_a_waiting_change_leave_now(self):
        order = self.sent_order()
        order.order_line[0].product_qty = 12
        order.action_trade_send_again()
        self.assertFalse(self.last_out(order).not_before)
        self.assertEqual(order.trade_revision, 1)

    def test_an_order_that_nobody_has_seen_leaves_as_it_is_now(self):
        order = self.make_order()
        message = self.prepare(self.last_out(order))
        order.order_line.product_qty = 12
        again = self.last_out(order)
        self.assertEqual((message.state, again.document_type, again.revision), ("cancelled", "order", 0))
        self.assertEqual(self.as_sent(order)["order_lines"][0]["quantity"]["value"], "12")

    def test_an_answer_that_is_applied_is_no_change(self):
        order = self.sent_order()
        [message] = self.process(self.answer(order, self.line(1, "3", day=self.days(1)), self.line(2)))
        self.assertApplied(message)
        self.assertEqual(order.trade_revision, 0)
        self.assertEqual(self.last_out(order).document_type, "order")

    def test_the_answer_to_the_change_closes_it(self):
        order = self.sent_order()
        order.order_line[0].product_qty = 12
        self.as_sent(order)
        change = self.last_out(order)
        old = self.answer(order, code="AP", order_reference={"id": order.name, "sequence_number": 0})
        new = self.answer(order, code="AP", order_reference={"id": order.name, "sequence_number": 1})
        stale, answer = self.process(old, new)
        self.assertEqual(stale.state, "ignored")
        self.assertApplied(answer)
        self.assertEqual((change.state, change.answer_id), ("acknowledged", answer))

    def test_a_change_never_overtakes_its_order(self):
        order = self.make_order()
        first = self.prepare(self.last_out(order))
        first.write({"attempt_count": 1, "not_before": fields.Datetime.now() + timedelta(hours=1)})
        order.order_line.product_qty = 12
        change = self.last_out(order)
        self.assertEqual(change.document_type, "order_change")
        change.not_before = False
        self.env.flush_all()
        self.assertEqual(outbound.ready(self.env, change.lane, 10), [])
        first._set_state("sent", sent_at=fields.Datetime.now())
        self.env.flush_all()
        self.assertEqual(outbound.ready(self.env, change.lane, 10), change.ids)

    def test_every_format_that_knows_changes_writes_them(self):
        for codec in ("canonical_json", "ubl", "cxml"):
            if codec not in dict(self.env["trade.route"]._selection_codec()):
                continue
            self.route_change.codec = self.route_end.codec = codec
            order = self.sent_order()
            order.order_line[0].product_qty = 12
            change = self.prepare(self.last_out(order))
            self.assertEqual((codec, change.state, change.state_reason), (codec, "queued", False))
            change._set_state("sent", sent_at=fields.Datetime.now())
            order.button_cancel()
            end = self.prepare(self.last_out(order))
            self.assertEqual((codec, end.state, end.state_reason), (codec, "queued", False))
            self.assertTrue(end.payload_size)

    # -- the end -----------------------------------------------------------------------------------

    def cancelled(self):
        order = self.sent_order()
        order.button_cancel()
        document = self.as_sent(order)
        self.assertEqual((document["document_type"], document["sequence_number"]), ("order_cancellation", 1))
        return order, self.last_out(order)

    def answer_to_end(self, order, code, **more):
        reference = {"id": order.name, "sequence_number": 1}
        return self.process(self.answer(order, code=code, order_reference=reference, **more))

    def test_the_end_is_told_and_confirmed(self):
        order, told = self.cancelled()
        [answer] = self.answer_to_end(order, "AP")
        self.assertApplied(answer)
        self.assertEqual((told.state, told.answer_id, order.state), ("acknowledged", answer, "cancel"))
        self.assertNotIn("tell the supplier", str(order.trade_exchange))

    def test_the_supplier_does_not_accept_the_end(self):
        order, _told = self.cancelled()
        [answer] = self.answer_to_end(order, "RE", note=["It has left our house."])
        self.assertHeld(answer, "It has left our house.")
        self.assertIn("confirm it again", answer.exception_id.remedy)

    def test_a_late_answer_to_the_order_confirms_no_end(self):
        order, told = self.cancelled()
        [answer] = self.process(self.answer(order, code="AP"))
        self.assertEqual((answer.state, told.state), ("held", "sent"))

    def test_confirmed_again_after_the_end(self):
        order, _told = self.cancelled()
        order.button_draft()
        order.button_confirm()
        document = self.as_sent(order)
        self.assertEqual((document["document_type"], document["sequence_number"]), ("order", 2))

    def test_an_end_that_has_not_left_is_taken_back(self):
        order = self.sent_order()
        order.button_cancel()
        told = self.last_out(order)
        order.button_draft()
        order.button_confirm()
        self.assertEqual((told.state, self.last_out(order).revision), ("cancelled", 2))

    def test_an_order_that_never_left_needs_no_end(self):
        order = self.make_order()
        order.button_cancel()
        self.assertFalse(self.last_out(order))

    def test_without_a_route_for_ends_the_buyer_is_asked_to_tell(self):
        self.route_end.active = False
        order = self.sent_order()
        order.button_cancel()
        self.assertIn("tell them yourself", order.activity_ids.summary)
        self.assertEqual(order.activity_ids.user_id, self.buyer)

    def test_what_leaves_says_the_end_in_json(self):
        order = self.sent_order()
        order.button_cancel()
        message = self.prepare(self.last_out(order))
        self.assertEqual(json.loads(message._raw())["order_reference"]["id"], order.name)
