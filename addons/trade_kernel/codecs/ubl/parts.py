"""The parts UBL documents have in common, each as its table."""

from ...canonical.base import plain
from .._xml_reading import number
from .._xml_table import Table, constant, field, group, ignored, meant, must
from .kinds import (
    ABSENT,
    CBC,
    CLOCK,
    CODE,
    COUNTRY,
    DAY,
    FILE,
    IDENTIFIER,
    INDICATOR,
    ITEM_IDENTIFIER,
    MEANS,
    MEDIA_TYPE,
    MONEY,
    NUMBER,
    QUANTITY,
    VAT,
)

CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"


# --- addresses and parties ------------------------------------------------------------------------
def _address(address, _reading):
    """Street and house number are one line; so is whatever else stands in lines."""
    number, lines = address.pop("_number", None), address.pop("_lines", [])
    if number:
        address["street_name"] = " ".join(filter(None, (address.get("street_name"), number)))
    for name in ("street_name", "additional_street_name"):
        if lines and not address.get(name):
            address[name] = lines.pop(0)
    if lines:
        address["additional_street_name"] = ", ".join((address["additional_street_name"], *lines))


ADDRESS = Table(
    field("cbc:StreetName", "street_name"),
    field("cbc:AdditionalStreetName", "additional_street_name"),
    field("cbc:BuildingNumber", "_number"),
    field("cbc:CityName", "city_name"),
    field("cbc:PostalZone", "postal_zone"),
    field("cbc:CountrySubentity", "country_subentity"),
    field("cbc:CountrySubentityCode", "country_subentity", CODE, fallback=True),
    field("cac:AddressLine*/cbc:Line", "_lines"),
    field("cac:Country/cbc:IdentificationCode", "country_code", COUNTRY),
    after=_address,
)
CONTACT = Table(
    field("cbc:Name", "name"),
    field("cbc:Telephone", "telephone"),
    field("cbc:ElectronicMail", "electronic_mail"),
)


def _is_vat(scheme):
    return "VAT" in (scheme.findtext(f"{CAC}TaxScheme/{CBC}ID") or "").upper()


def _is_party(party):
    return any(
        party.get(name)
        for name in ("endpoint_id", "party_identification", "party_name", "company_id", "legal_entity_id")
    )


def _party(**legal_name: bool) -> Table:
    return Table(
        field("cbc:EndpointID", "endpoint_id", IDENTIFIER),
        field("cac:PartyIdentification*/cbc:ID", "party_identification", IDENTIFIER),
        field("cac:PartyName/cbc:Name", "party_name"),
        group("cac:PostalAddress", "postal_address", ADDRESS),
        meant("cac:PartyTaxScheme", _is_vat),
        field("cac:PartyTaxScheme/cbc:RegistrationName", "party_name", fallback=True),
        field("cac:PartyTaxScheme/cbc:CompanyID", "company_id", VAT),
        constant("cac:PartyTaxScheme/cac:TaxScheme/cbc:ID", "VAT", ("VA", "vat", "UK VAT")),
        must("cac:PartyTaxScheme/cac:TaxScheme"),
        field("cac:PartyLegalEntity/cbc:RegistrationName", "party_name", **legal_name),
        field("cac:PartyLegalEntity/cbc:CompanyID", "legal_entity_id", IDENTIFIER),
        group("cac:Contact", "contact", CONTACT),
        extends=True,
        says=_is_party,
    )


#: Buyers, sellers and who bills and pays: they are legal entities, and are written as such (EN 16931, BT-27).
PARTY = _party(copy=True)
#: Others: carriers, places that receive. A name that stands only at the legal entity is read all the same.
OTHER_PARTY = _party(fallback=True)


LOCATION = Table(
    field("cbc:ID", "id", IDENTIFIER),
    field("cbc:Description", "name", fallback=True),
    field("cbc:Name", "name"),
    group("cac:Address", "address", ADDRESS),
)


