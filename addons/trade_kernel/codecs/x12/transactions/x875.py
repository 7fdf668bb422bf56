"""875: the purchase order of the grocery trade (UCS). It is read; orders are written as 850."""

from collections.abc import Mapping
from typing import ClassVar

from ....canonical import Document
from ..._edi.syntax import Segment
from ._base import DEFERRED, SUMMARY, Group, X12Reading, X12Takes
from ._dates import moment, read_issued, read_period
from ._items import read_codes
from ._orders import ORDER, OrderTransaction
from ._terms import price_of

#: element 432 of G62 → the requested date counts before the one of shipment
_DELIVERED, _SHIPPED = "02", "10"
#: element 473 of G50: an order that takes the place of an earlier one
_REPLACES = "R"
_TAKES = {"G50": X12Takes("1=N|R 2 3"), "G68": X12Takes("1 2 3 4 5 6 7 8"), "G69": X12Takes("1")}


class GroceryOrder(OrderTransaction):
    """G50 begins it, each G68 a line; what these say beyond an order is kept as it stands."""

    sets: ClassVar = ("875",)
    documents: ClassVar = ("order",)
    group: ClassVar = ""
    beginning: ClassVar = "G50"
    starts: ClassVar[Mapping[str, str]] = {"G68": "line", "G76": SUMMARY, "CTT": SUMMARY}

    def writes(self, document: Document) -> bool:
        return False

    def header_g50(self, reading: X12Reading, group: Group) -> Group | None:
        g50 = group[0]
        if reading.has("id"):
            return group
        reading.put("id", g50(3), g50, 3)
        reading.put("order_type_code", ORDER, g50, 1)
        if g50(2):
            read_issued(reading, (g50, 2), g50(2))
        if g50(1) == _REPLACES:
            reading.put("sequence_number", 1, g50, 1)
        return _beyond(reading, g50)

    def header_g62(self, reading: X12Reading, group: Group) -> Group | None:
        g62 = group[0]
        if g62(1) not in (_DELIVERED, _SHIPPED) or not g62(2):
            return group
        found: dict[str, Group] = reading.gathered.setdefault("dates", {})
        if g62(1) in found:
            return group
        found[g62(1)] = group
        if len(found) == 1:
            reading.later(lambda: self._requested(reading, found))
        return DEFERRED

    def _requested(self, reading: X12Reading, found: dict[str, Group]) -> None:
        best = _DELIVERED if _DELIVERED in found else _SHIPPED
        for kind, group in found.items():
            if kind != best:
                reading.kept.keep(group)
        g62 = found[best][0]
        path = ("delivery", "requested_delivery_period")
        said = moment(g62(2), g62(4), g62(5), reading.where)
        if not read_period(reading, path, said, (g62, 2)):
            reading.kept.keep(found[best])

    def line_g68(self, reading: X12Reading, group: Group) -> Group | None:
        g68 = group[0]
        self.begin_line(reading, g68, 99)
        reading.put("quantity", reading.quantity(g68(1), g68(2)), g68, 1)
        item = (*reading.path, "item")
        if g68(4):
            code = {"id": g68(4), "scheme_id": "0160"}
            reading.draft.put((*item, "standard_item_identification"), code, (g68, 4))
        read_codes(reading, item, g68, 5, self.owner)
        reading.put("price", price_of(reading, g68(3), ""), g68, 3)
        return _beyond(reading, g68)

    def line_g69(self, reading: X12Reading, group: Group) -> Group | None:
        g69 = group[0]
        if reading.has("item", "name") or not g69(1):
            return group
        reading.put(("item", "name"), g69(1), g69, 1)
        return _beyond(reading, g69)


def _beyond(reading: X12Reading, segment: Segment) -> Group | None:
    """Keep a segment that says more than is read: no segment of 850 could hold it."""
    if _TAKES[segment.tag].extras(segment):
        return [segment]
    return DEFERRED
