"""What shipper and warehouse tell each other has in common: W segments, N9, G62, NTE and G69."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, ClassVar

from ....canonical import Document, Item, Party
from ....canonical.base import plain
from ..._draft import Path
from ..._edi.syntax import Segment
from ..._edi.texts import joined, pieces
from ..._edi.values import exact
from ..._edi.writing import Writing
from ._base import DEFERRED, GROUPS, SUMMARY, Group, Shape, X12Reading
from ._dates import gather, moment, read_issued, written_moment
from ._items import codes, read_code
from ._lines import LineTransaction, another
from ._orders import REVISION
from ._packing import marked
from ._shipping import MODES, WRITTEN_MODES
from ._texts import lines

#: element 432: when the document was made
MADE = "09"
#: element 432 → which side of the time it is wanted; what stands first counts where it is said
REQUESTED: tuple[Mapping[str, str], ...] = (
    {"02": "both", "68": "both", "53": "start", "54": "end", "64": "start", "63": "end"},
    {"10": "both", "37": "start", "38": "end"},
)
#: when it arrives
ARRIVES: tuple[Mapping[str, str], ...] = ({"17": "both", "69": "both"},)
#: element 128: line, batch, one piece
LINE, LOT, SERIAL = "LI", "LT", "SE"
_INSTANCES = {LOT: "lot_number_id", SERIAL: "serial_id"}
#: element 432: when a batch expires
_EXPIRES = "36"
#: how many characters a G69 has
_DESCRIPTION = frozenset({45})
#: element 235 of what does not stand among an item's numbers here
_ELSEWHERE = frozenset({"LT", "SN"})
#: the digits of a UPC case code
_CASE = 12
#: element 188, weights in one letter → Recommendation 20
WEIGHTS = {"L": "LBR", "K": "KGM", "G": "GRM", "O": "ONZ"}
_KINDS = ("GEN", "ZZZ")
ELEMENTS = {
    "N9": "1 2",
    "G62": "1 2 3=Z 4 5",
    "G69": "1",
    "NTE": "1=GEN|ZZZ 2",
    "LX": "1",
}
HEADER = "W05 W06 W17 N1 LM N9 G61 G62 NTE W27 W28 W08 W09 W66 W10 G72"
LINE_ORDER = (
    "W01 W12 W04 W07 G69 N9 G62 W20 W13 W02 QTY MEA PKG LIN PO4 AMT MAN PAL NTE G66 LM N1 R4 LS LE SLN"
)


class WarehouseTransaction(LineTransaction):
    """Base of those sets.

    Attributes:
        case: the element of an item's line for the UPC case code.
        slots: those for the qualifiers of its numbers.
    """

    case: ClassVar[int] = 3
    slots: ClassVar[tuple[int, ...]] = (4, 6, 15)
    owner: ClassVar[str] = "seller"
    named: ClassVar[frozenset[str]] = frozenset({"buyer"})
    scopes: ClassVar[tuple[str, ...]] = ("position",)
    takes: ClassVar[Mapping[str, str]] = ELEMENTS
    shapes: ClassVar[Mapping[str, Shape]] = {
        "header": Shape(HEADER, GROUPS | {"N1": "N2 N3 N4 PER REF", "N9": "MSG"}),
        "line": Shape(LINE_ORDER, {"N1": "N2 N3 N4", "N9": "MSG DTM"}),
        "position": Shape("LX MAN PAL N9 W20", {}),
        SUMMARY: Shape("W03 W76 W14 CTT", {}),
    }

    # -- header ------------------------------------------------------------------------------------
    def header_cur(self, reading: X12Reading, group: Group) -> Group | None:
        return group

    def header_n9(self, reading: X12Reading, group: Group) -> Group | None:
        n9 = group[0]
        if n9(1) == REVISION and n9(2).isdecimal() and not reading.has("sequence_number"):
            reading.put("sequence_number", int(n9(2)[:9]), n9, 2)
            return group[1:]
        return super().header_n9(reading, group)

    def header_g62(self, reading: X12Reading, group: Group) -> Group | None:
        g62 = group[0]
        if g62(1) == MADE and g62(2) and not reading.state.get("made"):
            reading.state["made"] = True
            read_issued(reading, (g62, 2), g62(2), g62(4), g62(5))
            return None
        for path, levels in self.periods().items():
            if gather(self, reading, "header", path, group, *levels):
                return DEFERRED
        return group

    def periods(self) -> dict[Path, tuple[Mapping[str, str], ...]]:
        """The periods of the header and which side of each a G62 is."""
        return {("delivery", "requested_delivery_period"): REQUESTED}

    # -- lines -------------------------------------------------------------------------------------
    def position_lx(self, reading: X12Reading, group: Group) -> Group | None:
        """What a LX begins: one line or several; its number is that of the first."""
        count = len(reading.draft.values.get(self.field, ())) + 1
        reading.begin((), self.shape("position"), "positions", str(count))
        reading.state["position"] = group[0]
        return None

    def start_line(
        self, reading: X12Reading, segment: Segment, quantity: tuple[int, int], field: str
    ) -> None:
        """A line begins with its item and its quantity: the elements of how much and of its unit."""
        index = len(reading.draft.values.get(self.field, ()))
        reading.begin((self.field, index), self.shape("line"))
        reading.draft.line(self.field, (segment,))
        reading.move_kept("positions", index + 1, "position")
        found = reading.quantity(segment(quantity[0]), segment(quantity[1]))
        reading.put(field, found, segment, quantity[0])
        item = (*reading.path, "item")
        if segment(self.case):
            code = {"id": segment(self.case), "scheme_id": "0160"}
            reading.draft.put((*item, "standard_item_identification"), code, (segment, self.case))
        for slot in self.slots:
            read_code(reading, item, segment, slot, self.owner)
        position = reading.state.get("position")
        reading.gathered["number"] = (position or segment, position(1) if position else "")
        reading.later(lambda: self.complete(reading))

    def complete(self, reading: X12Reading) -> None:
        """A line is complete: its number is the one it names itself, or its LX, or it is counted."""
        known: set[str] = reading.state.setdefault("numbers", set())
        segment, number = reading.gathered.get("named") or reading.gathered["number"]
        number = number or str(reading.path[1] + 1)
        unique = number if number not in known else another(reading, number, known)
        known.add(unique)
        reading.put("id", unique, segment)
        if words := reading.gathered.get("words"):
            path = (*reading.path, "item", "name")
            texts = [one.escaped(1).replace("\r", "").replace("\n", "") for one in words]
            reading.draft.put(path, joined(texts, _DESCRIPTION), (words[0], 1))

    def line_g69(self, reading: X12Reading, group: Group) -> Group | None:
        if not group[0](1):
            return group
        reading.gathered.setdefault("words", []).append(group[0])
        return group[1:]

    def line_n9(self, reading: X12Reading, group: Group) -> Group | None:
        n9 = group[0]
        if len(group) > 1 or not n9(2):
            return super().line_n9(reading, group)
        if n9(1) == LINE and self.takes_line(reading, n9):
            return None
        field = _INSTANCES.get(n9(1))
        if not field or len(n9) > 2:
            return group
        self.instance(reading, field, n9(2), n9, 2)
        return DEFERRED

    def takes_line(self, reading: X12Reading, n9: Segment) -> bool:
        """The line of the shipper; here it is the line's own number."""
        if "named" in reading.gathered:
            return False
        reading.gathered["named"] = n9, n9(2)
        return True

    @staticmethod
    def instance(reading: X12Reading, field: str, value: str, segment: Segment, element: int) -> None:
        """A batch, or one piece, of the line's item."""
        path = (*reading.path, "item", "item_instance")
        known = reading.draft.get(path) or ()
        if value and not any(one.get(field) == value for one in known):
            reading.draft.append(path, {field: value}, (segment, element))

    def line_g62(self, reading: X12Reading, group: Group) -> Group | None:
        g62, path = group[0], (*reading.path, "item", "item_instance")
        known = reading.draft.get(path) or []
        plain = g62(1) == _EXPIRES and g62(2) and not g62(4)
        if not plain or len(known) > 1 or (known and "expiry_date" in known[0]):
            return group
        reading.draft.put((*path, 0, "expiry_date"), moment(g62(2), "", "", reading.where)[0], (g62, 2))
        return DEFERRED

    @staticmethod
    def summed(quantities: Sequence[Mapping[str, str] | None]) -> str:
        """The sum of quantities, whatever their units, as it is written."""
        values = [exact(one["value"]) for one in quantities if one]
        found = sum(values, Decimal(0))
        return plain(found) if found.is_finite() else ""

    def beyond(self, reading: X12Reading, segment: Segment, written: Mapping[int, str]) -> str:
        """Keep what a segment says beyond the item and the values it is written with; its key."""
        taken = {self.case, *self.slots, *(slot + 1 for slot in self.slots)}
        if segment.tag not in ("W01", "W12", "W04", "W07"):
            taken = set()
        extras = {}
        for element in range(1, max(len(segment), *written) + 1):
            said, ours = segment(element), written.get(element, "")
            if element not in taken and said != ours and not _same(said, ours):
                extras[f"{element}.1"] = said
        key = reading.kept.key(segment.tag, "")
        if extras:
            reading.kept.elements[key] = extras
        return key

    # -- writing -----------------------------------------------------------------------------------
    def line_codes(self, out: Writing, number: str, item: Item) -> dict[int, str]:
        """The elements of an item's numbers."""
        found, rest = {}, codes(out, item, 99)
        pairs = [pair for pair in zip(rest[::2], rest[1::2], strict=True) if pair[0] not in _ELSEWHERE]
        standard = item.standard_item_identification
        if standard and len(standard.id) == _CASE:
            found[self.case] = standard.id
            pairs = pairs[1:]
        if len(pairs) > len(self.slots):
            raise self.cannot(
                f"all numbers of the item in line {number}", f"{self.sets[0]} has no room for them"
            )
        for slot, (kind, value) in zip(self.slots, pairs, strict=False):
            found |= {slot: kind, slot + 1: value}
        return found

    def write_words(self, out: Writing, item: Item) -> None:
        """G69, and N9 and G62 for batches and pieces."""
        for part in pieces(item.name, _DESCRIPTION, len(item.name)) if item.name else ():
            out.add("G69", part)
        for instance in item.item_instance:
            for kind, field in _INSTANCES.items():
                if getattr(instance, field):
                    out.add("N9", kind, getattr(instance, field))
        if len(item.item_instance) == 1 and item.item_instance[0].expiry_date:
            write_g62(out, _EXPIRES, item.item_instance[0].expiry_date)

    def write_position(self, out: Writing, line: Any, count: int, packages: Sequence[str] = ()) -> str:
        """LX of a line and the packages it is in; what the line has to say of its number then."""
        number = line.id
        plain = number.isdecimal() and number.isascii() and len(number) <= 6 and number == str(int(number))
        out.open(self.shape("position"), line.extensions, "position")
        written = number if plain and number != "0" else str(count)
        out.add("LX", written)
        for package in packages:
            out.add("MAN", *marked(package))
        out.close()
        return "" if written == number else number

    @staticmethod
    def write_revision(out: Writing, document: Document) -> None:
        """N9 with the revision."""
        if document.sequence_number:
            out.add("N9", REVISION, str(document.sequence_number))

    def close(self, out: Writing, document: Document, lines: int) -> None:
        out.open(self.shape(SUMMARY), document.extensions, SUMMARY)
        self.write_summary(out, document)
        out.close()


