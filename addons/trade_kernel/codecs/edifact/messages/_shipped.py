"""What notices of goods have in common, of those on their way and those that arrived."""

from typing import Any, ClassVar

from ....canonical import Document, Item, Quantity, Shipment
from ..._edi.reading import DEFERRED, Reading, Shape
from ..._edi.values import moment, number, unit, written
from ..._edi.writing import Writing
from . import _goods, _packing, _transport
from ._base import HEADER, SUMMARY, Group
from ._items import write_codes, write_descriptions
from ._lines import LineMessage
from ._terms import TAKES, read_delivery_terms, read_period, write_delivery_terms, write_period

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
#: 2005 of when goods left, and when they will be there; the first is written
_DESPATCHED, _ESTIMATED = "11", ("17", "132")
_PACK = "59"
#: 6069 of how many packages there are
_PACKAGES = "11"
_COUNT = "total_transport_handling_unit_quantity"


class ShippedMessage(LineMessage):
    """A notice of goods: their shipment in the header, their batches in the lines; no UNS at the end."""

    shapes: ClassVar = {"header": _HEADER, "line": LINE, "summary": SUMMARY}
    takes: ClassVar = {
        **TAKES,
        **_goods.TAKES,
        **_transport.TAKES,
        **_packing.TAKES,
        "RFF": "1.1-4",
        "CNT": "1.1-3",
    }

    # -- header ------------------------------------------------------------------------------------
    def header_dtm(self, reading: Reading, group: Group) -> Group | None:
        dtm = group[0]
        if dtm(1) in _ESTIMATED:
            return None if read_period(reading, ("shipment", "estimated_delivery_period"), dtm) else group
        if dtm(1) != _DESPATCHED:
            return super().header_dtm(reading, group)
        on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
        if not on or reading.has("shipment", "actual_despatch_date"):
            return group
        reading.put(("shipment", "actual_despatch_date"), on, dtm, 1, 2)
        reading.put(("shipment", "actual_despatch_time"), at, dtm, 1, 2)
        return None

    def header_mea(self, reading: Reading, group: Group) -> Group | None:
        return None if _goods.read_measure(reading, ("shipment",), group[0]) else group

    def header_tod(self, reading: Reading, group: Group) -> Group | None:
        return read_delivery_terms(reading, ("shipment", "delivery_terms"), group)

    def header_tdt(self, reading: Reading, group: Group) -> Group | None:
        return _transport.read_transport(reading, group)

    # -- lines -------------------------------------------------------------------------------------
    def line_lin(self, reading: Reading, group: Group) -> Group | None:
        super().line_lin(reading, group)
        self.number_apart(reading, group[0])
        return None

    def line_pia(self, reading: Reading, group: Group) -> Group | None:
        left = super().line_pia(reading, group)
        _goods.unite(reading)
        return left

    def line_qty(self, reading: Reading, group: Group) -> Group | None:
        qty = group[0]
        if qty(1) != _PACK or not qty(1, 2) or reading.has("item", "pack_quantity"):
            return group
        reading.put(("item", "pack_quantity"), reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
        return None

    def line_dtm(self, reading: Reading, group: Group) -> Group | None:
        return _goods.gather_dates(self, reading, group) if group[0](1) in _goods.DATES else group

    def line_ali(self, reading: Reading, group: Group) -> Group | None:
        return None if _goods.read_origin(reading, group[0]) else group

    def line_gin(self, reading: Reading, group: Group) -> Group | None:
        return None if _goods.read_numbers(reading, group[0]) else group

    def line_gir(self, reading: Reading, group: Group) -> Group | None:
        return None if _goods.read_set(reading, group[0]) else group

    def line_pci(self, reading: Reading, group: Group) -> Group | None:
        return _goods.read_batch(reading, group)

    # -- totals ------------------------------------------------------------------------------------
    def line_cnt(self, reading: Reading, group: Group) -> Group | None:
        """CNT begins the totals: no UNS stands before them."""
        if not reading.state.get("totals"):
            reading.state["totals"] = True
            reading.begin((), self.shape("summary"), "summary")
        return self.summary_cnt(reading, group)

    header_cnt = line_cnt

    def summary_cnt(self, reading: Reading, group: Group) -> Group | None:
        if group[0](1) in (*_goods.COUNTS, _PACKAGES) and group[0](1, 2):
            reading.later(lambda: self.read_count(reading, group))
            return DEFERRED
        return super().summary_cnt(reading, group)

    def read_count(self, reading: Reading, group: Group) -> None:
        """The weight and number of all packages, where nothing else said them."""
        cnt, kind = group[0], group[0](1)
        value: Any = number(cnt(1, 2))
        field = _goods.COUNTS.get(kind, _COUNT)
        if kind != _PACKAGES:
            value = {"value": value, "unit_code": unit(cnt(1, 3), reading.units)}
        left = group
        if reading.draft.get(("shipment", field)) is None and (kind == _PACKAGES or cnt(1, 3)):
            reading.draft.put(("shipment", field), value, (cnt, 1, 2))
            left = []
        self.settle("summary", reading, group, left)

    def finish(self, reading: Reading) -> None:
        self.name_items(reading)
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def write_dates(self, out: Writing, document: Any) -> None:
        """DTM."""
        super().write_dates(out, document)
        shipment = document.shipment
        if shipment and shipment.actual_despatch_date:
            when = shipment.actual_despatch_date, shipment.actual_despatch_time
            out.add("DTM", (_DESPATCHED, *written(*when, out.profile.where)))
        if shipment:
            write_period(out, shipment.estimated_delivery_period, *(_ESTIMATED[0],) * 3)

    @staticmethod
    def write_numbers(out: Writing, shipment: Shipment | None) -> None:
        """MEA and RFF of the shipment."""
        if shipment:
            _goods.write_measures(out, shipment)
            _transport.write_transport_references(out, shipment)

    @staticmethod
    def write_transport(out: Writing, shipment: Shipment | None) -> None:
        """TOD and TDT."""
        if shipment:
            write_delivery_terms(out, shipment.delivery_terms)
            _transport.write_transport(out, shipment)

    def write_item(self, out: Writing, item: Item) -> None:
        """PIA and IMD; batches and pieces stand behind the references."""
        write_codes(out, item.model_copy(update={"item_instance": ()}))
        write_descriptions(out, item)

    @staticmethod
    def write_pack(out: Writing, item: Item) -> None:
        """How much a pack holds, and where the item comes from."""
        write_quantity(out, _PACK, item.pack_quantity)
        _goods.write_origin(out, item)

    def close(self, out: Writing, document: Document, lines: int, packages: Any = None) -> None:
        """CNT; no UNS stands before it."""
        out.open(self.shape("summary"), document.extensions, "summary")
        if out.profile.optional("CNT"):
            out.add("CNT", ("2", str(lines)))
        if packages is not None:
            out.add("CNT", (_PACKAGES, out.number(packages)))
        out.close()


def write_quantity(out: Writing, kind: str, quantity: Quantity | None) -> None:
    """QTY."""
    if quantity:
        out.add("QTY", (kind, out.number(quantity.value), out.unit(quantity.unit_code)))
