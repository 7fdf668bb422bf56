import json

from odoo import Command
from odoo.tests import tagged

from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.errors import TradeError
from odoo.addons.trade_kernel.invoice_sums import Invoiced
from odoo.addons.trade_kernel.tests.corpus import CORPUS

from .common import InvoiceCase


def right_invoices():
    """Real UBL invoices that add up, without returned lines; the first of each content."""
    seen = set()
    for file in sorted(CORPUS.rglob("*.xml")):
        if "error" in file.name:  # says of itself that it contradicts itself
            continue
        raw = file.read_bytes()
        try:
            codec = codecs.recognise(raw[: codecs.HEAD], file.name, None)
            [part] = codec.decode(raw, {}) if codec.name == "ubl" else [None]
        except (TradeError, ValueError):
            continue
        document = part and part.document
        if not document or document.document_type != "invoice" or document.id in seen:
            continue
        invoiced = Invoiced(document)
        amounts = invoiced.figures.amounts.values()
        told = all(line.quantity and line.price for line in document.invoice_lines)
        told = told and all(
            not line.order_line_reference or line.order_line_reference.line_id == str(number)
            for number, line in enumerate(document.invoice_lines, 1)
        )  # the order is made up here, with its lines in the order of the invoice
        if told and not invoiced.wrong and all(amount and amount > 0 for amount in amounts):
            seen.add(document.id)
            yield file, raw, document, invoiced


@tagged("post_install", "-at_install")
class TestUblInvoices(InvoiceCase):
    """Invoices as they are sent by Peppol and others: with the order they are about, they become bills whose
    total is theirs to the cent; and the same one by another way is no second bill."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ubl = {"codec": "ubl", "sequence": 20, "document_type": "invoice", "direction": "in"}
        cls.route_ubl = cls.env["trade.route"].create(
            {"trade_partner_id": cls.profile.id, "connector_id": cls.connector.id, **ubl}
        )
        cls.env["trade.bill.tolerance"].create({"dimension": "charges", "tolerance_percent": 10_000})
        cls.taxes, cls.known = {}, {}

    def tax_of(self, rate):
        if rate not in self.taxes:
            self.taxes[rate] = self.env["account.tax"].create(
                {"name": f"Purchase {rate} %", "type_tax_use": "purchase", "amount": float(rate)}
            )
        return self.taxes[rate]

    def product_of(self, item):
        """A product the partner's code, or text, stands for."""
        scheme, code = next(iter(item.identifiers), ("name", item.name))
        if (scheme, code) not in self.known:
            product = self.env["product.product"].create(
                {"name": item.name or code, "purchase_method": "purchase"}
            )
            self.known[scheme, code] = product
            for one_scheme, one in item.identifiers or [("name", item.name)]:
                self.env["trade.mapping"].create(
                    {
                        "kind": "product", "scheme": one_scheme, "code": one, "product_id": product.id,
                        "trade_partner_id": self.profile.id,
                    }
                )  # fmt: skip
        return self.known[scheme, code]

    def order_of(self, document, invoiced):
        """The order the invoice is about, in the units it names."""
        lines, unit = [], self.env.ref("uom.product_uom_unit")
        for line in document.invoice_lines:
            product = self.product_of(line.item)
            for code in {
                line.quantity.unit_code,
                line.price.base_quantity and line.price.base_quantity.unit_code,
            }:
                if code and code not in self.known:
                    self.known[code] = self.env["trade.mapping"].create(
                        {
                            "kind": "uom", "code": code, "uom_id": unit.id,
                            "trade_partner_id": self.profile.id,
                        }
                    )  # fmt: skip
            taxed = line.tax_category or [
                part.tax_category for total in document.tax_total for part in total.tax_subtotal
            ]
            rates = [category.percent for category in taxed if category.percent]
            quantity = float(line.quantity.value)
            lines.append(
                {
                    "product_id": product.id, "name": product.name, "product_qty": quantity,
                    "product_uom_id": unit.id, "date_planned": "2026-03-01",
                    "price_unit": float(invoiced.figures.amounts[line.id]) / quantity,
                    "tax_ids": [Command.set([self.tax_of(rate).id for rate in rates])],
                }
            )  # fmt: skip
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", document.document_currency_code)])
        )
        currency.active = True
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "currency_id": currency.id,
                "order_line": list(map(Command.create, lines)),
            }
        )
        order.button_confirm()
        return order

    def test_real_invoices_become_bills_of_the_same_total(self):
        if not CORPUS.is_dir():
            self.skipTest("The folder of real messages is not here; set TRADE_CORPUS")
        booked = 0
        for file, raw, document, invoiced in right_invoices():
            with self.subTest(file=file.name):
                order = self.order_of(document, invoiced)
                if document.order_reference:
                    order.name = document.order_reference.id
                receipt = self.env["trade.message"]._receive(
                    raw, route=self.route_ubl, scope="ubl", key=file.name
                )
                message = self.run_lane(self.env["trade.message"].sudo().browse(receipt.message_id))
                if not document.order_reference:
                    match = self.match_of(message)
                    match.chosen_order_ids = order
                    match.action_match_orders()
                    self.run_ready()
                bill = self.bill_of(message)
                self.assertEqual(f"{bill.amount_total:.2f}", f"{invoiced.figures.gross:.2f}")
                self.assertEqual(bill.invoice_line_ids.purchase_line_id.order_id, order)
                again = json.loads(document.as_json())
                again["id"] = again["id"].lower() + " "
                [copy] = self.process(again, route=self.route_invoice)
                self.assertEqual(copy.state, "ignored", copy.state_reason)
                order.name = f"done {order.id}"
                booked += 1
        self.assertGreater(booked, 9)
