"""The tree of HL in an 856: shipment, orders, packages and items, whichever stands in which."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ....canonical import OrderReference
from ..._edi.syntax import Segment
from ..._edi.values import day, exact
from ..._edi.writing import Writing
from ._base import X12Reading
from ._dates import written_day
from ._lines import order_number, revision_of, split_number
from ._shipping import track

#: element 735 (HL03) → the scope that begins; others are kept as they stand
LEVELS = {"S": "shipment", "O": "order", "T": "unit", "P": "unit", "I": "line"}
#: element 88 (MAN01): SSCC with its application identifier, SSCC, the carrier's number, the shipper's
SSCC, _PLAIN_SSCC, CARRIERS, OWN = "GM", "AA", "CP", "SM"
_NUMBERS = (SSCC, _PLAIN_SSCC, OWN, "CA", CARRIERS, "ZZ", "W")
#: UN/ECE Recommendation 21
PALLET = "PX"
#: element 668 (SN108): the rest follows
FOLLOWS = ("BP", "IB")
#: element 235: the line of the order
LINE = "PL"
#: element 128: the seller's number of the order and of its line
SALES_ORDER, SALES_LINE = "VN", "LI"
_UNITS = "transport_handling_units"
_DEEPEST = 16


@dataclass(eq=False)
class Node:
    """One HL.

    Attributes:
        order: the values of the order named there.
        units: indices of the packages named there.
        line: the index of the line.
        quantity: how much is in the package, where it says so; ``portions`` by package.
        in_order: the nearest above it that names an order; ``in_unit`` and ``in_line`` likewise.
    """

    level: str
    segment: Segment
    parent: "Node | None" = None
    order: dict[str, Any] = field(default_factory=dict)
    units: list[int] = field(default_factory=list)
    line: int | None = None
    quantity: dict[str, str] | None = None
    portions: dict[int, dict[str, str]] = field(default_factory=dict)
    in_order: "Node | None" = None
    in_unit: "Node | None" = None
    in_line: "Node | None" = None

    def __post_init__(self):
        parent = self.parent
        if parent is not None:  # what is above it is complete
            self.in_order = parent if parent.order.get("id") else parent.in_order
            self.in_line = parent if parent.line is not None else parent.in_line
            self.in_unit = parent if parent.units and parent.line is None else parent.in_unit

    def upwards(self) -> Iterator["Node"]:
        """Itself and what it stands in, from the inside; no farther than any real tree is deep."""
        node: Node | None = self
        for _level in range(_DEEPEST):
            if node is None:
                return
            yield node
            node = node.parent


class Tree:
    """All HL of a set."""

    def __init__(self):
        self.nodes: list[Node] = []
        self._numbered: dict[str, Node] = {}
        #: how often each package, by its number, was named
        self.named: dict[str, int] = {}
        self.index: dict[str, int] = {}

    def add(self, hl: Segment) -> Node:
        """The next HL: it stands in the one it names, or else in the nearest that is of another level."""
        level = hl(3).upper()
        parent = self._numbered.get(hl(2)) if hl(2) else None
        if parent is None and self.nodes and level != "S":
            last = self.nodes[-1]
            same = next((node for node in last.upwards() if node.level == level), None)
            parent = same.parent if same else last
        node = Node(level, hl, parent)
        self.nodes.append(node)
        if level in LEVELS or hl(1) not in self._numbered:
            self._numbered[hl(1)] = node
        return node

    @property
    def last(self) -> Node:
        return self.nodes[-1]

    def unit(self, reading: X12Reading, number: str, segment: Segment) -> tuple[int, str]:
        """The package of a number, and what its extensions are called: one named again is the same one."""
        count = self.named[number] = self.named.get(number, 0) + 1
        if number not in self.index:
            self.index[number] = len(self.index)
            reading.draft.put((_UNITS, self.index[number], "id"), number, (segment,))
        return self.index[number], number if count == 1 else f"{number}#{count}"

    def free(self) -> str:
        """A number for a package that has none."""
        count = len(self.index) + 1
        while str(count) in self.index:
            count += 1
        return str(count)


# --- what the tree says, when it is complete --------------------------------------------------------
def settle_orders(reading: X12Reading, tree: Tree) -> None:
    """Which order each line is for: the document's when there is one only."""
    draft = reading.draft
    lines = [node for node in tree.nodes if node.line is not None]
    orders = [node.order for node in tree.nodes if node.level == "O"]
    single = bool(orders and orders[0].get("id")) and all(order == orders[0] for order in orders)
    found = []
    for node in lines:
        path = ("despatch_lines", node.line, "order_line_reference")
        group = node.in_order.order if node.in_order else {}
        if node.order.get("id"):
            draft.put((*path, "order_reference"), node.order)
        elif group and not single:
            draft.put((*path, "order_reference"), dict(group))
        found.append(node.order.get("id") or group.get("id"))
    if single and any(not node.order.get("id") for node in lines):
        draft.put(("order_reference",), orders[0])
    _settle_numbers(reading, [node.line for node in lines], len(set(found)) > 1)


