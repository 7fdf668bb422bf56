"""943: what is on its way to a warehouse run by others: the despatch advice of a stock transfer."""

from collections.abc import Mapping
from typing import ClassVar

from ....canonical import DespatchLine
from ..._edi.writing import Writing
from ._base import DEFERRED, SUMMARY, Group, X12Reading
from ._warehouse import elements_of
from ._warehouse_advice import WarehouseAdvice


class StockTransferAdvice(WarehouseAdvice):
    """W04 is a line; there are no packages."""

    sets: ClassVar = ("943",)
    group: ClassVar = "AR"
    sender: ClassVar = "seller_supplier_party"
    receiver: ClassVar = ""
    starts: ClassVar[Mapping[str, str]] = {"W04": "line", "W03": SUMMARY}
    parties: ClassVar[Mapping[str, str]] = {
        "DE": "seller_supplier_party",
        "SE": "seller_supplier_party",
        "DP": "seller_supplier_party",
        "SF": "despatch_supplier_party",
        "BY": "buyer_customer_party",
        "CN": "delivery_customer_party",
    }
    places: ClassVar = frozenset({"ST", "WH"})

    def line_w04(self, reading: X12Reading, group: Group) -> Group | None:
        w04 = group[0]
        self.start_line(reading, w04, (1, 2), "delivered_quantity")
        self.instance(reading, "lot_number_id", w04(13), w04, 13)
        self.beyond(reading, w04, {1: w04(1), 2: w04(2), 13: w04(13)})
        return DEFERRED

    def write_line(self, out: Writing, count: int, line: DespatchLine, packages: list[str]) -> None:
        if packages:
            raise self.cannot(f"the package {packages[0]}", "943 says none")
        if line.outstanding_quantity:
            raise self.cannot(f"the rest of line {line.id}", "943 says only what was sent")
        out.open(self.shape("line"), line.extensions)
        sent = line.delivered_quantity
        amounts = {1: out.number(sent.value), 2: out.unit(sent.unit_code)}
        out.add("W04", *elements_of(self.line_codes(out, line.id, line.item) | amounts))
        self.write_rest(out, line, "" if line.id == str(count) else line.id)
        out.close()
