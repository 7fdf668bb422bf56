import base64
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from odoo.addons.trade_core.pipeline.step import Conflict

from .common import InvoiceCase


@tagged("post_install", "-at_install")
class TestSameInvoice(InvoiceCase):
    """However often and by whatever way an invoice comes: one bill."""

    def bills(self, order):
        return order.order_line.invoice_lines.move_id

    def test_the_same_number_in_another_spelling(self):
        order = self.ordered()
        [first] = self.process_invoice(self.invoice(order, number="RE-0012"))
        [again] = self.process_invoice(self.invoice(order, number="re 12"))
        self.assertEqual(again.state, "ignored")
        self.assertIn("is here already", again.state_reason)
        self.assertEqual((again.res_model, again.res_id), ("account.move", self.bill_of(first).id))
        self.assertEqual(len(self.bills(order)), 1)

    def test_while_the_first_is_held_the_copy_is_ignored(self):
        order = self.ordered()
        [held] = self.process_invoice(self.invoice(order, self.billed(1, 12, 11), number="RE-0012"))
        [again] = self.process_invoice(self.invoice(order, self.billed(1, 12, 11), number="RE 12"))
        self.assertEqual((held.state, again.state), ("held", "ignored"))

    def test_two_spellings_in_one_batch(self):
        order = self.ordered()
        first, again = self.process(
            self.invoice(order, number="RE-0012"),
            self.invoice(order, number="re 12"),
            route=self.route_invoice,
        )
        self.assertEqual((first.state, again.state), ("applied", "ignored"))
        self.assertEqual(len(self.bills(order)), 1)

    def test_two_spellings_in_one_batch_that_name_no_order(self):
        """Nothing but the number connects them; the pipeline does not keep them apart."""
        item = {"sellers_item_identification": {"id": "WC-1"}}
        first = self.invoice(None, self.billed(None, 12, 10, item=item), number="RE-0012")
        second = self.invoice(None, self.billed(None, 12, 10, item=item), number="re 12")
        messages = self.process(first, second, route=self.route_invoice)
        self.assertEqual(sorted(messages.mapped("state")), ["held", "ignored"])

    def test_a_bill_entered_by_hand(self):
        order = self.ordered()
        order.action_create_invoice()
        bill = self.bills(order)
        bill.ref = "RE 12"
        [again] = self.process_invoice(self.invoice(order, number="RE-0012"))
        self.assertEqual(again.state, "ignored", again.state_reason)
        self.assertEqual(again.res_id, bill.id)
        self.assertEqual(self.bills(order), bill)

    def test_a_bill_entered_by_hand_that_says_something_else(self):
        order = self.ordered()
        order.action_create_invoice()
        bill = self.bills(order)
        bill.ref = "RE 12"
        bill.invoice_line_ids.quantity = 4
        [other] = self.process_invoice(self.invoice(order, self.billed(1, 8, 10), number="RE-0012"))
        self.assertHeld(other, "has the same number, but comes to")
        self.assertEqual(self.match_of(other).other_bill_id, bill)
        self.decide_row(other, "accept")
        self.assertApplied(other)
        self.assertEqual(len(self.bills(order)), 2)

    def test_numbers_begin_again_every_year(self):
        first, second = self.ordered(), self.ordered()
        one, two = self.process_invoice(
            self.invoice(first, number="12"), self.invoice(second, number="0012", issue_date="2025-12-30")
        )
        self.assertApplied(one)
        self.assertApplied(two)

    def test_the_database_itself_keeps_one(self):
        [message] = self.process_invoice(self.invoice(self.ordered(), number="RE-12"))
        match = self.match_of(message).sudo()
        [other] = self.process_invoice(self.invoice(self.ordered(), number="RE-13"))
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.match_of(other).sudo().identity = match.identity
            self.env.flush_all()

    def test_another_lane_at_the_same_instant(self):
        """What another transaction booked cannot be seen yet: the database says so; the lane looks again."""
        adapter = type(self.env["trade.adapter.in.invoice"])
        self.process_invoice(self.invoice(self.ordered(), number="RE-12"))
        again = self.receive(self.invoice(self.ordered(), number="RE 12"), route=self.route_invoice)
        with (
            patch.object(adapter, "_same_as", lambda *args: None),
            mute_logger("odoo.sql_db"),
            self.assertRaises(Conflict),
            self.env.cr.savepoint(),
        ):
            self.run_lane(again)

    def test_a_correction_replaces_the_draft_bill(self):
        order = self.ordered()
        [first] = self.process_invoice(self.invoice(order, number="R-1"))
        old = self.bill_of(first)
        [correction] = self.process_invoice(
            self.invoice(order, self.billed(1, 11, 10), number="R-1", sequence_number=1)
        )
        new = self.bill_of(correction)
        self.assertEqual((old.state, new.amount_untaxed, order.order_line.qty_invoiced), ("cancel", 110, 11))
        self.assertEqual(self.match_of(first).state, "ended")

    def test_a_correction_of_a_posted_bill_is_held(self):
        order = self.ordered()
        [first] = self.process_invoice(self.invoice(order, number="R-1"))
        self.bill_of(first).action_post()
        [correction] = self.process_invoice(
            self.invoice(order, self.billed(1, 11, 10), number="R-1", sequence_number=1)
        )
        self.assertHeld(correction, "is posted already")


