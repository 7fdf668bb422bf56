"""940: what a warehouse run by others shall ship."""

from collections.abc import Mapping
from typing import ClassVar

from ....canonical import OrderLine, ShippingOrder
from ..._edi.writing import Writing
from ._base import DEFERRED, SUMMARY, Group, X12Reading, own_number
from ._dates import moment
from ._warehouse import (
    LINE,
    MADE,
    WarehouseTransaction,
    elements_of,
    read_carrier,
    total,
    write_g62,
    write_g62_period,
    write_nte,
)

#: element 473 (W0501): taken back
_WITHDRAWN = frozenset({"C", "F"})
#: element 432: when the customer ordered
_ORDERED = "04"
#: W66: how it goes, who carries it (SCAC), routing
_CARRIER = (2, 10, 5)


class ShippingOrderSet(WarehouseTransaction):
    """W05, W66, then LX and W01 for each line."""

    sets: ClassVar = ("940",)
    group: ClassVar = "OW"
    documents: ClassVar = ("shipping_order",)
    beginning: ClassVar = "W05"
    sender: ClassVar = "depositor_party"
    receiver: ClassVar = "warehouse_party"
    starts: ClassVar[Mapping[str, str]] = {"LX": "position", "W01": "line", "W76": SUMMARY}
    parties: ClassVar[Mapping[str, str]] = {
        "DE": "depositor_party",
        "DP": "depositor_party",
        "SE": "depositor_party",
        "WH": "warehouse_party",
        "SF": "warehouse_party",
    }

    # -- header ------------------------------------------------------------------------------------
    def header_w05(self, reading: X12Reading, group: Group) -> Group | None:
        w05 = group[0]
        if reading.has("id"):
            return group
        if w05(1).upper() in _WITHDRAWN:
            reading.refuse("document.withdrawn", w05, 1, document="shipping order", number=w05(2) or w05(3))
        reading.put("id", w05(2) or own_number(reading, w05(3)), w05, 2)
        reading.put(("order_reference", "id"), w05(3), w05, 3)
        self.beyond(reading, w05, {1: "N", 2: w05(2), 3: w05(3)})
        return DEFERRED

    def header_g62(self, reading: X12Reading, group: Group) -> Group | None:
        g62 = group[0]
        if g62(1) == _ORDERED and g62(2) and not g62(4) and reading.has("order_reference", "id"):
            on = moment(g62(2), "", "", reading.where)[0]
            reading.put(("order_reference", "issue_date"), on, g62, 2)
            return None
        return super().header_g62(reading, group)

    def header_w66(self, reading: X12Reading, group: Group) -> Group | None:
        w66 = group[0]
        if reading.has("freight_forwarder_party") or not (w66(10) or w66(5)):
            return group
        read_carrier(reading, w66, ("freight_forwarder_party",), _CARRIER)
        self.beyond(reading, w66, {5: w66(5), 10: w66(10)})
        return DEFERRED

    def summary_w76(self, reading: X12Reading, group: Group) -> Group | None:
        lines = reading.draft.get((self.field,), ())
        self.beyond(reading, group[0], {1: self.summed([line.get("quantity") for line in lines])})
        return DEFERRED

    # -- lines -------------------------------------------------------------------------------------
    def line_w01(self, reading: X12Reading, group: Group) -> Group | None:
        w01 = group[0]
        self.start_line(reading, w01, (1, 2), "quantity")
        self.instance(reading, "lot_number_id", w01(13), w01, 13)
        self.beyond(reading, w01, {1: w01(1), 2: w01(2), 13: w01(13)})
        return DEFERRED

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: ShippingOrder, out: Writing) -> None:
        order, delivery = document.order_reference, document.delivery
        out.open(self.shape("header"), document.extensions)
        out.add("W05", "N", document.id, order.id if order else "")
        self.write_revision(out, document)
        write_g62(out, MADE, document.issue_date, document.issue_time)
        if order and order.issue_date:
            write_g62(out, _ORDERED, order.issue_date)
        write_g62_period(out, delivery and delivery.requested_delivery_period, "02", "53", "54")
        write_nte(out, document.note)
        carrier = document.freight_forwarder_party
        if carrier:
            named = next(iter(carrier.party_identification), None)
            values = {5: carrier.party_name or "", 10: named.id if named else ""}
            out.add("W66", *elements_of(values))
        self.write_parties(out, document)
        out.close()
        for count, line in enumerate(document.order_lines, 1):
            self._write_line(out, count, line)
        self.close(out, document, len(document.order_lines))

    def _write_line(self, out: Writing, count: int, line: OrderLine) -> None:
        named = self.write_position(out, line, count)
        wanted = line.quantity
        out.open(self.shape("line"), line.extensions)
        amounts = {1: out.number(wanted.value), 2: out.unit(wanted.unit_code)}
        out.add("W01", *elements_of(self.line_codes(out, line.id, line.item) | amounts))
        self.write_words(out, line.item)
        if named:
            out.add("N9", LINE, named)
        write_nte(out, line.note)
        out.close()

    def write_summary(self, out: Writing, document: ShippingOrder) -> None:
        """W76."""
        out.add("W76", out.number(total([line.quantity for line in document.order_lines])))
