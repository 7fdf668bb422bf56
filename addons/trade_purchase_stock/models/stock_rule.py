from datetime import timedelta

from odoo import fields, models


class StockRule(models.Model):
    """Vendors that are planned with the measured lead time, see ``product.supplierinfo``."""

    _inherit = "stock.rule"

    def _get_lead_days(self, product, **values):
        buy = self.filtered(lambda rule: rule.action == "buy")
        if not buy or self.env.context.get("ignore_vendor_lead_time"):
            return super()._get_lead_days(product, **values)
        seller = values.get("supplierinfo") or product.with_company(buy.company_id)._select_seller(
            quantity=None
        )
        if seller:
            values["supplierinfo"] = seller
        delays, description = super()._get_lead_days(product, **values)
        if more := seller._trade_more_days():
            delays["total_delay"] += more
            delays["purchase_delay"] += more
            if not self.env.context.get("bypass_delay_description"):
                measured = self.env._("Measured Lead Time (%s days)", seller[:1].trade_measured_delay)
                description.append((measured, self.env._("%+d day(s)", more)))
        return delays, description

    def _prepare_purchase_order(self, company_id, origins, values):
        """The order is placed so that the goods come in time as the vendor was measured."""
        planned = [
            value
            if value.get("date_order") or not value["supplier"]._trade_more_days()
            else {**value, "date_order": self._trade_order_by(value)}
            for value in values
        ]
        return super()._prepare_purchase_order(company_id, origins, planned)

    def _trade_order_by(self, value):
        supplier = value["supplier"]
        days = supplier.delay + supplier._trade_more_days()
        return fields.Datetime.to_datetime(value["date_planned"]) - timedelta(days=days)
