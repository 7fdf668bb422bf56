"""Hypothesis strategies of despatch and receipt advice that X12 can carry as they are."""

from decimal import Decimal

from hypothesis import strategies as st

from .. import canonical as c
from .x12_strategies import (
    _document,
    days,
    ids,
    items,
    locations,
    maybe,
    notes,
    numbers,
    parties,
    periods,
    plain_ends,
    quantities,
    references,
    several,
    short_ids,
    times,
    traders,
    words,
)

own_references = references.map(lambda one: one.model_copy(update={"sales_order_id": None}))
measures = st.builds(c.Measure, value=numbers, unit_code=st.sampled_from(("KGM", "LBR", "FTQ")))
carriers = st.builds(
    c.Party,
    party_name=maybe(words),
    party_identification=short_ids.map(lambda code: (c.Identifier(id=code),)),
)


@st.composite
def shipments(draw):
    left = draw(maybe(days))
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
        total_transport_handling_unit_quantity=draw(st.integers(1, 99).map(Decimal)),
        actual_despatch_date=left,
        actual_despatch_time=draw(maybe(times)) if left else None,
        estimated_delivery_period=draw(maybe(periods)),
    )


sscc = st.text("0123456789", min_size=18, max_size=18)
batches = st.builds(
    c.ItemInstance, lot_number_id=ids, expiry_date=maybe(days), manufacture_date=maybe(days)
).map(lambda one: (one,))


@st.composite
def despatch_advice(draw):
    """Lines of one or several orders, each in no package, in one, or in several."""
    orders = draw(st.lists(own_references, min_size=1, max_size=3, unique_by=lambda one: one.id))
    single = len(orders) == 1 and draw(st.booleans())
    lines = []
    for index in range(draw(st.integers(1, 5))):
        item = draw(items)
        if draw(st.booleans()):
            item = item.model_copy(update={"item_instance": draw(batches)})
        delivered = draw(quantities)
        rest = draw(maybe(quantities))
        reference = c.OrderLineReference(
            line_id=draw(maybe(ids)),
            sales_order_line_id=draw(maybe(ids)),
            order_reference=None if single else draw(st.sampled_from(orders)),
        )
        lines.append(
            c.DespatchLine(
                id=str(index + 1),
                delivered_quantity=delivered,
                outstanding_quantity=rest and rest.model_copy(update={"unit_code": delivered.unit_code}),
                order_line_reference=reference if reference.model_dump(exclude_none=True) else None,
                item=item,
                note=draw(notes),
            )
        )
    return c.DespatchAdvice(
        order_reference=draw(references) if single else None,
        despatch_lines=lines,
        transport_handling_units=draw(packages(lines)),
        despatch_supplier_party=draw(maybe(traders)),
        delivery_customer_party=draw(maybe(traders)),
        buyer_customer_party=draw(maybe(parties)),
        seller_supplier_party=draw(maybe(parties)),
        delivery=draw(
            maybe(
                st.builds(
                    c.Delivery,
                    delivery_location=locations,
                    delivery_party=maybe(parties),
                    requested_delivery_period=maybe(plain_ends),
                    actual_delivery_date=maybe(days),
                )
            )
        ),
        shipment=draw(maybe(shipments())),
        additional_document_reference=draw(
            several(
                st.builds(
                    c.DocumentReference,
                    id=ids,
                    document_type_code=st.sampled_from((None, "271", "380")),
                )
            )
        ),
        **{name: draw(strategy) for name, strategy in _document.items() if name != "sequence_number"},
        sequence_number=draw(st.integers(0, 1)),
    )


@st.composite
def packages(draw, lines):
    pallet = draw(maybe(sscc))
    names = draw(st.lists(sscc | ids, max_size=4, unique=True))
    names = [name for name in names if name != pallet]
    packed = {name: [] for name in names}
    for line in lines if names else ():
        holders = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
        for holder in holders:
            quantity = draw(maybe(quantities))
            packed[holder].append(c.PackedLine(line_id=line.id, quantity=quantity))
    units = [
        c.TransportHandlingUnit(
            id=name,
            transport_handling_unit_type_code=draw(st.sampled_from((None, "CT", "BX"))),
            parent_id=pallet,
            gross_weight_measure=draw(maybe(measures)),
            packed_line=packed[name],
        )
        for name in names
    ]
    if pallet:
        units.append(c.TransportHandlingUnit(id=pallet, transport_handling_unit_type_code="PX"))
    return draw(st.permutations(units))


despatch_advices = despatch_advice()


@st.composite
def receipt_lines(draw):
    rejected = draw(maybe(quantities))
    reference = c.OrderLineReference(
        line_id=draw(maybe(ids)),
        sales_order_line_id=draw(maybe(ids)),
        order_reference=draw(maybe(own_references)),
    )
    item = draw(items)
    if draw(st.booleans()):
        item = item.model_copy(update={"item_instance": draw(batches)})
    return c.ReceiptLine(
        id=draw(ids),
        note=draw(notes),
        received_quantity=draw(maybe(quantities)),
        short_quantity=draw(maybe(quantities)),
        oversupply_quantity=draw(maybe(quantities)),
        rejected_quantity=rejected,
        reject_reason_code=draw(maybe(st.sampled_from(("01", "05")))) if rejected else None,
        order_line_reference=reference if reference.model_dump(exclude_none=True) else None,
        despatch_line_reference=draw(maybe(st.builds(c.DocumentReference, id=ids))),
        item=item,
    )


receipt_advices = st.builds(
    c.ReceiptAdvice,
    **{name: strategy for name, strategy in _document.items() if name != "sequence_number"},
    sequence_number=st.integers(0, 1),
    order_reference=maybe(references),
    despatch_document_reference=maybe(st.builds(c.DocumentReference, id=ids)),
    delivery_customer_party=maybe(traders),
    despatch_supplier_party=maybe(traders),
    shipment=maybe(shipments().map(lambda shipment: shipment.model_copy(update={"id": None}))),
    receipt_lines=st.lists(receipt_lines(), min_size=1, max_size=4, unique_by=lambda line: line.id),
)
