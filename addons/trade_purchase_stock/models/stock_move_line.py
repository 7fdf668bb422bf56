from datetime import datetime, time

from odoo import api, fields, models

_QUANTITY = {"quantity", "product_uom_id"}


class StockMoveLine(models.Model):
    """Who corrects what was received already corrects the promise ledger with it."""

    _inherit = "stock.move.line"

    trade_despatch_line_id = fields.Many2one(
        "trade.despatch.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )

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

    def _prepare_new_lot_vals(self):
        """A lot is best before the day the supplier announced."""
        vals = super()._prepare_new_lot_vals()
        day = self.trade_despatch_line_id.sudo().best_before
        if day and "use_date" in self.env["stock.lot"]._fields and self.product_id.use_expiration_date:
            vals["use_date"] = datetime.combine(day, time(12))
        return vals
