from odoo import models

from ..forms import ids


class TradeOnboardingKindHierarchy(models.AbstractModel):
    """Whose part the partner is: its group, its franchise, its head office."""

    _name = "trade.onboarding.kind.hierarchy"
    _inherit = "trade.onboarding.kind"
    _description = "Reporting hierarchy"

    _gate = "approved"
    _applies_at = "approved"

    def _form(self, step):
        domain = [
            ("company_id", "=", step.company_id.id),
            ("id", "!=", step.onboarding_id.trade_partner_id.id),
        ]
        return [self._record_field("parent", self.env._("Reports to"), "trade.partner", domain)]

    def _apply(self, step):
        chosen = ids(step._values().get("parent"))
        profile = step.onboarding_id._profile(step)
        self.env["trade.onboarding.effect"]._write_record(
            step, profile, {"parent_id": chosen[0] if chosen else False}
        )
