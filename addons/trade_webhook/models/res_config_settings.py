from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.trade_core.connectors.networks import Networks

from .trade_connector import DISABLE_DAYS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    trade_webhook_allowed_networks = fields.Char(
        "Also these networks", config_parameter="trade_webhook.allowed_networks"
    )
    trade_webhook_disable_days = fields.Integer(
        "Switch off after (days)", config_parameter="trade_webhook.disable_days", default=DISABLE_DAYS
    )

    def set_values(self):
        try:
            Networks.parse(self.trade_webhook_allowed_networks or "")
        except ValueError as error:
            raise UserError(str(error)) from error
        return super().set_values()
