"""What customers and our own systems are told about sales."""

from typing import Literal

from pydantic import Field

from odoo.addons.trade_core.event_parts import Instant, Measure, Money, Product, UnitPrice
from odoo.addons.trade_kernel.events import DecimalText, EventData, EventType, register


class SalesOrderLineData(EventData):
    """One line of a sales order."""

    id: str = Field(description="the same in every event of the order", examples=["4711"])
    product: Product
    quantity: Measure
    price: UnitPrice = Field(description="net: discounts taken off, without taxes")
    net_amount: Money


class SalesOrderData(EventData):
    """A confirmed sales order as it is now."""

    order: str = Field(examples=["S00042"])
    customer_reference: str | None = Field(None, description="your number of the order", examples=["PO-77"])
    ordered_at: Instant
    delivery_at: Instant | None = Field(None, description="when delivery is promised, if it is")
    net_amount: Money
    tax_amount: Money
    total_amount: Money
    lines: tuple[SalesOrderLineData, ...]


class SalesOrderCancelledData(EventData):
    """A sales order that no longer holds."""

    order: str = Field(examples=["S00042"])
    customer_reference: str | None = Field(None, description="your number of the order", examples=["PO-77"])


class PriceChangeData(EventData):
    """One rule of a price list that changed."""

    change: Literal["added", "changed", "removed"]
    applies_to: Literal["all", "category", "product"]
    category: str | None = Field(None, examples=["Tables"])
    product: Product | None = None
    minimum_quantity: DecimalText | None = Field(
        None, description="in the product's own unit", examples=["10"]
    )
    price: Money | None = Field(
        None, description="a fixed price of one unit; other prices are calculated: ask for them"
    )
    valid_from: Instant | None = None
    valid_until: Instant | None = None


class PriceListChangedData(EventData):
    """Your prices change."""

    price_list: str = Field(examples=["Retailers"])
    currency_id: str = Field(description="ISO 4217", examples=["EUR"])
    effective_at: Instant | None = Field(
        None, description="the earliest instant at which a price changes; none: at once"
    )
    changes: tuple[PriceChangeData, ...] = ()
    complete: bool = Field(description="whether the changes named are all; otherwise ask for the prices")


ORDER_CONFIRMED = register(
    EventType(
        name="tradelane.sales_order.confirmed.v1",
        title="Sales order confirmed",
        summary="A customer's order was confirmed.",
        model="sale.order",
        data=SalesOrderData,
        scope="orders:read",
    )
).name
ORDER_CHANGED = register(
    EventType(
        name="tradelane.sales_order.changed.v1",
        title="Sales order changed",
        summary="What a confirmed order says changed: lines, prices, promised day, customer or reference.",
        model="sale.order",
        data=SalesOrderData,
        scope="orders:read",
    )
).name
ORDER_CANCELLED = register(
    EventType(
        name="tradelane.sales_order.cancelled.v1",
        title="Sales order cancelled",
        summary="A confirmed order was cancelled.",
        model="sale.order",
        data=SalesOrderCancelledData,
        scope="orders:read",
    )
).name
PRICE_LIST_CHANGED = register(
    EventType(
        name="tradelane.price_list.changed.v1",
        title="Price list changed",
        summary=(
            "Rules of a price list, or of one it is based on, changed: now or for a day to come. Each partner"
            " is told about its own price list alone."
        ),
        model="product.pricelist",
        data=PriceListChangedData,
        scope="prices:read",
    )
).name
