"""The transaction sets of a file, each with what its envelope says and what is wrong with that."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from operator import attrgetter
from typing import Any

from ...errors import TradeError, ValidationFailed
from .._edi.syntax import X12, Segment, Separators, segments
from .._edi.values import clock as iso_clock
from .._edi.values import day as iso_day
from .._edi.values import zone
from .._edi.wrong import finding, last_place, other_reference, wrong_count
from ..edifact.charsets import decoded
from .scan import BLANKS, File, FoundAnswer, FoundGroup, FoundSet, Interchange, Piece, scan, unmarked
from .segment import X12Segment

#: the lowest and the highest version of an interchange that is known (ISA12)
_OLDEST, _NEWEST = "00200", "00801"
_VERSION = re.compile(r"(\d{6})(.*)")
_USAGE = ("P", "T", "I")


@dataclass(slots=True)
class Message:
    """One transaction set of a file, or one TA1; its segments are not yet looked at.

    Attributes:
        envelope: JSON-able; its keys are those of every EDI codec.
        text: ST to SE.
        raw: the set in an envelope of its own: a file that can be read alone.
        error: why it is no set.
    """

    envelope: dict[str, Any]
    separators: Separators
    text: str
    raw: bytes
    error: TradeError | None = None

    def segments(self) -> Iterator[Segment]:
        """ST to SE, numbered from 1. Once all are taken, the envelope says whether SE counted them."""
        segment = None
        for segment in segments(self.text, self.separators, kind=X12Segment):
            yield segment
        if segment and segment.tag == "SE":
            wrong = list(wrong_count(segment, "message", "4", segment.number))
            if wrong:
                self.envelope["envelope_errors"] = [*self.envelope.get("envelope_errors", ()), *wrong]


def read(data: bytes, options: Mapping[str, Any], most: int) -> Iterator[Message]:
    """Every transaction set and TA1 of the file in its order, and an error for everything else in it.

    :param most: more of them are not taken from one file.
    :raise ValidationFailed: when the options cannot be used, or there are too many sets.
    """
    where = zone(options.get("timezone"))
    text, encoding = decoded(unmarked(data), "", options.get("encoding"))
    file = scan(text.removeprefix("\ufeff"), encoding)
    count = sum(len(interchange.contents) or 1 for interchange in file.interchanges)
    if count > most:
        raise ValidationFailed("document.too_many", limit=most)
    alone = count == 1 and len(file.interchanges) == 1 and not file.outside
    index = 0
    for piece in sorted([*file.interchanges, *file.outside], key=attrgetter("start")):
        found = [_outside(file, piece)] if isinstance(piece, Piece) else _messages(file, piece, where)
        for message in found:
            message.envelope["index"] = index
            index += 1
            if alone:
                message.raw = data
            yield message


def _outside(file: File, piece: Piece) -> Message:
    value = file.text[piece.start : piece.end].strip(BLANKS)[:60]
    error = ValidationFailed("edi.outside", pointer=f"character {piece.start + 1}", value=value)
    return Message({"syntax": "x12"}, X12, "", _bytes(file, file.text[piece.start : piece.end]), error)


def _messages(file: File, interchange: Interchange, where: tzinfo) -> Iterator[Message]:
    reader = _Reader(file, interchange, where)
    contents = interchange.contents
    for found in contents:
        yield reader.answer(found) if isinstance(found, FoundAnswer) else reader.message(found)
    if not contents:
        yield reader.empty()


class _Reader:
    """Reads the envelopes of one interchange."""

    def __init__(self, file: File, found: Interchange, where: tzinfo):
        self.file, self.found, self.where = file, found, where
        self.head = self._header()
        self.errors = list(self._errors())
        self.references: set[tuple[int, str]] = set()

    def _header(self) -> dict[str, Any]:
        isa, found = self.found.isa, self.found
        head: dict[str, Any] = {
            "syntax": "x12",
            "sender": _address(isa(6), isa(5)),
            "receiver": _address(isa(8), isa(7)),
            "prepared_at": _prepared(isa(9), isa(10), self.where),
            "interchange_version": isa(12),
            "interchange_reference": isa(13),
            "acknowledgement_requested": isa(14) == "1",
            "test": isa(15) == "T",
            "usage": isa(15) if isa(15) == "I" else "",
            "services": list(found.services),
            "charset": self.file.encoding,
        }
        shown = {name: value for name, value in head.items() if value not in ("", None, {}, [])}
        return shown | {"separators": _shown(found.separators)}

    def _errors(self) -> Iterator[dict[str, Any]]:
        """What is wrong with the interchange as a whole, in the codes of TA105."""
        found, isa, iea = self.found, self.found.isa, self.found.iea
        for element, code, name in ((6, "006", "sender"), (8, "008", "receiver")):
            if not isa(element):
                yield finding("interchange", code, "ISA", name, element)
        if not self.head.get("prepared_at"):
            value = f"{isa(9)} {isa(10)}".strip()
            yield finding("interchange", "014", "ISA", "date_and_time", 9, value=value)
        if not (len(isa(12)) == 5 and _OLDEST <= isa(12) <= _NEWEST):
            yield finding("interchange", "017", "ISA", "version", 12, value=isa(12))
        if not isa(13).isdecimal():
            yield finding("interchange", "018", "ISA", "control_number", 13, value=isa(13))
        if isa(15) not in _USAGE:
            yield finding("interchange", "020", "ISA", "usage", 15, value=isa(15))
        if iea is None:
            yield finding("interchange", "023", "IEA", "end")
        else:
            yield from wrong_count(iea, "interchange", "021", len(found.groups))
            if _number(iea(2)) != _number(isa(13)):
                yield other_reference(iea, "interchange", "001", isa(13))
        for stray in found.strays:
            tag = re.split(r"\W", stray, maxsplit=1)[0][:3]
            yield finding("interchange", "024", tag, "stray_of_sets", value=stray[:200])
        if not found.contents:
            yield finding("interchange", "024", "ISA", "no_sets")

    def message(self, found: FoundSet) -> Message:
        """One transaction set with its envelope."""
        st, group = found.st, found.group
        envelope = self.head | _group(group, self.head, self.where) | _set(st)
        version, association = _version(group.gs(8) if group else "", st(3), self.head)
        envelope |= {"version": version, "association": association}
        envelope = {name: value for name, value in envelope.items() if value != ""}
        wrong = [*self.errors, *_group_errors(group), *self._set_errors(found)]
        if wrong:
            envelope["envelope_errors"] = wrong
        text = self.file.text[found.start : found.end]
        error = None
        if not found.closed:
            place = last_place(text, self.found.separators, "ST")
            error = ValidationFailed("edi.truncated", pointer=place, segment="SE")
        return Message(envelope, self.found.separators, text, self._alone(found, text), error)

    def answer(self, found: FoundAnswer) -> Message:
        """A TA1, which is read as a message of its own."""
        envelope = self.head | {"message_type": "TA1"}
        if self.errors:
            envelope["envelope_errors"] = list(self.errors)
        text = self.file.text[found.start : found.end]
        element, segment = self.found.separators.element, self.found.separators.segment
        raw = self.found.isa_text + _ended(text, segment)
        raw += f"IEA{element}0{element}{self.found.isa(13)}{segment}"
        return Message(envelope, self.found.separators, text, _bytes(self.file, raw))

    def empty(self) -> Message:
        """The interchange when nothing is in it."""
        found = self.found
        envelope = self.head | {"envelope_errors": self.errors}
        raw = found.isa_text + (found.iea.text + found.separators.segment if found.iea else "")
        error = ValidationFailed("edi.empty", pointer="ISA")
        return Message(envelope, found.separators, "", _bytes(self.file, raw), error)

    def _set_errors(self, found: FoundSet) -> Iterator[dict[str, Any]]:
        """What is wrong with a set's envelope, in the codes of AK502."""
        st, se, reference = found.st, found.se, found.st(2)
        if not st(1):
            yield finding("message", "6", "ST", "set.type", 1)
        if not reference:
            yield finding("message", "7", "ST", "set.control_number", 2)
        key = (id(found.group), reference)
        if reference and key in self.references:
            yield finding("message", "23", "ST", "set.twice", 2, value=reference)
        self.references.add(key)
        if se is None:
            yield finding("message", "2", "SE", "set.end")
        elif se(2) != reference:
            yield other_reference(se, "message", "3", reference)

    def _alone(self, found: FoundSet, text: str) -> bytes:
        """The set in an interchange of its own."""
        interchange, group = self.found, found.group
        element, segment = interchange.separators.element, interchange.separators.segment
        before, after = interchange.isa_text, ""
        if found.closed:
            after = f"IEA{element}{1 if group else 0}{element}{interchange.isa(13)}{segment}"
        if group:
            before = _ended(before, segment) + group.text
            if found.closed:
                after = f"GE{element}1{element}{group.gs(6)}{segment}{after}"
        return _bytes(self.file, _ended(before, segment) + (_ended(text, segment) if after else text) + after)


