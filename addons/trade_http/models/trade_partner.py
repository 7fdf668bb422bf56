from odoo import fields, models

from ..door import forget


class TradePartner(models.Model):
    _inherit = "trade.partner"

    api_client_ids = fields.One2many("trade.api.client", "trade_partner_id", "API clients")

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals:
            forget(self.env)
        return result

    def _end_trading(self, reason):
        """Nobody enters with the partner's keys any more, from the next request on."""
        result = super()._end_trading(reason)
        clients = self.sudo().api_client_ids
        clients.key_ids.filtered("is_valid").action_revoke()
        clients.credential_id.action_revoke()
        clients.active = False
        return result

    def action_add_api_client(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New API client"),
            "res_model": "trade.api.client",
            "view_mode": "form",
            "context": {"default_trade_partner_id": self.id},
        }
