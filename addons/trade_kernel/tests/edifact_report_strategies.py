"""Hypothesis strategies of catalogues and reports that EDIFACT can carry as they are."""

from hypothesis import strategies as st

from .. import canonical as c
from ..canonical.inventory_report import QUANTITY_TYPES
from ..canonical.shipment_status import STATUSES
from .edifact_goods_strategies import line_references
from .edifact_strategies import (
    _document,
    addresses,
    allowances,
    coded_items,
    days,
    documents_named,
    ends,
    ids,
    items,
    long_words,
    maybe,
    notes,
    numbered,
    numbers,
    parties,
    positive,
    prices,
    references,
    several,
    spans,
    taxes,
    times,
    traders,
    words,
)

starts = st.builds(c.Period, start_date=days, start_time=maybe(times))
#: what is said by its two ends
bounded = starts | ends | spans
places = st.builds(
    c.Location,
    id=maybe(st.builds(c.Identifier, id=ids, scheme_id=st.sampled_from((None, "0088", "0060")))),
    name=words,
)
_countries = st.builds(
    c.Location, address=st.sampled_from(("BE", "CH")).map(lambda code: c.Address(country_code=code))
)
_sizes = st.builds(c.Quantity, value=positive, unit_code=st.just("PCE"))
catalogue_prices = st.builds(
    c.CataloguePrice,
    price=prices,
    price_type_code=st.sampled_from((None, "AAA", "AAE", "NTP", "SRP", "RTP")),
    minimum_quantity=maybe(_sizes),
    maximum_quantity=maybe(_sizes),
    validity_period=maybe(bounded),
    location=maybe(places | _countries),
)
_described = st.builds(
    lambda item, country, tariff, colour: item.model_copy(
        update={
            "origin_country": country,
            "commodity_classification": tariff,
            "extensions": {"properties": {"colour": colour}} if colour else {},
        }
    ),
    items,
    maybe(st.sampled_from(("DE", "CN"))),
    maybe(ids),
    maybe(words),
)


@st.composite
def catalogue_lines(draw):
    """An item with its prices; what comes off is taken off the gross price, or the first one."""
    found = draw(several(catalogue_prices, 3))
    off = draw(several(allowances)) if found else ()
    if found:
        kind = draw(st.sampled_from(("AAB", found[0].price_type_code)))
        found = (found[0].model_copy(update={"price_type_code": kind, "allowance_charge": off}), *found[1:])
    return c.CatalogueLine(
        id="1",
        action_code=draw(st.sampled_from((None, "add", "update", "delete", "unchanged"))),
        note=draw(notes),
        orderable_unit=draw(maybe(st.sampled_from(("PCE", "XBX")))),
        minimum_order_quantity=draw(maybe(_sizes)),
        order_quantity_increment=None,
        lead_time_days=draw(maybe(positive)),
        validity_period=draw(maybe(bounded)),
        replaced_item=draw(
            maybe(coded_items.map(lambda item: item.model_copy(update={"item_instance": ()})))
        ),
        item=draw(_described),
        tax_category=draw(several(taxes)),
        prices=found,
    )


@st.composite
def stepped_lines(draw):
    """The same, ordered in multiples: with the unit, when there is one."""
    line = draw(catalogue_lines())
    return line.model_copy(update={"order_quantity_increment": draw(positive)})


price_catalogues = st.builds(
    c.PriceCatalogue,
    action_code=st.sampled_from((None, "replace", "update", "delete")),
    document_currency_code=maybe(st.just("EUR")),
    validity_period=maybe(bounded),
    contract_reference=maybe(documents_named),
    provider_party=maybe(traders.map(lambda party: party.model_copy(update={"endpoint_id": None}))),
    receiver_party=maybe(traders),
    seller_supplier_party=maybe(traders),
    catalogue_lines=numbered(catalogue_lines() | stepped_lines(), least=1),
    **_document,
)

# --- stock ----------------------------------------------------------------------------------------
signed = st.builds(c.SignedQuantity, value=numbers, unit_code=st.sampled_from(("PCE", "KGM")))
stored = st.builds(
    c.Location,
    id=st.builds(c.Identifier, id=ids, scheme_id=st.sampled_from((None, "0088"))),
    name=maybe(words),
    address=maybe(addresses),
)
_stock_items = items.map(lambda item: item.model_copy(update={"pack_quantity": None, "item_instance": ()}))
_batches = st.builds(c.ItemInstance, lot_number_id=ids, expiry_date=maybe(days), best_before_date=maybe(days))
_batched = st.builds(
    lambda item, batch: item.model_copy(update={"item_instance": (batch,) if batch else ()}),
    _stock_items,
    maybe(_batches),
)