def _bytes(file: File, text: str) -> bytes:
    return text.encode(file.encoding, "replace")


def _ended(text: str, segment: str) -> str:
    return text if text.rstrip(BLANKS if segment not in BLANKS else "").endswith(segment) else text + segment


def _address(value: str, qualifier: str) -> dict[str, str]:
    values = {"id": value, "qualifier": qualifier}
    return {name: part for name, part in values.items() if part}


def _prepared(day: str, time: str, where: tzinfo) -> str | None:
    on = iso_day(day)
    at = iso_clock(on, time.zfill(4) if time else "0000", where)
    return f"{on}T{at}" if ":" in at else None


def _group(group: FoundGroup | None, head: Mapping[str, Any], where: tzinfo) -> dict[str, Any]:
    if group is None:
        return {}
    gs = group.gs
    found: dict[str, Any] = {
        "group_type": gs(1),
        "group_reference": gs(6),
        "agency": gs(7),
        "group_sender": _address(gs(2), ""),
        "group_receiver": _address(gs(3), ""),
    }
    prepared = _prepared(gs(4), gs(5), where)
    if prepared and (not head.get("prepared_at") or prepared[:10] != head["prepared_at"][:10]):
        found["group_prepared_at"] = prepared
    return {name: value for name, value in found.items() if value not in ("", {})}


