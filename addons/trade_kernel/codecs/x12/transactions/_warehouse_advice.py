"""945 and 943: what left a warehouse, or is on its way to one; both are a despatch advice."""

from collections.abc import Mapping
from typing import ClassVar

from ....canonical import DespatchAdvice, DespatchLine, Shipment
from ..._draft import Path
from ..._edi.syntax import Segment
from ..._edi.writing import Writing
from ._base import DEFERRED, SET, Group, X12Reading, own_number
from ._dates import moment, read_issued, written_day
from ._packing import follow, marked, number_of, numbered
from ._shipping import DOCUMENTS, WRITTEN_MODES, measure, read_further, track
from ._warehouse import (
    ARRIVES,
    LINE,
    MADE,
    WarehouseTransaction,
    carrier_elements,
    elements_of,
    read_carrier,
    total,
    unit_of,
    write_g62,
    write_g62_period,
    write_nte,
)

#: element 432: ordered; left; delivered
_ORDERED, _LEFT, _DELIVERED = "04", "11", "35"
#: element 128: bill of lading, carrier's number, number to follow it by, shipper's number, order
_BILL, _CARRIERS, _TRACKING, _OWN, _ORDER = "BM", "CN", "2I", "SI", "PO"
_CARRIER = (1, 2, 3)
_UNITS = "transport_handling_units"
_DOCUMENTS = {ours: code for code, ours in DOCUMENTS.items()}
#: element 127 of a N9 that numbers a line which its LX cannot number
_NUMBER, _NUMBER_WORD = "ZZ", "LINE"


