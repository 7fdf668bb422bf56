"""ORDERS: the purchase order; its change or end too, when a partner says them with the same message."""

from typing import ClassVar

from ....canonical import Order
from ..._edi.syntax import Segment
from ..._edi.writing import Writing
from ._base import Message
from ._orders import OrderMessage
from .ordchg import CANCELLATION, CHANGE


class Orders(OrderMessage):
    """BGM 1225 says which document it is: 1 a cancellation, 4 a change, 5 a newer revision, else an order."""

    types: ClassVar = ("ORDERS",)
    documents: ClassVar = ("order",)
    code: ClassVar = "220"
    usual: ClassVar = {"order_type_code": "220"}
    revision: ClassVar = "ON"

    def reader(self, unh: Segment | None, bgm: Segment | None) -> Message:
        return {"1": CANCELLATION, "4": CHANGE}.get(bgm(3) if bgm else "", self)

    def write(self, document: Order, out: Writing) -> None:
        self.write_header(out, document, "5" if document.sequence_number else "9")
        for line in document.order_lines:
            self.write_line(out, line)
        self.close(out, document, len(document.order_lines))
