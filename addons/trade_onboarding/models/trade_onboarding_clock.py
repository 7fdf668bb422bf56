from odoo import fields, models

from odoo.addons.trade_kernel import onboarding

#: by whose clock a step runs in a state; our own steps that wait for somebody stand still
_THEIRS = "waiting"


class TradeOnboarding(models.Model):
    """The clock of a case: working hours, standing still while all that is missing is the partner's."""

    _inherit = "trade.onboarding"

    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")
    paused_since = fields.Datetime(
        "Clock stands still since",
        readonly=True,
        copy=False,
        help="We wait for the partner, or it is on hold.",
    )
    paused_hours = fields.Float("Stood still (working hours)", readonly=True, copy=False)

    def _compute_overdue(self):
        now = fields.Datetime.now()
        for case in self:
            case.overdue = bool(case.is_open and not case.paused_since and case.due_at and case.due_at <= now)

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = (
            fields.Domain("is_open", "=", True)
            & fields.Domain("paused_since", "=", False)
            & fields.Domain("due_at", "<=", fields.Datetime.now())
        )
        return fields.Domain.OR([late if one else ~late for one in value])

    def _calendar(self):
        return self.template_id._calendar(self.company_id)

    def _in_working_hours(self, hours, start):
        """:return: naive UTC, ``hours`` of working time after ``start``; the same for many cases is worked
        out once"""
        calendar = self._calendar()
        known = self.env.cr.cache.setdefault("trade_onboarding_due", {})
        key = (calendar.id, hours, start)
        if key not in known:
            known[key] = calendar.plan_hours(hours, start, compute_leaves=True) or False
        return known[key]

    def _working_hours(self, start, end):
        """Working hours between two instants (naive UTC); the same for many cases are counted once."""
        if not start or end <= start:
            return 0.0
        calendar = self._calendar()
        known = self.env.cr.cache.setdefault("trade_onboarding_hours", {})
        key = (calendar.id, start, end)
        if key not in known:
            known[key] = calendar.get_work_hours_count(start, end, compute_leaves=True)
        return known[key]

    def _start_clock(self):
        now = fields.Datetime.now()
        for case in self:
            hours = case.template_id.due_days * case._calendar().hours_per_day
            case.due_at = case._in_working_hours(hours, now) if hours else False

    def _tick(self):
        """Stop or go on with the clock, after what the case waits for has changed."""
        now = fields.Datetime.now()
        for case in self:
            stands = case.state == "on_hold" or (case.is_open and case.waits_for == "partner")
            if stands and not case.paused_since:
                case.paused_since = now
            elif not stands and case.paused_since:
                hours = case._working_hours(case.paused_since, now)
                vals = {"paused_since": False, "paused_hours": case.paused_hours + hours}
                if hours and case.due_at:
                    vals["due_at"] = case._in_working_hours(hours, case.due_at)
                case.write(vals)

    def _keep_board(self):
        result = super()._keep_board()
        self._tick()
        return result


class TradeOnboardingStep(models.Model):
    """The clock of a step: by whose turn the time went, and when it is due."""

    _inherit = "trade.onboarding.step"

    turn_since = fields.Datetime(readonly=True)
    our_hours = fields.Float("Our time (working hours)", readonly=True)
    their_hours = fields.Float("Their time (working hours)", readonly=True)
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")

    def _compute_overdue(self):
        now = fields.Datetime.now()
        for step in self:
            step.overdue = bool(step.state not in onboarding.SETTLED and step.due_at and step.due_at <= now)

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = fields.Domain("state", "not in", list(onboarding.SETTLED)) & fields.Domain(
            "due_at", "<=", fields.Datetime.now()
        )
        return fields.Domain.OR([late if one else ~late for one in value])

    def _begin(self):
        self.write({"turn_since": fields.Datetime.now()})
        return super()._begin()

    def _clock(self, old, new):
        vals, now = super()._clock(old, new), fields.Datetime.now()
        if not self.turn_since:
            return vals
        hours = self.onboarding_id._working_hours(self.turn_since, now)
        turn = "their_hours" if old == _THEIRS else "our_hours"
        if old not in onboarding.SETTLED:
            vals[turn] = self[turn] + hours
        vals["turn_since"] = now
        if new in onboarding.SETTLED or not self.template_step_id.due_hours:
            return vals
        if self.actor == "partner" and (old == _THEIRS) != (new == _THEIRS):
            vals["due_at"] = self._due(now)  # the turn has changed, and each has the time for itself
        elif old == _THEIRS and hours and self.due_at:
            vals["due_at"] = self.onboarding_id._in_working_hours(hours, self.due_at)
        return vals


class TradeOnboardingTemplate(models.Model):
    _inherit = "trade.onboarding.template"

    def _calendar(self, company):
        """By which hours the cases of ``company`` are counted."""
        return self.resource_calendar_id or company.resource_calendar_id

    def _working_days_before(self, end, days, company):
        """:return: naive UTC, ``days`` of working time before ``end``"""
        calendar = self._calendar(company)
        return calendar.plan_hours(-days * calendar.hours_per_day, end, compute_leaves=True)
