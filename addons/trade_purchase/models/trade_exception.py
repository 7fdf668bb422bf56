from odoo import api, fields, models

DEVIATES = "response.deviates"


class TradeException(models.Model):
    """An answer that differs is decided on the order, or right on the problem."""

    _inherit = "trade.exception"

    fix_kind = fields.Selection(selection_add=[("review", "Decide about the answer")])
    trade_review_ids = fields.Many2many(
        "trade.purchase.answer", compute="_compute_trade_review_ids", compute_sudo=True, string="What differs"
    )
    trade_order_id = fields.Many2one("purchase.order", compute="_compute_trade_review_ids", compute_sudo=True)

    @api.depends("code", "document_ids.state")
    def _compute_trade_review_ids(self):
        for problem in self:
            waiting = problem._waiting() if problem.code == DEVIATES else self.env["trade.message"]
            problem.trade_review_ids = waiting.trade_answer_ids
            problem.trade_order_id = waiting.trade_answer_ids.order_id[:1]

    def _kind_of_fix(self, mapped, params):
        return "review" if self.code == DEVIATES else super()._kind_of_fix(mapped, params)

    def _fix_action(self):
        if self.code != DEVIATES or not self.trade_order_id:
            return super()._fix_action()
        return self.trade_order_id.with_env(self.env).action_trade_review()

    def action_trade_accept_all(self):
        """Accept everything of the answer that can be accepted."""
        self.ensure_one()
        return self.trade_order_id.with_env(self.env).action_trade_accept_all()

    def action_trade_reject_all(self):
        """Refuse everything of the answer that differs."""
        self.ensure_one()
        return self.trade_order_id.with_env(self.env).action_trade_reject_all()
