from odoo import models

from odoo.addons.trade_portal.cards import Card


class TradePartner(models.Model):
    _inherit = "trade.partner"

    def _portal_webhooks(self):
        """The partner's subscriptions whose events go to an address of its own."""
        return self.env["trade.subscription"].search(
            [("trade_partner_id", "in", self.ids), ("transport", "=", "webhook")], order="id"
        )

    def _trade_portal_nav(self):
        pages = super()._trade_portal_nav()
        if self._portal_webhooks():
            pages.append(("webhooks", self.env._("Webhooks"), "/webhooks"))
        return pages

    def _trade_portal_cards(self):
        _ = self.env._
        off = self._portal_webhooks().filtered(lambda webhook: webhook.state == "disabled")
        return super()._trade_portal_cards() + [
            Card(
                f"webhook.{webhook.id}",
                _("Your webhook %s was switched off", webhook.name),
                webhook._portal_said().text,
                tone="you",
                button=_("See your webhooks"),
                url="/my/trading/webhooks",
                sequence=12,
            )
            for webhook in off
        ]
