"""Hypothesis strategies that make any canonical document.

A part is made from its own class: the fields it must have, and a few of those it may have. A field added to
a class is therefore drawn without a change here; only what its type does not tell (ids that must not repeat,
sums that must be right) is said below.
"""

import base64
import types
from datetime import date, time, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import Annotated, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from .. import canonical as c
from ..canonical import base

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
files = st.binary(max_size=9).map(lambda content: base64.b64encode(content).decode())
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(characters, max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(characters, max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
extensions = st.dictionaries(st.text(characters, max_size=5), json_values, max_size=2)

#: the field types that are more than their Python type
_TYPES = (
    (base.Base64, files),
    (base.Extensions, extensions),
    (base.Currency, st.just("EUR")),
    (base.Country, st.sampled_from(("BE", "US", "XI"))),
    (base.UnitCode, units),
    (base.SchemeId, st.sampled_from(("0088", "0060", "0160"))),
    (base.PositiveNumber, positive | st.just(Decimal(0))),
    (base.Number, numbers),
    (base.Date, days),
    (base.Time, times),
    (base.Revision, st.integers(0, 99)),
    (base.Id, ids),
    (base.Name, texts),
    (base.Note, texts),
)
_PLAIN = {str: texts, bool: st.booleans(), int: st.integers(0, 99), date: days, time: times}
#: most fields that need not be there that are drawn for one part
_MOST = 8


def optional(strategy):
    return st.none() | strategy


def lists(strategy, most=3):
    return st.lists(strategy, max_size=most).map(tuple)


def numbered(strategy, least=0, most=4):
    """Lines with ids of their own."""
    return st.lists(strategy, min_size=least, max_size=most).map(
        lambda lines: tuple(line.model_copy(update={"id": str(n)}) for n, line in enumerate(lines, 1))
    )


def some(cls, **chosen):
    """Parts of ``cls``: all that must be there, a few of what may.

    :param chosen: strategies for fields whose type does not say enough; these are always drawn.
    """
    fields = {name: field for name, field in cls.model_fields.items() if name not in _CONSTANT | set(chosen)}
    must = {name for name, field in fields.items() if field.is_required()}
    may = sorted(set(fields) - must)

    @st.composite
    def parts(draw):
        hints = _hints(cls)
        names = must | (draw(st.sets(st.sampled_from(may), max_size=_MOST)) if may else set())
        values = {name: draw(of_type(hints[name])) for name in sorted(names)}
        if "emptied" in values:  # what has a value is not emptied
            values["emptied"] = tuple(name for name in values["emptied"] if name not in values)
        return cls(**values, **{name: draw(strategy) for name, strategy in chosen.items()})

    return parts()


_CONSTANT = {"document_type", "schema_version"}


@cache
def _hints(cls):
    return get_type_hints(cls, include_extras=True)


def of_type(hint):
    """What a field of this type may hold, never ``None``."""
    for known, strategy in _TYPES:
        if hint == known:
            return strategy
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return of_type(arguments[0])
    if origin in (Union, types.UnionType):
        return st.one_of([of_type(inner) for inner in arguments if inner is not type(None)])
    if origin is tuple:
        return lists(of_type(arguments[0]), 2)
    if origin is Literal:
        return st.sampled_from(arguments)
    return _PLAIN[hint] if hint in _PLAIN else _part(hint)


@cache
def _part(cls):
    return _SPECIAL[cls] if cls in _SPECIAL else some(cls)


quantities = some(c.Quantity)
amounts = some(c.Amount)
identifiers = some(c.Identifier)
addresses = some(c.Address)
prices = some(c.Price)
parties = some(c.Party, party_name=texts)
items = some(c.Item, name=texts)
periods = st.one_of(
    st.builds(c.Period, end_date=days, end_time=optional(times)),
    st.builds(
        lambda day, length: c.Period(start_date=day, end_date=day + length),
        days,
        st.timedeltas(timedelta(0), timedelta(30)),
    ),
)
_SPECIAL = {
    c.Party: parties,
    c.Item: items,
    c.Period: periods,
    c.PartyReference: some(c.PartyReference, company_id=ids),
    c.PartyLocation: st.one_of(
        some(c.PartyLocation, action=st.just("remove")),
        some(c.PartyLocation, address=some(c.PartyAddress)),
    ),
}
deliveries = some(c.Delivery)
references = some(c.OrderReference)

_ordered = st.builds(c.Quantity, value=positive, unit_code=units)
order_lines = some(c.OrderLine, quantity=_ordered)
orders = some(c.Order, order_lines=numbered(order_lines, least=1))
_deleted = some(c.OrderChangeLine, line_status_code=st.just("2"))
_other = some(c.OrderChangeLine, line_status_code=st.sampled_from("135"), quantity=_ordered, item=items)
order_changes = some(c.OrderChange, order_lines=numbered(_deleted | _other, least=1))
order_cancellations = some(c.OrderCancellation)


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
        line_extension_amount=draw(optional(amounts)),
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


order_responses = some(
    c.OrderResponse,
    order_response_code=st.sampled_from(("AB", "AP", "RE")),
    order_lines=numbered(response_lines()),
)


@st.composite
def packed(draw, advice):
    """The advice with its goods on packages: some within others, all holding lines that are there."""
    lines = st.sampled_from([line.id for line in advice.despatch_lines])
    contents = lists(some(c.PackedLine, line_id=lines), 2)
    units = draw(numbered(some(c.TransportHandlingUnit, parent_id=st.none(), packed_line=contents)))
    within = [
        unit.model_copy(update={"parent_id": draw(optional(st.sampled_from([u.id for u in units[:index]])))})
        for index, unit in enumerate(units)
        if index
    ]
    return advice.model_copy(update={"transport_handling_units": (*units[:1], *within)})


despatch_advices = some(
    c.DespatchAdvice,
    despatch_lines=numbered(some(c.DespatchLine), least=1),
    transport_handling_units=st.just(()),
).flatmap(packed)
receipt_advices = some(c.ReceiptAdvice, receipt_lines=numbered(some(c.ReceiptLine), least=1))
_invoice_lines = numbered(some(c.InvoiceLine), least=1)
invoices = some(c.Invoice, invoice_lines=_invoice_lines)
credit_notes = some(c.CreditNote, invoice_lines=_invoice_lines)
price_catalogues = some(c.PriceCatalogue, catalogue_lines=numbered(some(c.CatalogueLine), least=1))
inventory_reports = some(c.InventoryReport, inventory_lines=numbered(some(c.InventoryReportLine), least=1))
product_activities = some(c.ProductActivity, activity_lines=numbered(some(c.ProductActivityLine), least=1))
shipment_statuses = some(
    c.ShipmentStatus,
    transport_events=st.lists(some(c.ShipmentEvent), min_size=1, max_size=3).map(tuple),
)
remittance_advices = some(
    c.RemittanceAdvice,
    total_payment_amount=amounts,
    remittance_lines=numbered(some(c.RemittanceAdviceLine)),
)
account_statements = some(
    c.AccountStatement,
    statement_lines=numbered(some(c.AccountStatementLine, debit_amount=amounts), least=1),
)
party_updates = some(c.PartyUpdate)
shipping_orders = some(c.ShippingOrder, order_lines=numbered(order_lines, least=1))
quotations = some(c.Quotation, quotation_lines=numbered(some(c.QuotationLine)))
acknowledgements = some(c.Acknowledgement)

#: by document_type
by_type = {
    "order": orders,
    "order_change": order_changes,
    "order_cancellation": order_cancellations,
    "order_response": order_responses,
    "despatch_advice": despatch_advices,
    "receipt_advice": receipt_advices,
    "invoice": invoices,
    "credit_note": credit_notes,
    "price_catalogue": price_catalogues,
    "inventory_report": inventory_reports,
    "product_activity": product_activities,
    "shipment_status": shipment_statuses,
    "remittance_advice": remittance_advices,
    "account_statement": account_statements,
    "party_update": party_updates,
    "shipping_order": shipping_orders,
    "quotation": quotations,
    "acknowledgement": acknowledgements,
}
documents = st.one_of(*by_type.values())
