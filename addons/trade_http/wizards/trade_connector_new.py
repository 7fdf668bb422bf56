from odoo import api, models

from odoo.addons.trade_core.wizards.trade_connector_new import Template


class TradeConnectorNew(models.TransientModel):
    _inherit = "trade.connector.new"

    @api.model
    def _templates(self):
        order_out = {"direction": "out", "document_type": "order", "ack_expected": "response"}
        answer_in = {"direction": "in", "document_type": "order_response"}
        pull = Template(
            self.env._("They fetch our orders and send us their answers"),
            self.env._("Their system calls our API for both. We never call them."),
            [
                self.env._("Orders wait under GET /trade/v1/orders until they are fetched"),
                self.env._("An order that nobody fetches within a day becomes a problem"),
            ],
            [self.env._("Their access to us, under API clients")],
            {"transport": "pull", "auth_method": "none"},
            (order_out, answer_in),
        )
        return {**super()._templates(), "pull": pull}
