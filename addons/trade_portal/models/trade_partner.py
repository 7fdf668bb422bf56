from odoo import models


class TradePartner(models.Model):
    _inherit = "trade.partner"

    def _trade_portal_cards(self):
        """What this partner is asked to do, on its own page; extension: other addons add theirs.

        Called as superuser, in the partner's company and the reader's language. Whatever stands in a card is
        shown to the partner: nothing of others, and nothing people here wrote for each other.

        :return: a list of :class:`~odoo.addons.trade_portal.cards.Card`
        """
        self.ensure_one()
        return []
