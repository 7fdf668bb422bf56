from odoo import models


class TradeMessage(models.Model):
    _inherit = "trade.message"

    def _portal_about(self):
        """Pages of what a document is about, for its partner; extension: addons with such pages add theirs.

        Called as superuser, in the partner's company and the reader's language.

        :return: ``[(words, address), …]``
        """
        self.ensure_one()
        return []

    # The partner's list, and what of it is open.
    _portal_list_idx = models.Index("(trade_partner_id, id DESC)")
    _portal_open_idx = models.Index(
        "(trade_partner_id, id DESC) WHERE state IN ('held', 'rejected', 'sent', 'queued')"
    )
