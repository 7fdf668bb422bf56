from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.trade_core.tools import sentences, take_turns
from odoo.addons.trade_kernel import onboarding
from odoo.addons.trade_kernel.errors import BusinessRefused, TradeError

from ..rights import check_right
from .trade_onboarding_template_step import ACTORS, GATES


class TradeOnboardingStep(models.Model):
    """One thing to do in a case: by us, by the partner, or by itself.

    Its state is written by :meth:`_set_state` alone. What it asks for, checks and puts into Odoo is the
    business of its kind (:mod:`..kinds.trade_onboarding_kind`).
    """

    _name = "trade.onboarding.step"
    _description = "Step of an Onboarding Case"
    _order = "onboarding_id, sequence, id"

    onboarding_id = fields.Many2one(
        "trade.onboarding", "Case", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="onboarding_id.company_id", store=True, index=True)
    template_step_id = fields.Many2one(
        "trade.onboarding.template.step", readonly=True, ondelete="set null", index=True
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(required=True, readonly=True, translate=True)
    description = fields.Text(readonly=True, translate=True)
    kind = fields.Selection("_selection_kind", required=True, readonly=True)
    actor = fields.Selection(ACTORS, "Done by", required=True, readonly=True)
    gate = fields.Selection(GATES, "Needed to become", required=True, readonly=True)
    blocking = fields.Boolean(readonly=True)
    depends_ids = fields.Many2many(
        "trade.onboarding.step",
        "trade_onboarding_step_rel",
        "step_id",
        "depends_id",
        "Waits for",
        readonly=True,
    )
    group_id = fields.Many2one("res.groups", "Done and waived by", readonly=True)
    state = fields.Selection(
        [
            ("todo", "To do"),
            ("waiting", "Waiting"),
            ("doing", "In work"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("waived", "Waived"),
        ],
        "Status",
        required=True,
        readonly=True,
        default="todo",
    )
    user_id = fields.Many2one(
        "res.users", "Who does it", domain="[('share', '=', False)]", help="Empty: the owner of the case."
    )
    data = fields.Json("Entered", readonly=True)
    findings = fields.Json("What the checks found", readonly=True)
    file_ids = fields.Many2many("ir.attachment", string="Files", readonly=True)
    reason = fields.Text("Note", readonly=True, help="Why it failed, was sent back or waived.")
    ready_at = fields.Datetime("Can be done since", readonly=True)
    due_at = fields.Datetime("Due", readonly=True)
    applied_at = fields.Datetime("In Odoo since", readonly=True)
    entered_by_id = fields.Many2one("res.users", "Entered by", readonly=True)
    settled_at = fields.Datetime("Done at", readonly=True)
    settled_by_id = fields.Many2one("res.users", "Settled by", readonly=True)
    settled_who = fields.Char("Done through", readonly=True)
    move_ids = fields.One2many("trade.onboarding.move", "step_id", "What happened", readonly=True)
    waits_for_text = fields.Char("Waits for steps", compute="_compute_waits_for_text")

    _due_idx = models.Index("(due_at) WHERE state IN ('todo', 'waiting', 'doing', 'failed')")

    def write(self, vals):
        """People enter what the form asks for and say who does it; all else follows from that."""
        if not self.env.su and not vals.keys() <= {"entered", "user_id"}:
            raise AccessError(self.env._("A step is changed by its buttons only."))
        return super().write(vals)

    @api.model
    def _selection_kind(self):
        return self.env["trade.onboarding.kind"]._selection()

    @api.depends("depends_ids.state")
    def _compute_waits_for_text(self):
        for step in self:
            open_ = step.depends_ids.filtered(lambda other: other.state not in onboarding.SETTLED)
            step.waits_for_text = ", ".join(open_.mapped("name"))

    def _copy_texts(self):
        """Name and description of the template's step, in all languages at once."""
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE trade_onboarding_step AS step SET name = kept.name, description = kept.description"
                " FROM trade_onboarding_template_step AS kept"
                " WHERE kept.id = step.template_step_id AND step.id = ANY(%s) RETURNING step.id",
                self.ids,
            )
        )
        self.invalidate_recordset(["name", "description"])

    def _copy_depends(self):
        """What each waits for, as the steps of the template do: for all cases at once."""
        self.env.execute_query(
            SQL(
                """
                INSERT INTO trade_onboarding_step_rel (step_id, depends_id)
                SELECT step.id, other.id
                  FROM trade_onboarding_step step
                  JOIN trade_onboarding_template_step_rel kept ON kept.step_id = step.template_step_id
                  JOIN trade_onboarding_step other
                    ON other.onboarding_id = step.onboarding_id AND other.template_step_id = kept.depends_id
                 WHERE step.id = ANY(%s)
             RETURNING step_id""",
                self.ids,
            )
        )
        self.invalidate_recordset(["depends_ids", "waits_for_text"])

    def _kind(self):
        self.ensure_one()
        return self.env["trade.onboarding.kind"]._of(self.kind)

    def _values(self):
        """What was entered so far: ``{name of the field of the form: value}``."""
        self.ensure_one()
        return dict(self.data or {})

    def _waits_for(self):
        if self.state == "failed":
            return "failed"
        if self.state == "waiting":
            return "partner"
        return "automatic" if self.actor == "automatic" else "us"

    # -- state ---------------------------------------------------------------------------------

    def _set_state(self, new, reason=None, who=None, **vals):
        """The one writer of a step's state.

        :param str who: the partner's person, when it was theirs
        """
        take_turns(self.onboarding_id)
        moves = []
        for step in self.sudo():
            old = step.state
            onboarding.check_step(old, new)
            step.write({"state": new, "reason": reason or False, **step._clock(old, new), **vals})
            moves.append(step.onboarding_id._prepare_move(old, new, reason, who, step))
        self.env["trade.onboarding.move"].sudo().create(moves)

    def _clock(self, old, new):
        """What the change of state means for the times of a step."""
        now = fields.Datetime.now()
        if new in onboarding.SETTLED:
            return {"settled_at": now, "settled_by_id": self.env.uid}
        if old in onboarding.SETTLED:
            return {"settled_at": False, "settled_by_id": False, "settled_who": False}
        return {}

    def _begin(self):
        """What can be done from now on: say what we know by now, ask the partner, run checks, start the
        clocks."""
        now = fields.Datetime.now()
        for step in self:
            known = {**step._kind()._prefill(step), **step._values()}  # what was entered stays
            step.write({"ready_at": now, "due_at": step._due(now), "data": known})
        asked = self.filtered(lambda step: step.actor == "partner" and step.state == "todo")
        for reason, steps in asked.grouped("reason").items():
            steps._set_state("waiting", reason)  # why it is to be done again
        self.filtered(lambda step: step.actor == "automatic")._run()

    def _due(self, now):
        hours = self.template_step_id.due_hours
        return self.onboarding_id._in_working_hours(hours, now) if hours else False

    def _run(self):
        """Let automatic steps do their work; one that cannot fails with its reason and stops nobody."""
        for step in self:
            step._set_state("doing")
            try:
                with self.env.cr.savepoint():
                    step._kind()._run(step)
            except TradeError as error:
                step._fail(sentences(error))

    def _fail(self, words, who=None):
        self._set_state("failed", words, who)

    def _settle(self, findings=(), who=None, **vals):
        self._set_state(
            "done",
            None,
            who,
            findings=[finding.as_dict() for finding in findings],
            settled_who=who or False,
            **vals,
        )

    # -- what people do ------------------------------------------------------------------------

    def _check_ready(self):
        if not self.ready_at or self.waits_for_text:
            raise BusinessRefused(
                "onboarding.not_ready", step=self.name, steps=self.waits_for_text or self.onboarding_id.state
            )

    def _check_right(self):
        check_right(self.env, self.group_id or self.env.ref("trade_core.group_trade_manager"))

    def _submit(self, values=None, who=None):
        """Whoever does the step says that it is complete.

        :param dict values: what was entered last; it is kept also when it is not complete
        :param str who: the partner's person, when it was theirs
        :return: list of :class:`~..forms.Finding`; the step is done, or in work to be confirmed by us,
            when there is no error among them
        :raise BusinessRefused: it is not its turn
        """
        self.ensure_one()
        take_turns(self.onboarding_id)
        self._check_ready()
        findings = self._save(values or {}, for_partner=bool(who))
        kind = self._kind()
        findings = findings or [*kind._complete(self), *kind._check(self)]
        step = self.sudo()
        if any(finding.level == "error" for finding in findings):
            step.findings = [finding.as_dict() for finding in findings]
            return findings
        if who and kind._needs_review(self):
            step._set_state("doing", None, who, findings=[finding.as_dict() for finding in findings])
        else:
            if not who:
                kind._check_confirm(self)
            step._settle(findings, who)
        step.onboarding_id._refresh()
        return findings

    def _waive(self, reason):
        """Do without the step. Who may is said by the step; why is kept."""
        self._check_right()
        if not (reason or "").strip():
            raise BusinessRefused("onboarding.no_reason", new="waived")
        self._kind()._check_waive(self)
        self._set_state("waived", reason)
        self.sudo().onboarding_id._refresh()

    def _send_back(self, reason):
        """What was entered is not accepted: whoever entered it corrects it."""
        self._set_state("waiting" if self.actor == "partner" else "todo", reason)
        self.sudo().onboarding_id._refresh()

    def _again(self):
        """Try a failed step again."""
        for step in self.sudo():
            if step.actor == "automatic":
                step._run()
            else:
                step._set_state("waiting" if step.actor == "partner" else "todo")
            step.onboarding_id._refresh()

    def _reopen(self, reason, for_this=True, onward=True):
        """A step that was settled is to be done again, and so are those that wait for it.

        :param bool for_this: the reason is about these very steps, so that the partner may read it; with
            steps that are only done again because of others it reads no more than that
        :param onward: off: those that wait for it stay as they are
        """
        for step in self.sudo():
            if step.state in onboarding.SETTLED or step.ready_at:
                if step.state != "todo":
                    step._set_state("todo", reason if for_this else step._reason_after(reason))
                step.write(
                    {
                        "ready_at": False,
                        "due_at": False,
                        "turn_since": False,
                        "applied_at": False,
                        "actor": step.template_step_id.actor or step.actor,
                    }
                )
            if not onward:
                continue
            after = step.onboarding_id.step_ids.filtered(lambda other, step=step: step in other.depends_ids)
            after = after.filtered(lambda other: other.state in onboarding.SETTLED or other.ready_at)
            after._reopen(reason, for_this=False)

    def _reason_after(self, reason):
        if (self.template_step_id.actor or self.actor) != "partner":
            return reason
        case = self.onboarding_id
        return case.with_context(lang=case.lang).env._(
            "Something before this step has changed. Please look at it once more."
        )

    def _tell_partner(self):
        """The partner hears at once that there is something to do, and why."""
        for case in self.filtered(
            lambda step: step._partner_may() and step.onboarding_id.email
        ).onboarding_id:
            case._mail("trade_onboarding.mail_template_reminder")
            case.sudo().reminded_at = fields.Datetime.now()

    def _ask_us(self, findings):
        """An automatic step found something that a person has to decide: it is ours now."""
        self._set_state("todo", None, actor="us", findings=[finding.as_dict() for finding in findings])

    def _partner_may(self):
        """Whether the partner may fill the step now."""
        return self.actor == "partner" and self.ready_at and self.state in ("waiting", "todo")