# --- items ----------------------------------------------------------------------------------------
def _item(item, _reading):
    """Many describe an item without naming it."""
    if not _is_item(item) and item.get("description"):
        item["name"] = item.pop("description")


def _is_item(item):
    names = ("name", "buyers_item_identification", "sellers_item_identification")
    return any(
        item.get(name)
        for name in (*names, "standard_item_identification", "manufacturers_item_identification")
    )


ITEM_INSTANCE = Table(
    field("cbc:ManufactureDate", "manufacture_date", DAY),
    field("cbc:BestBeforeDate", "best_before_date", DAY),
    field("cbc:SerialID", "serial_id"),
    field("cac:LotIdentification/cbc:LotNumberID", "lot_number_id"),
    field("cac:LotIdentification/cbc:ExpiryDate", "expiry_date", DAY),
)
TAX_CATEGORY = Table(
    field("cbc:ID", "id", CODE),
    field("cbc:Percent", "percent", NUMBER),
    field("cbc:TaxExemptionReasonCode", "tax_exemption_reason_code", CODE),
    field("cbc:TaxExemptionReason", "tax_exemption_reason"),
    field("cac:TaxScheme/cbc:ID", "tax_scheme_id", CODE),
    must("cac:TaxScheme"),
)


def _has_class(classification):
    return classification.find(f"{CBC}ItemClassificationCode") is not None


def item(*more) -> Table:
    """An item.

    :param more: what the schema has behind the classification and in front of the instances.
    """
    return Table(
        field("cbc:Description", "description"),
        field("cbc:PackQuantity", "pack_quantity", QUANTITY),
        field("cbc:Name", "name"),
        field("cac:BuyersItemIdentification/cbc:ID", "buyers_item_identification", ITEM_IDENTIFIER),
        field("cac:SellersItemIdentification/cbc:ID", "sellers_item_identification", ITEM_IDENTIFIER),
        field(
            "cac:ManufacturersItemIdentification/cbc:ID", "manufacturers_item_identification", ITEM_IDENTIFIER
        ),
        field("cac:StandardItemIdentification/cbc:ID", "standard_item_identification", ITEM_IDENTIFIER),
        field("cac:AdditionalItemIdentification*/cbc:ID", "additional_item_identification", ITEM_IDENTIFIER),
        field("cac:OriginCountry/cbc:IdentificationCode", "origin_country", COUNTRY),
        meant("cac:CommodityClassification", _has_class),
        field("cac:CommodityClassification/cbc:ItemClassificationCode", "commodity_classification", CODE),
        *more,
        group("cac:ItemInstance*", "item_instance", ITEM_INSTANCE),
        extends=True,
        says=_is_item,
        after=_item,
    )


ITEM = item()
#: the item of a line that has the taxes the item is subject to
TAXED_ITEM = item(group("cac:ClassifiedTaxCategory*", "^.tax_category", TAX_CATEGORY))


# --- time -----------------------------------------------------------------------------------------
PERIOD = Table(
    field("cbc:StartDate", "start_date", DAY),
    field("cbc:StartTime", "start_time", CLOCK),
    field("cbc:EndDate", "end_date", DAY),
    field("cbc:EndTime", "end_time", CLOCK),
    says=lambda period: period.get("start_date") or period.get("end_date"),
)


def delivery(tracking=(), estimated=(), despatch=()) -> Table:
    """Where and when goods are delivered.

    :param tracking, estimated, despatch: entries of a shipment's delivery, each where the schema has them.
    """
    return Table(
        field("cbc:ID", "id"),
        field("cbc:Quantity", "quantity", QUANTITY),
        field("cbc:ActualDeliveryDate", "actual_delivery_date", DAY),
        field("cbc:LatestDeliveryDate", "requested_delivery_period.end_date", DAY, fallback=True),
        field("cbc:LatestDeliveryTime", "requested_delivery_period.end_time", CLOCK, fallback=True),
        *tracking,
        group("cac:DeliveryAddress", "delivery_location.address", ADDRESS, fallback=True),
        group("cac:DeliveryLocation", "delivery_location", LOCATION),
        group("cac:RequestedDeliveryPeriod", "requested_delivery_period", PERIOD),
        group("cac:PromisedDeliveryPeriod", "promised_delivery_period", PERIOD),
        *estimated,
        group("cac:DeliveryParty", "delivery_party", OTHER_PARTY),
        *despatch,
    )


