from odoo import api, fields, models


class StockWarehouseOrderpoint(models.Model):
    """Whether a supplier has what is to be replenished."""

    _inherit = "stock.warehouse.orderpoint"

    trade_supply = fields.Char("At suppliers", compute="_compute_trade_supply", groups="base.group_user")
    trade_supply_state = fields.Selection(
        [("enough", "Enough"), ("short", "Less than to order"), ("stale", "Too old")],
        compute="_compute_trade_supply",
        groups="base.group_user",
    )
    trade_supply_has = fields.Boolean(
        "A supplier has it",
        compute="_compute_trade_supply",
        search="_search_trade_supply_has",
        groups="base.group_user",
    )

    @api.depends("product_id", "company_id", "qty_to_order", "effective_vendor_id")
    def _compute_trade_supply(self):
        Stock = self.env["trade.supplier.stock"].sudo()
        for company, points in self.grouped("company_id").items():
            vendors = {}
            for (product_id, vendor_id), supply in Stock._supply(points.product_id, company).items():
                vendors.setdefault(product_id, {})[vendor_id] = supply
            for point in points:
                point._set_supply(Stock, vendors.get(point.product_id.id, {}))

    def _set_supply(self, Stock, supplies):
        """Of the vendor it is bought from; where they say nothing, of who has most."""
        own = self.effective_vendor_id.commercial_partner_id.id
        vendor_id = (
            own if own in supplies else max(supplies, key=lambda one: supplies[one].best, default=None)
        )
        supply = supplies.get(vendor_id)
        words = Stock._supply_words(supply, self.product_id.uom_id)
        vendor = self.env["res.partner"].sudo().browse(vendor_id)
        self.trade_supply = f"{vendor.name}: {words}" if words else False
        self.trade_supply_has = any((one.now or 0.0) > 0 for one in supplies.values())
        if not supply:
            self.trade_supply_state = False
        elif supply.is_stale:
            self.trade_supply_state = "stale"
        else:
            enough = self.product_id.uom_id.compare(supply.now or 0.0, max(self.qty_to_order, 0.0)) >= 0
            self.trade_supply_state = "enough" if enough and supply.now else "short"

    def _search_trade_supply_has(self, operator, value):
        if operator != "in":
            return NotImplemented
        Stock = self.env["trade.supplier.stock"].sudo()
        has = fields.Domain.OR(
            fields.Domain("company_id", "=", company.id)
            & fields.Domain("product_id", "in", Stock._had(company))
            for company in self.env.companies
        )
        return fields.Domain.OR(has if wanted else ~has for wanted in value)
