from odoo import api, fields, models


class TradePreview(models.TransientModel):
    """What a message would do, shown without doing it."""

    _name = "trade.preview"
    _description = "Preview of a Trade Message"

    message_id = fields.Many2one("trade.message", required=True, readonly=True, ondelete="cascade")
    message_state = fields.Selection(related="message_id.state", string="State now")
    outcome = fields.Json(readonly=True, required=True)
    state = fields.Selection(
        [("applied", "Would be applied"), ("held", "Would be held"), ("ignored", "Would be ignored")],
        compute="_compute_outcome",
    )
    reason = fields.Text(compute="_compute_outcome")
    remedy = fields.Text("What to do", compute="_compute_outcome")
    notes = fields.Text("To be noted", compute="_compute_outcome")
    effects = fields.Json("What would change", compute="_compute_outcome")

    @api.depends("outcome")
    def _compute_outcome(self):
        for preview in self:
            outcome = preview.outcome or {}
            preview.state = outcome.get("state")
            preview.reason = outcome.get("reason")
            preview.remedy = (outcome.get("error") or {}).get("remedy")
            preview.notes = "\n".join(outcome.get("notes") or [])
            preview.effects = outcome.get("effects")

    @api.model
    def _show(self, message, outcome):
        """The action that shows an outcome of ``trade.lane._dry_run``."""
        preview = self.create({"message_id": message.id, "outcome": outcome})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview: nothing has been changed"),
            "res_model": self._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_replay(self):
        self.message_id.action_replay()
        return {"type": "ir.actions.act_window_close"}
