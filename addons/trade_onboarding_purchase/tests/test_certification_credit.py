import json
import uuid

from odoo.tests import tagged

from odoo.addons.trade_kernel.certification_credit import invoice_of
from odoo.addons.trade_kernel.errors import BusinessRefused

from .common import CertificationCase


@tagged("post_install", "-at_install")
class TestCertificationCreditNotes(CertificationCase):
    """Credit notes for an invoice that is there for the test alone, where something here reads them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products.supplier_taxes_id = False
        cls.products.purchase_method = "purchase"
        if "trade.adapter.in.credit_note" not in cls.env:
            return
        cls.route = cls._route_of(cls.profile, cls.connector)
        found = cls.env["trade.certification"]._for_profile(cls.profile)
        cls.certification = found.filtered(lambda one: one.route_in_id == cls.route)

    def setUp(self):
        super().setUp()
        if "trade.adapter.in.credit_note" not in self.env:
            self.assertIsNone(self.env["trade.certification.cases"]._of("credit_note", "order"))
            self.skipTest("nothing reads credit notes here")

    @classmethod
    def _route_of(cls, profile, connector):
        return cls.env["trade.route"].create(
            {
                "trade_partner_id": profile.id,
                "connector_id": connector.id,
                "direction": "in",
                "document_type": "credit_note",
                "mode": "test",
            }
        )

    def note(self, test, invoice=None, order=True, factor=1, amount=None, **quantities):
        """A credit note of everything, or only of what is said: ``l1=2`` are two of line 1."""
        currency, lines, total = test.asked["document_currency_code"], [], 0.0
        for asked in test.asked["order_lines"]:
            quantity = quantities.get(f"l{asked['id']}", None if quantities else asked["quantity"]["value"])
            if quantity is None:
                continue
            price = float(asked["price"]["price_amount"]["value"]) * factor
            worth = amount or price * float(quantity)
            total += worth
            lines.append(
                {
                    "id": asked["id"],
                    "order_line_reference": {"line_id": asked["id"]},
                    "item": asked["item"],
                    "quantity": {**asked["quantity"], "value": str(quantity)},
                    "price": {"price_amount": {"value": f"{price:.2f}", "currency_id": currency}},
                    "line_extension_amount": {"value": f"{worth:.2f}", "currency_id": currency},
                }
            )
        money = {"value": f"{total:.2f}", "currency_id": currency}
        invoices = [invoice_of(test.number)] if invoice is None else invoice
        return {
            "document_type": "credit_note",
            "id": f"G-{uuid.uuid4().hex[:8]}",
            "issue_date": "2026-03-02",
            "document_currency_code": currency,
            "billing_reference": [{"id": number} for number in invoices],
            "accounting_supplier_party": {"party_name": "Wood Corner"},
            "accounting_customer_party": {"party_name": "Us"},
            "invoice_lines": lines,
            "legal_monetary_total": {
                "tax_exclusive_amount": money, "tax_inclusive_amount": money, "payable_amount": money
            },
            **({"order_reference": {"id": test.number}} if order else {}),
        }  # fmt: skip

    def good(self, test):
        return self.note(test, l2=1) if test.kind == "partial" else self.note(test)

    def come(self, values, route=None):
        return super().come(values, route or self.route)

    def fails(self, test, note, *codes):
        self.come(note)
        self.assertEqual((test.state, self.codes(test.last_run_id)), ("failed", list(codes)))
        self.assertTrue(all(one["remedy"] for one in test.findings if one["level"] == "error"))

    def test_the_tests(self):
        self.assertEqual(
            self.certification.test_ids.mapped("kind"), ["accepted", "partial", "malformed", "duplicate"]
        )
        self.assertEqual(
            (self.certification.route_out_id, self.certification.test_count), (self.route_out, 3)
        )
        self.assertIn("-INV", self.certification.intro)

    def test_every_kind_passes_and_nothing_is_left(self):
        moves = self.env["account.move"].search_count([])
        self.certification.test_ids.required = True
        self.pass_all()
        for test in self.certification.test_ids:
            self.assertPassed(test)
            self.assertIn(
                invoice_of(test.number), test._row()["lines"][-1], "the partner reads which invoice"
            )
        self.assertEqual(self.certification.state, "passed")
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertFalse(self.env["purchase.order"].search([("name", "=like", "CT0%")]))
        created = {one["model"] for one in self.the("accepted").effects}
        self.assertIn("account.move", created)

    def test_goods_that_are_billed_when_they_have_come(self):
        self.products.purchase_method = "receive"
        test = self.sent("accepted")
        self.come(self.good(test))
        self.assertPassed(test)

    def test_everything(self):
        test = self.sent("accepted")
        self.fails(test, self.note(test, l1=10), "not_credited")
        self.fails(test, self.note(test, l1=10, l2=3), "credit.all")
        self.fails(test, self.note(test, l1=10, l2=5), "credit.all", "differs")
        self.fails(test, self.note(test, factor=0.5), "credit.price", "credit.price", "differs")
        # More than was billed is in our favour, and nobody would be asked: only the test finds it.
        self.fails(test, self.note(test, factor=1.5), *2 * ("credit.price", "credit.amount"))
        self.fails(test, self.note(test, amount=9999.0), "credit.amount", "credit.amount", "differs")
        self.come(self.good(test))
        self.assertPassed(test)

    def test_a_part(self):
        test = self.sent("partial")
        self.fails(test, self.note(test), "credited_too", "credit.part")
        self.fails(test, self.note(test, l1=1), "not_credited", "credited_too")
        self.fails(test, self.note(test, l2=4), "credit.part")
        self.come(self.good(test))
        self.assertPassed(test)

    def test_of_which_invoice(self):
        test = self.sent("accepted")
        self.fails(test, self.note(test, invoice=[]), "no_invoice")
        self.fails(test, self.note(test, invoice=["R-77"]), "other_invoice", "credit.no_invoice")
        self.fails(test, self.note(test, invoice=[test.number]), "other_invoice", "credit.no_invoice")

    def test_the_invoice_alone_says_which_order(self):
        test = self.sent("accepted")
        self.come(self.note(test, order=False))
        self.assertPassed(test)

    def test_about_a_real_order_it_is_not_tried_out(self):
        test, order = self.sent("accepted"), self.make_order()
        note = self.note(test)
        note["order_reference"]["id"] = order.name
        self.come(note)
        self.assertEqual((test.state, self.codes(test.last_run_id)), ("failed", ["other_order"]))
        self.assertFalse(test.effects)

    def test_broken_it_belongs_to_its_test_by_the_invoice_too(self):
        test = self.sent("malformed")
        self.come(json.dumps(self.note(test, order=False)).encode()[:-30])
        self.assertPassed(test)

    def test_an_old_attempt(self):
        test = self.sent("accepted")
        old = self.note(test, order=False)
        test._send()
        self.come(old)
        run = test.run_ids.sorted("id")[-1]
        self.assertEqual((test.state, run.outcome, self.codes(run)), ("sent", "noted", ["old"]))
        mixed = self.note(test, invoice=[invoice_of(old["billing_reference"][0]["id"].removesuffix("-INV"))])
        self.fails(test, mixed, "other_invoice", "credit.no_invoice")

    def test_without_accounting_it_says_what_is_missing(self):
        self.env["account.journal"].search([("type", "=", "purchase")]).active = False
        with self.assertRaises(BusinessRefused) as refused:
            self.sent("accepted")
        self.assertEqual(refused.exception.code, "certification.not_billed")
        self.assertIn("journal", refused.exception.message)

    def test_somebody_elses_invoice(self):
        partner = self.env["res.partner"].create({"name": "Rival", "is_company": True})
        rival = self.env["trade.partner"].create({"partner_id": partner.id, "state": "draft"})
        connector = self.connector.copy({"name": "Rival", "trade_partner_id": rival.id})
        route = self._route_of(rival, connector)
        test = self.sent("accepted")
        for order in (True, False):
            message = self.come(self.note(test, order=order), route=route)
            self.assertEqual((test.state, len(test.run_ids)), ("sent", 1), "nothing of it reaches the test")
            self.assertEqual(message.state, "held")
            self.assertNotIn(self.vendor.name, message.state_reason)
