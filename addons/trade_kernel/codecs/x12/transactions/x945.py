"""945: what a warehouse shipped, package by package: the despatch advice of a warehouse run by others."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import DespatchLine
from ....canonical.base import plain
from ..._edi.values import exact
from ..._edi.writing import Writing
from ._base import DEFERRED, SUMMARY, Group, X12Reading
from ._warehouse import elements_of
from ._warehouse_advice import WarehouseAdvice

#: element 368 (W1201): all is there; the rest follows
_COMPLETE = "CC"
_FOLLOWS = ("BP", "BO")


class ShippingAdvice(WarehouseAdvice):
    """LX is a package or a line; W12 says what was ordered (02), shipped (03) and is missing (04)."""

    sets: ClassVar = ("945",)
    group: ClassVar = "SW"
    starts: ClassVar[Mapping[str, str]] = {"LX": "position", "W12": "line", "W03": SUMMARY}
    case: ClassVar = 6
    slots: ClassVar = (7, 17, 20)

    def line_w12(self, reading: X12Reading, group: Group) -> Group | None:
        w12 = group[0]
        self.start_line(reading, w12, (3, 5), "delivered_quantity")
        self.instance(reading, "lot_number_id", w12(9), w12, 9)
        status, written = w12(1).upper(), {1: _COMPLETE, 2: w12(3), 3: w12(3), 4: "0", 5: w12(5), 9: w12(9)}
        rest = exact(w12(4) or "0") if w12(4) else exact(w12(2) or "0") - exact(w12(3) or "0")
        if status in _FOLLOWS and rest.is_finite() and rest > 0:
            reading.put("outstanding_quantity", reading.quantity(plain(rest), w12(5)), w12, 4)
            ordered = exact(w12(3) or "0") + rest
            written |= {1: _FOLLOWS[0], 2: plain(ordered) if ordered.is_finite() else "", 4: plain(rest)}
        self.beyond(reading, w12, written)
        return DEFERRED

    def write_line(self, out: Writing, count: int, line: DespatchLine, packages: list[str]) -> None:
        named = self.write_position(out, line, count, packages)
        out.open(self.shape("line"), line.extensions)
        out.add("W12", *elements_of(self._elements(out, line)))
        self.write_rest(out, line, named)
        out.close()

    def _elements(self, out: Writing, line: DespatchLine) -> dict[int, Any]:
        sent, rest = line.delivered_quantity, line.outstanding_quantity
        if rest and rest.unit_code != sent.unit_code:
            raise self.cannot(f"the rest of line {line.id}", "it is in another unit than what was sent")
        missing = rest.value if rest else exact("0")
        return self.line_codes(out, line.id, line.item) | {
            1: _FOLLOWS[0] if rest else _COMPLETE,
            2: out.number(sent.value + missing),
            3: out.number(sent.value),
            4: out.number(missing),
            5: out.unit(sent.unit_code),
        }
