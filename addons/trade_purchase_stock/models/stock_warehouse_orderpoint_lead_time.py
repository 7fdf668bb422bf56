from odoo import api, models

_MEASURED = ("product_id.seller_ids.trade_measured_delay", "product_id.seller_ids.trade_plan_measured")


class StockWarehouseOrderpoint(models.Model):
    """What is to be ordered, and until when, follows the measured lead time."""

    _inherit = "stock.warehouse.orderpoint"

    @api.depends(*_MEASURED)
    def _compute_lead_days(self):
        return super()._compute_lead_days()

    @api.depends(*_MEASURED)
    def _compute_qty(self):
        return super()._compute_qty()

    @api.depends(*_MEASURED)
    def _compute_deadline_date(self):
        return super()._compute_deadline_date()

    @api.depends(*_MEASURED)
    def _compute_qty_to_order_computed(self):
        return super()._compute_qty_to_order_computed()
