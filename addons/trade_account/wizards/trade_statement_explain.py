from odoo import fields, models


class TradeStatementExplain(models.TransientModel):
    """Why differences of a statement are as they are, so that nobody has to look at them again."""

    _name = "trade.statement.explain"
    _description = "Explain Lines of a Statement"

    line_ids = fields.Many2many("trade.statement.line", readonly=True)
    reason = fields.Char(required=True)

    def action_explain(self):
        self.ensure_one()
        self.line_ids._explain(self.reason)
        return {"type": "ir.actions.act_window_close", "infos": {"done": True}}
