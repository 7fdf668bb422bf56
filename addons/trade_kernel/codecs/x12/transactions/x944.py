"""944: what arrived at a warehouse run by others, and what of it was short, too much or damaged."""

from collections.abc import Mapping
from typing import ClassVar

from ....canonical import ReceiptAdvice, ReceiptLine
from ..._edi.writing import Writing
from ._base import DEFERRED, SET, SUMMARY, Group, X12Reading, own_number
from ._dates import read_issued, written_moment
from ._shipping import WRITTEN_MODES
from ._warehouse import (
    LINE,
    MADE,
    WarehouseTransaction,
    carrier_elements,
    elements_of,
    read_carrier,
    total,
    write_g62,
    write_nte,
)

#: element 412 (W1303): damaged, missing, too much ⇄ the field of a line
_CONDITIONS = {"01": "rejected_quantity", "02": "short_quantity", "03": "oversupply_quantity"}
_DAMAGED = "01"
#: element 127: the line of the advice
_ADVISED = "LINE"
_CARRIER = (1, 2, 3)


class StockReceipt(WarehouseTransaction):
    """W07 is a line, W13 what is wrong with it."""

    sets: ClassVar = ("944",)
    group: ClassVar = "RE"
    documents: ClassVar = ("receipt_advice",)
    beginning: ClassVar = "W17"
    usual: ClassVar = False
    field: ClassVar = "receipt_lines"
    sender: ClassVar = "delivery_customer_party"
    starts: ClassVar[Mapping[str, str]] = {"W07": "line", "W14": SUMMARY}
    slots: ClassVar = (4, 6)
    parties: ClassVar[Mapping[str, str]] = {
        "WH": "delivery_customer_party",
        "ST": "delivery_customer_party",
        "SF": "despatch_supplier_party",
        "SH": "despatch_supplier_party",
    }
    places: ClassVar = frozenset()
    takes: ClassVar[Mapping[str, str]] = {"N9": "1 2 3=LINE"}

    # -- header ------------------------------------------------------------------------------------
    def header_w17(self, reading: X12Reading, group: Group) -> Group | None:
        w17 = group[0]
        if reading.has("id"):
            return group
        reading.put("id", w17(3) or own_number(reading, w17(4)), w17, 3)
        if w17(2):
            read_issued(reading, (w17, 2), w17(2), w17(7))
        reading.put(("order_reference", "id"), w17(4), w17, 4)
        reading.put(("despatch_document_reference", "id"), w17(5), w17, 5)
        written = {1: "F", 6: "Z" if w17(7) else ""} | {element: w17(element) for element in (2, 3, 4, 5)}
        self.beyond(reading, w17, written | {7: w17(7) if reading.has("issue_time") else ""})
        reading.draft.put(("extensions", SET), self.sets[0])
        return DEFERRED

    def periods(self):
        return {}

    def header_w08(self, reading: X12Reading, group: Group) -> Group | None:
        w08, path = group[0], ("shipment", "carrier_party")
        if reading.has(*path) or not (w08(2) or w08(3) or w08(6)):
            return group
        mode = ("shipment", "transport_mode_code")
        read_carrier(reading, w08, path, _CARRIER, mode)
        reading.put(("shipment", "transport_means_id"), w08(6), w08, 6)
        taken = {1: WRITTEN_MODES.get(reading.get(*mode) or "", ""), 2: w08(2), 3: w08(3), 6: w08(6)}
        self.beyond(reading, w08, taken)
        return DEFERRED

    def summary_w14(self, reading: X12Reading, group: Group) -> Group | None:
        lines = reading.draft.get((self.field,), ())
        summed = self.summed([line.get("received_quantity") for line in lines])
        self.beyond(reading, group[0], {1: summed})
        return DEFERRED

    # -- lines -------------------------------------------------------------------------------------
    def line_w07(self, reading: X12Reading, group: Group) -> Group | None:
        w07 = group[0]
        self.start_line(reading, w07, (1, 2), "received_quantity")
        self.instance(reading, "lot_number_id", w07(8), w07, 8)
        self.beyond(reading, w07, {1: w07(1), 2: w07(2), 8: w07(8)})
        return DEFERRED

    def takes_line(self, reading: X12Reading, n9) -> bool:
        """The line of the order, or, when it says so, the line's own number."""
        if n9(3) == _ADVISED:
            return super().takes_line(reading, n9)
        if reading.has("order_line_reference", "line_id"):
            return False
        reading.put(("order_line_reference", "line_id"), n9(2), n9, 2)
        return True

    def line_w13(self, reading: X12Reading, group: Group) -> Group | None:
        """What is wrong with a part of the line."""
        w13 = group[0]
        field = _CONDITIONS.get(w13(3))
        if not field or not w13(1) or reading.has(field) or any(w13(place) for place in (4, *range(6, 20))):
            return group
        if w13(5) and w13(3) != _DAMAGED:
            return group
        unit = w13(2) or (reading.get("received_quantity") or {}).get("unit_code", "")
        reading.put(field, reading.quantity(w13(1), unit), w13, 1)
        reading.put("reject_reason_code", w13(5), w13, 5)
        return DEFERRED

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: ReceiptAdvice, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        order, advice = document.order_reference, document.despatch_document_reference
        on, at, zone = written_moment(document.issue_date, document.issue_time, out)
        if document.issue_time and (zone or not at):
            write_g62(out, MADE, document.issue_date, document.issue_time)
            on, at = written_moment(document.issue_date, None, out)[:2]
        qualified = ("Z", at) if at else ("", "")
        numbers = (order.id if order else "", advice.id if advice else "")
        out.add("W17", "F", on, document.id, *numbers, *qualified)
        self.write_revision(out, document)
        write_nte(out, document.note)
        shipment = document.shipment
        if shipment:
            found = carrier_elements(self, shipment.carrier_party, shipment.transport_mode_code, _CARRIER)
            out.add("W08", *elements_of(found | {6: shipment.transport_means_id or ""}))
        self.write_parties(out, document)
        out.close()
        for count, line in enumerate(document.receipt_lines, 1):
            self._write_line(out, count, line)
        self.close(out, document, len(document.receipt_lines))

    def _write_line(self, out: Writing, count: int, line: ReceiptLine) -> None:
        got = line.received_quantity
        if got is None:
            raise self.cannot(f"line {line.id}", "it does not say how much arrived")
        out.open(self.shape("line"), line.extensions)
        amounts = {1: out.number(got.value), 2: out.unit(got.unit_code)}
        out.add("W07", *elements_of(self.line_codes(out, line.id, line.item) | amounts))
        self.write_words(out, line.item)
        if line.id != str(count):
            out.add("N9", LINE, line.id, _ADVISED)
        if line.order_line_reference and line.order_line_reference.line_id:
            out.add("N9", LINE, line.order_line_reference.line_id)
        for code, field in _CONDITIONS.items():
            found = getattr(line, field)
            if found:
                reason = (line.reject_reason_code or "") if code == _DAMAGED else ""
                out.add("W13", out.number(found.value), out.unit(found.unit_code), code, "", reason)
        write_nte(out, line.note)
        out.close()

    def write_summary(self, out: Writing, document: ReceiptAdvice) -> None:
        """W14."""
        out.add("W14", out.number(total([line.received_quantity for line in document.receipt_lines])))
