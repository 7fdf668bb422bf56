from odoo import api, fields, models


class TradePartner(models.Model):
    """What the profile's pages show and where their buttons lead."""

    _inherit = "trade.partner"

    role_names = fields.Char("Roles", compute="_compute_role_names")

    @api.depends("is_supplier", "is_customer", "is_logistics", "is_marketplace")
    def _compute_role_names(self):
        roles = ("is_supplier", "is_customer", "is_logistics", "is_marketplace")
        words = {name: self._fields[name]._description_string(self.env) for name in roles}
        for profile in self:
            profile.role_names = ", ".join(words[name] for name in roles if profile[name])

    def action_open_messages(self):
        self.ensure_one()
        return self._open("trade_core.trade_message_action")

    def action_open_problems(self):
        self.ensure_one()
        return self._open("trade_core.trade_exception_action")

    def _open(self, action):
        """An action, filtered to this partner in a way the user can see and remove."""
        context = {"search_default_trade_partner_id": self.id}
        return {**self.env["ir.actions.act_window"]._for_xml_id(action), "context": context}

    def action_add_route(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New route"),
            "res_model": "trade.route",
            "view_mode": "form",
            "context": {"default_trade_partner_id": self.id},
        }
