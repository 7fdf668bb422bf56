from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.trade_core.tools import sentences
from odoo.addons.trade_kernel import onboarding
from odoo.addons.trade_kernel.errors import TradeError


class TradeOnboarding(models.Model):
    """What people press on a case, its clock, and what its pages show."""

    _inherit = "trade.onboarding"

    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")
    partner_image = fields.Binary(related="partner_id.avatar_128", string="Logo")
    failed_ids = fields.One2many(
        "trade.onboarding.step",
        "onboarding_id",
        "Failed steps",
        domain=[("state", "=", "failed")],
        readonly=True,
    )

    @api.depends("due_at", "state")
    def _compute_overdue(self):
        now = fields.Datetime.now()
        for case in self:
            case.overdue = bool(case.is_open and case.due_at and case.due_at <= now)

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = fields.Domain("is_open", "=", True) & fields.Domain("due_at", "<=", fields.Datetime.now())
        return fields.Domain.OR([late if one else ~late for one in value])

    # -- the clock -----------------------------------------------------------------------------

    def _calendar(self):
        return self.template_id.resource_calendar_id or self.company_id.resource_calendar_id

    def _in_working_hours(self, hours, start):
        """:return: naive UTC, ``hours`` of working time after ``start``"""
        return self._calendar().plan_hours(hours, start, compute_leaves=True) or False

    def _start_clock(self):
        now = fields.Datetime.now()
        for case in self:
            days = case.template_id.due_days
            case.due_at = case._calendar().plan_days(days + 1, now, compute_leaves=True) if days else False

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
        self._do(self._move, onboarding.next_state(self.state))
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
