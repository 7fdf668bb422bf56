import json
import uuid
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.trade_core.pipeline import inbound
from odoo.addons.trade_http.tests.common import make_client, make_partner, shown
from odoo.addons.trade_http.tests.common_isolation import Isolation, Thing
from odoo.addons.trade_http.tests.test_trade_reads import ReadCase

STATUS = "/trade/v1/invoice-status"


class InvoiceStatusCase(ReadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client.scope_ids = cls.env["trade.api.scope"].search([("name", "=", "invoices:read")])
        cls.with_books(cls.env.company)

    @classmethod
    def with_books(cls, company):
        journals = cls.env["account.journal"].search(
            [("type", "=", "purchase"), ("company_id", "=", company.id)], limit=1
        )
        if not journals:
            cls.env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)

    @classmethod
    def bill(cls, profile, ref, amount=100.0, kind="in_invoice", post=True, company=None):
        company = company or cls.env.company
        bill = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": kind,
                    "partner_id": profile.partner_id.id,
                    "company_id": company.id,
                    "invoice_date": "2026-03-02",
                    "invoice_date_due": "2026-04-01",
                    "ref": ref,
                    "invoice_line_ids": [
                        Command.create({"name": "Goods", "price_unit": amount, "tax_ids": False})
                    ],
                }
            )
        )
        if post:
            bill.action_post()
        return bill

    def pay(self, bill, **vals):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        )
        return wizard.create({"payment_date": "2026-03-05", **vals})._create_payments()


@tagged("post_install", "-at_install")
class TestInvoiceStatus(InvoiceStatusCase):
    """A supplier asks by its own number what became of its invoice."""

    def ask(self, number):
        response = self.get(f"{STATUS}/{number}")
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def test_from_received_to_paid(self):
        currency = self.env.company.currency_id.name
        bill = self.bill(self.partner, "R-4711", post=False)
        self.assertEqual((self.ask("R-4711")["state"], self.ask("R-4711")["due_date"]), ("received", None))
        bill.action_post()
        said = self.ask("R-4711")
        self.assertEqual((said["state"], said["due_date"], said["payments"]), ("approved", "2026-04-01", []))
        self.assertEqual(said["total_amount"], {"value": "100.00", "currency_id": currency})
        first = self.pay(bill, amount=40.0)
        said = self.ask("R-4711")
        self.assertEqual((said["state"], said["paid_amount"]["value"]), ("partly_paid", "40.00"))
        self.assertEqual(said["open_amount"]["value"], "60.00")
        self.pay(bill)
        said = self.ask("R-4711")
        self.assertEqual((said["state"], said["open_amount"]["value"]), ("paid", "0.00"))
        self.assertEqual((said["paid_amount"]["value"], said["payment_date"]), ("100.00", "2026-03-05"))
        self.assertEqual([one["amount"]["value"] for one in said["payments"]], ["40.00", "60.00"])
        self.assertEqual(said["payments"][0]["payment"], first.name)
        bill.line_ids.remove_move_reconcile()
        self.assertEqual(self.ask("R-4711")["state"], "approved")

    def test_payments_that_are_not_booked_yet(self):
        bills = self.bill(self.partner, "R-1") | self.bill(self.partner, "R-2")
        with patch.object(
            self.env.registry["account.move"], "_get_invoice_in_payment_state", return_value="in_payment"
        ):
            payment = self.pay(bills, group_payment=True)
        self.assertFalse(payment.move_id)
        for number in ("R-1", "R-2"):
            said = self.ask(number)
            self.assertEqual((said["state"], said["paid_amount"]["value"]), ("paid", "100.00"))
            self.assertEqual(said["open_amount"]["value"], "0.00")

    def test_blocked_and_refused(self):
        bill = self.bill(self.partner, "R-4712")
        bill.action_toggle_block_payment()
        said = self.ask("R-4712")
        self.assertEqual(said["state"], "blocked")
        self.assertIn("question", said["reason"])
        bill.action_toggle_block_payment()
        bill.button_draft()
        bill.button_cancel()
        self.assertEqual(
            (self.ask("R-4712")["state"], self.ask("R-4712")["open_amount"]["value"]), ("refused", "0.00")
        )
        self.bill(self.partner, "R-4712")
        self.assertEqual(self.ask("R-4712")["state"], "approved", "it was entered again")

    def test_settled_with_a_credit_note(self):
        bill = self.bill(self.partner, "R-1")
        note = self.bill(self.partner, "C-1", kind="in_refund")
        lines = (bill | note).line_ids.filtered(lambda line: line.account_type == "liability_payable")
        lines.reconcile()
        self.assertEqual((self.ask("R-1")["state"], self.ask("R-1")["payments"]), ("settled", []))
        self.assertEqual((self.ask("C-1")["state"], self.ask("C-1")["kind"]), ("settled", "credit_note"))

    def test_a_suppliers_client_may_ask_from_the_beginning(self):
        partner, _route = make_partner(self.env, "Deco Addict")
        partner.write({"is_supplier": True, "is_customer": False})
        client = self.env["trade.api.client"].create({"name": "New", "trade_partner_id": partner.id})
        self.assertIn("invoices:read", client.scope_ids.mapped("name"))

    def test_several_by_number(self):
        for ref in ("R-1", "R-2", "R-3"):
            self.bill(self.partner, ref)
        found = self.get(f"{STATUS}?number=R-1&number=R-3").json()["items"]
        self.assertEqual([one["number"] for one in found], ["R-1", "R-3"])

    def test_one_that_waits_says_why(self):
        route = self.env["trade.route"].create(
            {
                "trade_partner_id": self.partner.id,
                "connector_id": self.env["trade.connector"]
                .create({"name": "Files", "trade_partner_id": self.partner.id, "transport": "manual"})
                .id,
                "direction": "in",
                "document_type": "invoice",
            }
        )
        receipt = self.env["trade.message"]._receive(
            json.dumps({"document_type": "invoice", "id": "R-9"}).encode(),
            route=route,
            scope="test",
            key=uuid.uuid4().hex,
        )
        message = self.env["trade.message"].browse(receipt.message_id)
        inbound.process(message)
        self.assertEqual(message.state, "held")
        message.business_key = "invoice:R-9"
        message.document_type = "invoice"
        said = self.ask("R-9")
        self.assertEqual((said["state"], said["kind"]), ("blocked", "invoice"))
        self.assertTrue(said["reason"])

    def test_a_client_on_trial_sees_nothing_real(self):
        self.bill(self.partner, "R-1")
        client = make_client(self.env, self.partner, "Trial")
        client.write({"mode": "test", "scope_ids": self.client.scope_ids.ids})
        key = shown(client.action_new_key())
        self.assertProblem(self.get(f"{STATUS}/R-1", api_key=key), 404, "not-found")
        self.assertEqual(self.get(STATUS, api_key=key).json()["items"], [])

    def test_our_invoices_to_it_are_another_matter(self):
        partner, _route = make_partner(self.env, "Deco Addict")
        self.bill(partner, "R-1")
        self.assertProblem(self.get(f"{STATUS}/R-1"), 404, "not-found")


@tagged("post_install", "-at_install")
class TestInvoiceStatusIsolation(Isolation, InvoiceStatusCase):
    read_name = "invoice-status"

    def _make(self, profile):
        number = f"R-{uuid.uuid4().hex[:10]}"
        self.with_books(profile.company_id)
        self.bill(profile, number, company=profile.company_id)
        return Thing(number, number)
