from odoo import api, fields, models

from odoo.addons.trade_kernel import onboarding

from ..models.trade_onboarding_template_step import GATES

#: what is done to a step, and the method that does it
_STEP = {"waive": "_waive", "send_back": "_send_back", "reopen": "_reopen"}


class TradeOnboardingReason(models.TransientModel):
    """Why: asked wherever a case or a step leaves the normal way."""

    _name = "trade.onboarding.reason"
    _description = "Reason for a Move of an Onboarding Case"

    onboarding_id = fields.Many2one("trade.onboarding", ondelete="cascade")
    step_id = fields.Many2one("trade.onboarding.step", ondelete="cascade")
    doing = fields.Char(required=True)
    consequence = fields.Char(compute="_compute_consequence")
    back_to = fields.Selection("_selection_back_to", "Back to")
    reason = fields.Text("Why")

    @api.model
    def _selection_back_to(self):
        return [("invited", self.env._("Invited")), *GATES[:-1]]

    @api.depends("doing", "step_id")
    def _compute_consequence(self):
        texts = {
            "on_hold": self.env._("The clock stops and nobody is reminded until the case goes on."),
            "rejected": self.env._("What the case has set up in Odoo is taken back. It can be opened again."),
            "suspended": self.env._(
                "Routes stop at once: what comes in is stored and held, what goes out waits. Nothing is lost."
            ),
            "offboarded": self.env._(
                "Trading ends for good: keys are revoked, routes stop, subscribers are told."
                " What was exchanged stays."
            ),
            "back": self.env._("The steps that led further are to be done again."),
            "invited": self.env._("The case begins again; what was entered is still there."),
            "waive": self.env._("The case goes on without this step. Your name and reason are kept."),
            "send_back": self.env._("Whoever entered it reads your text and corrects it."),
            "reopen": self.env._("The step, and those that were done after it, are to be done again."),
        }
        read = self.env._("The partner reads your text.")
        for wizard in self:
            theirs = wizard.doing == "reopen" and wizard.step_id.actor == "partner"
            words = texts.get(wizard.doing)
            wizard.consequence = f"{words} {read}" if theirs else words

    def action_do(self):
        self.ensure_one()
        case = self.onboarding_id or self.step_id.onboarding_id
        case.check_access("write")
        if self.step_id:
            case._do(getattr(self.step_id, _STEP[self.doing]), self.reason)
        else:
            case._do(case._move, self.back_to if self.doing == "back" else self.doing, self.reason)
        case._refresh()
        if case.invited_at and self.doing in ("send_back", "reopen"):
            self.step_id._tell_partner()
        return {"type": "ir.actions.act_window_close"}

    @api.onchange("doing")
    def _onchange_doing(self):
        case = self.onboarding_id
        if self.doing == "back" and case.state in onboarding.ROAD[1:]:
            self.back_to = onboarding.ROAD[onboarding.ROAD.index(case.state) - 1]
