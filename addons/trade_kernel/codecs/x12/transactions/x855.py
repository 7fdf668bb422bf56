"""855: the seller's answer to an order."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import Document, OrderResponse, OrderResponseLine
from ..._edi.writing import Writing
from ._answers import AnswerTransaction
from ._base import SUMMARY, Group, X12Reading
from ._dates import read_issued, written_day
from ._items import codes
from ._lines import revision_of, split_number
from .x860 import read_reference

_ADDED = "1"


class PurchaseOrderAcknowledgement(AnswerTransaction):
    """BAK03 is the order, BAK08 the seller's number for it; the answer's own number is a reference (TN)."""

    sets: ClassVar = ("855",)
    group: ClassVar = "PR"
    beginning: ClassVar = "BAK"
    starts: ClassVar[Mapping[str, str]] = {"PO1": "line", "CTT": SUMMARY}
    takes: ClassVar[Mapping[str, str]] = {"BAK": "1=00 2 3 4 8 9"}

    def header_bak(self, reading: X12Reading, group: Group) -> Group | None:
        bak = group[0]
        if reading.has("order_reference", "id"):
            return group
        self.read_response(reading, bak, 2)
        read_reference(reading, bak, 3, 4, release=5)
        reading.put(("order_reference", "sales_order_id"), bak(8), bak, 8)
        if bak(9):
            read_issued(reading, (bak, 9), bak(9))
        return None

    def line_po1(self, reading: X12Reading, group: Group) -> Group | None:
        self.answer(reading, group[0], quantity=2, unit=3, price=4, first=6)
        return None

    # -- writing -----------------------------------------------------------------------------------
    def suits(self, document: Document, profile: Any) -> bool:
        added = any(line.line_status_code == _ADDED for line in document.order_lines)
        return not added and not revision_of(document.order_reference)

    def write(self, document: OrderResponse, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        reference = document.order_reference
        number, _release = split_number(reference.id, document.extensions, "BAK", "5.1")
        out.add(
            "BAK",
            "00",
            self.response_code(document),
            number,
            written_day(reference.issue_date, out),
            *[""] * 3,
            reference.sales_order_id,
            written_day(document.issue_date, out),
        )
        self.write_answer(document, out)

    def write_head(
        self, out: Writing, line: OrderResponseLine, quantity: tuple[str, str], price: tuple[str, str]
    ) -> None:
        number = line.order_line_reference.line_id if line.order_line_reference else ""
        out.add("PO1", number, *quantity, *price, *codes(out, line.item))