def _settle_numbers(reading: X12Reading, lines: list[int], several: bool) -> None:
    """LIN01 is the order's line, unless it just counts the lines of several orders."""
    numbers: dict[int, tuple[str, Segment]] = reading.state.get("numbers", {})
    counted = [numbers[line][0].lstrip("0") if line in numbers else "" for line in lines]
    if several and counted == [str(count) for count in range(1, len(lines) + 1)]:
        return
    for line, (number, segment) in numbers.items():
        path = ("despatch_lines", line, "order_line_reference", "line_id")
        if reading.draft.get(path) is None:
            reading.draft.put(path, number, (segment, 1))


def settle_packing(reading: X12Reading, tree: Tree) -> None:
    """What stands on which package, and what is in it."""
    packed: dict[int, list[tuple[int, Node]]] = {}
    for node in tree.nodes:
        if node.line is not None:
            packed.setdefault(node.line, []).extend((unit, node) for unit in node.units)
            continue
        outer, line = node.in_unit, node.in_line and node.in_line.line
        for unit in node.units:
            if outer and outer.units[0] != unit and not reading.draft.get((_UNITS, unit, "parent_id")):
                parent = reading.draft.get((_UNITS, outer.units[0], "id"))
                reading.draft.put((_UNITS, unit, "parent_id"), parent, (node.segment,))
            if line is not None:
                packed.setdefault(line, []).append((unit, node))
    for node in tree.nodes:
        if node.line is None:
            continue
        entries = packed.get(node.line)
        if not entries:
            entries = [(node.in_unit.units[0], node)] if node.in_unit else []
        _pack(reading, node, entries)


def settle_extras(reading: X12Reading, tree: Tree) -> None:
    """What was kept of packages stands with the first line in them: there may be thousands."""
    extensions = reading.draft.values.get("extensions") or {}
    kept = extensions.get("units")
    if not kept:
        return
    lines = reading.draft.get(("despatch_lines",), ())
    index = {line.get("id"): count for count, line in enumerate(lines)}
    for unit in reading.draft.get((_UNITS,), ()):
        packed, number = unit.get("packed_line"), unit["id"]
        for count in range(1, tree.named.get(number, 0) + 1 if packed else 1):
            key = number if count == 1 else f"{number}#{count}"
            if key in kept:
                path = ("despatch_lines", index[packed[0]["line_id"]], "extensions", "units", key)
                reading.draft.put(path, kept.pop(key))
    if not kept:
        del extensions["units"]
    if not extensions:
        del reading.draft.values["extensions"]


def _pack(reading: X12Reading, node: Node, entries: list[tuple[int, Node]]) -> None:
    line = reading.draft.get(("despatch_lines", node.line))
    for unit, said in entries:
        quantity = said.portions.get(unit) or said.quantity
        quantity = quantity or (line.get("delivered_quantity") if len(entries) == 1 else None)
        if quantity and not exact(quantity["value"]).is_finite():
            quantity = None  # the line's error says it
        found = {"line_id": line["id"], **({"quantity": dict(quantity)} if quantity else {})}
        reading.draft.append((_UNITS, unit, "packed_line"), found, (said.segment,))


def number_of(kind: str, value: str) -> str:
    """The number of a package as MAN says it: an SSCC without its application identifier."""
    value = value.replace(" ", "")
    if kind in (SSCC, _PLAIN_SSCC):
        value = value.removeprefix("(00)")
        if len(value) == 20 and value.startswith("00") and value.isdecimal():
            return value[2:]
    return value


def marked(number: str) -> tuple[str, str]:
    """The other way round."""
    if len(number) == 18 and number.isdecimal() and number.isascii():
        return SSCC, f"00{number}"
    return OWN, number


def numbered(mans: list[Segment]) -> list[Segment]:
    """The MAN that name packages, the best kind first; those of the best kind are the packages."""
    found = [man for man in mans if man(1).upper() in _NUMBERS and man(2)]
    best = min((_NUMBERS.index(man(1).upper()) for man in found), default=None)
    return [] if best is None else [man for man in found if man(1).upper() == _NUMBERS[best]]


def follow(reading: X12Reading, man: Segment) -> None:
    """The carrier's number of a package is one to follow the shipment by."""
    for element in (1, 4):
        if man(element).upper() == CARRIERS and man(element + 1):
            track(reading, man(element + 1), man)


def order_of(prf: Segment) -> dict[str, Any]:
    """The order of a PRF: its number, with its release, its revision and its date."""
    found: dict[str, Any] = {"id": order_number(prf(1), prf(2)), "issue_date": day(prf(4)) if prf(4) else ""}
    if prf(3).isdecimal():
        found["sequence_number"] = int(prf(3)[:9])
    return {name: value for name, value in found.items() if value}


def write_order(out: Writing, order: OrderReference, extensions: Mapping[str, Any]) -> None:
    number, release = split_number(order.id, extensions, "PRF", "2.1")
    out.add("PRF", number, release, revision_of(order), written_day(order.issue_date, out))
