"""DESADV: the despatch advice."""

from collections.abc import Mapping
from typing import ClassVar

from ....canonical import DespatchAdvice, DespatchLine
from ....canonical.despatch_advice import WITHDRAWS
from ..._edi.reading import DEFERRED, Reading
from ..._edi.texts import DESCRIPTION, joined, pieces
from ..._edi.values import exact, moment, number, written
from ..._edi.writing import Writing
from . import _goods
from ._base import Group
from ._items import line_code
from ._lines import LineMessage, write_order_reference
from ._packing import LEVEL, Packages, PackedLines
from ._references import (
    KINDS,
    ORDERS,
    SALES_ORDER,
    append_reference,
    gather_orders,
    read_line_order,
    write_line_order,
    write_references,
)
from ._shipped import ShippedMessage, write_quantity
from ._terms import read_period, write_notes, write_period
from ._transport import read_transport_reference

#: 2005 → a period of the delivery, and which side of it
_PERIODS = {
    "2": (("delivery", "requested_delivery_period"), "both"),
    "358": (("delivery", "requested_delivery_period"), "both"),
    "64": (("delivery", "requested_delivery_period"), "start"),
    "63": (("delivery", "requested_delivery_period"), "end"),
    "69": (("delivery", "promised_delivery_period"), "both"),
}
_DELIVERED = "35"
#: 6063 of what is on its way, the surest first
_SHIPPED = ("12", "46", "1", "113")
_OUTSTANDING = "83"
#: 4221 of what still follows
_FOLLOWS = "BP"


