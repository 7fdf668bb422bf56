"""865: the seller's answer to a changed order, or the change a seller asks for."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import Document, OrderResponse, OrderResponseLine
from ..._edi.writing import Writing
from ._answers import AnswerTransaction
from ._base import SUMMARY, Group, X12Reading
from ._dates import read_issued, written_day
from ._items import codes
from ._lines import revision_of, split_number
from .x855 import PurchaseOrderAcknowledgement
from .x860 import STATUS, WRITTEN, read_reference

_ADDED, _DELETED, _REJECTED = "1", "2", "7"


class PurchaseOrderChangeAcknowledgement(AnswerTransaction):
    """BCA03 is the order, BCA05 its revision, BCA09 the seller's number for it."""

    sets: ClassVar = ("865",)
    group: ClassVar = "CA"
    beginning: ClassVar = "BCA"
    starts: ClassVar[Mapping[str, str]] = {"POC": "line", "CTT": SUMMARY}
    takes: ClassVar[Mapping[str, str]] = {"BCA": "1=00 2 3 5 6 9 11"}

    def header_bca(self, reading: X12Reading, group: Group) -> Group | None:
        bca = group[0]
        if reading.has("order_reference", "id"):
            return group
        self.read_response(reading, bca, 2)
        read_reference(reading, bca, 3, 6)
        if bca(5).isdecimal():
            reading.put(("order_reference", "sequence_number"), int(bca(5)[:9]), bca, 5)
        reading.put(("order_reference", "sales_order_id"), bca(9), bca, 9)
        if bca(11):
            read_issued(reading, (bca, 11), bca(11))
        return None

    def line_poc(self, reading: X12Reading, group: Group) -> Group | None:
        poc = group[0]
        self.answer(reading, poc, quantity=3, unit=5, price=6, first=8)
        status = STATUS.get(poc(2))
        if status == _ADDED:
            reading.gathered["status"] = _ADDED
        elif status == _DELETED:
            reading.later(lambda: self._deleted(reading, group))
        return None

    def _deleted(self, reading: X12Reading, group: Group) -> None:
        """A line the seller deletes, when no ACK says more."""
        if not reading.gathered["parts"]:
            reading.put("line_status_code", _REJECTED, group[0], 2)

    # -- writing -----------------------------------------------------------------------------------
    def suits(self, document: Document, profile: Any) -> bool:
        return not PurchaseOrderAcknowledgement.suits(self, document, profile)

    def write(self, document: OrderResponse, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        reference = document.order_reference
        number, _release = split_number(reference.id, document.extensions, "BCA", "4.1")
        out.add(
            "BCA",
            "00",
            self.response_code(document),
            number,
            "",
            revision_of(reference),
            written_day(reference.issue_date, out),
            *[""] * 2,
            reference.sales_order_id,
            "",
            written_day(document.issue_date, out),
        )
        self.write_answer(document, out)

    def write_head(
        self, out: Writing, line: OrderResponseLine, quantity: tuple[str, str], price: tuple[str, str]
    ) -> None:
        number = line.order_line_reference.line_id if line.order_line_reference else ""
        change = WRITTEN[_ADDED] if line.line_status_code == _ADDED else WRITTEN["3"]
        out.add("POC", number, change, quantity[0], "", quantity[1], *price, *codes(out, line.item))
