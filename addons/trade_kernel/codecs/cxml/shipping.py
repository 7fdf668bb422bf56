"""ShipNoticeRequest: goods on their way."""

from ...canonical.despatch_advice import WITHDRAWS
from .._xml_reading import number_lines
from .._xml_table import Table, constant, field, group, must
from .kinds import DAY, ISSUED, UNIT, UNTIL, Words
from .parts import (
    CONTACT,
    ITEM_ID,
    give_contacts,
    give_header,
    give_item,
    header,
    take_contacts,
    take_header,
    take_item,
)

_SENDER, _RECEIVER = "despatch_supplier_party", "delivery_customer_party"
_ROLES = {
    "shipFrom": _SENDER,
    "supplierCorporate": "seller_supplier_party",
    "buyerCorporate": "buyer_customer_party",
    "soldTo": "buyer_customer_party",
}
_WRITTEN = {
    _SENDER: "shipFrom",
    "buyer_customer_party": "buyerCorporate",
    "seller_supplier_party": "supplierCorporate",
}
#: UN/ECE Recommendation 19
MODES = Words(
    {"ship": "1", "rail": "2", "motor": "3", "truck": "3", "air": "4", "mail": "5", "multimodal": "6"}
)


# --- lines ----------------------------------------------------------------------------------------
def _line(line, _reading):
    take_item(line)
    instances = [*line.pop("_batches", ()), *line.pop("_pieces", ())]
    if instances:
        line.setdefault("item", {})["item_instance"] = instances
    line.get("delivered_quantity", {}).setdefault("unit_code", "EA")
    for unit in line.get("_units", ()):
        if "quantity" in unit:
            unit["quantity"].setdefault("unit_code", line["delivered_quantity"]["unit_code"])


def _line_before(line):
    give_item(line)
    instances = (line.get("item") or {}).get("item_instance", ())
    line["_batches"] = [one for one in instances if "lot_number_id" in one and "serial_id" not in one]
    line["_pieces"] = [one for one in instances if "serial_id" in one]


_PACKAGE = Table(
    field("PackagingCode", "_word"),
    field("PackageTypeCodeIdentifierCode", "type"),
    field("ShippingContainerSerialCode", "id"),
    field("ShippingContainerSerialCodeReference", "parent"),
    field("DispatchQuantity/@quantity", "quantity.value"),
    field("DispatchQuantity/UnitOfMeasure", "quantity.unit_code", UNIT),
)
LINE = Table(
    field("@quantity", "delivered_quantity.value"),
    field("@lineNumber", "order_line_reference.line_id"),
    field("@shipNoticeLineNumber", "id"),
    group("ItemID", "", ITEM_ID),
    constant("ShipNoticeItemDetail/Description/@xml:lang", "en"),
    field("ShipNoticeItemDetail/Description", "item.description"),
    field("ShipNoticeItemDetail/Description/ShortName", "item.name"),
    field("UnitOfMeasure", "delivered_quantity.unit_code", UNIT),
    group("Packaging*", "_units", _PACKAGE),
    group(
        "Batch*",
        "_batches",
        Table(
            field("@expirationDate", "expiry_date", DAY),
            field("@productionDate", "manufacture_date", DAY),
            field("SupplierBatchID", "lot_number_id"),
        ),
    ),
    group("AssetInfo*", "_pieces", Table(field("@serialNumber", "serial_id"))),
    field("Comments*", "note"),
    extends=True,
    after=_line,
    before=_line_before,
)
PORTION = Table(
    field("OrderReference/@orderID", "id"),
    field("OrderReference/@orderDate", "_ordered", ISSUED),
    field("OrderReference/DocumentReference/@payloadID", "_payload"),
    field("OrderIDInfo/@orderID", "id", read_only=True),
    group("ShipNoticeItem*", "lines", LINE),
)


