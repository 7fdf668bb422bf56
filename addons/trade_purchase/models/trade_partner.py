from dateutil.relativedelta import relativedelta
from odoo import fields, models


class TradePartner(models.Model):
    """How reliable a supplier was in the last twelve months."""

    _inherit = "trade.partner"

    trade_otif = fields.Float(
        "On time in full", compute="_compute_trade_otif", compute_sudo=True, digits=(16, 1),
        help="Lines of the last twelve months that came complete by the day that was asked for, in percent.",
    )  # fmt: skip
    trade_otif_count = fields.Integer(compute="_compute_trade_otif", compute_sudo=True)

    def _compute_trade_otif(self):
        since = fields.Date.context_today(self) - relativedelta(years=1)
        rates = {
            (partner.id, company.id): (rate, count)
            for partner, company, rate, count in self.env["trade.promise.report"]._read_group(
                [
                    ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("asked_date", ">=", since),
                    ("decided_asked", "=", True),
                ],
                ["partner_id", "company_id"],
                ["otif_asked:avg", "__count"],
            )
        }
        for profile in self:
            key = profile.partner_id.commercial_partner_id.id, profile.company_id.id
            profile.trade_otif, profile.trade_otif_count = rates.get(key, (0.0, 0))

    def action_trade_reliability(self):
        """The lines behind the figure."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("trade_purchase.trade_promise_report_action")
        partner = self.partner_id.commercial_partner_id
        context = {"search_default_partner_id": partner.id, "search_default_year": 1}
        return {**action, "context": context}
