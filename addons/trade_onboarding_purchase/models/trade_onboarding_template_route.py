from odoo import fields, models


class TradeOnboardingTemplateRoute(models.Model):
    """How far answers of partners of a kind may be from what was asked."""

    _inherit = "trade.onboarding.template.route"

    deviation_policy_id = fields.Many2one(
        "trade.deviation.policy",
        "When the answer differs",
        help="How far the partner's answer may be from what was asked before a person decides.",
    )
