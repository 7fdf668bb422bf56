"""What a supplier offers, and for how much."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from .base import Currency, Document, Extensions, Id, Notes, Number, OptionalId, Part, Problem, refused
from .checks import duplicate_lines
from .parts import DocumentReference, Item, Location, Party, Period, Price, Quantity
from .parts_money import AllowanceCharge, TaxCategory


class CataloguePrice(Part):
    """A price and where, when and from which quantity it holds. UBL: cac:RequiredItemLocationQuantity"""

    price: Price
    """UBL: cac:Price"""
    price_type_code: OptionalId = None
    """UNCL 5387 or 5375: AAA net, AAB gross, RTP recommended retail. UBL: cac:Price/cbc:PriceTypeCode"""
    minimum_quantity: Quantity | None = None
    """From this quantity on. UBL: cbc:MinimumQuantity"""
    maximum_quantity: Quantity | None = None
    """Up to this quantity. UBL: cbc:MaximumQuantity"""
    validity_period: Period | None = None
    """UBL: cac:Price/cac:ValidityPeriod"""
    location: Location | None = None
    """UBL: cac:ApplicableTerritoryAddress"""
    allowance_charge: tuple[AllowanceCharge, ...] = ()
    """Discounts off a gross price. UBL: cac:Price/cac:AllowanceCharge"""


class CatalogueLine(Part):
    """One offered item. UBL: Catalogue/cac:CatalogueLine"""

    id: Id
    """The line's own number, unique in the catalogue. UBL: cbc:ID"""
    action_code: Literal["add", "update", "delete", "unchanged"] | None = None
    """What happens to the item; absent: it is as said here. UBL: cbc:ActionCode"""
    note: Notes = ()
    """Free text for people. UBL: cbc:Note"""
    orderable_unit: OptionalId = None
    """Unit it is ordered in, UN/ECE Recommendation 20. UBL: cbc:OrderableUnit"""
    minimum_order_quantity: Quantity | None = None
    """UBL: cbc:MinimumOrderQuantity"""
    order_quantity_increment: Number | None = None
    """Only multiples of it can be ordered. UBL: cbc:OrderQuantityIncrementNumeric"""
    lead_time_days: Number | None = None
    """UBL: cac:RequiredItemLocationQuantity/cbc:LeadTimeMeasure"""
    validity_period: Period | None = None
    """When the item can be ordered. UBL: cac:LineValidityPeriod"""
    replaced_item: Item | None = None
    """The item it takes the place of. UBL: cac:ReplacedRelatedItem"""
    item: Item
    """UBL: cac:Item"""
    tax_category: tuple[TaxCategory, ...] = ()
    """UBL: cac:Item/cac:ClassifiedTaxCategory"""
    prices: tuple[CataloguePrice, ...] = ()
    """UBL: cac:RequiredItemLocationQuantity"""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model."""


class PriceCatalogue(Document):
    """A catalogue or price list. UBL: Catalogue-2"""

    LINES: ClassVar = ("catalogue_lines",)

    document_type: Literal["price_catalogue"] = "price_catalogue"
    """Always "price_catalogue"."""
    action_code: Literal["replace", "update", "delete"] | None = None
    """replace: what is not in it has ended; update: only what is in it changes. UBL: cbc:ActionCode"""
    document_currency_code: Currency | None = None
    """Currency of prices that name none, ISO 4217."""
    validity_period: Period | None = None
    """UBL: cac:ValidityPeriod"""
    contract_reference: DocumentReference | None = None
    """UBL: cac:ReferencedContract"""
    provider_party: Party | None = None
    """Whose catalogue it is. UBL: cac:ProviderParty"""
    receiver_party: Party | None = None
    """Who it is for. UBL: cac:ReceiverParty"""
    seller_supplier_party: Party | None = None
    """UBL: cac:SellerSupplierParty/cac:Party"""
    catalogue_lines: tuple[CatalogueLine, ...] = Field(json_schema_extra={"minItems": 1})
    """At least one. UBL: cac:CatalogueLine"""

    def _problems(self) -> Iterable[Problem]:
        yield from super()._problems()
        if not self.catalogue_lines:
            yield ("catalogue_lines",), refused("document.no_lines", document="catalogue"), None
        yield from duplicate_lines(self.catalogue_lines, "catalogue_lines")
