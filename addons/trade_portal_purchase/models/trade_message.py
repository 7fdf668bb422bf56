from odoo import fields, models
from odoo.fields import Domain

_MOST_ORDERS = 20


class TradeMessage(models.Model):
    _inherit = "trade.message"

    portal_link_id = fields.Many2one(
        "trade.portal.link",
        "By the link",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Sent with it, or used to say this on the order's page.",
    )

    def _portal_about(self):
        """The orders it is about, as far as they are this partner's."""
        Order = self.env["purchase.order"]
        named = Domain("name", "=", self.thread) if self.thread else Domain.FALSE
        if self.res_model == Order._name:
            named |= Domain("id", "=", self.res_id)
        orders = Order.search(Order._portal_domain(self.trade_partner_id) & named, limit=_MOST_ORDERS)
        return super()._portal_about() + [
            (self.env._("See the order %s", order.name), f"/my/trading/orders/{order.id}") for order in orders
        ]
