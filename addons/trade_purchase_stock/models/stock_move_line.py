from datetime import datetime, time

from odoo import api, fields, models

_QUANTITY = {"quantity", "product_uom_id"}


class StockMoveLine(models.Model):
    """Who corrects what was received already corrects the promise ledger with it, and what the supplier was
    told of the receipt."""

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
            created = super(StockMoveLine, lines).create(vals_list).with_env(self.env)
        created._trade_corrected()
        return created

    def write(self, vals):
        if _QUANTITY.isdisjoint(vals):
            return super().write(vals)
        with self.move_id._trade_done_order_lines()._trade_receiving(self) as lines:
            result = super(StockMoveLine, lines).write(vals)
        self._trade_corrected()
        return result

    def _trade_corrected(self):
        """The receipts that these lines are in were done already, and say something else now."""
        done = self.filtered(lambda line: line.move_id.state == "done" and line.move_id.purchase_line_id)
        done.picking_id.trade_discrepancy_ids._check_quantity()
        done.picking_id._trade_tell_again()

    def _prepare_new_lot_vals(self):
        """A lot is best before the day the supplier announced."""
        vals = super()._prepare_new_lot_vals()
        day = self.trade_despatch_line_id.sudo().best_before
        if day and "use_date" in self.env["stock.lot"]._fields and self.product_id.use_expiration_date:
            vals["use_date"] = datetime.combine(day, time(12))
        return vals
