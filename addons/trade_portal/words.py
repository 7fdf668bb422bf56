"""What became of a document and what is open, in the partner's words.

What people here wrote for each other, what a policy allows, what others pay and what our software ran into
stays here. The partner is told whose turn it is, and what to do; of an error, what it says about the
partner's own document.
"""

from typing import NamedTuple

from odoo import fields
from odoo.tools import format_datetime
from odoo.tools.translate import LazyTranslate

from odoo.addons.trade_core import spoken
from odoo.addons.trade_http import status
from odoo.addons.trade_kernel.partner_words import PARTNERS

_lt = LazyTranslate(__name__)

_ERRORS_TOLD = 5


class Said(NamedTuple):
    """:ivar tone: as of a card: whose turn it is
    :ivar text: what became of it
    :ivar remedy: what the reader does next, if anything
    """

    tone: str
    text: str
    remedy: str = ""


_TYPES = {
    "order": _lt("order"),
    "order_change": _lt("change of order"),
    "order_cancellation": _lt("cancellation of order"),
    "order_response": _lt("order response"),
    "despatch_advice": _lt("despatch advice"),
    "receipt_advice": _lt("receipt advice"),
    "invoice": _lt("invoice"),
    "credit_note": _lt("credit note"),
    "price_catalogue": _lt("price list"),
    "inventory_report": _lt("stock report"),
    "product_activity": _lt("sales report"),
    "shipment_status": _lt("shipment status"),
    "remittance_advice": _lt("remittance advice"),
    "account_statement": _lt("account statement"),
    "shipping_order": _lt("shipping order"),
    "quotation": _lt("quotation"),
    "acknowledgement": _lt("acknowledgement"),
}


def _words(env, text):
    return env["trade.portal.link"]._words(text)


def kind(env, document_type):
    """A kind of document as a title: "Order response"."""
    text = _words(env, _TYPES.get(document_type) or _lt("file"))
    return text[:1].upper() + text[1:]


def name(message):
    """What it is called by the partner: "Your order response 4711", "Our order P00012"."""
    of_kind = _words(message.env, _TYPES.get(message.document_type) or _lt("file"))
    number = message.document_number or message.thread or message.filename or f"#{message.id}"
    if message.direction == "in":
        return message.env._("Your %(kind)s %(number)s", kind=of_kind, number=number)
    return message.env._("Our %(kind)s %(number)s", kind=of_kind, number=number)


def of_message(message):
    """What became of a document.

    :param message: as superuser, in the reader's language
    """
    return _of_theirs(message) if message.direction == "in" else _of_ours(message)


def _of_theirs(message):
    _ = message.env._
    if message.state == "applied":
        return Said("done", _("It was taken over."))
    if message.state in ("received", "decoded"):
        if message.trade_partner_id.state in ("suspended", "closed"):
            return Said(
                "waiting", _("It arrived and is kept. Nothing is done with it while trading is paused.")
            )
        return Said("waiting", _("It arrived and is being worked on."))
    if message.state == "ignored":
        if message.mode == "test":
            return Said("done", _("A test: it was checked, and nothing was changed."))
        return Said("plain", _("It was not needed: it repeats another document, or a newer one replaced it."))
    said = of_error(message.env, message.exception_id)
    if message.state == "rejected":
        refused = _("It was refused.")
        if not message.exception_id:
            return Said("you", refused)
        return Said("you", f"{refused} {said.text}".strip(), said.remedy)
    return said


def _of_ours(message):
    _, now = message.env._, fields.Datetime.now()
    if message.state == "acknowledged":
        return Said("done", _("You took it over."))
    if message.state == "rejected":
        return Said("waiting", _("You refused it; we look at it."))
    if message.state == "cancelled":
        return Said("plain", _("We withdrew it."))
    if message.state == "sent":
        return _of_sent(message, now)
    connector = message.connector_id
    if connector.transport == "pull":
        return Said("you", _("It is ready."), _("Fetch it with your API client."))
    if connector.base_url and connector.circuit_state != "closed":
        return Said("you", _("It waits: your system does not answer."), _("See your connection."))
    if message.state == "held":
        return Said("waiting", _("It waits for us: there is a difficulty on our side."))
    return Said("waiting", _("It is about to be sent to you."))


