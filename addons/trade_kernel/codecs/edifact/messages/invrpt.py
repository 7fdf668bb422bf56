"""INVRPT: how much of what is where."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import partial
from typing import Any, ClassVar

from ....canonical import InventoryReport, InventoryReportLine, ItemInstance, Location
from ..._edi.cutting import Lines
from ..._edi.ordered import ItemOrders
from ..._edi.reading import DEFERRED, Reading, Shape
from ..._edi.syntax import Segment
from ..._edi.values import moment
from ..._edi.writing import Writing
from ._base import HEADER, SUMMARY, Group
from ._goods import DATES, numbers_of, unite
from ._items import line_code
from ._parties import read_location, write_location
from ._references import is_issue, names_order, read_line_orders, write_line_order
from ._reports import ReportMessage, location, place_of, read_side
from ._terms import TAKES, write_notes, write_period

#: 6063 → what a quantity is; of several codes the first is written. 145 is the stock that can be sold, 17 all
#: there is; 33 is how X12 says what can be sold.
_KINDS = {
    "145": "available",
    "60": "available",
    "33": "available",
    "17": "on_hand",
    "152": "on_hand",
    "158": "on_hand",
    "1": "on_hand",
    "170": "reserved",
    "66": "reserved",
    "216": "reserved",
    "21": "on_order",
    "73": "on_order",
    "57": "in_transit",
    "198": "in_transit",
    "83": "back_order",
}
_CODES = {kind: code for code, kind in reversed(_KINDS.items())}
#: 7491 of INV → what stock of that sort is, whatever its quantity is called
_SORTS = {"2": "on_hand", "4": "reserved"}
#: 1225 of BGM → what is in it
_DELTA = frozenset({"4", "2"})
#: 2005 → which side of the time it is true for it is
_TIMES = {
    "366": "both",
    "194": "start",
    "206": "end",
    "90": "start",
    "91": "end",
    "158": "start",
    "159": "end",
}
_AVAILABLE = "44"
#: 3227 of where goods are
_STORED = "14"
#: 3035 of where goods are
_WAREHOUSE = "WH"
#: 7405 → what a number is
_NUMBERS = {"BX": "lot_number_id", "BN": "serial_id"}
_OF_QUANTITY = "INV GIN LOC DTM STS NAD RFF PRI CUX FTX"
#: 3035 of places
_PLACES = frozenset({_WAREHOUSE, "ST", "DP", "LC"})


class Invrpt(ReportMessage):
    """Each quantity is a line of its own; the item of a LIN is that of all of them.

    Where goods are stands before the quantities it is for, or behind the one it is for: the first place of a
    LIN tells which. An order named behind a quantity (SG14) is the one it is for; one named before them all
    (SG10) is that of those that wait for something.
    """

    types: ClassVar = ("INVRPT",)
    documents: ClassVar = ("inventory_report",)
    code: ClassVar = "35"
    field: ClassVar = "inventory_lines"
    speaker: ClassVar = "seller"
    sender: ClassVar = "seller_supplier_party"
    receiver: ClassVar = "retailer_customer_party"
    parties: ClassVar[Mapping[str, str]] = {
        "BY": "retailer_customer_party",
        "SU": "seller_supplier_party",
        "SE": "seller_supplier_party",
        "VN": "seller_supplier_party",
        "GY": "inventory_reporting_party",
        "MS": "inventory_reporting_party",
        "FR": "inventory_reporting_party",
        "DB": "inventory_reporting_party",
        "DS": "inventory_reporting_party",
    }
    cut: ClassVar = Lines("LIN", frozenset(), frozenset({"UNS", "CNT"}), ("BGM", 2))
    takes: ClassVar = {
        **TAKES,
        "BGM": "1.1=35 2.1 2.3 3.1",
        "RFF": "1.1-4",
        "LOC": "1 2.1 2.3=9|16|10 2.4",
        "GIN": "1 2.1",
        "NAD": "1 2.1 2.3=9|16|10 4.1-5 5.1-4 6 7.1 7.4 8 9",
    }
    shapes: ClassVar = {
        "header": HEADER,
        "line": Shape(
            # What is kept of the line stands before its quantity: behind it, it would be one of that.
            "LIN PIA IMD MEA ALI DTM FTX INV RFF NAD LOC STS GIN CUX PRI QTY",
            {"QTY": _OF_QUANTITY, "NAD": "CTA COM", "CTA": "COM"},
        ),
        "summary": SUMMARY,
    }

    # -- header ------------------------------------------------------------------------------------
    def header_bgm(self, reading: Reading, group: Group) -> Group | None:
        bgm = group[0]
        left = super().header_bgm(reading, group)
        if left is None and bgm(3) in _DELTA:
            reading.put("report_scope", "delta", bgm, 3)
        return left

    def beyond(self, segment: Segment) -> dict[str, str]:
        return {"3.1": segment(3)} if segment(3) not in ("", "9", "4") else {}

    def header_dtm(self, reading: Reading, group: Group) -> Group | None:
        side = _TIMES.get(group[0](1))
        if side and read_side(reading, ("inventory_period",), group[0], side):
            return None
        return super().header_dtm(reading, group)

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        return group[1:] if self.read_revision(reading, group[0]) else group

    def header_nad(self, reading: Reading, group: Group) -> Group | None:
        if group[0](1) in _PLACES and not reading.has("inventory_location"):
            left = read_location(reading, ("inventory_location",), group)
            return left if group[0](1) == _WAREHOUSE else group
        return super().header_nad(reading, group)

    def header_cux(self, reading: Reading, group: Group) -> Group | None:
        return group

    def header_loc(self, reading: Reading, group: Group) -> Group | None:
        """The place is known, and what else its segment says is kept with it."""
        if not reading.has("inventory_location"):
            reading.put("inventory_location", location(group[0]), group[0], 2)
        return group

    # -- lines -------------------------------------------------------------------------------------
    def lines_of(self, reading: Reading) -> int:
        return reading.state.get("count", 0)

    def line_lin(self, reading: Reading, group: Group) -> Group | None:
        super().line_lin(reading, group)
        if "stock" in reading.state:
            reading.state["stock"].orders.keep(reading)
        reading.state["count"] = self.lines_of(reading) + 1
        stock = reading.state["stock"] = _Stock(reading.get("id"))
        reading.later(lambda: self._complete(reading, stock))
        return None

    def finish(self, reading: Reading) -> None:
        if "stock" in reading.state:
            reading.state["stock"].orders.keep(reading)
        super().finish(reading)

    def line_loc(self, reading: Reading, group: Group) -> Group | None:
        return self._before(reading, group)

    def line_nad(self, reading: Reading, group: Group) -> Group | None:
        return self._before(reading, group) if group[0](1) in _PLACES else group

    def line_inv(self, reading: Reading, group: Group) -> Group | None:
        return self._before(reading, group)

    def line_dtm(self, reading: Reading, group: Group) -> Group | None:
        """When all quantities of the line can be had."""
        dtm, stock = group[0], reading.state["stock"]
        on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
        if dtm(1) != _AVAILABLE or at or not on or stock.item is not None or stock.available:
            return group
        stock.available = (on, dtm)
        return None

    def line_rff(self, reading: Reading, group: Group) -> Group | None:
        """An order named before all quantities: which of them are for it is known when all are read."""
        stock = reading.state["stock"]
        if stock.item is not None or not names_order(group[0]):
            return group
        stock.orders.groups.append(group)
        return DEFERRED

    def _before(self, reading: Reading, group: Group) -> Group:
        """What stands before the quantities it is for; behind them all it is one of the line."""
        stock, tag = reading.state["stock"], group[0].tag
        if stock.item is not None and tag not in stock.leading:
            return self._behind(reading, stock, group)
        stock.leading.add(tag)
        for one in stock.unused(tag):
            reading.kept.keep(one)
        stock.waiting[tag] = group
        return DEFERRED

    def _behind(self, reading: Reading, stock: "_Stock", group: Group) -> Group:
        """What comes late is of the last quantity."""
        if stock.last is None:
            return group
        for segment in group:
            if self._member(reading, segment):
                self.note(reading.kept, segment)
            else:
                key = reading.kept.key_of(stock.last)
                reading.kept.groups.setdefault(key, []).append(segment.portable)
        return DEFERRED

    def line_qty(self, reading: Reading, group: Group) -> Group | None:
        stock = reading.state["stock"]
        end = next((n for n, one in enumerate(group) if n and one.tag in stock.leading), len(group))
        own, rest = group[:end], group[end:]
        kind = stock.kind(own)
        if kind:
            stock.used()
            self._begin(reading, stock, own[0])
            self.settle("line", reading, own, self._quantity(reading, stock, own, kind))
        else:
            self.settle("line", reading, own, own)
        stock.last = own[0] if kind else None
        for one in self.shape("line").groups(rest, lambda segment: segment.tag):
            self.dispatch("line", reading, one)
        return DEFERRED

    def _begin(self, reading: Reading, stock: "_Stock", qty: Segment) -> None:
        """The first quantity belongs to the line that is there, each further one to a new one."""
        if stock.item is None:
            unite(reading)
            stock.item = deepcopy(reading.get("item") or {})
        else:
            index = reading.draft.line(self.field, (qty,))
            reading.begin((self.field, index), self.shape("line"))
            self.tell_apart(reading, stock.number, qty)
            if stock.item:
                reading.put(("item",), deepcopy(stock.item), qty)
            reading.later(lambda: self._complete(reading, stock))

    def _quantity(self, reading: Reading, stock: "_Stock", group: Group, kind: str) -> Group:
        """Put a quantity, and what stands before and behind it; what is left of the group."""
        qty = group[0]
        reading.put("quantity", reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
        reading.put("quantity_type_code", kind, qty, 1)
        if _CODES[kind] != qty(1):
            reading.put(("extensions", "quantity_qualifier"), qty(1), qty, 1)
        if stock.available:
            on, dtm = stock.available
            reading.put("availability_date", on, dtm, 1, 2)
        orders, others = _orders(group[1:])
        left = [one for one in others if not self._member(reading, one)]
        for _order, unread in read_line_orders(reading, orders):
            left += unread
        for tag in sorted(stock.waiting):
            waiting = stock.waiting[tag]
            if tag == "LOC" and _located(reading, waiting[0]):
                self.note(reading.kept, waiting[0])
                continue
            if tag == "NAD" and not reading.has("inventory_location"):
                waiting = _stored(reading, waiting)
            if waiting:
                reading.kept.keep(waiting)
        return left

    def _member(self, reading: Reading, segment: Segment) -> bool:
        """Whether what follows a quantity is understood."""
        if segment.tag == "LOC":
            return _located(reading, segment)
        if segment.tag == "NAD":
            place = segment(1) in _PLACES and not reading.has("inventory_location")
            return place and not _stored(reading, [segment])
        if segment.tag == "DTM":
            on, at = moment(segment(1, 2), segment(1, 3), reading.where)
            if segment(1) == _AVAILABLE and on and not at and not reading.has("availability_date"):
                reading.put("availability_date", on, segment, 1, 2)
                return True
            return bool(on) and not at and _instance(reading, DATES.get(segment(1)), on, segment)
        numbers = numbers_of(segment) if segment.tag == "GIN" else []
        return len(numbers) == 1 and _instance(reading, _NUMBERS.get(segment(1)), numbers[0], segment)

    def _complete(self, reading: Reading, stock: "_Stock") -> None:
        """The line is complete: what stands before no quantity is kept."""
        for group in stock.unused():
            reading.kept.keep(group)
        stock.orders.complete(reading, read_line_orders, partial(self.settle, "line", reading))

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: InventoryReport, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        self.write_start(out, document, self.code, "4" if document.report_scope == "delta" else "9")
        self.write_parties(out, document)
        if not out.kept("LOC+"):
            write_location(out, _WAREHOUSE, document.inventory_location)
        out.close()
        for lines in _together(document.inventory_lines):
            self._write_lines(out, lines)
        self.write_end(out, document)

    def write_dates(self, out: Writing, document: InventoryReport) -> None:
        super().write_dates(out, document)
        write_period(out, document.inventory_period, "366", "194", "206")

    def _write_lines(self, out: Writing, lines: Sequence[InventoryReportLine]) -> None:
        """A LIN with all its quantities."""
        for index, line in enumerate(lines):
            out.open(self.shape("line"), line.extensions)
            if not index:
                out.add("LIN", line.id, "", line_code(out, line.item))
                self.write_item(out, line.item)
                write_notes(out, line.note)
            kind = line.extensions.get("quantity_qualifier")
            if _KINDS.get(kind) is None:
                kind = _CODES[line.quantity_type_code]
            out.add("QTY", (kind, out.number(line.quantity.value), out.unit(line.quantity.unit_code)))
            _write_place(out, line.inventory_location, line.extensions.get("location_qualifier"))
            if line.availability_date:
                out.add("DTM", (_AVAILABLE, f"{line.availability_date:%Y%m%d}".zfill(8), "102"))
            if len(line.item.item_instance) == 1:
                _write_dates(out, line.item.item_instance[0])
            write_line_order(out, line.order_line_reference)
            out.close()


class _Stock:
    """What a LIN says for all its quantities.

    Attributes:
        number: of the first of its lines.
        item: as it is before the first quantity; ``None`` until then.
        last: the quantity before, when it is one of what there is.
        leading: the segments that stand before the quantities they are for.
        waiting: those that stand before the next one.
        orders: named before all quantities.
    """

    def __init__(self, number: str):
        self.number = number
        self.item: dict[str, Any] | None = None
        self.available: tuple[str, Segment] | None = None
        self.last: Segment | None = None
        self.leading: set[str] = set()
        self.waiting: dict[str, Group] = {}
        self.orders = ItemOrders()
        self._used: set[int] = set()
        self._codes: dict[tuple[str, str], str] = {}

    def kind(self, group: Group) -> str | None:
        """What the quantity of a group is; ``None`` if it is none of what there is.

        Of two that are the same by our words, at the same place, only the first counts: a part of it is no
        further stock.
        """
        qty = group[0]
        kind = _KINDS.get(qty(1))
        if not kind or not qty(1, 2):
            return None
        sorts = [*(self.waiting.get("INV") or ()), *group]
        for inv in sorts:
            if inv.tag == "INV" and kind in ("available", "on_hand"):
                kind = _SORTS.get(inv(2), kind)
        place = next((one.text for one in (*self.waiting.get("LOC", ()), *group) if one.tag == "LOC"), "")
        first = self._codes.setdefault((kind, place), qty(1))
        return kind if first == qty(1) else None

    def unused(self, tag: str = "") -> list[Group]:
        """What no quantity came behind, once.

        :param tag: of one kind only.
        """
        waiting = [self.waiting[tag]] if tag in self.waiting else [] if tag else self.waiting.values()
        left = [group for group in waiting if id(group) not in self._used]
        self._used.update(map(id, left))
        return left

    def used(self) -> None:
        """A quantity came behind all that waited; the next one has the same, unless others come."""
        self._used.update(map(id, self.waiting.values()))


def _orders(members: Group) -> tuple[list[Group], Group]:
    """The references to orders behind a quantity, each with its date, and the other members."""
    orders: list[Group] = []
    others: Group = []
    dated = False
    for segment in members:
        if names_order(segment):
            orders.append([segment])
        elif dated and is_issue(segment):
            orders[-1].append(segment)
            continue
        else:
            others.append(segment)
        dated = names_order(segment)
    return orders, others


# --- places, batches ------------------------------------------------------------------------------
def _located(reading: Reading, loc: Segment) -> bool:
    place = location(loc)
    if place is None or reading.has("inventory_location"):
        return False
    reading.put(("inventory_location",), place, loc, 2)
    if loc(1) not in ("", _STORED):
        reading.put(("extensions", "location_qualifier"), loc(1), loc, 1)
    return True


def _stored(reading: Reading, group: Group) -> Group:
    left = read_location(reading, ("inventory_location",), group)
    return left if group[0](1) == _WAREHOUSE else group


def _instance(reading: Reading, field: str | None, value: str, segment: Segment) -> bool:
    """A batch of which this is the stock, by one of its numbers or dates."""
    instances = reading.get("item", "item_instance") or ()
    if not field or len(instances) > 1 or (instances and field in instances[0]):
        return False
    reading.put(("item", "item_instance", 0, field), value, segment, 2)
    return True


def _write_place(out: Writing, place: Location | None, kind: Any) -> None:
    if place and place.address:
        write_location(out, _WAREHOUSE, place)
    elif place:
        out.add("LOC", kind if isinstance(kind, str) else _STORED, place_of(place))


def _write_dates(out: Writing, batch: ItemInstance) -> None:
    for kind, field in DATES.items():
        if on := getattr(batch, field):
            out.add("DTM", (kind, f"{on:%Y%m%d}".zfill(8), "102"))


def _together(lines: Sequence[InventoryReportLine]) -> list[list[InventoryReportLine]]:
    """The lines that were those of one LIN."""
    found: list[list[InventoryReportLine]] = []
    for line in lines:
        group = found[-1] if found else []
        alone = not group or line.note or line.extensions.get("segments") or line.item != group[0].item
        if alone or line.id != f"{group[0].id}-{len(group) + 1}":
            found.append([line])
        else:
            group.append(line)
    return found
