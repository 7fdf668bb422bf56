from odoo import models


class TradeOnboardingKindConnection(models.AbstractModel):
    """A partner that answers on pages has routes already: a system gets its own, beside them."""

    _inherit = "trade.onboarding.kind.connection"

    def _routes(self, profile):
        return super()._routes(profile)._of_systems() or super()._routes(profile)

    def _is_set_up(self, step, profile):
        if not step.onboarding_id._connects_system():
            return super()._is_set_up(step, profile)
        return bool(profile.route_ids._of_systems())
