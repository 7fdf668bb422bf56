"""Hypothesis strategies of what shipper, warehouse and carrier tell each other, as X12 can carry it."""

from decimal import Decimal

from hypothesis import strategies as st

from .. import canonical as c
from .x12_shipping_strategies import carriers, measures, sscc
from .x12_strategies import (
    _document,
    days,
    ends,
    ids,
    items,
    locations,
    maybe,
    notes,
    parties,
    positive,
    quantities,
    several,
    spans,
    times,
    traders,
    words,
)

wanted = ends | spans | st.builds(c.Period, start_date=days)
places = st.builds(
    c.Delivery,
    delivery_location=locations,
    delivery_party=maybe(parties),
    requested_delivery_period=maybe(wanted),
)
instances = st.builds(c.ItemInstance, lot_number_id=ids, expiry_date=maybe(days)).map(lambda one: (one,))
#: a line has room for few numbers and no description
goods = st.builds(
    lambda item, batch: item.model_copy(
        update={
            "description": None,
            "manufacturers_item_identification": None,
            "buyers_item_identification": None,
            "item_instance": batch or item.item_instance[:1],
        }
    ),
    items,
    maybe(instances),
)


def unique(lines):
    return st.lists(lines, min_size=1, max_size=4, unique_by=lambda line: line.id)


numbers = ids | st.integers(1, 99).map(str)
orders = st.builds(c.OrderReference, id=ids, issue_date=maybe(days))
shipping_orders = st.builds(
    c.ShippingOrder,
    order_reference=maybe(orders),
    depositor_party=maybe(traders),
    warehouse_party=maybe(traders),
    delivery=maybe(places),
    freight_forwarder_party=maybe(carriers),
    order_lines=unique(st.builds(c.OrderLine, id=numbers, quantity=quantities, item=goods, note=notes)),
    **_document,
)


@st.composite
def shipments(draw):
    carrier = draw(maybe(carriers))
    return c.Shipment(
        id=draw(maybe(ids)),
        carrier_party=carrier,
        carrier_assigned_id=draw(maybe(ids)),
        tracking_id=draw(st.lists(ids, max_size=3, unique=True)),
        transport_mode_code=draw(maybe(st.sampled_from("12346"))) if carrier else None,
        transport_means_id=draw(maybe(ids)),
        gross_weight_measure=draw(maybe(measures)),
        gross_volume_measure=draw(maybe(measures)),
        total_transport_handling_unit_quantity=draw(maybe(st.integers(1, 99).map(Decimal))),
        actual_despatch_date=draw(days),
        actual_despatch_time=draw(maybe(times)),
        estimated_delivery_period=draw(maybe(ends)),
    )


@st.composite
def advice(draw, *, packed):
    lines = []
    for number in draw(st.lists(numbers, min_size=1, max_size=4, unique=True)):
        sent, rest = draw(quantities), draw(maybe(positive)) if packed else None
        reference = c.OrderLineReference(
            line_id=draw(maybe(ids)), order_reference=draw(maybe(st.builds(c.OrderReference, id=ids)))
        )
        lines.append(
            c.DespatchLine(
                id=number,
                delivered_quantity=sent,
                outstanding_quantity=rest and c.Quantity(value=rest, unit_code=sent.unit_code),
                order_line_reference=reference if reference.model_dump(exclude_none=True) else None,
                item=draw(goods),
                note=draw(notes),
            )
        )
    units = []
    kind = draw(st.sampled_from((sscc, ids)))
    for name in draw(st.lists(kind, max_size=3, unique=True)) if packed else ():
        inside = draw(
            st.lists(st.sampled_from(lines), min_size=1, max_size=3, unique_by=lambda line: line.id)
        )
        packs = [c.PackedLine(line_id=line.id) for line in inside]
        units.append(c.TransportHandlingUnit(id=name, packed_line=packs))
    own = draw(maybe(ids))
    return c.DespatchAdvice(
        order_reference=draw(maybe(orders.map(lambda one: one.model_copy(update={"sales_order_id": own})))),
        despatch_supplier_party=draw(maybe(traders if packed else parties)),
        seller_supplier_party=draw(maybe(traders)),
        buyer_customer_party=draw(maybe(parties)),
        delivery_customer_party=draw(maybe(parties)),
        delivery=draw(maybe(places)),
        shipment=draw(shipments()),
        transport_handling_units=units,
        additional_document_reference=draw(several(st.builds(c.DocumentReference, id=ids))),
        despatch_lines=lines,
        **{name: draw(strategy) for name, strategy in _document.items() if name != "issue_time"},
    )


receipts = st.builds(
    c.ReceiptAdvice,
    order_reference=maybe(st.builds(c.OrderReference, id=ids)),
    despatch_document_reference=maybe(st.builds(c.DocumentReference, id=ids)),
    delivery_customer_party=maybe(traders),
    despatch_supplier_party=maybe(parties),
    shipment=maybe(st.builds(c.Shipment, carrier_party=carriers, transport_means_id=maybe(ids))),
    receipt_lines=unique(
        st.builds(
            c.ReceiptLine,
            id=numbers,
            received_quantity=quantities,
            short_quantity=maybe(quantities),
            oversupply_quantity=maybe(quantities),
            rejected_quantity=maybe(quantities),
            order_line_reference=maybe(st.builds(c.OrderLineReference, line_id=ids)),
            item=goods,
            note=notes,
        )
    ),
    **_document,
)

# --- carriers -------------------------------------------------------------------------------------
CODES = {
    "XB": "announced",
    "P1": "departed",
    "AF": "departed",
    "X6": "in_transit",
    "D1": "delivered",
    "SD": "delayed",
    "A3": "returned",
    "AB": "other",
    "ZQ": "other",
}
towns = st.builds(
    c.Address,
    city_name=maybe(words),
    country_subentity=maybe(ids),
    country_code=st.sampled_from(("US", "BE")),
)
events = st.sampled_from(list(CODES)).flatmap(
    lambda code: st.builds(
        c.ShipmentEvent,
        status_code=st.just(CODES[code]),
        partner_status_code=st.just(code),
        reason_code=maybe(ids),
        description=maybe(words),
        occurrence_date=days,
        occurrence_time=maybe(times),
        location=maybe(st.builds(c.Location, address=towns)),
    )
)
statuses = st.builds(
    c.ShipmentStatus,
    shipment_id=maybe(ids),
    carrier_assigned_id=maybe(ids),
    tracking_id=st.lists(ids, max_size=3, unique=True),
    transport_handling_unit_id=st.lists(sscc, max_size=2, unique=True),
    carrier_party=maybe(traders),
    consignor_party=maybe(parties),
    consignee_party=maybe(parties),
    order_reference=st.lists(orders, max_size=3, unique_by=lambda one: one.id),
    despatch_document_reference=st.lists(
        st.builds(c.DocumentReference, id=ids), max_size=2, unique_by=lambda one: one.id
    ),
    estimated_delivery_period=maybe(ends),
    gross_weight_measure=maybe(measures.filter(lambda one: one.unit_code != "FTQ")),
    transport_events=st.lists(events, min_size=1, max_size=4),
    **_document,
)
