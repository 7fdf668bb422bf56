"""ConfirmationRequest, the seller's answer to an order; and what systems say to each other's messages."""

from decimal import Decimal

from ...canonical.base import plain
from ...errors import ValidationFailed
from .._xml_reading import number, number_lines, reason_note, take_reason
from .._xml_table import Table, field, group, must
from .kinds import ISSUED, MONEY, UNIT, UNTIL, VERSION
from .parts import (
    CONTACT,
    ITEM_DETAIL,
    ITEM_ID,
    give_contacts,
    give_header,
    give_item,
    header,
    take_contacts,
    take_header,
    take_item,
)

_BUYER, _SELLER = "buyer_customer_party", "seller_supplier_party"
_ROLES = {"buyerCorporate": _BUYER, "soldTo": _BUYER, "supplierCorporate": _SELLER}
_WRITTEN = {_BUYER: "buyerCorporate", _SELLER: "supplierCorporate"}
#: ConfirmationHeader@type → UNCL 4343. "except" accepts all but the lines it names.
_TYPES = {
    "accept": "AP",
    "reject": "RE",
    "detail": "CA",
    "alldetail": "CA",
    "except": "CA",
    "backordered": "CA",
    "replace": "CA",
}
_CODES = {"AP": "accept", "RE": "reject", "CA": "detail"}
UNKNOWN = "The seller does not know yet."


# --- one line of a confirmation -------------------------------------------------------------------
def _line(line, _reading):
    """What is said about parts of a line's quantity, one after the other, makes one answer."""
    ordered = line.pop("_quantity", {})
    statuses = line.pop("_statuses", [])
    for status in statuses:
        status.setdefault("quantity", {}).setdefault("value", ordered.get("value"))
        status["quantity"].setdefault("unit_code", ordered.get("unit_code") or "EA")
    coming = [status for status in statuses if status.get("type") in ("accept", "detail", "allDetail")]
    later = [status for status in statuses if status.get("type") == "backordered"]
    refused = [status for status in statuses if status.get("type") == "reject"]
    notes = [note for status in statuses for note in status.get("note", ())]
    if any(status.get("type") == "unknown" for status in statuses):
        notes.append(UNKNOWN)
    notes = [*line.get("note", ()), *notes]
    if reason := take_reason(notes):
        line["reason_code"] = reason
    line["note"] = notes
    if not notes:
        del line["note"]
    changed = [status for status in coming if set(status) & {"price", "item"}]
    if len(statuses) == len(refused) and refused:
        line["line_status_code"] = "7"
    elif len(coming) == 1 == len(statuses) and coming[0]["type"] == "accept" and not changed:
        line["line_status_code"] = "5"
    elif statuses:
        line["line_status_code"] = "3"
    _coming(line, coming)
    if later:
        line["maximum_backorder_quantity"] = _sum(later)
        line["backorder_delivery_period"] = next(filter(None, (status.get("_due") for status in later)), None)
        if line["backorder_delivery_period"] is None:
            del line["backorder_delivery_period"]
    for status in changed:
        if "price" in status:
            line.setdefault("price", status["price"])
        if "item" in status:
            line.setdefault("seller_substituted_item", status["item"])
    line["order_line_reference"] = {"line_id": line.pop("_line", None)}
    if line["order_line_reference"]["line_id"] is None:
        del line["order_line_reference"]


def _coming(line, coming) -> None:
    if not coming:
        return
    if len(coming) == 1:
        if coming[0]["quantity"].get("value") is not None:
            line["quantity"] = coming[0]["quantity"]
        if due := coming[0].get("_due"):
            line["promised_delivery_period"] = due
        return
    line["quantity"] = _sum(coming)
    line["deliveries"] = [
        {"quantity": status["quantity"]}
        | ({"promised_delivery_period": status["_due"]} if status.get("_due") else {})
        for status in coming
    ]


def _sum(statuses) -> dict:
    """The quantity of several; what is no number is left for the document to refuse."""
    first = statuses[0]["quantity"]
    try:
        total = sum((number(status["quantity"]["value"]) for status in statuses), Decimal(0))
    except (ValueError, TypeError):
        return first
    return {**first, "value": plain(total)}


