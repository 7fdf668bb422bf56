"""Interchanges: messages in their envelope, as the partner's profile wants them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ...canonical import Document, Identifier
from ...errors import ValidationFailed
from .._edi.syntax import write
from .._edi.writing import Writing
from .charsets import encoded
from .messages import Message, by_document
from .messages._parties import address
from .profile import Profile

_LONGEST_REFERENCE = 14


def interchange(documents: Sequence[Document], profile: Profile) -> bytes:
    """One interchange with a message for every document.

    :raise ValidationFailed: when a document or an option cannot be written.
    """
    if not documents:
        raise ValidationFailed(
            "codec.cannot_carry", what="no document", reason="an interchange holds a message"
        )
    mapped = [(document, by_document(document)) for document in documents]
    usual, references = mapped[0][1].written_references(documents)
    written: list[str] = []
    types: list[str] = []
    for index, (document, message) in enumerate(mapped):
        given = profile.message_references
        kind, segments = _message(
            document, message, profile, given[index] if index < len(given) else references[index]
        )
        types.append(kind)
        written += segments
    signs, first = profile.separators, mapped[0]
    reference = profile.interchange_reference or usual
    prepared = (profile.prepared_at or documents[0].issued_at).astimezone(profile.where)
    if profile.group_reference:
        written = _group(written, types, first, profile, prepared)
    count = "1" if profile.group_reference else str(len(mapped))
    body = "".join(written) + write("UNZ", [count, reference], signs) + profile.line_end
    head, end = profile.service_string, profile.line_end
    before = head + end if head else ""
    unb = _unb(first, reference, prepared, profile)
    _data, charset = encoded(
        before + write("UNB", unb, signs) + end + body, profile.charset, profile.syntax_version
    )
    unb[0] = (charset, unb[0][1])
    return encoded(before + write("UNB", unb, signs) + end + body, charset, profile.syntax_version)[0]


def _unb(first: tuple[Document, Message], reference: str, prepared: datetime, profile: Profile) -> list[Any]:
    syntax = profile.syntax_version
    return [
        ("UNOC", str(syntax)),
        _party(profile.sender or _usual(*first, "sender")),
        _party(profile.receiver or _usual(*first, "receiver")),
        (f"{prepared:%Y%m%d}".zfill(8)[0 if syntax >= 4 else 2 :], f"{prepared:%H%M}"),
        reference,
        "",
        profile.application_reference,
        "",
        "1" if profile.acknowledgement_requested else "",
        profile.agreement,
        "1" if profile.test else "",
    ]


def _party(given: dict[str, str]) -> tuple[str, ...]:
    return (given.get("id", ""), given.get("qualifier", ""), given.get("address", ""))


def _usual(document: Document, message: Message, role: str) -> dict[str, str]:
    """Who sends a document, or gets it, when the profile does not say: the party that its kind names.

    Without an electronic address it is written without a qualifier, and so read as none.
    """
    field = message.sender if role == "sender" else message.receiver
    party: Any = getattr(document, field, None) if field else None
    if party is not None:
        if party.endpoint_id:
            return address(party.endpoint_id)
        named: Identifier | None = next(iter(party.party_identification), None)
        value = named.id if named else party.company_id or party.party_name or ""
        if value:
            return {"id": value[:35]}
    return {"id": role.upper()}


def _group(
    written: list[str],
    types: list[str],
    first: tuple[Document, Message],
    profile: Profile,
    prepared: datetime,
) -> list[str]:
    if len(set(types)) > 1:
        what = "messages of several types"
        raise ValidationFailed("codec.cannot_carry", what=what, reason="a group holds one type")
    sender = profile.sender or _usual(*first, "sender")
    receiver = profile.receiver or _usual(*first, "receiver")
    day = f"{prepared:%Y%m%d}".zfill(8)[0 if profile.syntax_version >= 4 else 2 :]
    ung = [
        types[0],
        (sender["id"], sender.get("qualifier", "")),
        (receiver["id"], receiver.get("qualifier", "")),
        (day, f"{prepared:%H%M}"),
        profile.group_reference,
        profile.agency,
        (profile.version, profile.release, profile.association),
    ]
    signs, end = profile.separators, profile.line_end
    return [
        write("UNG", ung, signs) + end,
        *written,
        write("UNE", [str(len(types)), profile.group_reference], signs) + end,
    ]


def _message(document: Document, message: Message, profile: Profile, reference: str) -> tuple[str, list[str]]:
    """The message's type, and its segments from UNH to UNT with their line ends."""
    out = Writing(profile)
    message.write(document, out)
    kind = message.written_type(document)
    if len(reference) > _LONGEST_REFERENCE:
        raise ValidationFailed("codec.option", option="message_references", value=reference)
    segments = [("UNH", [reference, (kind, *message.written_version(profile))]), *out.written()]
    segments.append(("UNT", [str(len(segments) + 1), reference]))
    return kind, [write(tag, elements, profile.separators) + profile.line_end for tag, elements in segments]
