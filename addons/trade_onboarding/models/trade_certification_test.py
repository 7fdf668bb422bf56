import base64
import hashlib
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.trade_core.pipeline import outbound
from odoo.addons.trade_kernel.canonical import DOCUMENTS
from odoo.addons.trade_kernel.errors import BusinessRefused

from .trade_certification_case import KINDS

_DAYS = 14  # the test order is wanted so many days after it was sent


class TradeCertificationTest(models.Model):
    """One test: an order that exists for the test alone, and what the partner shall answer; or what the
    partner shall send by itself.

    How an answer is checked is in ``trade_certification_bench.py``.
    """

    _name = "trade.certification.test"
    _description = "Certification Test"
    _order = "certification_id, sequence, id"

    certification_id = fields.Many2one(
        "trade.certification", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="certification_id.company_id", store=True, index=True)
    trade_partner_id = fields.Many2one(related="certification_id.trade_partner_id")
    case_id = fields.Many2one(
        "trade.certification.case", readonly=True, ondelete="set null", index="btree_not_null"
    )
    sequence = fields.Integer(default=10, readonly=True)
    name = fields.Char(required=True, readonly=True, translate=True)
    kind = fields.Selection(KINDS, "It shall be", required=True, readonly=True)
    required = fields.Boolean("Needed", default=True, readonly=True)
    why = fields.Text("Why this one", readonly=True, help="For tests made of what was really traded.")
    history_key = fields.Char(readonly=True)
    spec = fields.Json("What is ordered", readonly=True)
    expected = fields.Json(readonly=True)
    intro = fields.Text(related="certification_id.intro")
    asks = fields.Text("What is asked for", compute="_compute_asks")
    state = fields.Selection(
        [("todo", "To do"), ("sent", "Waits for the answer"), ("failed", "Not passed"), ("passed", "Passed")],
        "Status",
        required=True,
        readonly=True,
        default="todo",
    )
    attempt = fields.Integer(readonly=True, help="How often the test order was sent.")
    number = fields.Char("Test order", readonly=True, index="btree_not_null")
    wanted_on = fields.Date(readonly=True)
    asked = fields.Json("What answers are compared with", readonly=True, prefetch=False)
    sent_at = fields.Datetime("Sent", readonly=True)
    message_id = fields.Many2one("trade.message", readonly=True, index="btree_not_null")
    run_ids = fields.One2many("trade.certification.run", "test_id", "Tries", readonly=True)
    last_run_id = fields.Many2one("trade.certification.run", "Last answer", readonly=True)
    findings = fields.Json(related="last_run_id.findings")
    effects = fields.Json(related="last_run_id.effects")
    passed_at = fields.Datetime("Passed on", readonly=True)
    can_break = fields.Boolean(compute="_compute_can_break")

    _history_key_idx = models.UniqueIndex(
        "(certification_id, history_key) WHERE history_key IS NOT NULL",
        "This test was made before.",
    )

    # -- what it says --------------------------------------------------------------------------

    @api.depends("kind", "expected", "spec")
    @api.depends_context("lang")
    def _compute_asks(self):
        for test in self:
            cases = test._cases()
            test.asks = cases._words(test) if cases is not None else ""

    def _compute_can_break(self):
        for test in self:
            test.can_break = test.kind == "malformed" and bool(test._good_answer())

    def _cases(self):
        return self.certification_id._cases()

    def _asked_document(self):
        """What answers are compared with: what was sent, or would be; of a change, the order after it."""
        self.ensure_one()
        return DOCUMENTS[self.asked["document_type"]](**self.asked)

    # -- sending -------------------------------------------------------------------------------

    def _send(self, who=None):
        """Send the test order over the real route, marked as a test, or ask for what comes by itself. Each
        time under a number of its own, so that an answer to an earlier try is told apart. What is about an
        order that the partner has to have got leaves after that order.

        :param str who: the partner's person, when it was theirs
        :return: the message that is answered, if any
        :raise TradeError: it cannot be made or sent, and what to do
        """
        self.ensure_one()
        test = self.sudo()
        certification = test.certification_id
        route = certification.route_out_id or certification.route_in_id
        if not route._is_running():
            raise BusinessRefused("certification.stopped", route=route.name, subject=f"route:{route.id}")
        attempt = test.attempt + 1
        number = f"CT{test.id:05}-{attempt}"
        day = fields.Date.context_today(test) + timedelta(days=_DAYS)
        sent, asked = test._staged(number, day)
        messages = [test._queued(number, *one) for one in sent]
        message = messages[-1] if messages else self.env["trade.message"]
        test.write(
            {
                "attempt": attempt,
                "number": number,
                "wanted_on": day,
                "asked": asked.as_dict(),
                "sent_at": fields.Datetime.now(),
                "message_id": message.id,
                "state": "sent",
                "last_run_id": False,
                "passed_at": False,
            }
        )
        for one in messages:
            test._note("sent", "sent", who=who, message=one, raw=one._raw(), document=one.canonical)
        if not messages:
            test._note("asked", "sent", who=who, document=test.asked)
        certification._refresh()
        return message

    def _queued(self, number, route, document):
        """A document of the test, as a message that leaves over the real route."""
        message = self.env["trade.message"]._queue(
            route, self, document_number=number, revision=document.sequence_number
        )
        message.mode = "test"  # also over a live route
        outbound.encode(message, document)
        return message

    def _note(self, kind, outcome, who=None, message=None, raw=b"", document=None, findings=(), **vals):
        """Add a try."""
        # The field takes base64, as everywhere in Odoo.
        values = {
            "test_id": self.id,
            "number": self.number,
            "kind": kind,
            "outcome": outcome,
            "user_id": self.env.uid,
            "who": who or False,
            "message_id": message.id if message else False,
            "raw": base64.b64encode(raw) if raw else False,
            "digest": hashlib.sha256(raw).hexdigest() if raw else False,
            "document": document or False,
            "findings": [finding.as_dict() for finding in findings],
            **vals,
        }
        return self.env["trade.certification.run"].sudo().create(values)

    # -- for the partner's pages ---------------------------------------------------------------

    def _row(self):
        """The test as plain values: for the partner's pages."""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        test = self.sudo()
        cases = test._cases()
        return {
            "id": self.id,
            "name": test.case_id.name or (cases is not None and cases._name_of(test)) or self.name,
            "kind": self.kind,
            "asks": self.asks,
            "why": self.why or "",
            "lines": cases._lines_words(test) if cases is not None else [],
            "required": self.required,
            "state": self.state,
            "words": labels[self.state],
            "number": self.number or "",
            "sends": bool(test.certification_id.route_out_id),
            "sent_at": self.sent_at,
            "passed_at": self.passed_at,
            "can_send": self.state != "passed" or test.certification_id.state != "passed",
            "can_upload": self.state in ("sent", "failed"),
            "can_break": self.can_break,
            "findings": self.findings or [],
            "effects": self.effects or [],
            "runs": [run._row() for run in test.run_ids.sorted("id", reverse=True)[:20]],
        }
