"""How much of what is where, and what was sold from there."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from .base import Date, Document, Extensions, Id, Notes, OptionalId, Part, Problem, refused
from .checks import duplicate_lines
from .parts import Item, Location, OrderLineReference, OrderReference, Party, Period, Price, SignedQuantity

QUANTITY_TYPES = ("available", "on_hand", "reserved", "on_order", "in_transit", "back_order")


class InventoryReportLine(Part):
    """Stock of one item in one place. UBL: InventoryReport/cac:InventoryReportLine"""

    id: Id
    """The line's own number, unique in the report. UBL: cbc:ID"""
    note: Notes = ()
    """UBL: cbc:Note"""
    quantity: SignedQuantity
    """UBL: cbc:Quantity"""
    quantity_type_code: Literal[
        "available", "on_hand", "reserved", "on_order", "in_transit", "back_order"
    ] = "on_hand"
    """What the quantity is. UBL: cbc:AvailabilityStatusCode"""
    availability_date: Date | None = None
    """From when on it can be had. UBL: cbc:AvailabilityDate"""
    inventory_location: Location | None = None
    """Where, unless the report says it for all. UBL: cac:InventoryLocation"""
    order_line_reference: OrderLineReference | None = None
    """The order line that waits for it: a back-order, goods reserved or on their way. No UBL element."""
    item: Item
    """UBL: cac:Item"""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model."""


class InventoryReport(Document):
    """Stock, as a whole or what changed. UBL: InventoryReport-2"""

    LINES: ClassVar = ("inventory_lines",)

    document_type: Literal["inventory_report"] = "inventory_report"
    """Always "inventory_report"."""
    report_scope: Literal["snapshot", "delta"] = "snapshot"
    """snapshot: what is not in it is not there; delta: only what changed is in it."""
    inventory_period: Period | None = None
    """The day or time it is true for. UBL: cac:InventoryPeriod"""
    inventory_location: Location | None = None
    """UBL: cac:InventoryLocation"""
    retailer_customer_party: Party | None = None
    """UBL: cac:RetailerCustomerParty/cac:Party"""
    inventory_reporting_party: Party | None = None
    """Whose report it is. UBL: cac:InventoryReportingParty"""
    seller_supplier_party: Party | None = None
    """UBL: cac:SellerSupplierParty/cac:Party"""
    inventory_lines: tuple[InventoryReportLine, ...] = Field(json_schema_extra={"minItems": 1})
    """At least one. UBL: cac:InventoryReportLine"""

    def _problems(self) -> Iterable[Problem]:
        yield from super()._problems()
        if not self.inventory_lines:
            yield ("inventory_lines",), refused("document.no_lines", document="inventory report"), None
        yield from duplicate_lines(self.inventory_lines, "inventory_lines")


class ProductActivityLine(Part):
    """What happened with one item in one place. UBL: ProductActivity/cac:SupplyChainActivityDataLine"""

    id: Id
    """The line's own number, unique in the report. UBL: cbc:ID"""
    activity_type_code: OptionalId = None
    """sales, returns, transfer, adjustment, or the partner's code. UBL: cbc:SupplyChainActivityTypeCode"""
    quantity: SignedQuantity
    """UBL: cac:SalesItem/cbc:Quantity"""
    activity_period: Period | None = None
    """UBL: cac:ActivityPeriod"""
    activity_location: Location | None = None
    """UBL: cac:ActivityOriginLocation"""
    price: Price | None = None
    """UBL: cac:SalesItem/cac:ActivityPrice"""
    order_reference: OrderReference | None = None
    """UBL: cac:SalesItem/cac:OrderReference"""
    item: Item
    """UBL: cac:SalesItem/cac:Item"""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model."""


class ProductActivity(Document):
    """A report of sales and movements. UBL: ProductActivity-2"""

    LINES: ClassVar = ("activity_lines",)

    document_type: Literal["product_activity"] = "product_activity"
    """Always "product_activity"."""
    activity_period: Period | None = None
    """UBL: cac:ActivityPeriod"""
    sender_party: Party | None = None
    """UBL: cac:SenderParty"""
    receiver_party: Party | None = None
    """UBL: cac:ReceiverParty"""
    activity_lines: tuple[ProductActivityLine, ...] = Field(json_schema_extra={"minItems": 1})
    """At least one. UBL: cac:SupplyChainActivityDataLine"""

    def _problems(self) -> Iterable[Problem]:
        yield from super()._problems()
        if not self.activity_lines:
            yield ("activity_lines",), refused("document.no_lines", document="product activity report"), None
        yield from duplicate_lines(self.activity_lines, "activity_lines")
