"""Goods on their way: despatch advice, receipt advice, transportation status."""

from ...canonical.shipment_status import STATUSES
from .._xml_reading import kept, number_lines
from .._xml_table import Table, constant, field, group, meant, must
from .kinds import ABSENT, CBC, CLOCK, CODE, DAY, NUMBER, QUANTITY
from .parts import (
    DELIVERY_TERMS,
    DOCUMENT_REFERENCE,
    ITEM,
    LINE_REFERENCE,
    LOCATION,
    ORDER_LINE_REFERENCE,
    ORDER_REFERENCE,
    OTHER_PARTY,
    PERIOD,
    delivery,
    head,
)

# --- packages -------------------------------------------------------------------------------------
#: UNCL 6313: gross weight
GROSS_WEIGHT = "AAB"


def _is_gross_weight(dimension):
    return (dimension.findtext(f"{CBC}AttributeID") or "").strip() == GROSS_WEIGHT


_WEIGHT = (
    meant("cac:MeasurementDimension", _is_gross_weight),
    constant("cac:MeasurementDimension/cbc:AttributeID", GROSS_WEIGHT),
    field("cac:MeasurementDimension/cbc:Measure", "gross_weight_measure", QUANTITY),
)


def _nested(depth: int) -> tuple:
    """Packages within a package, as deep as they go in practice."""
    if not depth:
        return ()
    name = "cac:ActualPackage*" if depth == 3 else "cac:ContainedPackage*"
    inner = Table(
        field("cbc:ID", "id"),
        field("cbc:PackagingTypeCode", "transport_handling_unit_type_code", CODE),
        field("cbc:TraceID", "/_tracking"),
        *_nested(depth - 1),
        *_WEIGHT,
    )
    return (group(name, "_packages", inner),)


#: a package in the shipment of the whole
_UNIT = Table(
    field("cbc:ID", "id", CODE),
    field("cbc:TransportHandlingUnitTypeCode", "transport_handling_unit_type_code", CODE),
    field("cbc:TraceID", "/_tracking"),
    group(
        "cac:HandlingUnitDespatchLine*",
        "packed_line",
        Table(field("cbc:ID", "line_id"), field("cbc:DeliveredQuantity", "quantity", QUANTITY)),
        read_only=True,
    ),
    *_nested(3),
    *_WEIGHT,
)
#: a package in the shipment of a line: how much of the line is in it
_LINE_UNIT = Table(
    field("cbc:ID", "id", CODE),
    field("cac:ActualPackage/cbc:ID", "id", fallback=True),
    field("cbc:TransportHandlingUnitTypeCode", "transport_handling_unit_type_code", CODE),
    field("cbc:TraceID", "/_tracking"),
    *_WEIGHT,
    field("cac:GoodsItem/cbc:Quantity", "_quantity", QUANTITY),
)


def _unpack(advice) -> None:
    """One list of packages, from those of the whole, those within them, and those of the lines."""
    units: list = []

    def add(unit, parent=None):
        packages = unit.pop("_packages", [])
        if parent:
            unit["parent_id"] = parent
        units.append(unit)
        for package in packages:
            add(package, unit.get("id"))

    for unit in advice.pop("transport_handling_units", []):
        add(unit)
    known = {unit.get("id"): unit for unit in reversed(units)}
    for line in advice.get("despatch_lines", ()):
        for unit in line.pop("_units", []):
            quantity = unit.pop("_quantity", None)
            packed = {"line_id": line.get("id")} | ({"quantity": quantity} if quantity else {})
            if unit.get("id") not in known:
                known[unit.get("id")] = unit
                units.append(unit)
            whole = known[unit.get("id")]
            # Peppol repeats type and weight at every line that is in the package; who says something else
            # at each speaks about the part of it.
            for name, value in unit.items():
                if whole.setdefault(name, value) != value:
                    text = " ".join(value.values()) if isinstance(value, dict) else value
                    kept(line)[f"cac:Shipment/cac:TransportHandlingUnit/{name}"] = text
            whole.setdefault("packed_line", []).append(packed)
    if units:
        advice["transport_handling_units"] = units


