from odoo import Command
from odoo.tests import tagged

from .common import DespatchCase


@tagged("post_install", "-at_install")
class TestDespatchAdvice(DespatchCase):
    """What the warehouse expects after the supplier announced goods."""

    def test_whole_order_keeps_its_receipt_and_moves_it_to_the_arrival(self):
        order = self.make_order()
        receipt = order.picking_ids
        despatch = self.announced(
            self.advice(
                "D-1", self.goods(1, 10, ref=1), order=order, eta=2, shipment={"tracking_id": ["TR-9"]}
            )
        )
        self.assertEqual(order.picking_ids, receipt)
        self.assertEqual(receipt.trade_despatch_id, despatch)
        self.assertEqual(self.expected(order), [(2, 10, True)])
        self.assertEqual((receipt.scheduled_date.date() - self.days(0)).days, 2)
        self.assertEqual(receipt.move_ids.date_deadline, order.order_line.date_planned)
        self.assertEqual(despatch.order_ids, order)
        self.assertEqual(despatch.tracking, "TR-9")

    def test_part_of_an_order_becomes_a_receipt_of_its_own_and_the_rest_stays(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        receipt = order.picking_ids
        despatch = self.announced(self.advice("D-1", self.goods(1, 6, ref=1), order=order, eta=1))
        self.assertEqual(self.expected(order), [(0, 4, False), (0, 5, False), (1, 6, True)])
        self.assertNotEqual(despatch.picking_ids, receipt)
        self.assertEqual(order.picking_ids, receipt | despatch.picking_ids)
        self.receive_all(despatch.picking_ids)
        self.assertEqual(order.order_line[0].qty_received, 6)
        self.assertEqual(despatch.state, "received")

    def test_several_orders_in_one_shipment_are_one_receipt(self):
        first, second = self.make_order(), self.make_order((self.shelf, 5, 20.0))
        despatch = self.announced(
            self.advice("D-1", self.goods(1, 10, ref=1, order=first), self.goods(2, 3, "WC-2", order=second))
        )
        self.assertEqual(len(despatch.picking_ids), 1)
        self.assertEqual(despatch.order_ids, first | second)
        self.receive_all(despatch.picking_ids)
        self.assertEqual(first.order_line.qty_received, 10)
        self.assertEqual(second.order_line.qty_received, 3)
        self.assertEqual(self.expected(second), [(0, 2, False)])

    def test_several_shipments_of_one_order(self):
        order = self.make_order()
        one, two = self.announced(
            self.advice("D-1", self.goods(1, 6, ref=1), order=order, eta=1),
            self.advice("D-2", self.goods(1, 4, ref=1), order=order, eta=5),
        )
        self.assertEqual(self.expected(order), [(1, 6, True), (5, 4, True)])
        self.receive_all(two.picking_ids)
        self.assertEqual((one.state, two.state), ("announced", "received"))
        self.assertEqual(self.expected(order), [(1, 6, True)])

    def test_lines_without_a_number_are_found_by_the_item(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        despatch = self.announced(self.advice("D-1", self.goods(1, 5, "WC-2"), order=order))
        self.assertEqual(despatch.line_ids.order_line_id, order.order_line[1])

    def test_other_unit_is_converted_exactly_or_held(self):
        order = self.make_order((self.desk, 24, 100.0))
        despatch = self.announced(self.advice("D-1", self.goods(1, 1, ref=1, unit="DZN"), order=order))
        self.assertEqual(despatch.line_ids.quantity, 12)
        [message] = self.announce(self.advice("D-2", self.goods(1, 1, ref=1, unit="XX"), order=order))
        self.assertHeld(message, "XX")

    def test_order_in_dozens_and_advice_in_pieces(self):
        self.env.user.group_ids |= self.env.ref("uom.group_uom")
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.make_order((self.desk, 5, 100.0), confirm=False)
        order.order_line.product_uom_id = dozen
        order.button_confirm()
        despatch = self.announced(self.advice("D-1", self.goods(1, 24, ref=1), order=order, eta=1))
        self.assertEqual((despatch.line_ids.quantity, despatch.line_ids.product_uom_id), (2, dozen))
        self.assertEqual(despatch.move_ids.product_qty, 24)
        self.assertEqual(sum(despatch.move_ids.move_line_ids.mapped("quantity_product_uom")), 24)
        self.receive_all(despatch.picking_ids)
        self.assertEqual(order.order_line.qty_received, 2)
        rest = order.order_line.move_ids.filtered(lambda move: move.state != "done")
        self.assertEqual(sum(rest.mapped("product_qty")), 36)
        [message] = self.announce(self.advice("D-2", self.goods(1, 25, ref=1), order=order))
        self.assertHeld(message, "no exact quantity")

    def test_late_shipments_are_found(self):
        order = self.make_order()
        late, not_late = self.announced(
            self.advice("D-1", self.goods(1, 6, ref=1), order=order, eta=1),
            self.advice("D-2", self.goods(1, 4, ref=1), order=order, eta=1),
        )
        late.eta = "2020-01-01"
        found = self.env["trade.despatch"].search([("is_late", "in", [True]), ("order_ids", "in", order.ids)])
        self.assertEqual(found, late)
        rest = self.env["trade.despatch"].search([("is_late", "!=", True), ("order_ids", "in", order.ids)])
        self.assertEqual(rest, not_late)
        self.assertTrue(late.is_late)

    def test_what_was_despatched_stands_in_the_ledger(self):
        order = self.make_order()
        self.announced(self.advice("D-1", self.goods(1, 6, ref=1), order=order))
        self.announced(self.advice("D-1", self.goods(1, 4, ref=1), order=order, sequence_number=1))
        entries = order.order_line.trade_promise_ids.filtered(lambda one: one.kind == "despatched")
        self.assertEqual(sorted(entries.mapped("quantity")), [-2, 6])

    # -- together with the answer ------------------------------------------------------------------

    def test_answer_after_the_advice_leaves_the_announced_receipt_alone(self):
        order = self.make_order()
        despatch = self.announced(self.advice("D-1", self.goods(1, 6, ref=1), order=order, eta=1))
        receipt = despatch.picking_ids
        parts = [
            {
                "quantity": {"value": str(quantity), "unit_code": "C62"},
                "promised_delivery_period": {"end_date": self.days(day).isoformat()},
            }
            for quantity, day in ((6, 2), (4, 9))
        ]
        [message] = self.process(self.answer(order, self.line(1, "3", quantity=10, deliveries=parts)))
        if message.state == "held":
            self.decide(message, "accepted")
        self.assertApplied(message)
        self.assertEqual(self.expected(order), [(1, 6, True), (9, 4, False)])
        self.assertEqual(despatch.picking_ids, receipt)

    def test_quantity_changed_in_odoo_leaves_the_announced_receipt_alone(self):
        order = self.make_order()
        despatch = self.announced(self.advice("D-1", self.goods(1, 6, ref=1), order=order, eta=1))
        for quantity, rest in ((12, 6), (8, 2)):
            order.order_line.with_context(skip_uom_conversion=True).product_qty = quantity
            self.assertEqual(self.expected(order), [(0, rest, False), (1, 6, True)])
        self.assertEqual(len(despatch.picking_ids), 1)

    def test_the_buyer_hears_of_goods_on_their_way_that_are_not_ordered_any_more(self):
        order, other = self.make_order(), self.make_order()
        despatch, second = self.announced(
            self.advice("D-1", self.goods(1, 10, ref=1), order=order),
            self.advice("D-2", self.goods(1, 10, ref=1), order=other),
        )
        line = order.order_line.with_context(skip_uom_conversion=True)
        line.product_qty = 12
        self.assertFalse(despatch.activity_ids)
        line.product_qty = 4
        [activity] = despatch.activity_ids
        self.assertEqual(activity.user_id, self.buyer)
        self.assertIn("10 Units of [TT-DESK] Desk are on their way, 4 are still ordered", activity.summary)
        other.button_cancel()
        self.assertIn("on their way, 0 are still ordered", second.activity_ids.summary)

    # -- what is wrong with it ---------------------------------------------------------------------

    def test_wrong_ones_are_held_in_plain_words_and_change_nothing(self):
        order, cancelled = self.make_order(), self.make_order()
        cancelled.button_cancel()
        before = self.expected(order)
        wrong = {
            "no such line": self.advice("W-1", self.goods(1, 1, ref=9), order=order),
            "which was not ordered": self.advice("W-2", self.goods(1, 1, "WC-2"), order=order),
            "is [TT-DESK] Desk": self.advice("W-3", self.goods(1, 1, "WC-2", ref=1), order=order),
            "P-NONE": self.advice("W-4", self.goods(1, 1), order_reference={"id": "P-NONE"}),
            "does not say for which order": self.advice("W-5", self.goods(1, 1)),
            cancelled.name: self.advice("W-6", self.goods(1, 1, ref=1), order=cancelled),
        }
        for words, advice in wrong.items():
            [message] = self.announce(advice)
            self.assertHeld(message, words)
        self.assertEqual(self.expected(order), before)
        self.assertFalse(self.env["trade.despatch"].search([("number", "like", "W-%")]))

    def test_received_completely_is_said(self):
        order = self.make_order()
        self.receive_all(order.picking_ids)
        [message] = self.announce(self.advice("D-9", self.goods(1, 2, ref=1), order=order))
        self.assertHeld(message, "received completely already (10 Units)")

    def test_problems_of_its_shipments_are_counted_once_and_shown_to_the_buyer(self):
        order = self.make_order()
        despatch = self.announced(self.advice("D-1", self.goods(1, 6, ref=1), order=order))
        self.receive_all(despatch.picking_ids)
        [held] = self.announce(self.advice("D-1", self.goods(1, 5, ref=1), order=order, sequence_number=1))
        self.assertEqual((held.res_model, held.res_id), ("trade.despatch", despatch.id))
        self.assertEqual(order.trade_problem_count, 1)
        self.last_out(order).exception_id = held.exception_id  # both wait for the same
        order.invalidate_recordset(["trade_problem_count"])
        self.assertEqual(order.trade_problem_count, 1)
        action = order.with_user(self.buyer).action_trade_problems()
        self.assertEqual(action["res_id"], held.exception_id.id)

    # -- more and less than ordered ----------------------------------------------------------------

    def too_much(self, order, quantity=12):
        [message] = self.announce(self.advice("D-1", self.goods(1, quantity, ref=1), order=order))
        self.assertHeld(message, "too much")
        return message

    def decide_excess(self, message, action):
        getattr(message.trade_excess_ids.with_user(self.buyer), action)()
        return self.run_lane(message)

    def test_more_than_ordered_waits_and_is_accepted(self):
        order = self.make_order()
        message = self.too_much(order)
        self.assertEqual(message.trade_excess_ids.excess, 2)
        self.assertEqual(self.expected(order), [(0, 10, False)])
        self.decide_excess(message, "action_accept")
        self.assertApplied(message)
        self.receive_all(order.picking_ids)
        self.assertEqual(order.order_line.qty_received, 12)

    def test_more_than_ordered_is_refused_and_only_the_order_is_expected(self):
        order = self.make_order()
        message = self.too_much(order)
        self.decide_excess(message, "action_refuse")
        self.assertApplied(message)
        self.assertEqual(order.trade_despatch_ids.line_ids.refused, 2)
        self.receive_all(order.picking_ids)
        self.assertEqual(order.order_line.qty_received, 10)

    def test_decision_counts_for_what_was_on_the_screen_only(self):
        order = self.make_order()
        message = self.too_much(order)
        order.order_line.with_context(skip_uom_conversion=True).product_qty = 11
        self.decide_excess(message, "action_accept")
        self.assertHeld(message, "ordered 11")
        self.assertEqual(message.trade_excess_ids.decision, "pending")

    def test_within_the_percentage_of_the_route_is_accepted(self):
        self.route_asn.despatch_over_percent = 20
        order = self.make_order()
        self.announced(self.advice("D-1", self.goods(1, 12, ref=1), order=order))
        [message] = self.announce(self.advice("D-2", self.goods(1, 1, ref=1), order=order))
        self.assertHeld(message, "too much")

    def test_nothing_follows(self):
        nothing = {"outstanding_quantity": {"value": "0", "unit_code": "C62"}}
        order = self.make_order()
        self.announced(self.advice("D-1", self.goods(1, 6, ref=1, **nothing), order=order))
        self.assertEqual(self.expected(order), [(0, 4, False), (0, 6, True)])
        self.assertIn("nothing follows", order.activity_ids.summary)
        self.route_asn.despatch_short = "close"
        other = self.make_order()
        self.announced(self.advice("D-2", self.goods(1, 6, ref=1, **nothing), order=other))
        self.assertEqual(self.expected(other), [(0, 6, True)])

    # -- again, corrected, withdrawn ---------------------------------------------------------------

    def test_correction_replaces_what_was_arranged(self):
        order = self.make_order()
        [despatch] = self.announced(self.advice("D-1", self.goods(1, 6, ref=1), order=order, eta=1))
        receipt = despatch.picking_ids
        for revision, quantity in ((1, 8), (2, 3), (3, 10)):
            self.announced(
                self.advice(
                    "D-1", self.goods(1, quantity, ref=1), order=order, eta=revision, sequence_number=revision
                )
            )
            rest = [(0, 10 - quantity, False)] if quantity < 10 else []
            self.assertEqual(self.expected(order), [*rest, (revision, quantity, True)])
            self.assertEqual(despatch.picking_ids, receipt)
        self.assertEqual(len(order.picking_ids), 1)
        self.assertEqual(despatch.revision, 3)

    def test_same_again_is_a_duplicate(self):
        order = self.make_order()
        advice = self.advice("D-1", self.goods(1, 6, ref=1), order=order)
        messages = self.announce(advice) | self.announce(advice)
        self.assertEqual(messages.mapped("state"), ["applied", "ignored"])
        self.assertEqual(self.expected(order), [(0, 4, False), (0, 6, True)])

    def test_correction_of_what_was_received_is_held(self):
        order = self.make_order()
        despatch = self.announced(self.advice("D-1", self.goods(1, 6, ref=1), order=order))
        self.receive_all(despatch.picking_ids)
        [message] = self.announce(self.advice("D-1", self.goods(1, 5, ref=1), order=order, sequence_number=1))
        self.assertHeld(message, "received already")

    def test_withdrawn(self):
        order = self.make_order()
        despatch = self.announced(self.advice("D-1", self.goods(1, 6, ref=1), order=order, eta=3))
        self.announced(self.advice("D-1", self.goods(1, 6, ref=1), order=order, purpose_code="1"))
        self.assertEqual(despatch.state, "cancelled")
        self.assertEqual(self.expected(order), [(0, 10, False)])
        self.assertEqual(
            sum(
                order.order_line.trade_promise_ids.filtered(lambda one: one.kind == "despatched").mapped(
                    "quantity"
                )
            ),
            0,
        )

    def test_withdrawal_before_the_advice_waits_for_it(self):
        order = self.make_order()
        advice = self.advice("D-1", self.goods(1, 6, ref=1), order=order)
        [first] = self.announce({**advice, "purpose_code": "1"})
        self.assertHeld(first, "has not come")
        self.announced(advice)
        self.assertEqual(first.state, "received")
        self.run_lane(first)
        self.assertApplied(first)
        self.assertEqual(self.expected(order), [(0, 10, False)])

    # -- whose it is -------------------------------------------------------------------------------

    def test_other_company_does_not_see_it(self):
        order = self.make_order()
        despatch = self.announced(self.advice("D-1", self.goods(1, 6, ref=1), order=order))
        other = self.env["res.company"].create({"name": "Other"})
        self.buyer.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        seen = self.env["trade.despatch"].with_user(self.buyer).with_company(other).search([])
        self.assertNotIn(despatch, seen)
