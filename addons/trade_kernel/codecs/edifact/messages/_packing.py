"""How goods are packed: the CPS tree of DESADV and what lines say of packages, to packages and back.

In the file a CPS is a level: the whole shipment, or packages that are alike. Its PAC says what they are, PCI
and GIN what is written on them. A line stands in the level that holds it, or names its packages itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ....canonical import DespatchAdvice, DespatchLine, PackedLine, Quantity, TransportHandlingUnit
from ....canonical.base import plain
from ....limits import MAX_DECIMALS
from ..._edi.reading import DEFERRED, Kept, Reading, Shape
from ..._edi.syntax import Segment
from ..._edi.values import exact, number
from ..._edi.writing import Writing
from ._base import Group
from ._goods import MEASURES, measure, numbers_of, read_measure, write_measure

#: what stands in one level
LEVEL = Shape(
    "CPS FTX PAC MEA QTY HAN PCI GIN",
    {"PAC": "MEA QTY HAN", "PCI": "RFF DTM GIR GIN DLM", "HAN": "FTX", "RFF": "DTM"},
)
#: 7405 of a package's number: SSCC, the sender's own; the first of each is written
_NUMBERS = ("BJ", "ML", "AW")
_ROOT, _PACKAGES = "level", "packages"
_FIELD = "transport_handling_units"
#: the positions that are read here, for a message's ``takes``
TAKES = {"CPS": "1 2", "PAC": "1=1 3.1", "PCI": "1=33E|36E"}


@dataclass
class _Level:
    """One CPS while it is read: its groups, its lines, and what becomes of it."""

    cps: Segment
    kept: Kept
    groups: list[Group] = field(default_factory=list)
    lines: list[tuple[int, Segment]] = field(default_factory=list)
    units: list[str] = field(default_factory=list)

    @property
    def numbered(self) -> bool:
        """Whether something in it has a number that goods can be found by."""
        return any(_numbers(group) for group in self.groups)

    @property
    def packed(self) -> bool:
        """Whether it says what the goods are packed in."""
        return any(group[0].tag == "PAC" for group in self.groups)

    @property
    def counter(self) -> bool:
        """Whether its number only counts: others are written on the package."""
        return self.cps(1).isdecimal() and len(self.cps(1)) < 8


def sscc(value: str) -> str:
    """An SSCC without its application identifier 00."""
    digits = value.replace(" ", "").removeprefix("(00)")
    return digits[2:] if len(digits) == 20 and digits.isdecimal() and digits.startswith("00") else digits


def _numbers(group: Iterable[Segment]) -> list[str]:
    """The packages' numbers in a group."""
    return [
        sscc(value) for gin in group if gin.tag == "GIN" and gin(1) in _NUMBERS for value in numbers_of(gin)
    ]


class _Tree:
    """The levels by their numbers."""

    def __init__(self, levels: list[_Level]):
        self._by_number = {level.cps(1): level for level in reversed(levels)}
        self._holders: dict[int, list[str]] = {}

    def holders(self, level: _Level | None) -> list[str]:
        """The packages of a level; of one without any, those of the level it is in."""
        path: list[int] = []
        found: list[str] | None = None
        while level is not None and found is None:
            found = level.units or self._holders.get(id(level))
            path.append(id(level))
            self._holders[id(level)] = []  # a level that is in itself holds nothing
            level = self._by_number.get(level.cps(2))
        for one in path:
            self._holders[one] = found or []
        return found or []

    def above(self, level: _Level) -> list[str]:
        """The packages a level is in."""
        return self.holders(self._by_number.get(level.cps(2)))


