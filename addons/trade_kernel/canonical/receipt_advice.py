"""What arrived of a delivery, and what of it was short, damaged or wrong."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from .base import Date, Document, Extensions, Id, Notes, OptionalId, OptionalName, Part, Problem, refused
from .checks import duplicate_lines
from .parts import DocumentReference, Item, OrderLineReference, OrderReference, Party, Quantity
from .parts_shipping import Shipment


class ReceiptLine(Part):
    """One received item. UBL: ReceiptAdvice/cac:ReceiptLine"""

    id: Id
    """The line's own number, unique in the advice. UBL: cbc:ID"""
    note: Notes = ()
    """Free text for people. UBL: cbc:Note"""
    received_quantity: Quantity | None = None
    """How much arrived, rejected goods included. UBL: cbc:ReceivedQuantity"""
    short_quantity: Quantity | None = None
    """How much of what was advised is missing. UBL: cbc:ShortQuantity"""
    oversupply_quantity: Quantity | None = None
    """How much more came than was advised. UBL: cbc:OversupplyQuantity"""
    rejected_quantity: Quantity | None = None
    """How much was not accepted. UBL: cbc:RejectedQuantity"""
    reject_reason_code: OptionalId = None
    """Why, in the receiver's codes. UBL: cbc:RejectReasonCode"""
    reject_reason: OptionalName = None
    """UBL: cbc:RejectReason"""
    reject_action_code: OptionalId = None
    """What happens with it. UBL: cbc:RejectActionCode"""
    shortage_action_code: OptionalId = None
    """Whether the rest is still wanted. UBL: cbc:ShortageActionCode"""
    received_date: Date | None = None
    """When it arrived. UBL: cbc:ReceivedDate"""
    order_line_reference: OrderLineReference | None = None
    """What was ordered. UBL: cac:OrderLineReference"""
    despatch_line_reference: DocumentReference | None = None
    """What was advised. UBL: cac:DespatchLineReference"""
    item: Item
    """What arrived. UBL: cac:Item"""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model."""


class ReceiptAdvice(Document):
    """What arrived. UBL: ReceiptAdvice-2"""

    LINES: ClassVar = ("receipt_lines",)

    document_type: Literal["receipt_advice"] = "receipt_advice"
    """Always "receipt_advice"."""
    order_reference: OrderReference | None = None
    """UBL: cac:OrderReference"""
    despatch_document_reference: DocumentReference | None = None
    """The advice that announced it. UBL: cac:DespatchDocumentReference"""
    delivery_customer_party: Party | None = None
    """Who received. UBL: cac:DeliveryCustomerParty/cac:Party"""
    despatch_supplier_party: Party | None = None
    """Who sent. UBL: cac:DespatchSupplierParty/cac:Party"""
    shipment: Shipment | None = None
    """UBL: cac:Shipment"""
    receipt_lines: tuple[ReceiptLine, ...] = Field(json_schema_extra={"minItems": 1})
    """At least one. UBL: cac:ReceiptLine"""

    def _problems(self) -> Iterable[Problem]:
        yield from super()._problems()
        if not self.receipt_lines:
            yield ("receipt_lines",), refused("document.no_lines", document="receipt advice"), None
        yield from duplicate_lines(self.receipt_lines, "receipt_lines")

    @property
    def thread(self) -> str:
        return self.order_reference.id if self.order_reference else self.id
