from odoo import api, fields, models

_SETTINGS = {
    "trade_plan_measured",
    "trade_measure",
    "trade_measure_minimum",
    "active",
    "company_id",
    "partner_id",
}


class TradePartner(models.Model):
    """Whether, and how, this supplier is planned with the lead time that was measured."""

    _inherit = "trade.partner"

    trade_plan_measured = fields.Boolean(
        "Plan with the measured lead time",
        tracking=True,
        help="Replenishment and the expected arrival of new order lines use what was measured in the last"
        " twelve months, for each product with enough receipts; the agreed lead time for all others.",
    )
    trade_measure = fields.Selection(
        [("median", "Half of the receipts came as fast"), ("p80", "8 of 10 receipts came as fast")],
        "Measure",
        default="p80",
        required=True,
    )
    trade_measure_minimum = fields.Integer(
        "From receipts", default=5, help="Fewer receipts of a product are too few to plan with."
    )

    _measure_minimum = models.Constraint(
        "CHECK (trade_measure_minimum > 0)", "At least one receipt is needed to measure a lead time."
    )

    @api.model_create_multi
    def create(self, vals_list):
        profiles = super().create(vals_list)
        profiles.filtered("trade_plan_measured")._trade_measure()
        return profiles

    def write(self, vals):
        before = self.partner_id
        result = super().write(vals)
        if not _SETTINGS.isdisjoint(vals):
            self._trade_measure(before)
        return result

    def _trade_measure(self, also=None):
        """Measure the vendors of these profiles, and of the contacts ``also``, again."""
        vendors = (self.partner_id | (also or self.partner_id)).commercial_partner_id
        if vendors:
            self.env["product.supplierinfo"].sudo()._trade_measure(vendors)

    def _trade_measured_values(self, count, median, slow):
        """What a price list line says of its receipts. One that several of our companies share is planned
        with it when all of them say so, with the more careful of their settings."""
        median_is_enough = self and all(profile.trade_measure == "median" for profile in self)
        agreed = bool(self) and all(profile.trade_plan_measured for profile in self)
        enough = count >= max(self.mapped("trade_measure_minimum"), default=1)
        return {
            "trade_measured_delay": median if median_is_enough else slow,
            "trade_measured_count": count,
            "trade_plan_measured": bool(count) and agreed and enough,
        }
