from datetime import timedelta

from odoo import fields, models


class TradeRoute(models.Model):
    _inherit = "trade.route"

    def _poll_soon(self):
        """Fetch now, because somebody said that there is something; many who say so at once are one fetch."""
        now = fields.Datetime.now()
        for route in self:
            due = route.poll_next
            # Another instant each time: a fetch under way sees by it that it was asked for again.
            route.poll_next = now if not due or due > now else due - timedelta(seconds=1)
        self._wake_poll_after_commit()