class Desadv(PackedLines, ShippedMessage):
    """What is on its way; CPS groups say how it is packed."""

    types: ClassVar = ("DESADV",)
    documents: ClassVar = ("despatch_advice",)
    code: ClassVar = "351"
    usual: ClassVar = {"despatch_advice_type_code": "351"}
    sender: ClassVar = "seller_supplier_party"
    receiver: ClassVar = "buyer_customer_party"
    field: ClassVar = "despatch_lines"
    speaker: ClassVar = "seller"
    starts: ClassVar = {"LIN": "line", "CPS": "pack"}
    shapes: ClassVar = {**ShippedMessage.shapes, "pack": LEVEL}
    parties: ClassVar[Mapping[str, str]] = {
        **LineMessage.parties,
        "SF": "despatch_supplier_party",
        "CZ": "despatch_supplier_party",
        "CN": "delivery_customer_party",
        "CA": "shipment.carrier_party",
        "FW": "shipment.carrier_party",
    }
    places: ClassVar = frozenset({"DP", "ST"})
    takes: ClassVar[Mapping[str, str]] = {
        "BGM": "1.1 2.1 2.3 3.1=9|5|1",
        "QVR": "1.1 1.2=21 2=BP 3.4-5",
    }

    # -- header ------------------------------------------------------------------------------------
    def header_bgm(self, reading: Reading, group: Group) -> Group | None:
        bgm = group[0]
        if reading.has("id"):
            return group
        reading.put("id", bgm(2), bgm, 2)
        reading.put("despatch_advice_type_code", bgm(1), bgm, 1)
        if bgm(3) == WITHDRAWS:
            reading.put("purpose_code", WITHDRAWS, bgm, 3)
            if bgm(2, 3).isdecimal():
                reading.put("sequence_number", int(bgm(2, 3)[:9]), bgm, 2, 3)
            return None
        self.read_function(reading, bgm)
        return None

    def header_dtm(self, reading: Reading, group: Group) -> Group | None:
        dtm = group[0]
        if dtm(1) in _PERIODS:
            path, side = _PERIODS[dtm(1)]
            return None if read_period(reading, path, dtm, side) else group
        if dtm(1) != _DELIVERED:
            return super().header_dtm(reading, group)
        on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
        if not on or at or reading.has("delivery", "actual_delivery_date"):
            return group
        reading.put(("delivery", "actual_delivery_date"), on, dtm, 1, 2)
        return None

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        rff, kind = group[0], group[0](1)
        if self.read_revision(reading, rff):
            return group[1:]
        if kind in ORDERS or kind == SALES_ORDER:
            return gather_orders(self, reading, group)
        if kind in KINDS and rff(1, 2):
            return append_reference(reading, ("additional_document_reference",), group, KINDS[kind])
        return read_transport_reference(reading, group)

    # -- lines -------------------------------------------------------------------------------------
    def line_lin(self, reading: Reading, group: Group) -> Group | None:
        super().line_lin(reading, group)
        self.in_level(reading, reading.path[1], group[0])
        return None

    def line_qty(self, reading: Reading, group: Group) -> Group | None:
        qty, kind = group[0], group[0](1)
        if not qty(1, 2):
            return group
        quantity = reading.quantity(qty(1, 2), qty(1, 3))
        if kind == _SHIPPED[0] and not reading.has(self.shipped):
            reading.put(self.shipped, quantity, qty, 1, 2)
        elif kind in _SHIPPED[1:]:
            reading.later(lambda: self._other_quantity(reading, group))
            return DEFERRED
        elif kind == _OUTSTANDING and not reading.has("outstanding_quantity"):
            reading.put("outstanding_quantity", quantity, qty, 1, 2)
        else:
            return super().line_qty(reading, group)
        return None

    def _other_quantity(self, reading: Reading, group: Group) -> None:
        """What is on its way when no QTY+12 says so."""
        qty, known = group[0], reading.has(self.shipped)
        if not known:
            reading.put(self.shipped, reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
        self.settle("line", reading, group, group if known else [])

    def line_gin(self, reading: Reading, group: Group) -> Group | None:
        left = super().line_gin(reading, group)
        return self.read_packages(reading, group) if left is group else left

    def line_pci(self, reading: Reading, group: Group) -> Group | None:
        left = self.read_packages(reading, group)
        return super().line_pci(reading, group) if left is group else left

    def line_rff(self, reading: Reading, group: Group) -> Group | None:
        return read_line_order(self, reading, group)

    def line_qvr(self, reading: Reading, group: Group) -> Group | None:
        """How much less is on its way than was ordered, and still follows."""
        qvr = group[0]
        short = exact(qvr(1))
        if qvr(2) != _FOLLOWS or not short.is_finite() or short > 0 or reading.has("outstanding_reason"):
            return group
        reading.later(lambda: self.settle("line", reading, group, self._read_outstanding(reading, group)))
        return DEFERRED

    def _read_outstanding(self, reading: Reading, group: Group) -> Group:
        qvr = group[0]
        known, value = reading.get("outstanding_quantity"), number(qvr(1)).lstrip("-")
        if known and exact(known["value"]) != exact(value):
            return group
        code = (known or reading.get(self.shipped) or {}).get("unit_code", "")
        reading.put("outstanding_quantity", reading.quantity(value, code), qvr, 1, 1)
        reading.put("outstanding_reason", joined(qvr.composite(3)[3:5], DESCRIPTION), qvr, 3, 4)
        return group[1:]

    # -- totals ------------------------------------------------------------------------------------
    def pack_cnt(self, reading: Reading, group: Group) -> Group | None:
        return self.line_cnt(reading, group)

    def read_count(self, reading: Reading, group: Group) -> None:
        self.conclude_packages(reading)
        super().read_count(reading, group)

    def finish(self, reading: Reading) -> None:
        self.conclude_packages(reading)
        if reading.draft.get(("purpose_code",)) and not reading.draft.get((self.field,)):
            reading.draft.put((self.field,), [])
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: DespatchAdvice, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        purpose = WITHDRAWS if document.withdraws else "5" if document.sequence_number else "9"
        code = document.despatch_advice_type_code or self.code
        out.add("BGM", code, self.numbered(out, document), purpose)
        self.write_dates(out, document)
        write_notes(out, document.note)
        self.write_revision(out, document)
        write_order_reference(out, document.order_reference)
        write_references(out, document.additional_document_reference)
        self.write_numbers(out, document.shipment)
        self.write_parties(out, document)
        self.write_transport(out, document.shipment)
        out.close()
        packages = Packages(document)
        packages.write_root(out)
        for line in packages.lines():
            self.write_line(out, line, packages)
        for index in range(len(packages.units)):
            packages.write_unit(out, index)
            for line in packages.lines(index):
                self.write_line(out, line, packages)
        self.close(out, document, len(document.despatch_lines))

    def write_dates(self, out: Writing, document: DespatchAdvice) -> None:
        """DTM."""
        super().write_dates(out, document)
        delivery = document.delivery
        if delivery:
            if delivery.actual_delivery_date:
                out.add("DTM", (_DELIVERED, *written(delivery.actual_delivery_date, None)))
            write_period(out, delivery.requested_delivery_period, out.profile.qualifiers["requested_date"])
            write_period(out, delivery.promised_delivery_period, "69", "69", "69")

    def write_line(self, out: Writing, line: DespatchLine, packages: Packages) -> None:
        """LIN and what follows it."""
        out.open(self.shape("line"), line.extensions)
        out.add("LIN", line.id, "", line_code(out, line.item))
        self.write_item(out, line.item)
        write_quantity(out, _SHIPPED[0], line.delivered_quantity)
        self.write_pack(out, line.item)
        self._write_outstanding(out, line)
        write_notes(out, line.note)
        write_line_order(out, line.order_line_reference)
        _goods.write_instances(out, line.item)
        packages.write_held(out, line)
        out.close()

    def _write_outstanding(self, out: Writing, line: DespatchLine) -> None:
        later, reason = line.outstanding_quantity, line.outstanding_reason
        if later is None:
            if reason:
                raise self.cannot("why something still follows", "it does not say how much")
            return
        same = later.unit_code == line.delivered_quantity.unit_code
        if not same:
            write_quantity(out, _OUTSTANDING, later)
        if same or reason:
            words = ("", "", "", *pieces(reason, DESCRIPTION, 2)) if reason else ""
            short = "-" + out.number(later.value) if later.value else "0"
            out.add("QVR", (short, "21"), _FOLLOWS, words)
