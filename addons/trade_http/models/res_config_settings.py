from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import lifecycle
from ..limits import SETTINGS
from ..waiting import MOST as MOST_SLOTS
from ..waiting import SETTING as WAIT_SLOTS

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
    trade_http_wait_slots = fields.Char("Requests that may wait at a time", config_parameter=WAIT_SLOTS)
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

    @api.constrains("trade_http_wait_slots")
    def _check_trade_http_wait_slots(self):
        for settings in self.filtered("trade_http_wait_slots"):
            text = settings.trade_http_wait_slots.strip()
            if not (text.isascii() and text.isdecimal() and int(text) <= MOST_SLOTS):
                raise ValidationError(
                    self.env._(
                        "Requests that may wait at a time: enter a number from 0 to %s, or leave it empty.",
                        MOST_SLOTS,
                    )
                )

    @api.constrains(*_FIELDS)
    def _check_trade_http(self):
        self._check_trade_ranges({field: SETTINGS[name] for field, name in _FIELDS.items()})
