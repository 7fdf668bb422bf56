"""861: the receipt advice: what arrived, and what of it was short, too much or not accepted."""

from collections.abc import Mapping
from typing import ClassVar

from ....canonical import Quantity, ReceiptAdvice, ReceiptLine
from ..._edi.syntax import Segment
from ..._edi.writing import Writing
from ._base import DEFERRED, SUMMARY, Group, Shape, X12Reading
from ._batches import read_batch, write_batch
from ._dates import read_issued, write_dtm, written_day, written_moment
from ._items import codes, pairs, read_codes, write_codes, write_descriptions
from ._lines import LineTransaction, another
from ._packing import LINE, SALES_LINE, SALES_ORDER, order_of, write_order
from ._shipping import TAKES, Shipping, write_despatch_dates, write_shipment
from ._texts import write_notes

#: element 353 (BRA03): taken back; a newer one
_WITHDRAWN, _REPLACES = "01", "05"
#: element 412 (RCD08): short; over; every other is a reason why something is not accepted
_SHORT, _OVER = "02", "03"
#: RCD06, 09, 12, …: a quantity, its unit, and what is the matter with it
_FIRST, _LAST = 6, 18
#: element 128: the advice (BSN02) that announced it
_ADVICE = "SI"
_OF_SHIPMENT = frozenset({"BM", "CN", "2I"})
_ORDER = "PO"

_MEMBERS = {"N1": "N2 N3 N4 REF PER FOB", "N9": "DTM MSG", "PID": "MEA", "LM": "LQ", "SLN": "PID"}
_HEADER = Shape(
    "BRA CUR REF PER TAX FOB DTM PRF PID MEA PWK PKG TD1 TD5 TD3 TD4 MAN N9 MSG NTE MTX N1 LM", _MEMBERS
)
_ITEM = Shape("RCD SN1 CUR SLN LIN PID PO4 REF PER MEA PRF DTM MAN N9 MSG NTE MTX TD1 TD5 N1 LM", _MEMBERS)


