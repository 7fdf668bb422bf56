from odoo import fields, models

OFF = "webhook.disabled"


class TradeException(models.Model):
    """A webhook that was switched off is mended on its subscription: a new address, then Resume."""

    _inherit = "trade.exception"

    fix_kind = fields.Selection(selection_add=[("subscription", "Resume a subscription")])

    def _kind_of_fix(self, mapped, params):
        return "subscription" if self.code == OFF and self.route_id else super()._kind_of_fix(mapped, params)

    def _fix_action(self):
        if self.code != OFF:
            return super()._fix_action()
        return self._switched_off().get_formview_action()

    def _switched_off(self):
        subscriptions = self.env["trade.subscription"].with_context(active_test=False)
        return subscriptions.search([("route_id", "=", self.route_id.id)], limit=1)
