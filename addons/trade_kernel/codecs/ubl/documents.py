"""Which UBL document is which canonical one."""

from functools import cache

from .._xml_table import Node, Table, compiled
from .answers import APPLICATION_RESPONSE, ORDER_RESPONSE, ORDER_RESPONSE_SIMPLE
from .billing import CREDIT_NOTE, INVOICE, REMITTANCE_ADVICE, STATEMENT
from .logistics import DESPATCH_ADVICE, RECEIPT_ADVICE, TRANSPORTATION_STATUS
from .orders import ORDER, ORDER_CANCELLATION, ORDER_CHANGE
from .reports import (
    CATALOGUE,
    INVENTORY_REPORT,
    PRODUCT_ACTIVITY,
    QUOTATION,
    STOCK_AVAILABILITY_REPORT,
)

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
PREFIXES = {
    "cac": UBL + "CommonAggregateComponents-2",
    "cbc": UBL + "CommonBasicComponents-2",
    "ext": UBL + "CommonExtensionComponents-2",
}
#: the root's name → document type, table
ROOTS: dict[str, tuple[str, Table]] = {
    "Order": ("order", ORDER),
    "OrderChange": ("order_change", ORDER_CHANGE),
    "OrderCancellation": ("order_cancellation", ORDER_CANCELLATION),
    "OrderResponse": ("order_response", ORDER_RESPONSE),
    "OrderResponseSimple": ("order_response", ORDER_RESPONSE_SIMPLE),
    "DespatchAdvice": ("despatch_advice", DESPATCH_ADVICE),
    "ReceiptAdvice": ("receipt_advice", RECEIPT_ADVICE),
    "Invoice": ("invoice", INVOICE),
    "CreditNote": ("credit_note", CREDIT_NOTE),
    "Catalogue": ("price_catalogue", CATALOGUE),
    "InventoryReport": ("inventory_report", INVENTORY_REPORT),
    "StockAvailabilityReport": ("inventory_report", STOCK_AVAILABILITY_REPORT),
    "ProductActivity": ("product_activity", PRODUCT_ACTIVITY),
    "TransportationStatus": ("shipment_status", TRANSPORTATION_STATUS),
    "RemittanceAdvice": ("remittance_advice", REMITTANCE_ADVICE),
    "Statement": ("account_statement", STATEMENT),
    "Quotation": ("quotation", QUOTATION),
    "ApplicationResponse": ("acknowledgement", APPLICATION_RESPONSE),
}
_SUPPLIER, _CUSTOMER = "cac:SellerSupplierParty/cac:Party", "cac:BuyerCustomerParty/cac:Party"
#: the root's name → the party that sends it
SENDERS = {
    "Order": _CUSTOMER,
    "OrderChange": _CUSTOMER,
    "OrderCancellation": _CUSTOMER,
    "OrderResponse": _SUPPLIER,
    "OrderResponseSimple": _SUPPLIER,
    "DespatchAdvice": "cac:DespatchSupplierParty/cac:Party",
    "ReceiptAdvice": "cac:DeliveryCustomerParty/cac:Party",
    "Invoice": "cac:AccountingSupplierParty/cac:Party",
    "CreditNote": "cac:AccountingSupplierParty/cac:Party",
    "Catalogue": "cac:ProviderParty",
    "InventoryReport": "cac:InventoryReportingParty",
    "StockAvailabilityReport": _SUPPLIER,
    "ProductActivity": "cac:SenderParty",
    "TransportationStatus": "cac:SenderParty",
    "RemittanceAdvice": "cac:AccountingCustomerParty/cac:Party",
    "Statement": "cac:AccountingSupplierParty/cac:Party",
    "Quotation": _SUPPLIER,
    "ApplicationResponse": "cac:SenderParty",
}
#: who sends an invoice or credit note that is self-billed
SELF_BILLER = "cac:AccountingCustomerParty/cac:Party"
#: document type → the root it is written as
WRITTEN: dict[str, str] = {}
for _root, (_type, _table) in ROOTS.items():
    WRITTEN.setdefault(_type, _root)


@cache
def node_of(root: str) -> Node:
    """The elements of a document."""
    return compiled(root, ROOTS[root][1], {"": f"{UBL}{root}-2", **PREFIXES})
