from odoo import api, fields, models
from odoo.tools import formatLang

_SHOWN = 5  # products that are named
_OPEN = ("draft", "sent", "to approve", "purchase")


class PurchaseOrder(models.Model):
    """What was agreed with a supplier when it came aboard is said where people buy; nothing is forbidden."""

    _inherit = "purchase.order"

    trade_beside_agreement = fields.Text(
        "Not as agreed",
        compute="_compute_trade_beside_agreement",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.depends(
        "partner_id", "company_id", "state", "amount_untaxed", "currency_id", "order_line.product_id"
    )
    def _compute_trade_beside_agreement(self):
        profiles = self.env["trade.partner"]._for_partners(
            (order.partner_id, order.company_id) for order in self if order.partner_id
        )
        for order in self:
            profile = profiles.get((order.partner_id.id, order.company_id.id))
            words = order._trade_beside(profile) if profile and order.state in _OPEN else []
            order.trade_beside_agreement = "\n".join(words) or False

    def _trade_beside(self, profile):
        """What of this order is not as agreed with its supplier: list of sentences."""
        words, products = [], profile._not_agreed(self.order_line.product_id)
        if products:
            more = self.env._(" and %s more", len(products) - _SHOWN) if len(products) > _SHOWN else ""
            words.append(
                self.env._(
                    "Not agreed with %(partner)s: %(products)s. Remove what you do not need, or add it under"
                    " “Scope and rules” of the trading profile.",
                    partner=profile.name,
                    products=", ".join(products[:_SHOWN].mapped("display_name")) + more,
                )
            )
        least = profile.min_order
        amount = self.currency_id._convert(
            self.amount_untaxed,
            profile.currency_id,
            self.company_id,
            self.date_order or fields.Date.today(),
        )
        if self.order_line and profile.currency_id.compare_amounts(amount, least) < 0:
            words.append(
                self.env._(
                    "The smallest order agreed with %(partner)s is %(least)s.",
                    partner=profile.name,
                    least=formatLang(self.env, least, currency_obj=profile.currency_id),
                )
            )
        return words
