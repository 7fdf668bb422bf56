"""The messages of a file, each with what its envelope says and what is wrong with that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from operator import attrgetter
from typing import Any

from ...errors import TradeError, ValidationFailed
from .._edi.syntax import EDIFACT, Segment, Separators, segments
from .._edi.values import clock as iso_clock
from .._edi.values import day as iso_day
from .._edi.values import zone
from .._edi.wrong import finding, last_place, other_reference, wrong_count
from .charsets import CHARSETS, decoded
from .scan import BLANKS, File, FoundGroup, FoundMessage, Interchange, Piece, scan

#: what is wrong with an envelope, in UN/EDIFACT 0085's codes
UNSUPPORTED, INVALID, MISSING, DUPLICATE, REFERENCES, COUNT, EMPTY, STRAY = (
    "2",
    "12",
    "13",
    "26",
    "28",
    "29",
    "32",
    "33",
)


@dataclass(slots=True)
class Message:
    """One message of a file, its segments not yet looked at.

    Attributes:
        envelope: JSON-able; its keys are those of every EDI codec.
        text: UNH to UNT, decoded.
        raw: the message in an envelope of its own: a file that can be read alone.
        error: why it is no message.
    """

    envelope: dict[str, Any]
    separators: Separators
    text: str
    raw: bytes
    error: TradeError | None = None

    def segments(self) -> Iterator[Segment]:
        """UNH to UNT, numbered from 1. Once all are taken, the envelope says whether UNT counted them."""
        segment = None
        for segment in segments(self.text, self.separators):
            yield segment
        if segment and segment.tag == "UNT":
            wrong = list(wrong_count(segment, "message", COUNT, segment.number))
            if wrong:
                self.envelope["envelope_errors"] = [*self.envelope.get("envelope_errors", ()), *wrong]


def read(data: bytes, options: Mapping[str, Any], most: int) -> Iterator[Message]:
    """Every message of the file in its order, and an error for everything else that is in it.

    :param most: more messages than these are not taken from one file.
    :raise ValidationFailed: when the options cannot be used, or there are too many messages.
    """
    where = zone(options.get("timezone"))
    file = scan(data)
    count = sum(len(interchange.messages) or 1 for interchange in file.interchanges)
    if count > most:
        raise ValidationFailed("document.too_many", limit=most)
    alone = count == 1 and len(file.interchanges) == 1 and not file.outside
    index = 0
    for piece in sorted([*file.interchanges, *file.outside], key=attrgetter("start")):
        found = (
            [_outside(file, piece)] if isinstance(piece, Piece) else _messages(file, piece, options, where)
        )
        for message in found:
            message.envelope["index"] = index
            index += 1
            if alone:
                message.raw = data
            yield message


def _outside(file: File, piece: Piece) -> Message:
    value = file.text[piece.start : piece.end].strip(BLANKS)[:60]
    error = ValidationFailed("edi.outside", pointer=f"byte {piece.start + 1}", value=value)
    return Message({"syntax": "edifact"}, EDIFACT, "", file.bytes_of(piece), error)


def _messages(
    file: File, interchange: Interchange, options: Mapping[str, Any], where: tzinfo
) -> Iterator[Message]:
    reader = _Reader(file, interchange, options, where)
    for found in interchange.messages:
        yield reader.message(found)
    if not interchange.messages:
        yield reader.empty()


class _Reader:
    """Reads the envelopes of one interchange."""

    def __init__(self, file: File, found: Interchange, options: Mapping[str, Any], where: tzinfo):
        self.file, self.found, self.where = file, found, where
        self.encoding = options.get("encoding")
        unb = found.unb
        self.charset = unb(1).upper() if unb else ""
        self.head = self._header() | {"separators": _shown(found.separators)}
        self.errors = list(self._errors())
        self.references: set[str] = set()

    def _header(self) -> dict[str, Any]:
        unb = self.found.unb
        head: dict[str, Any] = {"syntax": "edifact"}
        if not unb:
            return head
        head |= {
            "syntax_identifier": self.charset,
            "syntax_version": unb(1, 2),
            "sender": _address(unb, 2),
            "receiver": _address(unb, 3),
            "prepared_at": self._prepared(unb),
            "interchange_reference": unb(5),
            "application_reference": unb(7),
            "acknowledgement_requested": unb(9) == "1",
            "agreement": unb(10),
            "test": unb(11) == "1",
        }
        return {name: value for name, value in head.items() if value not in ("", None, {})}

    def _prepared(self, unb: Segment) -> str | None:
        """When the interchange was made; years have two digits in syntax 1 to 3, sometimes four."""
        day, time = unb(4), unb(4, 2)
        on = iso_day(day)
        at = iso_clock(on, time.zfill(4), self.where)
        return f"{on}T{at}" if ":" in at else None

    def _errors(self) -> Iterator[dict[str, Any]]:
        """What is wrong with the interchange as a whole."""
        found, unb, unz = self.found, self.found.unb, self.found.unz
        if not unb:
            yield finding("interchange", MISSING, "UNB", "missing", segment="UNB")
        else:
            if self.charset not in CHARSETS or unb(1, 2) not in ("1", "2", "3", "4"):
                value = f"{self.charset} {unb(1, 2)}".strip()
                yield finding("interchange", UNSUPPORTED, "UNB", "syntax", 1, value=value)
            for element, name in ((2, "sender"), (3, "receiver"), (5, "reference")):
                if not unb(element):
                    yield finding("interchange", MISSING, "UNB", name, element)
            if not self.head.get("prepared_at"):
                code, value = INVALID if unb(4) else MISSING, ":".join(unb.composite(4))
                yield finding("interchange", code, "UNB", "date", 4, value=value)
        if not unz:
            if unb:
                yield finding("interchange", MISSING, "UNZ", "end")
        else:
            counted = len(found.groups) or len(found.messages)
            yield from _end(unz, "interchange", counted, unb(5) if unb else "")
        for stray in found.strays:
            yield finding("interchange", STRAY, stray[:3], "stray", value=stray[:200])
        if not found.messages:
            yield finding("interchange", EMPTY, "UNB", "empty")

    def message(self, found: FoundMessage) -> Message:
        """One message with its envelope."""
        file, separators = self.file, self.found.separators
        data, error = file.bytes_of(found), None
        try:
            text, charset = decoded(data, self.charset, self.encoding)
        except ValidationFailed as refused:
            text, charset, error = data.decode("iso8859-1"), "iso8859-1", refused
        unh = next(segments(text, separators))
        envelope = self.head | {
            "charset": charset,
            "message_reference": unh(1),
            "message_type": unh(2).upper(),
            "version": unh(2, 2),
            "release": unh(2, 3),
            "agency": unh(2, 4),
            "association": unh(2, 5),
        }
        if found.group:
            envelope |= _group(found.group)
        envelope = {name: value for name, value in envelope.items() if value != ""}
        wrong = [*self.errors, *self._group_errors(found.group), *self._message_errors(found, unh)]
        if wrong:
            envelope["envelope_errors"] = wrong
        if not found.closed:
            error = error or ValidationFailed(
                "edi.truncated", pointer=last_place(text, separators, "UNH"), segment="UNT"
            )
        return Message(envelope, separators, text, self._alone(found, data), error)

    def empty(self) -> Message:
        """The interchange when no message is in it."""
        found = self.found
        envelope = self.head | {"envelope_errors": self.errors}
        raw = (found.una + found.unb_text + (found.unz.text if found.unz else "")).encode("iso8859-1")
        error = ValidationFailed("edi.empty", pointer="UNB")
        return Message(envelope, found.separators, "", raw, error)

    def _group_errors(self, group: FoundGroup | None) -> Iterator[dict[str, Any]]:
        if group and group.une:
            yield from _end(group.une, "group", group.messages, group.ung(5))
        elif group:
            yield finding("group", MISSING, "UNE", "group.end")

    def _message_errors(self, found: FoundMessage, unh: Segment) -> Iterator[dict[str, Any]]:
        reference = unh(1)
        if not reference or not unh(2):
            yield finding("message", MISSING, "UNH", "message.unnamed", 2 if reference else 1)
        if reference and reference in self.references:
            yield finding("message", DUPLICATE, "UNH", "message.twice", 1, value=reference)
        self.references.add(reference)
        if not found.unt:
            yield finding("message", MISSING, "UNT", "message.end")
            return
        if found.unt(2) != reference:
            yield other_reference(found.unt, "message", REFERENCES, reference)

    def _alone(self, found: FoundMessage, data: bytes) -> bytes:
        """The message in an interchange of its own."""
        interchange, group = self.found, found.group
        if not interchange.unb:
            return data
        element, segment = interchange.separators.element, interchange.separators.segment
        before, after = interchange.una + interchange.unb_text, ""
        if found.closed:
            reference = interchange.unb.escaped(5)
            after = f"UNZ{element}1{element}{reference}{segment}"
        if group:
            before += group.text
            if found.closed:
                after = f"UNE{element}1{element}{group.ung.escaped(5)}{segment}{after}"
        middle = data if not found.closed or data.endswith(segment.encode()) else data + segment.encode()
        return before.encode("iso8859-1") + middle + after.encode("iso8859-1")


def _address(unb: Segment, element: int) -> dict[str, str]:
    values = {"id": unb(element), "qualifier": unb(element, 2), "address": unb(element, 3)}
    return {name: value for name, value in values.items() if value}


def _group(group: FoundGroup) -> dict[str, Any]:
    ung = group.ung
    return {
        "group_reference": ung(5),
        "group_type": ung(1),
        "group_sender": _address(ung, 2),
        "group_receiver": _address(ung, 3),
    }


def _shown(separators: Separators) -> dict[str, str]:
    values = {
        "segment": separators.segment,
        "element": separators.element,
        "component": separators.component,
        "repetition": separators.repetition,
        "release": separators.release,
        "decimal": separators.decimal,
    }
    return {name: value for name, value in values.items() if value}


def _end(segment: Segment, level: str, counted: int, reference: str) -> Iterator[dict[str, Any]]:
    """What is wrong with the end of a group or interchange."""
    yield from wrong_count(segment, level, COUNT, counted)
    if segment(2) != reference:
        yield other_reference(segment, level, REFERENCES, reference)