@tagged("post_install", "-at_install")
class TestDecisions(InvoiceCase):
    """What people decide about held invoices."""

    def test_the_screen_tells_how_many_lines_need_somebody(self):
        order = self.ordered((self.desk, 12, 10.0), (self.shelf, 5, 20.0))
        [message] = self.process_invoice(self.invoice(order, self.billed(1, 12, 11), self.billed(2, 5, 21)))
        match = self.match_of(message)
        self.assertEqual((match.pending_count, match.sentence), (2, "2 lines need your decision."))
        self.assertEqual(match.difference, 17)
        self.assertTrue(order.trade_match_open)
        match.action_accept_all()
        self.run_ready()
        self.assertEqual(self.bill_of(message).amount_untaxed, 237)
        self.assertFalse(order.trade_match_open)

    def test_a_dispute_is_not_booked_until_it_is_decided(self):
        order = self.ordered()
        [message] = self.process_invoice(self.invoice(order, self.billed(1, 12, 11)))
        match = self.match_of(message)
        wizard = (
            self.env["trade.bill.dispute"]
            .with_context(**match.action_dispute_all()["context"])
            .create({"reason": "We agreed on 10."})
        )
        wizard.action_dispute()
        self.run_ready()
        self.assertEqual((message.state, match.state), ("held", "disputed"))
        self.assertIn("is disputed", message.state_reason)
        self.env["trade.exception"]._arrived(self.profile, [f"receipt:{order.name}"])
        self.assertEqual(message.state, "held", "a receipt does not end a dispute")
        match.action_refuse()
        self.run_ready()
        self.assertEqual((message.state, match.state), ("rejected", "rejected"))
        self.assertIn("We agreed on 10.", message.state_reason, "what the supplier is told")
        self.assertFalse(order.order_line.invoice_lines)

    def test_a_decision_counts_for_exactly_what_was_seen(self):
        order = self.ordered()
        order_line = order.order_line
        [message] = self.process_invoice(self.invoice(order, self.billed(1, 12, 11)))
        rows = self.match_of(message).line_ids
        rows._decide("accept")
        order_line.price_unit = 9
        self.run_ready()
        self.assertHeld(message, "12 × 9.00 = 108.00 USD agreed")

    def test_waiting_for_goods_that_a_person_decided_to_wait_for(self):
        self.env["trade.bill.tolerance"].create({"dimension": "receipt", "beyond": "hold"})
        order = self.ordered(received=False)
        self.receipt(order, 4)
        [message] = self.process_invoice(self.invoice(order))
        match = self.match_of(message)
        self.assertEqual(match.state, "to_decide")
        self.decide_row(message, "wait")
        self.assertEqual(match.state, "waiting")
        self.receipt(order, 3)
        self.run_ready()
        self.assertEqual(match.state, "waiting", "the decision outlives a part of the goods")
        self.receipt(order, 5)
        self.run_ready()
        self.assertApplied(message)

    def test_accept_what_was_not_received(self):
        order = self.ordered(received=False)
        [message] = self.process_invoice(self.invoice(order))
        self.assertEqual(self.match_of(message).state, "waiting")
        self.decide_row(message, "accept")
        self.assertEqual(self.bill_of(message).amount_untaxed, 120)

    def test_other_people_may_not_decide_and_facts_cannot_be_changed(self):
        [message] = self.process_invoice(self.invoice(self.ordered(), self.billed(1, 12, 11)))
        row = self.match_of(message).line_ids
        stranger = new_test_user(self.env, "stranger", "base.group_user")
        with self.assertRaises(AccessError):
            row.with_user(stranger).action_accept()
        buyer = self.buyer
        buyer.company_ids |= self.env.company
        with self.assertRaisesRegex(AccessError, "record of facts"):
            row.with_user(buyer).with_company(self.env.company).write({"billed_price": 1.0})

    def test_an_accountant_without_any_right_to_messages_decides(self):
        [message] = self.process_invoice(self.invoice(self.ordered(), self.billed(1, 12, 11)))
        accountant = new_test_user(
            self.env, "accountant", "account.group_account_invoice", company_id=self.env.company.id
        )
        match = self.match_of(message).with_user(accountant)
        match.get_views([(False, "form"), (False, "list"), (False, "search")])
        self.assertEqual(match.sentence, "1 line needs your decision.")
        self.assertEqual(match.line_ids.ordered_words, "12 × 10.00")
        match.action_accept_all()
        self.run_ready()
        self.assertEqual(match.line_ids.decided_by_id, accountant)
        self.assertEqual(match.bill_id.amount_untaxed, 132)

    def test_the_problem_leads_to_the_invoice(self):
        [message] = self.process_invoice(self.invoice(self.ordered(), self.billed(1, 12, 11)))
        problem = message.exception_id.with_user(self.env.user)
        self.assertEqual(problem.fix_kind, "match")
        action = problem.action_fix()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("trade.bill.match", self.match_of(message).id)
        )

    def test_another_bank_account_is_never_taken_over(self):
        self.env["res.partner.bank"].create(
            {"partner_id": self.vendor.id, "acc_number": "DE02 1203 0000 0000 2020 51"}
        )
        known = [{"payee_financial_account": "DE02120300000000202051"}]
        [right] = self.process_invoice(self.invoice(self.ordered(), payment_means=known))
        self.assertApplied(right)
        other = [{"payee_financial_account": "DE89370400440532013000"}]
        [message] = self.process_invoice(self.invoice(self.ordered(), payment_means=other))
        self.assertHeld(message, "DE89370400440532013000, which is none of the accounts we know")
        self.decide_row(message, "accept")
        bill = self.bill_of(message)
        self.assertEqual(bill.partner_bank_id.sanitized_acc_number, "DE02120300000000202051")

    def test_arithmetic_that_is_wrong(self):
        document = self.invoice(self.ordered())
        document["legal_monetary_total"]["payable_amount"]["value"] = "139.00"
        [message] = self.process_invoice(document)
        self.assertHeld(message, "To pay is 138.00 USD, the amount to pay says 139.00 USD")

    def test_another_tax(self):
        [message] = self.process_invoice(self.invoice(self.ordered(), tax=19))
        self.assertHeld(
            message, "15 % of 120.00 USD is 18.00 USD, the document says 22.80 USD: 4.80 USD more"
        )
        self.decide_row(message, "accept")
        self.assertEqual(self.bill_of(message).amount_total, 142.8)

    def test_freight(self):
        freight = [
            {
                "charge_indicator": True,
                "allowance_charge_reason": "Freight",
                "amount": {"value": "9.90", "currency_id": "USD"},
                "tax_category": [{"id": "S", "percent": "15"}],
            }
        ]
        [message] = self.process_invoice(self.invoice(self.ordered(), allowance_charge=freight))
        self.assertHeld(message, "Nobody agreed: Freight 9.90 USD")
        self.env["trade.bill.tolerance"].create({"dimension": "charges", "tolerance_amount": 10})
        [within] = self.process_invoice(self.invoice(self.ordered(), allowance_charge=freight))
        bill = self.bill_of(within)
        line = bill.invoice_line_ids - bill.invoice_line_ids.filtered("purchase_line_id")
        self.assertEqual((line.product_id, line.price_subtotal, line.tax_ids), (self.freight, 9.9, self.tax))
        self.assertEqual(bill.amount_total, 149.38, "the supplier rounds a half to even")
        self.env.company.trade_charge_product_id = False
        [unset] = self.process_invoice(self.invoice(self.ordered(), allowance_charge=freight))
        self.assertHeld(unset, "what product freight and other charges are booked on")

    def test_the_picture_that_came_beside_goes_with_the_bill(self):
        file = self.env["ir.attachment"].create({"name": "R-8.pdf", "raw": b"%PDF-1.4 beside"})
        [message] = self.receive(self.invoice(self.ordered(), number="R-8"), route=self.route_invoice)
        message._keep_beside(file)
        self.run_ready()
        bill = self.bill_of(message)
        match = self.match_of(message)
        self.assertEqual(match.message_main_attachment_id.raw, b"%PDF-1.4 beside")
        self.assertEqual(bill.message_main_attachment_id.raw, b"%PDF-1.4 beside")

    def test_the_picture_of_the_invoice_goes_with_the_bill(self):
        raw = b"%PDF-1.4 invoice"
        files = [
            {
                "id": "R-9",
                "attachment": {
                    "filename": "C:\\out\\R-9.pdf",
                    "mime_code": "application/pdf",
                    "content": base64.b64encode(raw).decode(),
                },
            },
            {
                "id": "bad",
                "attachment": {
                    "filename": "bad.pdf",
                    "mime_code": "application/pdf",
                    "content": base64.b64encode(b"<script>").decode(),
                },
            },
        ]
        [message] = self.process_invoice(self.invoice(self.ordered(), additional_document_reference=files))
        bill = self.bill_of(message)
        self.assertEqual(bill.message_main_attachment_id.name, "R-9.pdf")
        self.assertEqual(bill.message_main_attachment_id.raw, raw)
        found = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", bill.id)]
        )
        self.assertEqual(len(found), 1)
        self.assertEqual(self.match_of(message).message_main_attachment_id.raw, raw)

    def test_orders_of_another_company_are_out_of_reach(self):
        other = self.env["res.company"].create(
            {"name": "Other", "currency_id": self.env.company.currency_id.id}
        )
        self.env.user.company_ids |= other
        order = (
            self.env["purchase.order"]
            .with_company(other)
            .sudo()
            .create({"partner_id": self.vendor.id, "company_id": other.id, "name": "P-OTHER"})
        )
        order.state = "purchase"
        [message] = self.process_invoice(self.invoice(order))
        self.assertHeld(message, "P-OTHER")
        self.assertFalse(self.match_of(message).order_ids)


