from datetime import timedelta

from odoo import models


class ProductReplenish(models.TransientModel):
    """Who replenishes by hand is told the day that the measured lead time allows."""

    _inherit = "product.replenish"

    def _get_date_planned(self, route_id, **kwargs):
        day = super()._get_date_planned(route_id, **kwargs)
        supplier = kwargs.get("supplier")
        if not supplier or not kwargs.get("show_vendor") or "buy" not in route_id.rule_ids.mapped("action"):
            return day
        return day + timedelta(days=supplier._trade_more_days())
