"""OrderRequest: an order, its update, its end."""

from .._xml_reading import number_lines
from .._xml_table import Table, field, group, must
from .kinds import ISSUED, MONEY, UNIT, UNTIL, VERSION
from .parts import (
    ADDRESS,
    CONTACT,
    ITEM_DETAIL,
    ITEM_ID,
    as_address,
    as_party,
    give_contacts,
    give_header,
    give_item,
    give_ship_to,
    header,
    take_contacts,
    take_header,
    take_item,
    take_quantity,
    take_ship_to,
)

_BUYER, _SELLER = "buyer_customer_party", "seller_supplier_party"
#: who a contact is, by role
_ROLES = {
    "buyerCorporate": _BUYER,
    "buyer": _BUYER,
    "soldTo": _BUYER,
    "supplierCorporate": _SELLER,
    "endUser": "originator_customer_party",
    "carrierCorporate": "freight_forwarder_party",
}
_WRITTEN = {
    _BUYER: "buyerCorporate",
    _SELLER: "supplierCorporate",
    "originator_customer_party": "endUser",
    "freight_forwarder_party": "carrierCorporate",
}


# --- lines ----------------------------------------------------------------------------------------
def _line(line, _reading):
    take_item(line)
    take_quantity(line)
    if wanted := line.pop("_wanted", None):
        line["requested_delivery_period"] = wanted
    parts = []
    for schedule in line.pop("_schedule", ()):
        quantity = schedule.get("quantity")
        if quantity is not None and "quantity" in line:
            quantity.setdefault("unit_code", line["quantity"].get("unit_code"))
        if wanted := schedule.pop("_wanted", None):
            schedule["requested_delivery_period"] = wanted
        parts.append(schedule)
    if parts:
        line["delivery"] = parts


def _line_before(line):
    give_item(line)
    line["_wanted"] = line.get("requested_delivery_period")
    names = ("quantity", "requested_delivery_period")
    line["_schedule"] = [
        {"quantity": part["quantity"], "_wanted": part.get(names[1])}
        for part in line.get("delivery", ())
        if part.get("quantity")
    ]


LINE = Table(
    field("@quantity", "quantity.value"),
    field("@lineNumber", "id"),
    field("@requestedDeliveryDate", "_wanted", UNTIL),
    group("ItemID", "", ITEM_ID),
    must("ItemID"),
    group("ItemDetail", "", ITEM_DETAIL),
    group("BlanketItemDetail", "", ITEM_DETAIL, read_only=True),
    field("Comments*", "note"),
    group(
        "ScheduleLine*",
        "_schedule",
        Table(
            field("@quantity", "quantity.value"),
            field("@requestedDeliveryDate", "_wanted", UNTIL),
            field("UnitOfMeasure", "quantity.unit_code", UNIT),
        ),
    ),
    extends=True,
    after=_line,
    before=_line_before,
)


# --- order ----------------------------------------------------------------------------------------
def _order(order, reading):
    issued = order.pop("_issued", {})
    order.update(issued)
    if bill_to := order.pop("_bill_to", None):
        as_party(bill_to, order.setdefault("accounting_customer_party", {}))
        if not any(
            order["accounting_customer_party"].get(key) for key in ("party_name", "party_identification")
        ):
            order.setdefault("extensions", {})["bill_to"] = order.pop("accounting_customer_party")
    take_header(order, _BUYER, _SELLER)
    take_contacts(order, _ROLES)
    take_ship_to(order)
    if wanted := order.pop("_wanted", None):
        order.setdefault("delivery", {})["requested_delivery_period"] = wanted
    if days := order.pop("_days", None):
        order["payment_terms"] = {"id": days}
    if reading.currency:
        order.setdefault("document_currency_code", reading.currency)
    number_lines(order.get("order_lines", ()))


def _order_before(order):
    order["_issued"] = {name: order[name] for name in ("issue_date", "issue_time") if name in order}
    order["_type"] = "new"
    give_header(order, _BUYER, _SELLER)
    give_contacts(order, _WRITTEN)
    give_ship_to(order)
    if party := order.get("accounting_customer_party"):
        order["_bill_to"] = as_address(party)
    order["_wanted"] = (order.get("delivery") or {}).get("requested_delivery_period")
    days = (order.get("payment_terms") or {}).get("id", "")
    order["_days"] = days if days.isdecimal() else None


_IN = "Request/OrderRequest/OrderRequestHeader"


def _table(number: str, after, before, *more) -> Table:
    """:param number: the field with the order's number."""
    return Table(
        *header(_IN),
        field(f"{_IN}/@orderID", number),
        field(f"{_IN}/@orderDate", "_issued", ISSUED),
        field(f"{_IN}/@type", "_type"),
        field(f"{_IN}/@orderVersion", "sequence_number", VERSION),
        *more,
        after=after,
        before=before,
    )


_BODY = (
    field(f"{_IN}/@requestedDeliveryDate", "_wanted", UNTIL),
    field(f"{_IN}/@agreementID", "contract.id"),
    field(f"{_IN}/@requisitionID", "buyer_reference"),
    field(f"{_IN}/Total/Money", "anticipated_monetary_total.payable_amount", MONEY),
    group(f"{_IN}/ShipTo/Address", "_ship_to", ADDRESS),
    group(f"{_IN}/BillTo/Address", "_bill_to", ADDRESS),
    field(f"{_IN}/PaymentTerm/@payInNumberOfDays", "_days"),
    group(f"{_IN}/Contact*", "_contacts", CONTACT),
    field(f"{_IN}/Comments*", "note"),
    group("Request/OrderRequest/ItemOut*", "order_lines", LINE),
)


def _new(order, reading):
    order.pop("_type", None)
    _order(order, reading)


def _update(change, reading):
    """An update is the whole order as it is now: what changed is seen in the comparison."""
    for line in change.get("order_lines", ()):
        line["line_status_code"] = "3"
    number = change.get("order_reference", {}).get("id")
    if number:
        change["id"] = number
    _new(change, reading)


def _update_before(change):
    _order_before(change)
    change["_type"] = "update"


def _delete(cancellation, _reading):
    cancellation.pop("_type", None)
    cancellation.update(cancellation.pop("_issued", {}))
    number = cancellation.get("order_reference", {}).get("id")
    if number:
        cancellation["id"] = number
    take_header(cancellation, _BUYER, _SELLER)
    take_contacts(cancellation, _ROLES)


def _delete_before(cancellation):
    cancellation["_issued"] = {
        name: cancellation[name] for name in ("issue_date", "issue_time") if name in cancellation
    }
    cancellation["_type"] = "delete"
    give_header(cancellation, _BUYER, _SELLER)
    give_contacts(cancellation, {name: _WRITTEN[name] for name in (_BUYER, _SELLER)})


ORDER = _table("id", _new, _order_before, *_BODY)
ORDER_UPDATE = _table("order_reference.id", _update, _update_before, *_BODY)
ORDER_DELETE = _table(
    "order_reference.id",
    _delete,
    _delete_before,
    group(f"{_IN}/Contact*", "_contacts", CONTACT),
    field(f"{_IN}/Comments*", "cancellation_note"),
)
