"""The parts canonical documents are made of, named after UBL 2.1's common aggregate components.

Those about money are in ``parts_money.py``, those about goods on their way in ``parts_shipping.py``.
"""

from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal

from pydantic import ConfigDict, Field

from .base import (
    OBJECT,
    SOME,
    TEXT,
    Base64,
    Checked,
    Country,
    Currency,
    Date,
    Extensions,
    Id,
    Number,
    OptionalId,
    OptionalName,
    Part,
    PositiveNumber,
    Problem,
    Revision,
    SchemeId,
    Time,
    UnitCode,
    one_of,
    plain,
    refused,
)


class Quantity(Part):
    """A quantity with its unit, never negative. UBL: cbc:Quantity"""

    value: PositiveNumber
    """How much. UBL: cbc:Quantity"""
    unit_code: UnitCode
    """Unit of measure, UN/ECE Recommendation 20. UBL: cbc:Quantity/@unitCode"""

    def __str__(self) -> str:
        return f"{plain(self.value)} {self.unit_code}"


class Amount(Part):
    """An amount of money. UBL: cbc:Amount"""

    value: Number
    """How much. UBL: cbc:Amount"""
    currency_id: Currency
    """Currency, ISO 4217. UBL: cbc:Amount/@currencyID"""

    def __str__(self) -> str:
        return f"{plain(self.value)} {self.currency_id}"


class SignedQuantity(Part):
    """A quantity that may be below zero: a correction, a return, a negative stock. UBL: cbc:Quantity"""

    value: Number
    """How much. UBL: cbc:Quantity"""
    unit_code: UnitCode
    """Unit of measure, UN/ECE Recommendation 20. UBL: cbc:Quantity/@unitCode"""

    def __str__(self) -> str:
        return f"{plain(self.value)} {self.unit_code}"


class Measure(Part):
    """A weight, volume or length. UBL: cbc:GrossWeightMeasure and others"""

    value: Number
    """How much."""
    unit_code: UnitCode
    """UN/ECE Recommendation 20: KGM, MTQ, LBR. UBL: @unitCode"""


class Price(Part):
    """The price of ``base_quantity`` of an item, or of one unit. UBL: cac:Price"""

    price_amount: Amount
    """Net price. UBL: cac:Price/cbc:PriceAmount"""
    base_quantity: Quantity | None = None
    """How much of the item the price is for. UBL: cac:Price/cbc:BaseQuantity"""

    @property
    def base(self) -> Decimal:
        """How many units the price is for; a base of 0 is read as 1, as UBL readers do."""
        return (self.base_quantity and self.base_quantity.value) or Decimal(1)


class Identifier(Part):
    """An identifier and the scheme it is unique in. UBL: cbc:ID"""

    id: Id
    """The identifier itself. UBL: cbc:ID"""
    scheme_id: SchemeId | None = None
    """ISO 6523 scheme: 0088 GLN, 0060 DUNS, 0160 GTIN. UBL: cbc:ID/@schemeID"""


class Address(Part):
    """A postal address. UBL: cac:PostalAddress"""

    street_name: OptionalName = None
    """UBL: cbc:StreetName"""
    additional_street_name: OptionalName = None
    """UBL: cbc:AdditionalStreetName"""
    city_name: OptionalName = None
    """UBL: cbc:CityName"""
    postal_zone: OptionalId = None
    """UBL: cbc:PostalZone"""
    country_subentity: OptionalName = None
    """Region or state. UBL: cbc:CountrySubentity"""
    country_code: Country | None = None
    """ISO 3166-1 alpha-2. UBL: cac:Country/cbc:IdentificationCode"""


class Contact(Part):
    """A person or desk. UBL: cac:Contact"""

    name: OptionalName = None
    """UBL: cbc:Name"""
    telephone: OptionalId = None
    """UBL: cbc:Telephone"""
    electronic_mail: OptionalName = None
    """UBL: cbc:ElectronicMail"""


