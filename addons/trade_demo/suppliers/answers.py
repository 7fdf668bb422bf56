"""Answers to an order, written as a supplier's own program would: dictionaries in, dictionaries out.

Their form is the published JSON Schema of the order response (``docs/formats``); nothing of Tradelane is
imported, so that a mistake in ours cannot hide in theirs.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

ACCEPTED, CHANGED = "5", "3"


def seller_code(line: dict) -> str:
    """Our own item code on an order line, empty when the buyer does not know it."""
    return (line["item"].get("sellers_item_identification") or {}).get("id", "")


def answer(order: dict, prefix: str, lines: list[dict]) -> dict:
    """The answer to ``order``: accepted as a whole (AP) unless a line changes something (CA)."""
    changed = any(line["line_status_code"] != ACCEPTED for line in lines)
    revision = order.get("sequence_number", 0)
    reference = {"id": order["id"], "sales_order_id": f"{prefix}-{order['id']}", "sequence_number": revision}
    return {
        "document_type": "order_response",
        "id": f"{prefix}-AB-{order['id']}" + (f"-{revision}" if revision else ""),
        "issue_date": datetime.now(UTC).date().isoformat(),
        "order_response_code": "CA" if changed else "AP",
        "document_currency_code": order["document_currency_code"],
        "order_reference": reference,
        "order_lines": lines,
    }


def accepted(line: dict) -> dict:
    """The line as ordered; all that is asked is repeated, as most suppliers do."""
    said = {
        "id": line["id"],
        "order_line_reference": {"line_id": line["id"]},
        "line_status_code": ACCEPTED,
        "quantity": line["quantity"],
        "item": line["item"],
    }
    if line.get("price"):
        said["price"] = line["price"]
    if line.get("requested_delivery_period"):
        said["promised_delivery_period"] = line["requested_delivery_period"]
    return said


def renumbered(line: dict, code: str, name: str) -> dict:
    """The line as ordered, under a code of ours the buyer has never seen."""
    return accepted(line) | {"item": {"name": name, "sellers_item_identification": {"id": code}}}


def dearer_and_later(line: dict, percent: Decimal, days: int) -> dict:
    """The line at a price ``percent`` above the order's and delivered ``days`` later."""
    said = accepted(line) | {"line_status_code": CHANGED}
    amount = line["price"]["price_amount"]
    asked = Decimal(amount["value"])
    dearer = (asked * (1 + percent / 100)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    said["price"] = line["price"] | {"price_amount": amount | {"value": str(dearer)}}
    wanted = line.get("requested_delivery_period")
    if wanted:
        day = date.fromisoformat(wanted.get("end_date") or wanted["start_date"]) + timedelta(days=days)
        said["promised_delivery_period"] = {"end_date": day.isoformat()}
    return said
