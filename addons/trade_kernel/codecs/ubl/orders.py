"""Orders: placed, changed, cancelled."""

from .._xml_reading import number_lines
from .._xml_table import Table, field, group, must
from .kinds import CODE, MONEY, QUANTITY, REVISION, Codes
from .parts import (
    ALLOWANCE_CHARGE,
    CONTRACT,
    DELIVERY,
    DELIVERY_TERMS,
    DOCUMENT_REFERENCE,
    MONETARY_TOTAL,
    ORDER_REFERENCE,
    OTHER_PARTY,
    PARTY,
    PAYMENT_TERMS,
    PERIOD,
    PRICE,
    TAXED_ITEM,
    head,
)

#: UNTDID 1229, as Peppol uses it, and the words of UBL's own list
CHANGES = Codes(
    {"1": "1", "2": "2", "3": "3", "5": "5"},
    {"added": "1", "cancelled": "2", "deleted": "2", "revised": "3", "nostatus": "5", "4": "5"},
    strict=True,
)


def _line(line, _reading):
    """The wanted date of the whole line stands in a delivery that says nothing else."""
    line["note"] = line.pop("_notes", []) + line.pop("_item_notes", [])
    if not line["note"]:
        del line["note"]
    deliveries = line.get("delivery")
    if deliveries and set(deliveries[0]) == {"requested_delivery_period"}:
        line["requested_delivery_period"] = deliveries.pop(0)["requested_delivery_period"]
        if not deliveries:
            del line["delivery"]


def _line_before(line):
    line["_notes"] = line.pop("note", [])
    if period := line.pop("requested_delivery_period", None):
        line["delivery"] = [{"requested_delivery_period": period}, *line.get("delivery", [])]


def _line_table(*status) -> Table:
    return Table(
        field("cbc:Note*", "_notes"),
        field("cac:LineItem/cbc:ID", "id"),
        field("cac:LineItem/cbc:Note*", "_item_notes"),
        *status,
        field("cac:LineItem/cbc:Quantity", "quantity", QUANTITY),
        field("cac:LineItem/cbc:LineExtensionAmount", "line_extension_amount", MONEY),
        group("cac:LineItem/cac:Delivery*", "delivery", DELIVERY),
        group("cac:LineItem/cac:AllowanceCharge*", "allowance_charge", ALLOWANCE_CHARGE),
        group("cac:LineItem/cac:Price", "price", PRICE),
        group("cac:LineItem/cac:Item", "item", TAXED_ITEM, must=True),
        extends=True,
        after=_line,
        before=_line_before,
    )


ORDER_LINE = _line_table()
ORDER_CHANGE_LINE = _line_table(field("cac:LineItem/cbc:LineStatusCode", "line_status_code", CHANGES))


def _order(order, reading):
    if reading.currency:
        order.setdefault("document_currency_code", reading.currency)
    number_lines(order.get("order_lines", ()))


def _change(change, reading):
    for line in change.get("order_lines", ()):
        line.setdefault("line_status_code", "3")
    _order(change, reading)


_PARTIES = (
    group("cac:BuyerCustomerParty/cac:Party", "buyer_customer_party", PARTY),
    must("cac:BuyerCustomerParty"),
    group("cac:SellerSupplierParty/cac:Party", "seller_supplier_party", PARTY),
    must("cac:SellerSupplierParty"),
)


def _body(*references, line: Table) -> tuple:
    return (
        field("cbc:DocumentCurrencyCode", "document_currency_code", CODE),
        field("cbc:PricingCurrencyCode", "document_currency_code", CODE, fallback=True),
        field("cbc:CustomerReference", "buyer_reference"),
        field("cbc:LineCountNumeric", "_envelope.line_count"),
        group("cac:ValidityPeriod", "validity_period", PERIOD),
        *references,
        group("cac:QuotationDocumentReference", "quotation_document_reference", DOCUMENT_REFERENCE),
        group("cac:AdditionalDocumentReference*", "additional_document_reference", DOCUMENT_REFERENCE),
        group("cac:Contract", "contract", CONTRACT),
        *_PARTIES,
        group("cac:OriginatorCustomerParty/cac:Party", "originator_customer_party", OTHER_PARTY),
        group("cac:FreightForwarderParty", "freight_forwarder_party", OTHER_PARTY),
        group("cac:AccountingCustomerParty/cac:Party", "accounting_customer_party", OTHER_PARTY),
        group("cac:Delivery", "delivery", DELIVERY),
        group("cac:DeliveryTerms", "delivery_terms", DELIVERY_TERMS),
        group("cac:PaymentTerms", "payment_terms", PAYMENT_TERMS),
        group("cac:AllowanceCharge*", "allowance_charge", ALLOWANCE_CHARGE),
        group("cac:AnticipatedMonetaryTotal", "anticipated_monetary_total", MONETARY_TOTAL),
        group("cac:OrderLine*", "order_lines", line),
    )


ORDER = Table(
    *head(field("cbc:OrderTypeCode", "order_type_code", CODE)),
    *_body(line=ORDER_LINE),
    after=_order,
)
ORDER_CHANGE = Table(
    *head(field("cbc:SequenceNumberID", "sequence_number", REVISION)),
    *_body(group("cac:OrderReference", "order_reference", ORDER_REFERENCE), line=ORDER_CHANGE_LINE),
    after=_change,
)
ORDER_CANCELLATION = Table(
    *head(),
    field("cbc:CancellationNote*", "cancellation_note"),
    must("cbc:CancellationNote"),
    group("cac:OrderReference", "order_reference", ORDER_REFERENCE),
    *_PARTIES,
)