def _line_before(line):
    """One status for every part of the quantity."""
    unit = (line.get("quantity") or line.get("maximum_backorder_quantity") or {}).get("unit_code", "EA")
    kind = {"5": "accept", "7": "reject"}.get(line["line_status_code"], "detail")
    statuses = [
        {"type": kind, "quantity": part.get("quantity"), "_due": part.get("promised_delivery_period")}
        for part in line.get("deliveries") or [line]
    ]
    if "promised_delivery_period" in line:
        statuses[0].setdefault("_due", line["promised_delivery_period"])
    if "price" in line and kind == "detail":
        statuses[0]["price"] = line["price"]
    if substitute := line.get("seller_substituted_item"):
        statuses[0]["item"] = substitute
    if later := line.get("maximum_backorder_quantity"):
        due = line.get("backorder_delivery_period")
        if kind == "detail" and not line.get("quantity"):
            statuses = []
        statuses.append({"type": "backordered", "quantity": later, "_due": due})
    line["_statuses"] = statuses
    if reason := line.get("reason_code"):
        line["note"] = [*line.get("note", ()), reason_note(reason)]
    line["_line"] = (line.get("order_line_reference") or {}).get("line_id") or line["id"]
    values = [status["quantity"] for status in statuses if status.get("quantity")]
    line["_quantity"] = _sum([{"quantity": value} for value in values]) if values else {"unit_code": unit}
    for status in statuses:
        status["quantity"] = status.get("quantity") or {"unit_code": unit}


def _status_before(status):
    if item := status.pop("item", None):
        status["_other"] = {"item": item, "quantity": status["quantity"]}
        give_item(status["_other"])


def _status(status, _reading):
    other = status.pop("_other", {})
    take_item(other)
    for name in ("item", "price"):
        if name in other:
            status.setdefault(name, other[name])


STATUS = Table(
    field("@quantity", "quantity.value"),
    field("@type", "type"),
    field("@deliveryDate", "_due", UNTIL),
    field("UnitOfMeasure", "quantity.unit_code", UNIT),
    group(
        "ItemIn",
        "_other",
        Table(
            field("@quantity", "quantity.value"),
            group("ItemID", "", ITEM_ID),
            must("ItemID"),
            group("ItemDetail", "", ITEM_DETAIL),
        ),
    ),
    field("UnitPrice/Money", "price.price_amount", MONEY),
    field("Comments*", "note"),
    after=_status,
    before=_status_before,
)
LINE = Table(
    field("@lineNumber", "_line"),
    field("@quantity", "_quantity.value"),
    field("UnitOfMeasure", "_quantity.unit_code", UNIT),
    group("ConfirmationStatus*", "_statuses", STATUS),
    field("Comments*", "note"),
    extends=True,
    after=_line,
    before=_line_before,
)


# --- confirmation ---------------------------------------------------------------------------------
def _confirmation(answer, reading):
    if reading.currency:
        answer.setdefault("document_currency_code", reading.currency)
    answer.update(answer.pop("_issued", {}))
    kind = answer.pop("_type", "")
    answer["order_response_code"] = _TYPES.get(kind.lower(), kind)
    if "id" not in answer:
        answer["id"] = answer.get("_envelope", {}).get("interchange_reference")
    lines = answer.get("order_lines", [])
    for line in lines:
        line.setdefault("id", (line.get("order_line_reference") or {}).get("line_id"))
        if "line_status_code" not in line and kind in ("accept", "reject"):
            line["line_status_code"] = {"accept": "5", "reject": "7"}[kind]
    number_lines(lines)
    ordered = answer.pop("_ordered", {})
    if "order_reference" in answer and "issue_date" in ordered:
        answer["order_reference"]["issue_date"] = ordered["issue_date"]
    take_header(answer, _SELLER, _BUYER)
    take_contacts(answer, _ROLES)
    if operation := answer.pop("_operation", None):
        answer.setdefault("extensions", {})["operation"] = operation


