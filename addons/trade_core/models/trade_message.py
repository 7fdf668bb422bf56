import base64
import io
import uuid
import zlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.trade_kernel import transitions
from odoo.addons.trade_kernel.errors import BusinessRefused, TradeError

from ..tools import iso_now
from .trade_message_block import BLOCK

STATES = [
    ("received", "Received"),
    ("decoded", "Read"),
    ("applied", "Applied"),
    ("queued", "Queued"),
    ("sent", "Sent"),
    ("acknowledged", "Acknowledged"),
    ("held", "Held"),
    ("rejected", "Rejected"),
    ("ignored", "Ignored"),
    ("cancelled", "Cancelled"),
]
INTERACTIVE, NORMAL = 0, 10  # priority: what a person asked for goes before bulk
_IMMUTABLE = {"payload", "payload_digest", "idempotency_key", "idempotency_scope", "direction"}
_TIMELINE_KEPT = 60
_STATE_WRITER = object()
# Which documents a document answers.
ANSWERS = {"order_response": ("order", "order_change", "order_cancellation")}
TABLE = {"in": "inbound", "out": "outbound"}  # the kernel's transition table of a direction


class TradeMessage(models.Model):
    """One exchanged document in its envelope: stored before it is acknowledged, kept as it came."""

    _name = "trade.message"
    _description = "Trade Message"
    _order = "id desc"

    direction = fields.Selection([("in", "In"), ("out", "Out")], required=True, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True)
    state_reason = fields.Char("Why", readonly=True)
    document_type = fields.Selection("_selection_document_type", "Document", readonly=True)
    document_number = fields.Char("Number", readonly=True)
    revision = fields.Integer(readonly=True)
    business_key = fields.Char(
        readonly=True, help="Document type and number: what makes two messages the same document."
    )
    thread = fields.Char("About", readonly=True, help="The order number this document speaks about.")
    trade_partner_id = fields.Many2one(
        "trade.partner", "Partner", readonly=True, ondelete="restrict", index=True
    )
    route_id = fields.Many2one("trade.route", readonly=True, ondelete="restrict", index=True)
    connector_id = fields.Many2one(
        "trade.connector", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", "Our company", readonly=True, required=True, index=True)
    codec = fields.Selection("_selection_codec", "Format", readonly=True)
    mode = fields.Selection(
        [("live", "Live"), ("test", "Test")], readonly=True, required=True, default="live"
    )

    # transport identity
    idempotency_scope = fields.Char(
        "Sender", readonly=True, required=True, help="Whose keys these are: a client, a connector."
    )
    idempotency_key = fields.Char("Transport key", readonly=True, required=True)
    trace_id = fields.Char(readonly=True, required=True, index=True)
    payload = fields.Binary("Raw", attachment=False, readonly=True)
    payload_digest = fields.Char("SHA-256", readonly=True)
    payload_size = fields.Integer("Size (bytes)", readonly=True, aggregator=None)
    content_type = fields.Char(readonly=True)
    filename = fields.Char(readonly=True)

    canonical = fields.Json("Document (canonical)", readonly=True, prefetch=False)
    canonical_digest = fields.Char(readonly=True)
    amount_total = fields.Monetary(
        "Value", readonly=True, aggregator="sum", help="What is at stake with this document."
    )
    currency_id = fields.Many2one("res.currency", readonly=True)

    # what it did
    res_model = fields.Char("Record type", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    effects = fields.Json("What changed", readonly=True, prefetch=False)
    evidence = fields.Json("How codes were resolved", readonly=True, prefetch=False)
    event_id = fields.Many2one("trade.event", readonly=True, ondelete="set null", index="btree_not_null")
    original_id = fields.Many2one("trade.message", "Resubmission of", readonly=True, index="btree_not_null")
    copy_ids = fields.One2many("trade.message", "original_id", "Resubmissions")
    parent_id = fields.Many2one("trade.message", "Part of", readonly=True, index="btree_not_null")
    child_ids = fields.One2many("trade.message", "parent_id", "Parts")
    answer_id = fields.Many2one("trade.message", "Answered by", readonly=True, index="btree_not_null")
    exception_id = fields.Many2one(
        "trade.exception", "Problem", readonly=True, ondelete="set null", index="btree_not_null"
    )

    # the road
    lane = fields.Char(readonly=True, required=True)
    priority = fields.Integer(readonly=True, required=True, default=NORMAL, aggregator=None)
    not_before = fields.Datetime("Waits until", readonly=True)
    claimed_at = fields.Datetime(readonly=True)
    attempt_count = fields.Integer("Tries", readonly=True, aggregator=None)
    attempt_ids = fields.One2many("trade.attempt", "message_id", "Attempts", readonly=True)
    timeline = fields.Json(readonly=True, prefetch=False)
    received_at = fields.Datetime(
        "At", readonly=True, required=True, index=True, help="Stored (in) or queued (out)."
    )
    sent_at = fields.Datetime("Sent", readonly=True)
    receipt_at = fields.Datetime("Taken by the partner", readonly=True)
    done_at = fields.Datetime("Done", readonly=True)
    ack_deadline = fields.Datetime("Answer due", readonly=True)

    _unique_transport_key = models.UniqueIndex("(idempotency_scope, direction, idempotency_key)")
    # Rule 2 in the database's own words: one document is applied once, whatever the code does.
    _unique_applied = models.UniqueIndex(
        "(trade_partner_id, direction, business_key, revision)"
        " WHERE state = 'applied' AND business_key IS NOT NULL AND mode = 'live'"
    )
    _ready_idx = models.Index("(lane, priority, id) WHERE state IN ('received', 'queued')")
    _business_key_idx = models.Index("(trade_partner_id, business_key) WHERE business_key IS NOT NULL")
    _thread_idx = models.Index("(trade_partner_id, thread) WHERE thread IS NOT NULL")
    _record_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _ack_idx = models.Index("(ack_deadline) WHERE state = 'sent'")
    _company_list_idx = models.Index("(company_id, id DESC)")

    @api.model
    def _selection_document_type(self):
        return self.env["trade.route"]._selection_document_type()

    @api.model
    def _selection_codec(self):
        return self.env["trade.route"]._selection_codec()

    @api.depends("document_type", "document_number", "direction", "trade_partner_id.name")
    def _compute_display_name(self):
        types = dict(self._selection_document_type())
        for message in self:
            arrow = "→" if message.direction == "out" else "←"
            what = types.get(message.document_type) or self.env._("Message")
            number = message.document_number or message.thread or f"#{message.id}"
            message.display_name = f"{what} {number} {arrow} {message.trade_partner_id.name or ''}".strip()

    # -- CRUD: what came is never edited, and state has one writer -------------------------------

    def write(self, vals):
        if _IMMUTABLE & vals.keys() and any(
            message[name] for message in self for name in _IMMUTABLE & vals.keys()
        ):
            raise UserError(
                self.env._("A message is kept as it came. To correct it, resubmit an edited copy instead.")
            )
        if "state" in vals and self.env.context.get("trade_state_writer") is not _STATE_WRITER:
            raise AccessError(
                self.env._("The state of a message follows what happened to it and cannot be set by hand.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Messages are the proof of what was exchanged and cannot be deleted."))

    def _set_state(self, state, reason=None, **vals):
        """The one writer of ``state``.

        :param vals: further fields that change in the same step
        :raise InternalError: ``state.forbidden`` when the kernel's table does not allow the step
        """
        for message in self:
            transitions.check(TABLE[message.direction], message.state, state)
        vals.setdefault("state_reason", reason)
        if any(
            state in transitions.TERMINAL[TABLE[direction]] for direction in set(self.mapped("direction"))
        ):
            vals.setdefault("done_at", fields.Datetime.now())
        self.with_context(trade_state_writer=_STATE_WRITER).write({"state": state, **vals})

    def _log(self, stage, outcome="ok", ms=None, note=None, at=None):
        """Append one step to the timeline: ``{stage, at (ISO, ms), outcome, ms, note}``."""
        step = self._timeline_step(stage, outcome, ms, note, at)
        for message in self:
            message.timeline = [*(message.timeline or [])[-_TIMELINE_KEPT:], step]

    @staticmethod
    def _timeline_step(stage, outcome="ok", ms=None, note=None, at=None):
        return {"stage": stage, "at": at or iso_now(), "outcome": outcome, "ms": ms, "note": note}

    # -- payload (intake is in trade_message_intake.py) ------------------------------------------

    def _raw(self):
        """The bytes as they came (in) or as they leave (out); empty before an outgoing one is prepared."""
        return self._open().read()

    def _open(self):
        """The same as a binary file, opened at its beginning: a large one is read block by block."""
        self.ensure_one()
        # As superuser: the field itself is the administrators', since envelopes may carry credentials.
        payload = self.sudo().with_context(bin_size=False).payload
        if payload or (self.payload_size or 0) <= BLOCK:
            return io.BytesIO(base64.b64decode(payload or b""))
        return self.env["trade.message.block"]._open(self.id)

    # -- outbox --------------------------------------------------------------------------------

    @api.model
    def _queue(
        self,
        route,
        record,
        *,
        document_number,
        document_type=None,
        lane=None,
        event=None,
        revision=0,
        amount=0.0,
        currency=None,
    ):
        """Queue a record to be sent; part of the business transaction, costs one insert, calls nobody.

        The document itself is collected and encoded in the lane, so that no format problem can ever
        stop the user's click.

        :return: the new message, ``queued``
        """
        key = uuid.uuid4().hex
        document_type = document_type or route.document_type
        message = self.sudo().create(
            {
                "direction": "out",
                "state": transitions.INITIAL[TABLE["out"]],
                "document_type": document_type,
                "document_number": document_number,
                "revision": revision,
                "business_key": f"{document_type}:{document_number}",
                "thread": document_number,
                "trade_partner_id": route.trade_partner_id.id,
                "route_id": route.id,
                "connector_id": route.connector_id.id,
                "company_id": route.company_id.id,
                "codec": route.codec,
                "mode": "test" if route.mode == "test" else "live",
                "idempotency_scope": "us",
                "idempotency_key": key,
                "trace_id": key,
                "res_model": record._name,
                "res_id": record.id,
                "event_id": event.id if event else False,
                "lane": lane or self._out_lane(route, document_number),
                "received_at": fields.Datetime.now(),
                "not_before": route._next_departure(),
                "amount_total": amount,
                "currency_id": currency.id if currency else False,
                "timeline": [self._timeline_step("queued")],
            }
        )
        self.env["trade.lane"]._wake_after_commit([message.lane])
        return message

    @api.model
    def _out_lane(self, route, document_number):
        """The lane an outgoing document leaves by; what concerns one document stays in order.

        Extension: a transport that does not send, but waits to be asked, has lanes of its own.
        """
        lanes = 1 if route.bundle else max(route.lanes, 1)
        shard = zlib.crc32(document_number.encode()) % lanes
        return f"out/{route.id}/{shard}"

    def _record_to_send(self):
        """
        :raise BusinessRefused: it no longer exists
        """
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise BusinessRefused("record.gone", model=self.res_model, number=self.document_number)
        return record

    def _may_have_left(self):
        """Whether the partner has this outgoing message, or may have it: a call that broke off may have
        arrived, a refused one did not."""
        self.ensure_one()
        tried = self.sent_at or self.claimed_at or (self.attempt_count and self.state != "held")
        return bool(tried) or (bool(self.parent_id) and self.parent_id._may_have_left())

    def _withdraw(self, reason):
        """What has not left leaves no more. A file that was not tried yet is made anew without it; from one
        that was tried nothing can be taken out.

        :return: the messages that were withdrawn
        """
        self.parent_id._dissolve()
        waiting = self.filtered(
            lambda message: (
                message.state in ("queued", "held") and not message.claimed_at and not message.parent_id
            )
        )
        problems = waiting.exception_id
        waiting._set_state("cancelled", reason)
        problems._refresh()
        return waiting

    def _dissolve(self):
        """Files that were not tried yet are not sent; what is in them goes into another one."""
        for file in self.filtered(lambda message: message.direction == "out"):
            if file.state != "queued" or file._may_have_left():
                continue
            parts = file.child_ids
            file._set_state("cancelled", self.env._("Something in it was changed or withdrawn; made anew."))
            parts.write({"parent_id": False})
            self.env["trade.lane"]._wake_after_commit(parts.mapped("lane"))

    def _early_answer(self):
        """The readable answer to this outgoing message that is already here, or an empty recordset."""
        self.ensure_one()
        types = [answer for answer, asked in ANSWERS.items() if self.document_type in asked]
        found = self.search(
            [
                ("trade_partner_id", "=", self.trade_partner_id.id),
                ("thread", "=", self.thread),
                ("direction", "=", "in"),
                ("document_type", "in", types),
                ("state", "in", ("applied", "rejected", "held")),
                ("received_at", ">=", self.received_at),
            ]
        )
        return next((message for message in found if message._is_answer(self)), self.browse())

    def _is_answer(self, asked=None):
        """Whether this inbound document ends the wait for an answer; see the adapter's method."""
        self.ensure_one()
        try:
            return self.route_id._adapter()._is_answer(self, asked)
        except TradeError:
            return True  # its addon is gone: what it sent is taken as it was

    # -- what people press ---------------------------------------------------------------------

    def _check_operator(self):
        if not self.env.user.has_group("trade_core.group_trade_user"):
            raise AccessError(self.env._("Ask a trading administrator for the right to work on messages."))
        # What follows runs as superuser: other companies' messages must stay out of reach.
        self.check_access("read")

    def action_replay(self):
        """Run held messages again, before bulk work; those that are not held are left alone."""
        self._check_operator()
        return self.sudo()._replay()

    def _replay(self):
        held = self.filtered(lambda message: message.state == "held")
        # What leaves gets all its tries again; of what came, every run is counted.
        for direction, state, more in (("in", "received", {}), ("out", "queued", {"attempt_count": 0})):
            messages = held.filtered(lambda message, d=direction: message.direction == d)
            if messages:
                messages._set_state(state, priority=INTERACTIVE, not_before=False, **more)
                messages._log("replayed", note=self.env.user.name)
        self.env["trade.lane"]._wake_after_commit(held.mapped("lane"))
        return held

    def action_preview(self):
        """What this message would change, without changing anything; shown on its own page."""
        self.ensure_one()
        self._check_operator()
        [outcome] = self.env["trade.lane"]._dry_run(self.ids)
        return self.env["trade.preview"]._show(self, outcome)

    def action_cancel(self):
        """Withdraw a message that has not left yet."""
        self._check_operator()
        messages = self.sudo()
        messages = messages.union(
            *(message.child_ids.filtered(lambda part: part.state == "queued") for message in messages)
        )
        problems = messages.exception_id
        messages._set_state("cancelled", self.env._("Withdrawn by %s", self.env.user.name))
        messages._log("cancelled", note=self.env.user.name)
        problems._refresh()

    def action_send_again(self):
        """Send a message nobody answered once more, under the same key: the partner can tell."""
        self._check_operator()
        self.sudo()._send_again()

    def _send_again(self):
        self._set_state("queued", priority=INTERACTIVE, not_before=False, attempt_count=0, parent_id=False)
        self._log("sent again", note=self.env.user.name)
        self.env["trade.lane"]._wake_after_commit(self.mapped("lane"))

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def _resubmit(self, raw, reason):
        """Store an edited copy as a new message linked to this one, which is then ``ignored`` if it was held.

        :param bytes raw: the corrected document
        :param str reason: why, for the record
        :return: the new message
        """
        self.ensure_one()
        if self.direction != "in":
            raise UserError(self.env._("Correct the record in Odoo and send it again instead."))
        receipt = self._receive(
            raw,
            **self._same_way(),
            scope=f"resubmit:{self.id}",
            key=uuid.uuid4().hex,
            content_type=self.content_type,
            filename=self.filename,
            original=self,
            priority=INTERACTIVE,
        )
        copy = self.browse(receipt.message_id)
        copy._log("resubmitted", note=f"{self.env.user.name}: {reason}")
        if self.state == "held":
            problem = self.exception_id
            self._set_state(
                "ignored",
                self.env._("Replaced by the edited copy #%(id)s: %(reason)s", id=copy.id, reason=reason),
            )
            self._log("replaced", note=f"#{copy.id}")
            problem._refresh()
        return copy

    def _same_way(self):
        """What :meth:`_receive` needs to store another message that goes the way of this one.

        Extension: for messages that came without a route.
        """
        return {"route": self.route_id}

    def _acknowledge_by_hand(self, reason):
        """Close a message the partner confirmed by other means (phone, mail); who and why is kept."""
        self.ensure_one()
        note = self.env._("By hand, %(user)s: %(reason)s", user=self.env.user.name, reason=reason)
        problem = self.exception_id
        self._set_state("acknowledged", note)
        self._log("acknowledged", note=note)
        problem._refresh()
