"""What there is, what it costs, what was sold: catalogues, offers, stock, sales."""

from copy import deepcopy

from ...canonical.inventory_report import QUANTITY_TYPES
from .._xml_reading import number_lines
from .._xml_table import Table, field, group, must
from .kinds import CODE, DAY, DAYS, MONEY, NUMBER, QUANTITY, UNIT, Codes
from .parts import (
    ADDRESS,
    ALLOWANCE_CHARGE,
    CONTRACT,
    DELIVERY,
    ITEM,
    LOCATION,
    MONETARY_TOTAL,
    OTHER_PARTY,
    PARTY,
    PERIOD,
    PRICE,
    TAXED_ITEM,
    head,
)

# --- catalogue ------------------------------------------------------------------------------------
#: A catalogue that is "added" says nothing about what is not in it.
CATALOGUE_ACTIONS = Codes(
    {"Replace": "replace", "Update": "update", "Delete": "delete"}, {"add": "update", "change": "update"}
)
LINE_ACTIONS = Codes(
    {"Add": "add", "Update": "update", "Delete": "delete", "Unchanged": "unchanged"}, {"change": "update"}
)
_PRICE = "cac:Price"
CATALOGUE_PRICE = Table(
    field("cbc:LeadTimeMeasure", "_lead_time", DAYS),
    field("cbc:MinimumQuantity", "minimum_quantity", QUANTITY),
    field("cbc:MaximumQuantity", "maximum_quantity", QUANTITY),
    group("cac:ApplicableTerritoryAddress", "location.address", ADDRESS),
    group(_PRICE, "price", PRICE),
    field(f"{_PRICE}/cbc:PriceTypeCode", "price_type_code", CODE),
    group(f"{_PRICE}/cac:ValidityPeriod", "validity_period", PERIOD),
    group(f"{_PRICE}/cac:AllowanceCharge*", "allowance_charge", ALLOWANCE_CHARGE),
    says=lambda price: price.get("price") or set(price) == {"_lead_time"},
)


def _catalogue_line(line, _reading):
    """The lead time is one of the line; where it stands without a price there is no price."""
    prices = line.get("prices", [])
    for price in prices:
        lead_time = price.pop("_lead_time", None)
        if lead_time:
            line.setdefault("lead_time_days", lead_time)
    if "prices" in line:
        line["prices"] = [price for price in prices if price]


def _catalogue_line_before(line):
    if lead_time := line.get("lead_time_days"):
        prices = line.setdefault("prices", [])
        if not prices:
            prices.append({})
        prices[0]["_lead_time"] = lead_time


CATALOGUE_LINE = Table(
    field("cbc:ID", "id"),
    field("cbc:ActionCode", "action_code", LINE_ACTIONS),
    field("cbc:Note*", "note"),
    field("cbc:OrderableUnit", "orderable_unit", UNIT),
    field("cbc:OrderQuantityIncrementNumeric", "order_quantity_increment", NUMBER),
    field("cbc:MinimumOrderQuantity", "minimum_order_quantity", QUANTITY),
    group("cac:LineValidityPeriod", "validity_period", PERIOD),
    field("cac:ReplacedRelatedItem/cbc:ID", "replaced_item.sellers_item_identification.id"),
    group("cac:RequiredItemLocationQuantity*", "prices", CATALOGUE_PRICE),
    group("cac:Item", "item", TAXED_ITEM, must=True),
    extends=True,
    after=_catalogue_line,
    before=_catalogue_line_before,
)


def _catalogue(catalogue, _reading):
    number_lines(catalogue.get("catalogue_lines", ()))


CATALOGUE = Table(
    *head(dated=(field("cbc:ActionCode", "action_code", CATALOGUE_ACTIONS),)),
    field("cbc:LineCountNumeric", "_envelope.line_count"),
    group("cac:ValidityPeriod", "validity_period", PERIOD),
    group("cac:ReferencedContract", "contract_reference", CONTRACT),
    group("cac:ProviderParty", "provider_party", PARTY),
    must("cac:ProviderParty"),
    group("cac:ReceiverParty", "receiver_party", PARTY),
    must("cac:ReceiverParty"),
    group("cac:SellerSupplierParty/cac:Party", "seller_supplier_party", OTHER_PARTY),
    group("cac:CatalogueLine*", "catalogue_lines", CATALOGUE_LINE),
    after=_catalogue,
)


# --- quotation ------------------------------------------------------------------------------------
def _quotation_line(line, _reading):
    if notes := line.pop("_line_notes", None):
        line["note"] = [*line.get("note", ()), *notes]


QUOTATION_LINE = Table(
    field("cbc:ID", "id"),
    field("cbc:Note*", "note"),
    field("cac:LineItem/cbc:ID", "id", copy=True),
    field("cac:LineItem/cbc:Note*", "_line_notes"),
    field("cac:LineItem/cbc:Quantity", "quantity", QUANTITY),
    field("cac:LineItem/cbc:LineExtensionAmount", "line_extension_amount", MONEY),
    group("cac:LineItem/cac:Delivery/cac:PromisedDeliveryPeriod", "promised_delivery_period", PERIOD),
    group("cac:LineItem/cac:Price", "price", PRICE),
    group("cac:LineItem/cac:Item", "item", TAXED_ITEM, must=True),
    extends=True,
    after=_quotation_line,
)


def _quotation(quotation, _reading):
    number_lines(quotation.get("quotation_lines", ()))


