from datetime import UTC, datetime

from odoo import fields, models

from odoo.addons.trade_core.models.trade_route import INTERCHANGE
from odoo.addons.trade_kernel.canonical import AcknowledgedError, parse
from odoo.addons.trade_kernel.codecs._told import Reason, Standing
from odoo.addons.trade_kernel.codecs.base import Decoded
from odoo.addons.trade_kernel.errors import BusinessRefused, TradeError

from .. import syntaxes
from .trade_message_acknowledge import STANDING

REFUSED, RECEIVED = "rejected", "received"
_SHOWN = 10  # reasons of one refusal; more are in the acknowledgement itself


class TradeAdapterInAcknowledgement(models.AbstractModel):
    """What partners' systems say to what we sent: CONTRL, APERAK, 997, 999, 824, ApplicationResponse."""

    _name = "trade.adapter.in.acknowledgement"
    _inherit = ["trade.adapter"]
    _description = "Acknowledgement from a Partner"

    def _plan(self, works):
        sent = self._sent(works)
        for work in works:
            work.plan = self._meant(work, sent.get(work.message.trade_partner_id, ()))
            if work.plan:
                work.record = work.plan[0][0]
            else:
                work.error = BusinessRefused(
                    "edi.unmatched",
                    subject=f"{work.message.trade_partner_id.id}:{work.document.thread}",
                    partner=work.message.trade_partner_id.name,
                    reference=work.document.thread,
                )

    def _apply(self, works):
        for work in works:
            for message, code, errors in work.plan:
                if code == REFUSED:
                    self._refuse(work, message, errors)
                else:
                    self._take(work, message, read=code != RECEIVED and not _of_envelope(work))

    def _watched(self, work):
        messages = self.env["trade.message"].union(*(message for message, _code, _errors in work.plan))
        return [(messages, ["state", "state_reason"])]

    def _is_answer(self, message, asked=None):
        return False

    # -- which of ours is meant ------------------------------------------------------------------

    def _sent(self, works):
        """What we sent to the partners of these works under the references they name: partner → messages."""
        names = {"interchange_reference": set(), "group_reference": set(), "document_number": set()}
        for work in works:
            document = work.document
            names["interchange_reference"].add(document.interchange_reference)
            names["group_reference"].add(document.group_reference)
            names["document_number"].update(one.document_id for one in document.responses)
        found = fields.Domain.OR(
            [(name, "in", [value for value in values if value])] for name, values in names.items()
        )
        partners = self.env["trade.partner"].union(*(work.message.trade_partner_id for work in works))
        messages = self.env["trade.message"].search(
            fields.Domain([("direction", "=", "out"), ("trade_partner_id", "in", partners.ids)]) & found,
            order="id desc",
        )
        return messages.grouped("trade_partner_id")

    @staticmethod
    def _meant(work, sent):
        """``[(message, response code, errors), …]``: those named, and those the whole is about."""
        document = work.document
        of_file = [
            message
            for message in sent
            if message.document_type != INTERCHANGE  # what is in it is answered for itself
            and (document.interchange_reference or document.group_reference)
            and document.interchange_reference in (None, message.interchange_reference)
            and document.group_reference in (None, message.group_reference)
        ]
        found, named = [], set()
        for response in document.responses:
            if response.control_reference:
                of_it = [one for one in of_file if one.message_reference == response.control_reference]
            else:
                of_it = [one for one in sent if one.document_number == response.document_id][:1]
            found += [(message, response.response_code, _reasons(response)) for message in of_it]
            named |= {message.id for message in of_it}
        others = [message for message in of_file if message.id not in named]
        return found + [(message, document.response_code, document.errors) for message in others]

    # -- what follows ----------------------------------------------------------------------------

    def _take(self, work, message, read):
        """:param bool read: whether they say that they could read it, and not that they have it only"""
        message.receipt_at = message.receipt_at or work.message.received_at
        message._log("acknowledged", note=work.message.display_name)
        if read and message.state == "sent" and message.route_id.ack_expected == "functional":
            earlier = message.exception_id
            message._set_state("acknowledged", answer_id=work.message.id)
            earlier._refresh()

    def _refuse(self, work, message, errors):
        """The partner could not take it: its sender has to act, with the reasons beside our own lines."""
        reasons = [self._sentence(message, error) for error in errors[:_SHOWN]]
        reason = " ".join(reasons) or self.env._("no reason was given")
        problem = BusinessRefused(
            "edi.rejected",
            subject=message.business_key,
            partner=message.trade_partner_id.name,
            number=message.document_number,
            reason=reason,
        )
        if message.state in ("sent", "queued"):
            message._set_state("held", problem.message, claimed_at=False, ack_deadline=False)
            message._log("acknowledged", "failed", note=reason)
            self.env["trade.exception"]._report([(message, problem)])
        else:  # it was settled before: the refusal itself is what people have to see
            work.notes.append(problem.message)
            self.env["trade.exception"]._open(
                problem,
                company=message.company_id,
                trade_partner=message.trade_partner_id,
                route=message.route_id,
                connector=message.connector_id,
            )

    def _sentence(self, message, error):
        """One reason in words: what, and which of our lines."""
        words = error.text or self.env._("error %s", error.code or "?")
        if error.bad_value:
            words = self.env._("%(what)s (%(value)s)", what=words, value=error.bad_value)
        line = self._line(message, error)
        if line:
            return self.env._("%(line)s: %(what)s.", line=line, what=words.rstrip("."))
        place = " ".join(filter(None, (error.segment_tag, error.segment_position, error.element_position)))
        return f"{words.rstrip('.')} ({place})." if place else f"{words.rstrip('.')}."

    def _line(self, message, error):
        """Our line an error is about: its number and item."""
        number = error.line_id
        if not number and error.segment_position:
            number = _line_at(message, error.segment_position)
        if not number:
            return None
        for name, lines in (message.canonical or {}).items():
            if name.endswith("_lines"):
                for line in lines:
                    if line.get("id") == number:
                        item = (line.get("item") or {}).get("name")
                        return self.env._("line %s", f"{number} ({item})" if item else number)
        return self.env._("line %s", number)