DELIVERY = delivery()
DELIVERY_TERMS = Table(
    field("cbc:ID", "id", CODE),
    field("cbc:SpecialTerms", "special_terms"),
    group("cac:DeliveryLocation", "delivery_location", LOCATION),
)


# --- other documents ------------------------------------------------------------------------------
ATTACHMENT = Table(
    field("cbc:EmbeddedDocumentBinaryObject/@mimeCode", "mime_code", MEDIA_TYPE),
    field("cbc:EmbeddedDocumentBinaryObject/@filename", "filename"),
    field("cbc:EmbeddedDocumentBinaryObject", "content", FILE),
    field("cac:ExternalReference/cbc:URI", "uri"),
)


def _is_referred(reference):
    return reference.get("id")


DOCUMENT_REFERENCE = Table(
    field("cbc:ID", "id"),
    field("cbc:IssueDate", "issue_date", DAY),
    field("cbc:DocumentTypeCode", "document_type_code", CODE),
    field("cbc:DocumentType", "document_type_code", fallback=True),
    field("cbc:DocumentDescription", "document_description"),
    group("cac:Attachment", "attachment", ATTACHMENT),
    says=_is_referred,
)
CONTRACT = Table(
    field("cbc:ID", "id"),
    field("cbc:IssueDate", "issue_date", DAY),
    field("cbc:ContractTypeCode", "document_type_code", CODE),
    field("cbc:ContractType", "document_type_code", fallback=True),
    field("cbc:Description", "document_description"),
    says=_is_referred,
)
ORDER_REFERENCE = Table(
    field("cbc:ID", "id"),
    field("cbc:SalesOrderID", "sales_order_id"),
    field("cbc:IssueDate", "issue_date", DAY),
    # "NA" stands where the schema wants a number and the sender knows none (Peppol BIS Billing 3.0, BT-13).
    says=lambda reference: reference.get("id") not in (None, "NA") or reference.get("sales_order_id"),
)
ORDER_LINE_REFERENCE = Table(
    field("cbc:LineID", "line_id", ABSENT),
    field("cbc:SalesOrderLineID", "sales_order_line_id"),
    group("cac:OrderReference", "order_reference", ORDER_REFERENCE),
)
#: an order among other documents
DATED_REFERENCE = Table(
    field("cbc:ID", "id"),
    field("cbc:IssueDate", "issue_date", DAY),
    says=_is_referred,
)
#: a line of another document
LINE_REFERENCE = Table(
    field("cbc:LineID", "line_id", ABSENT),
    group("cac:DocumentReference", "", DOCUMENT_REFERENCE),
    says=_is_referred,
)


