"""Hypothesis strategies that make any canonical document."""

from datetime import date, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from .. import canonical as c

_FORBIDDEN = "".join(map(chr, (*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F)))
characters = st.characters(exclude_categories=("Cs",), exclude_characters=_FORBIDDEN)
texts = st.text(characters, min_size=1, max_size=12).filter(str.strip)
ids = st.one_of(st.text("ABC0123456789-/.", min_size=1, max_size=12), texts)
numbers = st.decimals("-999999999", "999999999", places=3).map(lambda n: n + 0) | st.integers(
    -9999, 9999
).map(Decimal)
positive = st.decimals("0.001", "999999", places=3) | st.integers(1, 9999).map(Decimal)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.builds(lambda moment, offset: moment.replace(tzinfo=offset), st.times(), offsets)
units = st.sampled_from(("C62", "KGM", "MTR", "XBX", "EA", "H87"))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(characters, max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(characters, max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
extensions = st.dictionaries(st.text(characters, max_size=5), json_values, max_size=2)


def optional(strategy):
    return st.none() | strategy


def lists(strategy, most=3):
    return st.lists(strategy, max_size=most).map(tuple)


def numbered(strategy, least=0, most=4):
    """Lines with ids of their own."""
    return st.lists(strategy, min_size=least, max_size=most).map(
        lambda lines: tuple(line.model_copy(update={"id": str(n)}) for n, line in enumerate(lines, 1))
    )


quantities = st.builds(c.Quantity, value=positive | st.just(Decimal(0)), unit_code=units)
amounts = st.builds(c.Amount, value=numbers, currency_id=st.just("EUR"))
prices = st.builds(c.Price, price_amount=amounts, base_quantity=optional(quantities))
identifiers = st.builds(c.Identifier, id=ids, scheme_id=optional(st.sampled_from(("0088", "0060", "0160"))))
addresses = st.builds(
    c.Address,
    street_name=optional(texts),
    city_name=optional(texts),
    postal_zone=optional(ids),
    country_code=optional(st.sampled_from(("BE", "US", "XI"))),
)
parties = st.builds(
    c.Party,
    party_name=texts,
    party_identification=lists(identifiers),
    postal_address=optional(addresses),
    contact=optional(st.builds(c.Contact, name=optional(texts), electronic_mail=optional(texts))),
    extensions=extensions,
)
items = st.builds(
    c.Item,
    name=texts,
    standard_item_identification=optional(identifiers),
    buyers_item_identification=optional(identifiers),
    sellers_item_identification=optional(identifiers),
    extensions=extensions,
)
periods = st.one_of(
    st.builds(c.Period, end_date=days, end_time=optional(times)),
    st.builds(
        lambda day, length: c.Period(start_date=day, end_date=day + length),
        days,
        st.timedeltas(timedelta(0), timedelta(30)),
    ),
)
deliveries = st.builds(
    c.Delivery,
    promised_delivery_period=optional(periods),
    requested_delivery_period=optional(periods),
    delivery_party=optional(parties),
    delivery_location=optional(st.builds(c.Location, id=optional(identifiers), address=optional(addresses))),
)
_document = {
    "id": ids,
    "sequence_number": st.integers(0, 99),
    "issue_date": days,
    "issue_time": optional(times),
    "note": lists(texts, 2),
    "extensions": extensions,
}
_order_line = {
    "id": ids,
    "quantity": st.builds(c.Quantity, value=positive, unit_code=units),
    "price": optional(prices),
    "line_extension_amount": optional(amounts),
    "requested_delivery_period": optional(periods),
    "item": items,
    "note": lists(texts, 1),
    "extensions": extensions,
}
_order = _document | {
    "document_currency_code": st.just("EUR"),
    "buyer_customer_party": parties,
    "seller_supplier_party": parties,
    "delivery": optional(deliveries),
    "delivery_terms": optional(st.builds(c.DeliveryTerms, id=optional(ids), special_terms=optional(texts))),
    "payment_terms": optional(st.builds(c.PaymentTerms, id=optional(ids), note=lists(texts, 1))),
    "anticipated_monetary_total": optional(st.builds(c.MonetaryTotal, payable_amount=optional(amounts))),
}
references = st.builds(
    c.OrderReference, id=ids, sales_order_id=optional(ids), sequence_number=optional(st.integers(0, 9))
)
orders = st.builds(c.Order, order_lines=numbered(st.builds(c.OrderLine, **_order_line), least=1), **_order)
order_changes = st.builds(
    c.OrderChange,
    order_reference=references,
    order_lines=numbered(
        st.builds(c.OrderChangeLine, line_status_code=st.sampled_from("1235"), **_order_line), least=1
    ),
    **_order,
)


@st.composite
def response_lines(draw):
    """Any line a supplier may answer with."""
    parts = draw(st.lists(st.tuples(positive, optional(periods)), max_size=3))
    unit = draw(units)
    total = c.Quantity(value=sum(size for size, _period in parts), unit_code=unit) if parts else None
    return c.OrderResponseLine(
        id="1",
        order_line_reference=c.LineReference(line_id=draw(ids)),
        line_status_code=draw(st.sampled_from(("5", "7", "42"))),
        quantity=total or draw(optional(quantities)),
        price=draw(optional(prices)),
        promised_delivery_period=draw(optional(periods)),
        deliveries=tuple(
            c.Delivery(quantity=c.Quantity(value=size, unit_code=unit), promised_delivery_period=period)
            for size, period in parts
        ),
        maximum_backorder_quantity=draw(optional(quantities)),
        backorder_delivery_period=draw(optional(periods)),
        seller_substituted_item=draw(optional(items)),
        item=draw(optional(items)),
        note=draw(lists(texts, 1)),
        reason_code=draw(optional(ids)),
        extensions=draw(extensions),
    )


order_responses = st.builds(
    c.OrderResponse,
    order_response_code=st.sampled_from(("AB", "AP", "RE")),
    document_currency_code=st.just("EUR"),
    order_reference=references,
    seller_supplier_party=optional(parties),
    delivery=optional(deliveries),
    order_lines=numbered(response_lines()),
    **_document,
)
documents = st.one_of(orders, order_changes, order_responses)