def _pack(advice) -> None:
    units = advice.pop("transport_handling_units", [])
    lines = {line["id"]: line for line in advice["despatch_lines"]}
    by_id = {unit["id"]: unit for unit in units}
    for unit in units:
        for packed in unit.pop("packed_line", []):
            inner = {"id": unit["id"], "_quantity": packed.get("quantity")}
            lines[packed["line_id"]].setdefault("_units", []).append(inner)
    for unit in units:
        parent = by_id.get(unit.pop("parent_id", None))
        if parent is not None:
            parent.setdefault("_packages", []).append(unit)
        else:
            advice.setdefault("transport_handling_units", []).append(unit)


# --- shipment -------------------------------------------------------------------------------------
def _shipment(*rest) -> tuple:
    """:param rest: delivery and packages."""
    stage = "cac:Shipment/cac:ShipmentStage"
    return (
        field("cac:Shipment/cbc:ID", "shipment.id", ABSENT),
        field("cac:Shipment/cbc:GrossWeightMeasure", "shipment.gross_weight_measure", QUANTITY),
        field("cac:Shipment/cbc:GrossVolumeMeasure", "shipment.gross_volume_measure", QUANTITY),
        field(
            "cac:Shipment/cbc:TotalTransportHandlingUnitQuantity",
            "shipment.total_transport_handling_unit_quantity",
            NUMBER,
        ),
        field("cac:Shipment/cac:Consignment/cbc:ID", "shipment._consignment", ABSENT),
        field("cac:Shipment/cac:Consignment/cbc:CarrierAssignedID", "shipment.carrier_assigned_id"),
        group("cac:Shipment/cac:Consignment/cac:CarrierParty", "shipment.carrier_party", OTHER_PARTY),
        group("cac:Shipment/cac:Consignment/cac:DeliveryTerms", "shipment.delivery_terms", DELIVERY_TERMS),
        field(f"{stage}/cbc:TransportModeCode", "shipment.transport_mode_code", CODE),
        field(
            f"{stage}/cac:TransportMeans/cac:RoadTransport/cbc:LicensePlateID", "shipment.transport_means_id"
        ),
        *rest,
    )


def _delivered(up: str) -> dict:
    """What a shipment's delivery tells about the shipment.

    :param up: out of the delivery.
    """
    return {
        "tracking": (field("cbc:TrackingID", f"{up}_tracked"),),
        "estimated": (
            group("cac:EstimatedDeliveryPeriod", f"{up}shipment.estimated_delivery_period", PERIOD),
        ),
        "despatch": (
            field("cac:Despatch/cbc:ActualDespatchDate", f"{up}shipment.actual_despatch_date", DAY),
            field("cac:Despatch/cbc:ActualDespatchTime", f"{up}shipment.actual_despatch_time", CLOCK),
        ),
    }


def _shipped(advice) -> None:
    """Numbers to follow it by stand at the delivery and at the packages."""
    numbers = [*filter(None, [advice.pop("_tracked", None)]), *advice.pop("_tracking", [])]
    if numbers:
        advice.setdefault("shipment", {})["tracking_id"] = list(dict.fromkeys(numbers))
    shipment = advice.get("shipment", {})
    number = shipment.pop("_consignment", None)
    if number and "carrier_assigned_id" not in shipment:
        shipment["carrier_assigned_id"] = number
    elif number:
        kept(advice)["cac:Shipment/cac:Consignment/cbc:ID"] = number
    if shipment == {}:
        advice.pop("shipment", None)


def _shipped_before(advice) -> None:
    if numbers := advice.get("shipment", {}).get("tracking_id"):
        advice["_tracked"] = numbers[0]


# --- despatch advice ------------------------------------------------------------------------------
DESPATCH_LINE = Table(
    field("cbc:ID", "id"),
    field("cbc:Note*", "note"),
    field("cbc:DeliveredQuantity", "delivered_quantity", QUANTITY),
    field("cbc:BackorderQuantity", "outstanding_quantity", QUANTITY, fallback=True),
    field("cbc:BackorderReason", "outstanding_reason", fallback=True),
    field("cbc:OutstandingQuantity", "outstanding_quantity", QUANTITY),
    field("cbc:OutstandingReason", "outstanding_reason"),
    group("cac:OrderLineReference", "order_line_reference", ORDER_LINE_REFERENCE),
    must("cac:OrderLineReference"),
    group("cac:Item", "item", ITEM, must=True),
    field("cac:Shipment/cbc:ID", "_shipment", ABSENT),
    group("cac:Shipment/cac:TransportHandlingUnit*", "_units", _LINE_UNIT),
    extends=True,
)