@st.composite
def stock_lines(draw):
    """The stock of an item in one place or several; lines of one LIN have numbers that follow each other."""
    item, lines = draw(_batched), []
    for index in range(draw(st.integers(1, 3))):
        lines.append(
            c.InventoryReportLine(
                id="1" if not index else f"1-{index + 1}",
                note=() if index else draw(notes),
                quantity=draw(signed),
                quantity_type_code=draw(st.sampled_from(QUANTITY_TYPES)),
                availability_date=draw(maybe(days)),
                inventory_location=draw(maybe(stored)),
                order_line_reference=draw(maybe(line_references)),
                item=item,
            )
        )
    return tuple(lines)


def _renumbered(groups):
    return tuple(
        line.model_copy(update={"id": f"{number}{line.id[1:]}"})
        for number, lines in enumerate(groups, 1)
        for line in lines
    )


inventory_reports = st.builds(
    c.InventoryReport,
    report_scope=st.sampled_from(("snapshot", "delta")),
    inventory_period=maybe(bounded),
    inventory_location=maybe(stored),
    retailer_customer_party=maybe(traders),
    inventory_reporting_party=maybe(parties),
    seller_supplier_party=maybe(traders),
    inventory_lines=st.lists(stock_lines(), min_size=1, max_size=3).map(_renumbered),
    **_document,
)

# --- shipments ------------------------------------------------------------------------------------
_named_places = st.builds(
    c.Location,
    id=maybe(st.builds(c.Identifier, id=ids, scheme_id=st.sampled_from((None, "0088")))),
    name=words,
)
_codes = st.sampled_from(("21", "22", "13", "82", "56", "D1", "ZZZ", "OFD")) | st.text(
    "ABC019", min_size=1, max_size=3
)
shipment_events = st.builds(
    c.ShipmentEvent,
    status_code=st.sampled_from(STATUSES),
    partner_status_code=maybe(_codes),
    reason_code=maybe(ids),
    description=maybe(long_words.map(lambda text: text[:350].strip())),
    occurrence_date=days,
    occurrence_time=maybe(times),
    location=maybe(_named_places),
    signed_by=maybe(words),
)


def _once(strategy):
    return st.lists(strategy, max_size=3, unique_by=lambda one: getattr(one, "id", one)).map(tuple)


shipment_statuses = st.builds(
    c.ShipmentStatus,
    shipment_id=maybe(ids),
    carrier_assigned_id=maybe(ids),
    tracking_id=_once(ids),
    transport_handling_unit_id=_once(st.text("123456789", min_size=18, max_size=18)),
    carrier_party=maybe(traders),
    consignor_party=maybe(traders),
    consignee_party=maybe(parties),
    order_reference=_once(references.map(lambda one: one.model_copy(update={"sales_order_id": None}))),
    despatch_document_reference=several(
        documents_named.map(lambda one: one.model_copy(update={"document_type_code": "351"}))
    ),
    estimated_delivery_period=maybe(spans | ends),
    gross_weight_measure=maybe(st.builds(c.Measure, value=numbers, unit_code=st.just("KGM"))),
    transport_events=st.lists(shipment_events, min_size=1, max_size=3).map(tuple),
    **_document,
)

# --- sales ----------------------------------------------------------------------------------------
_shops = st.none() | st.builds(
    c.Location,
    id=st.builds(c.Identifier, id=st.sampled_from(("SHOP-1", "SHOP-2")), scheme_id=st.just("0088")),
    name=maybe(words),
)
activity_lines = st.builds(
    c.ProductActivityLine,
    id=ids,
    activity_type_code=st.sampled_from((None, "sales", "returns", "transfer", "adjustment", "152")),
    quantity=signed,
    activity_period=maybe(bounded),
    activity_location=_shops,
    price=maybe(prices),
    order_reference=maybe(references),
    item=_stock_items,
)
product_activities = st.builds(
    c.ProductActivity,
    activity_period=maybe(bounded),
    sender_party=maybe(traders),
    receiver_party=maybe(traders),
    activity_lines=numbered(activity_lines, least=1),
    **_document,
)
