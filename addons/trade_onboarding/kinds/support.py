from odoo import models

from ..forms import Field


class TradeOnboardingKindSupport(models.AbstractModel):
    """What help the partner is entitled to, and until when."""

    _name = "trade.onboarding.kind.support"
    _inherit = "trade.onboarding.kind"
    _description = "Support entitlements"

    _gate = "approved"
    _applies_at = "approved"

    def _form(self, step):
        return [
            Field("level", self.env._("Level"), required=True, ours=True),
            Field("contact", self.env._("Whom they call"), ours=True),
            Field("until", self.env._("Until"), "date", ours=True),
        ]

    def _apply(self, step):
        values = step._values()
        self.env["trade.onboarding.effect"]._write_record(
            step,
            step.onboarding_id._profile(step),
            {
                "support_level": values.get("level"),
                "support_contact": values.get("contact"),
                "support_until": values.get("until"),
            },
        )