def _despatch(advice, _reading):
    number_lines(advice.get("despatch_lines", ()))
    for line in advice.get("despatch_lines", ()):
        if number := line.pop("_shipment", None):
            kept(line)["cac:Shipment/cbc:ID"] = number
    _unpack(advice)
    _shipped(advice)


def _despatch_before(advice):
    _pack(advice)
    _shipped_before(advice)


DESPATCH_ADVICE = Table(
    *head(field("cbc:DespatchAdviceTypeCode", "despatch_advice_type_code", CODE)),
    field("cbc:LineCountNumeric", "_envelope.line_count"),
    group("cac:OrderReference", "order_reference", ORDER_REFERENCE),
    group("cac:AdditionalDocumentReference*", "additional_document_reference", DOCUMENT_REFERENCE),
    group("cac:DespatchSupplierParty/cac:Party", "despatch_supplier_party", OTHER_PARTY),
    must("cac:DespatchSupplierParty"),
    group("cac:DeliveryCustomerParty/cac:Party", "delivery_customer_party", OTHER_PARTY),
    must("cac:DeliveryCustomerParty"),
    group("cac:BuyerCustomerParty/cac:Party", "buyer_customer_party", OTHER_PARTY),
    group("cac:SellerSupplierParty/cac:Party", "seller_supplier_party", OTHER_PARTY),
    *_shipment(
        group("cac:Shipment/cac:Delivery", "delivery", delivery(**_delivered("^."))),
        group("cac:Shipment/cac:TransportHandlingUnit*", "transport_handling_units", _UNIT),
    ),
    group("cac:DespatchLine*", "despatch_lines", DESPATCH_LINE),
    after=_despatch,
    before=_despatch_before,
)


# --- receipt advice -------------------------------------------------------------------------------
RECEIPT_LINE = Table(
    field("cbc:ID", "id"),
    field("cbc:Note*", "note"),
    field("cbc:ReceivedQuantity", "received_quantity", QUANTITY),
    field("cbc:ShortQuantity", "short_quantity", QUANTITY),
    field("cbc:ShortageActionCode", "shortage_action_code", CODE),
    field("cbc:RejectedQuantity", "rejected_quantity", QUANTITY),
    field("cbc:RejectReasonCode", "reject_reason_code", CODE),
    field("cbc:RejectReason", "reject_reason"),
    field("cbc:RejectActionCode", "reject_action_code", CODE),
    field("cbc:OversupplyQuantity", "oversupply_quantity", QUANTITY),
    field("cbc:ReceivedDate", "received_date", DAY),
    group("cac:OrderLineReference", "order_line_reference", ORDER_LINE_REFERENCE),
    group("cac:DespatchLineReference", "despatch_line_reference", LINE_REFERENCE),
    group("cac:Item", "item", ITEM),
    extends=True,
)


def _receipt(advice, _reading):
    number_lines(advice.get("receipt_lines", ()))
    _shipped(advice)


RECEIPT_ADVICE = Table(
    *head(),
    field("cbc:LineCountNumeric", "_envelope.line_count"),
    group("cac:OrderReference", "order_reference", ORDER_REFERENCE),
    group("cac:DespatchDocumentReference", "despatch_document_reference", DOCUMENT_REFERENCE),
    group("cac:DeliveryCustomerParty/cac:Party", "delivery_customer_party", OTHER_PARTY),
    must("cac:DeliveryCustomerParty"),
    group("cac:DespatchSupplierParty/cac:Party", "despatch_supplier_party", OTHER_PARTY),
    must("cac:DespatchSupplierParty"),
    *_shipment(
        group("cac:Shipment/cac:Delivery", "", Table(*(e for part in _delivered("").values() for e in part)))
    ),
    group("cac:ReceiptLine*", "receipt_lines", RECEIPT_LINE),
    after=_receipt,
    before=_shipped_before,
)


