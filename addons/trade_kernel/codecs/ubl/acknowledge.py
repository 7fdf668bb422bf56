"""What we say to a UBL document we got: ApplicationResponse, as Peppol's message level response; and how an
invoice stands with us, as its invoice response.

Pure: what was decoded goes in, a canonical acknowledgement and the options to encode it come out.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ...canonical import (
    AcknowledgedDocument,
    AcknowledgedError,
    Acknowledgement,
    Identifier,
    Party,
    ResponseStatus,
)
from ...errors import TradeError
from .._told import Standing, line_of
from ..base import Decoded

#: UNCL 4343 has no code for a reason; OpenPeppol's status reasons: a rule of business is broken
_BROKEN = "BV"
#: OpenPeppol's lists of why an invoice stands as it does, and of what is asked for
_REASONS, _ACTIONS = "OPStatusReason", "OPStatusAction"
#: UNTDID 1001
_TYPES = {"invoice": "380", "credit_note": "381"}


def application_response(
    part: Decoded, errors: Sequence[TradeError], now: datetime, number: str
) -> tuple[Acknowledgement, dict[str, Any]]:
    """What our application says to a document: taken, or refused for these reasons; and how to encode that.

    :param part: the document with its envelope.
    :param number: of the answer, ours.
    """
    document, envelope = part.document, part.envelope
    found = [error for one in errors for error in one.errors]
    code = "rejected" if found else "accepted"
    response = AcknowledgedDocument(
        document_id=document.id if document else envelope.get("document_id"),
        document_type_code=envelope.get("root"),
        response_code=code,
        errors=tuple(
            AcknowledgedError(code=_BROKEN, text=_text(error), line_id=line_of(error.pointer, document))
            for error in found
        ),
    )
    acknowledgement = Acknowledgement(
        id=number,
        issue_date=now.date(),
        issue_time=now.replace(microsecond=0).timetz(),
        level="application",
        response_code=code,
        sender_party=_party(envelope.get("receiver")),
        receiver_party=_party(envelope.get("sender")),
        responses=(response,),
    )
    return acknowledgement, {}


def standing(
    part: Decoded, said: Standing, now: datetime, number: str
) -> tuple[Acknowledgement, dict[str, Any]]:
    """How a document stands with us, as Peppol's invoice response; and how to encode that.

    That speaks of the document as a whole: a reason names its line in words.
    """
    document, envelope = part.document, part.envelope
    statuses = [
        ResponseStatus(
            list_id=_REASONS,
            code=one.code,
            text=f"Line {one.line_id}: {one.text}" if one.line_id else one.text,
        )
        for one in said.reasons
    ]
    if said.action:
        statuses.append(ResponseStatus(list_id=_ACTIONS, code=said.action))
    response = AcknowledgedDocument(
        document_id=document.id,
        document_type_code=getattr(document, "invoice_type_code", None) or _TYPES.get(document.document_type),
        response_code=said.code,
        statuses=tuple(statuses),
    )
    answer = Acknowledgement(
        id=number,
        issue_date=now.date(),
        issue_time=now.replace(microsecond=0).timetz(),
        level="application",
        response_code=said.code,
        sender_party=_named(getattr(document, "accounting_customer_party", None))
        or _party(envelope.get("receiver")),
        receiver_party=_named(getattr(document, "accounting_supplier_party", None))
        or _party(envelope.get("sender")),
        responses=(response,),
    )
    return answer, {}


def _named(party: Party | None) -> Party | None:
    """Who somebody is, without what only the bill needs."""
    names = ("endpoint_id", "party_identification", "party_name", "legal_entity_id")
    return Party(**{name: getattr(party, name) for name in names}) if party else None


def _text(error: TradeError) -> str:
    """The reason with its place: UBL has a place for lines only."""
    return f"{error.message} ({error.pointer})" if error.pointer else error.message


def _party(address: dict[str, str] | None) -> Party | None:
    if not address or not address.get("id"):
        return None
    return Party(endpoint_id=Identifier(id=address["id"], scheme_id=address.get("scheme_id")))