class ReceiptAdviceSet(Shipping, LineTransaction):
    """RCD is a line: RCD02 is how much arrived, RCD04 was sent back, the rest is in question."""

    sets: ClassVar = ("861",)
    group: ClassVar = "RC"
    documents: ClassVar = ("receipt_advice",)
    field: ClassVar = "receipt_lines"
    delivers: ClassVar = False
    sender: ClassVar = "delivery_customer_party"
    receiver: ClassVar = "despatch_supplier_party"
    places: ClassVar = frozenset()
    starts: ClassVar[Mapping[str, str]] = {"RCD": "line", "CTT": SUMMARY}
    parties: ClassVar[Mapping[str, str]] = {
        "ST": "delivery_customer_party",
        "BY": "delivery_customer_party",
        "SF": "despatch_supplier_party",
        "SU": "despatch_supplier_party",
        "VN": "despatch_supplier_party",
        "SE": "despatch_supplier_party",
    }
    shapes: ClassVar[Mapping[str, Shape]] = {
        "header": _HEADER,
        "line": _ITEM,
        SUMMARY: Shape("CTT", {}),
    }
    takes: ClassVar[Mapping[str, str]] = TAKES | {
        "BRA": "1 2 3=00|05 4=1 5",
        "PRF": "1 3 4",
        "LIN": " ".join(map(str, range(1, 32))),
    }

    # -- header ------------------------------------------------------------------------------------
    def header_bra(self, reading: X12Reading, group: Group) -> Group | None:
        bra = group[0]
        if reading.has("id"):
            return group
        if bra(3) == _WITHDRAWN:
            reading.refuse("document.withdrawn", bra, 3, document="receipt advice", number=bra(1))
        if bra(3) == _REPLACES:
            reading.put("sequence_number", 1, bra, 3)
        reading.put("id", bra(1), bra, 1)
        if bra(2):
            read_issued(reading, (bra, 2), bra(2), bra(5))
        return None

    def header_prf(self, reading: X12Reading, group: Group) -> Group | None:
        if reading.has("order_reference") or not group[0](1):
            return group
        reading.put("order_reference", order_of(group[0]), group[0], 1)
        return None

    def header_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        kind, value = ref(1).upper(), ref(2)
        if kind in _OF_SHIPMENT:
            return self.take_ref(reading, group)
        if kind == _ADVICE and value and not reading.has("despatch_document_reference"):
            reading.put(("despatch_document_reference", "id"), value, ref, 2)
            return group[1:]
        if kind == _ORDER and value and not reading.has("order_reference"):
            reading.put(("order_reference", "id"), value, ref, 2)
            return DEFERRED if len(ref) == 2 else group[1:]
        if kind == SALES_ORDER and value:
            reading.later(lambda: self._sales_order(reading, group))
            return DEFERRED
        return group

    def _sales_order(self, reading: X12Reading, group: Group) -> None:
        """The seller's number of the order, which may be named behind it."""
        path = ("order_reference", "sales_order_id")
        taken = reading.has("order_reference") and not reading.has(*path)
        if taken:
            reading.put(path, group[0](2), group[0], 2)
        self.settle("header", reading, group, group[1:] if taken else group)

    def header_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        left = self.take_dtm(reading, group)
        return super().header_dtm(reading, group) if left is group else left

    header_td1 = Shipping.take_td1
    header_mea = Shipping.take_mea
    header_td5 = Shipping.take_td5
    header_td3 = Shipping.take_td3

    # -- lines -------------------------------------------------------------------------------------
    def line_rcd(self, reading: X12Reading, group: Group) -> Group | None:
        rcd = group[0]
        self.begin_line(reading, rcd)
        known: set[str] = reading.state.setdefault("lines", set())
        if (number := reading.get("id")) in known:
            number = another(reading, number, known)
            reading.put("id", number, rcd, 1)
        known.add(number)
        unit = rcd(3) or rcd(5) or rcd(7)
        reading.put("received_quantity", reading.quantity(rcd(2), unit), rcd, 2)
        reading.put("rejected_quantity", reading.quantity(rcd(4), rcd(5) or unit), rcd, 4)
        extras = {f"{place}.1": rcd(place) for place in range(_LAST + 3, len(rcd) + 1) if rcd(place)}
        for place in range(_FIRST, _LAST + 1, 3):
            if rcd(place) or rcd(place + 2):
                extras |= self._question(reading, rcd, place, rcd(place + 1) or unit)
        if extras:
            reading.kept.elements[reading.kept.key("RCD", "")] = extras
        return DEFERRED

    def _question(self, reading: X12Reading, rcd: Segment, place: int, unit: str) -> dict[str, str]:
        """A quantity in question; what cannot be said of it in fields."""
        code = rcd(place + 2)
        found = reading.quantity(rcd(place), unit)
        name = {_SHORT: "short_quantity", _OVER: "oversupply_quantity"}.get(code, "rejected_quantity")
        known = reading.get(name)
        same = name == "rejected_quantity" and known == found and not reading.has("reject_reason_code")
        if found and code and (not known or same):
            reading.put(name, found, rcd, place)
            if name == "rejected_quantity":
                reading.put("reject_reason_code", code, rcd, place + 2)
                # Sent back, and in question for a reason: the same goods.
                return {f"{at}.1": rcd(at) for at in (4, 5) if known and rcd(at)}
            return {}
        return {f"{at}.1": rcd(at) for at in range(place, place + 3) if rcd(at)}

    def line_lin(self, reading: X12Reading, group: Group) -> Group | None:
        lin = group[0]
        if "lin" in reading.gathered:
            return super().line_lin(reading, group)
        reading.gathered["lin"] = lin
        reading.kept.key("LIN", "")
        read_codes(reading, (*reading.path, "item"), lin, 2, self.owner, frozenset({LINE, _ORDER}))
        for element, kind, value in pairs(lin, 2):
            if kind == LINE:
                reading.put(("order_line_reference", "line_id"), value, lin, element)
            elif kind == _ORDER:
                reading.put(("order_line_reference", "order_reference"), {"id": value}, lin, element)
        if lin(1) and not reading.has("order_line_reference", "line_id"):
            reading.put(("order_line_reference", "line_id"), lin(1), lin, 1)
        return DEFERRED

    def line_prf(self, reading: X12Reading, group: Group) -> Group | None:
        prf, path = group[0], ("order_line_reference", "order_reference")
        if reading.has(*path) or not prf(1):
            return group
        reading.put(path, order_of(prf), prf, 1)
        if prf(5) and not reading.has("order_line_reference", "line_id"):
            reading.put(("order_line_reference", "line_id"), prf(5), prf, 5)
        return None

    def line_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        if not ref(2) or any(ref(place) for place in range(3, len(ref) + 1)):
            return group
        for kind, path in (
            (SALES_LINE, ("order_line_reference", "sales_order_line_id")),
            (_ADVICE, ("despatch_line_reference", "id")),
            (_ORDER, ("order_line_reference", "order_reference", "id")),
        ):
            if ref(1) == kind and not reading.has(*path):
                reading.put(path, ref(2), ref, 2)
                return DEFERRED if kind == _ORDER else group[1:]
        return DEFERRED if read_batch(reading, group) else group

    def line_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        return DEFERRED if read_batch(reading, group) else group

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: ReceiptAdvice, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        purpose = "05" if document.sequence_number else "00"
        _on, at, zone = written_moment(document.issue_date, document.issue_time, out)
        at = "" if zone else at
        out.add("BRA", document.id, written_day(document.issue_date, out), purpose, "1", at)
        if document.issue_time and not at:
            write_dtm(out, "097", document.issue_date, document.issue_time)
        if document.despatch_document_reference:
            out.add("REF", _ADVICE, document.despatch_document_reference.id)
        order = document.order_reference
        if order:
            write_order(out, order, document.extensions)
        write_shipment(self, out, document.shipment)
        if order and order.sales_order_id:
            out.add("REF", SALES_ORDER, order.sales_order_id)
        write_despatch_dates(out, document.shipment)
        write_notes(out, document.note)
        self.write_parties(out, document)
        out.close()
        for line in document.receipt_lines:
            self._write_line(out, line)
        self.close(out, document, len(document.receipt_lines))

    def _write_line(self, out: Writing, line: ReceiptLine) -> None:
        out.open(self.shape("line"), line.extensions)
        rejected, reason = line.rejected_quantity, line.reject_reason_code
        if reason in (_SHORT, _OVER) or (reason and not rejected):
            raise self.cannot(f"the reason {reason}", "RCD says it of a quantity that was not accepted")
        questions = [
            (line.short_quantity, _SHORT),
            (line.oversupply_quantity, _OVER),
            (rejected if reason else None, reason),
        ]
        triples = [(*_amount(out, quantity), code) for quantity, code in questions if quantity]
        returned = _amount(out, None if reason else rejected)
        values = [part for triple in triples for part in triple]
        out.add("RCD", line.id, *_amount(out, line.received_quantity), *returned, *values)
        reference = line.order_line_reference
        out.add("LIN", (reference and reference.line_id) or "", *codes(out, line.item))
        write_codes(out, line.item)
        write_descriptions(out, line.item)
        if reference and reference.order_reference:
            write_order(out, reference.order_reference, line.extensions)
        if reference and reference.sales_order_line_id:
            out.add("REF", SALES_LINE, reference.sales_order_line_id)
        if line.despatch_line_reference:
            out.add("REF", _ADVICE, line.despatch_line_reference.id)
        write_batch(out, line.item)
        write_notes(out, line.note)
        out.close()


def _amount(out: Writing, quantity: Quantity | None) -> tuple[str, str]:
    return (out.number(quantity.value), out.unit(quantity.unit_code)) if quantity else ("", "")