# --- transportation status ------------------------------------------------------------------------
#: UN/ECE Recommendation 24 (as UNTDID 9015 has it); our own words are what we write
_CONDITIONS = {"1": "arrived", "13": "picked_up", "21": "delivered", "24": "departed", "31": "in_transit"}
_ORDER = ("220", "ORDER", "order")


def _event(event, _reading):
    """The carrier's code in one of our words, "other" when it is none of those known."""
    codes = [event.pop(name) for name in ("_condition", "_type") if name in event]
    words = [code if code in STATUSES else _CONDITIONS.get(code) for code in codes]
    event["status_code"] = next(filter(None, words), "other")
    if foreign := [code for code in codes if code not in STATUSES]:
        event["partner_status_code"] = "/".join(foreign)


def _event_before(event):
    event["_condition"] = event["status_code"]
    event["_type"] = event.get("partner_status_code")


_EVENT = Table(
    field("cbc:OccurrenceDate", "occurrence_date", DAY),
    field("cbc:OccurrenceTime", "occurrence_time", CLOCK),
    field("cbc:TransportEventTypeCode", "_type", CODE),
    field("cac:CurrentStatus/cbc:ConditionCode", "_condition", CODE),
    field("cac:CurrentStatus/cbc:Description", "description"),
    field("cac:CurrentStatus/cbc:StatusReasonCode", "reason_code", CODE),
    group("cac:Location", "location", LOCATION),
    constant("cac:Signature/cbc:ID", "NA"),
    field("cac:Signature/cac:SignatoryParty/cac:PartyName/cbc:Name", "signed_by"),
    after=_event,
    before=_event_before,
)


def _status(status, _reading):
    for unit in status.pop("_units", []):
        for name, target in (("id", "transport_handling_unit_id"), ("trace", "tracking_id")):
            if name in unit:
                status.setdefault(target, []).append(unit[name])
    for reference in status.pop("_references", []):
        if reference.get("document_type_code") in _ORDER and set(reference) <= {
            *_DATED,
            "document_type_code",
        }:
            del reference["document_type_code"]
            status.setdefault("order_reference", []).append(reference)
        else:
            status.setdefault("despatch_document_reference", []).append(reference)


_DATED = ("id", "issue_date")


def _status_before(status):
    status["_units"] = [{"id": number} for number in status.get("transport_handling_unit_id", ())]
    status["_units"] += [{"trace": number} for number in status.get("tracking_id", ())]
    orders = [
        {name: order[name] for name in _DATED if name in order} | {"document_type_code": _ORDER[0]}
        for order in status.get("order_reference", ())
    ]
    status["_references"] = orders + status.get("despatch_document_reference", [])


_GOODS = Table(field("cbc:ID", "id"), field("cbc:TraceID", "trace"))
TRANSPORTATION_STATUS = Table(
    *head(),
    field("cac:Consignment/cbc:ID", "shipment_id", ABSENT),
    field("cac:Consignment/cbc:CarrierAssignedID", "carrier_assigned_id"),
    field("cbc:CarrierAssignedID", "carrier_assigned_id", fallback=True),
    field("cac:Consignment/cbc:GrossWeightMeasure", "gross_weight_measure", QUANTITY),
    group("cac:Consignment/cac:ConsigneeParty", "consignee_party", OTHER_PARTY),
    group("cac:Consignment/cac:ConsignorParty", "consignor_party", OTHER_PARTY),
    group("cac:Consignment/cac:CarrierParty", "carrier_party", OTHER_PARTY),
    group("cac:Consignment/cac:TransportEvent*", "transport_events", _EVENT, read_only=True),
    group("cac:Consignment/cac:TransportHandlingUnit*", "_units", _GOODS),
    group("cac:TransportEvent*", "transport_events", _EVENT),
    group("cac:DocumentReference*", "_references", DOCUMENT_REFERENCE),
    group("cac:UpdatedDeliveryTransportEvent/cac:Period", "estimated_delivery_period", PERIOD),
    after=_status,
    before=_status_before,
)
