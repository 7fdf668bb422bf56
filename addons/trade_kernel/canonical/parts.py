"""The parts canonical documents are made of, named after UBL 2.1's common aggregate components."""

from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import Any, get_args

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
    Flag,
    Id,
    Notes,
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


class Delivery(Part):
    """Where and when goods are, or are to be, delivered. UBL: cac:Delivery"""

    id: OptionalId = None
    """UBL: cbc:ID"""
    quantity: Quantity | None = None
    """How much of the line this delivery brings. UBL: cbc:Quantity"""
    requested_delivery_period: Period | None = None
    """When the buyer wants it. UBL: cac:RequestedDeliveryPeriod"""
    promised_delivery_period: Period | None = None
    """When the seller promises it. UBL: cac:PromisedDeliveryPeriod"""
    actual_delivery_date: Date | None = None
    """When it was delivered. UBL: cbc:ActualDeliveryDate"""
    delivery_location: Location | None = None
    """UBL: cac:DeliveryLocation"""
    delivery_party: Party | None = None
    """Who receives the goods. UBL: cac:DeliveryParty"""


class DeliveryTerms(Part):
    """Who carries cost and risk. UBL: cac:DeliveryTerms"""

    id: OptionalId = None
    """Incoterms code such as DAP. UBL: cbc:ID"""
    special_terms: OptionalName = None
    """UBL: cbc:SpecialTerms"""
    delivery_location: Location | None = None
    """The place the terms name. UBL: cac:DeliveryLocation"""


class PaymentTerms(Part):
    """When to pay. UBL: cac:PaymentTerms"""

    id: OptionalId = None
    """A code both sides know. UBL: cbc:ID"""
    note: Notes = ()
    """UBL: cbc:Note"""


class MonetaryTotal(Part):
    """Totals, expected or legal. UBL: cac:AnticipatedMonetaryTotal, cac:LegalMonetaryTotal"""

    line_extension_amount: Amount | None = None
    """Sum of the lines. UBL: cbc:LineExtensionAmount"""
    allowance_total_amount: Amount | None = None
    """UBL: cbc:AllowanceTotalAmount"""
    charge_total_amount: Amount | None = None
    """UBL: cbc:ChargeTotalAmount"""
    tax_exclusive_amount: Amount | None = None
    """UBL: cbc:TaxExclusiveAmount"""
    tax_inclusive_amount: Amount | None = None
    """UBL: cbc:TaxInclusiveAmount"""
    prepaid_amount: Amount | None = None
    """UBL: cbc:PrepaidAmount"""
    payable_rounding_amount: Amount | None = None
    """UBL: cbc:PayableRoundingAmount"""
    payable_amount: Amount | None = None
    """UBL: cbc:PayableAmount"""


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


class TaxCategory(Part):
    """A tax and its rate. UBL: cac:TaxCategory"""

    id: OptionalId = None
    """UNCL 5305: S standard, Z zero, E exempt, AE reverse charge. UBL: cbc:ID"""
    percent: Number | None = None
    """Rate in percent. UBL: cbc:Percent"""
    tax_scheme_id: OptionalId = None
    """VAT, GST, or the kind of sales tax. UBL: cac:TaxScheme/cbc:ID"""
    tax_exemption_reason_code: OptionalId = None
    """UBL: cbc:TaxExemptionReasonCode"""
    tax_exemption_reason: OptionalName = None
    """UBL: cbc:TaxExemptionReason"""


class TaxSubtotal(Part):
    """What one tax comes to. UBL: cac:TaxSubtotal"""

    taxable_amount: Amount | None = None
    """UBL: cbc:TaxableAmount"""
    tax_amount: Amount | None = None
    """UBL: cbc:TaxAmount"""
    tax_category: TaxCategory
    """UBL: cac:TaxCategory"""


class TaxTotal(Part):
    """All taxes of a document. UBL: cac:TaxTotal"""

    tax_amount: Amount | None = None
    """UBL: cbc:TaxAmount"""
    tax_subtotal: tuple[TaxSubtotal, ...] = ()
    """UBL: cac:TaxSubtotal"""


class AllowanceCharge(Part):
    """A discount or an extra cost. UBL: cac:AllowanceCharge"""

    charge_indicator: Flag
    """True: a charge, added; false: an allowance, taken off. UBL: cbc:ChargeIndicator"""
    allowance_charge_reason_code: OptionalId = None
    """UNCL 7161 or 5189, or the partner's code. UBL: cbc:AllowanceChargeReasonCode"""
    allowance_charge_reason: OptionalName = None
    """UBL: cbc:AllowanceChargeReason"""
    multiplier_factor_numeric: Number | None = None
    """Percent of ``base_amount``: 10 for 10 %. UBL: cbc:MultiplierFactorNumeric"""
    amount: Amount | None = None
    """UBL: cbc:Amount"""
    base_amount: Amount | None = None
    """UBL: cbc:BaseAmount"""
    tax_category: tuple[TaxCategory, ...] = ()
    """UBL: cac:TaxCategory"""


class PaymentMeans(Part):
    """How to pay. UBL: cac:PaymentMeans"""

    payment_means_code: OptionalId = None
    """UNCL 4461: 30 credit transfer, 58 SEPA transfer. UBL: cbc:PaymentMeansCode"""
    payment_id: OptionalId = None
    """What to quote when paying. UBL: cbc:PaymentID"""
    payee_financial_account: OptionalId = None
    """IBAN or account number. UBL: cac:PayeeFinancialAccount/cbc:ID"""
    financial_institution: OptionalId = None
    """BIC or bank number. UBL: cac:FinancialInstitutionBranch/cbc:ID"""


