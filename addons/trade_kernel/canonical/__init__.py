"""Canonical documents: what a document means, whatever format it came in.

:data:`DOCUMENTS` holds them by ``document_type``; :func:`parse` makes one from plain values,
:func:`json_schema` publishes its shape.
"""

from .base import SCHEMA_VERSION, Document, Part, canonical_digest
from .order import Order, OrderChange, OrderChangeLine, OrderLine
from .order_response import OrderResponse, OrderResponseLine
from .parse import DOCUMENTS, collect, json_schema, parse
from .parts import (
    Address,
    Amount,
    Contact,
    Delivery,
    DeliveryTerms,
    Identifier,
    Item,
    LineReference,
    Location,
    MonetaryTotal,
    OrderReference,
    Party,
    PaymentTerms,
    Period,
    Price,
    Quantity,
)

__all__ = [
    "DOCUMENTS",
    "SCHEMA_VERSION",
    "Address",
    "Amount",
    "Contact",
    "Delivery",
    "DeliveryTerms",
    "Document",
    "Identifier",
    "Item",
    "LineReference",
    "Location",
    "MonetaryTotal",
    "Order",
    "OrderChange",
    "OrderChangeLine",
    "OrderLine",
    "OrderReference",
    "OrderResponse",
    "OrderResponseLine",
    "Part",
    "Party",
    "PaymentTerms",
    "Period",
    "Price",
    "Quantity",
    "canonical_digest",
    "collect",
    "json_schema",
    "parse",
]