def _set(st: Segment) -> dict[str, str]:
    return {"message_type": st(1).upper(), "message_reference": st(2), "implementation": st(3)}


def _version(group: str, implementation: str, head: Mapping[str, Any]) -> tuple[str, str]:
    """The version of the set and the convention it follows: GS08 decides, then ST03, then ISA12."""
    for value in (group, implementation):
        match = _VERSION.fullmatch(value)
        if match:
            return match[1], match[2]
    version = head.get("interchange_version", "")
    return (f"0{version[1:]}0" if len(version) == 5 and version.isdecimal() else ""), ""


def _shown(separators: Separators) -> dict[str, str]:
    values = {
        "segment": separators.segment,
        "element": separators.element,
        "component": separators.component,
        "repetition": separators.repetition,
    }
    return {name: value for name, value in values.items() if value}


def _group_errors(group: FoundGroup | None) -> Iterator[dict[str, Any]]:
    """What is wrong with a group, in the codes of AK905."""
    if group is None:
        yield finding("interchange", "022", "GS", "group.none")
        return
    if not group.gs(6).isdecimal():
        yield finding("group", "6", "GS", "group.control_number", 6, value=group.gs(6))
    if group.ge is None:
        yield finding("group", "3", "GE", "group.end")
        return
    yield from wrong_count(group.ge, "group", "5", group.sets)
    if _number(group.ge(2)) != _number(group.gs(6)):
        yield other_reference(group.ge, "group", "4", group.gs(6))


def _number(text: str) -> str:
    """A control number without the zeros before it, which not everybody writes."""
    return text.lstrip("0") or text[:1]