class Party(Checked):
    """A company taking part, by identifier or by name. UBL: cac:Party"""

    model_config = ConfigDict(
        json_schema_extra=one_of(
            endpoint_id=OBJECT,
            party_identification=SOME,
            party_name=TEXT,
            company_id=TEXT,
            legal_entity_id=OBJECT,
        )
    )

    endpoint_id: Identifier | None = None
    """Electronic address. UBL: cbc:EndpointID"""
    party_identification: tuple[Identifier, ...] = ()
    """Without a scheme: the other side's own number. UBL: cac:PartyIdentification/cbc:ID"""
    party_name: OptionalName = None
    """UBL: cac:PartyName/cbc:Name"""
    postal_address: Address | None = None
    """UBL: cac:PostalAddress"""
    company_id: OptionalId = None
    """VAT number. UBL: cac:PartyTaxScheme/cbc:CompanyID"""
    legal_entity_id: Identifier | None = None
    """Number in the register of companies. UBL: cac:PartyLegalEntity/cbc:CompanyID"""
    contact: Contact | None = None
    """UBL: cac:Contact"""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model."""

    def _problems(self) -> Iterable[Problem]:
        known = (self.endpoint_id, self.party_identification, self.party_name)
        if not any((*known, self.company_id, self.legal_entity_id)):
            yield (), refused("party.unidentified"), None


class ItemInstance(Part):
    """A batch of an item, or one piece of it. UBL: cac:ItemInstance"""

    lot_number_id: OptionalId = None
    """UBL: cac:LotIdentification/cbc:LotNumberID"""
    serial_id: OptionalId = None
    """UBL: cbc:SerialID"""
    expiry_date: Date | None = None
    """UBL: cac:LotIdentification/cbc:ExpiryDate"""
    best_before_date: Date | None = None
    """UBL: cbc:BestBeforeDate"""
    manufacture_date: Date | None = None
    """UBL: cbc:ManufactureDate"""
    quantity: Quantity | None = None
    """How much of it, when several instances share a line. No UBL element."""


class Item(Checked):
    """A product, by identifiers or by name. UBL: cac:Item"""

    model_config = ConfigDict(
        json_schema_extra=one_of(
            name=TEXT,
            buyers_item_identification=OBJECT,
            sellers_item_identification=OBJECT,
            standard_item_identification=OBJECT,
            manufacturers_item_identification=OBJECT,
        )
    )

    name: OptionalName = None
    """UBL: cbc:Name"""
    description: OptionalName = None
    """UBL: cbc:Description"""
    buyers_item_identification: Identifier | None = None
    """The buyer's product code. UBL: cac:BuyersItemIdentification/cbc:ID"""
    sellers_item_identification: Identifier | None = None
    """The seller's product code. UBL: cac:SellersItemIdentification/cbc:ID"""
    standard_item_identification: Identifier | None = None
    """GTIN with scheme 0160. UBL: cac:StandardItemIdentification/cbc:ID"""
    manufacturers_item_identification: Identifier | None = None
    """The manufacturer's product code. UBL: cac:ManufacturersItemIdentification/cbc:ID"""
    additional_item_identification: tuple[Identifier, ...] = ()
    """Further codes, such as a former one. UBL: cac:AdditionalItemIdentification/cbc:ID"""
    pack_quantity: Quantity | None = None
    """How much one pack holds. UBL: cbc:PackQuantity"""
    origin_country: Country | None = None
    """ISO 3166-1 alpha-2. UBL: cac:OriginCountry/cbc:IdentificationCode"""
    commodity_classification: OptionalId = None
    """Customs tariff or class, such as UNSPSC. UBL: cac:CommodityClassification/cbc:ItemClassificationCode"""
    item_instance: tuple["ItemInstance", ...] = ()
    """Batches and serial numbers. UBL: cac:ItemInstance"""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model."""

    def _problems(self) -> Iterable[Problem]:
        if not (self.name or self.identifiers):
            yield (), refused("item.unidentified"), None

    @property
    def identifiers(self) -> tuple[tuple[str, str], ...]:
        """``(kind, value)`` pairs; the kind is ``buyer``, ``seller``, ``manufacturer`` or an ISO 6523 scheme.

        A standard identification without a scheme counts as a GTIN (0160).
        """
        standard = self.standard_item_identification
        found = (
            ((standard and standard.scheme_id) or "0160", standard),
            ("buyer", self.buyers_item_identification),
            ("seller", self.sellers_item_identification),
            ("manufacturer", self.manufacturers_item_identification),
        )
        return tuple((kind, identifier.id) for kind, identifier in found if identifier)


class Period(Checked):
    """A day, or from one to another, both included. UBL: cac:Period"""

    model_config = ConfigDict(
        json_schema_extra=one_of(start_date={"type": "string"}, end_date={"type": "string"})
    )

    start_date: Date | None = None
    """UBL: cbc:StartDate"""
    start_time: Time | None = None
    """UBL: cbc:StartTime"""
    end_date: Date | None = None
    """UBL: cbc:EndDate"""
    end_time: Time | None = None
    """UBL: cbc:EndTime"""

    def _problems(self) -> Iterable[Problem]:
        if not (self.start_date or self.end_date):
            yield ("end_date",), refused("field.missing"), None
        elif self.start_date and self.end_date and self.end_date < self.start_date:
            yield (
                ("end_date",),
                refused("period.reversed", end=self.end_date.isoformat(), start=self.start_date.isoformat()),
                self.end_date,
            )

    @property
    def earliest(self) -> date:
        """The first day."""
        return self.start_date or self.end_date

    @property
    def latest(self) -> date:
        """The last day: the one a buyer can rely on."""
        return self.end_date or self.start_date

    @property
    def latest_time(self) -> time | None:
        """The time on the last day, if one is given."""
        return self.end_time if self.end_date else self.start_time


class Location(Part):
    """A place goods go to or come from. UBL: cac:DeliveryLocation"""

    id: Identifier | None = None
    """GLN (scheme 0088) or the partner's own code. UBL: cbc:ID"""
    name: OptionalName = None
    """UBL: cbc:Name"""
    address: Address | None = None
    """UBL: cac:Address"""


