from odoo import api, fields, models

from .trade_hook_denial import PROBLEM as DENIED


class TradeException(models.Model):
    """Events of a kind nobody knows are solved by saying what follows on them."""

    _inherit = "trade.exception"

    fix_kind = fields.Selection(selection_add=[("hook", "Say what follows on an event")])

    def _kind_of_fix(self, mapped, params):
        if self.code == "hook.type_unknown":
            return "hook"
        if self.code == DENIED:
            return "other"  # there is nothing to probe: they call us
        return super()._kind_of_fix(mapped, params)

    def action_open_hook_denials(self):
        self.ensure_one()
        return self.connector_id.action_open_hook_denials()

    @api.depends("fix_kind", "waiting_ids")
    def _compute_raw_view(self):
        result = super()._compute_raw_view()
        for problem in self.filtered(lambda problem: problem.fix_kind == "hook"):
            problem.raw_view = problem.waiting_ids[:1].raw_view or False
        return result

    def _fix_action(self):
        if self.code == "hook.type_unknown":
            return self.env["trade.hook.fix"]._for_problem(self)
        return super()._fix_action()
