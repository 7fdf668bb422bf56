from odoo import fields, models


class TradeOnboardingTemplate(models.Model):
    """What of a partner has to be tested, and what that means for going live."""

    _inherit = "trade.onboarding.template"

    certified_only = fields.Boolean(
        "Only tested routes go live",
        default=True,
        help="A route for which there are tests stays on trial until they are passed.",
    )
    stale_stops = fields.Boolean(
        "Changed routes go back on trial",
        help="When the connector, the format or the layout of a certified route changes. Off: it goes on, and"
        " is marked.",
    )
    certification_case_ids = fields.One2many("trade.certification.case", "template_id", "Tests", copy=True)
