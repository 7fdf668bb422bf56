"""RECADV: what arrived of a delivery, and what of it was missing, too much, or not accepted."""

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from ....canonical import Quantity, ReceiptAdvice, ReceiptLine
from ....canonical.base import plain
from ..._edi.reading import DEFERRED, Reading, Shape
from ..._edi.syntax import Segment
from ..._edi.texts import DESCRIPTION, joined, pieces
from ..._edi.values import exact, moment, written
from ..._edi.writing import Writing
from . import _goods
from ._base import Group
from ._items import line_code
from ._lines import write_order_reference
from ._parties import write_party
from ._references import (
    DESPATCHES,
    ORDERS,
    SALES_ORDER,
    gather_orders,
    read_line_order,
    read_reference,
    write_despatch,
    write_line_order,
)
from ._shipped import LINE, ShippedMessage, write_quantity
from ._terms import write_notes
from ._transport import read_transport_reference

#: 6063 → the field of a line it is; a QVR is read with the same codes
_QUANTITIES = {
    "48": "received_quantity",
    "119": "short_quantity",
    "121": "oversupply_quantity",
    "195": "rejected_quantity",
}
_RECEIVED, _SHORT, _MORE, _REJECTED = _QUANTITIES
#: 6063 of what was accepted, of what was damaged, and of what was delivered, where nothing else says it
_ACCEPTED, _DAMAGED, _DELIVERED = "194", "124", "46"
#: 6063 of the quantity that a QVR compares with: what was advised
_ADVISED = "12"
#: 4221 of more than was advised
_TOO_MUCH = "AC"
#: 2005 of when goods arrived, the surest first
_ARRIVED = ("50", "35")
_CUSTOMER = "delivery_customer_party"
_CPS = " CPS PAC PCI GIN"
_PACKED = {"CPS": "FTX", "PAC": "MEA QTY"}