# --- reading --------------------------------------------------------------------------------------
class PackedLines:
    """Reads packages, in a ``LineMessage`` whose lines they hold."""

    #: the field of a line that says how much of it is on its way
    shipped = "delivered_quantity"

    def pack_cps(self, reading: Reading, group: Group) -> Group:
        reading.begin((), LEVEL)
        level = _Level(group[0], reading.kept)
        reading.state.setdefault("levels", []).append(level)
        reading.later(lambda: _put_aside(reading))
        return DEFERRED

    def _later(self, reading: Reading, group: Group) -> Group:
        reading.state["levels"][-1].groups.append(group)
        return DEFERRED

    pack_pac = pack_pci = pack_gin = pack_mea = _later

    def in_level(self, reading: Reading, index: int, lin: Segment) -> None:
        """A line begins: it is in the level that was begun last."""
        reading.state["line"] = index
        if levels := reading.state.get("levels"):
            levels[-1].lines.append((index, lin))

    def read_packages(self, reading: Reading, group: Group) -> Group:
        """The packages a line names (PCI, QTY, GIN); what of the group is left."""
        numbers = _numbers(group)
        if not numbers:
            return group
        quantity = next((qty for qty in group if qty.tag == "QTY" and qty(1, 2)), None)
        named = reading.state.setdefault("named", {}).setdefault(reading.state["line"], [])
        values = quantity and reading.quantity(quantity(1, 2), quantity(1, 3))
        if values and len(numbers) > 1:
            values = _share(values, len(numbers))
        for value in numbers:
            named.append((value, values, group[0]))
        read = {id(one) for one in group if one.tag == "GIN" and _numbers([one])}
        read |= {id(group[0]), id(quantity)}
        return [one for one in group if id(one) not in read]

    def conclude_packages(self, reading: Reading) -> None:
        """After the last line: what is packed in what."""
        if reading.state.get("packed"):
            return
        reading.state["packed"] = True
        levels: list[_Level] = reading.state.get("levels", [])
        root = _root(levels)
        units: dict[str, int] = {}
        for level in levels:
            if level is root:
                self._read_root(reading, level)
            else:
                self._read_level(reading, level, units)
        tree = _Tree(levels)
        for level in levels:
            _read_parent(reading, level, tree, units)
        self._read_contents(reading, levels, tree, units)

    def _read_root(self, reading: Reading, level: _Level) -> None:
        """The whole shipment: how many packages, and their weight."""
        pacs = [group for group in level.groups if group[0].tag == "PAC"]
        for group in level.groups:
            head, single = group[0], len(pacs) < 2
            counted = head.tag == "PAC" and single and bool(head(1))
            if counted:
                path = ("shipment", "total_transport_handling_unit_quantity")
                reading.draft.put(path, number(head(1)), (head, 1))
            left = [
                segment
                for segment in group
                if not (counted and segment is head)
                and not (segment.tag == "MEA" and single and read_measure(reading, ("shipment",), segment))
            ]
            self._settle(reading, level.kept, group, left)
            if counted:
                _replace(level.kept, head, "1.1", "")
                _replace(level.kept, head, "3.1", head(3))
        level.kept.note(level.cps, self._takes["CPS"])
        reading.save((), level.kept, _ROOT)

    def _read_level(self, reading: Reading, level: _Level, units: dict[str, int]) -> None:
        """Packages: each PAC with its numbers; one without any is called by the number of its level."""
        parts: list[list[Group]] = [[]]
        for group in level.groups:
            known = any(_numbers(one) for one in parts[-1])
            if group[0].tag == "PAC" and known:
                parts.append([])
            parts[-1].append(group)
        if level.counter and not level.groups and not level.kept.found:
            return  # nothing but a step of the tree
        for index, groups in enumerate(parts):
            kept = level.kept if not index else Kept(LEVEL)
            numbers = [value for group in groups for value in _numbers(group)]
            numbers = list(dict.fromkeys(numbers)) or [level.cps(1) or str(level.cps.number)]
            self._read_package(reading, level, groups, numbers, units, kept)

    def _read_package(
        self,
        reading: Reading,
        level: _Level,
        groups: list[Group],
        numbers: list[str],
        units: dict[str, int],
        kept: Kept,
    ) -> None:
        key, place = numbers[0], (level.cps, 1)
        keys = reading.state.setdefault("keys", {})
        again = keys[key] = keys.get(key, 0) + 1
        key = _key(key, again)
        kept.note(level.cps, self._takes["CPS"])
        values: dict[str, Any] = {}
        for group in groups:
            head, left = group[0], []
            if again > 1 and head.tag == "PAC":
                left = group  # it was said what that is
            elif head.tag == "PAC":
                left = _read_packaging(reading, group, values, len(numbers))
            elif head.tag == "MEA" and len(numbers) == 1 and _weighs(head) and "weight" not in values:
                values["weight"] = measure(head, reading), (head, 3, 2)
            elif _numbers(group):
                left = [one for one in group[1:] if one.tag != "GIN" or not _numbers([one])]
            else:
                left = group
            self._settle(reading, kept, group, left)
            if head.tag == "PAC" and left is not group and head(1) == str(len(numbers)):
                _replace(kept, head, "1.1", "")
        for value in numbers:
            if value not in units:
                units[value] = len(units)
                reading.draft.put((_FIELD, units[value], "id"), value, place)
            level.units.append(value)
            for name, target in (
                ("type", "transport_handling_unit_type_code"),
                ("weight", "gross_weight_measure"),
            ):
                if name in values and reading.draft.get((_FIELD, units[value], target)) is None:
                    reading.draft.put((_FIELD, units[value], target), *values[name])
        reading.save((), kept, _PACKAGES, key)

    def _settle(self, reading: Reading, kept: Kept, group: Group, left: Group) -> None:
        before, reading.kept = reading.kept, kept
        if not left:
            for segment in group:
                self.note(kept, segment)
        else:
            self.settle("pack", reading, group, left)
        reading.kept = before

    def _read_contents(
        self, reading: Reading, levels: list[_Level], tree: _Tree, units: dict[str, int]
    ) -> None:
        named = reading.state.get("named", {})
        inside = {index: (level, lin) for level in levels for index, lin in level.lines}
        for index in range(len(reading.draft.get((self.field,), ()))):
            line_id = reading.draft.get((self.field, index, "id"))
            if index in named:
                found = named[index]
            elif index in inside:
                level, lin = inside[index]
                holders = tree.holders(level)
                quantity = reading.draft.get((self.field, index, self.shipped))
                share = _share(quantity, len(holders)) if quantity and holders else None
                found = [(value, share, lin) for value in holders]
            else:
                found = []
            for value, quantity, segment in found:
                if value not in units:
                    units[value] = len(units)
                    reading.draft.put((_FIELD, units[value], "id"), value, (segment,))
                packed = {"line_id": line_id} | ({"quantity": dict(quantity)} if quantity else {})
                reading.draft.append((_FIELD, units[value], "packed_line"), packed, (segment,))


