from odoo import api, fields, models

from odoo.addons.trade_kernel.errors import AuthenticationFailed

from .. import afterwards, hooks
from .trade_api_denial import _network

PROBLEM = "hook.denied_often"
_WAYS = {"standard": "signature", "hmac": "signature", "token": "token", "basic": "password"}


class TradeApiDenial(models.Model):
    """Events of others that were not let in, counted like other denials."""

    _inherit = "trade.api.denial"

    way_in = fields.Selection(selection_add=[("password", "Password")], ondelete={"password": "cascade"})

    @api.model
    def _reasons(self):
        return {**hooks.REASONS, **super()._reasons()}

    @api.depends("connector_id.name")
    def _compute_caller(self):
        result = super()._compute_caller()
        for denial in self.filtered("connector_id"):
            denial.caller = denial.connector_id.name
        return result

    def action_open_client(self):
        return self.connector_id.get_formview_action() if self.connector_id else super().action_open_client()

    @staticmethod
    def _note_hook(dbname, denied, address, method):
        """Count a denial at an address for events; written down later, see ``afterwards``."""
        door = denied.door
        key = (
            -door.connector_id if door else 0,
            address if door else _network(address),
            denied.reason,
            "",
            _WAYS[door.scheme.kind] if door else "none",
            f"{method} hooks",
        )
        afterwards.count(dbname, "denied", key)

    def _as_problem(self, times, why):
        connector = self.connector_id
        if not connector:
            return super()._as_problem(times, why)
        error = AuthenticationFailed(
            PROBLEM, subject=f"hook:{connector.id}", connector=connector.name, count=times, why=why
        )
        return error, {
            "company": connector.company_id,
            "trade_partner": connector.trade_partner_id,
            "connector": connector,
        }

    @api.model
    def _hook_got_in(self, connector):
        """Events of this connector came in: its problem ends."""
        self.env["trade.exception"].search(
            [("code", "=", PROBLEM), ("is_open", "=", True), ("connector_id", "=", connector.id)]
        )._auto_resolve(self.env._("Events of %s come in again.", connector.name))
