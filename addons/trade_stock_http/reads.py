"""What partners read about stock and shipments, see ``trade_http/resources.py``."""

from pydantic import Field

from odoo.addons.trade_core.event_parts import Instant, Measure, Product
from odoo.addons.trade_http import parameters
from odoo.addons.trade_http.items import Item
from odoo.addons.trade_http.resources import Read, register_read
from odoo.addons.trade_kernel.canonical.base import Id
from odoo.addons.trade_stock.events import ShipmentLineData

MAX_CODES = 100


class WarehouseAvailability(Item):
    """What one warehouse has to give."""

    warehouse: str
    """Short name of the warehouse."""
    available: Measure


class Availability(Item):
    """What can be had at once of one product."""

    product: Product
    available: Measure
    """Of all warehouses together: on hand and not promised to anybody."""
    warehouses: list[WarehouseAvailability]


class AvailabilityParams(parameters.PageParams):
    """Parameters of availability."""

    code: list[Id] = Field(
        [],
        max_length=MAX_CODES,
        description="Only the products with these codes, ours or GTINs; may be given several times.",
    )


class ShipmentOut(Item):
    """A shipment that has left."""

    shipment: str
    """Our number of it."""
    purpose: str
    """`delivery`, or `return`: goods go back to their supplier."""
    order: str | None = None
    """Our number of the order."""
    customer_reference: str | None = None
    """Your number of the order."""
    carrier: str | None = None
    tracking_reference: str | None = None
    dispatched_at: Instant
    delivered_at: Instant | None = None
    proof: str | None = None
    """Who took it, or the carrier's proof."""
    lines: list[ShipmentLineData]


class ShipmentParams(parameters.PageParams):
    """Parameters of shipments."""

    since: parameters.Instant | None = Field(
        None, description="Only shipments that left at or after this instant."
    )


register_read(
    Read(
        name="availability",
        title="Availability",
        summary="What can be had at once of the products we sell: on hand and not promised to anybody. To"
        " follow changes, read the events.",
        scope="inventory:read",
        item=Availability,
        params=AvailabilityParams,
        key="code",
    )
)
register_read(
    Read(
        name="shipments",
        title="Shipments",
        summary="Your shipments that have left, the newest first. To follow what happens to them, read the"
        " events.",
        scope="shipments:read",
        item=ShipmentOut,
        params=ShipmentParams,
        key="number",
    )
)