# --- notice ---------------------------------------------------------------------------------------
def _notice(notice, reading):
    notice.update(notice.pop("_issued", {}))
    _take_portions(notice)
    _take_packages(notice)
    _take_shipment(notice)
    take_header(notice, _SENDER, _RECEIVER)
    contacts = notice.get("_contacts", [])
    for contact in [contact for contact in contacts if contact.get("role") == "shipTo"][:1]:
        contacts.remove(contact)
        place = {name: contact[name] for name in ("id", "name", "address") if contact.get(name)}
        if not place.get("id", {}).get("id"):
            place.pop("id", None)
        notice["delivery"] = {"delivery_location": place}
    take_contacts(notice, _ROLES)
    operation = notice.pop("_operation", "new")
    if operation == "delete":
        notice["purpose_code"] = WITHDRAWS
    elif operation == "update":
        notice["sequence_number"] = 1
    elif operation != "new":
        notice.setdefault("extensions", {})["operation"] = operation


def _take_portions(notice) -> None:
    """The order a line is for: the document's when there is one only."""
    portions = notice.pop("_portions", [])
    orders = []
    for portion in portions:
        order = {"id": portion.get("id") or portion.get("_payload")}
        if "issue_date" in portion.get("_ordered", {}):
            order["issue_date"] = portion["_ordered"]["issue_date"]
        orders.append({name: value for name, value in order.items() if value})
    if len(orders) == 1 and orders[0].get("id"):
        notice["order_reference"] = orders[0]
    lines = []
    for portion, order in zip(portions, orders, strict=True):
        for line in portion.get("lines", ()):
            if len(orders) > 1 and order.get("id"):
                line.setdefault("order_line_reference", {})["order_reference"] = dict(order)
            item = line.setdefault("item", {})
            if not set(item) - {"item_instance"}:
                # A ship notice may name the order's line only: that is what the item is known by.
                number = line.get("order_line_reference", {}).get("line_id", "?")
                item["name"] = f"Order {order.get('id', '?')}, line {number}"
            lines.append(line)
    number_lines(lines)
    if lines:
        notice["despatch_lines"] = lines


def _take_packages(notice) -> None:
    units: dict = {}
    for line in notice.get("despatch_lines", ()):
        for found in line.pop("_units", ()):
            if "id" not in found:
                notice.setdefault("extensions", {}).setdefault("packaging", []).append(
                    {"line": line["id"], **found}
                )
                continue
            unit = units.setdefault(found["id"], {"id": found["id"]})
            for name, target in (("type", "transport_handling_unit_type_code"), ("parent", "parent_id")):
                if name in found:
                    unit.setdefault(target, found[name])
            packed = {"line_id": line["id"]}
            if "quantity" in found:
                packed["quantity"] = found["quantity"]
            unit.setdefault("packed_line", []).append(packed)
    for parent in [unit["parent_id"] for unit in units.values() if unit.get("parent_id")]:
        units.setdefault(parent, {"id": parent})
    if units:
        notice["transport_handling_units"] = list(units.values())


def _take_shipment(notice) -> None:
    shipment: dict = {}
    if shipped := notice.pop("_shipped", None):
        shipment["actual_despatch_date"] = shipped["issue_date"]
        if "issue_time" in shipped:
            shipment["actual_despatch_time"] = shipped["issue_time"]
    if due := notice.pop("_due", None):
        shipment["estimated_delivery_period"] = due
    numbers = []
    for control in notice.pop("_controls", ()):
        if "number" in control:
            numbers.append(control["number"])
        if "mode" in control:
            shipment.setdefault("transport_mode_code", control["mode"])
        carriers = control.get("carriers", ())
        party: dict = {}
        for carrier in carriers:
            if carrier.get("domain", "").lower() == "companyname" and carrier.get("id"):
                party.setdefault("party_name", carrier["id"])
            elif carrier.get("id"):
                party.setdefault("party_identification", []).append({"id": carrier["id"]})
        if party:
            shipment.setdefault("carrier_party", party)
    if numbers:
        shipment["tracking_id"] = numbers
    if shipment:
        notice["shipment"] = shipment


