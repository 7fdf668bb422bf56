from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

_SNOOZES = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


class TradeExceptionBulk(models.TransientModel):
    """One operation on several problems, which says what it touches before it runs."""

    _name = "trade.exception.bulk"
    _description = "Work on Problems"

    operation = fields.Selection(
        [("assign", "Assign"), ("snooze", "Snooze"), ("replay", "Replay"), ("ignore", "Ignore")],
        required=True,
        readonly=True,
    )
    exception_ids = fields.Many2many("trade.exception", string="Problems", readonly=True)
    summary = fields.Char(compute="_compute_summary")
    consequence = fields.Char(compute="_compute_summary")
    user_id = fields.Many2one(
        "res.users", "Owner", domain="[('share', '=', False)]", default=lambda self: self.env.user
    )
    snooze = fields.Selection(
        [("hour", "One hour"), ("day", "Until tomorrow"), ("week", "One week"), ("date", "Until …")],
        "For",
        default="day",
    )
    snoozed_until = fields.Datetime("Until")
    reason = fields.Char(help="Kept with every document and in the problem's history.")

    @api.depends("operation", "exception_ids")
    def _compute_summary(self):
        for wizard in self:
            problems = wizard.exception_ids
            messages = wizard._touched()
            value = sum(
                problem.currency_id._convert(
                    problem.value_at_stake,
                    self.env.company.currency_id,
                    problem.company_id,
                    fields.Date.context_today(self),
                )
                for problem in problems
            )
            wizard.summary = self.env._(
                "%(problems)s, %(documents)s, %(value)s at stake.",
                problems=self.env._("1 problem")
                if len(problems) == 1
                else self.env._("%s problems", len(problems)),
                documents=problems._documents(len(messages)),
                value=formatLang(self.env, value, currency_obj=self.env.company.currency_id),
            )
            wizard.consequence = wizard._consequence(messages)

    def _touched(self):
        waiting = self.exception_ids._waiting()
        if self.operation == "replay":
            return waiting.filtered(lambda message: message.state == "held")
        if self.operation == "ignore":
            return self.exception_ids.filtered("is_open")._ignorable()
        return waiting

    def _consequence(self, messages):
        """What happens to the documents, in one sentence."""
        if self.operation == "assign":
            return self.env._("Documents are not touched. The owner gets an activity for every problem.")
        if self.operation == "snooze":
            return self.env._("Documents go on waiting. Nobody is reminded until the time has come.")
        documents = self.exception_ids._documents
        if self.operation == "replay":
            return self.env._(
                "%s run again, before other work. What fails again comes back here.", documents(len(messages))
            )
        kinds = Counter(
            "unanswered" if message.state == "sent" else message.direction for message in messages
        )
        words = {
            "in": self.env._("%s from partners will never be applied.", documents(kinds["in"])),
            "out": self.env._("%s to partners will never be sent.", documents(kinds["out"])),
            "unanswered": self.env._("Answers no longer waited for: %s.", kinds["unanswered"]),
        }
        ends = [sentence for kind, sentence in words.items() if kinds[kind]]
        return " ".join([*ends, self.env._("This cannot be undone.")])

    def _show(self):
        self.ensure_one()
        titles = {
            "assign": self.env._("Assign problems"),
            "snooze": self.env._("Snooze problems"),
            "replay": self.env._("Replay problems"),
            "ignore": self.env._("Ignore problems"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[self.operation],
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_run(self):
        """Do what the dialog announced."""
        self.ensure_one()
        problems = self.exception_ids.filtered("is_open")
        if not problems:
            raise UserError(self.env._("These problems are closed already."))
        problems._check_operator()
        getattr(self, f"_run_{self.operation}")(problems)
        return {"type": "ir.actions.act_window_close"}

    def _run_assign(self, problems):
        problems.write({"user_id": self.user_id.id})

    def _run_snooze(self, problems):
        if self.snooze == "date":
            if not self.snoozed_until:
                raise UserError(self.env._("Say until when."))
            problems._snooze(self.snoozed_until)
        else:
            problems._snooze(fields.Datetime.now() + _SNOOZES[self.snooze])

    def _run_replay(self, problems):
        problems._replay_waiting()

    def _run_ignore(self, problems):
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why. The reason is kept with every document."))
        problems._ignore(self.reason.strip())