class OrderReference(Part):
    """The order a document speaks about. UBL: cac:OrderReference"""

    id: Id
    """The buyer's order number. UBL: cbc:ID"""
    sales_order_id: OptionalId = None
    """The seller's number for it. UBL: cbc:SalesOrderID"""
    sequence_number: Revision | None = None
    """The revision of the order that is meant. UBL: cbc:SequenceNumberID"""
    issue_date: Date | None = None
    """UBL: cbc:IssueDate"""


class OrderLineReference(Part):
    """The order line a line speaks about, of the order named here or by the document.
    UBL: cac:OrderLineReference"""

    line_id: OptionalId = None
    """The buyer's line number. UBL: cbc:LineID"""
    sales_order_line_id: OptionalId = None
    """The seller's line number. UBL: cbc:SalesOrderLineID"""
    order_reference: OrderReference | None = None
    """The order, unless the document speaks about one only. UBL: cac:OrderReference"""


class DocumentReference(Part):
    """Another document. UBL: cac:DocumentReference"""

    id: Id
    """Its number. UBL: cbc:ID"""
    line_id: OptionalId = None
    """The line within it. UBL: cac:LineReference/cbc:LineID"""
    document_type_code: OptionalId = None
    """UNTDID 1001, or the partner's word. UBL: cbc:DocumentTypeCode"""
    issue_date: Date | None = None
    """UBL: cbc:IssueDate"""
    document_description: OptionalName = None
    """UBL: cbc:DocumentDescription"""
    attachment: "Attachment | None" = None
    """UBL: cac:Attachment"""


class Attachment(Part):
    """A file that came along, or where it lies. UBL: cac:Attachment"""

    filename: OptionalName = None
    """UBL: cbc:EmbeddedDocumentBinaryObject/@filename"""
    mime_code: OptionalId = None
    """UBL: cbc:EmbeddedDocumentBinaryObject/@mimeCode"""
    uri: OptionalName = None
    """UBL: cac:ExternalReference/cbc:URI"""
    content: Base64 | None = None
    """The file, base64. UBL: cbc:EmbeddedDocumentBinaryObject"""


class LineReference(Part):
    """The line a line speaks about. UBL: cac:OrderLineReference"""

    line_id: Id
    """UBL: cbc:LineID"""


__all__ = [
    "Address",
    "Amount",
    "Attachment",
    "Contact",
    "DocumentReference",
    "Identifier",
    "Item",
    "ItemInstance",
    "LineReference",
    "Location",
    "Measure",
    "OrderLineReference",
    "OrderReference",
    "Party",
    "Period",
    "Price",
    "Quantity",
    "SignedQuantity",
]
