from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .common import InvoiceCase


@tagged("post_install", "-at_install")
class TestBillGone(InvoiceCase):
    """An invoice whose bill somebody cancelled is not said to be booked."""

    def test_a_bill_is_cancelled_and_not_deleted(self):
        order = self.ordered()
        [message] = self.process_invoice(self.invoice(order, number="R-1"))
        match = self.match_of(message)
        with self.assertRaises(UserError) as refused:
            match.bill_id.unlink()
        self.assertIn("Cancel it instead", str(refused.exception))
        with self.assertRaises(UserError):
            match.action_book_again()
        match.bill_id.button_cancel()
        self.assertEqual((match.state, match.can_book_again), ("ended", True))
        self.assertIn("its bill was cancelled", match.sentence)
        self.assertEqual(order.order_line.qty_invoiced, 0)
        match.action_book_again()
        self.assertEqual((match.state, match.bill_id.state), ("billed", "draft"))
        self.assertEqual(order.order_line.qty_invoiced, 12)

    def test_only_one_of_two_comes_back(self):
        order = self.ordered()
        [message] = self.process_invoice(self.invoice(order, number="RE-1"))
        match = self.match_of(message)
        match.bill_id.button_cancel()
        self.process_invoice(self.invoice(order, number="re 1"))
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            match.action_book_again()

    def test_the_number_is_free_for_another_spelling(self):
        order = self.ordered()
        [message] = self.process_invoice(self.invoice(order, number="RE-1"))
        self.bill_of(message).button_cancel()
        [other] = self.process_invoice(self.invoice(order, number="re 1"))
        self.assertEqual(self.bill_of(other).amount_total, 138)

    def test_the_same_again_by_itself_books_nothing(self):
        order = self.ordered()
        document = self.invoice(order, number="R-1")
        [message] = self.process_invoice(document)
        self.bill_of(message).button_cancel()
        [again] = self.process_invoice(document)
        self.assertEqual(again.state, "ignored")


@tagged("post_install", "-at_install")
class TestOddInvoices(InvoiceCase):
    """Invoices that can be read, and that nobody may book unasked."""

    def test_less_than_nothing_is_no_invoice(self):
        self.route_invoice.trade_bill_posting = "post"
        [message] = self.process_invoice(self.invoice(self.ordered(), self.billed(1, -12, 10)))
        self.assertHeld(message, "takes off more than it bills")
        self.assertIn("credit note", message.exception_id.remedy)

    def test_what_was_paid_before_is_set_off_by_a_person(self):
        self.route_invoice.trade_bill_posting = "post"
        document = self.invoice(self.ordered())
        for name, value in (("prepaid_amount", "38.00"), ("payable_amount", "100.00")):
            document["legal_monetary_total"][name] = {"value": value, "currency_id": "USD"}
        [message] = self.process_invoice(document)
        bill = self.bill_of(message)
        self.assertEqual((bill.state, bill.amount_total), ("draft", 138))
        self.assertRegex(bill.activity_ids.summary, r"38\.00 were paid before.*100\.00 are left to pay")

    def test_a_bare_line_number_is_of_the_order_the_document_names_or_of_none(self):
        item = {"sellers_item_identification": {"id": "WC-2"}}
        first = self.ordered()
        second = self.ordered((self.shelf, 5, 20.0), (self.stool, 2, 15.0))
        lines = (
            self.billed(1, 5, 20, item=item),
            self.billed(1, 12, 10, order=first),
            self.billed(2, 2, 15, order=second),
        )
        for document in (self.invoice(None, *lines), self.invoice(second, *lines)):
            with self.subTest(document.get("order_reference")):
                [message] = self.process_invoice(document)
                bill = self.bill_of(message)
                billed = bill.invoice_line_ids.purchase_line_id
                self.assertEqual(billed, first.order_line | second.order_line)
                bill.button_cancel()

    def test_taxes_rounded_per_line_are_billed_as_they_are(self):
        order = self.ordered(*[(self.desk, 1, 0.35)] * 4)
        lines = [self.billed(number, 1, "0.35") for number in (1, 2, 3, 4)]
        document = self.invoice(order, *lines)
        [tax] = document["tax_total"]
        total = document["legal_monetary_total"]
        for part in (tax["tax_amount"], tax["tax_subtotal"][0]["tax_amount"]):
            part["value"] = "0.20"
        for name in ("tax_inclusive_amount", "payable_amount"):
            total[name]["value"] = "1.60"
        [message] = self.process_invoice(document)
        bill = self.bill_of(message)
        self.assertEqual((bill.amount_tax, bill.amount_total), (0.2, 1.6))