def _same(said: str, ours: str) -> bool:
    """Whether two elements are the same number."""
    return bool(said and ours) and exact(said) == exact(ours)


def elements_of(values: Mapping[int, str]) -> list[str]:
    """The elements of a segment by their position."""
    return [values.get(element, "") for element in range(1, max(values, default=0) + 1)]


def write_g62(out: Writing, code: str, on: date, at: time | None = None) -> None:
    """G62 with one moment."""
    day, clock, zone = written_moment(on, at, out)
    out.add("G62", code, day, "Z" if clock else "", clock, zone)


def write_g62_period(out: Writing, value: Any, both: str, start: str, end: str) -> None:
    """A period: one G62 where one can say it, else one for each end."""
    if value is None:
        return
    if value.start_date:
        write_g62(out, start, value.start_date, value.start_time)
    if value.end_date:
        write_g62(out, end if value.start_date else both, value.end_date, value.end_time)


def write_nte(out: Writing, notes: tuple[str, ...]) -> None:
    """NTE: two kinds take turns, so that it is seen where a note ends."""
    for index, note in enumerate(notes):
        for line in lines(note, "NTE"):
            out.add("NTE", _KINDS[index % 2], line)


def read_carrier(
    reading: X12Reading, segment: Segment, path: Path, elements: tuple[int, int, int], mode: Path = ()
) -> None:
    """Who carries it and how: the elements of mode (91), carrier (SCAC) and routing."""
    how, scac, routing = elements
    if segment(scac):
        reading.put((*path, "party_identification"), [{"id": segment(scac)}], segment, scac)
    reading.put((*path, "party_name"), segment(routing), segment, routing)
    if mode and segment(how).upper() in MODES and (segment(scac) or segment(routing)):
        reading.put(mode, MODES[segment(how).upper()], segment, how)


def carrier_elements(
    transaction: Any, carrier: Party | None, mode: str | None, elements: tuple[int, int, int]
) -> dict[int, str]:
    """The other way round."""
    how, scac, routing = elements
    if mode and (mode not in WRITTEN_MODES or carrier is None):
        raise transaction.cannot(
            f"the mode of transport {mode}", "X12 says it with the carrier, by other codes"
        )
    named = next(iter(carrier.party_identification), None) if carrier else None
    return {
        how: WRITTEN_MODES.get(mode or "", ""),
        scac: named.id if named else "",
        routing: (carrier and carrier.party_name) or "",
    }


def unit_of(reading: X12Reading, code: str) -> str:
    """A unit of weight or volume, in two letters or one."""
    return WEIGHTS.get(code.upper()) or reading.unit_of(code)


def total(quantities: list[Any]) -> Decimal:
    """The sum of quantities, whatever their units."""
    return sum((one.value for one in quantities if one), Decimal(0))
