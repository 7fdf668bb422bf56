from odoo import models

from odoo.addons.trade_kernel.errors import BusinessRefused

from ..forms import Field


class TradeOnboardingKindApproval(models.AbstractModel):
    """Somebody with the right to do so decides that we trade with this partner."""

    _name = "trade.onboarding.kind.approval"
    _inherit = "trade.onboarding.kind"
    _description = "Approval"

    _gate = "approved"

    def _form(self, step):
        return [Field("note", self.env._("Note"), "text", ours=True)]

    def _check_confirm(self, step):
        """The owner of a case does not approve it."""
        step._check_right()
        if step.onboarding_id.user_id == self.env.user and not self.env.su:
            raise BusinessRefused("onboarding.own_approval")
