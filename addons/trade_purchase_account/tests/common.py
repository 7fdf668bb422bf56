import uuid
from datetime import date
from decimal import Decimal

from odoo import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.trade_core.pipeline import inbound
from odoo.addons.trade_purchase.tests.common import PurchaseCase

DAY = date(2026, 3, 2)


class InvoiceCase(PurchaseCase, AccountTestInvoicingCommon):
    """A supplier whose invoices come as JSON, with orders to match them with; 15 % tax."""

    @classmethod
    def get_default_groups(cls):
        groups = ("trade_core.group_trade_admin", "purchase.group_purchase_manager", "base.group_system")
        return super().get_default_groups().union(*map(cls.quick_ref, groups))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route_invoice, cls.route_credit = cls.env["trade.route"].create(
            [
                {
                    "trade_partner_id": cls.profile.id,
                    "connector_id": cls.connector.id,
                    "direction": "in",
                    "document_type": document_type,
                }
                for document_type in ("invoice", "credit_note")
            ]
        )
        cls.tax = cls.tax_purchase_a
        cls.products.supplier_taxes_id = cls.tax
        cls.products.purchase_method = "receive"
        cls.freight = cls.env["product.product"].create(
            {"name": "Freight", "type": "service", "supplier_taxes_id": cls.tax.ids}
        )
        cls.env.company.trade_charge_product_id = cls.freight

    # -- orders and receipts -----------------------------------------------------------------------

    @classmethod
    def ordered(cls, *lines, received=True, taxed=True, **vals):
        """A confirmed order, by default of 12 desks at 10; received as ordered unless told otherwise."""
        order = cls.make_order(*(lines or [(cls.desk, 12, 10.0)]), **vals)
        if taxed:
            order.order_line.tax_ids = cls.tax
        if received:
            cls.receipt(order)
        return order

    @classmethod
    def receipt(cls, order, *quantities):
        """Receive the lines of an order, or so much of each."""
        if "picking_ids" not in order._fields:
            lines = order.order_line
            for line, quantity in zip(lines, quantities or lines.mapped("product_qty"), strict=True):
                line.qty_received_manual += quantity
            order._trade_receipt_arrived()
            return
        order = order.sudo()
        picking = order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        moves = picking.move_ids
        for move, quantity in zip(moves, quantities or moves.mapped("product_uom_qty"), strict=True):
            move.quantity = quantity
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()

    # -- documents ---------------------------------------------------------------------------------

    @classmethod
    def invoice(cls, order=None, *lines, number=None, tax=15, kind="invoice", currency=None, **more):
        """An invoice as JSON values, added up; lines are of :meth:`billed`."""
        currency = currency or (order.currency_id.name if order else "USD")
        document = {
            "document_type": kind,
            "id": number or f"R-{uuid.uuid4().hex[:8]}",
            "issue_date": DAY.isoformat(),
            "document_currency_code": currency,
            "accounting_supplier_party": {"party_name": "Wood Corner"},
            "accounting_customer_party": {"party_name": "Us"},
            "invoice_lines": [
                {"id": str(number), **line} for number, line in enumerate(lines or [cls.billed(1, 12, 10)], 1)
            ],
            **more,
        }
        if order:
            document.setdefault("order_reference", {"id": order.name})
        return cls.add_up(document, tax, currency)

    @classmethod
    def add_up(cls, document, tax, currency):
        """Put the totals on an invoice."""

        def money(value):
            return {"value": f"{value:.2f}", "currency_id": currency}

        net = sum(Decimal(line["line_extension_amount"]["value"]) for line in document["invoice_lines"])
        for part in document.get("allowance_charge", ()):
            value = Decimal(part["amount"]["value"])
            net += value if part["charge_indicator"] else -value
        taxes = (net * tax / 100).quantize(Decimal("0.01"))
        document["tax_total"] = [
            {
                "tax_amount": money(taxes),
                "tax_subtotal": [
                    {
                        "taxable_amount": money(net),
                        "tax_amount": money(taxes),
                        "tax_category": {"id": "S" if tax else "Z", "percent": str(tax)},
                    }
                ],
            }
        ]
        document["legal_monetary_total"] = {
            "tax_exclusive_amount": money(net),
            "tax_inclusive_amount": money(net + taxes),
            "payable_amount": money(net + taxes),
        }
        return document

    @staticmethod
    def billed(ref, quantity, price, unit="C62", amount=None, currency="USD", order=None, **more):
        """One line of an invoice, for an order line by its number; ``None``: without one."""
        quantity, price = Decimal(str(quantity)), Decimal(str(price))
        amount = quantity * price if amount is None else Decimal(str(amount))
        line = {
            "item": {"name": "Something", **more.pop("item", {})},
            "quantity": {"value": str(quantity), "unit_code": unit},
            "price": {"price_amount": {"value": str(price), "currency_id": currency}},
            "line_extension_amount": {"value": f"{amount:.2f}", "currency_id": currency},
            **more,
        }
        if ref is not None:
            line["order_line_reference"] = {"line_id": str(ref)}
            if order:
                line["order_line_reference"]["order_reference"] = {"id": order.name}
        return line

    @classmethod
    def receive(cls, *answers, route=None):
        """Lanes run as superuser."""
        return super().receive(*answers, route=route).sudo()

    @classmethod
    def process_invoice(cls, *documents):
        """Store documents and run them as their lane would, one batch per kind."""
        found = cls.env["trade.message"].sudo()
        for document in documents:
            route = cls.route_credit if document["document_type"] == "credit_note" else cls.route_invoice
            found |= cls.process(document, route=route)
        return found

    @classmethod
    def run_ready(cls):
        """Run whatever waits in the lanes."""
        ready = (
            cls.env["trade.message"]
            .sudo()
            .search([("state", "=", "received"), ("trade_partner_id", "=", cls.profile.id)], order="id")
        )
        for _route, messages in ready.grouped("route_id").items():
            inbound.process(messages)
        cls.env.flush_all()
        cls.env.invalidate_all()

    # -- what became of it -------------------------------------------------------------------------

    def match_of(self, message):
        return self.env["trade.bill.match"].search([("trade_message_id", "=", message.id)])

    def bill_of(self, message):
        self.assertApplied(message)
        return self.match_of(message).bill_id

    def decide_row(self, message, decision, key=None, reason=None):
        """A person decides about what differs, and the lane runs it again."""
        rows = self.match_of(message).line_ids.filtered(lambda row: row.is_open and key in (None, row.key))
        rows._decide(decision, reason)
        self.run_ready()


__all__ = ["Command", "DAY", "InvoiceCase"]
