"""What we say to an interchange we got: CONTRL for its syntax, APERAK for what became of a document.

Pure: what was decoded goes in, a canonical acknowledgement and the options to encode it come out. A message
is rejected when no document could be made of it. What is wrong with an envelope that could be read all the
same is told with the acceptance; with the option ``strict`` for decoding nothing is made of such messages.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from ...canonical import AcknowledgedDocument, AcknowledgedError, Acknowledgement, Document, Identifier, Party
from ...errors import TradeError
from .._told import Standing, line_of
from ..base import Decoded
from .messages._parties import ADDRESS_SCHEMES
from .messages.contrl import MEANINGS

_SEGMENT = re.compile(r"segment (\d+) ([A-Z]{3})(?:, element (\d+)(?:, component (\d+))?)?")
#: our error code → UN/EDIFACT 0085; everything else is a value that is not valid
_CODES = {
    "field.missing": "13",
    "document.no_lines": "13",
    "field.too_long": "39",
    "field.text": "21",
    "number.invalid": "37",
    "number.range": "39",
    "line.duplicate": "26",
    "edi.message_unknown": "14",
    "edi.truncated": "13",
    "edi.empty": "32",
    "edi.outside": "33",
    "file.encoding": "21",
    "document.too_many_lines": "36",
    "errors.more": "18",
}
_INVALID = "12"
#: canonical document → UNTDID 1001
_KINDS = {
    "order": "220",
    "order_change": "230",
    "order_response": "231",
    "despatch_advice": "351",
    "receipt_advice": "632",
    "invoice": "380",
    "credit_note": "381",
    "price_catalogue": "9",
    "inventory_report": "35",
    "product_activity": "73",
    "shipment_status": "23",
    "remittance_advice": "481",
}


def interchanges(parts: Sequence[Decoded]) -> Iterator[list[Decoded]]:
    """The parts of a file by interchange; what stands outside of all of them is left out."""

    def interchange(part: Decoded) -> tuple[str, str, str]:
        envelope = part.envelope
        return (
            str(envelope.get("sender")),
            str(envelope.get("receiver")),
            str(envelope.get("interchange_reference")),
        )

    known = [part for part in parts if part.envelope.get("interchange_reference")]
    for _key, group in groupby(known, interchange):
        yield list(group)


def contrl(
    parts: Sequence[Decoded], now: datetime, *, received_only: bool = False
) -> tuple[Acknowledgement, dict[str, Any]]:
    """The acknowledgement of one interchange, and the options to encode it.

    :param parts: all that was decoded of it.
    :param now: aware; CONTRL says minutes.
    :param received_only: say that it arrived and nothing about its messages yet.
    """
    envelope = parts[0].envelope
    wrong = [error for error in envelope.get("envelope_errors", ()) if error["level"] == "interchange"]
    empty = all("message_reference" not in part.envelope for part in parts)
    errors = tuple(_told(error) for error in wrong[:1])
    if received_only:
        code = "received"
    elif empty:
        code = "rejected"
    else:
        code = "accepted_with_errors" if errors else "accepted"
    document = Acknowledgement(
        id=envelope.get("interchange_reference") or "0",
        issue_date=now.date(),
        issue_time=now.replace(second=0, microsecond=0).timetz(),
        level="syntax",
        response_code=code,
        interchange_reference=envelope.get("interchange_reference"),
        sender_party=_party(envelope.get("receiver")),
        receiver_party=_party(envelope.get("sender")),
        errors=() if received_only else errors,
        responses=() if received_only else tuple(_responses(parts)),
    )
    return document, _options(envelope, now)


def _responses(parts: Sequence[Decoded]) -> Iterator[AcknowledgedDocument]:
    group = None
    for part in _whole(parts):
        envelope = part.envelope
        if "message_reference" not in envelope:
            continue
        if envelope.get("group_reference") != group:
            group = envelope.get("group_reference")
            yield _group(envelope)
        wrong = [error for error in envelope.get("envelope_errors", ()) if error["level"] == "message"]
        rejected = bool(part.errors)
        errors = _message_errors(part, wrong) if rejected else [_told(error) for error in wrong[:1]]
        yield AcknowledgedDocument(
            control_reference=envelope["message_reference"],
            group_reference=group,
            document_type_code=envelope.get("message_type"),
            response_code="rejected" if rejected else "accepted_with_errors" if errors else "accepted",
            errors=tuple(errors),
        )


def _whole(parts: Sequence[Decoded]) -> Iterator[Decoded]:
    """Each message once: one that was read as several is accepted when all of them are."""

    def message(pair: tuple[int, Decoded]) -> tuple[str, int]:
        index, part = pair
        said_in_parts = "part" in part.envelope
        return (
            (part.envelope["message_reference"], part.envelope["index"])
            if said_in_parts
            else ("", -index - 1)
        )

    for _key, pairs in groupby(enumerate(parts), message):
        found = [part for _index, part in pairs]
        yield next((part for part in found if part.errors), found[0])


def _group(envelope: Mapping[str, Any]) -> AcknowledgedDocument:
    wrong = [error for error in envelope.get("envelope_errors", ()) if error["level"] == "group"]
    return AcknowledgedDocument(
        group_reference=envelope.get("group_reference"),
        response_code="accepted_with_errors" if wrong else "accepted",
        errors=tuple(_told(error) for error in wrong[:1]),
    )


def _message_errors(part: Decoded, wrong: Sequence[Mapping[str, Any]]) -> list[AcknowledgedError]:
    """One error of the message's envelope, and all that point at its segments, in the order of these."""
    whole: list[AcknowledgedError] = [_told(error) for error in wrong[:1]]
    placed: dict[tuple[int, str, str], AcknowledgedError] = {}
    for error in part.errors:
        code = _CODES.get(error.code, _INVALID)
        # Places are those of the part, not of the message.
        match = None if "part" in part.envelope else _SEGMENT.match(error.pointer or "")
        if not match:
            if not whole:
                whole.append(AcknowledgedError(code=code, text=error.message))
            continue
        number, tag, element, component = match.groups()
        place = f"{element}.{component}" if component else element
        if tag in ("UNH", "UNT"):
            if not whole:
                whole.append(
                    AcknowledgedError(code=code, text=error.message, segment_tag=tag, element_position=place)
                )
            continue
        placed.setdefault(
            (int(number), place or "", code),
            AcknowledgedError(
                code=code,
                text=error.message,
                segment_tag=tag,
                segment_position=number,
                element_position=place,
            ),
        )
    return [*whole, *(placed[key] for key in sorted(placed, key=lambda key: key[0]))]


