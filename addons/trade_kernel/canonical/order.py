"""The purchase order, its change and its end; and the order to a warehouse to ship."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from .base import OBJECT, Checked, Currency, Document, Extensions, Id, Notes, OptionalId, Problem, refused
from .checks import duplicate_lines, foreign_amounts
from .parts import Amount, DocumentReference, Item, OrderReference, Party, Period, Price, Quantity
from .parts_money import AllowanceCharge, MonetaryTotal, PaymentTerms, TaxCategory
from .parts_shipping import Delivery, DeliveryTerms

DELETED = "2"


class OrderLine(Checked):
    """One ordered item. UBL: Order/cac:OrderLine/cac:LineItem"""

    id: Id
    """The buyer's line number, unique in the order. UBL: cbc:ID"""
    note: Notes = ()
    """Free text for people. UBL: cac:OrderLine/cbc:Note"""
    quantity: Quantity
    """How much is ordered, more than zero. UBL: cbc:Quantity"""
    price: Price | None = None
    """Agreed net price. UBL: cac:Price"""
    line_extension_amount: Amount | None = None
    """Net amount of the line. UBL: cbc:LineExtensionAmount"""
    requested_delivery_period: Period | None = None
    """When it is wanted. UBL: cac:Delivery/cac:RequestedDeliveryPeriod"""
    delivery: tuple[Delivery, ...] = ()
    """Wanted part deliveries. UBL: cac:Delivery"""
    allowance_charge: tuple[AllowanceCharge, ...] = ()
    """UBL: cac:AllowanceCharge"""
    tax_category: tuple[TaxCategory, ...] = ()
    """UBL: cac:Item/cac:ClassifiedTaxCategory"""
    item: Item
    """What is ordered. UBL: cac:Item"""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model."""

    def _problems(self) -> Iterable[Problem]:
        if self.quantity is not None and not self.quantity.value:
            yield ("quantity", "value"), refused("quantity.zero"), self.quantity.value


class Order(Document):
    """A purchase order. UBL: Order-2"""

    LINES: ClassVar = ("order_lines",)

    document_type: Literal["order"] = "order"
    """Always "order"."""
    order_type_code: OptionalId = None
    """UNTDID 1001, 220 for an order. UBL: cbc:OrderTypeCode"""
    document_currency_code: Currency
    """Currency of every amount, ISO 4217. UBL: cbc:DocumentCurrencyCode"""
    buyer_customer_party: Party
    """Who buys. UBL: cac:BuyerCustomerParty/cac:Party"""
    seller_supplier_party: Party
    """Who sells. UBL: cac:SellerSupplierParty/cac:Party"""
    accounting_customer_party: Party | None = None
    """Who gets the invoice, when it is another. UBL: cac:AccountingCustomerParty/cac:Party"""
    originator_customer_party: Party | None = None
    """For whom it is bought. UBL: cac:OriginatorCustomerParty/cac:Party"""
    freight_forwarder_party: Party | None = None
    """Who shall carry it. UBL: cac:FreightForwarderParty"""
    buyer_reference: OptionalId = None
    """What the seller shall quote. UBL: cbc:CustomerReference"""
    contract: DocumentReference | None = None
    """Frame contract or blanket order. UBL: cac:Contract"""
    quotation_document_reference: DocumentReference | None = None
    """The offer it accepts. UBL: cac:QuotationDocumentReference"""
    additional_document_reference: tuple[DocumentReference, ...] = ()
    """Drawings, specifications. UBL: cac:AdditionalDocumentReference"""
    validity_period: Period | None = None
    """Until when it can be accepted. UBL: cac:ValidityPeriod"""
    allowance_charge: tuple[AllowanceCharge, ...] = ()
    """UBL: cac:AllowanceCharge"""
    delivery: Delivery | None = None
    """Where and when to deliver. UBL: cac:Delivery"""
    delivery_terms: DeliveryTerms | None = None
    """UBL: cac:DeliveryTerms"""
    payment_terms: PaymentTerms | None = None
    """UBL: cac:PaymentTerms"""
    anticipated_monetary_total: MonetaryTotal | None = None
    """UBL: cac:AnticipatedMonetaryTotal"""
    order_lines: tuple[OrderLine, ...] = Field(json_schema_extra={"minItems": 1})
    """At least one. UBL: cac:OrderLine"""

    def _problems(self) -> Iterable[Problem]:
        yield from super()._problems()
        if not self.order_lines:
            yield ("order_lines",), refused("document.no_lines", document="order"), None
        yield from duplicate_lines(self.order_lines, "order_lines")
        yield from foreign_amounts(self, self.document_currency_code)


class OrderChangeLine(OrderLine):
    """One line of a changed order. UBL: OrderChange/cac:OrderLine/cac:LineItem"""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"line_status_code": {"const": DELETED}}},
            "else": {"required": ["quantity", "item"], "properties": {"quantity": OBJECT, "item": OBJECT}},
        }
    )

    line_status_code: Literal["1", "2", "3", "5"]
    """UNTDID 1229: 1 added, 2 deleted, 3 changed, 5 unchanged. UBL: cbc:LineStatusCode"""
    quantity: Quantity | None = None
    """How much is ordered now; a deleted line need not say it. UBL: cbc:Quantity"""
    item: Item | None = None
    """What is ordered; a deleted line need not say it. UBL: cac:Item"""

    def _problems(self) -> Iterable[Problem]:
        if self.line_status_code == DELETED:
            return
        yield from super()._problems()
        for name in ("quantity", "item"):
            if getattr(self, name) is None:
                yield (name,), refused("field.missing"), None


class OrderChange(Order):
    """A change of an order already sent, complete in itself. UBL: OrderChange-2

    ``id`` is the change's own number, ``sequence_number`` the revision the order has after it.
    """

    document_type: Literal["order_change"] = "order_change"
    """Always "order_change"."""
    order_reference: OrderReference
    """The order that changes. UBL: cac:OrderReference"""
    order_lines: tuple[OrderChangeLine, ...] = Field(json_schema_extra={"minItems": 1})
    """The lines that change. UBL: cac:OrderLine"""

    @property
    def thread(self) -> str:
        return self.order_reference.id


class OrderCancellation(Document):
    """The end of an order, as a whole. UBL: OrderCancellation-2"""

    document_type: Literal["order_cancellation"] = "order_cancellation"
    """Always "order_cancellation"."""
    order_reference: OrderReference
    """The order that ends. UBL: cac:OrderReference"""
    cancellation_note: Notes = ()
    """Why. UBL: cbc:CancellationNote"""
    buyer_customer_party: Party | None = None
    """UBL: cac:BuyerCustomerParty/cac:Party"""
    seller_supplier_party: Party | None = None
    """UBL: cac:SellerSupplierParty/cac:Party"""

    @property
    def thread(self) -> str:
        return self.order_reference.id


class ShippingOrder(Document):
    """What a warehouse run by others shall ship. X12: 940; EDIFACT: INSDES. UBL has no such document."""

    LINES: ClassVar = ("order_lines",)

    document_type: Literal["shipping_order"] = "shipping_order"
    """Always "shipping_order"."""
    order_reference: OrderReference | None = None
    """The customer's order behind it. UBL: cac:OrderReference"""
    depositor_party: Party | None = None
    """Whose goods they are."""
    warehouse_party: Party | None = None
    """Who ships them."""
    delivery: Delivery | None = None
    """Where to and until when. UBL: cac:Delivery"""
    delivery_terms: DeliveryTerms | None = None
    """UBL: cac:DeliveryTerms"""
    freight_forwarder_party: Party | None = None
    """Who shall carry it. UBL: cac:FreightForwarderParty"""
    order_lines: tuple[OrderLine, ...] = Field(json_schema_extra={"minItems": 1})
    """At least one."""

    def _problems(self) -> Iterable[Problem]:
        yield from super()._problems()
        if not self.order_lines:
            yield ("order_lines",), refused("document.no_lines", document="shipping order"), None
        yield from duplicate_lines(self.order_lines, "order_lines")

    @property
    def thread(self) -> str:
        return self.order_reference.id if self.order_reference else self.id
