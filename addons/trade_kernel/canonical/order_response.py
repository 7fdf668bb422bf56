"""The seller's answer to an order."""

from collections.abc import Iterable
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from .base import (
    OBJECT,
    SOME,
    TEXT,
    Checked,
    Currency,
    Document,
    Extensions,
    Id,
    Notes,
    OptionalId,
    Problem,
    one_of,
    plain,
    refused,
)
from .checks import duplicate_lines, foreign_amounts
from .parts import (
    Amount,
    DocumentReference,
    Item,
    LineReference,
    OrderReference,
    Party,
    Period,
    Price,
    Quantity,
)
from .parts_shipping import Delivery

ADDED, CHANGED, ACCEPTED, NOT_ACCEPTED, ALREADY_DELIVERED = "1", "3", "5", "7", "42"


class OrderResponseLine(Checked):
    """The answer to one order line. UBL: OrderResponse/cac:OrderLine/cac:LineItem

    What is not said is as ordered. ``quantity`` is what comes with the promised date or, when
    ``deliveries`` are given, their sum; ``maximum_backorder_quantity`` comes on top, later.
    """

    id: Id
    """The line's own number, unique in the response. UBL: cbc:ID"""
    order_line_reference: LineReference | None = None
    """The order line answered; only an added line has none. UBL: cac:OrderLineReference"""
    line_status_code: Literal["5", "3", "7", "1", "42"]
    """UNTDID 1229: 5 accepted, 3 changed, 7 rejected, 1 added, 42 delivered. UBL: cbc:LineStatusCode"""
    quantity: Quantity | None = None
    """What will be delivered, back-orders not counted. UBL: cbc:Quantity"""
    price: Price | None = None
    """The net price the seller will charge. UBL: cac:Price"""
    line_extension_amount: Amount | None = None
    """Net amount of the line: quantity times price. UBL: cbc:LineExtensionAmount"""
    promised_delivery_period: Period | None = None
    """When it will be delivered. UBL: cac:Delivery/cac:PromisedDeliveryPeriod"""
    deliveries: tuple[Delivery, ...] = ()
    """Part deliveries, each with quantity and promised period. UBL: cac:Delivery"""
    maximum_backorder_quantity: Quantity | None = None
    """What cannot be delivered now and follows later. UBL: cbc:MaximumBackorderQuantity"""
    backorder_delivery_period: Period | None = None
    """When the back-order is expected. No UBL element; kept in cac:Delivery"""
    seller_substituted_item: Item | None = None
    """What will be delivered instead. UBL: cac:SellerSubstitutedLineItem/cac:Item"""
    item: Item | None = None
    """The item as the seller knows it. UBL: cac:Item"""
    note: Notes = ()
    """Free text for people. UBL: cac:OrderLine/cbc:Note"""
    reason_code: OptionalId = None
    """Why, in the seller's codes. No UBL element; kept in cbc:Note"""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model."""

    def _problems(self) -> Iterable[Problem]:
        status = self.line_status_code
        if status == ADDED:
            if not (self.item and self.quantity and self.quantity.value):
                yield (), refused("line.added_incomplete", line=self.id), None
        elif not self.order_line_reference:
            yield ("order_line_reference",), refused("line.reference_missing", line=self.id), None
        if status == CHANGED and not self._says_something():
            yield (), refused("line.says_nothing", line=self.id), None
        yield from self._delivery_problems()

    def _says_something(self) -> bool:
        return bool(
            self.quantity
            or self.price
            or self.promised_delivery_period
            or self.deliveries
            or self.maximum_backorder_quantity
            or self.seller_substituted_item
            or self.item
            or self.note
            or self.reason_code
        )

    def _delivery_problems(self) -> Iterable[Problem]:
        if not self.deliveries:
            return
        expected = self.quantity or next((one.quantity for one in self.deliveries if one.quantity), None)
        total = Decimal(0)
        complete = True
        for index, delivery in enumerate(self.deliveries):
            place = ("deliveries", index, "quantity")
            if not delivery.quantity:
                # One delivery without a quantity brings the whole line.
                complete = False
                if len(self.deliveries) > 1:
                    yield place, refused("delivery.quantity_missing", line=self.id), None
            elif delivery.quantity.unit_code != expected.unit_code:
                complete = False
                unit = delivery.quantity.unit_code
                error = refused("delivery.unit", line=self.id, unit=unit, expected=expected.unit_code)
                yield (*place, "unit_code"), error, unit
            else:
                total += delivery.quantity.value
        if complete and self.quantity and total != self.quantity.value:
            params = {"sum": plain(total), "quantity": plain(self.quantity.value)}
            yield ("deliveries",), refused("delivery.sum", line=self.id, **params), None


class OrderResponse(Document):
    """The seller's answer to an order, whole or line by line. UBL: OrderResponse-2

    Without lines, the code alone answers: AP accepts and RE rejects every line, AB only says that the order
    has arrived.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"order_response_code": {"const": "CA"}}},
            "then": one_of(order_lines=SOME, delivery=OBJECT, note={"anyOf": [SOME, TEXT]}),
        }
    )

    LINES: ClassVar = ("order_lines",)

    document_type: Literal["order_response"] = "order_response"
    """Always "order_response"."""
    order_response_code: Literal["AB", "AP", "CA", "RE"]
    """UNCL 4343: AB received, AP accepted, CA changed, RE rejected. UBL: cbc:OrderResponseCode"""
    document_currency_code: Currency | None = None
    """Currency of every amount, ISO 4217. UBL: cbc:DocumentCurrencyCode"""
    order_reference: OrderReference
    """The order answered. UBL: cac:OrderReference"""
    additional_document_reference: tuple[DocumentReference, ...] = ()
    """Certificates, data sheets. UBL: cac:AdditionalDocumentReference"""
    buyer_customer_party: Party | None = None
    """Who buys. UBL: cac:BuyerCustomerParty/cac:Party"""
    seller_supplier_party: Party | None = None
    """Who sells. UBL: cac:SellerSupplierParty/cac:Party"""
    delivery: Delivery | None = None
    """When the whole order is delivered, unless a line says otherwise. UBL: cac:Delivery"""
    order_lines: tuple[OrderResponseLine, ...] = ()
    """UBL: cac:OrderLine"""

    def _problems(self) -> Iterable[Problem]:
        yield from super()._problems()
        if self.order_response_code == "CA" and not (self.order_lines or self.delivery or self.note):
            yield ("order_lines",), refused("document.no_lines", document="conditional order response"), None
        yield from duplicate_lines(self.order_lines, "order_lines")
        if self.document_currency_code:
            yield from foreign_amounts(self, self.document_currency_code)

    @property
    def thread(self) -> str:
        return self.order_reference.id