def _put_aside(reading: Reading) -> None:
    """What is left over of a level is saved when it is known what the level is."""
    reading.kept = Kept(LEVEL)


def _root(levels: list[_Level]) -> _Level | None:
    """The level that is the whole shipment: the first, unless it is a package like others beside it."""
    tops = [level for level in levels if not level.cps(2) and level.counter and not level.numbered]
    if not tops or tops[0] is not levels[0]:
        return None
    beside = any(level.packed for level in tops[1:])
    return None if tops[0].packed and beside else tops[0]


def _read_packaging(reading: Reading, group: Group, values: dict[str, Any], count: int) -> Group:
    pac, left = group[0], []
    if "type" in values:
        return group
    if pac(3):
        values["type"] = pac(3), (pac, 3)
    for segment in group[1:]:
        if segment.tag == "MEA" and count == 1 and _weighs(segment) and "weight" not in values:
            values["weight"] = measure(segment, reading), (segment, 3, 2)
        else:
            left.append(segment)
    return left


def _weighs(mea: Segment) -> bool:
    return MEASURES.get(mea(2)) == "gross_weight_measure" and bool(mea(3, 1) and mea(3, 2))


def _replace(kept: Kept, segment: Segment, place: str, value: str) -> None:
    """What is left over at one place of a segment that was noted; "" when nothing is."""
    key = kept.key_of(segment)
    extras = kept.elements.setdefault(key, {})
    extras.pop(place, None)
    if value:
        extras[place] = value
    if not extras:
        del kept.elements[key]


