from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import WANTED, PurchaseCase


@tagged("post_install", "-at_install")
class TestReview(PurchaseCase):
    def setUp(self):
        super().setUp()
        self.order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        self.as_sent(self.order)
        self.desk_line, self.shelf_line = self.order.order_line

    def dearer(self, **more):
        """The desk 8 % dearer, the shelf a day later: one to decide, one within the limits."""
        return self.answer(
            self.order, self.line(1, "3", price="108"), self.line(2, "3", day=self.days(1)), **more
        )

    def test_accepting_applies_it_and_keeps_who_decided(self):
        [message] = self.process(self.dearer())
        problem = message.exception_id
        action = self.decide(message, "accepted")
        self.assertApplied(message)
        self.assertEqual(self.desk_line.price_unit, 108)
        self.assertEqual(self.shelf_line.trade_promised_date, self.days(1))
        self.assertTrue(self.order.acknowledged)
        self.assertEqual(self.order.trade_state, "answered")
        rows = self.order.trade_answer_ids
        self.assertEqual(len(rows), 2)
        decided = rows.filtered("decided_by_id")
        self.assertEqual(
            (decided.key, decided.decision, decided.decided_by_id), ("1", "accepted", self.buyer)
        )
        self.assertTrue(decided.decided_at)
        self.assertFalse(problem.is_open)
        self.assertIn(self.buyer.name, message.state_reason)
        self.assertEqual(action["params"]["next"]["res_id"], self.order.id)

    def test_nothing_happens_before_the_last_line_is_decided(self):
        [message] = self.process(
            self.answer(self.order, self.line(1, "3", price="108"), self.line(2, "3", quantity=3))
        )
        self.assertEqual(self.order.trade_pending_count, 2)
        self.assertIn("2 lines need your decision", self.order.trade_review_sentence)
        self.decide(message, "accepted", key="1")
        self.assertEqual(message.state, "held")
        self.assertEqual(self.desk_line.price_unit, 100)
        self.decide(message, "accepted", key="2")
        self.assertApplied(message)
        self.assertEqual((self.desk_line.price_unit, self.shelf_line.product_qty), (108, 3))

    def test_rejecting_sends_the_order_again_as_asked(self):
        [message] = self.process(self.dearer())
        self.decide(message, "rejected")
        self.assertApplied(message)
        self.assertEqual(self.desk_line.price_unit, 100)
        self.assertEqual(self.shelf_line.trade_promised_date, self.days(1), "the other line is accepted")
        self.assertEqual(self.order.trade_revision, 1)
        said = self.as_sent(self.order)
        self.assertEqual(said["sequence_number"], 1)
        desk, shelf = said["order_lines"]
        self.assertEqual(desk["price"]["price_amount"]["value"], "100")
        self.assertIn("We do not accept this", desk["note"][0])
        self.assertIn("8 % above the order", desk["note"][0])
        self.assertNotIn("note", shelf)
        self.assertIn(message.document_number, said["note"][0])

    def test_rejecting_everything_is_a_negative_answer(self):
        [message] = self.process(
            self.answer(self.order, self.line(1, "3", price="120"), self.line(2, "3", price="30"))
        )
        self.order.with_user(self.buyer).action_trade_reject_all()
        self.run_lane(message)
        self.assertEqual(message.state, "rejected")
        self.assertFalse(message.exception_id.is_open)
        self.assertFalse(self.order.acknowledged)
        self.assertEqual(self.order.order_line.mapped("price_unit"), [100, 20])
        self.assertEqual(self.last_out(self.order).revision, 1)
        self.assertEqual(self.order.trade_state, "queued")

    def test_countering_proposes_and_agreeing_ends_it(self):
        [message] = self.process(self.dearer())
        row = message.trade_answer_ids.filtered("is_pending").with_user(self.buyer)
        with self.assertRaisesRegex(UserError, "what you asked for already"):
            row.action_send_counter()
        row.write({"counter_price": 104, "counter_note": "We buy 300 a year."})
        row.action_send_counter()
        self.run_lane(message)
        self.assertApplied(message)
        self.assertEqual(self.desk_line.price_unit, 104)
        self.assertEqual((self.desk_line.trade_asked_price, self.desk_line.trade_answered), (104, False))
        said = self.as_sent(self.order)
        self.assertEqual(said["order_lines"][0]["price"]["price_amount"]["value"], "104")
        self.assertIn("We buy 300 a year.", said["order_lines"][0]["note"][0])
        self.assertEqual(self.order.trade_state, "received")
        reference = {"id": self.order.name, "sequence_number": 1}
        [agreed] = self.process(
            self.answer(self.order, code="AP", issued="2031-01-06", order_reference=reference)
        )
        self.assertApplied(agreed)
        self.assertEqual(self.desk_line.trade_promised_price, 104)
        self.assertEqual(self.order.trade_state, "answered")
        self.assertEqual(
            self.order.trade_answer_ids.filtered("decided_by_id").mapped("decision"), ["countered"]
        )

    def test_a_decision_counts_for_what_the_buyer_saw_only(self):
        [message] = self.process(self.dearer())
        row = message.trade_answer_ids.filtered("is_pending")
        row.with_user(self.buyer)._decide("accepted")
        # Before the lane ran, the same line was asked for anew at another price.
        self.desk_line.price_unit = 90
        self.desk_line._trade_note_asked()
        self.run_lane(message)
        self.assertHeld(message, "20 % above the order")
        self.assertEqual(self.desk_line.price_unit, 90)
        self.assertEqual(message.trade_answer_ids.filtered("is_pending").asked_price, 90)

    def test_sending_a_changed_order_ends_the_review(self):
        [message] = self.process(self.dearer())
        problem = message.exception_id
        self.desk_line.price_unit = 105
        self.order.with_user(self.buyer).action_trade_send_again()
        self.assertEqual(message.state, "ignored")
        self.assertFalse(problem.is_open)
        self.assertEqual(self.order.trade_revision, 1)

    def test_without_a_route_the_buyer_is_told_to_tell(self):
        [message] = self.process(self.dearer())
        self.route_out.active = False
        self.decide(message, "rejected")
        self.assertApplied(message)
        self.assertIn("tell them yourself", message.state_reason)
        self.assertIn("tell them yourself", self.order.activity_ids.summary)

    def test_who_may_decide(self):
        [message] = self.process(self.dearer())
        row = message.trade_answer_ids.filtered("is_pending")
        clerk = new_test_user(self.env, "trade_clerk", "trade_core.group_trade_user")
        with self.assertRaises(AccessError):
            row.with_user(clerk)._decide("accepted")
        buyer = new_test_user(self.env, "plain_buyer", "purchase.group_purchase_user")
        with self.assertRaises(AccessError):
            row.with_user(buyer).write({"decision": "accepted"})
        row.with_user(buyer).action_accept()
        self.run_lane(message)
        self.assertApplied(message)
        self.assertEqual(self.order.trade_answer_ids.filtered("decided_by_id").decided_by_id, buyer)

    # -- kinds of answers ------------------------------------------------------------------------------

    def test_rejected_line(self):
        [message] = self.process(self.answer(self.order, self.line(1), self.line(2, "7", note=["Sold out"])))
        self.assertHeld(message, "Sold out")
        self.decide(message, "accepted")
        self.assertApplied(message)
        self.assertEqual(self.shelf_line.product_qty, 0)
        self.assertEqual(
            (self.shelf_line.trade_promised_qty, self.shelf_line.trade_promised_date), (0, False)
        )
        self.assertEqual(self.order.amount_untaxed, 1000)

    def test_whole_order_rejected(self):
        [message] = self.process(self.answer(self.order, code="RE", note=["We are closed"]))
        self.assertHeld(message, "rejected")
        self.order.with_user(self.buyer).action_trade_accept_all()
        self.run_lane(message)
        self.assertApplied(message)
        self.assertEqual(self.order.order_line.mapped("product_qty"), [0, 0])

    def test_split(self):
        parts = [
            {"quantity": {"value": value, "unit_code": "C62"}, "promised_delivery_period": {"end_date": day}}
            for value, day in (("6", self.days(0).isoformat()), ("4", self.days(7).isoformat()))
        ]
        [message] = self.process(
            self.answer(self.order, self.line(1, "3", quantity=10, deliveries=parts), self.line(2))
        )
        self.assertHeld(message, "Delivered in 2 parts")
        rows = message.trade_answer_ids.filtered(lambda row: row.key == "1")
        self.assertEqual(rows.sorted("part").mapped("answered_qty"), [6, 4])
        self.decide(message, "accepted")
        self.assertApplied(message)
        line = self.desk_line
        self.assertEqual((line.product_qty, line.trade_promised_qty), (10, 10))
        self.assertEqual(
            (line.trade_promised_date, line.date_planned), (self.days(7), WANTED.replace(day=17))
        )
        self.assertEqual([part["qty"] for part in line.trade_schedule], [6, 4])

    def test_back_order(self):
        later = {"value": "4", "unit_code": "C62"}
        [message] = self.process(
            self.answer(
                self.order,
                self.line(
                    1, "3", quantity=6, day=self.days(0),
                    maximum_backorder_quantity=later,
                    backorder_delivery_period={"end_date": self.days(20).isoformat()},
                ),
                self.line(2),
            )
        )  # fmt: skip
        self.assertHeld(message, "Back-order: 4 of 10")
        self.decide(message, "accepted")
        self.assertEqual(
            (self.desk_line.product_qty, self.desk_line.trade_promised_date), (10, self.days(20))
        )
        self.assertEqual([part["backorder"] for part in self.desk_line.trade_schedule], [False, True])

    def test_substitution_is_swapped_only_when_accepted(self):
        substitute = {"name": "Stool, round", "sellers_item_identification": {"id": "WC-3"}}
        [message] = self.process(
            self.answer(
                self.order, self.line(1),
                self.line(2, "3", quantity=5, price="21", seller_substituted_item=substitute),
            )
        )  # fmt: skip
        self.assertHeld(message, "instead of [TT-SHELF] Shelf")
        self.assertEqual(self.order.order_line.product_id, self.desk | self.shelf)
        self.decide(message, "accepted")
        self.assertApplied(message)
        new = self.order.order_line - self.desk_line - self.shelf_line
        self.assertEqual((new.product_id, new.product_qty, new.price_unit), (self.stool, 5, 21))
        self.assertEqual((self.shelf_line.product_qty, new.trade_replaces_id), (0, self.shelf_line))
        # In documents the number stands for the same line as before.
        self.assertEqual((new.trade_line_ref, self.shelf_line.trade_line_ref), ("2", False))
        [later] = self.process(
            self.answer(
                self.order, self.line(1),
                self.line(2, "3", day=self.days(1), price="21", seller_substituted_item=substitute),
                issued="2031-01-07",
            )
        )  # fmt: skip
        self.assertApplied(later)
        self.assertEqual(new.trade_promised_date, self.days(1))
        self.assertEqual(len(self.order.order_line), 3)

    def test_substitute_nobody_knows_is_named_by_the_buyer(self):
        substitute = {"name": "Shelf, new model", "sellers_item_identification": {"id": "WC-99"}}
        [message] = self.process(
            self.answer(self.order, self.line(1), self.line(2, "3", seller_substituted_item=substitute))
        )
        self.assertHeld(message, "Another item is offered")
        row = message.trade_answer_ids.filtered("is_pending").with_user(self.buyer)
        with self.assertRaisesRegex(UserError, "Choose first which of your products"):
            row.action_accept()
        row.answered_product_id = self.stool
        row.action_accept()
        self.run_lane(message)
        self.assertApplied(message)
        new = self.order.order_line.filtered(lambda line: line.product_id == self.stool)
        self.assertEqual((new.product_qty, new.price_unit), (5, 20))
        # From now on the code is known, and offering it again is offering what is ordered.
        mapping = self.env["trade.mapping"].search([("code", "=", "WC-99")])
        self.assertEqual((mapping.product_id, mapping.confirmed_by), (self.stool, self.buyer))
        [again] = self.process(
            self.answer(
                self.order,
                self.line(1),
                self.line(2, "3", day=self.days(1), seller_substituted_item=substitute),
                issued="2031-01-07",
            )
        )  # fmt: skip
        self.assertApplied(again)

    def test_offered_item_may_turn_out_to_be_the_ordered_one(self):
        substitute = {"name": "Shelf", "sellers_item_identification": {"id": "WC-2-NEW"}}
        [message] = self.process(
            self.answer(
                self.order,
                self.line(1),
                self.line(2, "3", day=self.days(1), seller_substituted_item=substitute),
            )
        )
        row = message.trade_answer_ids.filtered("is_pending").with_user(self.buyer)
        row.answered_product_id = self.shelf
        row.action_accept()
        self.run_lane(message)
        self.assertApplied(message)
        self.assertEqual(self.order.order_line, self.desk_line | self.shelf_line)
        self.assertEqual(
            (self.shelf_line.product_qty, self.shelf_line.trade_promised_date), (5, self.days(1))
        )
        self.assertTrue(self.env["trade.mapping"].search([("code", "=", "WC-2-NEW")]))

    def test_added_line(self):
        added = {
            "id": "9", "line_status_code": "1", "quantity": {"value": "1", "unit_code": "C62"},
            "item": {"sellers_item_identification": {"id": "WC-3"}},
            "price": {"price_amount": {"value": "15", "currency_id": "USD"}},
        }  # fmt: skip
        [message] = self.process(self.answer(self.order, self.line(1), self.line(2), added))
        self.assertHeld(message, "added 1 C62")
        self.decide(message, "accepted")
        self.assertApplied(message)
        new = self.order.order_line.filtered(lambda line: line.product_id == self.stool)
        self.assertEqual((new.product_qty, new.price_unit), (1, 15))
        said = self.as_sent(self.order)
        self.assertEqual([line["id"] for line in said["order_lines"]], ["1", "2", "3"])

    def test_added_line_refused(self):
        added = {
            "id": "9", "line_status_code": "1", "quantity": {"value": "1", "unit_code": "C62"},
            "item": {"name": "Delivery fee"},
        }  # fmt: skip
        [message] = self.process(self.answer(self.order, self.line(1), self.line(2), added))
        self.decide(message, "rejected")
        self.assertApplied(message)
        self.assertEqual(len(self.order.order_line), 2)
        self.assertIn("Delivery fee", " ".join(self.as_sent(self.order)["note"]))

    def test_billed_price_cannot_change_any_more(self):
        self.desk.purchase_method = "purchase"
        self.order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        self.order.action_create_invoice()
        bill = self.order.invoice_ids
        bill.invoice_date = date(2031, 1, 4)
        bill.action_post()
        [message] = self.process(self.dearer())
        self.decide(message, "accepted")
        self.assertHeld(message, "was billed already")
        self.assertEqual(self.order.order_line[0].price_unit, 100)

    # -- elsewhere ---------------------------------------------------------------------------------

    def other_vendor(self, name, price, **vals):
        vendor = self.env["res.partner"].create({"name": name, "is_company": True})
        self.env["product.supplierinfo"].create(
            {"partner_id": vendor.id, "product_tmpl_id": self.desk.product_tmpl_id.id, "price": price, **vals}
        )
        return vendor

    def test_a_rejected_line_is_asked_of_another_vendor(self):
        self.other_vendor("Dear", 120.0)
        cheap = self.other_vendor("Cheap", 90.0, delay=3)
        self.other_vendor("Many only", 50.0, min_qty=500)
        self.other_vendor("Over", 10.0, date_end="2020-01-01")
        order = self.make_order()
        self.as_sent(order)
        [answer] = self.process(self.answer(order, self.line(1, "7", note=["Sold out"])))
        row = answer.trade_answer_ids.with_user(self.buyer)
        self.assertTrue(row.is_short)
        action = row.action_other_vendors()
        source = self.env["trade.purchase.source"].with_user(self.buyer).browse(action["res_id"])
        self.assertEqual(source.quantity, 10)
        self.assertEqual(source.line_ids.mapped("partner_id.name"), ["Cheap", "Dear", "Many only"])
        self.assertAlmostEqual(source.line_ids[0].percent, -0.1)
        self.assertEqual(source.line_ids.mapped("enough"), [True, True, False])
        new = self.env["purchase.order"].browse(source.line_ids[0].action_order()["res_id"])
        self.assertEqual((new.partner_id, new.state, new.origin), (cheap, "draft", order.name))
        self.assertEqual((new.order_line.product_qty, new.order_line.price_unit), (10, 90.0))
        self.run_lane(answer)
        self.assertApplied(answer)
        self.assertEqual(order.order_line.product_qty, 0)

    def test_what_is_promised_later_is_missing(self):
        order = self.make_order()
        self.as_sent(order)
        backorder = {"value": "4", "unit_code": "C62"}
        [answer] = self.process(
            self.answer(order, self.line(1, "3", quantity=6, maximum_backorder_quantity=backorder))
        )
        self.assertEqual(answer.trade_answer_ids[0]._trade_missing(), 4)
        self.assertFalse(answer.trade_answer_ids[1:].filtered("is_short"))

    def test_nothing_is_missing_of_what_is_promised(self):
        order = self.make_order()
        self.as_sent(order)
        [answer] = self.process(self.answer(order, self.line(1, "3", price="150")))
        self.assertFalse(answer.trade_answer_ids.is_short)
        with self.assertRaisesRegex(UserError, "Nothing of this line is missing"):
            answer.trade_answer_ids.action_other_vendors()
