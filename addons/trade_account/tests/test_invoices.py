from odoo.tests import tagged

from .common import DAY, AccountCase

POSTED = "tradelane.invoice.posted.v1"


@tagged("post_install", "-at_install")
class TestInvoices(AccountCase):
    """What is told about invoices."""

    def test_posted_invoice_is_told_once_and_whole(self):
        invoice = self.make_invoice(
            "out_invoice", (2, 50.0), (1, 19.99), invoice_origin="S00042, S00043", ref="PO-77", post=False
        )
        invoice.invoice_date_due = "2026-04-01"
        self.assertEqual(self.told(invoice), [], "a draft is nobody's news")
        invoice.action_post()
        [(kind, data)] = self.told(invoice)
        currency = invoice.currency_id.name
        self.assertEqual(kind, POSTED)
        self.assertEqual(self.last.trade_partner_id, self.profile)
        self.assertEqual(
            data,
            {
                "kind": "invoice",
                "number": invoice.name,
                "partner_reference": "PO-77",
                "payment_reference": invoice.payment_reference,
                "invoice_date": DAY.isoformat(),
                "due_date": "2026-04-01",
                "net_amount": {"value": "119.99", "currency_id": currency},
                "tax_amount": {"value": "24.00", "currency_id": currency},
                "total_amount": {"value": "143.99", "currency_id": currency},
                "order_references": ["S00042", "S00043"],
            },
        )
        self.assertEqual(self.told(invoice), [])

    def test_each_kind(self):
        for kind, told in (
            ("out_refund", "credit_note"),
            ("in_invoice", "bill"),
            ("in_refund", "bill_credit_note"),
        ):
            with self.subTest(kind):
                invoice = self.make_invoice(kind, ref=f"R-{kind}")
                [(_type, data)] = self.told(invoice)
                self.assertEqual((data["kind"], data["partner_reference"]), (told, f"R-{kind}"))
                self.assertEqual(data["total_amount"]["value"], "120.00")

    def test_entries_and_receipts_are_no_invoices(self):
        receipt = self.make_invoice("out_receipt")
        self.assertEqual(receipt.state, "posted")
        self.assertEqual(self.told(receipt), [])

    def test_amounts_have_the_decimals_of_their_currency(self):
        yen = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "JPY")])
        yen.active = True
        invoice = self.make_invoice("out_invoice", (1, 1000.0), currency_id=yen.id)
        [(_kind, data)] = self.told(invoice)
        self.assertEqual(data["total_amount"], {"value": "1200", "currency_id": "JPY"})

    def test_posted_and_reset_at_once_is_no_news(self):
        invoice = self.make_invoice()
        invoice.button_draft()
        self.assertEqual(self.told(invoice), [])
        invoice.action_post()
        self.assertEqual(self.types(invoice), [POSTED])

    def test_rolled_back(self):
        invoice = self.make_invoice(post=False)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            invoice.action_post()
            self.env.cr.flush()
            raise ZeroDivisionError
        self.assertEqual(self.told(invoice), [])

    def test_each_company_its_own_profile(self):
        data = self.setup_other_company()
        other = data["company"]
        _contact, profile = self.make_partner("Elsewhere", company=other)
        profile.partner_id = self.customer
        invoice = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_date": DAY,
                    "journal_id": data["default_journal_sale"].id,
                    "invoice_line_ids": [(0, 0, {"name": "Goods", "price_unit": 5.0, "tax_ids": []})],
                }
            )
        )
        invoice.action_post()
        self.assertEqual(self.types(invoice), [POSTED])
        self.assertEqual((self.last.company_id, self.last.trade_partner_id), (other, profile))

    def test_many_invoices_cost_no_query_each(self):
        def happen(number):
            invoices = self.env["account.move"].union(*(self.make_invoice(post=False) for _ in range(number)))
            invoices.action_post()
            return invoices

        self.assertNoQueryEach(happen, many=15)
        self.assertEqual(self.types(*happen(15)), [POSTED] * 15)
