from odoo import api, fields, models

TOO_MUCH = "despatch.too_much"


class TradeException(models.Model):
    """More than ordered is decided right on the problem."""

    _inherit = "trade.exception"

    fix_kind = fields.Selection(selection_add=[("excess", "Decide about what is too much")])
    trade_excess_ids = fields.Many2many(
        "trade.despatch.excess", compute="_compute_trade_excess_ids", compute_sudo=True, string="Too much"
    )

    @api.depends("code", "document_ids.state")
    def _compute_trade_excess_ids(self):
        for problem in self:
            waiting = problem._waiting() if problem.code == TOO_MUCH else self.env["trade.message"]
            problem.trade_excess_ids = waiting.trade_excess_ids

    def _kind_of_fix(self, mapped, params):
        return "excess" if self.code == TOO_MUCH else super()._kind_of_fix(mapped, params)

    def action_trade_excess_accept(self):
        return self._trade_decide_excess("accepted")

    def action_trade_excess_refuse(self):
        return self._trade_decide_excess("refused")

    def _trade_decide_excess(self, decision):
        self.ensure_one()
        rows = self.trade_excess_ids.with_env(self.env).filtered("is_open")
        return rows._decide(decision)
