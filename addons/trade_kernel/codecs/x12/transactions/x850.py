"""850: the purchase order; its change or end too, when a partner says them with the same set."""

from collections.abc import Mapping
from typing import ClassVar

from ....canonical import Order
from ..._edi.syntax import Segment
from ..._edi.writing import Writing
from ._base import SUMMARY, Group, Transaction, X12Reading
from ._dates import read_issued, written_day
from ._lines import order_number, split_number
from ._orders import WRITTEN_TYPES, OrderTransaction
from .x860 import CANCELLATION, CHANGE


class PurchaseOrder(OrderTransaction):
    """BEG01 says which document it is: 01 a cancellation, 04 a change, 05 a newer revision, else an order."""

    sets: ClassVar = ("850",)
    documents: ClassVar = ("order",)
    beginning: ClassVar = "BEG"
    starts: ClassVar[Mapping[str, str]] = {"PO1": "line", "CTT": SUMMARY}
    takes: ClassVar[Mapping[str, str]] = {
        "BEG": "1=00|05 2=SA|BK|RL 3 5 6",
        "PO1": " ".join(map(str, range(1, 26))),
    }

    def reader(self, first: Segment | None) -> Transaction:
        return {"01": CANCELLATION, "04": CHANGE}.get(first(1) if first else "", self)

    def header_beg(self, reading: X12Reading, group: Group) -> Group | None:
        beg = group[0]
        if reading.has("id"):
            return group
        reading.put("id", order_number(beg(3), beg(4)), beg, 3)
        self.read_type(reading, beg, 2)
        if beg(5):
            read_issued(reading, (beg, 5), beg(5))
        reading.put(("contract", "id"), beg(6), beg, 6)
        if beg(1) == "05":
            reading.state["replaces"] = True
        return None

    def line_po1(self, reading: X12Reading, group: Group) -> Group | None:
        self.read_line(reading, group[0], 2, 4, 6)
        return None

    def finish(self, reading: X12Reading) -> None:
        if reading.draft.get(("sequence_number",)) is None and reading.state.get("replaces"):
            reading.draft.put(("sequence_number",), 1)
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: Order, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        number, _release = split_number(document.id, document.extensions, "BEG", "4.1")
        purpose = "05" if document.sequence_number else "00"
        kind = WRITTEN_TYPES.get(document.order_type_code or "", "SA")
        out.add("BEG", purpose, kind, number, "", written_day(document.issue_date, out))
        self.write_revision(out, document)
        self.write_header(out, document)
        out.close()
        for line in document.order_lines:
            self.write_line(out, line, "PO1")
        self.close(out, document, len(document.order_lines))
