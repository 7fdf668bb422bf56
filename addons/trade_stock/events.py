"""What partners and our own systems are told about stock and shipments."""

from typing import Literal

from pydantic import Field

from odoo.addons.trade_core.event_parts import Instant, Measure, Product
from odoo.addons.trade_kernel.events import EventData, EventType, register


class WarehouseAvailabilityData(EventData):
    """What one warehouse has to give."""

    warehouse: str = Field(description="short name of the warehouse", examples=["WH"])
    available: Measure


class AvailabilityChangedData(EventData):
    """What can be had at once of one product: on hand and not promised to anybody."""

    product: Product
    available: Measure = Field(description="of all warehouses together; never negative")
    warehouses: tuple[WarehouseAvailabilityData, ...] = Field(description="those where it changed")


class ShipmentLineData(EventData):
    """What is in a shipment of one product."""

    product: Product
    quantity: Measure
    lots: tuple[str, ...] = Field((), description="lot or serial numbers")


class ShipmentData(EventData):
    """Which shipment it is, and how it travels."""

    shipment: str = Field(examples=["WH/OUT/00007"])
    purpose: Literal["delivery", "return"] = Field(description="return: goods go back to their supplier")
    order: str | None = Field(None, description="our number of the order", examples=["S00042"])
    customer_reference: str | None = Field(None, description="your number of the order", examples=["PO-77"])
    carrier: str | None = Field(None, examples=["DHL"])
    tracking_reference: str | None = Field(None, examples=["JD014600003828392837"])


class ShipmentDispatchedData(ShipmentData):
    """A shipment that has left."""

    dispatched_at: Instant
    lines: tuple[ShipmentLineData, ...]


class ShipmentDeliveredData(ShipmentData):
    """A shipment that has arrived."""

    delivered_at: Instant
    proof: str | None = Field(None, description="who took it, or the carrier's proof", examples=["J. Doe"])


AVAILABILITY_CHANGED = register(
    EventType(
        name="tradelane.availability.changed.v1",
        title="Availability changed",
        summary=(
            "The free quantity of a product that is sold changed in some warehouse. At most once per product,"
            " company and transaction; written only while somebody listens."
        ),
        model="product.product",
        data=AvailabilityChangedData,
        scope="inventory:read",
        audience="everyone",
        on_demand=True,
    )
).name
SHIPMENT_DISPATCHED = register(
    EventType(
        name="tradelane.shipment.dispatched.v1",
        title="Shipment dispatched",
        summary="An outgoing transfer was completed: to a customer, or back to a supplier.",
        model="stock.picking",
        data=ShipmentDispatchedData,
        scope="shipments:read",
    )
).name
SHIPMENT_DELIVERED = register(
    EventType(
        name="tradelane.shipment.delivered.v1",
        title="Shipment delivered",
        summary="A shipment arrived, as its tracking or a person says; once per shipment.",
        model="stock.picking",
        data=ShipmentDeliveredData,
        scope="shipments:read",
    )
).name