class WarehouseAdvice(WarehouseTransaction):
    """Base of both: W06 and W27, then the lines."""

    documents: ClassVar = ("despatch_advice",)
    beginning: ClassVar = "W06"
    usual: ClassVar = False
    field: ClassVar = "despatch_lines"
    sender: ClassVar = "despatch_supplier_party"
    receiver: ClassVar = "seller_supplier_party"
    parties: ClassVar[Mapping[str, str]] = {
        "WH": "despatch_supplier_party",
        "SF": "despatch_supplier_party",
        "DE": "seller_supplier_party",
        "SE": "seller_supplier_party",
        "DP": "seller_supplier_party",
        "BY": "buyer_customer_party",
        "CN": "delivery_customer_party",
    }
    takes: ClassVar[Mapping[str, str]] = {"N9": "1 2 3=LINE"}

    # -- header ------------------------------------------------------------------------------------
    def header_w06(self, reading: X12Reading, group: Group) -> Group | None:
        w06 = group[0]
        if reading.has("id"):
            return group
        own, customers = w06(2), w06(6)
        number = w06(4) or w06(5)
        reading.put("id", number or own_number(reading, own), w06, 4)
        reading.put(("order_reference", "id"), customers or own, w06, 6 if customers else 2)
        if customers and own:
            reading.put(("order_reference", "sales_order_id"), own, w06, 2)
        if w06(3):
            read_issued(reading, (w06, 3), w06(3))
            reading.later(lambda: self._left(reading, w06))
        written = {1: "F", 2: own or customers, 3: w06(3), 4: number, 6: customers if own else ""}
        self.beyond(reading, w06, written)
        reading.draft.put(("extensions", SET), self.sets[0])
        return DEFERRED

    @staticmethod
    def _left(reading: X12Reading, w06: Segment) -> None:
        if not reading.has("shipment", "actual_despatch_date"):
            on = reading.draft.get(("issue_date",))
            reading.put(("shipment", "actual_despatch_date"), on, w06, 3)

    def periods(self) -> dict[Path, tuple[Mapping[str, str], ...]]:
        return super().periods() | {("shipment", "estimated_delivery_period"): ARRIVES}

    def header_g62(self, reading: X12Reading, group: Group) -> Group | None:
        g62 = group[0]
        on, at = moment(g62(2), g62(4), g62(5), reading.where) if g62(2) else ("", None)
        if not on or g62(1) == MADE:
            return group
        if g62(1) == _LEFT and not reading.has("shipment", "actual_despatch_date"):
            reading.put(("shipment", "actual_despatch_date"), on, g62, 2)
            reading.put(("shipment", "actual_despatch_time"), at, g62, 4)
            return None
        if g62(1) == _DELIVERED and not at and not reading.has("delivery", "actual_delivery_date"):
            reading.put(("delivery", "actual_delivery_date"), on, g62, 2)
            return None
        if g62(1) == _ORDERED and not at and reading.has("order_reference", "id"):
            reading.put(("order_reference", "issue_date"), on, g62, 2)
            return None
        return super().header_g62(reading, group)

    def header_n9(self, reading: X12Reading, group: Group) -> Group | None:
        n9 = group[0]
        kind, value = n9(1).upper(), n9(2)
        if len(group) > 1 or not value:
            return super().header_n9(reading, group)
        if kind == _BILL and not reading.has("shipment", "carrier_assigned_id"):
            reading.put(("shipment", "carrier_assigned_id"), value, n9, 2)
        elif kind == _OWN and not reading.has("shipment", "id"):
            reading.put(("shipment", "id"), value, n9, 2)
        elif kind in (_CARRIERS, _TRACKING) and len(n9) == 2:
            if not track(reading, value, n9):
                return group
            return DEFERRED
        elif kind in DOCUMENTS:
            read_further(reading, n9, DOCUMENTS[kind])
        else:
            return super().header_n9(reading, group)
        return None

    def header_w27(self, reading: X12Reading, group: Group) -> Group | None:
        w27 = group[0]
        if reading.has("shipment", "carrier_party") or not (w27(2) or w27(3) or w27(7)):
            return group
        shipment: Path = ("shipment",)
        mode = (*shipment, "transport_mode_code")
        read_carrier(reading, w27, (*shipment, "carrier_party"), _CARRIER, mode)
        reading.put((*shipment, "transport_means_id"), w27(7), w27, 7)
        taken = {2: w27(2), 3: w27(3), 7: w27(7)}
        taken[1] = WRITTEN_MODES.get(reading.get(*mode) or "", "")
        self.beyond(reading, w27, taken)
        return DEFERRED

    def summary_w03(self, reading: X12Reading, group: Group) -> Group | None:
        w03, shipment = group[0], ("shipment",)
        for field, element in (("gross_weight_measure", 2), ("gross_volume_measure", 4)):
            if w03(element):
                found = {"value": w03(element), "unit_code": unit_of(reading, w03(element + 1))}
                reading.put((*shipment, field), found, w03, element)
        reading.put((*shipment, "total_transport_handling_unit_quantity"), w03(6), w03, 6)
        sent = [line.get("delivered_quantity") for line in reading.draft.get((self.field,), ())]
        written = {element: w03(element) for element in (2, 4, 6)}
        for element, field in ((3, "gross_weight_measure"), (5, "gross_volume_measure")):
            code = (reading.get(*shipment, field) or {}).get("unit_code", "")
            written[element] = w03(element) if reading.unit_of(w03(element)) == code else ""
        self.beyond(reading, w03, written | {1: self.summed(sent)})
        return DEFERRED

    # -- packages ----------------------------------------------------------------------------------
    def position_lx(self, reading: X12Reading, group: Group) -> Group | None:
        super().position_lx(reading, group)
        reading.state["packages"] = []
        mans: list[Segment] = []
        reading.gathered["mans"] = mans
        reading.later(lambda: self._packages(reading, mans, reading.state["packages"]))
        return None

    def position_man(self, reading: X12Reading, group: Group) -> Group | None:
        reading.gathered["mans"].append(group[0])
        return DEFERRED

    def line_man(self, reading: X12Reading, group: Group) -> Group | None:
        reading.gathered.setdefault("mans", []).append(group[0])
        return DEFERRED

    def _packages(self, reading: X12Reading, mans: list[Segment], found: list[int]) -> None:
        """Number the packages that are named; what else is said of them is kept."""
        index: dict[str, int] = reading.state.setdefault("index", {})
        named = numbered(mans)
        for man in mans:
            follow(reading, man)
            if man not in named:
                reading.kept.keep([man])
                continue
            number = number_of(man(1).upper(), man(2))
            if number not in index:
                index[number] = len(index)
                reading.draft.put((_UNITS, index[number], "id"), number, (man, 2))
            if index[number] not in found:
                found.append(index[number])
            if (man(1), man(2)) != marked(number) or len(man) > 2:
                reading.kept.keep([man])

    # -- lines -------------------------------------------------------------------------------------
    def takes_line(self, reading: X12Reading, n9: Segment) -> bool:
        """The line of the order it was ordered with."""
        if reading.has("order_line_reference", "line_id"):
            return False
        reading.put(("order_line_reference", "line_id"), n9(2), n9, 2)
        return True

    def line_n9(self, reading: X12Reading, group: Group) -> Group | None:
        n9 = group[0]
        if len(group) == 1 and n9(1) == _NUMBER and n9(3) == _NUMBER_WORD and n9(2):
            reading.gathered["named"] = n9, n9(2)
            return None
        if len(group) == 1 and n9(1) == _ORDER and n9(2) and len(n9) == 2:
            path = ("order_line_reference", "order_reference", "id")
            if not reading.has(*path):
                reading.put(path, n9(2), n9, 2)
                return None
        return super().line_n9(reading, group)

    def complete(self, reading: X12Reading) -> None:
        super().complete(reading)
        found = list(reading.state.get("packages", ()))
        self._packages(reading, reading.gathered.get("mans", []), found)
        for index in found:
            packed = {"line_id": reading.get("id")}
            if len(found) == 1:
                packed |= {"quantity": reading.get("delivered_quantity")}
            reading.draft.append((_UNITS, index, "packed_line"), packed)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: DespatchAdvice, out: Writing) -> None:
        self._check(document)
        shipment = document.shipment
        out.open(self.shape("header"), document.extensions)
        order = document.order_reference
        first, second = (order.sales_order_id or order.id, order.id) if order else ("", "")
        second = second if order and order.sales_order_id else ""
        on = written_day(document.issue_date, out)
        out.add("W06", "F", first, on, document.id, "", second)
        write_g62(out, _LEFT, shipment.actual_despatch_date, shipment.actual_despatch_time)
        if order and order.issue_date:
            write_g62(out, _ORDERED, order.issue_date)
        self._write_delivery(out, document)
        self._write_numbers(out, document)
        self._write_carrier(out, shipment)
        write_nte(out, document.note)
        self.write_parties(out, document)
        out.close()
        packages: dict[str, list[str]] = {}
        for unit in document.transport_handling_units:
            for packed in unit.packed_line:
                packages.setdefault(packed.line_id, []).append(unit.id)
        for count, line in enumerate(document.despatch_lines, 1):
            self.write_line(out, count, line, packages.get(line.id, []))
        self.close(out, document, len(document.despatch_lines))

    def _check(self, document: DespatchAdvice) -> None:
        if not (document.shipment and document.shipment.actual_despatch_date):
            raise self.cannot("a despatch without its day", f"{self.sets[0]} says when the goods left")
        for unit in document.transport_handling_units:
            if not unit.packed_line:
                raise self.cannot(f"the package {unit.id}", "nothing is in it")

    @staticmethod
    def _write_delivery(out: Writing, document: DespatchAdvice) -> None:
        write_g62_period(out, document.shipment.estimated_delivery_period, "17", "", "")
        delivery = document.delivery
        if delivery:
            write_g62_period(out, delivery.requested_delivery_period, "02", "53", "54")
            if delivery.actual_delivery_date:
                write_g62(out, _DELIVERED, delivery.actual_delivery_date)

    def _write_numbers(self, out: Writing, document: DespatchAdvice) -> None:
        shipment = document.shipment
        self.write_revision(out, document)
        for kind, value in ((_BILL, shipment.carrier_assigned_id), (_OWN, shipment.id)):
            if value:
                out.add("N9", kind, value)
        for value in shipment.tracking_id:
            out.add("N9", _TRACKING, value)
        for one in document.additional_document_reference:
            kind = _DOCUMENTS.get(one.document_type_code or "")
            if kind is None:
                what = f"a reference to a document of type {one.document_type_code}"
                raise self.cannot(what, "X12 has no code for it")
            out.add("N9", kind, one.id)

    def _write_carrier(self, out: Writing, shipment: Shipment) -> None:
        found = carrier_elements(self, shipment.carrier_party, shipment.transport_mode_code, _CARRIER)
        found[7] = shipment.transport_means_id or ""
        if any(found.values()):
            out.add("W27", *elements_of(found))

    def write_line(self, out: Writing, count: int, line: DespatchLine, packages: list[str]) -> None:
        """What a line is written as."""
        raise NotImplementedError

    def write_rest(self, out: Writing, line: DespatchLine, named: str) -> None:
        """What follows a line's segment."""
        self.write_words(out, line.item)
        if named:
            out.add("N9", _NUMBER, named, _NUMBER_WORD)
        reference = line.order_line_reference
        if reference and reference.line_id:
            out.add("N9", LINE, reference.line_id)
        if reference and reference.order_reference:
            out.add("N9", _ORDER, reference.order_reference.id)
        write_nte(out, line.note)

    def write_summary(self, out: Writing, document: DespatchAdvice) -> None:
        """W03."""
        shipment = document.shipment
        sent = total([line.delivered_quantity for line in document.despatch_lines])
        weight = measure(out, shipment.gross_weight_measure)
        volume = measure(out, shipment.gross_volume_measure)
        count = shipment.total_transport_handling_unit_quantity
        lading = "" if count is None else out.number(count)
        out.add("W03", out.number(sent), *weight, *volume, lading)
