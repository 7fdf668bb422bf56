from odoo import fields, models


class TradeOnboardingTemplate(models.Model):
    _inherit = "trade.onboarding.template"

    link_days = fields.Integer(
        "Link works for (days)",
        default=30,
        required=True,
        help="The link in the invitation and in each reminder. Its reader may have a new one sent.",
    )

    _link_days_positive = models.Constraint(
        "CHECK (link_days BETWEEN 1 AND 365)", "A link works for 1 to 365 days."
    )
