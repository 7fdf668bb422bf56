from odoo import models

from ..forms import Field


class TradeOnboardingKindGoLive(models.AbstractModel):
    """The last look before documents count."""

    _name = "trade.onboarding.kind.go_live"
    _inherit = "trade.onboarding.kind"
    _description = "Release for live trading"

    _gate = "live"

    def _form(self, step):
        return [
            Field("informed", self.env._("The partner knows the day"), "boolean", required=True, ours=True),
            Field("note", self.env._("Note"), "text", ours=True),
        ]
