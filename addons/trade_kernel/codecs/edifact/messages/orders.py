"""ORDERS: the purchase order; its change or end too, when a partner says them with the same message."""

from typing import ClassVar

from ....canonical import Order
from ..._edi.syntax import Segment
from ._base import Group, Message
from ._engine import Reading
from ._orders import OrderMessage
from ._writing import Writing
from .ordchg import CANCELLATION, CHANGE


class Orders(OrderMessage):
    """BGM 1225 says which document it is: 1 a cancellation, 4 a change, 5 a newer revision, else an order."""

    types: ClassVar = ("ORDERS",)
    documents: ClassVar = ("order",)
    code: ClassVar = "220"

    def reader(self, unh: Segment | None, bgm: Segment | None) -> Message:
        return {"1": CANCELLATION, "4": CHANGE}.get(bgm(3) if bgm else "", self)

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        rff = group[0]
        own = rff(1) == "ON" and rff(1, 2) == reading.get("id")
        if own and rff(1, 4).isdecimal():
            reading.put("sequence_number", int(rff(1, 4)[:9]), rff, 1, 4)
            return group[1:]
        return super().header_rff(reading, group)

    def write(self, document: Order, out: Writing) -> None:
        self.write_header(out, document, "5" if document.sequence_number else "9")
        for line in document.order_lines:
            self.write_line(out, line)
        self.close(out, document, len(document.order_lines))
