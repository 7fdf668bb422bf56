"""What the description shows: an introduction, and answers as they look."""

INTRODUCTION = """\
Send us documents and read what we have for you, over HTTPS, in JSON or in the format we agreed on.

A document is **stored before it is answered** (202) and read afterwards. What became of it is asked under \
its `status_url`, or waited for with `?wait=5`. The same `Idempotency-Key` never has a second effect."""

STORED = {"id": 4711, "status_url": "/trade/v1/messages/4711"}

_ACKNOWLEDGED = {
    "answer": "accepted",
    "at": "2026-03-02T08:00:03+00:00",
    "decisions": [{"line": "1", "decision": "accepted", "decided_at": "2026-03-02T08:00:03+00:00"}],
}
STATUS = {
    "id": 4711,
    "state": "applied",
    "meaning": "Applied.",
    "document_type": "order_response",
    "document_number": "R-PO00042",
    "mode": "live",
    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    "received_at": "2026-03-02T08:00:01+00:00",
    "done_at": "2026-03-02T08:00:03+00:00",
    "acknowledgement": _ACKNOWLEDGED,
    "problems": [],
}

ORDER_RESPONSE = {
    "document_type": "order_response",
    "id": "R-PO00042",
    "issue_date": "2026-03-02",
    "order_response_code": "CA",
    "order_reference": {"id": "PO00042"},
    "order_lines": [
        {
            "id": "1",
            "order_line_reference": {"line_id": "1"},
            "line_status_code": "3",
            "quantity": {"value": "10", "unit_code": "C62"},
            "promised_delivery_period": {"end_date": "2026-03-20"},
        }
    ],
}
ORDER = {
    "document_type": "order",
    "schema_version": "1.0",
    "id": "PO00042",
    "sequence_number": 0,
    "issue_date": "2026-03-01",
    "issue_time": "09:30:00+00:00",
    "order_type_code": "220",
    "document_currency_code": "EUR",
    "buyer_customer_party": {"party_name": "Your customer"},
    "seller_supplier_party": {"party_name": "Your company"},
    "order_lines": [
        {
            "id": "1",
            "quantity": {"value": "10", "unit_code": "C62"},
            "price": {"price_amount": {"value": "12.50", "currency_id": "EUR"}},
            "requested_delivery_period": {"end_date": "2026-03-15"},
            "item": {"name": "Table", "sellers_item_identification": {"id": "T-100"}},
        }
    ],
}
PARTY_UPDATE = {
    "document_type": "party_update",
    "id": "MD-2026-7",
    "issue_date": "2026-03-02",
    "issue_time": "09:30:00+01:00",
    "party": {
        "party_name": "Your company",
        "postal_address": {"street_name": "Quay 7", "city_name": "Antwerp", "country_code": "BE"},
        "contact": {"telephone": "+32 3 555 01 01"},
    },
    "contacts": [{"name": "Ada Peeters", "job_title": "Accounts", "telephone": "+32 3 555 01 02"}],
    "payee_financial_accounts": [{"id": "BE71 0961 2345 6769", "currency_code": "EUR"}],
}
DOCUMENTS = {"OrderResponse": [ORDER_RESPONSE], "Order": [ORDER], "PartyUpdate": [PARTY_UPDATE]}

_SENT_ORDER = {
    "number": "PO00042",
    "revision": 0,
    "state": "sent",
    "mode": "live",
    "sent_at": "2026-03-01T09:31:00+00:00",
    "etag": "0f343b0931126a20f133d67c2b018a3b",
    "url": "/trade/v1/orders/PO00042",
    "document": ORDER,
}
_CURSOR = "Q5zQxk0bV1yYwQ"
_EVENT = {
    "specversion": "1.0",
    "id": "8c1f0f5e-7d0e-4a6e-9a53-3c1d8e8c8f11",
    "type": "tradelane.partner.activated.v1",
    "source": "/prod/trade.partner",
    "time": "2026-03-01T09:30:00+00:00",
    "subject": "Your company",
    "datacontenttype": "application/json",
    "data": {"name": "Your company", "state": "live", "roles": ["supplier"], "identifiers": []},
}
PAGES = {
    "orders": {"items": [_SENT_ORDER], "next": _CURSOR, "more": False},
    "events": {"items": [_EVENT], "next": _CURSOR, "more": False},
}
ONES = {"orders": _SENT_ORDER}
