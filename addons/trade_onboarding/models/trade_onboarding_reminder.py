import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from psycopg2 import OperationalError

from odoo.addons.trade_kernel import onboarding

_STEP = "trade_onboarding.activity_step"  # something of ours can be done
_LATE = "trade_onboarding.activity_late"  # for whoever looks after those who are late
_CHUNK = 200
_OURS = ("us", "failed")
_PARTNER_MAY = fields.Domain(
    [("actor", "=", "partner"), ("ready_at", "!=", False), ("state", "in", ("waiting", "todo"))]
)
_logger = logging.getLogger(__name__)


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
        """Mail to the partners of these cases, each in its language; all at once.

        :param str template: XML id of a ``mail.template``
        """
        cases = self.sudo()
        cases.env.ref(template).send_mail_batch(cases.ids, email_layout_xmlid="mail.mail_notification_light")

    def _remind(self, now):
        """Remind the partners of these cases, as often as the template says; then tell the owner."""
        again = self.filtered(lambda case: case.reminder_count < case.template_id.max_reminders)
        again._mail("trade_onboarding.mail_template_reminder")
        self._plan_activities(
            _LATE,
            [(case, case.user_id, case._words_silent(), None) for case in self - again if case.user_id],
        )
        for count, cases in self.grouped("reminder_count").items():
            cases.write({"reminded_at": now, "reminder_count": count + 1})

    def _words_silent(self):
        return self.env._(
            "%(name)s was reminded %(count)s times and does not react. Call them.",
            name=self.name,
            count=self.reminder_count,
        )

    @api.model
    def _silent(self, now):
        """Cases whose partner has something to do and has been silent for the working days of the template.
        A query for each template, however many cases."""
        waiting = fields.Domain("state", "in", onboarding.ROAD) & fields.Domain(
            [
                ("invited_at", "!=", False),
                ("email", "!=", False),
                ("template_id.remind_days", ">", 0),
                ("step_ids", "any", [("actor", "=", "partner"), ("state", "=", "waiting")]),
            ]
        )
        found = self.browse()
        for template, company in self._read_group(waiting, ["template_id", "company_id"]):
            since = template._working_days_before(now, template.remind_days, company)
            found += self.search(
                waiting
                & fields.Domain(
                    [
                        ("template_id", "=", template.id),
                        ("company_id", "=", company.id),
                        ("reminder_count", "<=", template.max_reminders),  # then it is with the owner
                        ("invited_at", "<=", since),
                    ]
                )
                & (
                    fields.Domain("reminded_at", "=", False)
                    | fields.Domain("reminded_at", "<=", min(since, now - timedelta(days=1)))
                )
                & ~fields.Domain("step_ids", "any", _PARTNER_MAY & fields.Domain("ready_at", ">", since))
            )
        return found

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
        cases._plan_activities(
            _STEP,
            [
                (step.onboarding_id, step.user_id or step.onboarding_id.user_id, key[1], step.due_at)
                for key, step in wanted.items()
                if key not in there
            ],
        )

    def _plan_activities(self, kind, wanted):
        """Activities about many cases at once.

        :param str kind: XML id of their type
        :param wanted: ``[(case, user, summary, due at)]``; naive UTC, none: today
        """
        today = fields.Date.context_today(self)
        common = {
            "activity_type_id": self.env.ref(kind).id,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "automated": True,
        }
        self.env["mail.activity"].sudo().create(
            [
                {
                    **common,
                    "res_id": case.id,
                    "user_id": user.id,
                    "summary": summary,
                    "date_deadline": fields.Date.to_date(due_at) or today,
                }
                for case, user, summary, due_at in wanted
            ]
        )

    # -- the clock has run out -----------------------------------------------------------------

    def _escalate(self, now, steps):
        """The leader of the team is told, once for each time the case is late."""
        late, activities, bodies = steps.grouped("onboarding_id"), [], {}
        for case in self:
            leader = case.template_id.team_id.leader_id
            names = late[case].mapped("name") if case in late else [self.env._("the case")]
            what = ", ".join(names)
            if leader:
                words = self.env._("Late: %s", what)[:200]
                activities.append((case, leader, words, None))
            bodies[case.id] = self.env._(
                "Late: %(what)s. It is with %(owner)s; %(leader)s was told.",
                what=what,
                owner=case.user_id.name or self.env._("nobody"),
                leader=leader.name or self.env._("the template has no team leader, so nobody"),
            )
        self._plan_activities(_LATE, activities)
        self._message_log_batch(bodies=bodies)
        self.escalated_at = now
        steps.escalated_at = now

    @api.model
    def _cron_remind(self):
        """Remind partners that are silent and escalate what is late (cron, every hour)."""
        now = fields.Datetime.now()
        cases = self.sudo()._silent(now)
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
            chunk._each_for_itself(lambda some: some._remind(now))
            if not self.env["ir.cron"]._commit_progress(len(chunk)):
                return
        for start in range(0, len(late), _CHUNK):
            chunk = late[start : start + _CHUNK]
            steps = late_steps.filtered(lambda step, chunk=chunk: step.onboarding_id in chunk)
            chunk._escalate(now, steps)
            if not self.env["ir.cron"]._commit_progress(len(chunk)):
                return

    def _each_for_itself(self, work):
        """Do something for these cases at once; where that fails, one by one, so that a case nothing can be
        sent for holds up no other."""
        try:
            with self.env.cr.savepoint():
                work(self)
        except OperationalError:
            raise  # the cron tries again
        except Exception:
            if len(self) == 1:
                _logger.exception("nobody could be reminded in onboarding case %s", self.id)
                return
            for case in self:
                case._each_for_itself(work)


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
