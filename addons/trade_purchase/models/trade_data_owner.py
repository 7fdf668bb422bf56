from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_kernel.deviation import Action, Policy

#: what a rule of a policy would let through by itself
_LETS_THROUGH = (Action.ACCEPT, Action.NOTIFY)


class TradeDataOwner(models.Model):
    """Vendor prices and orders: their rules are kept where catalogues and answers are decided, not at the
    gate, because a list of a hundred thousand prices is decided as a list."""

    _inherit = "trade.data.owner"

    domain = fields.Selection(
        selection_add=[("catalogue", "Catalogue and prices"), ("order", "Purchase orders")],
        ondelete={"catalogue": "cascade", "order": "cascade"},
    )
    field_group = fields.Selection(
        selection_add=[
            ("pricing", "Prices and terms of known items"),
            ("catalogue", "What is in the catalogue (new, ended)"),
        ],
        ondelete={"pricing": "cascade", "catalogue": "cascade"},
    )

    @api.model
    def _groups_of_domains(self):
        return {**super()._groups_of_domains(), "catalogue": {"pricing", "catalogue"}, "order": set()}

    @api.model
    def _words_of(self, domain):
        said = super()._words_of(domain)
        if domain in ("catalogue", "order"):
            within = self.env._("accepted within the limits of the route")
            said |= {"write": within, "accept": within, "ignore": self.env._("refused; it is noted")}
        return said

    @api.constrains("domain", "master", "on_foreign_write")
    def _check_order(self):
        if self.filtered(lambda rule: rule.domain == "order" and rule.on_foreign_write == "ignore"):
            raise ValidationError(
                self.env._(
                    "A supplier's answer to an order cannot be ignored: nobody would know what comes. Choose"
                    " to hold it for review, or to accept it within the limits of the route."
                )
            )

    @api.model
    def _fields_of(self):
        """See the model: what a supplier may propose about how it is paid."""
        found = super()._fields_of()
        self._add_fields(found, "res.partner", "partner", "terms", "property_purchase_currency_id")
        return found

    @api.model
    def _order_policy(self, trade_partner, policy):
        """``policy``, as far as the rule about orders lets it go: a route may be stricter, never laxer."""
        ruling, _rule = self._rulebook(trade_partner, "order").ruling("order", "*")
        if ruling in ("write", "accept"):
            return policy
        return Policy(
            tuple(
                replace(
                    rule,
                    within=Action.HOLD if rule.within in _LETS_THROUGH else rule.within,
                    beyond=Action.HOLD if rule.beyond in _LETS_THROUGH else rule.beyond,
                )
                for rule in policy.rules
            )
        )
