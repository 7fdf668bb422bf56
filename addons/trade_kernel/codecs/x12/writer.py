"""Interchanges: transaction sets in their envelope, as the partner's profile wants them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ...canonical import Document, Identifier
from ...errors import ValidationFailed
from .._edi.syntax import write
from .._edi.writing import Writing
from .profile import CENTURY, Profile
from .transactions import Transaction, by_document
from .transactions._parties import address, address_of

_WIDEST = 15
#: the segment that is written as if it were a set
TA1 = "TA1"


@dataclass
class _Written:
    """One transaction set, or one TA1: its segments as tags and elements."""

    group: str
    segments: list[tuple[str, list[Any]]] = field(default_factory=list)


def interchange(documents: Sequence[Document], profile: Profile) -> bytes:
    """One interchange with a transaction set for every document; those of one kind that follow each other
    share a group.

    :raise ValidationFailed: when a document or an option cannot be written.
    """
    if not documents:
        raise ValidationFailed(
            "codec.cannot_carry", what="no document", reason="an interchange holds a transaction set"
        )
    mapped = [(document, by_document(document, profile)) for document in documents]
    usual, references = mapped[0][1].written_references(documents)
    given = profile.message_references
    written = [
        _set(document, mapping, profile, given[index] if index < len(given) else references[index])
        for index, (document, mapping) in enumerate(mapped)
    ]
    first, reference = mapped[0], (profile.interchange_reference or usual).zfill(9)
    if len(reference) > 9:
        raise ValidationFailed("codec.option", option="interchange_reference", value=reference)
    prepared = (profile.prepared_at or documents[0].issued_at).astimezone(profile.where)
    sender = profile.sender or _usual(*first, "sender")
    receiver = profile.receiver or _usual(*first, "receiver")
    groups = list(_groups(written))
    segments = [_isa(sender, receiver, reference, prepared, profile)]
    segments += [
        segment for group in groups if not group[0].group for one in group for segment in one.segments
    ]
    groups = [group for group in groups if group[0].group]
    for index, group in enumerate(groups):
        number = str(int(profile.group_reference or reference) + index)
        gs = [
            group[0].group,
            profile.group_sender or sender["id"],
            profile.group_receiver or receiver["id"],
            f"{prepared:%Y%m%d}".zfill(8)[0 if profile.since(CENTURY) else 2 :],
            f"{prepared:%H%M}",
            number,
            profile.agency,
            profile.version + profile.association,
        ]
        segments.append(("GS", gs))
        segments += [segment for one in group for segment in one.segments]
        segments.append(("GE", [str(len(group)), number]))
    segments.append(("IEA", [str(len(groups)), reference]))
    return _bytes(segments, profile)


def _groups(written: Iterable[_Written]) -> Iterable[list[_Written]]:
    group: list[_Written] = []
    for one in written:
        if group and group[0].group != one.group:
            yield group
            group = []
        group.append(one)
    yield group


def _set(document: Document, mapping: Transaction, profile: Profile, reference: str) -> _Written:
    out = Writing(profile)
    mapping.write(document, out)
    kind, implementation = mapping.written_set(document, profile)
    if kind == TA1:
        return _Written("", out.segments)
    if len(reference) > 9:
        raise ValidationFailed("codec.option", option="message_references", value=reference)
    segments = [("ST", [kind, reference, implementation]), *out.written()]
    segments.append(("SE", [str(len(segments) + 1), reference]))
    return _Written(mapping.group, segments)


def _isa(
    sender: dict[str, str],
    receiver: dict[str, str],
    reference: str,
    prepared: datetime,
    profile: Profile,
) -> tuple[str, list[Any]]:
    """ISA; its eleventh and sixteenth elements are set when it is known what separates."""
    elements = [
        "03" if profile.authorization else "00",
        profile.authorization[:10].ljust(10),
        "01" if profile.security else "00",
        profile.security[:10].ljust(10),
        *_party(sender),
        *_party(receiver),
        f"{prepared:%Y%m%d}".zfill(8)[2:],
        f"{prepared:%H%M}",
        "U",
        profile.interchange_version,
        reference,
        "1" if profile.acknowledgement_requested else "0",
        profile.usage,
        "",
    ]
    return "ISA", elements


def _party(given: dict[str, str]) -> tuple[str, str]:
    value = given["id"]
    if len(value) > _WIDEST:
        reason = f"ISA has room for {_WIDEST} characters; name the address on the route"
        raise ValidationFailed("codec.cannot_carry", what=f"the address {value}", reason=reason)
    return given.get("qualifier", "ZZ").ljust(2), value.ljust(_WIDEST)


def _usual(document: Document, mapping: Transaction, role: str) -> dict[str, str]:
    """Who sends a document, or gets it, when the profile does not say: the party that its kind names."""
    party: Any = getattr(document, getattr(mapping, role), None) if getattr(mapping, role) else None
    if party is not None:
        if mapping.by_address and (known := address_of(party)):
            return known
        if party.endpoint_id:
            return address(party.endpoint_id)
        named: Identifier | None = next(iter(party.party_identification), None)
        value = named.id if named else party.company_id or party.party_name or ""
        if value.strip():
            return {"id": value[:_WIDEST].strip(), "qualifier": ""}
    return {"id": role.upper(), "qualifier": ""}


def _bytes(segments: Sequence[tuple[str, list[Any]]], profile: Profile) -> bytes:
    """The file, in separators that stand in no value."""
    separators = profile.separated([value for _tag, elements in segments for value in _values(elements)])
    isa = segments[0][1]
    if profile.since("004020"):
        isa[10] = separators.repetition or "U"
    written = separators.element.join(["ISA", *isa[:-1], separators.component]) + separators.segment
    text = written + profile.line_end
    for tag, elements in segments[1:]:
        text += write(tag, elements, separators) + profile.line_end
    name = profile.encoding or "utf-8"
    try:
        return text.encode(name)
    except UnicodeEncodeError as error:
        what = f"the character {text[error.start]!r}"
        raise ValidationFailed("codec.cannot_carry", what=what, reason=f"{name} does not have it") from error
    except LookupError as error:
        raise ValidationFailed("codec.option", option="encoding", value=repr(name)) from error


def _values(elements: Iterable[Any]) -> Iterable[str]:
    for element in elements:
        if isinstance(element, str):
            yield element
        elif element:
            yield from _values(element)
