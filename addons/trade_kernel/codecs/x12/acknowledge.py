"""What we say to an interchange we got: 997 or 999 for each group, TA1 for its envelope, 824 for a document.

Pure: what was decoded goes in, canonical acknowledgements and the options to encode them come out. A set is
rejected when no document could be made of it. What is wrong with an envelope that could be read all the same
is told with the acceptance; with the option ``strict`` for decoding nothing is made of such sets.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from ...canonical import AcknowledgedDocument, AcknowledgedError, Acknowledgement, Document, Party
from ...errors import TradeError
from .._told import Standing, line_of
from ..base import Decoded
from .transactions._acknowledgements import ELEMENT, GROUP, INTERCHANGE, SEGMENT, SET
from .transactions._parties import interchange_party

_PLACE = re.compile(r"segment (\d+) ([A-Z][A-Z0-9]{1,2})(?:, element (\d+)(?:, component (\d+))?)?")
#: groups of acknowledgements, which are not acknowledged, or two systems would never end
_ACKNOWLEDGEMENTS = frozenset({"FA"})
_MOST_ERRORS = 5
#: our error code → element 723; everything else is a code that is not valid
_ELEMENTS = {
    "field.missing": "1",
    "field.too_short": "4",
    "field.too_long": "5",
    "number.range": "5",
    "field.text": "6",
    "number.invalid": "6",
    "date.invalid": "8",
    "time.invalid": "9",
}
_INVALID = "7"
#: our error code → element 718; everything else is wrong in its segments
_SETS = {"edi.message_unknown": "1", "edi.truncated": "2"}
_IN_SEGMENTS, _IN_ELEMENTS = "5", "8"
#: the first version with 999
_IMPLEMENTATION = "005010"
#: our error code → element 647 of 824; everything else is a reason of its own
_REASONS = {
    "field.missing": "007",
    "document.no_lines": "007",
    "line.duplicate": "006",
    "document.duplicate": "006",
    "date.invalid": "009",
    "period.reversed": "009",
    "product.unknown": "011",
    "order.unknown": "011",
    "amount.currency": "011",
    "delivery.sum": "010",
}
_OTHER_REASON = "024"
#: OpenPeppol's reason → element 647
_STANDING: Mapping[str, str] = {"UNR": "011", "REF": "011"}


def interchanges(parts: Sequence[Decoded]) -> Iterator[list[Decoded]]:
    """The parts of a file by interchange; what stands outside of all of them is left out."""
    known = [part for part in parts if part.envelope.get("interchange_reference")]
    names = ("sender", "receiver", "interchange_reference")
    for _key, group in groupby(known, lambda part: [str(part.envelope.get(name)) for name in names]):
        yield list(group)


def groups(parts: Sequence[Decoded]) -> Iterator[list[Decoded]]:
    """The transaction sets of an interchange by functional group, without those that acknowledge ours."""
    sets = [part for part in parts if part.envelope.get("group_reference")]
    sets = [part for part in sets if part.envelope.get("group_type") not in _ACKNOWLEDGEMENTS]
    names = ("group_type", "group_reference")
    for _key, group in groupby(sets, lambda part: [part.envelope.get(name) for name in names]):
        yield list(group)


def acknowledge(
    parts: Sequence[Decoded], now: datetime, options: Mapping[str, Any] | None = None
) -> tuple[list[Acknowledgement], dict[str, Any]]:
    """Everything that is said to one interchange, and the options to encode it: one file for its sender.

    :param parts: all that was decoded of it.
    :param now: aware; the envelope says minutes.
    :param options: ``acknowledge_with`` (``997``, ``999``); ``ta1`` (``asked``: when ISA14 asks for it or the
        envelope is wrong; ``always``, ``never``).
    :return: nothing to say is an empty list.
    """
    options = options or {}
    envelope = parts[0].envelope
    found: list[Acknowledgement] = []
    wanted = options.get("ta1") or "asked"
    due = envelope.get("acknowledgement_requested") or _wrong(parts, "interchange")
    if wanted == "always" or (wanted == "asked" and due):
        found += (
            [ta1(parts, now)] if any(part.envelope.get("message_type") != "TA1" for part in parts) else []
        )
    for count, group in enumerate(groups(parts), 1):
        document = functional(group, now, options)[0]
        number = document.id if count == 1 else f"{document.id}/{count}"
        found.append(document.model_copy(update={"id": number}))
    return found, _options(envelope, now, options)


# --- 997 and 999 ----------------------------------------------------------------------------------
def functional(
    parts: Sequence[Decoded], now: datetime, options: Mapping[str, Any] | None = None
) -> tuple[Acknowledgement, dict[str, Any]]:
    """The acknowledgement of one functional group, and the options to encode it.

    :param parts: all transaction sets of the group, see :func:`groups`.
    """
    options = options or {}
    envelope = parts[0].envelope
    responses = tuple(_response(part) for part in parts)
    errors = [_coded(one, GROUP) for one in _wrong(parts[:1], "group")][:_MOST_ERRORS]
    codes = {one.response_code for one in responses}
    if codes == {"rejected"}:
        code = "rejected"
    else:
        code = "accepted_with_errors" if errors or codes != {"accepted"} else "accepted"
    document = Acknowledgement(
        id=_own_number(envelope),
        **_said(envelope, now),
        level="syntax",
        response_code=code,
        functional_identifier=envelope.get("group_type"),
        group_reference=envelope.get("group_reference"),
        errors=tuple(errors),
        responses=responses,
        extensions=_conventions(parts, options),
    )
    return document, _options(envelope, now, options)


def _response(part: Decoded) -> AcknowledgedDocument:
    envelope = part.envelope
    wrong = _wrong([part], "message")
    whole = [_coded(error, SET) for error in wrong]
    rejected = bool(part.errors)
    placed: list[AcknowledgedError] = []
    if rejected:
        further, placed = _placed(part.errors)
        whole += [error for error in further if error.code not in {one.code for one in whole}]
    if placed:
        whole = [error for error in whole if error.code != _IN_SEGMENTS]
    return AcknowledgedDocument(
        control_reference=envelope.get("message_reference"),
        document_type_code=envelope.get("message_type"),
        response_code="rejected" if rejected else "accepted_with_errors" if whole else "accepted",
        errors=(*whole[: _MOST_ERRORS - bool(placed)], *placed),
    )


def _placed(errors: Sequence[TradeError]) -> tuple[list[AcknowledgedError], list[AcknowledgedError]]:
    """What is wrong with the set as a whole, and with its segments, in the order of these."""
    whole: dict[str, AcknowledgedError] = {}
    found: dict[tuple[int, str, str], AcknowledgedError] = {}
    for error in errors:
        if error.code == "edi.envelope":  # it is told with the envelope
            continue
        match = _PLACE.match(error.pointer or "")
        if error.code in _SETS or not match or match[2] in ("ST", "SE"):
            code = _SETS.get(error.code, _IN_SEGMENTS)
            whole.setdefault(code, AcknowledgedError(code=code, text=SET[code]))
            continue
        position, tag, element, component = match.groups()
        place = {"segment_tag": tag, "segment_position": position}
        if element is None:
            key, code, meanings = (int(position), "", ""), _IN_ELEMENTS, SEGMENT
        else:
            code, meanings = _ELEMENTS.get(error.code, _INVALID), ELEMENT
            key = (int(position), element, code)
            place["element_position"] = f"{element}.{component}" if component else element
        found.setdefault(key, AcknowledgedError(code=code, text=meanings[code], **place))
    # A segment that is only said to be wrong says nothing more than its elements do.
    told = {position for position, element, _code in found if element}
    keys = sorted((key for key in found if key[1] or key[0] not in told), key=lambda key: key[0])
    return list(whole.values()), [found[key] for key in keys]


def _conventions(parts: Sequence[Decoded], options: Mapping[str, Any]) -> dict[str, Any]:
    """Which version and convention the group and its sets follow, where the acknowledgement names them."""
    envelope = parts[0].envelope
    implementation = str(options.get("acknowledge_with")) == "999"
    if not implementation and envelope.get("version", "") < _IMPLEMENTATION:
        return {}
    elements = {}
    if version := envelope.get("version", ""):
        elements["AK1"] = {"3.1": version + envelope.get("association", "")}
    for count, part in enumerate(parts, 1):
        if convention := part.envelope.get("implementation"):
            elements["AK2" if count == 1 else f"AK2#{count}"] = {"3.1": convention}
    return {"elements": elements} if elements else {}


# --- TA1 ------------------------------------------------------------------------------------------
def ta1(parts: Sequence[Decoded], now: datetime) -> Acknowledgement:
    """The answer to the envelope of an interchange."""
    envelope = parts[0].envelope
    errors = [_coded(one, INTERCHANGE) for one in _wrong(parts, "interchange")][:1]
    empty = all("message_type" not in part.envelope for part in parts)
    code = "rejected" if empty else "accepted_with_errors" if errors else "accepted"
    prepared = envelope.get("prepared_at")
    sent = datetime.fromisoformat(prepared) if prepared else now
    reference = envelope.get("interchange_reference") or "0"
    return Acknowledgement(
        id=f"{_own_number(envelope)}/TA1-{reference.lstrip('0')}",
        **_said(envelope, now),
        level="syntax",
        response_code=code,
        interchange_reference=reference,
        errors=tuple(errors),
        extensions={"elements": {"TA1": {"2.1": f"{sent:%y%m%d}", "3.1": f"{sent:%H%M}"}}},
    )


# --- 824 ------------------------------------------------------------------------------------------
def advice(
    part: Decoded, errors: Sequence[TradeError], now: datetime, number: str
) -> tuple[Acknowledgement, dict[str, Any]]:
    """What our application says to a document: taken, or refused for these reasons; and how to encode that.

    :param part: the document with its envelope.
    :param number: of the advice, ours.
    """
    document, envelope = part.document, part.envelope
    found = [error for one in errors for error in one.errors]
    code = "rejected" if found else "accepted"
    response = AcknowledgedDocument(
        control_reference=envelope.get("message_reference"),
        group_reference=envelope.get("group_reference"),
        document_id=document.id if document else None,
        document_type_code=envelope.get("message_type"),
        response_code=code,
        errors=tuple(_business(error, document) for error in found),
    )
    acknowledgement = Acknowledgement(
        id=number,
        **_said(envelope, now) | {"issue_time": now.replace(microsecond=0).timetz()},
        level="application",
        response_code=code,
        responses=(response,),
    )
    return acknowledgement, _options(envelope, now, {})


def _business(error: TradeError, document: Document | None) -> AcknowledgedError:
    match = _PLACE.match(error.pointer or "")
    position, tag, element, component = match.groups() if match else (None,) * 4
    return AcknowledgedError(
        code=_REASONS.get(error.code, _OTHER_REASON),
        text=error.message,
        line_id=line_of(error.pointer, document),
        segment_tag=tag,
        segment_position=position,
        element_position=f"{element}.{component}" if component else element,
    )


def standing(
    part: Decoded, said: Standing, now: datetime, number: str
) -> tuple[Acknowledgement, dict[str, Any]]:
    """How a document stands with us, as 824; and how to encode that. Parameters as for :func:`advice`.

    Element 110 knows no "under query": it is accepted with errors, and the first reason says what it means.
    """
    answer, options = advice(part, (), now, number)
    asked = said.code == "under_query"
    code = "accepted_with_errors" if asked else said.code
    errors = tuple(
        AcknowledgedError(
            code=_STANDING.get(one.code, _OTHER_REASON),
            text=f"Under query: {one.text}" if asked and not index else one.text,
            line_id=one.line_id,
        )
        for index, one in enumerate(said.reasons)
    )
    [response] = answer.responses
    response = response.model_copy(update={"response_code": code, "errors": errors})
    answer = answer.model_copy(update={"response_code": code, "responses": (response,)})
    return answer, options if part.envelope else {}


# --- what all have in common ------------------------------------------------------------------------
def _wrong(parts: Sequence[Decoded], level: str) -> list[Mapping[str, Any]]:
    found = [error for part in parts for error in part.envelope.get("envelope_errors", ())]
    unique = {(error["code"], error["place"]): error for error in found if error["level"] == level}
    return list(unique.values())


def _coded(error: Mapping[str, Any], meanings: Mapping[str, str]) -> AcknowledgedError:
    return AcknowledgedError(code=error["code"], text=meanings.get(error["code"]) or error["text"])


def _own_number(envelope: Mapping[str, Any]) -> str:
    """A number until the interchange has its own: that of the one that is answered."""
    number = str(envelope.get("interchange_reference") or "")
    number = number.lstrip("0") if number.isdecimal() else ""
    return number[:9] or "1"


def _said(envelope: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """When it is said, who says it, and to whom."""
    return {
        "issue_date": now.date(),
        "issue_time": now.replace(second=0, microsecond=0).timetz(),
        "sender_party": _party(envelope.get("receiver")),
        "receiver_party": _party(envelope.get("sender")),
    }


def _party(address: Mapping[str, str] | None) -> Party | None:
    values = interchange_party(address or {})
    return Party.model_validate(values) if values else None


def _options(envelope: Mapping[str, Any], now: datetime, options: Mapping[str, Any]) -> dict[str, Any]:
    """The interchange goes back the way the other came, in the same version."""
    with_ = str(options.get("acknowledge_with") or "997")
    version = envelope.get("version", "")
    if with_ == "999" and version < _IMPLEMENTATION:
        version = _IMPLEMENTATION
    sender, receiver = envelope.get("receiver") or {}, envelope.get("sender") or {}
    found = {
        "sender": sender if sender.get("id") else None,
        "receiver": receiver if receiver.get("id") else None,
        "group_sender": (envelope.get("group_receiver") or {}).get("id"),
        "group_receiver": (envelope.get("group_sender") or {}).get("id"),
        "version": version if re.fullmatch(r"00[2-8]\d{3}", version) else None,
        "acknowledge_with": with_ if with_ != "997" else None,
        "prepared_at": now.isoformat(),
        "test": envelope.get("test"),
        "usage": envelope.get("usage"),
    }
    return {name: value for name, value in found.items() if value}
