"""What a sender is told about a document, in words it can act on.

Only facts about the sender's own document are told. What concerns our side (limits, people, defects) is
said in one general sentence: there is nothing in it the sender could act on.
"""

from datetime import UTC

from odoo.addons.trade_core.pipeline.inbound import codec_of
from odoo.addons.trade_kernel.errors import TradeError, TradeErrors

_MEANING = {
    "received": "Stored; it is read next.",
    "decoded": "Read; it is applied next.",
    "applied": "Applied.",
    "held": "Stored, but not applied yet: see the problems.",
    "rejected": "Rejected: see the problems.",
    "ignored": "Not applied: it repeats another document or was replaced by one.",
}
_ANSWERS = {
    "received": "pending",
    "decoded": "pending",
    "held": "pending",
    "applied": "accepted",
    "rejected": "rejected",
    "ignored": "none",
}
_CORRECT = "Correct the document and send it again with a new key."
_ANSWER = "Answer us, or send what we ask for."
_WAIT = "Nothing to do: it goes on by itself once we have solved this."
# exception class → sentence instead of the problem's own (None: its own), what the sender does
_WORDS = {
    "validation": (None, _CORRECT),
    "mapping": (None, "Nothing to do: we are adding the code. Tell us if it is wrong."),
    "duplicate": (None, "If this one is right, send it again with a new revision number; else nothing."),
    "sequence": (None, "Send the missing document, or wait for us."),
    "business": ("It differs from what we expect; one of us decides.", "Nothing to do unless we ask you."),
}
_OTHER = ("There is a difficulty on our side.", _WAIT)
#: larger documents are not read again for their list of errors; the sentence has to do
_READ_AGAIN_BYTES = 1_000_000
#: parts of a file that are listed; a catalogue has thousands
_PARTS_SHOWN = 1_000


def status(message, url):
    """:param url: message id → its address
    :return: the JSON-able answer of ``GET /trade/v1/messages/{id}``
    """
    message.ensure_one()
    body = {
        "id": message.id,
        "state": message.state,
        "meaning": _MEANING[message.state],
        "document_type": message.document_type,
        "document_number": message.document_number or None,
        "mode": message.mode,
        "trace_id": message.trace_id,
        "received_at": _instant(message.received_at),
        "done_at": _instant(message.done_at),
        "acknowledgement": _acknowledgement(message),
        "problems": problems(message) if message.state in ("held", "rejected") else [],
    }
    if message.copy_ids:
        body["replaced_by"] = url(message.copy_ids[0].id)
    if message.child_ids:
        body["parts"] = [
            {"id": part.id, "state": part.state, "status_url": url(part.id)}
            for part in message.search([("parent_id", "=", message.id)], order="id", limit=_PARTS_SHOWN)
        ]
    return body


def invalid(message):
    """All errors of a document that is not what its format says; none when it may still be applied.

    Of a file with several documents only when none of them can be: what stands in a part says so by ``part``.
    """
    if message.child_ids:
        parts = message.child_ids.sorted("id")
        found = [(number, _invalid(part)) for number, part in enumerate(parts, 1)]
        if not all(errors for _number, errors in found):
            return []
        return [{"part": number, **error} for number, errors in found for error in errors]
    return _invalid(message)


def _invalid(message):
    wrong = message.state == "held" and message.exception_id.exception_class == "validation"
    return problems(message) if wrong else []


def _acknowledgement(message):
    """What we answered: nothing more than the sender needs to go on."""
    answer = _ANSWERS[message.state]
    at = message.done_at if answer != "pending" else None
    return {"answer": answer, "at": _instant(at), "decisions": _decisions(message)}


def _decisions(message):
    if message.state not in ("applied", "rejected"):
        return []
    try:
        decisions = message.route_id._adapter()._decisions(message)
    except TradeError:  # the addon of this kind of document is gone
        return []
    return [{**decision, "decided_at": _instant(decision["decided_at"])} for decision in decisions]


def problems(message, say=str):
    """What is wrong with a held or rejected message, as its sender may know it; see ``items.Error``.

    :param say: an error of its document (``TradeError``) → its words
    """
    problem = message.exception_id
    name = problem.exception_class or "internal"
    if said := message._standing_words():
        return [{"class": "business", "code": "business", "detail": said, "pointer": None, "remedy": _ANSWER}]
    sentence, remedy = _WORDS.get(name, _OTHER)
    if sentence:
        return [{"class": name, "code": name, "detail": sentence, "pointer": None, "remedy": remedy}]
    return [
        {"class": name, "code": error.code, "detail": say(error), "pointer": error.pointer, "remedy": remedy}
        for error in _errors(message, name)
    ]


def _errors(message, name):
    """Every error of the message; one of which only the sentence is known has no params."""
    if name == "validation" and message.payload_size <= _READ_AGAIN_BYTES:
        if found := list(_read_again(message)):
            return found
    problem = message.exception_id
    if name == "validation" and problem.errors:
        kept = TradeErrors([TradeError.from_dict(error) for error in problem.errors])
        if kept.message == message.state_reason:  # other documents may wait for the same, with other errors
            return kept.errors
    error = TradeError(problem.code)
    error.message, error.params = message.state_reason, None
    return [error]


def _read_again(message):
    try:
        parts = list(codec_of(message).decode(message._raw(), message.route_id._codec_options()))
    except TradeError as error:  # nothing reads it, or what read it is gone
        return error.errors
    return [error for part in parts for error in part.errors]


def _instant(value):
    return value.replace(tzinfo=UTC).isoformat() if value else None
