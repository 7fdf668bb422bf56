from odoo import api, fields, models

from .. import lifecycle
from ..limits import SETTINGS

_FIELDS = {f"trade_http_{name.partition('.')[2]}": name for name in SETTINGS}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    trade_http_max_ratio = fields.Integer(
        "Largest compression",
        config_parameter="trade_http.max_ratio",
        default=SETTINGS["trade_http.max_ratio"][0],
    )
    trade_http_body_seconds = fields.Integer(
        "Time to send a document (seconds)",
        config_parameter="trade_http.body_seconds",
        default=SETTINGS["trade_http.body_seconds"][0],
    )
    trade_http_denials_before_problem = fields.Integer(
        "Denials within an hour",
        config_parameter="trade_http.denials_before_problem",
        default=SETTINGS["trade_http.denials_before_problem"][0],
    )
    trade_http_keep_denials_days = fields.Integer(
        "Keep denials for (days)",
        config_parameter="trade_http.keep_denials_days",
        default=SETTINGS["trade_http.keep_denials_days"][0],
    )
    trade_http_end_after_sunset = fields.Boolean(
        "End what is past its sunset", config_parameter=lifecycle.SETTING
    )

    @api.constrains(*_FIELDS)
    def _check_trade_http(self):
        self._check_trade_ranges({field: SETTINGS[name] for field, name in _FIELDS.items()})
