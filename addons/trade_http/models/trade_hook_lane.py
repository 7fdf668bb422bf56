from odoo import api, models
from odoo.tools import SQL

from odoo.addons.trade_core.models import trade_lane

from .. import pipeline_fetch, pipeline_hook

trade_lane.ROADS["hook"] = trade_lane.Road(pipeline_hook, "root.trade.intake", pipeline_hook.quarantine)
# Other people's systems are called: one that is slow must not stand in the way of what only has to be read.
trade_lane.ROADS["fetch"] = trade_lane.Road(
    pipeline_fetch, "root.trade.send", pipeline_fetch.quarantine, batch=20, seconds=5.0
)


class TradeLane(models.AbstractModel):
    """Lanes of events have no route: woken and tried out by their own rules."""

    _inherit = "trade.lane"

    @api.model
    def _cron_wake(self):
        result = super()._cron_wake()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT lane FROM trade_message WHERE state = 'received' AND route_id IS NULL"
                " AND (lane LIKE 'hook/%%' OR lane LIKE 'fetch/%%')"
                " AND (not_before IS NULL OR not_before <= now() AT TIME ZONE 'UTC')"
            )
        )
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self._wake([lane for (lane,) in rows])
        return result

    @api.model
    def _dry_run(self, message_ids, prepare=None):
        messages = self.env["trade.message"].browse(message_ids)
        hooks = messages.filtered(lambda message: message._is_hook())
        outcomes = super()._dry_run((messages - hooks).ids, prepare) if messages - hooks else []
        if not hooks:
            return outcomes
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"trade_dry_run": True, "tracking_disable": True})
            try:
                if prepare:
                    prepare(env)
                return outcomes + env["trade.message"].browse(hooks.ids)._dry_run_hook()
            finally:
                cr.rollback()
