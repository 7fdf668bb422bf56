from odoo import api, models

from ..door import forget

_IN_DOOR = {
    "active",
    "sequence",
    "trade_partner_id",
    "company_id",
    "document_type",
    "direction",
    "connector_id",
    "codec",
    "mode",
}


class TradeRoute(models.Model):
    _inherit = "trade.route"

    @api.model_create_multi
    def create(self, vals_list):
        routes = super().create(vals_list)
        routes._door_changed()
        return routes

    def write(self, vals):
        result = super().write(vals)
        if _IN_DOOR & vals.keys():
            self._door_changed()
        return result

    def unlink(self):
        result = super().unlink()
        forget(self.env)
        return result

    def _door_changed(self):
        """What partners may send has changed; problems about a missing route end when there is one now."""
        forget(self.env)
        inbound = self.filtered(lambda route: route.direction == "in" and route.active)
        if inbound:
            there = {(route.trade_partner_id, route.document_type) for route in inbound}
            problems = (
                self.env["trade.exception"]
                .sudo()
                .search(
                    [
                        ("code", "=", "http.no_route"),
                        ("is_open", "=", True),
                        ("trade_partner_id", "in", inbound.trade_partner_id.ids),
                    ]
                )
            )
            problems.filtered(
                lambda problem: (problem.trade_partner_id, problem.subject) in there
            )._auto_resolve(
                self.env._("There is a route now. Ask the partner to send again what was refused.")
            )
