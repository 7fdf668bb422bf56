from odoo import api, fields, models


class TradeDespatchLine(models.Model):
    """So much of an order line in one package and of one batch."""

    _name = "trade.despatch.line"
    _description = "Announced Goods"
    _order = "despatch_id, id"
    _rec_name = "product_id"

    despatch_id = fields.Many2one(
        "trade.despatch", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="despatch_id.company_id", store=True)
    key = fields.Char("Line", readonly=True, help="The line's number in the despatch advice.")
    order_line_id = fields.Many2one(
        "purchase.order.line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    order_id = fields.Many2one(related="order_line_id.order_id", string="Order")
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="restrict")
    quantity = fields.Float(digits="Product Unit", readonly=True)
    refused = fields.Float(
        "Not wanted", digits="Product Unit", readonly=True, help="What is more than we want to receive."
    )
    expected = fields.Float(digits="Product Unit", compute="_compute_expected")
    product_uom_id = fields.Many2one("uom.uom", "Unit", required=True, readonly=True, ondelete="restrict")
    lot = fields.Char("Lot or serial number", readonly=True)
    expiry = fields.Date("Expires", readonly=True)
    best_before = fields.Date(readonly=True)
    unit_id = fields.Many2one(
        "trade.despatch.unit", "Package", readonly=True, index="btree_not_null", ondelete="set null"
    )
    move_line_ids = fields.One2many("stock.move.line", "trade_despatch_line_id", readonly=True)
    received = fields.Boolean(readonly=True)

    @api.depends("quantity", "refused")
    def _compute_expected(self):
        for line in self:
            line.expected = line.quantity - line.refused


class TradeDespatchUnit(models.Model):
    """A pallet, carton or other package of a shipment; packages stand on or in others."""

    _name = "trade.despatch.unit"
    _description = "Announced Package"
    _order = "despatch_id, id"
    _parent_name = "parent_id"

    name = fields.Char("SSCC", required=True, readonly=True, index=True)
    despatch_id = fields.Many2one(
        "trade.despatch", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="despatch_id.company_id", store=True)
    type_code = fields.Char("Type", readonly=True, help="UN/ECE Recommendation 21: CT carton, PX pallet.")
    parent_id = fields.Many2one(
        "trade.despatch.unit", "In", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    child_ids = fields.One2many("trade.despatch.unit", "parent_id", readonly=True)
    line_ids = fields.One2many("trade.despatch.line", "unit_id", readonly=True)
    package_id = fields.Many2one("stock.package", readonly=True, index="btree_not_null", ondelete="set null")
    content = fields.Char(compute="_compute_content")

    @api.depends("line_ids.quantity", "line_ids.product_id", "child_ids")
    def _compute_content(self):
        for unit in self:
            parts = [
                f"{line.quantity:g} {line.product_uom_id.name} {line.product_id.display_name}"
                for line in unit.line_ids
            ]
            if unit.child_ids:
                parts.append(self.env._("%s packages", len(unit.child_ids)))
            unit.content = ", ".join(parts)

    def _within(self):
        """These packages and all in them."""
        found, level = self, self
        while level := level.child_ids - found:
            found |= level
        return found


class TradeDespatchReference(models.Model):
    """A number by which somebody calls a shipment."""

    _name = "trade.despatch.reference"
    _description = "Number of a Shipment"

    name = fields.Char("Number", required=True, readonly=True, index=True)
    kind = fields.Selection(
        [("shipment", "Shipment"), ("waybill", "Waybill"), ("tracking", "Tracking number")],
        required=True, readonly=True,
    )  # fmt: skip
    despatch_id = fields.Many2one(
        "trade.despatch", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="despatch_id.company_id", store=True)
