import json
import uuid

from odoo.tests import tagged

from .common import CertificationCase


@tagged("post_install", "-at_install")
class TestCertificationDocuments(CertificationCase):
    """Despatch advice and invoice, where something here reads them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products.supplier_taxes_id = False

    def _certified(self, document_type):
        if f"trade.adapter.in.{document_type}" not in self.env:
            self.assertIsNone(self.env["trade.certification.cases"]._of(document_type, "order"))
            self.skipTest(f"nothing reads {document_type} here")
        route = self.env["trade.route"].create(
            {
                "trade_partner_id": self.profile.id,
                "connector_id": self.connector.id,
                "direction": "in",
                "document_type": document_type,
                "mode": "test",
            }
        )
        found = self.env["trade.certification"]._for_profile(self.profile)
        self.certification = found.filtered(lambda one: one.route_in_id == route)
        return route

    def _lines(self, test, quantity, short=0):
        for index, line in enumerate(test.asked["order_lines"], 1):
            value = line["quantity"]
            if short and index == len(test.asked["order_lines"]):
                value = {**value, "value": str(short)}
            yield (
                {
                    "id": str(index),
                    "order_line_reference": {"line_id": line["id"]},
                    "item": line["item"],
                    quantity: value,
                },
                line,
            )

    def advice(self, test, short=0):
        return {
            "document_type": "despatch_advice",
            "id": f"LS-{uuid.uuid4().hex[:8]}",
            "issue_date": "2031-01-05",
            "order_reference": {"id": test.number},
            "despatch_lines": [line for line, _asked in self._lines(test, "delivered_quantity", short)],
        }

    def invoice(self, test, factor=1):
        currency, lines, total = test.asked["document_currency_code"], [], 0.0
        for line, asked in self._lines(test, "quantity"):
            price = float(asked["price"]["price_amount"]["value"]) * factor
            amount = price * float(asked["quantity"]["value"])
            total += amount
            lines.append(
                {
                    **line,
                    "price": {"price_amount": {"value": f"{price:.2f}", "currency_id": currency}},
                    "line_extension_amount": {"value": f"{amount:.2f}", "currency_id": currency},
                }
            )
        money = {"value": f"{total:.2f}", "currency_id": currency}
        return {
            "document_type": "invoice",
            "id": f"R-{uuid.uuid4().hex[:8]}",
            "issue_date": "2026-03-02",
            "document_currency_code": currency,
            "order_reference": {"id": test.number},
            "accounting_supplier_party": {"party_name": "Wood Corner"},
            "accounting_customer_party": {"party_name": "Us"},
            "invoice_lines": lines,
            "legal_monetary_total": {
                "tax_exclusive_amount": money, "tax_inclusive_amount": money, "payable_amount": money
            },
        }  # fmt: skip

    def test_despatch_advice(self):
        route = self._certified("despatch_advice")
        test = self.sent("accepted")
        self.come(self.advice(test, short=1), route)
        self.assertEqual((test.state, self.codes(test.last_run_id)), ("failed", ["quantity"]))
        self.come(self.advice(test), route)
        self.assertPassed(test)
        self.assertTrue(test.effects)
        partial = self.sent("partial")
        self.come(self.advice(partial, short=1), route)
        self.assertPassed(partial)
        self.assertFalse(self.env["trade.despatch"].search([("trade_partner_id", "=", self.profile.id)]))

    def test_invoice(self):
        route = self._certified("invoice")
        bills = self.env["account.move"].search_count([])
        self.products.purchase_method = "purchase"
        test = self.sent("accepted")
        self.come(self.invoice(test, factor=2), route)
        self.assertEqual(test.state, "failed")
        self.assertIn("price", self.codes(test.last_run_id))
        self.come(self.invoice(test), route)
        self.assertPassed(test)
        self.assertTrue(test.effects)
        self.assertEqual(self.env["account.move"].search_count([]), bills)

    def test_an_invoice_twice_is_one_bill(self):
        route = self._certified("invoice")
        test = self.sent("duplicate")
        raw = json.dumps(self.invoice(test)).encode()
        self.come(raw, route)
        self.assertEqual(test.last_run_id.outcome, "waits", test.last_run_id.findings)
        self.come(raw, route)
        self.assertPassed(test)
