"""Hypothesis strategies of catalogues and reports that X12 can carry as they are."""

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
    numbered,
    numbers,
    parties,
    periods,
    traders,
    units,
)

signed = st.builds(c.SignedQuantity, value=numbers, unit_code=units)
#: a LIN has room for fifteen numbers
report_items = items.map(lambda item: item.model_copy(update={"item_instance": item.item_instance[:2]}))
stock_types = st.sampled_from(("available", "on_hand", "reserved", "on_order", "back_order"))
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
            item=report_items,
        ),
        least=1,
    ),
    **_document,
)
