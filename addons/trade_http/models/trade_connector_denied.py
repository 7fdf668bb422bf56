from odoo import fields, models


class TradeConnector(models.Model):
    """Who called the address of a webhook without being let in."""

    _inherit = "trade.connector"

    hook_denial_count = fields.Integer("Refused, 7 days", compute="_compute_hook_denial_count")

    def _compute_hook_denial_count(self):
        counts = dict(
            self.env["trade.api.denial"]
            .sudo()
            ._read_group(
                [("connector_id", "in", self.ids), ("last_seen", ">=", "-7d")],
                ["connector_id"],
                ["count:sum"],
            )
        )
        for connector in self:
            connector.hook_denial_count = counts.get(connector, 0)

    def action_open_hook_denials(self):
        """Who called this address without being let in, and why."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("trade_http.trade_api_denial_action"),
            "name": self.env._("%s: refused requests", self.name),
            "domain": [("connector_id", "=", self.id)],
            "context": {"search_default_week": 1},
        }

    def _health(self, answered):
        health, words = super()._health(answered)
        if self.transport != "hook" or health not in ("ok", "off") or not self.active or self.paused:
            return health, words
        # A stranger who only looks at the address with a browser is no sign of anything.
        posted = [("connector_id", "=", self.id), ("reason", "!=", "handshake")]
        last = self.env["trade.api.denial"].sudo().search(posted, order="last_seen desc", limit=1)
        seen = max(self.sudo().hook_type_ids.mapped("last_seen"), default=None)
        if last and (not seen or last.last_seen > seen):
            reason = self.env["trade.api.denial"]._reasons()[last.reason]
            return "waiting", self.env._("The last request was refused: %s", reason)
        return health, words
