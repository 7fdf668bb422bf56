"""Small documents for tests to change."""

import copy

_LINE = {
    "id": "1",
    "quantity": {"value": "10.00", "unit_code": "C62"},
    "price": {"price_amount": {"value": "12.50", "currency_id": "EUR"}},
    "requested_delivery_period": {"end_date": "2026-03-10"},
    "item": {
        "name": "Bolt M8",
        "standard_item_identification": {"id": "04012345678901", "scheme_id": "0160"},
        "sellers_item_identification": {"id": "ACME-1"},
    },
}
_ORDER = {
    "document_type": "order",
    "id": "P00042",
    "issue_date": "2026-03-01",
    "issue_time": "09:00:00Z",
    "document_currency_code": "EUR",
    "buyer_customer_party": {"party_name": "Buyer"},
    "seller_supplier_party": {"party_name": "Acme"},
    "order_lines": [_LINE],
}
_RESPONSE = {
    "document_type": "order_response",
    "id": "R1",
    "issue_date": "2026-03-02",
    "order_response_code": "AP",
    "order_reference": {"id": "P00042"},
    "order_lines": [{"id": "1", "order_line_reference": {"line_id": "1"}, "line_status_code": "5"}],
}


def line(**changes):
    """An order line."""
    return copy.deepcopy(_LINE) | changes


def order(**changes):
    """A purchase order of one line."""
    return copy.deepcopy(_ORDER) | changes


def response(**changes):
    """The acceptance of that order."""
    return copy.deepcopy(_RESPONSE) | changes
