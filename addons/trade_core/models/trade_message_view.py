import base64
import mimetypes
from datetime import UTC
from urllib.parse import quote

from odoo import api, fields, models

from odoo.addons.trade_kernel.redaction import redact_body

from .. import payload_text
from ..document_table import DocumentTable
from .trade_message import ANSWERS

_BYTES_SHOWN = 2_000_000
_BYTES_GIVEN = 50_000_000  # Odoo has a download in memory several times
_LINES_SHOWN = 2_000
_CHARACTERS_SHOWN = 1_000  # of one line


class TradeMessage(models.Model):
    """What people see of a message: who is needed, what comes next, its timeline and its readable forms.

    Nothing here is stored, and everything but ``attention`` is meant for one message on its form.
    """

    _inherit = "trade.message"

    # May carry credentials in its envelope (cXML does): people read and download the redacted form below.
    payload = fields.Binary(groups="base.group_system")

    # People search for a part of a number, among hundreds of thousands.
    document_number = fields.Char(index="trigram")
    thread = fields.Char(index="trigram")

    attention = fields.Selection(
        [
            ("person", "A person is needed"),
            ("waiting", "Waiting"),
            ("done", "Done"),
            ("nobody", "Nobody needed"),
        ],
        "Who is needed",
        compute="_compute_attention",
        search="_search_attention",
    )
    is_running = fields.Boolean(
        compute="_compute_timeline_view", help="Something happens to it within seconds."
    )
    timeline_view = fields.Json("Stages", compute="_compute_timeline_view")
    raw_view = fields.Json("Raw, laid out", compute="_compute_raw_view")
    raw_file = fields.Binary("Raw, secrets replaced", compute="_compute_raw_file", attachment=False)
    document_view = fields.Json("Document, laid out", compute="_compute_document_view")
    record_name = fields.Char(compute="_compute_record_name")
    record_kind = fields.Char(compute="_compute_record_name")
    counterpart_name = fields.Char("Asked or answered", compute="_compute_counterpart_name")
    problem_remedy = fields.Text(related="exception_id.remedy", string="What to do")
    problem_user_id = fields.Many2one(related="exception_id.user_id", string="Who has it")
    problem_deadline = fields.Datetime(related="exception_id.deadline", string="Due")
    problem_open = fields.Boolean(related="exception_id.is_open")

    _open_idx = models.Index(
        "(company_id, id DESC) WHERE state IN ('received', 'decoded', 'queued', 'sent', 'held', 'rejected')"
    )

    @api.model
    def _action_about(self, record):
        """The list of the messages about a record.

        :return: an action, whose ``domain`` may be widened
        """
        record.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Messages of %s", record.display_name),
            "res_model": "trade.message",
            "view_mode": "list,form",
            "domain": [("res_model", "=", record._name), ("res_id", "=", record.id)],
            "context": {"create": False},
        }

    # -- who is needed ---------------------------------------------------------------------------

    @api.depends("state", "ack_deadline", "exception_id.is_open")
    def _compute_attention(self):
        now = fields.Datetime.now()
        for message in self:
            overdue = message.state == "sent" and message.ack_deadline and message.ack_deadline < now
            refused = message.state == "rejected" and message.exception_id.is_open
            if message.state == "held" or overdue or refused:
                message.attention = "person"
            elif message.state in ("applied", "acknowledged"):
                message.attention = "done"
            elif message.state in ("ignored", "cancelled", "rejected"):
                message.attention = "nobody"
            else:
                message.attention = "waiting"

    def _search_attention(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        overdue = fields.Domain("state", "=", "sent") & fields.Domain("ack_deadline", "<", now)
        refused = fields.Domain("state", "=", "rejected") & fields.Domain("exception_id.is_open", "=", True)
        # The states first: they let PostgreSQL use the index of what is not done.
        person = fields.Domain("state", "in", ("held", "sent", "rejected")) & (
            fields.Domain("state", "=", "held") | overdue | refused
        )
        waiting = fields.Domain("state", "in", ("received", "decoded", "queued", "sent")) & ~overdue
        meaning = {
            "person": person,
            "waiting": waiting,
            "done": fields.Domain("state", "in", ("applied", "acknowledged")),
            "nobody": fields.Domain("state", "in", ("ignored", "cancelled", "rejected")) & ~refused,
        }
        return fields.Domain.OR(meaning[kind] for kind in value if kind in meaning)

    # -- the timeline ----------------------------------------------------------------------------

    @api.depends("timeline", "state", "not_before", "ack_deadline", "claimed_at", "exception_id.is_open")
    def _compute_timeline_view(self):
        """``{steps: [{stage, label, at, outcome, ms, note, times}], next: see _next_step, tries}``; failed
        steps that repeat are one step with ``times`` > 1, instants are ISO with offset."""
        labels, failed = self._stage_labels(), self._failed_labels()
        for message in self:
            steps = []
            for step in message.timeline or []:
                stage, words = step["stage"], labels if step["outcome"] == "ok" else failed
                label = words.get(stage) or labels.get(stage) or stage.replace("_", " ").capitalize()
                last = steps[-1] if steps else {}
                if last.get("stage") == stage and last["outcome"] == step["outcome"] != "ok":
                    last.update(step, label=label, times=last["times"] + 1)
                else:
                    steps.append({**step, "label": label, "times": 1})
            following = message._next_step()
            message.is_running = bool(following and following["soon"])
            message.timeline_view = {"steps": steps, "next": following, "tries": message.attempt_count}

    @api.model
    def _stage_labels(self):
        _ = self.env._
        return {
            "received": _("Received"),
            "verified": _("Verified"),
            "decoded": _("Read"),
            "mapped": _("Matched"),
            "applied": _("Applied"),
            "queued": _("Queued"),
            "prepared": _("Prepared"),
            "sent": _("Sent"),
            "sent again": _("Sent again"),
            "answered": _("Answered"),
            "acknowledged": _("Acknowledged"),
            "replayed": _("Replayed"),
            "resubmitted": _("Resubmitted"),
            "replaced": _("Replaced by a copy"),
            "superseded": _("Superseded"),
            "split": _("Split"),
            "cancelled": _("Withdrawn"),
            "failed": _("Failed"),
        }

    @api.model
    def _failed_labels(self):
        _ = self.env._
        return {
            "verified": _("Not verified"),
            "decoded": _("Not readable"),
            "mapped": _("Not matched"),
            "applied": _("Not applied"),
            "prepared": _("Not prepared"),
            "sent": _("Not sent"),
        }

    def _next_step(self):
        """What happens next: ``{label, at, note, level, soon}``, or ``None`` when the message is done.

        ``at`` is an ISO instant or ``None``, ``level`` "person" or "waiting"; ``soon``: within seconds.
        """
        self.ensure_one()
        _ = self.env._
        now = fields.Datetime.now()
        if self.state == "held":
            return self._following(_("Needs a person"), level="person")
        if self.state == "sent":
            if not self.ack_deadline:
                return self._following(_("Waits for the answer"), note=_("No deadline is set for it."))
            overdue = self.ack_deadline < now
            label = _("The answer was due") if overdue else _("The answer is due")
            return self._following(label, self.ack_deadline, level="person" if overdue else "waiting")
        if self.state not in ("received", "decoded", "queued"):
            return None
        if stop := self._stop_reason():
            return self._following(_("Waits"), note=stop)
        if self.claimed_at:
            return self._following(_("Being sent"), soon=True)
        if self.state == "queued":
            problem = self.exception_id
            if problem.is_open and problem.connector_id:
                down = problem.exception_class == "partner_down"
                label = _("Waits for the partner's system") if down else _("Waits for the connection")
                return self._following(label, self.connector_id.circuit_probe_at, note=problem.name)
            if earlier := self._sent_before():
                return self._following(
                    _("Waits"), note=_("%(other)s has to leave first.", other=earlier.display_name)
                )
        if self.not_before and self.not_before > now:
            return self._following(_("Try %(number)s", number=self.attempt_count + 1), self.not_before)
        label = _("Will leave") if self.direction == "out" else _("Will be read")
        return self._following(label, note=_("Usually within seconds."), soon=True)

    @staticmethod
    def _following(label, at=None, *, note=None, level="waiting", soon=False):
        return {
            "label": label,
            "at": at.replace(tzinfo=UTC).isoformat() if at else None,
            "note": note,
            "level": level,
            "soon": soon,
        }

    def _stop_reason(self):
        """Why nothing moves on this message's route at the moment; empty when it moves."""
        _, route, partner = self.env._, self.route_id, self.trade_partner_id
        if route._is_running():
            connector = self.connector_id
            if self.direction == "out" and connector.paused:
                reason = connector.pause_reason or _("no reason given")
                return _("The connector is paused: %(reason)s", reason=reason)
            return None
        if not route.active:
            return _("The route is archived. Restore it to go on.")
        if route.mode == "stopped":
            return _("The route is stopped. Set it to live to go on.")
        states = dict(partner._fields["state"]._description_selection(self.env))
        return _(
            "The partner is %(state)s. Documents move once it is live.", state=states[partner.state].lower()
        )

    def _sent_before(self):
        """The earlier message about the same order that has to leave first (``pipeline.outbound.ready``)."""
        return self.search(
            [
                ("trade_partner_id", "=", self.trade_partner_id.id),
                ("thread", "=", self.thread),
                ("direction", "=", "out"),
                ("state", "in", ("queued", "held")),
                ("route_id", "=", self.route_id.id),
                ("id", "<", self.id),
            ],
            order="id",
            limit=1,
        )

    # -- readable forms --------------------------------------------------------------------------

    @api.depends("payload_digest", "state", "attempt_ids.pointers")
    def _compute_raw_view(self):
        """``{syntax, lines: [text], marks: [line number from 0], total, whole, file}``, secrets replaced."""
        for message in self:
            if not message.payload_digest:
                message.raw_view = False
                continue
            reading = payload_text.read(message._open().read(_BYTES_SHOWN), redact_body)
            shown = reading.lines[:_LINES_SHOWN]
            pointers = message.attempt_ids[:1].pointers if message.state == "held" else []
            message.raw_view = {
                "syntax": reading.syntax,
                "lines": [line.text[:_CHARACTERS_SHOWN] for line in shown],
                "marks": payload_text.places(shown, pointers or []),
                "total": len(reading.lines) if reading.whole else 0,
                "whole": reading.whole
                and message.payload_size <= _BYTES_SHOWN
                and len(shown) == len(reading.lines)
                and all(len(line.text) <= _CHARACTERS_SHOWN for line in shown),
                "file": message._raw_url(),
            }

    @api.depends("payload_digest")
    def _compute_raw_file(self):
        for message in self:
            raw = message._open().read(_BYTES_GIVEN)
            text, encoding = payload_text.decode(raw)
            if text is not None and (redacted := redact_body(text)) != text:
                raw = redacted.encode(encoding, "replace")
            message.raw_file = base64.b64encode(raw)

    def _raw_url(self):
        extension = mimetypes.guess_extension((self.content_type or "").partition(";")[0]) or ".txt"
        name = quote(self.filename or f"message-{self.id}{extension}", safe="")
        return f"/web/content/trade.message/{self.id}/raw_file/{name}?download=1"

    @api.depends("canonical", "thread", "trade_partner_id", "document_type")
    def _compute_document_view(self):
        for message in self:
            canonical = message.canonical
            message.document_view = canonical and DocumentTable(self.env).lay_out(
                canonical, message._asked().canonical or {}
            )

    def _asked(self):
        """The latest document of ours that this one answers, or an empty recordset."""
        self.ensure_one()
        types = ANSWERS.get(self.document_type)
        if self.direction != "in" or not types or not self.thread:
            return self.browse()
        return self.search(
            [
                ("trade_partner_id", "=", self.trade_partner_id.id),
                ("thread", "=", self.thread),
                ("direction", "=", "out"),
                ("document_type", "in", types),
                ("payload_digest", "!=", False),
                ("id", "<", self.id),
            ],
            limit=1,
        )

    @api.depends("answer_id", "thread", "trade_partner_id", "document_type")
    def _compute_counterpart_name(self):
        for message in self:
            counterpart = message.answer_id or message._asked()
            message.counterpart_name = counterpart.document_number

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        self.record_name = self.record_kind = False
        for message in self.filtered(lambda m: m.res_id and m.res_model in self.env):
            record = self.env[message.res_model].browse(message.res_id).exists()
            if record and record.has_access("read"):
                message.record_name = record.display_name
                message.record_kind = self.env["ir.model"]._get(message.res_model).name

    # -- actions ---------------------------------------------------------------------------------

    def action_open_problem(self):
        self.ensure_one()
        return self.exception_id.get_formview_action()

    def action_open_asked(self):
        """Open the document this one answers, or the answer to it."""
        self.ensure_one()
        return (self.answer_id or self._asked()).get_formview_action()
