from odoo import api, fields, models
from odoo.tools import format_date


class PurchaseOrderLine(models.Model):
    """What the supplier says of the stock of what is ordered, and of what waits for goods."""

    _inherit = "purchase.order.line"

    trade_supply = fields.Char("At the supplier", compute="_compute_trade_supply", groups="base.group_user")
    trade_supply_state = fields.Selection(
        [("enough", "Enough"), ("short", "Less than ordered"), ("stale", "Too old")],
        compute="_compute_trade_supply",
        groups="base.group_user",
    )
    trade_back_order = fields.Char("Back-order", compute="_compute_trade_supply", groups="base.group_user")

    @api.depends(
        "product_id", "product_qty", "product_uom_id", "qty_received", "order_id.partner_id", "state"
    )
    def _compute_trade_supply(self):
        Stock = self.env["trade.supplier.stock"].sudo()
        open_lines = self.filtered(lambda line: line.product_id and line.state != "cancel")
        (self - open_lines).update(
            {"trade_supply": False, "trade_supply_state": False, "trade_back_order": False}
        )
        waiting = Stock._back_orders(open_lines.order_id)
        for company, lines in open_lines.grouped("company_id").items():
            found = Stock._supply(lines.product_id, company or self.env.company)
            for line in lines:
                vendor = line.order_id.partner_id.commercial_partner_id
                line._set_supply(Stock, found.get((line.product_id.id, vendor.id)))
                line._set_back_order(Stock, waiting.get(line.order_id.name, Stock))

    def _set_supply(self, Stock, supply):
        unit = self.product_id.uom_id
        self.trade_supply = Stock._supply_words(supply, unit)
        if not supply:
            self.trade_supply_state = False
        elif supply.is_stale:
            self.trade_supply_state = "stale"
        else:
            left = self.product_uom_id._compute_quantity(
                max(self.product_qty - self.qty_received, 0.0), unit, rounding_method="HALF-UP"
            )
            enough = unit.compare(supply.now or 0.0, left) >= 0
            self.trade_supply_state = "enough" if enough else "short"

    def _set_back_order(self, Stock, rows):
        """What the supplier says waits for goods of this very line."""
        vendor = self.order_id.partner_id.commercial_partner_id
        rows = rows.filtered(
            lambda row: (
                row.company_id == self.order_id.company_id
                and row.trade_partner_id.partner_id.commercial_partner_id == vendor
                and (
                    row.line_ref == self.trade_line_ref
                    if row.line_ref and self.trade_line_ref
                    else row.product_id == self.product_id
                )
            )
        ).sorted(lambda row: (not row.available_from, row.available_from or row.as_of.date()))
        self.trade_back_order = "; ".join(self._back_order_words(Stock, row) for row in rows) or False

    def _back_order_words(self, Stock, row):
        known = row.product_id == self.product_id and row.product_qty
        quantity = (
            Stock._number(row.product_qty, self.product_id.uom_id)
            if known
            else f"{row.quantity:g} {row.unit_code}"
        )
        if not row.available_from:
            return self.env._("%(quantity)s, no date · %(age)s", quantity=quantity, age=row.age)
        day = format_date(self.env, row.available_from)
        return self.env._("%(quantity)s from %(day)s · %(age)s", quantity=quantity, day=day, age=row.age)