@tagged("post_install", "-at_install")
class TestCreditNote(InvoiceCase):
    """Credit notes take back what was billed, and close what was requested."""

    def credit(self, order, *lines, of=None, **more):
        references = [{"id": of}] if of else []
        return self.invoice(order, *lines, kind="credit_note", billing_reference=references, **more)

    def test_a_returned_quantity(self):
        order = self.ordered()
        self.route_invoice.trade_bill_posting = self.route_credit.trade_bill_posting = "post"
        [invoice] = self.process_invoice(self.invoice(order, number="R-1"))
        [message] = self.process_invoice(self.credit(order, self.billed(1, 2, 10), of="R 0001"))
        refund = self.bill_of(message)
        self.assertEqual((refund.move_type, refund.amount_total), ("in_refund", 23))
        self.assertEqual(refund.reversed_entry_id, self.bill_of(invoice))
        self.assertEqual(order.order_line.qty_invoiced, 10)
        self.assertEqual(self.bill_of(invoice).amount_residual, 115)

    def test_a_credit_note_that_comes_before_its_invoice(self):
        order = self.ordered()
        [early] = self.process_invoice(self.credit(order, self.billed(1, 2, 10), of="R-1"))
        self.assertHeld(early, "credits the invoice R-1, which is not billed yet")
        [invoice] = self.process_invoice(self.invoice(order, number="R-1"))
        self.assertApplied(invoice)
        self.run_ready()
        self.assertApplied(early)
        self.assertEqual(order.order_line.qty_invoiced, 10)

    def test_it_also_goes_on_when_the_invoice_is_entered_by_hand(self):
        order = self.ordered()
        [early] = self.process_invoice(self.credit(order, self.billed(1, 2, 10), of="R-1"))
        order.action_create_invoice()
        bill = order.order_line.invoice_lines.move_id
        bill.write({"ref": "R-1", "invoice_date": "2026-03-02"})
        bill.action_post()
        self.run_ready()
        self.assertApplied(early)

    def test_a_requested_credit_note_closes_the_loop(self):
        order = self.ordered()
        [invoice] = self.process_invoice(self.invoice(order, self.billed(1, 12, 11), number="R-1"))
        match = self.match_of(invoice)
        self.decide_row(invoice, "request_credit")
        self.assertEqual(self.bill_of(invoice).amount_untaxed, 132, "booked as billed")
        self.assertEqual((match.state, match.line_ids.credit_due), ("credit_requested", 12))
        [part] = self.process_invoice(self.credit(order, self.billed(1, 12, "0.5"), of="R-1"))
        self.assertHeld(part, "6.00 USD less")
        self.decide_row(part, "accept")
        self.assertApplied(part)
        self.assertEqual((match.state, match.line_ids.credit_received), ("credit_requested", 6))
        [rest] = self.process_invoice(self.credit(order, self.billed(1, 12, "0.5"), of="R-1"))
        self.decide_row(rest, "accept")
        self.assertEqual((match.state, match.line_ids.credit_received), ("billed", 12))
        self.assertEqual(order.order_line.qty_invoiced, 12, "only the price was taken back")

    def test_a_price_is_taken_back_once(self):
        order = self.ordered()
        [invoice] = self.process_invoice(self.invoice(order, self.billed(1, 12, 11), number="R-1"))
        self.decide_row(invoice, "request_credit")
        credit = self.billed(1, 12, 1)
        [first] = self.process_invoice(self.credit(order, credit, of="R-1"))
        self.assertEqual(self.bill_of(first).amount_untaxed, 12)
        # Under another number, in a batch of its own or together: a person looks at it.
        for number in ("C-2", "C-3"):
            [again] = self.process_invoice(self.credit(order, credit, of="R-1", number=number))
            self.assertHeld(again, "12.00 USD credited, 12 × 10.00 = 120.00 USD billed")
        order = self.ordered()
        [invoice] = self.process_invoice(self.invoice(order, self.billed(1, 12, 11), number="R-2"))
        self.decide_row(invoice, "request_credit")
        first, again = self.process_invoice(
            self.credit(order, credit, of="R-2", number="C-4"),
            self.credit(order, credit, of="R-2", number="C-5"),
        )
        self.assertApplied(first)
        self.assertHeld(again, "12.00 USD credited")

    def test_too_much_credited(self):
        order = self.ordered()
        self.process_invoice(self.invoice(order, self.billed(1, 2, 10), number="R-1"))
        [message] = self.process_invoice(self.credit(order, self.billed(1, 3, 10), of="R-1"))
        self.assertHeld(message, "3 Units credited, 2 Units billed: 1 Units too many")

    def test_self_billed_invoices_are_for_what_we_sell(self):
        [message] = self.process_invoice(self.invoice(self.ordered(), invoice_type_code="389"))
        self.assertHeld(message, "self-billed invoice of type 389")
