"""What suppliers and our own systems are told about receipts."""

from pydantic import Field

from odoo.addons.trade_core.event_parts import Instant, Measure, Product
from odoo.addons.trade_kernel.events import EventData, EventType, register


class ReceivedLineData(EventData):
    """What was received of one line of an order; all quantities in the order's unit."""

    order: str = Field(examples=["P00042"])
    line: str | None = Field(
        None, description="the line's number in the order as it was sent", examples=["1"]
    )
    product: Product
    ordered: Measure
    received: Measure = Field(description="with this receipt")
    received_in_all: Measure
    outstanding: Measure = Field(description="still to come; never negative")


class ReceiptPostedData(EventData):
    """What our warehouse took in."""

    receipt: str = Field(examples=["WH/IN/00003"])
    received_at: Instant
    lines: tuple[ReceivedLineData, ...]


RECEIPT_POSTED = register(
    EventType(
        name="tradelane.receipt.posted.v1",
        title="Receipt posted",
        summary="Goods of purchase orders were received: what came, and what is still to come.",
        model="stock.picking",
        data=ReceiptPostedData,
        scope="orders:read",
    )
).name
