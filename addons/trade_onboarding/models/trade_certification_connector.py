from odoo import models

from .trade_certification_route import CONNECTOR


class TradeConnector(models.Model):
    """A connector whose address or transport changes is not the one that was tested."""

    _inherit = "trade.connector"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & set(CONNECTOR):
            self.env["trade.route"].sudo().search([("connector_id", "in", self.ids)])._settings_changed()
        return result
