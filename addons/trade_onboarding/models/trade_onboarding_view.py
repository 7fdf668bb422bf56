from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.trade_core.tools import sentences
from odoo.addons.trade_kernel import onboarding
from odoo.addons.trade_kernel.errors import TradeError


class TradeOnboarding(models.Model):
    """What people press on a case, and what its pages show."""

    _inherit = "trade.onboarding"

    partner_image = fields.Binary(related="partner_id.avatar_128", string="Logo")
    failed_ids = fields.One2many(
        "trade.onboarding.step",
        "onboarding_id",
        "Failed steps",
        domain=[("state", "=", "failed")],
        readonly=True,
    )

    # -- buttons -------------------------------------------------------------------------------

    def _do(self, doing, *args):
        """What a click does; what the kernel refuses is said in words."""
        try:
            return doing(*args)
        except TradeError as error:
            raise UserError(sentences(error)) from error

    def action_go_on(self):
        """Go on along the road, as far as the steps allow; says what is missing."""
        self.ensure_one()
        self.check_access("write")
        new = onboarding.next_state(self.state)
        if not new:  # somebody else, or a second click, was faster
            labels = dict(self._fields["state"]._description_selection(self.env))
            state = labels[self.state]
            raise UserError(self.env._("Nothing was changed: the case is at “%s” already.", state))
        self._do(self._move, new)
        self._refresh()

    def action_resume(self):
        """Go on after a pause or a suspension."""
        self.ensure_one()
        self.check_access("write")
        self._do(self._move, "live" if self.state == "suspended" else self.previous_state)
        self._refresh()

    def action_hold(self):
        return self._ask_reason("on_hold", self.env._("Pause the case"))

    def action_reject(self):
        return self._ask_reason("rejected", self.env._("Reject the partner"))

    def action_reopen(self):
        return self._ask_reason("invited", self.env._("Open the case again"))

    def action_suspend(self):
        return self._ask_reason("suspended", self.env._("Suspend trading"))

    def action_offboard(self):
        return self._ask_reason("offboarded", self.env._("End trading for good"))

    def action_send_back(self):
        return self._ask_reason("back", self.env._("Send the case back"))

    def _ask_reason(self, doing, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "trade.onboarding.reason",
            "view_mode": "form",
            "target": "new",
            "context": {"default_onboarding_id": self.id, "default_doing": doing},
        }

    def action_open_partner(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "trade.partner",
            "res_id": self.trade_partner_id.id,
            "view_mode": "form",
        }
