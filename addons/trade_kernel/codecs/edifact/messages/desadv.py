"""DESADV: the despatch advice."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import DespatchAdvice, DespatchLine, Quantity
from ..._edi.reading import DEFERRED, Reading, Shape
from ..._edi.texts import DESCRIPTION, joined, pieces
from ..._edi.values import exact, moment, number, unit, written
from ..._edi.writing import Writing
from . import _goods, _packing, _transport
from ._base import HEADER, SUMMARY, Group
from ._goods import DATES
from ._items import line_code, write_codes, write_descriptions
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
from ._terms import TAKES, read_delivery_terms, read_period, write_delivery_terms, write_notes, write_period

_HEADER = Shape(
    "BGM DTM ALI IMD MEA MOA FTX RFF NAD CUX TOD TDT EQD SEL",
    HEADER.groups_text | {"TOD": "LOC FTX", "TDT": "PCD LOC DTM RFF", "EQD": "MEA SEL EQA HAN"},
)
LINE = Shape(
    "LIN PIA IMD MEA QTY ALI GIN GIR DLM DTM FTX MOA RFF DGS LOC SGP EQD PCI QVR",
    {
        "RFF": "DTM",
        "DGS": "QTY FTX",
        "LOC": "NAD DTM QTY",
        "SGP": "QTY",
        "PCI": "DTM MEA QTY GIN DLM",
        "QVR": "DTM",
    },
)
#: 2005 → a period of the shipment or the delivery, and which side of it
_PERIODS = {
    "17": (("shipment", "estimated_delivery_period"), "both"),
    "132": (("shipment", "estimated_delivery_period"), "both"),
    "2": (("delivery", "requested_delivery_period"), "both"),
    "358": (("delivery", "requested_delivery_period"), "both"),
    "64": (("delivery", "requested_delivery_period"), "start"),
    "63": (("delivery", "requested_delivery_period"), "end"),
    "69": (("delivery", "promised_delivery_period"), "both"),
}
_DESPATCHED, _DELIVERED = "11", "35"
#: 6063 of what is on its way, the surest first
_SHIPPED = ("12", "46", "1", "113")
_OUTSTANDING, _PACK = "83", "59"
#: 4221 of what still follows
_FOLLOWS = "BP"
#: 6069 of how many packages there are
_PACKAGES = "11"


class Desadv(PackedLines, LineMessage):
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
    shapes: ClassVar = {"header": _HEADER, "line": LINE, "pack": LEVEL, "summary": SUMMARY}
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
        **TAKES,
        **_goods.TAKES,
        **_transport.TAKES,
        **_packing.TAKES,
        "BGM": "1.1 2.1 2.3 3.1=9|5",
        "QVR": "1.1 1.2=21 2=BP 3.4-5",
        "RFF": "1.1-4",
        "CNT": "1.1-3",
    }

    # -- header ------------------------------------------------------------------------------------
    def header_bgm(self, reading: Reading, group: Group) -> Group | None:
        bgm = group[0]
        if reading.has("id"):
            return group
        reading.put("id", bgm(2), bgm, 2)
        reading.put("despatch_advice_type_code", bgm(1), bgm, 1)
        self.read_function(reading, bgm)
        return None

    def header_dtm(self, reading: Reading, group: Group) -> Group | None:
        dtm = group[0]
        if dtm(1) in _PERIODS:
            path, side = _PERIODS[dtm(1)]
            return None if read_period(reading, path, dtm, side) else group
        if dtm(1) not in (_DESPATCHED, _DELIVERED):
            return super().header_dtm(reading, group)
        on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
        name = "actual_despatch" if dtm(1) == _DESPATCHED else "actual_delivery"
        path = ("shipment" if dtm(1) == _DESPATCHED else "delivery", f"{name}_date")
        if not on or reading.has(*path) or (at and dtm(1) == _DELIVERED):
            return group
        reading.put(path, on, dtm, 1, 2)
        if at:
            reading.put(("shipment", f"{name}_time"), at, dtm, 1, 2)
        return None

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        rff, kind = group[0], group[0](1)
        if self.read_revision(reading, rff):
            return group[1:]
        if kind in ORDERS or kind == SALES_ORDER:
            return gather_orders(self, reading, group)
        if kind in KINDS and rff(1, 2):
            return append_reference(reading, ("additional_document_reference",), group, KINDS[kind])
        return _transport.read_transport_reference(reading, group)

    def header_mea(self, reading: Reading, group: Group) -> Group | None:
        return None if _goods.read_measure(reading, ("shipment",), group[0]) else group

    def header_tod(self, reading: Reading, group: Group) -> Group | None:
        return read_delivery_terms(reading, ("shipment", "delivery_terms"), group)

    def header_tdt(self, reading: Reading, group: Group) -> Group | None:
        return _transport.read_transport(reading, group)

    # -- lines -------------------------------------------------------------------------------------
    def line_lin(self, reading: Reading, group: Group) -> Group | None:
        super().line_lin(reading, group)
        index = reading.path[1]
        self.in_level(reading, index, group[0])
        self.number_apart(reading, group[0])
        return None

    def line_pia(self, reading: Reading, group: Group) -> Group | None:
        left = super().line_pia(reading, group)
        _goods.unite(reading)
        return left

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
        elif kind == _PACK and not reading.has("item", "pack_quantity"):
            reading.put(("item", "pack_quantity"), quantity, qty, 1, 2)
        else:
            return group
        return None

    def _other_quantity(self, reading: Reading, group: Group) -> None:
        """What is on its way when no QTY+12 says so."""
        qty, known = group[0], reading.has(self.shipped)
        if not known:
            reading.put(self.shipped, reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
        self.settle("line", reading, group, group if known else [])

    def line_dtm(self, reading: Reading, group: Group) -> Group | None:
        return _goods.gather_dates(self, reading, group) if group[0](1) in DATES else group

    def line_ali(self, reading: Reading, group: Group) -> Group | None:
        return None if _goods.read_origin(reading, group[0]) else group

    def line_gin(self, reading: Reading, group: Group) -> Group | None:
        if _goods.read_numbers(reading, group[0]):
            return None
        return self.read_packages(reading, group)

    def line_gir(self, reading: Reading, group: Group) -> Group | None:
        return None if _goods.read_set(reading, group[0]) else group

    def line_pci(self, reading: Reading, group: Group) -> Group | None:
        left = self.read_packages(reading, group)
        return _goods.read_batch(reading, left) if left is group else left

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
    def line_cnt(self, reading: Reading, group: Group) -> Group | None:
        """CNT begins the totals: no UNS stands before them."""
        if not reading.state.get("totals"):
            reading.state["totals"] = True
            reading.begin((), self.shape("summary"), "summary")
        return self.summary_cnt(reading, group)

    header_cnt = pack_cnt = line_cnt

    def summary_cnt(self, reading: Reading, group: Group) -> Group | None:
        if group[0](1) in (*_goods.COUNTS, _PACKAGES) and group[0](1, 2):
            reading.later(lambda: self._read_count(reading, group))
            return DEFERRED
        return super().summary_cnt(reading, group)

    def _read_count(self, reading: Reading, group: Group) -> None:
        """The weight and number of all packages, where nothing else said them."""
        self.conclude_packages(reading)
        cnt, kind = group[0], group[0](1)
        value: Any = number(cnt(1, 2))
        field = _goods.COUNTS.get(kind, "total_transport_handling_unit_quantity")
        if kind != _PACKAGES:
            value = {"value": value, "unit_code": unit(cnt(1, 3), reading.units)}
        known = reading.draft.get(("shipment", field))
        left = group
        if known is None and (kind == _PACKAGES or cnt(1, 3)):
            reading.draft.put(("shipment", field), value, (cnt, 1, 2))
            left = []
        self.settle("summary", reading, group, left)

    def finish(self, reading: Reading) -> None:
        self.conclude_packages(reading)
        self.name_items(reading)
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: DespatchAdvice, out: Writing) -> None:
        shipment = document.shipment
        out.open(self.shape("header"), document.extensions)
        purpose = "5" if document.sequence_number else "9"
        code = document.despatch_advice_type_code or self.code
        out.add("BGM", code, self.numbered(out, document), purpose)
        self.write_dates(out, document)
        write_notes(out, document.note)
        self.write_revision(out, document)
        write_order_reference(out, document.order_reference)
        write_references(out, document.additional_document_reference)
        if shipment:
            _goods.write_measures(out, shipment)
            _transport.write_transport_references(out, shipment)
        self.write_parties(out, document)
        if shipment:
            write_delivery_terms(out, shipment.delivery_terms)
            _transport.write_transport(out, shipment)
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
        shipment, delivery = document.shipment, document.delivery
        if shipment and shipment.actual_despatch_date:
            when = shipment.actual_despatch_date, shipment.actual_despatch_time
            out.add("DTM", (_DESPATCHED, *written(*when, out.profile.where)))
        if shipment:
            write_period(out, shipment.estimated_delivery_period, "17", "17", "17")
        if delivery:
            if delivery.actual_delivery_date:
                out.add("DTM", (_DELIVERED, *written(delivery.actual_delivery_date, None)))
            write_period(out, delivery.requested_delivery_period, out.profile.qualifiers["requested_date"])
            write_period(out, delivery.promised_delivery_period, "69", "69", "69")

    def close(self, out: Writing, document: DespatchAdvice, lines: int) -> None:
        """CNT; no UNS stands before it."""
        out.open(self.shape("summary"), document.extensions, "summary")
        if out.profile.optional("CNT"):
            out.add("CNT", ("2", str(lines)))
        out.close()

    def write_line(self, out: Writing, line: DespatchLine, packages: Packages) -> None:
        """LIN and what follows it."""
        out.open(self.shape("line"), line.extensions)
        out.add("LIN", line.id, "", line_code(out, line.item))
        write_codes(out, line.item.model_copy(update={"item_instance": ()}))
        write_descriptions(out, line.item)
        _write_quantity(out, _SHIPPED[0], line.delivered_quantity)
        _write_quantity(out, _PACK, line.item.pack_quantity)
        _goods.write_origin(out, line.item)
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
            _write_quantity(out, _OUTSTANDING, later)
        if same or reason:
            words = ("", "", "", *pieces(reason, DESCRIPTION, 2)) if reason else ""
            short = "-" + out.number(later.value) if later.value else "0"
            out.add("QVR", (short, "21"), _FOLLOWS, words)


def _write_quantity(out: Writing, kind: str, quantity: Quantity | None) -> None:
    if quantity:
        out.add("QTY", (kind, out.number(quantity.value), out.unit(quantity.unit_code)))