class Recadv(ShippedMessage):
    """Packages are kept as they stand: the canonical document speaks of goods alone."""

    types: ClassVar = ("RECADV",)
    documents: ClassVar = ("receipt_advice",)
    code: ClassVar = "632"
    sender: ClassVar = _CUSTOMER
    receiver: ClassVar = "despatch_supplier_party"
    field: ClassVar = "receipt_lines"
    shapes: ClassVar = {
        **ShippedMessage.shapes,
        "header": Shape(
            ShippedMessage.shapes["header"].text + _CPS,
            ShippedMessage.shapes["header"].groups_text | _PACKED | {"PCI": "RFF DTM GIR GIN"},
        ),
        "line": Shape(LINE.text + _CPS, LINE.groups_text | _PACKED),
    }
    parties: ClassVar[Mapping[str, str]] = {
        "DP": _CUSTOMER,
        "ST": _CUSTOMER,
        "CN": _CUSTOMER,
        "UC": _CUSTOMER,
        "SU": "despatch_supplier_party",
        "SE": "despatch_supplier_party",
        "VN": "despatch_supplier_party",
        "SF": "despatch_supplier_party",
        "CZ": "despatch_supplier_party",
        "CA": "shipment.carrier_party",
        "FW": "shipment.carrier_party",
    }
    stand_ins: ClassVar[Mapping[str, str]] = {"BY": _CUSTOMER, "OB": _CUSTOMER}
    places: ClassVar = frozenset()
    takes: ClassVar[Mapping[str, str]] = {
        "BGM": "1.1=632 2.1 2.3 3.1=9|5",
        "QVR": "1.1 1.2=12|195|124 2 3.1 3.4-5",
    }

    # -- header ------------------------------------------------------------------------------------
    def header_bgm(self, reading: Reading, group: Group) -> Group | None:
        bgm = group[0]
        if reading.has("id"):
            return group
        reading.put("id", bgm(2), bgm, 2)
        self.read_function(reading, bgm)
        return None

    def header_dtm(self, reading: Reading, group: Group) -> Group | None:
        if group[0](1) not in _ARRIVED:
            return super().header_dtm(reading, group)
        reading.later(lambda: self.settle("header", reading, group, self._read_arrived(reading, group)))
        return DEFERRED

    def _read_arrived(self, reading: Reading, group: Group) -> Group:
        """When the goods arrived: all lines, unless one says something else."""
        dtm, known = group[0], reading.state.get("arrived")
        on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
        if not on or (known and _ARRIVED.index(dtm(1)) >= _ARRIVED.index(known[1](1))):
            return group
        reading.state["arrived"] = on, dtm
        # Only the day has a field; written again, DTM+50 says it.
        return group if at or dtm(1) != _ARRIVED[0] else []

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        rff, kind = group[0], group[0](1)
        if self.read_revision(reading, rff):
            return group[1:]
        if kind in ORDERS or kind == SALES_ORDER:
            return gather_orders(self, reading, group, listed=False)
        if kind in DESPATCHES and rff(1, 2) and not reading.has("despatch_document_reference"):
            return read_reference(reading, ("despatch_document_reference",), group, DESPATCHES[kind])
        return read_transport_reference(reading, group)

    # -- lines -------------------------------------------------------------------------------------
    def line_lin(self, reading: Reading, group: Group) -> Group | None:
        super().line_lin(reading, group)
        quantities: list[Group] = []
        variances: list[Group] = []
        reading.state |= {"quantities": quantities, "variances": variances}
        reading.later(lambda: self._conclude(reading, quantities, variances))
        return None

    def line_qty(self, reading: Reading, group: Group) -> Group | None:
        known = (*_QUANTITIES, _ACCEPTED, _DAMAGED, _DELIVERED, _ADVISED)
        if group[0](1) not in known or not group[0](1, 2):
            return super().line_qty(reading, group)
        reading.state["quantities"].append(group)
        return DEFERRED

    def line_qvr(self, reading: Reading, group: Group) -> Group | None:
        reading.state["variances"].append(group)
        return DEFERRED

    def line_dtm(self, reading: Reading, group: Group) -> Group | None:
        dtm = group[0]
        on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
        if dtm(1) != _ARRIVED[0] or at or not on or reading.has("received_date"):
            return super().line_dtm(reading, group)
        reading.put("received_date", on, dtm, 1, 2)
        return None

    def line_rff(self, reading: Reading, group: Group) -> Group | None:
        kind = group[0](1)
        if kind in DESPATCHES and group[0](1, 2) and not reading.has("despatch_line_reference"):
            return read_reference(reading, ("despatch_line_reference",), group, DESPATCHES[kind])
        return read_line_order(self, reading, group)

    def _conclude(self, reading: Reading, quantities: list[Group], variances: list[Group]) -> None:
        found: dict[str, Group] = {}
        for group in quantities:
            found.setdefault(group[0](1), group)
        for kind, field in _QUANTITIES.items():
            if kind in found:
                qty = found[kind][0]
                reading.put(field, reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
        damaged = found.get(_DAMAGED)
        if damaged and not reading.has("rejected_quantity"):
            qty = damaged[0]
            reading.put("rejected_quantity", reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
        understood = {id(found[kind]) for kind in _QUANTITIES if kind in found}
        if _RECEIVED not in found and (counted := self._count(reading, found)):
            understood.add(id(counted))
        if (
            not reading.has("received_quantity")
            and _ADVISED in found
            and not {_ACCEPTED, _DELIVERED} & {*found}
        ):
            self._differs(reading, found[_ADVISED][0], variances)
        for group in quantities:
            self.settle("line", reading, group, [] if id(group) in understood else group)
        self._read_variances(reading, variances)

    @staticmethod
    def _differs(reading: Reading, qty: Segment, variances: list[Group]) -> None:
        """What arrived, where only what was advised is said, and by how much that is wrong (6063 is 12)."""
        differences = [exact(group[0](1)) for group in variances if group[0](1, 2) in ("", _ADVISED)]
        quantity = reading.quantity(qty(1, 2), qty(1, 3))
        arrived = exact(quantity["value"]) + sum(differences)
        if len(differences) != 1 or not arrived.is_finite() or arrived < 0:
            line, said = reading.get("id"), f"{quantity['value']} {quantity['unit_code']}"
            reading.refuse("receipt.not_said", qty, 1, 2, line=line, advised=said)
            return
        quantity["value"] = plain(arrived)
        reading.put("received_quantity", quantity, qty, 1, 2)

    @staticmethod
    def _count(reading: Reading, found: dict[str, Group]) -> Group | None:
        """What arrived, where only what was accepted is said: rejected goods arrived as well."""
        group = found.get(_ACCEPTED) or found.get(_DELIVERED)
        if group is None:
            return None
        qty = group[0]
        quantity = reading.quantity(qty(1, 2), qty(1, 3))
        rejected = reading.get("rejected_quantity")
        if rejected and qty(1) == _ACCEPTED:
            total = exact(quantity["value"]) + exact(rejected["value"])
            if not total.is_finite() or rejected["unit_code"] != quantity["unit_code"]:
                return None
            quantity["value"] = plain(total)
        reading.put("received_quantity", quantity, qty, 1, 2)
        return group

    def _read_variances(self, reading: Reading, variances: list[Group]) -> None:
        """QVR: less, more or not accepted; in the order in which they are written."""
        sorts: dict[str, list[Group]] = {_SHORT: [], _MORE: [], _REJECTED: []}
        for group in variances:
            number = exact(group[0](1))
            if group[0](1, 2) in (_REJECTED, _DAMAGED):
                sorts[_REJECTED].append(group)
            elif number.is_finite() and number:
                sorts[_SHORT if number < 0 else _MORE].append(group)
            else:
                self.settle("line", reading, group, group)
        for kind, groups in sorts.items():
            for index, group in enumerate(groups):
                done = not index and self._read_variance(reading, kind, group[0])
                self.settle("line", reading, group, group[1:] if done else group)

    @staticmethod
    def _read_variance(reading: Reading, kind: str, qvr) -> bool:
        field, number = _QUANTITIES[kind], exact(qvr(1))
        known = reading.get(field)
        if not number.is_finite() or (known and exact(known["value"]) != abs(number)):
            return False
        if kind != _REJECTED and qvr(1, 2) not in ("", _ADVISED) and not reading.has("received_quantity"):
            return False
        if known is None:
            code = (reading.get("received_quantity") or {}).get("unit_code", "")
            reading.put(field, reading.quantity(plain(abs(number)), code), qvr, 1, 1)
        text = joined(qvr.composite(3)[3:5], DESCRIPTION)
        if kind == _REJECTED:
            reading.put("reject_reason_code", qvr(2), qvr, 2)
            reading.put("reject_action_code", qvr(3), qvr, 3)
            reading.put("reject_reason", text, qvr, 3, 4)
            return True
        if qvr(3) or text or (kind == _MORE and qvr(2) not in ("", _TOO_MUCH)):
            return False  # why there is less or more has no field
        if kind == _SHORT:
            reading.put("shortage_action_code", qvr(2), qvr, 2)
        return True

    def finish(self, reading: Reading) -> None:
        on, dtm = reading.state.get("arrived", ("", None))
        for index in range(len(reading.draft.get((self.field,), ())) if on else 0):
            path = (self.field, index, "received_date")
            if reading.draft.get(path) is None:
                reading.draft.put(path, on, (dtm, 1, 2))
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: ReceiptAdvice, out: Writing) -> None:
        shipment = document.shipment
        days = {line.received_date for line in document.receipt_lines}
        arrived = days.pop() if len(days) == 1 else None
        out.open(self.shape("header"), document.extensions)
        purpose = "5" if document.sequence_number else "9"
        out.add("BGM", self.code, self.numbered(out, document), purpose)
        self.write_dates(out, document)
        if arrived:
            out.add("DTM", (_ARRIVED[0], *written(arrived, None)))
        write_notes(out, document.note)
        self.write_revision(out, document)
        write_order_reference(out, document.order_reference)
        write_despatch(out, document.despatch_document_reference)
        self.write_numbers(out, shipment)
        write_party(out, "DP", document.delivery_customer_party)
        write_party(out, out.profile.qualifiers["seller_party"], document.despatch_supplier_party)
        self.write_transport(out, shipment)
        out.close()
        for line in document.receipt_lines:
            self._write_line(out, line, None if arrived else line.received_date)
        packages = shipment and shipment.total_transport_handling_unit_quantity
        self.close(out, document, len(document.receipt_lines), packages)

    def _write_line(self, out: Writing, line: ReceiptLine, arrived) -> None:
        out.open(self.shape("line"), line.extensions)
        out.add("LIN", line.id, "", line_code(out, line.item))
        self.write_item(out, line.item)
        write_quantity(out, _RECEIVED, line.received_quantity)
        self.write_pack(out, line.item)
        if arrived:
            out.add("DTM", (_ARRIVED[0], *written(arrived, None)))
        self._write_variance(out, _SHORT, line.short_quantity, line, line.shortage_action_code)
        self._write_variance(out, _MORE, line.oversupply_quantity, line, _TOO_MUCH)
        reason = (line.reject_reason_code, line.reject_action_code, line.reject_reason)
        self._write_variance(out, _REJECTED, line.rejected_quantity, line, *reason)
        write_notes(out, line.note)
        write_line_order(out, line.order_line_reference)
        write_despatch(out, line.despatch_line_reference)
        _goods.write_instances(out, line.item)
        out.close()

    def _write_variance(
        self,
        out: Writing,
        kind: str,
        quantity: Quantity | None,
        line: ReceiptLine,
        code: str | None = None,
        action: str | None = None,
        text: str | None = None,
    ) -> None:
        """QVR; with QTY where the quantity is rejected, or in another unit than what arrived."""
        said = any((code, action, text)) and kind != _MORE
        if quantity is None:
            if said:
                raise self.cannot("why goods are missing or rejected", "it does not say how much")
            return
        received = line.received_quantity
        same = received is not None and received.unit_code == quantity.unit_code and quantity.value
        if kind == _REJECTED or not same:
            write_quantity(out, kind, quantity)
        if said or (same and kind != _REJECTED):
            signed = -quantity.value if kind != _MORE else quantity.value
            words = ("", "", *pieces(text, DESCRIPTION, 2)) if text else ()
            compared = _REJECTED if kind == _REJECTED else _ADVISED
            out.add("QVR", (out.number(Decimal(signed)), compared), code, (action, *words))
