from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import WANTED, PurchaseCase


@tagged("post_install", "-at_install")
class TestOrderResponse(PurchaseCase):
    # -- as ordered --------------------------------------------------------------------------------

    def test_accepted_as_a_whole(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        [message] = self.process(self.answer(order, code="AP"))
        self.assertApplied(message)
        self.assertTrue(order.acknowledged)
        self.assertEqual(order.trade_state, "answered" if not self.last_out(order) else order.trade_state)
        line = order.order_line[0]
        self.assertEqual((line.trade_promised_qty, line.trade_promised_date), (10, self.days(0)))
        self.assertEqual(line.date_planned, WANTED)
        self.assertEqual(order.amount_untaxed, 1100)
        self.assertEqual(message.res_id, order.id)
        self.assertIn("acknowledged", {change["field"] for change in message.effects})

    def test_their_number_is_kept(self):
        order = self.make_order()
        reference = {"id": order.name, "sales_order_id": "SO-77"}
        self.process(self.answer(order, code="AP", order_reference=reference))
        self.assertEqual(order.partner_ref, "SO-77")

    def test_a_silent_success_writes_nothing_into_the_chatter(self):
        order = self.make_order()
        self.env.cr.flush()  # what a commit would write about the order so far
        before = order.message_ids
        self.process(self.answer(order, self.line(1, "3", day=self.days(2))))
        self.env.cr.flush()
        self.assertEqual(order.order_line.trade_promised_date, self.days(2))
        self.assertEqual(order.message_ids, before)

    def test_receipt_only(self):
        order = self.make_order()
        self.as_sent(order)
        [message] = self.process(self.answer(order, code="AB"))
        self.assertApplied(message)
        self.assertTrue(order.acknowledged)
        self.assertFalse(order.order_line.trade_answered)
        self.assertEqual(self.last_out(order).state, "sent", "a receipt is not the answer")
        self.assertEqual(order.trade_state, "received")
        self.process(self.answer(order, code="AP"))
        self.assertEqual(self.last_out(order).state, "acknowledged")
        self.assertEqual(order.trade_state, "answered")

    # -- within the limits ---------------------------------------------------------------------------

    def test_small_changes_are_applied(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        [message] = self.process(
            self.answer(order, self.line(1, "3", day=self.days(2), price="101.5"), self.line(2, "5"))
        )
        self.assertApplied(message)
        desk, shelf = order.order_line
        self.assertEqual(desk.date_planned, WANTED.replace(day=12))
        self.assertEqual((desk.price_unit, desk.product_qty), (101.5, 10))
        self.assertEqual((shelf.price_unit, shelf.date_planned), (20, WANTED))
        self.assertEqual(order.amount_untaxed, 1115)

    def test_accept_and_notify_tells_the_buyer(self):
        order = self.make_order()
        [message] = self.process(self.answer(order, self.line(1, "3", price="101")))
        self.assertApplied(message)
        note = order.message_ids.filtered(lambda note: "above the order" in note.body)
        self.assertIn("1 % above the order", note.body)
        self.assertIn(self.buyer.partner_id, note.notified_partner_ids)
        self.assertIn("1 % above the order", message.state_reason)

    def test_discounted_price_is_compared_net(self):
        order = self.make_order(confirm=False)
        order.order_line.discount = 10
        order.button_confirm()
        self.assertEqual(self.as_sent(order)["order_lines"][0]["price"]["price_amount"]["value"], "90")
        [message] = self.process(self.answer(order, self.line(1, "5", price="90.00")))
        self.assertApplied(message)
        self.assertEqual((order.order_line.price_unit, order.order_line.discount), (100, 10))
        self.process(self.answer(order, self.line(1, "3", price="90.90"), issued="2031-01-06"))
        self.assertEqual((order.order_line.price_unit, order.order_line.discount), (90.9, 0))

    def test_other_unit_that_converts(self):
        order = self.make_order((self.desk, 24, 100.0))
        [message] = self.process(self.answer(order, self.line(1, "5", quantity=2, unit="DZN", price="1200")))
        self.assertApplied(message)
        self.assertEqual(order.order_line.product_qty, 24)
        self.assertEqual(order.order_line.price_unit, 100)

    def test_other_unit_without_an_exact_value_is_held(self):
        order = self.make_order((self.desk, 2, 1200.0), confirm=False)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.button_confirm()
        [message] = self.process(self.answer(order, self.line(1, "5", quantity=10)))
        self.assertHeld(message, "10 C62 × 1/12 = 5/6 Dozens, which is no exact quantity")
        with self.assertRaisesRegex(UserError, "not clear what would be accepted"):
            message.trade_answer_ids.with_user(self.buyer).action_accept()

    # -- beyond the limits ---------------------------------------------------------------------------

    def test_price_beyond_is_held_and_nothing_is_changed(self):
        order = self.make_order()
        [message] = self.process(self.answer(order, self.line(1, "3", price="108.2", day=self.days(1))))
        self.assertHeld(message, "8.2 % above the order")
        line = order.order_line
        self.assertEqual((line.price_unit, line.date_planned, line.trade_answered), (100, WANTED, False))
        self.assertFalse(order.acknowledged)
        self.assertEqual(order.trade_state, "held")
        [row] = message.trade_answer_ids
        self.assertTrue(row.is_pending)
        self.assertEqual((row.asked_price, row.answered_price, row.limit), (100, 108.2, "2 %, 2 days late"))
        problem = message.exception_id
        self.assertIn("8.2 %", problem.name)
        self.assertEqual(problem.value_at_stake, order.amount_total)
        self.assertEqual(problem.fix_kind, "review")

    def test_shift_by_shift_does_not_creep(self):
        """Each answer is compared with what was asked, not with the last one."""
        order = self.make_order()
        self.process(self.answer(order, self.line(1, "3", day=self.days(2)), issued="2031-01-05"))
        [message] = self.process(self.answer(order, self.line(1, "3", day=self.days(4)), issued="2031-01-06"))
        self.assertHeld(message, "4 days late")
        self.assertEqual(order.order_line.trade_promised_date, self.days(2))

    def test_back_to_what_was_asked(self):
        order = self.make_order()
        self.process(
            self.answer(order, self.line(1, "3", day=self.days(2), price="101"), issued="2031-01-05")
        )
        self.process(self.answer(order, code="AP", issued="2031-01-06"))
        line = order.order_line
        self.assertEqual((line.price_unit, line.date_planned), (100, WANTED))
        self.assertEqual(
            (line.trade_promised_date, line.trade_first_promised_date), (self.days(0), self.days(2))
        )

    def test_own_change_in_odoo_is_not_undone(self):
        order = self.make_order()
        order.order_line.product_qty = 12
        [message] = self.process(self.answer(order, code="AP"))
        self.assertApplied(message)
        self.assertEqual(order.order_line.product_qty, 12)
        self.assertEqual(order.order_line.trade_promised_qty, 10)

    # -- contradictions ------------------------------------------------------------------------------

    def test_header_accepts_but_line_differs(self):
        order = self.make_order()
        [message] = self.process(self.answer(order, self.line(1, "3", day=self.days(9)), code="AP"))
        self.assertHeld(message, "The header accepts the whole order")
        self.assertEqual(order.order_line.date_planned, WANTED)
        self.decide(message, "accepted")
        self.assertApplied(message)
        self.assertEqual(order.order_line.trade_promised_date, self.days(9))

    def test_header_accepts_and_line_differs_within_the_limits(self):
        order = self.make_order()
        [message] = self.process(self.answer(order, self.line(1, "3", day=self.days(1)), code="AP"))
        self.assertApplied(message)
        self.assertEqual(order.order_line.trade_promised_date, self.days(1))

    def test_header_rejects_but_line_lives(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        [message] = self.process(self.answer(order, self.line(1, "5"), code="RE"))
        self.assertHeld(message, "rejects the whole order")

    def test_line_that_was_never_asked(self):
        order = self.make_order()
        [message] = self.process(self.answer(order, self.line(1), self.line(7, "3", day=self.days(1))))
        self.assertHeld(message, "line 7")

    def test_line_left_out_is_held(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        [message] = self.process(self.answer(order, self.line(1, "3", day=self.days(1))))
        self.assertHeld(message, "says nothing about this line")

    # -- orders that take no answer ------------------------------------------------------------------

    def test_unknown_order(self):
        order = self.make_order()
        [message] = self.process(self.answer(order, code="AP", order_reference={"id": "P99999"}))
        self.assertHeld(message, "P99999 is not known")
        self.assertFalse(message.res_id)

    def test_order_of_another_vendor(self):
        other = self.env["res.partner"].create({"name": "Ready Mat", "is_company": True})
        order = self.make_order(partner_id=other.id)
        [message] = self.process(self.answer(order, code="AP"))
        self.assertHeld(message, "was placed with Ready Mat")
        self.assertFalse(order.acknowledged)
        self.assertFalse(order.order_line.trade_answered)

    def test_cancelled_order(self):
        order = self.make_order()
        order.button_cancel()
        [message] = self.process(self.answer(order, code="AP"))
        self.assertHeld(message, "is Cancelled and takes no more answers")

    def test_order_not_placed_yet(self):
        order = self.make_order(confirm=False)
        [message] = self.process(self.answer(order, code="AP"))
        self.assertHeld(message, "was not placed yet")
        order.button_confirm()
        message._replay()
        self.run_lane(message)
        self.assertApplied(message)

    def test_answer_by_a_contact_of_the_vendor(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.vendor.id})
        order = self.make_order(partner_id=contact.id)
        self.assertTrue(self.last_out(order), "the vendor's route serves its contacts")
        [message] = self.process(self.answer(order, code="AP"))
        self.assertApplied(message)

    def test_answer_to_an_order_sent_by_other_means(self):
        self.route_out.active = False
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        self.assertEqual(order.trade_state, "not_sent")
        [message] = self.process(self.answer(order, self.line(1), self.line(2, "3", day=self.days(1))))
        self.assertApplied(message)
        self.assertEqual(order.order_line.mapped("trade_line_ref"), ["1", "2"])
        self.assertEqual(order.order_line[1].trade_promised_date, self.days(1))
        self.assertEqual(order.order_line[1].trade_asked_date, self.days(0))
        self.assertEqual(order.trade_state, "answered")

    # -- codes -----------------------------------------------------------------------------------------

    def test_unknown_item_code_on_four_orders_is_one_problem(self):
        orders = [self.make_order() for _number in range(4)]
        item = {"name": "Desk, oak", "sellers_item_identification": {"id": "WC-4711"}}
        messages = self.process(*(self.answer(order, self.line(1, item=item)) for order in orders))
        self.assertEqual(set(messages.mapped("state")), {"held"})
        self.assertEqual(len(messages.exception_id), 1)
        self.assertEqual(messages.exception_id.value_at_stake, 4000)
        self.env["trade.mapping"].create(
            {
                "trade_partner_id": self.profile.id,
                "scheme": "seller",
                "code": "WC-4711",
                "product_id": self.desk.id,
            }
        )
        messages._replay()
        self.run_lane(messages)
        self.assertEqual(set(messages.mapped("state")), {"applied"})
        self.assertFalse(messages.exception_id.filtered("is_open"))
        self.assertTrue(all(order.acknowledged for order in orders))
        self.assertIn("WC-4711", {found["code"] for found in messages[0].evidence})

    def test_known_code_of_another_product_is_a_substitution(self):
        order = self.make_order()
        item = {"sellers_item_identification": {"id": "WC-2"}}
        [message] = self.process(self.answer(order, self.line(1, item=item)))
        self.assertHeld(message, "Another item is offered")
        [row] = message.trade_answer_ids
        self.assertEqual((row.kind, row.answered_product_id), ("substituted", self.shelf))

    def test_any_known_code_proves_the_item(self):
        order = self.make_order()
        for number, item in enumerate(
            (
                {"standard_item_identification": {"id": "4012345678901", "scheme_id": "0160"}},
                {"buyers_item_identification": {"id": "TT-DESK"}},
                {"sellers_item_identification": {"id": "WC-1"}, "name": "whatever they call it"},
                {"name": "only a name"},
            )
        ):
            [message] = self.process(self.answer(order, self.line(1, item=item), issued=f"2031-01-1{number}"))
            self.assertApplied(message)

    # -- order of answers --------------------------------------------------------------------------------

    def test_older_answer_never_overwrites(self):
        order = self.make_order()
        self.process(self.answer(order, self.line(1, "3", day=self.days(1)), issued="2031-01-06"))
        [stale] = self.process(self.answer(order, self.line(1, "3", day=self.days(2)), issued="2031-01-05"))
        self.assertEqual(stale.state, "ignored")
        self.assertIn("was applied already", stale.state_reason)
        self.assertEqual(order.order_line.trade_promised_date, self.days(1))

    def test_instants_count_within_a_day(self):
        order = self.make_order()
        self.process(self.answer(order, self.line(1, "3", day=self.days(1)), issued="2031-01-05T10:00:00Z"))
        [stale] = self.process(
            self.answer(order, self.line(1, "3", day=self.days(2)), issued="2031-01-05T10:30:00+02:00")
        )
        self.assertEqual(stale.state, "ignored")
        [later] = self.process(self.answer(order, self.line(1, "3", day=self.days(2)), issued="2031-01-05"))
        self.assertApplied(later)

    def test_newer_answer_ends_the_wait_of_an_older_held_one(self):
        order = self.make_order()
        [held] = self.process(self.answer(order, self.line(1, "3", price="150"), issued="2031-01-05"))
        problem = held.exception_id
        [newer] = self.process(self.answer(order, code="AP", issued="2031-01-06"))
        self.assertApplied(newer)
        self.assertEqual(held.state, "ignored")
        self.assertFalse(problem.is_open)
        self.assertEqual(
            order.trade_state, "answered" if self.last_out(order).state == "sent" else order.trade_state
        )
        with self.assertRaisesRegex(UserError, "decided already, or a newer one replaced it"):
            held.trade_answer_ids.with_user(self.buyer).action_accept()

    def test_same_document_twice(self):
        order = self.make_order()
        answer = self.answer(order, self.line(1, "3", day=self.days(1)), number="AB-1")
        first, second = self.process(answer, answer)
        self.assertApplied(first)
        self.assertEqual(second.state, "ignored")
        self.assertEqual(len(order.trade_answer_ids), 1)

    def test_answer_to_an_earlier_revision(self):
        order = self.make_order()
        self.as_sent(order)
        order.order_line.price_unit = 95
        order.action_trade_send_again()
        self.assertEqual(order.trade_revision, 1)
        reference = {"id": order.name, "sequence_number": 0}
        [old] = self.process(self.answer(order, code="AP", order_reference=reference))
        self.assertEqual(old.state, "ignored")
        self.assertFalse(order.acknowledged)
        [future] = self.process(
            self.answer(order, code="AP", order_reference={"id": order.name, "sequence_number": 5})
        )
        self.assertHeld(future, "only revision 1 was sent")

    # -- the ledger ----------------------------------------------------------------------------------------

    def test_first_promise_is_never_overwritten(self):
        order = self.make_order()
        line = order.order_line
        self.process(self.answer(order, self.line(1, "3", day=self.days(2)), issued="2031-01-05"))
        self.process(self.answer(order, self.line(1, "3", day=self.days(1)), issued="2031-01-06"))
        self.assertEqual(
            (line.trade_first_promised_date, line.trade_promised_date), (self.days(2), self.days(1))
        )
        for writer in (line, line.sudo(), line.with_user(self.buyer)):
            with self.assertRaisesRegex(UserError, "record of facts"):
                writer.write({"trade_first_promised_date": self.days(0)})
        with self.assertRaisesRegex(UserError, "record of facts"):
            line.copy({"trade_first_promised_date": self.days(0)})
        self.assertFalse(order.copy().order_line.trade_first_promised_date)

    def test_history_keeps_every_answer(self):
        order = self.make_order()
        self.process(self.answer(order, self.line(1, "3", day=self.days(2)), issued="2031-01-05"))
        self.process(self.answer(order, code="AP", issued="2031-01-06"))
        self.assertEqual(
            order.trade_answer_ids.sorted("id").mapped("answered_date"), [self.days(2), self.days(0)]
        )
        self.assertEqual(set(order.trade_answer_ids.mapped("decision")), {"accepted"})
        self.assertFalse(order.trade_answer_ids.decided_by_id)
