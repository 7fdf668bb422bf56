from datetime import timedelta

from odoo import fields, models

_FIRST_WAIT = 300  # seconds; doubles each time


class TradeOnboardingStep(models.Model):
    _inherit = "trade.onboarding.step"

    def _look_up_later(self, tries):
        """Ask in a job of its own, later after each time the register did not answer."""
        later = timedelta(seconds=_FIRST_WAIT * 2 ** (tries - 1) if tries else 0)
        self.with_delay(
            channel="root.trade.bulk",
            eta=fields.Datetime.now() + later if tries else None,
            description=self.env._("VAT number of %s", self.onboarding_id.name),
        )._look_up(tries)

    def _look_up(self, tries):
        """The job: relevant only while the step still waits for it."""
        if self.exists() and self.kind == "tax_online" and self.state == "doing":
            self._kind()._look_up(self, tries)
            self.onboarding_id._refresh()
