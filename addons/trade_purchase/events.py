"""What suppliers and our own systems are told about purchase orders."""

from datetime import date

from pydantic import Field

from odoo.addons.trade_core.event_parts import Instant, Measure, Money, Product, UnitPrice
from odoo.addons.trade_kernel.events import EventData, EventType, register


class OrderLineData(EventData):
    """One line of a purchase order."""

    id: str = Field(description="the same in every event of the order", examples=["4711"])
    number: str | None = Field(
        None, description="the line's number in the documents; none while it was never sent", examples=["1"]
    )
    product: Product
    quantity: Measure
    price: UnitPrice = Field(description="net: discounts taken off, without taxes")
    net_amount: Money
    delivery_on: date | None = Field(None, description="the day it is planned for", examples=["2026-03-16"])


class OrderData(EventData):
    """A confirmed purchase order as it is now."""

    order: str = Field(examples=["P00042"])
    revision: int = Field(
        description="counts up whenever changed content is sent to the supplier", examples=[0]
    )
    supplier: str = Field(examples=["Wood Corner"])
    ordered_at: Instant
    net_amount: Money
    tax_amount: Money
    total_amount: Money
    lines: tuple[OrderLineData, ...]


class OrderCancelledData(EventData):
    """A purchase order that no longer holds."""

    order: str = Field(examples=["P00042"])
    revision: int = Field(examples=[0])
    supplier: str = Field(examples=["Wood Corner"])


class PromiseData(EventData):
    """One delivery that is promised; without a day it was not said when."""

    quantity: Measure
    on: date | None = Field(None, examples=["2026-03-18"])


class AnsweredLineData(EventData):
    """What became of one line of the answer."""

    number: str | None = Field(
        None, description="the order line's number; none: a line nobody asked for", examples=["1"]
    )
    decision: str = Field(
        description="accepted, rejected (we insist on the order) or countered (we ask for something else)",
        examples=["accepted"],
    )
    differences: tuple[str, ...] = Field(
        (), description="in words; none: as ordered", examples=[["2 days later than asked."]]
    )
    product: Product | None = None
    promised: tuple[PromiseData, ...] = ()


class OrderResponseData(EventData):
    """An answer to a purchase order, as it was decided and applied."""

    order: str = Field(examples=["P00042"])
    revision: int = Field(description="of the order when the answer was applied", examples=[0])
    response: str = Field(description="the supplier's number of the answer", examples=["R-77"])
    supplier: str = Field(examples=["Wood Corner"])
    supplier_order: str | None = Field(
        None, description="the supplier's number of the order", examples=["SO-9"]
    )
    outcome: str = Field(
        description="applied: something of it was accepted; rejected: nothing was; received: it only confirms"
        " that the order has arrived",
        examples=["applied"],
    )
    lines: tuple[AnsweredLineData, ...] = ()


ORDER_CONFIRMED = register(
    EventType(
        name="tradelane.order.confirmed.v1",
        title="Order confirmed",
        summary="A purchase order was confirmed, whether or not it is sent to the supplier as a document.",
        model="purchase.order",
        data=OrderData,
        scope="orders:read",
    )
).name
ORDER_CHANGED = register(
    EventType(
        name="tradelane.order.changed.v1",
        title="Order changed",
        summary="What a confirmed purchase order says changed, by a person or by an answer that was accepted,"
        " or it was sent as a new revision.",
        model="purchase.order",
        data=OrderData,
        scope="orders:read",
    )
).name
ORDER_CANCELLED = register(
    EventType(
        name="tradelane.order.cancelled.v1",
        title="Order cancelled",
        summary="A confirmed purchase order was cancelled.",
        model="purchase.order",
        data=OrderCancelledData,
        scope="orders:read",
    )
).name
RESPONSE_APPLIED = register(
    EventType(
        name="tradelane.order_response.applied.v1",
        title="Order response applied",
        summary="A supplier's answer was decided and its outcome is on the order: what was accepted, what was"
        " refused, what is promised for when.",
        model="purchase.order",
        data=OrderResponseData,
        scope="orders:read",
    )
).name
