"""Invoices and credit notes, written as a supplier's own program would.

Their form is the published JSON Schema (``docs/formats``), as for :mod:`.answers`.
"""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

TAX = Decimal(15)  # percent, on everything
CENT = Decimal("0.01")


def invoice(number: str, buyer: dict, seller: dict, answers: list[dict]) -> dict:
    """All that was promised in these answers, at the prices promised there."""
    lines = [
        _line(answer["order_reference"]["id"], line, Decimal(line["quantity"]["value"]))
        for answer in answers
        for line in answer["order_lines"]
    ]
    return _document("invoice", "380", number, buyer, seller, lines)


def credit_note(number: str, buyer: dict, seller: dict, billed: dict, missing: dict) -> dict:
    """What the buyer says did not come of an invoice.

    :param billed: the invoice
    :param missing: how much of each ``(order, its line)``
    """
    lines = []
    for line in billed["invoice_lines"]:
        reference = line["order_line_reference"]
        order = reference["order_reference"]["id"]
        quantity = missing.get((order, reference["line_id"]))
        if quantity:
            lines.append(_line(order, line, quantity))
    note = _document("credit_note", "381", number, buyer, seller, lines)
    return note | {"billing_reference": [{"id": billed["id"], "issue_date": billed["issue_date"]}]}


def _line(order: str, said: dict, quantity: Decimal) -> dict:
    """A line over ``quantity`` of what an answer or an invoice says in one of its lines."""
    price = said["price"]["price_amount"]
    amount = (quantity * Decimal(price["value"])).quantize(CENT, ROUND_HALF_UP)
    return {
        "quantity": said["quantity"] | {"value": str(quantity)},
        "price": {"price_amount": price},
        "line_extension_amount": _money(amount, price["currency_id"]),
        "order_line_reference": {
            "line_id": said["order_line_reference"]["line_id"],
            "order_reference": {"id": order},
        },
        "tax_category": [{"id": "S", "percent": str(TAX), "tax_scheme_id": "VAT"}],
        "item": said["item"],
    }


def _document(kind: str, code: str, number: str, buyer: dict, seller: dict, lines: list[dict]) -> dict:
    currency = lines[0]["line_extension_amount"]["currency_id"]
    net = sum(Decimal(line["line_extension_amount"]["value"]) for line in lines)
    tax = (net * TAX / 100).quantize(CENT, ROUND_HALF_UP)
    category = {"id": "S", "percent": str(TAX), "tax_scheme_id": "VAT"}
    subtotal = {"taxable_amount": _money(net, currency), "tax_amount": _money(tax, currency)}
    orders = {line["order_line_reference"]["order_reference"]["id"] for line in lines}
    document = {
        "document_type": kind,
        "id": number,
        "issue_date": datetime.now(UTC).date().isoformat(),
        "invoice_type_code": code,
        "document_currency_code": currency,
        "accounting_supplier_party": seller,
        "accounting_customer_party": buyer,
        "tax_total": [
            {
                "tax_amount": _money(tax, currency),
                "tax_subtotal": [subtotal | {"tax_category": category}],
            }
        ],
        "legal_monetary_total": {
            "line_extension_amount": _money(net, currency),
            "tax_exclusive_amount": _money(net, currency),
            "tax_inclusive_amount": _money(net + tax, currency),
            "payable_amount": _money(net + tax, currency),
        },
        "invoice_lines": [{"id": str(place)} | line for place, line in enumerate(lines, 1)],
    }
    return document | ({"order_reference": {"id": orders.pop()}} if len(orders) == 1 else {})


def _money(value: Decimal, currency: str) -> dict:
    return {"value": f"{value:.2f}", "currency_id": currency}
