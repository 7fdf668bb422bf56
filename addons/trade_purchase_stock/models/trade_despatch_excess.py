from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

DECISIONS = [("pending", "To decide"), ("accepted", "Accepted"), ("refused", "Only what was ordered")]


class TradeDespatchExcess(models.Model):
    """More is announced than is still to come of an order line: a person decides."""

    _name = "trade.despatch.excess"
    _description = "Announced Beyond the Order"
    _order = "message_id desc, id"
    _rec_name = "order_line_id"

    message_id = fields.Many2one(
        "trade.message", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="message_id.company_id", store=True)
    order_line_id = fields.Many2one(
        "purchase.order.line", "Order line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    order_id = fields.Many2one(related="order_line_id.order_id", string="Order")
    product_id = fields.Many2one(related="order_line_id.product_id", string="Product")
    product_uom_id = fields.Many2one(related="order_line_id.product_uom_id", string="Unit")
    ordered = fields.Float(digits="Product Unit", readonly=True)
    received = fields.Float("Received before", digits="Product Unit", readonly=True)
    elsewhere = fields.Float("With other shipments", digits="Product Unit", readonly=True)
    announced = fields.Float("Announced now", digits="Product Unit", readonly=True)
    excess = fields.Float("Too much", digits="Product Unit", readonly=True)
    decision = fields.Selection(DECISIONS, required=True, readonly=True, default="pending")
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    is_open = fields.Boolean(compute="_compute_is_open")

    _one_per_line = models.UniqueIndex("(message_id, order_line_id)", "This line is to be decided already.")

    @api.depends("decision", "message_id.state")
    def _compute_is_open(self):
        for row in self:
            row.is_open = row.decision == "pending" and row.sudo().message_id.state == "held"

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("What was announced is a record of facts; press Accept or Refuse."))
        return super().write(vals)

    def action_accept(self):
        return self._decide("accepted")

    def action_refuse(self):
        return self._decide("refused")

    def _decide(self, decision):
        """Record a decision; once all of a message are decided, it runs again and is applied accordingly.

        :raise UserError: it was decided already
        """
        self.order_id.check_access("write")
        if self.filtered(lambda row: not row.is_open):
            raise UserError(self.env._("This was decided already. Reload the page."))
        self.sudo().write(
            {"decision": decision, "decided_by_id": self.env.user.id, "decided_at": fields.Datetime.now()}
        )
        messages = self.sudo().message_id
        words = dict(self._fields["decision"]._description_selection(self.env))[decision]
        messages._log("decided", note=f"{self.env.user.name}: {words}")
        messages.filtered(
            lambda message: all(row.decision != "pending" for row in message.trade_excess_ids)
        )._replay()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _key(self):
        """What a decision counts for."""
        return (self.ordered, self.received, self.elsewhere, self.announced)

    @api.model
    def _keep(self, message, rows):
        """Keep what is to be decided about a message; a decision counts for what was on the screen."""
        known = {row.order_line_id.id: row for row in self.search([("message_id", "=", message.id)])}
        new = []
        for row in rows:
            kept = known.pop(row["order_line_id"], self.browse())
            if kept and kept._key() == self.new(row)._key():
                continue
            kept.unlink()
            new.append({**row, "message_id": message.id})
        self.union(*known.values()).unlink()
        self.create(new)
