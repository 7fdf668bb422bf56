"""Canonical documents: what a document means, whatever format it came in.

:data:`DOCUMENTS` holds them by ``document_type``; :func:`parse` makes one from plain values,
:func:`json_schema` publishes its shape.
"""

from .account_statement import AccountStatement, AccountStatementLine
from .acknowledgement import AcknowledgedDocument, AcknowledgedError, Acknowledgement, ResponseStatus
from .base import SCHEMA_VERSION, Document, Part, canonical_digest
from .despatch_advice import DespatchAdvice, DespatchLine
from .inventory_report import (
    InventoryReport,
    InventoryReportLine,
    ProductActivity,
    ProductActivityLine,
)
from .invoice import SELF_BILLED, CreditNote, Invoice, InvoiceLine
from .order import (
    Order,
    OrderCancellation,
    OrderChange,
    OrderChangeLine,
    OrderLine,
    ShippingOrder,
)
from .order_response import OrderResponse, OrderResponseLine
from .parse import DOCUMENTS, collect, json_schema, parse
from .parts import (
    Address,
    Amount,
    Attachment,
    Contact,
    DocumentReference,
    Identifier,
    Item,
    ItemInstance,
    LineReference,
    Location,
    Measure,
    OrderLineReference,
    OrderReference,
    Party,
    Period,
    Price,
    Quantity,
    SignedQuantity,
)
from .parts_money import (
    AllowanceCharge,
    MonetaryTotal,
    PaymentMeans,
    PaymentTerms,
    TaxCategory,
    TaxSubtotal,
    TaxTotal,
)
from .parts_shipping import Delivery, DeliveryTerms, PackedLine, Shipment, TransportHandlingUnit
from .party_update import (
    FinancialAccount,
    PartyAddress,
    PartyContact,
    PartyLocation,
    PartyReach,
    PartyReference,
    PartyStatement,
    PartyUpdate,
)
from .price_catalogue import CatalogueLine, CataloguePrice, PriceCatalogue
from .quotation import Quotation, QuotationLine
from .receipt_advice import ReceiptAdvice, ReceiptLine
from .remittance_advice import (
    RemittanceAdjustment,
    RemittanceAdvice,
    RemittanceAdviceLine,
)
from .shipment_status import ShipmentEvent, ShipmentStatus

__all__ = [
    "AccountStatement",
    "AccountStatementLine",
    "AcknowledgedDocument",
    "AcknowledgedError",
    "Acknowledgement",
    "Address",
    "AllowanceCharge",
    "Amount",
    "Attachment",
    "CatalogueLine",
    "CataloguePrice",
    "Contact",
    "CreditNote",
    "DOCUMENTS",
    "Delivery",
    "DeliveryTerms",
    "DespatchAdvice",
    "DespatchLine",
    "Document",
    "DocumentReference",
    "FinancialAccount",
    "Identifier",
    "InventoryReport",
    "InventoryReportLine",
    "Invoice",
    "InvoiceLine",
    "Item",
    "ItemInstance",
    "LineReference",
    "Location",
    "Measure",
    "MonetaryTotal",
    "Order",
    "OrderCancellation",
    "OrderChange",
    "OrderChangeLine",
    "OrderLine",
    "OrderLineReference",
    "OrderReference",
    "OrderResponse",
    "OrderResponseLine",
    "PackedLine",
    "Part",
    "Party",
    "PartyAddress",
    "PartyContact",
    "PartyLocation",
    "PartyReach",
    "PartyReference",
    "PartyStatement",
    "PartyUpdate",
    "PaymentMeans",
    "PaymentTerms",
    "Period",
    "Price",
    "PriceCatalogue",
    "ProductActivity",
    "ProductActivityLine",
    "Quantity",
    "Quotation",
    "QuotationLine",
    "ReceiptAdvice",
    "ReceiptLine",
    "RemittanceAdjustment",
    "RemittanceAdvice",
    "RemittanceAdviceLine",
    "ResponseStatus",
    "SCHEMA_VERSION",
    "SELF_BILLED",
    "Shipment",
    "ShipmentEvent",
    "ShipmentStatus",
    "ShippingOrder",
    "SignedQuantity",
    "TaxCategory",
    "TaxSubtotal",
    "TaxTotal",
    "TransportHandlingUnit",
    "canonical_digest",
    "collect",
    "json_schema",
    "parse",
]