class Shipment(Part):
    """Goods on their way. UBL: cac:Shipment"""

    id: OptionalId = None
    """The sender's number of the shipment. UBL: cbc:ID"""
    carrier_party: Party | None = None
    """Who carries it. UBL: cac:Consignment/cac:CarrierParty"""
    carrier_assigned_id: OptionalId = None
    """Bill of lading or waybill. UBL: cac:Consignment/cbc:CarrierAssignedID"""
    tracking_id: tuple[Id, ...] = ()
    """Numbers to follow it by. UBL: cac:TransportHandlingUnit/cbc:TraceID"""
    transport_mode_code: OptionalId = None
    """UN/ECE Recommendation 19: 1 sea, 2 rail, 3 road, 4 air. UBL: cac:ShipmentStage/cbc:TransportModeCode"""
    transport_means_id: OptionalId = None
    """Lorry, trailer or vessel. UBL: cac:TransportMeans//cbc:LicensePlateID"""
    gross_weight_measure: Measure | None = None
    """UBL: cbc:GrossWeightMeasure"""
    gross_volume_measure: Measure | None = None
    """UBL: cbc:GrossVolumeMeasure"""
    total_transport_handling_unit_quantity: Number | None = None
    """How many packages. UBL: cbc:TotalTransportHandlingUnitQuantity"""
    actual_despatch_date: Date | None = None
    """UBL: cac:Despatch/cbc:ActualDespatchDate"""
    actual_despatch_time: Time | None = None
    """UBL: cac:Despatch/cbc:ActualDespatchTime"""
    estimated_delivery_period: Period | None = None
    """When it arrives. UBL: cac:Delivery/cac:EstimatedDeliveryPeriod"""
    delivery_terms: DeliveryTerms | None = None
    """UBL: cac:Consignment/cac:DeliveryTerms"""


class PackedLine(Part):
    """What of a line is in a package. UBL: cac:ShipmentLine within cac:TransportHandlingUnit"""

    line_id: Id
    """The line of this document."""
    quantity: Quantity | None = None
    """How much of it; absent: all that is left of the line."""


class TransportHandlingUnit(Part):
    """A pallet, carton or other package. UBL: cac:TransportHandlingUnit"""

    id: Id
    """SSCC (18 digits, without the application identifier 00), or the sender's number. UBL: cbc:ID"""
    transport_handling_unit_type_code: OptionalId = None
    """UN/ECE Recommendation 21: CT carton, PX pallet. UBL: cbc:TransportHandlingUnitTypeCode"""
    parent_id: OptionalId = None
    """The package it stands on or in."""
    gross_weight_measure: Measure | None = None
    """UBL: cac:MeasurementDimension"""
    packed_line: tuple[PackedLine, ...] = ()
    """What is in it, packages inside not counted."""


class LineReference(Part):
    """The line a line speaks about. UBL: cac:OrderLineReference"""

    line_id: Id
    """UBL: cbc:LineID"""


def duplicate_lines(lines: Iterable, field: str) -> Iterable[Problem]:
    """A problem for every line whose id another line had before it."""
    seen: set[str] = set()
    for index, line in enumerate(lines):
        if line.id in seen:
            yield (field, index, "id"), refused("line.duplicate", line=line.id), line.id
        seen.add(line.id)


def foreign_amounts(part: Part, currency: str, place: tuple = ()) -> Iterable[Problem]:
    """A problem for every amount within ``part`` that is not in ``currency``."""
    if isinstance(part, Amount):
        if part.currency_id != currency:
            error = refused("amount.currency", currency=part.currency_id, expected=currency)
            yield (*place, "currency_id"), error, part.currency_id
        return
    for name in _with_amounts(type(part)):
        value = getattr(part, name)
        if isinstance(value, tuple):
            for index, inner in enumerate(value):
                yield from foreign_amounts(inner, currency, (*place, name, index))
        elif value is not None:
            yield from foreign_amounts(value, currency, (*place, name))


@cache
def _with_amounts(part: type[Part]) -> tuple[str, ...]:
    """The fields that hold amounts, or parts that do."""
    return tuple(
        name for name, field in part.model_fields.items() if any(map(_has_amounts, _parts_of(field)))
    )


@cache
def _has_amounts(part: type[Part]) -> bool:
    return part is Amount or bool(_with_amounts(part))


def _parts_of(field: Any) -> list[type[Part]]:
    """The classes of parts that a field may hold."""
    found, waiting = [], [field.annotation]
    while waiting:
        hint = waiting.pop()
        waiting += get_args(hint)
        if isinstance(hint, type) and issubclass(hint, Part):
            found.append(hint)
    return found


__all__ = [
    "Address",
    "AllowanceCharge",
    "Amount",
    "Attachment",
    "Contact",
    "Delivery",
    "DeliveryTerms",
    "DocumentReference",
    "Identifier",
    "Item",
    "ItemInstance",
    "LineReference",
    "Location",
    "Measure",
    "MonetaryTotal",
    "OrderLineReference",
    "OrderReference",
    "PackedLine",
    "Party",
    "PaymentMeans",
    "PaymentTerms",
    "Period",
    "Price",
    "Quantity",
    "Shipment",
    "SignedQuantity",
    "TaxCategory",
    "TaxSubtotal",
    "TaxTotal",
    "TransportHandlingUnit",
]
