"""Hypothesis strategies of catalogues and reports that X12 can carry as they are."""

from decimal import Decimal

from hypothesis import strategies as st

from .. import canonical as c
from .x12_billing_strategies import own_references
from .x12_strategies import (
    _document,
    allowances,
    amounts,
    days,
    ends,
    ids,
    items,
    locations,
    maybe,
    notes,
    numbered,
    numbers,
    parties,
    periods,
    positive,
    several,
    spans,
    taxes,
    traders,
    units,
    words,
)

signed = st.builds(c.SignedQuantity, value=numbers, unit_code=units)
#: a LIN has room for fifteen numbers
report_items = items.map(lambda item: item.model_copy(update={"item_instance": item.item_instance[:2]}))
stock_types = st.sampled_from(("available", "on_hand", "reserved", "on_order", "back_order"))


def _for_orders(line):
    """What is free is for no order: 846 cannot say so."""
    waits = line.quantity_type_code not in ("available", "on_hand")
    return line if waits else line.model_copy(update={"order_line_reference": None})


inventory_reports = st.builds(
    c.InventoryReport,
    report_scope=st.sampled_from(("snapshot", "delta")),
    inventory_period=maybe(periods),
    inventory_location=maybe(locations),
    retailer_customer_party=maybe(parties),
    inventory_reporting_party=maybe(traders),
    seller_supplier_party=maybe(parties),
    inventory_lines=numbered(
        st.builds(
            c.InventoryReportLine,
            id=ids,
            note=notes,
            quantity=signed,
            quantity_type_code=stock_types,
            availability_date=maybe(days),
            inventory_location=maybe(locations),
            order_line_reference=maybe(own_references),
            item=report_items,
        ).map(_for_orders),
        least=1,
    ),
    **_document,
)


# --- catalogues -----------------------------------------------------------------------------------
validities = ends | spans | st.builds(c.Period, start_date=days)
kinds = st.sampled_from((None, "AAA", "AAB", "MSR", "RTP", "CON", "WH", "XYZ"))


@st.composite
def catalogue_prices(draw):
    unit = draw(units)
    quantities = maybe(st.builds(c.Quantity, value=positive, unit_code=st.just(unit)))
    return c.CataloguePrice(
        price=c.Price(price_amount=draw(amounts), base_quantity=draw(quantities)),
        price_type_code=draw(kinds),
        minimum_quantity=draw(quantities),
        validity_period=draw(maybe(validities)),
        allowance_charge=draw(several(allowances)),
    )


@st.composite
def catalogue_lines(draw):
    unit = draw(maybe(units))
    item = draw(report_items)
    extras = draw(maybe(st.fixed_dictionaries({"colour": words, "size": words})))
    pack = draw(maybe(positive))
    item = item.model_copy(
        update={
            "extensions": {"properties": extras} if extras else {},
            "pack_quantity": pack and c.Quantity(value=pack, unit_code="C62"),
        }
    )
    least = draw(maybe(positive)) if unit else None
    return c.CatalogueLine(
        id=draw(ids),
        action_code=draw(st.sampled_from((None, "add", "update", "delete"))),
        note=draw(notes),
        orderable_unit=unit,
        minimum_order_quantity=least and c.Quantity(value=least, unit_code=unit),
        order_quantity_increment=draw(maybe(positive)),
        lead_time_days=draw(maybe(st.integers(0, 99).map(Decimal))),
        validity_period=draw(maybe(validities)),
        item=item,
        tax_category=draw(several(taxes)),
        prices=draw(several(catalogue_prices(), 4)),
    )


catalogues = st.builds(
    c.PriceCatalogue,
    action_code=st.sampled_from((None, "replace", "update", "delete")),
    document_currency_code=st.sampled_from((None, "USD", "EUR")),
    validity_period=maybe(validities),
    contract_reference=maybe(st.builds(c.DocumentReference, id=ids)),
    provider_party=maybe(parties),
    receiver_party=maybe(traders),
    seller_supplier_party=maybe(traders),
    catalogue_lines=numbered(catalogue_lines(), least=1),
    **_document,
)


# --- activities -----------------------------------------------------------------------------------
some_prices = st.builds(
    c.Price,
    price_amount=amounts,
    base_quantity=maybe(st.builds(c.Quantity, value=positive, unit_code=units)),
)


def activities(happened, line_periods, document_periods, prices=some_prices):
    """Reports in whose lines such things happened, with such periods and prices."""
    line = st.builds(
        c.ProductActivityLine,
        id=ids,
        activity_type_code=st.sampled_from(happened),
        quantity=signed,
        activity_period=maybe(line_periods),
        activity_location=maybe(locations),
        price=maybe(prices),
        order_reference=maybe(st.builds(c.OrderReference, id=ids)),
        item=report_items,
    )
    return st.builds(
        c.ProductActivity,
        activity_period=maybe(document_periods),
        sender_party=maybe(traders),
        receiver_party=maybe(traders),
        activity_lines=numbered(line, least=1),
        **_document,
    )


plain_ends = st.builds(c.Period, end_date=days)
happenings = ("sales", "returns", "transfer", "adjustment", "QA", "QR")
product_activities = activities(happenings, plain_ends, plain_ends | spans)
unit_prices = some_prices.map(
    lambda price: price.model_copy(
        update={"base_quantity": price.base_quantity and c.Quantity(value=1, unit_code="EA")}
    )
)
transfers = activities(("sales", "returns", "PA"), plain_ends, periods, unit_prices)
