from odoo import api, fields, models

from .trade_api_client import MOST_CLIENTS, MOST_CLIENTS_DEFAULT, OWN_KEYS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    trade_portal_own_keys = fields.Boolean("Partners may manage their own keys", config_parameter=OWN_KEYS)
    trade_portal_max_clients = fields.Integer(
        "Systems of a partner", config_parameter=MOST_CLIENTS, default=MOST_CLIENTS_DEFAULT
    )

    @api.constrains("trade_portal_max_clients")
    def _check_trade_portal(self):
        self._check_trade_ranges({"trade_portal_max_clients": (MOST_CLIENTS_DEFAULT, 1, 1000)})
