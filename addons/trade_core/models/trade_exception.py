from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_EDITABLE = {
    "user_id",
    "team_id",
    "severity",
    "fix_product_id",
    "fix_uom_id",
    "fix_factor",
    "fix_for_product",
    "fix_ref",
    "fix_value",
    "fix_shared",
}
_RUNNING = ("received", "decoded", "queued")
DOCUMENTS_SHOWN = 80


class TradeException(models.Model):
    """One *problem*, not one failure: documents that wait for the same thing share it.

    What opens, counts and closes problems is in ``trade_exception_desk.py``; what a person is offered to
    solve one is in ``trade_exception_remedy.py``.
    """

    _name = "trade.exception"
    _description = "Problem"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "value_at_stake desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    class_id = fields.Many2one(
        "trade.exception.class", required=True, readonly=True, index=True, ondelete="restrict"
    )
    exception_class = fields.Char(related="class_id.code", store=True, string="Class code")
    code = fields.Char("Error code", required=True, readonly=True)
    fingerprint = fields.Char(required=True, readonly=True)
    subject = fields.Char("About", readonly=True, help="The thing whose fix heals the problem.")
    params = fields.Json(readonly=True)
    errors = fields.Json("All errors", readonly=True, help="Of the document that was seen last.")
    pointer = fields.Char("Place", readonly=True)
    remedy = fields.Text("What to do", readonly=True)

    trade_partner_id = fields.Many2one(
        "trade.partner", "Partner", readonly=True, index=True, ondelete="cascade"
    )
    route_id = fields.Many2one("trade.route", readonly=True, index="btree_not_null", ondelete="cascade")
    connector_id = fields.Many2one(
        "trade.connector", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", "Our company", required=True, readonly=True, index=True)

    state = fields.Selection(
        [
            ("open", "Open"),
            ("snoozed", "Snoozed"),
            ("replaying", "Being replayed"),
            ("resolved", "Solved"),
            ("ignored", "Ignored"),
        ],
        "Status",
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    is_open = fields.Boolean(compute="_compute_is_open", store=True, precompute=True)
    pinned = fields.Boolean(
        readonly=True, help="Ends with its cause (a circuit that closes), not with its last document."
    )
    severity = fields.Selection(
        [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")],
        required=True,
        default="1",
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    team_id = fields.Many2one("trade.team", index=True, tracking=True, check_company=True)
    deadline = fields.Datetime("Due", readonly=True, index=True)
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")
    snoozed_until = fields.Datetime(readonly=True)
    escalated_at = fields.Datetime("Escalated", readonly=True)

    document_ids = fields.One2many("trade.message", "exception_id", "Documents", readonly=True)
    also_ids = fields.Many2many(
        "trade.message",
        "trade_exception_also_rel",
        "exception_id",
        "message_id",
        "Documents with this problem among others",
        readonly=True,
    )
    waiting_ids = fields.Many2many(
        "trade.message", string="Documents waiting", compute="_compute_waiting_ids"
    )
    can_replay = fields.Boolean(
        compute="_compute_can_replay", help="A document is held and can be run again."
    )
    waiting_count = fields.Integer("Documents waiting (number)", readonly=True)
    waiting_types = fields.Json(readonly=True, help="Document type → how many wait.")
    waiting_text = fields.Char("Waiting", compute="_compute_waiting_text")
    value_at_stake = fields.Monetary(
        "At stake", readonly=True, currency_field="currency_id", aggregator="sum"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    first_seen = fields.Datetime(required=True, readonly=True)
    last_seen = fields.Datetime(required=True, readonly=True, index=True)
    seen_count = fields.Integer("Times seen", readonly=True)
    reopened_count = fields.Integer("Times reopened", readonly=True)
    resolved_at = fields.Datetime("Closed", readonly=True)
    resolved_by = fields.Many2one("res.users", "Closed by", readonly=True, help="Empty: it ended by itself.")
    resolution = fields.Char(readonly=True)
    replay = fields.Json(readonly=True, help="The documents of the last replay: {ids, by (user id)}.")
    progress = fields.Json(compute="_compute_progress")

    # Two lanes that meet the same problem at the same instant make one record, whatever the code does.
    _unique_open = models.UniqueIndex("(fingerprint) WHERE is_open")
    _fingerprint_idx = models.Index("(fingerprint, resolved_at DESC)")
    _subject_idx = models.Index("(trade_partner_id, subject) WHERE is_open")
    _desk_idx = models.Index("(company_id, value_at_stake DESC, id DESC) WHERE is_open")

    # -- computed ------------------------------------------------------------------------------

    @api.depends("state")
    def _compute_is_open(self):
        for problem in self:
            problem.is_open = problem.state in ("open", "snoozed", "replaying")

    @api.depends("deadline", "is_open")
    def _compute_overdue(self):
        now = fields.Datetime.now()
        for problem in self:
            problem.overdue = bool(problem.is_open and problem.deadline and problem.deadline <= now)

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = fields.Domain("is_open", "=", True) & fields.Domain("deadline", "<=", fields.Datetime.now())
        return fields.Domain.OR(overdue if wanted else ~overdue for wanted in value)

    @api.depends("waiting_count", "waiting_types")
    def _compute_waiting_text(self):
        labels = dict(self.env["trade.route"]._selection_document_type())
        for problem in self:
            problem.waiting_text = ", ".join(
                f"{count} × {labels.get(kind) or self.env._('unread document')}"
                for kind, count in sorted((problem.waiting_types or {}).items())
            )

    @api.depends("waiting_count", "document_ids.state")
    def _compute_waiting_ids(self):
        for problem in self:
            problem.waiting_ids = self.env["trade.message"].search(
                [("id", "in", problem._waiting_message_ids())],
                order="amount_total desc, id",
                limit=DOCUMENTS_SHOWN,
            )

    @api.depends("waiting_count", "document_ids.state")
    def _compute_can_replay(self):
        for problem in self:
            held = [("id", "in", problem._waiting_message_ids()), ("state", "=", "held")]
            problem.can_replay = bool(self.env["trade.message"].search_count(held, limit=1))

    @api.depends("replay", "state", "document_ids.state")
    def _compute_progress(self):
        """Of the documents replayed last: ``{total, done, running, held}``; ``False`` before one."""
        for problem in self:
            problem.progress = problem._replay_outcome() or False

    def _replay_outcome(self):
        ids = (self.replay or {}).get("ids")
        if not ids:
            return {}
        states = dict(
            self.env["trade.message"].sudo()._read_group([("id", "in", ids)], ["state"], ["__count"])
        )
        running = sum(states.get(state, 0) for state in _RUNNING)
        held = states.get("held", 0)
        done = sum(states.get(state, 0) for state in ("applied", "sent", "acknowledged"))
        return {"total": len(ids), "done": done, "running": running, "held": held}

    # -- CRUD ----------------------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su:
            allowed = (
                _EDITABLE
                | self.env["mail.thread"]._fields.keys()
                | self.env["mail.activity.mixin"]._fields.keys()
            )
            if refused := vals.keys() - allowed:
                raise AccessError(
                    self.env._(
                        "%s follows from what happened and cannot be set by hand. Use the buttons above.",
                        ", ".join(self._fields[name].string for name in sorted(refused)),
                    )
                )
        result = super().write(vals)
        if "user_id" in vals:
            self._hand_over()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Problems are kept as a record. Solve it, or ignore it with the reason."))

    # -- what people press ---------------------------------------------------------------------

    def _check_operator(self):
        """People of the trading desk who may see these problems; everything they press goes through here."""
        self.env["trade.message"]._check_operator()
        self.check_access("write")

    def action_fix(self):
        """Solve it: for each class its own way; shows what will happen before anything does."""
        self.ensure_one()
        self._check_operator()
        if not self.is_open:
            raise UserError(self.env._("This problem is closed already: %s", self.resolution or ""))
        return self._fix_action()

    def action_assign_to_me(self):
        self._check_operator()
        self.user_id = self.env.user

    def action_assign(self):
        return self._bulk("assign")

    def action_snooze(self):
        return self._bulk("snooze")

    def action_replay(self):
        return self._bulk("replay")

    def action_ignore(self):
        return self._bulk("ignore")

    def _bulk(self, operation):
        """The dialog that says how many documents an operation touches, before it runs."""
        self._check_operator()
        wizard = self.env["trade.exception.bulk"].create(
            {"operation": operation, "exception_ids": [fields.Command.set(self.ids)]}
        )
        return wizard._show()

    def action_wake(self):
        """End a snooze."""
        self._check_operator()
        self.sudo()._wake(self.env._("Woken by %s.", self.env.user.name))

    def action_probe(self):
        """Try the partner's system now instead of waiting for the next probe."""
        self.ensure_one()
        self._check_operator()
        return self.connector_id.sudo().action_probe()

    def action_send_again(self):
        """Send what was not answered once more, under the same keys: the partner can tell it is the same."""
        self.ensure_one()
        self._check_operator()
        sent = self._waiting().filtered(lambda message: message.state == "sent")
        if not sent:
            raise UserError(self.env._("No document waits for an answer any more."))
        sent.action_send_again()
        self.message_post(body=self.env._("Sent again: %s.", self._documents(len(sent))))

    def action_open_connector(self):
        self.ensure_one()
        return self.connector_id._get_records_action()

    def action_open_documents(self):
        """All documents that had this problem, the waiting ones first."""
        self.ensure_one()
        ids = list({*self._waiting_message_ids(), *self.document_ids.ids})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents"),
            "res_model": "trade.message",
            "view_mode": "list,form",
            "domain": [("id", "in", ids)],
        }

    # -- steps of the buttons above, as superuser ----------------------------------------------

    @api.model
    def _documents(self, count):
        return self.env._("1 document") if count == 1 else self.env._("%s documents", count)

    def _waiting(self):
        return self.env["trade.message"].browse(self._waiting_message_ids())

    def _replay_waiting(self, note=None):
        """Run all held documents of these problems again, before bulk work.

        :param str note: why, for the chatter
        :return: the messages
        :raise UserError: nothing of them is held
        """
        self._check_operator()
        held = self._waiting().filtered(lambda message: message.state == "held")
        if not held:
            raise UserError(
                self.env._("No document is held here. Those that wait for the partner go by themselves.")
            )
        held.sudo()._replay()
        for problem in self.sudo():
            ids = [message_id for message_id in problem._waiting_message_ids() if message_id in held._ids]
            if ids:
                problem.write(
                    {"state": "replaying", "snoozed_until": False, "replay": {"ids": ids, "by": self.env.uid}}
                )
                body = self.env._("Run again: %s.", self._documents(len(ids)))
                problem.message_post(body=f"{body} {note}" if note else body)
        return held

    def _snooze(self, until):
        """Put aside until an instant (naive UTC); documents go on waiting, nobody is reminded.

        :raise UserError: the instant has passed
        """
        self._check_operator()
        if until <= fields.Datetime.now():
            raise UserError(self.env._("Choose a time in the future."))
        problems = self.sudo()
        problems.write({"state": "snoozed", "snoozed_until": until})
        problems._drop_activity()
        for problem in problems:
            problem.message_post(
                body=self.env._("Snoozed until %s (UTC).", fields.Datetime.to_string(until)[:16])
            )

    def _ignore(self, reason):
        """Close problems without solving them: what waits inbound becomes ignored, what waits to leave is
        cancelled, answers that are due are no longer waited for. What is being sent just now goes on.

        :param str reason: kept on every document and on the problem
        """
        self._check_operator()
        if not self.env.user.has_group("trade_core.group_trade_manager"):
            raise AccessError(
                self.env._("Only trading managers may ignore problems. Ask one, or assign it to one.")
            )
        note = self.env._("Ignored by %(user)s: %(reason)s", user=self.env.user.name, reason=reason)
        problems = self.sudo()
        touched = problems._ignorable()
        others = touched.exception_id | problems._neighbours()
        for state, messages in touched.grouped(
            lambda message: _ENDING[message.direction, message.state == "sent"]
        ).items():
            if state:
                messages._set_state(state, note)
            else:
                messages.write({"ack_deadline": False})
            messages._log(state or "no longer waited for", note=note)
        problems._close("ignored", note, self.env.user)
        (others | problems)._refresh()

    def _ignorable(self):
        """The waiting documents that ignoring would end: all but those being sent just now."""
        return self._waiting().filtered(lambda message: not message.claimed_at)

    @api.model
    def _in_hours(self, hours, calendar=None, start=None):
        """The instant ``hours`` from ``start`` (now): in working hours, else around the clock."""
        start = start or fields.Datetime.now()
        if calendar:
            planned = calendar.plan_hours(hours, start, compute_leaves=True)
            if planned:
                return planned.replace(microsecond=0)
        return start + timedelta(hours=hours)


# How a document ends when its problem is ignored, by direction and whether it only waits for an answer.
_ENDING = {("in", False): "ignored", ("out", False): "cancelled", ("out", True): None}
