from odoo import models

from odoo.addons.trade_portal.cards import Card


class TradePartner(models.Model):
    _inherit = "trade.partner"

    def _trade_portal_cards(self):
        _, cards = self.env._, super()._trade_portal_cards()
        Order = self.env["purchase.order"]
        count = Order.search_count(Order._portal_domain(self) & Order._portal_shows()["open"][1], limit=1000)
        if count:
            cards.append(
                Card(
                    "orders.answer",
                    _("Orders to answer"),
                    _("Confirm them, or say what is different."),
                    tone="you",
                    button=_("See the orders"),
                    url="/my/trading/orders?show=open",
                    sequence=5,
                    count=count,
                )
            )
        return cards

    def _trade_portal_nav(self):
        home, *others = super()._trade_portal_nav()
        return [home, ("orders", self.env._("Orders"), "/orders"), *others]