def _told(error: Mapping[str, Any]) -> AcknowledgedError:
    """An error of an envelope; its place is ``UNT, element 2``."""
    tag, _comma, element = error["place"].partition(", element ")
    if match := _SEGMENT.match(error["place"]):
        return AcknowledgedError(code=error["code"], text=error["text"], segment_tag=match[2])
    code = error["code"] if error["code"] in MEANINGS else _INVALID
    known = len(tag) == 3 and tag.isalpha()
    return AcknowledgedError(
        code=code,
        text=error["text"],
        segment_tag=tag if known else None,
        element_position=element or None,
    )


def _party(address: Mapping[str, str] | None) -> Party | None:
    if not address or not address.get("id"):
        return None
    qualifier = address.get("qualifier", "")
    scheme = ADDRESS_SCHEMES.get(qualifier)
    return Party(
        party_identification=(Identifier(id=address["id"], scheme_id=scheme),),
        extensions={"qualifier": qualifier} if qualifier and not scheme else {},
    )


def _options(envelope: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The interchange goes back the way the other came, in the same syntax and version."""
    version = envelope.get("syntax_version", "3")
    options = {
        "sender": envelope.get("receiver"),
        "receiver": envelope.get("sender"),
        "syntax_version": int(version) if version in ("1", "2", "3", "4") else 3,
        "version": envelope.get("version"),
        "release": _release(envelope),
        "prepared_at": now.isoformat(),
        "test": envelope.get("test"),
    }
    return {name: value for name, value in options.items() if value}


def _release(envelope: Mapping[str, Any]) -> str | None:
    release = str(envelope.get("release", "")).upper()
    return release if re.fullmatch(r"\d\d[AB]", release) else None


def aperak(
    part: Decoded, errors: Sequence[TradeError], now: datetime, number: str
) -> tuple[Acknowledgement, dict[str, Any]]:
    """What our application says to a document: taken, or refused for these reasons; and how to encode that.

    :param part: the document with its envelope.
    :param number: of the acknowledgement, ours.
    """
    document, envelope = part.document, part.envelope
    found = [error for one in errors for error in one.errors]
    code = "rejected" if found else "accepted"
    response = AcknowledgedDocument(
        control_reference=envelope.get("message_reference"),
        document_id=document.id if document else None,
        document_type_code=_KINDS.get(document.document_type) if document else None,
        response_code=code,
        errors=tuple(_business(error, document) for error in found),
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
    return acknowledgement, _options(envelope, now)


def _business(error: TradeError, document: Document | None) -> AcknowledgedError:
    return AcknowledgedError(
        code=_CODES.get(error.code, _INVALID), text=error.message, line_id=line_of(error.pointer, document)
    )


def standing(
    part: Decoded, said: Standing, now: datetime, number: str
) -> tuple[Acknowledgement, dict[str, Any]]:
    """How a document stands with us, as APERAK; and how to encode that. Parameters as for :func:`aperak`."""
    answer, options = aperak(part, (), now, number)
    errors = tuple(
        AcknowledgedError(code=one.code, text=one.text, line_id=one.line_id) for one in said.reasons
    )
    [response] = answer.responses
    response = response.model_copy(update={"response_code": said.code, "errors": errors})
    answer = answer.model_copy(update={"response_code": said.code, "responses": (response,)})
    return answer, options if part.envelope else {}
