from odoo import api, models
from odoo.tools import SQL

from .. import catalogue_apply


class TradeLane(models.AbstractModel):
    """Lanes of catalogues: what is accepted waits on its rows, not on messages."""

    _inherit = "trade.lane"

    @api.model
    def _cron_wake(self):
        result = super()._cron_wake()
        found = self.env.execute_query(
            SQL("SELECT id FROM trade_catalogue WHERE state IN ('receiving', 'applying')")
        )
        lanes = [lane for (one,) in found if catalogue_apply.ready(self.env, lane := f"catalogue/{one}", 1)]
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self._wake(lanes)
        return result
