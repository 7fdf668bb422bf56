from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.trade_kernel import onboarding

_STEP = "trade_onboarding.activity_step"  # something of ours can be done
_LATE = "trade_onboarding.activity_late"  # for whoever looks after those who are late
_CHUNK = 200
_OURS = ("us", "failed")


class TradeOnboarding(models.Model):
    """Who is told what: the invitation, reminders to the partner, activities for us, escalation."""

    _inherit = "trade.onboarding"

    invited_at = fields.Datetime("Invitation sent", readonly=True, copy=False)
    reminded_at = fields.Datetime("Last reminder", readonly=True, copy=False)
    reminder_count = fields.Integer("Reminders", readonly=True, copy=False)
    escalated_at = fields.Datetime(readonly=True, copy=False)

    # -- the partner ---------------------------------------------------------------------------

    def _partner_url(self):
        """Where the partner does its part; empty when there are no pages for partners."""
        return ""

    def _partner_steps(self):
        """What the partner can do now."""
        return self.step_ids.filtered(lambda step: step._partner_may())

    def action_invite(self):
        """Send the invitation, or send it again."""
        self.check_access("write")
        without = self.filtered(lambda case: not case.email)
        if without:
            raise UserError(
                self.env._("Enter the e-mail address of %s first.", ", ".join(without.mapped("name")))
            )
        self._mail("trade_onboarding.mail_template_invitation")
        self.sudo().write({"invited_at": fields.Datetime.now(), "reminded_at": False, "reminder_count": 0})

    def _mail(self, template):
        for case in self.sudo():
            case.env.ref(template).send_mail(case.id, email_layout_xmlid="mail.mail_notification_light")

    def _remind(self, now):
        """Remind the partners of these cases, as often as the template says; then tell the owner."""
        for case in self:
            if case.reminder_count < case.template_id.max_reminders:
                case._mail("trade_onboarding.mail_template_reminder")
            elif case.reminder_count == case.template_id.max_reminders and case.user_id:
                words = self.env._(
                    "%(name)s was reminded %(count)s times and does not react. Call them.",
                    name=case.name,
                    count=case.reminder_count,
                )
                case.activity_schedule(_LATE, summary=words, user_id=case.user_id.id)
            case.write({"reminded_at": now, "reminder_count": case.reminder_count + 1})

    def _due_for_reminder(self, now):
        """Cases among these whose partner has been silent for the days of the template."""
        due = self.browse()
        for case in self:
            days = case.template_id.remind_days
            last = max(
                filter(None, (case.invited_at, case.reminded_at, *case._partner_steps().mapped("ready_at")))
            )
            hours = days * case._calendar().hours_per_day
            if days and case._in_working_hours(hours, last) <= now:
                due += case
        return due

    # -- us ------------------------------------------------------------------------------------

    def _keep_board(self):
        result = super()._keep_board()
        self._hand_over()
        return result

    def _hand_over(self):
        """One activity for each step of ours that can be done, with whoever does it and in their language,
        whoever looks on; none for the others. A handful of queries, however many cases."""
        steps = self.filtered(lambda case: case.state in onboarding.ROAD).step_ids.filtered(
            lambda step: step.ready_at and step.state not in onboarding.SETTLED and step._waits_for() in _OURS
        )
        wanted = {
            (step.onboarding_id.id, step.with_context(lang=user.lang).name, user.id): step
            for step in steps
            if (user := step.user_id or step.onboarding_id.user_id)
        }
        cases = self.sudo().with_context(mail_activity_quick_update=True)
        there = {
            (activity.res_id, activity.summary, activity.user_id.id): activity.id
            for activity in cases.activity_search([_STEP])
        }
        cases.env["mail.activity"].browse([there[key] for key in there.keys() - wanted.keys()]).unlink()
        today = fields.Date.context_today(self)
        kind = {
            "activity_type_id": self.env.ref(_STEP).id,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "automated": True,
        }
        cases.env["mail.activity"].create(
            [
                {
                    **kind,
                    "res_id": case_id,
                    "summary": name,
                    "user_id": user_id,
                    "date_deadline": fields.Date.to_date(step.due_at) or today,
                }
                for (case_id, name, user_id), step in wanted.items()
                if (case_id, name, user_id) not in there
            ]
        )

    # -- the clock has run out -----------------------------------------------------------------

    def _escalate(self, now, steps):
        """The leader of the team is told, once for each time the case is late."""
        for case in self:
            late = steps.filtered(lambda step, case=case: step.onboarding_id == case)
            leader = case.template_id.team_id.leader_id
            what = ", ".join(late.mapped("name")) or self.env._("the case")
            if leader:
                case.activity_schedule(_LATE, summary=self.env._("Late: %s", what)[:200], user_id=leader.id)
            case.message_post(
                body=self.env._(
                    "Late: %(what)s. It is with %(owner)s; %(leader)s was told.",
                    what=what,
                    owner=case.user_id.name or self.env._("nobody"),
                    leader=leader.name or self.env._("the template has no team leader, so nobody"),
                )
            )
            case.escalated_at = now

    @api.model
    def _cron_remind(self):
        """Remind partners that are silent and escalate what is late (cron, every hour)."""
        now = fields.Datetime.now()
        cases = self.sudo().search(
            [
                ("state", "in", onboarding.ROAD),
                ("invited_at", "!=", False),
                ("email", "!=", False),
                ("step_ids", "any", [("actor", "=", "partner"), ("state", "=", "waiting")]),
                "|",
                ("reminded_at", "=", False),
                ("reminded_at", "<=", now - timedelta(days=1)),
            ]
        )
        late = self.sudo().search([("overdue", "=", True), ("escalated_at", "=", False)])
        late_steps = (
            self.env["trade.onboarding.step"]
            .sudo()
            .search(
                [
                    ("overdue", "=", True),
                    ("actor", "!=", "partner"),
                    ("escalated_at", "=", False),
                    ("onboarding_id.state", "in", onboarding.ROAD),
                ]
            )
        )
        late |= late_steps.onboarding_id
        self.env["ir.cron"]._commit_progress(remaining=len(cases) + len(late))
        for start in range(0, len(cases), _CHUNK):
            chunk = cases[start : start + _CHUNK]
            chunk._due_for_reminder(now)._remind(now)
            if not self.env["ir.cron"]._commit_progress(len(chunk)):
                return
        late._escalate(now, late_steps)
        late_steps.escalated_at = now
        self.env["ir.cron"]._commit_progress(len(late))


class TradeOnboardingStep(models.Model):
    _inherit = "trade.onboarding.step"

    escalated_at = fields.Datetime(readonly=True)

    def write(self, vals):
        """A new day to be done by can be missed anew."""
        return super().write({"escalated_at": False, **vals} if vals.get("due_at") else vals)


class TradeOnboardingTemplate(models.Model):
    _inherit = "trade.onboarding.template"

    remind_days = fields.Integer(
        "Remind the partner every (working days)", default=3, help="0: nobody is reminded."
    )
    max_reminders = fields.Integer("At most", default=4, help="Then the owner is asked to call them.")
