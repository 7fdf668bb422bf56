from odoo import models


class TradeOnboardingStep(models.Model):
    """What people press on a step."""

    _inherit = "trade.onboarding.step"

    def action_open(self):
        """The step in a dialog: what it asks for, what was found, what can be done.

        Where nobody entered anything yet it shows what has become known since, for example a credit report
        that was imported today.
        """
        self.ensure_one()
        if self.can_edit and not any(self._values().values()) and self.has_access("write"):
            self.sudo().data = self._kind()._prefill(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_done(self):
        """What the step asks for is complete and right."""
        self.ensure_one()
        self.check_access("write")
        findings = self.onboarding_id._do(self._submit)
        if any(finding.level == "error" for finding in findings):
            return self.action_open()
        return {"type": "ir.actions.act_window_close"}

    def action_again(self):
        self.check_access("write")
        self.onboarding_id._do(self._again)
        return self.action_open() if self.state == "failed" else {"type": "ir.actions.act_window_close"}

    def action_waive(self):
        return self._ask_reason("waive", self.env._("Do without: %s", self.name))

    def action_send_back(self):
        return self._ask_reason("send_back", self.env._("Send back: %s", self.name))

    def action_reopen(self):
        return self._ask_reason("reopen", self.env._("Do it again: %s", self.name))

    def _ask_reason(self, doing, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "trade.onboarding.reason",
            "view_mode": "form",
            "target": "new",
            "context": {"default_step_id": self.id, "default_doing": doing},
        }
