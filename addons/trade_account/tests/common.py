from datetime import date

from odoo import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.trade_core.tests.common_events import EventCase

DAY = date(2026, 3, 2)


class AccountCase(EventCase, AccountTestInvoicingCommon):
    """Invoices and bills of a company that is a trading partner both ways."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("trade_core.group_trade_manager")

    @classmethod
    def make_invoice(cls, kind="out_invoice", *lines, post=True, **vals):
        """An invoice; lines are ``(quantity, price)``, by default 2 at 50; 20 % tax."""
        tax = cls.tax_sale_a if kind.startswith("out") else cls.tax_purchase_a
        tax.amount = 20
        invoice = cls.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": cls.customer.id,
                "invoice_date": DAY,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Goods", "quantity": quantity, "price_unit": price, "tax_ids": tax.ids}
                    )
                    for quantity, price in lines or [(2, 50.0)]
                ],
                **vals,
            }
        )
        if post:
            invoice.action_post()
        return invoice
