from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.trade_kernel.errors import TradeError

from .. import limits
from ..connectors.keyring import keyring
from ..tools import notice
from .trade_connector import KEEP_CALLS_DAYS
from .trade_event import KEEP_DAYS

_LIMITS = {**limits.SETTINGS, **limits.FILES}
_FIELDS = {f"trade_{name.partition('.')[2]}": name for name in _LIMITS}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    trade_keep_calls_days = fields.Integer(
        "Keep calls for (days)", config_parameter="trade_core.keep_calls_days", default=KEEP_CALLS_DAYS
    )
    trade_keep_events_days = fields.Integer(
        "Keep events for (days)", config_parameter="trade_core.keep_events_days", default=KEEP_DAYS
    )
    trade_max_bytes = fields.Integer(
        "Largest file (bytes)",
        config_parameter="trade_core.max_bytes",
        default=limits.SETTINGS["trade_core.max_bytes"][0],
    )
    trade_max_file_bytes = fields.Integer(
        "Largest file in pieces (bytes)",
        config_parameter="trade_core.max_file_bytes",
        default=limits.FILES["trade_core.max_file_bytes"][0],
    )
    trade_piece_lines = fields.Integer(
        "Lines of a piece",
        config_parameter="trade_core.piece_lines",
        default=limits.FILES["trade_core.piece_lines"][0],
    )
    trade_max_documents = fields.Integer(
        "Documents in one file",
        config_parameter="trade_core.max_documents",
        default=limits.SETTINGS["trade_core.max_documents"][0],
    )
    trade_max_lines = fields.Integer(
        "Lines of one document",
        config_parameter="trade_core.max_lines",
        default=limits.SETTINGS["trade_core.max_lines"][0],
    )
    trade_max_depth = fields.Integer(
        "Levels of nesting",
        config_parameter="trade_core.max_depth",
        default=limits.SETTINGS["trade_core.max_depth"][0],
    )
    trade_max_errors = fields.Integer(
        "Errors told at once",
        config_parameter="trade_core.max_errors",
        default=limits.SETTINGS["trade_core.max_errors"][0],
    )
    trade_key_status = fields.Char(compute="_compute_trade_keys")
    trade_key_works = fields.Boolean(compute="_compute_trade_keys")
    trade_key_outdated = fields.Integer("Secrets with an earlier key", compute="_compute_trade_keys")

    def _compute_trade_keys(self):
        works, status, outdated = True, "", 0
        try:
            ids = keyring().key_ids
        except TradeError as error:
            works, status = False, f"{error.message} {error.remedy}"
        else:
            secrets = self.env["trade.credential.version"].sudo()
            by_key = dict(secrets._read_group([("state", "!=", "revoked")], ["key_id"], ["__count"]))
            outdated = sum(count for key, count in by_key.items() if key != ids[0])
            lost = sum(count for key, count in by_key.items() if key not in ids)
            status = self.env._(
                "%(keys)s on this server; the newest, %(newest)s, protects %(count)s secrets.",
                keys=self.env._("1 key") if len(ids) == 1 else self.env._("%s keys", len(ids)),
                newest=ids[0],
                count=by_key.get(ids[0], 0),
            )
            if lost:
                works = False
                status += " " + self.env._(
                    "%s secrets were encrypted with a key that is missing: add it, or enter them again.", lost
                )
        self.trade_key_works, self.trade_key_status, self.trade_key_outdated = works, status, outdated

    @api.constrains(*_FIELDS)
    def _check_trade_limits(self):
        self._check_trade_ranges({field: _LIMITS[name] for field, name in _FIELDS.items()})

    def _check_trade_ranges(self, ranges):
        """
        :param ranges: ``{field: (default, least, most)}``
        :raise ValidationError: a number is out of its range
        """
        for settings in self:
            for field, (_default, least, most) in ranges.items():
                if not least <= settings[field] <= most:
                    raise ValidationError(
                        self.env._(
                            "%(label)s: enter a number from %(least)s to %(most)s.",
                            label=settings._fields[field].string,
                            least=f"{least:,}",
                            most=f"{most:,}",
                        )
                    )

    def action_trade_reencrypt(self):
        """Encrypt all secrets with the newest key, so that the earlier ones can be taken away."""
        self.env["trade.credential"].check_access("write")
        try:
            count = self.env["trade.credential.version"]._reencrypt()
        except TradeError as error:
            raise UserError(
                self.env._("%(problem)s\n\n%(remedy)s", problem=error.message, remedy=error.remedy)
            ) from error
        message = self.env._("%s secrets were encrypted anew. The earlier keys can be removed.", count)
        return notice(message, "success")
