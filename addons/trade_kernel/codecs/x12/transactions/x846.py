"""846: how much of what is where, and what will be."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from ....canonical import InventoryReport
from ..._edi.cutting import Lines
from ..._edi.ordered import WAITING, ItemOrders
from ..._edi.syntax import Segment
from ..._edi.writing import Writing
from ._base import DEFERRED, SUMMARY, Group, Shape, X12Reading
from ._batches import read_batch, write_batch
from ._dates import gather, read_issued, read_moment, write_dtm, write_period
from ._parties import names_nobody, read_location, write_location
from ._reports import REPORT_GROUPS, WAREHOUSE, ReportTransaction, issue_of, write_revision
from ._texts import write_notes

#: element 353 (BIA01): taken back; only what changed; all anew
_WITHDRAWN, _CHANGES, _REPLACES = "01", "04", "05"
#: element 673 → what the quantity is, besides those of :data:`..profile.QUALIFIERS`
_LIKE = {"26": "on_hand", "36": "on_hand", "35": "on_hand"}
#: those that only say that it is a quantity, which counts where an item has no other
_PLAIN = frozenset({"01", "02"})
#: what a quantity can be, by the name of its qualifier
_TYPES = ("available", "on_hand", "reserved", "on_order", "back_order", "in_transit")
#: element 374: which time the report is about; the first is written
_PERIOD: tuple[Mapping[str, str], ...] = (
    {"090": "start", "091": "end", "196": "start", "197": "end"},
    {"007": "both", "366": "both"},
)
#: element 374: it can be had; it comes
_HAD = frozenset({"018", "169", "166"})
_COMES = frozenset({"017", "067", "002", "371", "079"})
_AVAILABLE = "018"
#: N101: places of stock
_PLACES = frozenset({WAREHOUSE, "SF", "DC", "ST", "LW", "RL"})
#: element 128 → what of the order a line waits for: in the order they are written
_ORDERED: Mapping[str, tuple[str, ...]] = {
    "PO": ("order_reference", "id"),
    "FJ": ("line_id",),
    "VN": ("order_reference", "sales_order_id"),
    "LI": ("sales_order_line_id",),
}
_ELEMENTS = {
    "BIA": "1=00|04|05 2=DD 3 4 5",
    "QTY": "2 3",
    "SCH": "1 2 5 6",
}


class InventoryAdvice(ReportTransaction):
    """LIN begins an item, each QTY a line; SCH says what comes later."""

    sets: ClassVar = ("846",)
    group: ClassVar = "IB"
    documents: ClassVar = ("inventory_report",)
    beginning: ClassVar = "BIA"
    field: ClassVar = "inventory_lines"
    owner: ClassVar = "seller"
    sender: ClassVar = "inventory_reporting_party"
    parties: ClassVar[Mapping[str, str]] = {
        "SE": "seller_supplier_party",
        "SU": "seller_supplier_party",
        "VN": "seller_supplier_party",
        "MF": "seller_supplier_party",
        "BY": "retailer_customer_party",
        "RI": "inventory_reporting_party",
        "FR": "inventory_reporting_party",
    }
    place_roles: ClassVar = _PLACES
    cut: ClassVar = Lines("LIN", frozenset(), frozenset({"CTT"}), ("BIA", 3))
    takes: ClassVar[Mapping[str, str]] = _ELEMENTS
    shapes: ClassVar[Mapping[str, Shape]] = {
        "header": Shape("BIA CUR DTM REF PER MEA PKG FOB N9 MSG N1 LM", REPORT_GROUPS),
        "line": Shape(
            "LIN SI PID MEA PKG PO3 PO4 CTP CUR SAC REF PER SDQ MAN UIT CS DD G53 PCT LDT SLN QTY SCH DTM N1 "
            "LOC LS LE LM N9 MSG",
            REPORT_GROUPS | {"QTY": "UIT DTM"},
        ),
        SUMMARY: Shape("CTT", {}),
    }

    # -- header ------------------------------------------------------------------------------------
    def header_bia(self, reading: X12Reading, group: Group) -> Group | None:
        bia = group[0]
        if reading.has("id"):
            return group
        if bia(1) == _WITHDRAWN:
            reading.refuse("document.withdrawn", bia, 1, document="inventory report", number=bia(3))
        if bia(1) == _CHANGES:
            reading.put("report_scope", "delta", bia, 1)
        if bia(1) == _REPLACES and not reading.has("sequence_number"):
            reading.put("sequence_number", 1, bia, 1)
        reading.put("id", bia(3) or reading.envelope.get("message_reference", ""), bia, 3)
        if bia(4):
            read_issued(reading, (bia, 4), bia(4), bia(5))
        return None

    def header_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        if gather(self, reading, "header", ("inventory_period",), group, *_PERIOD):
            return DEFERRED
        return super().header_dtm(reading, group)

    def header_n1(self, reading: X12Reading, group: Group) -> Group | None:
        place = group[0](1).upper() in _PLACES and not names_nobody(group)
        if place and not reading.has("inventory_location"):
            done = read_location(reading, ("inventory_location",), group, WAREHOUSE, reading.kept)
            return DEFERRED if done else group
        return super().header_n1(reading, group)

    # -- lines -------------------------------------------------------------------------------------
    def line_lin(self, reading: X12Reading, group: Group) -> Group | None:
        left = super().line_lin(reading, group)
        self._keep_orders(reading)
        reading.state |= {"had": None, "unknown": None, "orders": ItemOrders()}
        return left

    def finish(self, reading: X12Reading) -> None:
        self._keep_orders(reading)
        super().finish(reading)

    @staticmethod
    def _keep_orders(reading: X12Reading) -> None:
        if "orders" in reading.state:
            reading.state["orders"].keep(reading)

    def line_ref(self, reading: X12Reading, group: Group) -> Group | None:
        """An order stands with the item, as that of the quantities that wait; behind one, it is its own."""
        ref = group[0]
        if ref(1) not in _ORDERED or not ref(2) or len(ref) > 2:
            return super().line_ref(reading, group)
        if not reading.has("quantity"):
            reading.state["orders"].groups.append(group)
            return DEFERRED
        waits = reading.get("quantity_type_code") in WAITING
        return group[1:] if waits and _read_ordered(reading, ref) else group

    def line_qty(self, reading: X12Reading, group: Group) -> Group | None:
        qty = group[0]
        kind, usual = self._kind(reading, qty(1).upper())
        if not kind:
            reading.state["unknown"] = reading.state["unknown"] or qty
            return group
        self._quantity(reading, qty, kind, qty(2), qty(3))
        key = reading.kept.key("QTY", usual)
        extras = {"1.1": qty(1)} if qty(1).upper() != usual else {}
        extras |= self._takes["QTY"].extras(qty)
        extras.pop("1.1", None) if qty(1).upper() == usual else None
        if extras:
            reading.kept.elements[key] = extras
        for one in group[1:]:
            done = one.tag == "DTM" and (self._availability(reading, one) or read_batch(reading, [one]))
            if not done:
                reading.kept.groups.setdefault(key, []).append(one.portable)
        return DEFERRED

    def line_sch(self, reading: X12Reading, group: Group) -> Group | None:
        """A quantity that can be had later."""
        sch = group[0]
        date = sch(5) in _HAD | _COMES and sch(6)
        if not sch(1) or not date or len(group) > 1 or self._takes["SCH"].extras(sch):
            return group
        before = reading.get("quantity") or {}
        kind = "available" if sch(5) in _HAD else "on_order"
        self._quantity(reading, sch, kind, sch(1), sch(2) or before.get("unit_code", ""))
        reading.put("availability_date", read_moment(reading, sch, 6, zoned=False)[0], sch, 6)
        self._number_kept(reading, kind)
        return DEFERRED

    @staticmethod
    def _number_kept(reading: X12Reading, kind: str) -> None:
        reading.kept.key("QTY", reading.qualifiers[kind])
        reading.kept.key("DTM", _AVAILABLE)

    def _quantity(self, reading: X12Reading, segment: Segment, kind: str, value: str, unit: str) -> None:
        if reading.has("quantity"):
            self.again(reading, segment)
        element = 2 if segment.tag == "QTY" else 1
        reading.put("quantity", reading.quantity(value or "", unit), segment, element)
        if kind != "on_hand":
            reading.put("quantity_type_code", kind, segment, 1)
        self.take_place(reading, alone=segment.tag == "QTY")
        if segment.tag == "QTY" and reading.state["had"]:
            self._availability(reading, reading.state["had"])

    @staticmethod
    def _kind(reading: X12Reading, code: str) -> tuple[str, str]:
        """What a quantity is, and the qualifier it is written with."""
        for name in _TYPES:
            if code and reading.qualifiers[name] == code:
                return name, code
        kind = _LIKE.get(code, "")
        return kind, reading.qualifiers.get(kind, "")

    def line_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        dtm = group[0]
        if dtm(1) not in _HAD | _COMES or len(group) > 1:
            return super().line_dtm(reading, group)
        if reading.has("quantity"):
            return DEFERRED if self._availability(reading, dtm) else group
        if reading.state["had"] or not dtm(2) or dtm(3):
            return group
        reading.state["had"] = dtm  # of the quantities that follow
        return DEFERRED

    def _availability(self, reading: X12Reading, dtm: Segment) -> bool:
        """From when on the quantity can be had."""
        known = dtm(1) in _HAD | _COMES
        if not known or not dtm(2) or dtm(3) or reading.has("availability_date"):
            return False
        reading.put("availability_date", read_moment(reading, dtm, 2)[0], dtm, 2)
        reading.kept.key("DTM", _AVAILABLE)
        return True

    def complete(self, reading: X12Reading) -> None:
        """A line without a quantity we know: a plain one counts, another tells what is wrong."""
        reading.state["orders"].complete(reading, _read_orders, lambda _group, _left: None)
        unknown = reading.state.get("unknown")
        if unknown and not reading.has("quantity"):
            reading.put("quantity", reading.quantity(unknown(2), unknown(3)), unknown, 2)
            if unknown(1) not in _PLAIN:
                reading.put("quantity_type_code", unknown(1), unknown, 1)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: InventoryReport, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        whole = _REPLACES if document.sequence_number else "00"
        purpose = _CHANGES if document.report_scope == "delta" else whole
        out.add("BIA", purpose, "DD", document.id, *issue_of(out, document))
        write_period(out, document.inventory_period, "007", "090", "091")
        write_revision(out, document)
        write_notes(out, document.note)
        if document.inventory_location:
            write_location(out, WAREHOUSE, document.inventory_location)
        self.write_parties(out, document)
        out.close()
        for line in document.inventory_lines:
            self._write_line(out, line)
        self.close(out, document, len(document.inventory_lines))

    def _write_line(self, out: Writing, line: Any) -> None:
        out.open(self.shape("line"), line.extensions)
        self.write_item(out, line.id, line.item)
        self._write_orders(out, line)
        kind = out.profile.qualifiers[line.quantity_type_code]
        if not kind:
            what = f"a quantity that is {line.quantity_type_code}"
            raise self.cannot(what, f"name its qualifier on the route: qualifiers, {line.quantity_type_code}")
        out.add("QTY", kind, out.number(line.quantity.value), out.unit(line.quantity.unit_code))
        if line.availability_date:
            write_dtm(out, _AVAILABLE, line.availability_date)
        write_batch(out, line.item)
        self.write_line_place(out, line.inventory_location)
        write_notes(out, line.note)
        out.close()

    def _write_orders(self, out: Writing, line: Any) -> None:
        """REF: the order the line waits for."""
        if line.order_line_reference is None:
            return
        if line.quantity_type_code not in WAITING:
            what = f"an order that goods which are {line.quantity_type_code} are for"
            raise self.cannot(what, "it names orders of quantities that wait for goods only")
        for kind, path in _ORDERED.items():
            value: Any = line.order_line_reference
            for step in path:
                value = value and getattr(value, step)
            if value:
                out.add("REF", kind, value)


def _read_ordered(reading: X12Reading, ref: Segment) -> bool:
    """Put what a REF says of the order a line waits for; whether it says something new.

    The seller's number is one of an order: alone it is none.
    """
    path = ("order_line_reference", *_ORDERED[ref(1)])
    if reading.has(*path) or (ref(1) == "VN" and not reading.has("order_line_reference", "order_reference")):
        return False
    reading.put(path, ref(2), ref, 2)
    return True


def _read_orders(reading: X12Reading, groups: Iterable[Group]) -> Iterator[tuple[Group, Group]]:
    """See :class:`ItemOrders`: the order first, for the seller's number is one of it."""
    for group in sorted(groups, key=lambda one: list(_ORDERED).index(one[0](1))):
        yield group, [] if _read_ordered(reading, group[0]) else group
