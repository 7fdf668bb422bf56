"""What catalogues and reports of stock and sales have in common: many lines, sent in either direction."""

from typing import Any, ClassVar

from ....canonical import Location, Period
from ..._draft import Path
from ..._edi.reading import Reading
from ..._edi.syntax import Segment
from ..._edi.values import period, written
from ..._edi.writing import Writing
from ._base import Group
from ._lines import LineMessage
from ._parties import SCHEMES, identified
from ._terms import read_period, write_notes

#: 2005 → which side of the time something holds it is; the first of each is written
VALIDITY = {
    "194": "start",
    "206": "end",
    "7": "start",
    "157": "start",
    "36": "end",
    "273": "both",
}


class ReportMessage(LineMessage):
    """Base of those messages.

    Lines may have the same number, one per place or group: the later ones get one of their own, and the one
    they came with is kept beside it.
    """

    places: ClassVar[frozenset[str]] = frozenset()
    #: the segments that :meth:`beyond` is for
    coarse: ClassVar[frozenset[str]] = frozenset({"BGM"})

    def header_bgm(self, reading: Reading, group: Group) -> Group | None:
        bgm = group[0]
        left = super().header_bgm(reading, group)
        if left is None and bgm(2, 3).isdecimal():
            reading.put("sequence_number", int(bgm(2, 3)[:9]), bgm, 2, 3)
        return left

    def header_nad(self, reading: Reading, group: Group) -> Group | None:
        """A party of the report; there is no delivery that others could be of."""
        field = self.parties.get(group[0](1))
        return super().header_nad(reading, group) if field and not reading.has(field) else group

    def line_lin(self, reading: Reading, group: Group) -> Group | None:
        super().line_lin(reading, group)
        self.tell_apart(reading, reading.get("id"), group[0])
        return None

    def tell_apart(self, reading: Reading, number: str, segment: Segment) -> None:
        """Number a line: as it is, unless another line has that number."""
        reading.put("id", self.unique(reading, number), segment, 1)

    @staticmethod
    def unique(reading: Reading, number: str) -> str:
        """A number no other line has: this one, or the first behind it."""
        counts: dict[str, int] = reading.state.setdefault("numbers", {})
        unique = number
        while unique in counts:
            counts[number] += 1
            unique = f"{number}-{counts[number]}"
        counts[unique] = 1
        return unique

    def line_cnt(self, reading: Reading, group: Group) -> Group | None:
        """These messages have no UNS before their totals."""
        return self.summary_cnt(reading, group)

    def note(self, kept, segment: Segment) -> None:
        super().note(kept, segment)
        if segment.tag in self.coarse:
            for place, value in self.beyond(segment).items():
                kept.elements.setdefault(kept.key_of(segment), {})[place] = value

    def beyond(self, segment: Segment) -> dict[str, str]:
        """What a segment says by a code that is read as something less exact: ``{"3.1": code}``."""
        return {}

    def finish(self, reading: Reading) -> None:
        super().finish(reading)
        if self._sent_by_receiver(reading):
            parties = [reading.draft.get((field,)) for field in (self.sender, self.receiver)]
            addresses = [party.pop("endpoint_id", None) for party in parties]
            for party, address in zip(parties, reversed(addresses), strict=True):
                if address:
                    party["endpoint_id"] = address

    def _sent_by_receiver(self, reading: Reading) -> bool:
        """Whether the message goes the other way: its receiver's number is the interchange's sender."""
        numbers = [self._numbers(reading, field) for field in (self.sender, self.receiver)]
        ends = [(reading.envelope.get(role) or {}).get("id") for role in ("sender", "receiver")]
        if not all(numbers) or not all(ends):
            return False
        straight = ends[0] in numbers[0] or ends[1] in numbers[1]
        return not straight and (ends[0] in numbers[1] or ends[1] in numbers[0])

    @staticmethod
    def _numbers(reading: Reading, field: str) -> set[str]:
        party = reading.draft.get((field,)) or {}
        return {one["id"] for one in party.get("party_identification") or ()}

    def write_start(self, out: Writing, document: Any, code: str, purpose: str) -> None:
        """BGM, DTM, FTX: what every such message begins with."""
        out.add("BGM", code, self.numbered(out, document), purpose)
        self.write_dates(out, document)
        write_notes(out, document.note)
        self.write_revision(out, document)

    def write_end(self, out: Writing, document: Any) -> None:
        """What is kept of the summary, which those messages do not have."""
        summary = document.extensions.get("summary")
        if summary:
            out.add("UNS", "S")
            out.open(self.shape("summary"), document.extensions, "summary")
            out.close()


# --- periods --------------------------------------------------------------------------------------
def read_validity(reading: Reading, path: Path, dtm: Segment) -> bool:
    """From when on something holds, or until when."""
    side = VALIDITY.get(dtm(1))
    return bool(side) and read_side(reading, path, dtm, side)


def read_side(reading: Reading, path: Path, dtm: Segment, side: str) -> bool:
    """One side of a period, or both when the segment says both whatever its qualifier."""
    if len(dtm(1, 2)) > 14 and "start_date" in period(dtm(1, 2), dtm(1, 3), reading.where):
        side = "both"
    return read_period(reading, path, dtm, side)


def write_span(out: Writing, value: Period | None, start: str, end: str) -> None:
    """A period by its two ends."""
    if value is None:
        return
    for kind, on, at in (
        (start, value.start_date, value.start_time),
        (end, value.end_date, value.end_time),
    ):
        if on:
            out.add("DTM", (kind, *written(on, at, out.profile.where)))


# --- places ---------------------------------------------------------------------------------------
def location(loc: Segment) -> dict[str, Any] | None:
    """The place in a LOC."""
    found: dict[str, Any] = {}
    if loc(2):
        scheme = SCHEMES.get(loc(2, 3))
        found["id"] = {"id": loc(2), "scheme_id": scheme} if scheme else {"id": loc(2)}
    if loc(2, 4):
        found["name"] = loc(2, 4)
    return found or None


def place_of(place: Location) -> tuple[Any, ...]:
    """C517 of a place."""
    [value] = identified(place.id)
    return (*(value or ("", "", "")), place.name)
