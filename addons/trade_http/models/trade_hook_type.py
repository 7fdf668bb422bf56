from odoo import api, fields, models


class TradeHookType(models.Model):
    """One kind of event a connector's partner has sent, with how often; kept by the road of events."""

    _name = "trade.hook.type"
    _description = "Event Type of Others"
    _order = "last_seen desc, id desc"

    connector_id = fields.Many2one("trade.connector", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="connector_id.company_id", store=True)
    name = fields.Char("Event type", required=True, readonly=True)
    seen_count = fields.Integer("Seen", readonly=True)
    first_seen = fields.Datetime(readonly=True)
    last_seen = fields.Datetime("Last seen", readonly=True)
    message_id = fields.Many2one("trade.message", "Last one", readonly=True, ondelete="set null")
    rule_id = fields.Many2one("trade.hook.rule", compute="_compute_rule_id")
    what = fields.Char("What follows", compute="_compute_rule_id")

    _unique_type = models.UniqueIndex("(connector_id, name)")

    @api.depends("name", "connector_id.hook_rule_ids.pattern", "connector_id.hook_rule_ids.active")
    def _compute_rule_id(self):
        for kind in self:
            kind.rule_id = kind.connector_id._hook_rule(kind.name)
            kind.what = (
                kind.rule_id._sentence() if kind.rule_id else self.env._("nobody has said yet: they wait")
            )

    @api.model
    def _seen(self, connector, counts, last):
        """Count events; called by whoever holds the connector's lane, so nobody else writes these rows.

        :param dict counts: type → how many
        :param dict last: type → the latest message
        """
        now = fields.Datetime.now()
        known = self.search([("connector_id", "=", connector.id), ("name", "in", list(counts))]).grouped(
            "name"
        )
        new = []
        for name, count in counts.items():
            if name in known:
                kind = known[name]
                kind.write(
                    {
                        "seen_count": kind.seen_count + count,
                        "last_seen": now,
                        "message_id": last[name].id,
                    }
                )
            else:
                new.append(
                    {
                        "connector_id": connector.id,
                        "name": name,
                        "seen_count": count,
                        "first_seen": now,
                        "last_seen": now,
                        "message_id": last[name].id,
                    }
                )
        self.create(new)

    def action_decide(self):
        """Say what follows on events of this type, or change it."""
        self.ensure_one()
        return self.env["trade.hook.fix"]._for_type(self)

    def action_open_messages(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.connector_id.name}: {self.name}",
            "res_model": "trade.message",
            "view_mode": "list,form",
            "domain": [("connector_id", "=", self.connector_id.id), ("hook_type", "=", self.name)],
        }
