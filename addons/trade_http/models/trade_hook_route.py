from odoo import fields, models


class TradeRoute(models.Model):
    _inherit = "trade.route"

    def _poll_soon(self):
        """Fetch now, because somebody said that there is something; many who say so at once are one fetch."""
        self.write({"poll_next": fields.Datetime.now()})
        self._wake_poll_after_commit()