def _of_sent(message, now):
    _ = message.env._
    due = message.ack_deadline
    if not due:
        return Said("done", _("It was sent to you."))
    day = format_datetime(message.env, due, dt_format="short")
    if due < now:
        return Said("you", _("We have been waiting for your answer since %s.", day), _("Please answer it."))
    return Said("you", _("It was sent to you."), _("Please answer it by %s.", day))


def of_error(env, problem):
    """What a partner is told about a problem (``trade.exception``); empty: held for a reason of ours."""
    told = PARTNERS.get(problem.code)
    if told and told.remedy is not None:
        entry = spoken.to_partner(env, problem.code, problem.params)
        return Said("you" if told.theirs else "waiting", *entry)
    return _of_class(env, problem.exception_class)


def _of_class(env, kind):
    _ = env._
    if kind == "validation":
        return Said(
            "you",
            _("It waits for you: it could not be read, or contradicts itself."),
            _("Correct it and send it again."),
        )
    if kind == "duplicate":
        return Said(
            "you",
            _("It waits for you: another one with this number came before, with other content."),
            _("If this one is right, send it again with a new revision number."),
        )
    if kind == "mapping":
        return Said(
            "waiting",
            _("It waits for us: a code in it is new to us, and we are adding it."),
            _("Nothing to do. Tell us if the code is wrong."),
        )
    if kind == "sequence":
        return Said(
            "waiting",
            _("It waits for a document that comes before it."),
            _("Send what is missing if you have not yet; otherwise there is nothing to do."),
        )
    if kind == "business":
        return Said(
            "waiting",
            _("It waits for us: it differs from what we expect, and one of us decides."),
            _("Nothing to do unless we ask you."),
        )
    return Said(
        "waiting",
        _("It waits for us: there is a difficulty on our side."),
        _("Nothing to do: it goes on by itself once we have solved this."),
    )


def of_problem(problem):
    """An open problem: a title, and what a partner is told about it.

    :return: ``(title, Said)``
    """
    _, env = problem.env._, problem.env
    kind = problem.exception_class
    if kind in ("partner_down", "authentication") and problem.connector_id:
        title = _("Your system does not answer") if kind == "partner_down" else _("A login fails")
        return title, Said("you", _("Documents wait until it works."), _("See your connection."))
    if kind == "authentication":
        return _("A login fails"), Said(
            "you",
            _("One of your systems tries to reach us with a key that is not valid."),
            _("See under your connection which one, and give it the newest key."),
        )
    if kind == "silence":
        return _("An answer is missing"), Said(
            "you", _("We have not heard from you about a document."), _("Please answer it.")
        )
    said = of_error(env, problem)
    title = {
        "validation": _("A document has to be corrected"),
        "duplicate": _("Two documents have the same number"),
        "mapping": _("A code is new to us"),
        "sequence": _("A document came too early"),
        "business": _("A document differs from what we expect"),
    }.get(kind, _("There is a difficulty on our side"))
    scheme, _colon, code = (problem.subject or "").partition(":")
    if kind == "mapping" and code and "." not in scheme:  # a model is ours, a scheme is theirs
        title = _("The code %s is new to us", code)
    return title, said


def errors(message):
    """What is wrong with a document that waits for its sender, as of the API but in the reader's language:
    ``detail``, ``pointer``.

    Only for one message at a time: the document may be read again for it.
    """
    kind = message.exception_id.exception_class
    if message.direction != "in" or message.state not in ("held", "rejected") or kind != "validation":
        return []

    def say(error):
        if error.params is None:
            return error.message
        return of_code(message.env, error.code, error.params).text

    return status.problems(message, say)


def of_errors(env, errors):
    """What is wrong with what a partner has just entered or uploaded, one sentence per line.

    :param errors: ``TradeError`` of it; the first ones are told
    """
    said = (of_code(env, error.code, error.params).text for error in errors[:_ERRORS_TOLD])
    return "\n".join(dict.fromkeys(said))


def of_code(env, code, params, kind="validation"):
    """What a partner is told about an error of a document of its own; what is not for it, is our turn.

    :param kind: the class of the error
    """
    entry = spoken.to_partner(env, code, params)
    if not entry:
        return Said(
            "waiting", env._("There is a difficulty on our side."), env._("Tell your contact person.")
        )
    told = PARTNERS[code]
    if told.remedy is None:
        return Said("you", entry.message, _of_class(env, kind).remedy)
    return Said("you" if told.theirs else "waiting", *entry)
