from odoo import api, models

_QUANTITY = {"quantity", "product_uom_id"}


class StockMoveLine(models.Model):
    """Who corrects what was received already corrects the promise ledger with it."""

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        moves = self.env["stock.move"].browse(
            vals["move_id"] for vals in vals_list if isinstance(vals.get("move_id"), int)
        )
        with moves._trade_done_order_lines()._trade_receiving(self) as lines:
            return super(StockMoveLine, lines).create(vals_list).with_env(self.env)

    def write(self, vals):
        if _QUANTITY.isdisjoint(vals):
            return super().write(vals)
        with self.move_id._trade_done_order_lines()._trade_receiving(self) as lines:
            return super(StockMoveLine, lines).write(vals)