QUOTATION = Table(
    *head(),
    field("cbc:PricingCurrencyCode", "document_currency_code", CODE),
    field("cbc:LineCountNumeric", "_envelope.line_count"),
    field("cac:ValidityPeriod/cbc:EndDate", "validity_end_date", DAY),
    group("cac:SellerSupplierParty/cac:Party", "seller_supplier_party", PARTY),
    must("cac:SellerSupplierParty"),
    group("cac:BuyerCustomerParty/cac:Party", "buyer_customer_party", PARTY),
    group("cac:Delivery", "delivery", DELIVERY),
    group("cac:AllowanceCharge*", "allowance_charge", ALLOWANCE_CHARGE),
    group("cac:QuotedMonetaryTotal", "quoted_monetary_total", MONETARY_TOTAL, must=True),
    group("cac:QuotationLine*", "quotation_lines", QUOTATION_LINE),
    after=_quotation,
)


# --- stock ----------------------------------------------------------------------------------------
#: Our own words; UNTDID 7011 says how an article is available, not which of its quantities is meant.
QUANTITY_KINDS = Codes({word: word for word in QUANTITY_TYPES if word != "on_hand"}, {"on_hand": "on_hand"})


def _stock_line(*place) -> Table:
    return Table(
        field("cbc:ID", "id"),
        field("cbc:Note*", "note"),
        field("cbc:Quantity", "quantity", QUANTITY),
        field("cbc:AvailabilityDate", "availability_date", DAY),
        field("cbc:AvailabilityStatusCode", "quantity_type_code", QUANTITY_KINDS),
        group("cac:Item", "item", ITEM, must=True),
        *place,
        extends=True,
    )


def _inventory(report, _reading):
    number_lines(report.get("inventory_lines", ()))


def _availability(report, reading):
    """All that is in a report of availability is available."""
    for line in report.get("inventory_lines", ()):
        line.setdefault("quantity_type_code", "available")
    _inventory(report, reading)


_INVENTORY_PERIOD = group("cac:InventoryPeriod", "inventory_period", PERIOD)
_RETAILER = group("cac:RetailerCustomerParty/cac:Party", "retailer_customer_party", OTHER_PARTY)
_REPORTER = group("cac:InventoryReportingParty", "inventory_reporting_party", OTHER_PARTY)
_SELLER = group("cac:SellerSupplierParty/cac:Party", "seller_supplier_party", OTHER_PARTY)
INVENTORY_REPORT = Table(
    *head(),
    _INVENTORY_PERIOD,
    _RETAILER,
    must("cac:RetailerCustomerParty"),
    _REPORTER,
    must("cac:InventoryReportingParty"),
    _SELLER,
    group(
        "cac:InventoryReportLine*",
        "inventory_lines",
        _stock_line(group("cac:InventoryLocation", "inventory_location", LOCATION)),
    ),
    after=_inventory,
)
#: only read: an inventory report says the same
STOCK_AVAILABILITY_REPORT = Table(
    *head(),
    _INVENTORY_PERIOD,
    _SELLER,
    _RETAILER,
    _REPORTER,
    group("cac:StockAvailabilityReportLine*", "inventory_lines", _stock_line()),
    after=_availability,
)


# --- sales and movements --------------------------------------------------------------------------
ACTIVITIES = {"SALES": "sales", "RETURNS": "returns", "TRANSFER": "transfer", "ADJUSTMENT": "adjustment"}
_CODES = {word: code for code, word in ACTIVITIES.items()}


def _activity(report, _reading):
    """Every item sold is a line of its own."""
    lines = []
    for number, line in enumerate(report.get("activity_lines", ()), 1):
        code = line.get("activity_type_code")
        if code in ACTIVITIES:
            line["activity_type_code"] = ACTIVITIES[code]
        items = line.pop("_items", [{}])
        for index, item in enumerate(items, 1):
            texts = {
                **line.get("extensions", {}).get("elements", {}),
                **item.get("extensions", {}).get("elements", {}),
            }
            more = deepcopy({**line, **item})
            if texts:
                more["extensions"] = {"elements": texts}
            if len(items) > 1:
                more["id"] = f"{line.get('id', number)}.{index}"
            lines.append(more)
    if lines:
        report["activity_lines"] = lines
    number_lines(lines)


def _activity_before(report):
    for line in report["activity_lines"]:
        names = ("quantity", "price", "item")
        line["_items"] = [{name: line[name] for name in names if name in line}]
        line["activity_type_code"] = _CODES.get(
            line.get("activity_type_code"), line.get("activity_type_code")
        )


_SOLD = Table(
    field("cbc:Quantity", "quantity", QUANTITY),
    group("cac:TaxExclusivePrice", "price", PRICE),
    group("cac:Item", "item", ITEM),
    extends=True,
)
ACTIVITY_LINE = Table(
    field("cbc:ID", "id"),
    field("cbc:SupplyChainActivityTypeCode", "activity_type_code", CODE),
    must("cbc:SupplyChainActivityTypeCode"),
    group("cac:ActivityPeriod", "activity_period", PERIOD),
    group("cac:ActivityOriginLocation", "activity_location", LOCATION, must=True),
    group("cac:SalesItem*", "_items", _SOLD),
    extends=True,
)
PRODUCT_ACTIVITY = Table(
    *head(),
    group("cac:ActivityPeriod", "activity_period", PERIOD, must=True),
    group("cac:SenderParty", "sender_party", PARTY),
    must("cac:SenderParty"),
    group("cac:ReceiverParty", "receiver_party", PARTY),
    must("cac:ReceiverParty"),
    group("cac:SupplyChainActivityDataLine*", "activity_lines", ACTIVITY_LINE),
    after=_activity,
    before=_activity_before,
)