def _notice_before(notice):
    notice["_issued"] = {name: notice[name] for name in ("issue_date", "issue_time") if name in notice}
    withdrawn, again = notice.get("purpose_code") == WITHDRAWS, notice.get("sequence_number")
    notice["_operation"] = "delete" if withdrawn else "update" if again else "new"
    give_header(notice, _SENDER, _RECEIVER)
    give_contacts(notice, _WRITTEN)
    if place := (notice.get("delivery") or {}).get("delivery_location"):
        notice["_contacts"].append({"role": "shipTo", **place})
    _give_shipment(notice)
    _give_portions(notice)


def _give_shipment(notice) -> None:
    shipment = notice.get("shipment") or {}
    notice["_shipped"] = {
        name: shipment[key]
        for name, key in (("issue_date", "actual_despatch_date"), ("issue_time", "actual_despatch_time"))
        if key in shipment
    }
    if not notice["_shipped"]:
        del notice["_shipped"]
    notice["_due"] = shipment.get("estimated_delivery_period")
    carrier = shipment.get("carrier_party") or {}
    carriers = [{"domain": "SCAC", "id": one["id"]} for one in carrier.get("party_identification", ())]
    if carrier.get("party_name"):
        carriers.append({"domain": "companyName", "id": carrier["party_name"]})
    numbers = shipment.get("tracking_id") or []
    notice["_controls"] = [{"number": number} for number in numbers]
    if carriers or shipment.get("transport_mode_code"):
        if not numbers:
            notice["_controls"] = [{}]
        notice["_controls"][0] |= {"carriers": carriers, "mode": shipment.get("transport_mode_code")}


def _give_portions(notice) -> None:
    whole = notice.get("order_reference") or {}
    packed: dict = {}
    for unit in notice.get("transport_handling_units", ()):
        for part in unit.get("packed_line", ()):
            package = {"id": unit["id"], "parent": unit.get("parent_id"), "quantity": part.get("quantity")}
            package["type"] = unit.get("transport_handling_unit_type_code")
            packed.setdefault(part["line_id"], []).append(package)
    portions: dict = {}
    for line in notice["despatch_lines"]:
        line["_units"] = packed.get(line["id"], [])
        order = (line.get("order_line_reference") or {}).get("order_reference") or whole
        portion = portions.setdefault(order.get("id"), {"id": order.get("id"), "lines": []})
        if "issue_date" in order:
            portion["_ordered"] = {"issue_date": order["issue_date"]}
        portion["lines"].append(line)
    notice["_portions"] = list(portions.values())


_MESSAGE = "Request/ShipNoticeRequest"
_IN = f"{_MESSAGE}/ShipNoticeHeader"
_CONTROL = Table(
    group("CarrierIdentifier*", "carriers", Table(field("@domain", "domain"), field(".", "id"))),
    field("ShipmentIdentifier", "number"),
    must("ShipmentIdentifier"),
    field("Route/@method", "mode", MODES),
)
SHIP_NOTICE = Table(
    *header(_MESSAGE),
    field(f"{_IN}/@shipmentID", "id"),
    field(f"{_IN}/@operation", "_operation"),
    field(f"{_IN}/@noticeDate", "_issued", ISSUED),
    field(f"{_IN}/@shipmentDate", "_shipped", ISSUED),
    field(f"{_IN}/@deliveryDate", "_due", UNTIL),
    group(f"{_IN}/Contact*", "_contacts", CONTACT),
    field(f"{_IN}/Comments*", "note"),
    group(f"{_MESSAGE}/ShipControl*", "_controls", _CONTROL),
    group(f"{_MESSAGE}/ShipNoticePortion*", "_portions", PORTION),
    after=_notice,
    before=_notice_before,
)