# --- money ----------------------------------------------------------------------------------------
PRICE = Table(
    field("cbc:PriceAmount", "price_amount", MONEY),
    field("cbc:BaseQuantity", "base_quantity", QUANTITY),
    says=lambda price: price.get("price_amount"),
)
MONETARY_TOTAL = Table(
    field("cbc:LineExtensionAmount", "line_extension_amount", MONEY),
    field("cbc:TaxExclusiveAmount", "tax_exclusive_amount", MONEY),
    field("cbc:TaxInclusiveAmount", "tax_inclusive_amount", MONEY),
    field("cbc:AllowanceTotalAmount", "allowance_total_amount", MONEY),
    field("cbc:ChargeTotalAmount", "charge_total_amount", MONEY),
    field("cbc:PrepaidAmount", "prepaid_amount", MONEY),
    field("cbc:PayableRoundingAmount", "payable_rounding_amount", MONEY),
    field("cbc:PayableAmount", "payable_amount", MONEY),
)
TAX_TOTAL = Table(
    field("cbc:TaxAmount", "tax_amount", MONEY),
    group(
        "cac:TaxSubtotal*",
        "tax_subtotal",
        Table(
            field("cbc:TaxableAmount", "taxable_amount", MONEY),
            field("cbc:TaxAmount", "tax_amount", MONEY),
            field("cbc:Percent", "tax_category.percent", NUMBER, fallback=True),
            group("cac:TaxCategory", "tax_category", TAX_CATEGORY, must=True),
        ),
    ),
)


def _percent(values, reading):
    """The multiplier in percent.

    UBL has a factor (0.1), EN 16931 and all that follows it a percentage (10) in the same element. The
    amounts tell which it is; where they do not, the profile does.
    """
    try:
        factor = number(values.get("multiplier_factor_numeric") or "")
        amount, base = (
            number((values.get(name) or {"value": "0"})["value"]) for name in ("amount", "base_amount")
        )
        if base and amount:
            is_factor = abs(base * factor - amount) < abs(base * factor / 100 - amount)
        else:
            is_factor = not reading.percentages and abs(factor) <= 1
        if is_factor and factor:
            values["multiplier_factor_numeric"] = plain(factor * 100)
    except ValueError:
        return  # no numbers: the document will say so


ALLOWANCE_CHARGE = Table(
    field("cbc:ChargeIndicator", "charge_indicator", INDICATOR),
    field("cbc:AllowanceChargeReasonCode", "allowance_charge_reason_code", CODE),
    field("cbc:AllowanceChargeReason", "allowance_charge_reason"),
    field("cbc:MultiplierFactorNumeric", "multiplier_factor_numeric", NUMBER),
    field("cbc:Amount", "amount", MONEY),
    field("cbc:BaseAmount", "base_amount", MONEY),
    group("cac:TaxCategory*", "tax_category", TAX_CATEGORY),
    after=_percent,
)
PAYMENT_TERMS = Table(
    field("cbc:ID", "id"),
    field("cbc:Note*", "note"),
)


def payment_means(due: str = "") -> Table:
    """How to pay.

    :param due: the field for the day the money is due.
    """
    return Table(
        field("cbc:PaymentMeansCode", "payment_means_code", MEANS),
        *([field("cbc:PaymentDueDate", due, DAY)] if due else []),
        field("cbc:PaymentID", "payment_id"),
        field("cac:PayeeFinancialAccount/cbc:ID", "payee_financial_account", CODE),
        field(
            "cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID", "financial_institution", CODE
        ),
        field(
            "cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cac:FinancialInstitution/cbc:ID",
            "financial_institution",
            CODE,
            fallback=True,
        ),
    )


# --- every document -------------------------------------------------------------------------------
def head(*middle, dated: tuple = ()) -> tuple:
    """What every document begins with.

    :param dated: what the schema has in front of the date of issue.
    :param middle: what it has between the time of issue and the notes.
    """
    return (
        field("cbc:UBLVersionID", "_envelope.ubl_version", CODE),
        field("cbc:CustomizationID", "_envelope.customization_id", CODE),
        field("cbc:ProfileID", "_envelope.profile_id", CODE),
        field("cbc:ProfileExecutionID", "_envelope.profile_execution_id", CODE),
        field("cbc:ID", "id"),
        ignored("cbc:CopyIndicator", "false", "0"),
        field("cbc:UUID", "_envelope.uuid", CODE),
        *dated,
        field("cbc:IssueDate", "issue_date", DAY),
        field("cbc:IssueTime", "issue_time", CLOCK),
        *middle,
        field("cbc:Note*", "note"),
    )