def _key(number: str, again: int) -> str:
    """What is left over of a package is kept by this; a package may be spoken of again."""
    return number if again == 1 else f"{number}#{again}"


def _read_parent(reading: Reading, level: _Level, tree: _Tree, units: dict[str, int]) -> None:
    holders = tree.above(level) if level.units else []
    if len(holders) != 1:
        return
    for value in level.units:
        path = (_FIELD, units[value], "parent_id")
        if value != holders[0] and reading.draft.get(path) is None:
            reading.draft.put(path, holders[0], (level.cps, 2))


def _share(quantity: dict[str, str], count: int) -> dict[str, str] | None:
    """What each of several like packages holds, when that is a number."""
    if count == 1:
        return quantity
    total = exact(quantity["value"])
    if not total.is_finite():
        return None
    each = round(total / count, MAX_DECIMALS)
    return {**quantity, "value": plain(each.normalize())} if each * count == total else None


# --- writing --------------------------------------------------------------------------------------
class Packages:
    """The packages of a document while it is written: where its lines stand, and what each says of them."""

    def __init__(self, document: DespatchAdvice):
        self.document = document
        self.units: tuple[TransportHandlingUnit, ...] = document.transport_handling_units
        self._held: dict[str, list[tuple[int, PackedLine]]] = {}
        for index, one in enumerate(self.units):
            for packed in one.packed_line:
                self._held.setdefault(packed.line_id, []).append((index, packed))
        homes = [self._held.get(line.id, [(-1,)])[0][0] for line in document.despatch_lines]
        #: whether the lines can stand in their packages: both are in the document's order then
        self.nested = homes == sorted(homes)
        self._lines: dict[int, list[DespatchLine]] = {}
        for home, line in zip(homes, document.despatch_lines, strict=True):
            self._lines.setdefault(home if self.nested else -1, []).append(line)
        self._places = {one.id: index for index, one in enumerate(self.units)}

    def lines(self, unit: int = -1) -> list[DespatchLine]:
        """The lines that stand in a package, or in none."""
        return self._lines.get(unit, [])

    def write_root(self, out: Writing) -> None:
        """CPS of the whole shipment."""
        out.open(LEVEL, self.document.extensions, _ROOT)
        out.add("CPS", "1")
        shipment = self.document.shipment
        count = shipment and shipment.total_transport_handling_unit_quantity
        if count is not None:
            out.add("PAC", out.number(count))
        out.close()

    def write_unit(self, out: Writing, index: int) -> None:
        """CPS, PAC and GIN of a package, and what else was said of it."""
        one, number = self.units[index], str(index + 2)
        above = self._places.get(one.parent_id, -1)
        out.open(LEVEL, self.document.extensions, _PACKAGES, one.id)
        out.add("CPS", number, str(above + 2))
        out.add("PAC", "1", "", (one.transport_handling_unit_type_code,))
        write_measure(out, "AAB", one.gross_weight_measure)
        _write_number(out, one.id)
        out.close()
        kept, again = self.document.extensions.get(_PACKAGES) or {}, 2
        while key := kept.get(_key(one.id, again)) and _key(one.id, again):
            out.open(LEVEL, self.document.extensions, _PACKAGES, key)
            out.add("CPS", f"{number}-{again}", number)
            _write_number(out, one.id)
            out.close()
            again += 1

    def write_held(self, out: Writing, line: DespatchLine) -> None:
        """PCI, QTY and GIN of a line whose place does not say how it is packed."""
        held = self._held.get(line.id, [])
        if self.nested and len(held) == 1 and held[0][1].quantity == line.delivered_quantity:
            return
        for index, packed in held:
            _write_number(out, self.units[index].id, packed.quantity)


def _write_number(out: Writing, value: str, quantity: Quantity | None = None) -> None:
    """PCI, QTY and GIN of one package."""
    known = len(value) == 18 and value.isdecimal()
    out.add("PCI", "33E" if known else "")
    if quantity:
        out.add("QTY", ("12", out.number(quantity.value), out.unit(quantity.unit_code)))
    out.add("GIN", _NUMBERS[0 if known else 1], value)
