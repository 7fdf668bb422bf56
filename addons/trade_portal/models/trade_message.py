from odoo import models


class TradeMessage(models.Model):
    _inherit = "trade.message"

    # The partner's list, and what of it is open.
    _portal_list_idx = models.Index("(trade_partner_id, id DESC)")
    _portal_open_idx = models.Index(
        "(trade_partner_id, id DESC) WHERE state IN ('held', 'rejected', 'sent', 'queued')"
    )
