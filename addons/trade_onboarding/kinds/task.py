from odoo import models

from ..forms import Field


class TradeOnboardingKindTask(models.AbstractModel):
    """Something a person does; a note says what came of it."""

    _name = "trade.onboarding.kind.task"
    _inherit = "trade.onboarding.kind"
    _description = "Task"

    def _form(self, step):
        return [Field("note", self.env._("Note"), "text")]