class TradeAdapterOutAcknowledgement(models.AbstractModel):
    """What our system says to what partners sent."""

    _name = "trade.adapter.out.acknowledgement"
    _inherit = ["trade.adapter"]
    _description = "Acknowledgement to a Partner"

    def _collect(self, message, record):
        about, now = message.envelope, datetime.now(UTC)
        if about["level"] == STANDING:
            return self._collect_standing(message, record, now)
        answers = syntaxes.BY_CODEC[record.envelope["syntax"]]
        parts = record._parts_of()
        if about["level"] == "application":
            errors = [TradeError.from_dict(error) for error in about["errors"]]
            document, options = answers.application(parts[0], errors, now, str(message.id))
        else:
            mine = [
                part for part in parts if all(part.envelope.get(n) == about.get(n) for n in answers.identity)
            ]
            document, options = answers.functional(mine, now, message.route_id._codec_options())
        message.envelope = {**about, "options": options}
        return document

    def _collect_standing(self, message, record, now):
        """How a document of theirs stands with us, in the format of the route, whatever it came in."""
        about = message.envelope
        said = about["standing"]
        standing = Standing(said["code"], tuple(Reason(**one) for one in said["reasons"]), said["action"])
        envelope = record.envelope or {} if record.codec == message.codec else {}
        part = Decoded(parse(record.canonical), (), envelope)
        answers = syntaxes.BY_CODEC[message.codec]
        document, options = answers.standing(part, standing, now, str(message.id))
        message.envelope = {**about, "options": options}
        return document


def _reasons(response):
    """Why a document was refused: for its lines, or as a whole."""
    whole = [AcknowledgedError(code=one.code, text=one.text) for one in response.statuses]
    return (*response.errors, *whole)


def _of_envelope(work):
    """Whether only the envelope was looked at: what is in it is answered by 997 or 999."""
    return (work.message.envelope or {}).get("message_type") == "TA1"


def _line_at(message, position):
    """The number of the line a segment of what we sent belongs to, or ``None``."""
    answers = syntaxes.BY_CODEC.get(message.codec)
    if not answers or not answers.line_at or not str(position).isdigit():
        return None
    return answers.line_at(message._raw(), int(position))
