from odoo.tests import tagged

from .common import DAY, AccountCase

REGISTERED = "tradelane.payment.registered.v1"


@tagged("post_install", "-at_install")
class TestPayments(AccountCase):
    """What is told about payments."""

    def pay(self, invoices, **vals):
        """As the button Pay does."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        return wizard.create({"payment_date": DAY, "group_payment": True, **vals})._create_payments()

    def make_payment(self, **vals):
        return self.env["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 70.0, "date": DAY, "payment_type": "inbound", **vals}
        )

    def test_payment_of_an_invoice(self):
        invoice = self.make_invoice()
        self.told()
        payment = self.pay(invoice)
        [(kind, data)] = self.told(payment)
        currency = payment.currency_id.name
        self.assertEqual(kind, REGISTERED)
        self.assertEqual(self.last.trade_partner_id, self.profile)
        self.assertEqual(
            data,
            {
                "direction": "received",
                "number": payment.name,
                "amount": {"value": "120.00", "currency_id": currency},
                "payment_date": DAY.isoformat(),
                "reference": payment.memo,
                "invoices": [
                    {
                        "kind": "invoice",
                        "number": invoice.name,
                        **(
                            {"amount": {"value": "120.00", "currency_id": currency}}
                            if payment.move_id
                            else {}
                        ),
                    }
                ],
            },
        )
        self.assertEqual(self.told(payment), [], "a fact is told once")

    def test_one_payment_for_several_invoices_and_a_part(self):
        invoices = self.make_invoice() | self.make_invoice()
        self.with_entries()
        payment = self.pay(invoices, amount=150.0)
        [(_kind, data)] = self.told(payment)
        found = {paid["number"]: paid["amount"]["value"] for paid in data["invoices"]}
        self.assertEqual(found, {invoices[0].name: "120.00", invoices[1].name: "30.00"})

    def with_entries(self):
        """Payments are booked at once, on an outstanding account."""
        account = self.company_data["default_account_assets"].copy({"name": "Outstanding", "reconcile": True})
        account.account_type = "asset_current"
        journal = self.company_data["default_journal_bank"]
        lines = journal.inbound_payment_method_line_ids | journal.outbound_payment_method_line_ids
        lines.payment_account_id = account

    def test_payment_to_a_supplier_names_its_bill(self):
        bill = self.make_invoice("in_invoice", ref="R-4711")
        payment = self.pay(bill)
        [(_kind, data)] = self.told(payment)
        self.assertEqual(data["direction"], "sent")
        self.assertEqual(data["invoices"][0]["partner_reference"], "R-4711")

    def test_payment_on_account(self):
        payment = self.make_payment()
        self.assertEqual(self.told(payment), [], "a draft is nobody's news")
        payment.action_post()
        [(_kind, data)] = self.told(payment)
        self.assertEqual((data["amount"]["value"], data["invoices"]), ("70.00", []))
        payment.action_validate()
        self.assertEqual(self.told(payment), [], "it was told when it was confirmed")

    def test_cancelled_at_once_and_confirmed_again_later(self):
        payment = self.make_payment()
        payment.action_post()
        payment.action_cancel()
        self.assertEqual(self.told(payment), [])
        payment.action_draft()
        payment.action_post()
        self.assertEqual(self.types(payment), [REGISTERED])

    def test_rolled_back(self):
        payment = self.make_payment()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            payment.action_post()
            self.env.cr.flush()
            raise ZeroDivisionError
        self.assertEqual(self.told(payment), [])

    def test_many_payments_cost_no_query_each(self):
        self.with_entries()

        def happen(number):
            payments = self.env["account.payment"].union(*(self.make_payment() for _ in range(number)))
            payments.action_post()
            return payments

        self.assertNoQueryEach(happen, many=15)
        self.assertEqual(self.types(*happen(15)), [REGISTERED] * 15)
