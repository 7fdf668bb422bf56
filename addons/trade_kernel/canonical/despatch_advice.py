"""The seller's (or a warehouse's) notice that goods are on their way."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from .base import Document, Extensions, Id, Notes, OptionalId, OptionalName, Part, Problem, refused
from .checks import duplicate_lines
from .parts import DocumentReference, Item, OrderLineReference, OrderReference, Party, Quantity
from .parts_shipping import Delivery, Shipment, TransportHandlingUnit

#: UNTDID 1225: cancellation
WITHDRAWS = "1"
LAST = 999_999_999


class DespatchLine(Part):
    """One despatched item. UBL: DespatchAdvice/cac:DespatchLine"""

    id: Id
    """The line's own number, unique in the advice. UBL: cbc:ID"""
    note: Notes = ()
    """Free text for people. UBL: cbc:Note"""
    delivered_quantity: Quantity
    """How much is on its way. UBL: cbc:DeliveredQuantity"""
    outstanding_quantity: Quantity | None = None
    """What of the order line still follows. UBL: cbc:OutstandingQuantity"""
    outstanding_reason: OptionalName = None
    """UBL: cbc:OutstandingReason"""
    order_line_reference: OrderLineReference | None = None
    """What was ordered. UBL: cac:OrderLineReference"""
    item: Item
    """What is delivered, with its batches. UBL: cac:Item"""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model."""


class DespatchAdvice(Document):
    """Goods on their way, and how they are packed. UBL: DespatchAdvice-2

    Packages form a tree by ``parent_id``; what is in them adds up to no more than the lines.
    """

    LINES: ClassVar = ("despatch_lines",)

    document_type: Literal["despatch_advice"] = "despatch_advice"
    """Always "despatch_advice"."""
    purpose_code: OptionalId = None
    """UNTDID 1225: 1 withdraws the advice of this number, 5 replaces it, 9 or nothing is a new one.
    UBL has no element for it."""
    despatch_advice_type_code: OptionalId = None
    """UNTDID 1001: 351 despatch advice. UBL: cbc:DespatchAdviceTypeCode"""
    order_reference: OrderReference | None = None
    """The order, unless the lines name theirs. UBL: cac:OrderReference"""
    despatch_supplier_party: Party | None = None
    """Who sends. UBL: cac:DespatchSupplierParty/cac:Party"""
    delivery_customer_party: Party | None = None
    """Who receives. UBL: cac:DeliveryCustomerParty/cac:Party"""
    buyer_customer_party: Party | None = None
    """Who bought. UBL: cac:BuyerCustomerParty/cac:Party"""
    seller_supplier_party: Party | None = None
    """Who sold. UBL: cac:SellerSupplierParty/cac:Party"""
    delivery: Delivery | None = None
    """Where it goes. UBL: cac:Shipment/cac:Delivery"""
    shipment: Shipment | None = None
    """UBL: cac:Shipment"""
    transport_handling_units: tuple[TransportHandlingUnit, ...] = ()
    """Pallets and packages. UBL: cac:Shipment/cac:TransportHandlingUnit"""
    additional_document_reference: tuple[DocumentReference, ...] = ()
    """UBL: cac:AdditionalDocumentReference"""
    despatch_lines: tuple[DespatchLine, ...] = Field(json_schema_extra={"minItems": 1})
    """At least one, unless the advice is withdrawn. UBL: cac:DespatchLine"""

    def _problems(self) -> Iterable[Problem]:
        yield from super()._problems()
        if not self.despatch_lines and not self.withdraws:
            yield ("despatch_lines",), refused("document.no_lines", document="despatch advice"), None
        yield from duplicate_lines(self.despatch_lines, "despatch_lines")
        yield from _packing(self)

    @property
    def withdraws(self) -> bool:
        """Nothing is on its way any more."""
        return self.purpose_code == WITHDRAWS

    @property
    def revision(self) -> int:
        """A withdrawal that is not counted by its sender is the last word."""
        return LAST if self.withdraws and not self.sequence_number else self.sequence_number

    @property
    def thread(self) -> str:
        if self.order_reference:
            return self.order_reference.id
        named = (
            line.order_line_reference.order_reference
            for line in self.despatch_lines
            if line.order_line_reference and line.order_line_reference.order_reference
        )
        first = next(named, None)
        return first.id if first else self.id


def _packing(advice: DespatchAdvice) -> Iterable[Problem]:
    """Packages that occur twice, stand on none that is here, or hold a line that is not."""
    units = [unit.id for unit in advice.transport_handling_units]
    lines = {line.id for line in advice.despatch_lines}
    seen: set[str] = set()
    for index, unit in enumerate(advice.transport_handling_units):
        place = ("transport_handling_units", index)
        if unit.id in seen:
            yield (*place, "id"), refused("package.duplicate", package=unit.id), unit.id
        seen.add(unit.id)
        if unit.parent_id is not None and (unit.parent_id not in units or unit.parent_id == unit.id):
            error = refused("package.parent", package=unit.id, parent=unit.parent_id)
            yield (*place, "parent_id"), error, unit.parent_id
        for number, packed in enumerate(unit.packed_line):
            if packed.line_id not in lines:
                error = refused("package.line", package=unit.id, line=packed.line_id)
                yield (*place, "packed_line", number, "line_id"), error, packed.line_id


__all__ = [
    "DespatchAdvice",
    "DespatchLine",
]