def _confirmation_before(answer):
    answer["_issued"] = {name: answer[name] for name in ("issue_date", "issue_time") if name in answer}
    answer["_type"] = _CODES.get(answer["order_response_code"])
    if answer["_type"] is None:
        what = f"order response {answer['id']}"
        reason = "a confirmation cannot say that an order has only been received"
        raise ValidationFailed("codec.cannot_carry", pointer="/order_response_code", what=what, reason=reason)
    ordered = answer["order_reference"].get("issue_date")
    answer["_ordered"] = {"issue_date": ordered} if ordered else {}
    give_header(answer, _SELLER, _BUYER)
    give_contacts(answer, _WRITTEN)


_IN = "Request/ConfirmationRequest/ConfirmationHeader"
_ORDER = "Request/ConfirmationRequest/OrderReference"
CONFIRMATION = Table(
    *header(_IN),
    field(f"{_IN}/@type", "_type"),
    field(f"{_IN}/@noticeDate", "_issued", ISSUED),
    field(f"{_IN}/@confirmID", "id"),
    field(f"{_IN}/@version", "sequence_number", VERSION),
    group(f"{_IN}/Contact*", "_contacts", CONTACT),
    field(f"{_IN}/Comments*", "note"),
    field(f"{_ORDER}/@orderID", "order_reference.id"),
    field(f"{_ORDER}/@orderDate", "_ordered", ISSUED),
    field("Request/ConfirmationRequest/OrderIDInfo/@orderID", "order_reference.id", read_only=True),
    group("Request/ConfirmationRequest/ConfirmationItem*", "order_lines", LINE),
    after=_confirmation,
    before=_confirmation_before,
)


# --- status ---------------------------------------------------------------------------------------
def _code(values) -> str:
    """What an HTTP-like code says; 201 is "accepted, not yet done"."""
    code = values.get("code", "")
    if code in ("201", "202"):
        return "received"
    return "accepted" if code[:1] == "2" else "rejected"


_NUMBERS = {
    "received": "201",
    "under_query": "201",
    "accepted": "200",
    "accepted_with_errors": "200",
    "rejected": "400",
}


def _acknowledgement(answer, _reading):
    status = answer.pop("_status", {})
    answer["response_code"] = _code(status)
    answer["id"] = answer.get("_envelope", {}).get("interchange_reference")
    text = status.get("note") or status.get("text")
    if answer["response_code"] == "rejected":
        error = {"code": status.get("code"), "text": text}
        answer["errors"] = [{name: value for name, value in error.items() if value}]
    elif text and text.upper() not in ("OK", "SUCCESS", "ACCEPTED"):
        answer["note"] = [text]


def _update(answer, reading):
    answer["level"] = "application"
    _acknowledgement(answer, reading)
    take_header(answer, "sender_party", "receiver_party")


def _response(answer, reading):
    """What comes back at once says that a message could be read, or why not."""
    answer["level"] = "syntax"
    _acknowledgement(answer, reading)


def _update_before(answer):
    give_header(answer, "sender_party", "receiver_party")
    answer["_envelope"]["interchange_reference"] = answer["id"]
    error = (answer.get("errors") or [{}])[0]
    code = error.get("code") or ""
    if _code({"code": code}) != answer["response_code"] or not code.isdecimal():
        code = _NUMBERS[answer["response_code"]]
    text = "OK" if code[:1] == "2" else error.get("text") or "Rejected"
    note = next(iter(answer.get("note", ())), None) if text == "OK" else None
    answer["_status"] = {"code": code, "text": text, "note": note}


_IN_STATUS = "Request/StatusUpdateRequest"


def _status_fields(way: str) -> tuple:
    return (
        field(f"{way}/Status/@code", "_status.code"),
        field(f"{way}/Status/@text", "_status.text"),
        field(f"{way}/Status", "_status.note"),
    )


STATUS_UPDATE = Table(
    *header(_IN_STATUS),
    field(f"{_IN_STATUS}/DocumentReference/@payloadID", "interchange_reference"),
    must(f"{_IN_STATUS}/DocumentReference"),
    *_status_fields(_IN_STATUS),
    after=_update,
    before=_update_before,
)
#: only read: the answer a request gets at once
RESPONSE = Table(
    field("@payloadID", "_envelope.interchange_reference"),
    field("@timestamp", "_envelope.prepared_at"),
    field("@version", "_envelope.version"),
    *_status_fields("Response"),
    after=_response,
)
