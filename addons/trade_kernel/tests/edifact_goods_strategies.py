"""Hypothesis strategies of the documents about goods on their way that EDIFACT can carry as they are."""

from hypothesis import strategies as st

from .. import canonical as c
from .edifact_strategies import (
    days,
    ids,
    items,
    locations,
    maybe,
    notes,
    numbered,
    parties,
    periods,
    positive,
    quantities,
    references,
    several,
    times,
    traders,
    words,
)

measures = st.builds(c.Measure, value=positive, unit_code=st.sampled_from(("KGM", "LBR", "MTQ")))
batches = st.builds(
    c.ItemInstance,
    lot_number_id=ids,
    serial_id=maybe(ids),
    expiry_date=maybe(days),
    best_before_date=maybe(days),
    manufacture_date=maybe(days),
    quantity=maybe(quantities),
)
pieces = st.builds(c.ItemInstance, serial_id=ids)
goods = st.builds(
    lambda item, instances, origin: item.model_copy(
        update={"item_instance": instances, "origin_country": origin}
    ),
    items,
    several(batches) | several(pieces, 7),
    maybe(st.sampled_from(("DE", "CN"))),
)
line_references = st.builds(c.OrderLineReference, line_id=ids) | st.builds(
    c.OrderLineReference,
    line_id=maybe(ids),
    sales_order_line_id=maybe(ids),
    order_reference=references,
)
kinds = st.sampled_from((None, "270", "271", "351", "380", "315"))
documents_named = st.builds(
    c.DocumentReference, id=ids, line_id=maybe(ids), issue_date=maybe(days), document_type_code=kinds
)
shipments = st.builds(
    c.Shipment,
    id=maybe(ids),
    carrier_party=maybe(st.builds(c.Party, party_name=words) | parties),
    carrier_assigned_id=maybe(ids),
    tracking_id=several(ids),
    transport_mode_code=st.sampled_from(("30", "40")),
    transport_means_id=maybe(ids),
    gross_weight_measure=maybe(measures),
    gross_volume_measure=maybe(measures),
    total_transport_handling_unit_quantity=maybe(st.integers(1, 99)),
    actual_despatch_date=days,
    actual_despatch_time=maybe(times),
    estimated_delivery_period=maybe(periods.filter(lambda period: not period.start_date)),
    delivery_terms=maybe(
        st.builds(c.DeliveryTerms, id=ids, delivery_location=maybe(st.builds(c.Location, name=words)))
    ),
)
document = {
    "id": ids,
    "sequence_number": st.integers(0, 99),
    "issue_date": days,
    "issue_time": maybe(times),
    "note": notes,
}
despatch_lines = st.builds(
    c.DespatchLine,
    id=ids,
    note=notes,
    delivered_quantity=quantities,
    outstanding_quantity=maybe(quantities),
    order_line_reference=maybe(line_references),
    item=goods,
)
_advices = st.builds(
    c.DespatchAdvice,
    despatch_advice_type_code=st.just("351"),
    order_reference=maybe(references),
    despatch_supplier_party=maybe(parties),
    delivery_customer_party=maybe(parties),
    buyer_customer_party=maybe(traders),
    seller_supplier_party=maybe(traders),
    delivery=maybe(
        st.builds(
            c.Delivery,
            actual_delivery_date=maybe(days),
            requested_delivery_period=maybe(periods),
            delivery_location=locations,
        )
    ),
    shipment=maybe(shipments),
    additional_document_reference=several(documents_named),
    despatch_lines=numbered(despatch_lines, least=1),
    **document,
)
_sscc = st.integers(0, 10**17 - 1).map(lambda number: f"3{number:017}")
#: no CPS number is called like one of these
_numbers = _sscc | st.integers(1, 99).map(lambda number: f"BOX-{number}")


@st.composite
def packed(draw, advice):
    """The advice with its goods on packages: some within others; a line may be in several."""
    numbers = draw(st.lists(_numbers, unique=True, max_size=4))
    contents: dict[str, list[c.PackedLine]] = {number: [] for number in numbers}
    for line in advice.despatch_lines:
        for number in numbers:
            quantity = draw(maybe(st.just(line.delivered_quantity) | quantities))
            if draw(st.booleans()):
                contents[number].append(c.PackedLine(line_id=line.id, quantity=quantity))
    units = tuple(
        c.TransportHandlingUnit(
            id=number,
            transport_handling_unit_type_code=draw(maybe(st.sampled_from(("CT", "201")))),
            gross_weight_measure=draw(maybe(measures)),
            parent_id=draw(maybe(st.sampled_from(numbers[:index]))) if index else None,
            packed_line=tuple(contents[number]),
        )
        for index, number in enumerate(numbers)
    )
    return advice.model_copy(update={"transport_handling_units": units})


despatch_advices = _advices.flatmap(packed)

despatches = st.builds(
    c.DocumentReference,
    id=ids,
    line_id=maybe(ids),
    issue_date=maybe(days),
    document_type_code=st.sampled_from((None, "270")),
)


@st.composite
def receipt_lines(draw):
    """What arrived; reasons only of what is missing or rejected."""
    short, rejected = draw(maybe(quantities)), draw(maybe(quantities))
    return c.ReceiptLine(
        id="1",
        note=draw(notes),
        received_quantity=draw(maybe(quantities)),
        short_quantity=short,
        shortage_action_code=draw(maybe(st.sampled_from(("BP", "CP")))) if short else None,
        oversupply_quantity=draw(maybe(quantities)),
        rejected_quantity=rejected,
        reject_reason_code=draw(maybe(st.just("AF"))) if rejected else None,
        reject_action_code=draw(maybe(st.just("RET"))) if rejected else None,
        reject_reason=draw(maybe(words)) if rejected else None,
        received_date=draw(maybe(days)),
        order_line_reference=draw(maybe(line_references)),
        despatch_line_reference=draw(maybe(despatches)),
        item=draw(goods),
    )


receipt_advices = st.builds(
    c.ReceiptAdvice,
    order_reference=maybe(references),
    despatch_document_reference=maybe(despatches),
    delivery_customer_party=maybe(traders),
    despatch_supplier_party=maybe(traders),
    shipment=maybe(shipments),
    receipt_lines=numbered(receipt_lines(), least=1),
    **document,
)
