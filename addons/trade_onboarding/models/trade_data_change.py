from odoo import api, models


class TradeDataChange(models.Model):
    _inherit = "trade.data.change"

    @api.model
    def _selection_source(self):
        return [*super()._selection_source(), ("trade.onboarding.step", self.env._("Onboarding step"))]
