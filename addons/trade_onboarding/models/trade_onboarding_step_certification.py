from odoo import models


class TradeOnboardingStep(models.Model):
    """When its turn comes, a step of certification makes the tests."""

    _inherit = "trade.onboarding.step"

    def _begin(self):
        result = super()._begin()
        for step in self.filtered(lambda step: step.kind == "certification"):
            step._kind()._prepare(step)
        return result
