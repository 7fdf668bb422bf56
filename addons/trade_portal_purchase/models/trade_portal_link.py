from odoo import fields, models
from odoo.tools import SQL


class TradePortalLink(models.Model):
    _inherit = "trade.portal.link"

    opened_at = fields.Datetime(
        "Opened", readonly=True, copy=False, help="When its page was shown for the first time."
    )

    def _note_opened(self):
        """The page was shown; the first time counts. Two windows at one instant disturb each other never."""
        self.ensure_one()
        if self.opened_at:
            return
        self.env.execute_query(
            SQL(
                "UPDATE trade_portal_link SET opened_at = %s WHERE id = ("
                "SELECT id FROM trade_portal_link WHERE id = %s AND opened_at IS NULL"
                " FOR UPDATE SKIP LOCKED) RETURNING id",
                fields.Datetime.now(),
                self.id,
            )
        )
        self.invalidate_recordset(["opened_at"], flush=False)
