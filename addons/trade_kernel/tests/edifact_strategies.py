"""Hypothesis strategies of the documents that EDIFACT can carry as they are."""

from datetime import UTC, date, time, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from .. import canonical as c
from ..codecs.edifact.messages.contrl import MEANINGS

#: what partners write: letters beyond ASCII, and everything that means something in EDIFACT
_SIGNS = "ABCXYZabcxyz0189 '+:?*.,-/äöüßé€你"
words = st.text(_SIGNS, min_size=1, max_size=40).map(lambda text: " ".join(text.split())).filter(bool)
long_words = st.text(_SIGNS, min_size=1, max_size=400).map(str.strip).filter(bool)
ids = st.text("ABC0123456789-/.'+:?*", min_size=1, max_size=17)
texts = (
    st.text(_SIGNS + "\n", min_size=1, max_size=300)
    .map(lambda text: "\n".join(line.rstrip() for line in text.strip().split("\n")))
    .filter(bool)
)
notes = st.lists(
    st.text(_SIGNS + "\n", min_size=1, max_size=500).map(str.strip).filter(bool), max_size=3
).map(lambda found: tuple("\n".join(line.rstrip() for line in note.split("\n")) for note in found))
numbers = st.decimals("-99999", "99999", places=3) | st.integers(-9999, 9999).map(Decimal)
positive = st.decimals("0.001", "999999", places=3) | st.integers(1, 9999).map(Decimal)
days = st.dates(date(2000, 1, 1), date(2068, 12, 31))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.builds(
    lambda moment, offset: moment.replace(microsecond=0, tzinfo=offset),
    st.times(),
    st.just(UTC) | offsets,
)


def maybe(strategy):
    return st.none() | strategy


def several(strategy, most=2):
    return st.lists(strategy, max_size=most).map(tuple)


def numbered(strategy, least=0):
    return st.lists(strategy, min_size=least, max_size=4).map(
        lambda lines: tuple(line.model_copy(update={"id": str(n)}) for n, line in enumerate(lines, 1))
    )


quantities = st.builds(c.Quantity, value=positive, unit_code=st.sampled_from(("C62", "PCE", "KGM", "XBX")))
amounts = st.builds(c.Amount, value=numbers, currency_id=st.just("EUR"))
prices = st.builds(c.Price, price_amount=amounts, base_quantity=maybe(quantities))
schemes = st.sampled_from((None, "0088", "0060", "9930"))
identifiers = st.builds(c.Identifier, id=ids, scheme_id=schemes)
addresses = st.builds(
    c.Address,
    street_name=words,
    additional_street_name=maybe(words),
    city_name=maybe(words),
    postal_zone=maybe(ids),
    country_subentity=maybe(words),
    country_code=maybe(st.sampled_from(("BE", "US", "XI"))),
)
contacts = st.builds(c.Contact, name=words, telephone=maybe(ids), electronic_mail=maybe(words))
parties = st.builds(
    c.Party,
    party_name=long_words,
    party_identification=several(identifiers),
    postal_address=maybe(addresses),
    company_id=maybe(ids),
    contact=maybe(contacts),
)
traders = st.builds(
    lambda party, endpoint: party.model_copy(update={"endpoint_id": endpoint}), parties, maybe(identifiers)
)
gtins = st.builds(c.Identifier, id=st.text("0123456789", min_size=13, max_size=13), scheme_id=st.just("0160"))
own = st.builds(c.Identifier, id=ids)
batches = st.builds(c.ItemInstance, lot_number_id=ids)
items = st.builds(
    c.Item,
    name=long_words,
    description=maybe(texts),
    standard_item_identification=maybe(gtins),
    buyers_item_identification=maybe(own),
    sellers_item_identification=maybe(own),
    manufacturers_item_identification=maybe(own),
    pack_quantity=maybe(quantities),
    item_instance=several(batches),
)
coded_items = items.map(
    lambda item: item.model_copy(update={"name": None, "description": None, "pack_quantity": None})
).filter(lambda item: item.identifiers)
spans = st.builds(
    lambda day, length: c.Period(start_date=day, end_date=day + length),
    days,
    st.timedeltas(timedelta(0), timedelta(30)),
)
ends = st.builds(c.Period, end_date=days, end_time=maybe(times))
periods = st.one_of(
    ends,
    spans,
    st.builds(c.Period, start_date=days, start_time=maybe(times)),
    st.builds(
        lambda span, start, end: span.model_copy(update={"start_time": start, "end_time": end}),
        spans,
        maybe(times),
        times,
    ),
)
locations = st.builds(c.Location, id=maybe(identifiers), name=words, address=maybe(addresses))
deliveries = st.builds(
    c.Delivery,
    requested_delivery_period=maybe(periods),
    delivery_location=locations,
    delivery_party=maybe(parties),
)
allowances = st.builds(
    c.AllowanceCharge,
    charge_indicator=st.booleans(),
    allowance_charge_reason_code=maybe(st.sampled_from(("FC", "DI", "95"))),
    allowance_charge_reason=maybe(words),
    multiplier_factor_numeric=maybe(positive),
    amount=maybe(amounts),
    base_amount=maybe(amounts),
)
taxes = st.builds(
    c.TaxCategory, id=st.sampled_from("SZE"), percent=maybe(positive), tax_scheme_id=maybe(st.just("VAT"))
)
_places = st.builds(
    c.Location,
    id=st.builds(c.Identifier, id=ids, scheme_id=st.sampled_from((None, "0088"))),
    name=maybe(words),
)


def _shares(**where):
    return several(
        st.builds(c.Delivery, quantity=quantities, requested_delivery_period=maybe(periods), **where)
    )


#: shares by date, or by place
shares = _shares() | _shares(delivery_location=_places)
_order_line = {
    "id": ids,
    "price": maybe(prices),
    "line_extension_amount": maybe(amounts),
    "requested_delivery_period": maybe(periods),
    "note": notes,
    "delivery": shares,
    "allowance_charge": several(allowances),
    "tax_category": several(taxes),
}
order_lines = st.builds(c.OrderLine, quantity=quantities, item=items, **_order_line)
references = st.builds(
    c.OrderReference,
    id=ids,
    sales_order_id=maybe(ids),
    sequence_number=maybe(st.integers(0, 9)),
    issue_date=maybe(days),
)
documents_named = st.builds(c.DocumentReference, id=ids, line_id=maybe(ids), issue_date=maybe(days))
_document = {
    "id": ids,
    "sequence_number": st.integers(0, 99),
    "issue_date": days,
    "issue_time": maybe(times),
    "note": notes,
}
_order = _document | {
    "order_type_code": st.just("220"),
    "document_currency_code": st.just("EUR"),
    "buyer_customer_party": traders,
    "seller_supplier_party": traders,
    "accounting_customer_party": maybe(parties),
    "freight_forwarder_party": maybe(parties),
    "buyer_reference": maybe(ids),
    "contract": maybe(documents_named),
    "quotation_document_reference": maybe(documents_named),
    "additional_document_reference": several(documents_named),
    "validity_period": maybe(spans | ends),
    "allowance_charge": several(allowances),
    "delivery": maybe(deliveries),
    "delivery_terms": maybe(
        st.builds(
            c.DeliveryTerms,
            id=ids,
            special_terms=maybe(words),
            delivery_location=maybe(st.builds(c.Location, name=words)),
        )
    ),
    "payment_terms": maybe(st.builds(c.PaymentTerms, id=ids, note=notes)),
    "anticipated_monetary_total": maybe(
        st.builds(
            c.MonetaryTotal,
            line_extension_amount=maybe(amounts),
            tax_exclusive_amount=maybe(amounts),
            tax_inclusive_amount=maybe(amounts),
            payable_amount=amounts,
        )
    ),
}
orders = st.builds(c.Order, order_lines=numbered(order_lines, least=1), **_order)
order_changes = st.builds(
    c.OrderChange,
    order_reference=references,
    order_lines=numbered(
        st.builds(
            c.OrderChangeLine,
            line_status_code=st.sampled_from("135"),
            quantity=quantities,
            item=items,
            **_order_line,
        )
        | st.builds(
            c.OrderChangeLine,
            id=ids,
            line_status_code=st.just("2"),
            item=maybe(items),
            quantity=maybe(quantities),
        ),
        least=1,
    ),
    **_order,
)
order_cancellations = st.builds(
    c.OrderCancellation,
    order_reference=references,
    cancellation_note=notes,
    buyer_customer_party=maybe(traders),
    seller_supplier_party=maybe(traders),
    **_document,
)


@st.composite
def response_lines(draw):
    """Any line a supplier may answer with."""
    parts = draw(st.lists(st.tuples(positive, maybe(spans | ends)), max_size=3))
    total = c.Quantity(value=sum(size for size, _period in parts), unit_code="PCE") if parts else None
    later = draw(maybe(quantities))
    status = draw(st.sampled_from(("5", "7", "42")))
    return c.OrderResponseLine(
        id="1",
        order_line_reference=c.LineReference(line_id=draw(ids)),
        line_status_code=status,
        quantity=total if parts else draw(maybe(quantities)),
        price=draw(maybe(prices)),
        line_extension_amount=draw(maybe(amounts)),
        promised_delivery_period=draw(maybe(periods)),
        deliveries=tuple(
            c.Delivery(quantity=c.Quantity(value=size, unit_code="PCE"), promised_delivery_period=period)
            for size, period in parts
        ),
        maximum_backorder_quantity=later,
        backorder_delivery_period=draw(maybe(spans | ends)) if later else None,
        seller_substituted_item=draw(maybe(coded_items)),
        item=draw(maybe(items)),
        note=draw(notes),
        reason_code=draw(maybe(ids)),
    )


order_responses = st.builds(
    c.OrderResponse,
    order_response_code=st.sampled_from(("AB", "AP", "RE")),
    document_currency_code=st.just("EUR"),
    order_reference=references,
    buyer_customer_party=maybe(traders),
    seller_supplier_party=maybe(traders),
    delivery=maybe(
        st.builds(c.Delivery, promised_delivery_period=periods, delivery_location=maybe(locations))
    ),
    order_lines=numbered(response_lines()),
    **_document,
)


def _wrong(**where):
    """An error whose text is what its code means: CONTRL says no more."""
    return st.builds(
        lambda code, **values: c.AcknowledgedError(code=code, text=MEANINGS[code], **values),
        st.sampled_from(("12", "13", "39")),
        **where,
    )


_whole = _wrong(segment_tag=st.sampled_from(("UNH", "UNT")), element_position=maybe(st.just("2")))
_placed = _wrong(
    segment_position=st.integers(2, 99).map(str), element_position=maybe(st.sampled_from(("1", "3.2")))
)


@st.composite
def syntax_responses(draw):
    wrong = draw(st.none() | _whole)
    placed = draw(st.lists(_placed, max_size=3)) if wrong is None or draw(st.booleans()) else []
    code = "rejected" if wrong or placed else draw(st.sampled_from(("accepted", "received")))
    return c.AcknowledgedDocument(
        control_reference=draw(st.integers(1, 99).map(str)),
        document_type_code="ORDERS",
        response_code=code,
        errors=(*([wrong] if wrong else []), *placed),
    )


syntax_acknowledgements = st.builds(
    c.Acknowledgement,
    id=st.integers(1, 9999).map(str),
    issue_date=days,
    issue_time=maybe(st.times().map(lambda at: time(at.hour, at.minute or 1, tzinfo=UTC))),
    level=st.just("syntax"),
    response_code=st.sampled_from(("accepted", "rejected", "received")),
    interchange_reference=ids,
    sender_party=maybe(
        st.builds(
            c.Party, party_identification=st.tuples(identifiers.filter(lambda i: i.scheme_id != "9930"))
        )
    ),
    receiver_party=maybe(
        st.builds(
            c.Party, party_identification=st.tuples(identifiers.filter(lambda i: i.scheme_id != "9930"))
        )
    ),
    responses=several(syntax_responses(), 3),
)
application_acknowledgements = st.builds(
    lambda code, document, response, errors: c.Acknowledgement(
        **document,
        level="application",
        response_code=code,
        responses=(response.model_copy(update={"response_code": code, "errors": errors}),),
    ),
    st.sampled_from(("accepted", "rejected", "received", "accepted_with_errors")),
    st.fixed_dictionaries({**_document, "sequence_number": st.just(0), "sender_party": maybe(traders)}),
    st.builds(
        c.AcknowledgedDocument,
        control_reference=maybe(ids),
        document_id=ids,
        document_type_code=st.sampled_from((None, "220", "380", "351")),
        response_code=st.just("received"),
    ),
    several(
        st.builds(
            c.AcknowledgedError, code=st.sampled_from(("12", "18")), text=maybe(words), line_id=maybe(ids)
        )
    ),
)
documents = st.one_of(
    orders,
    order_changes,
    order_cancellations,
    order_responses,
    syntax_acknowledgements,
    application_acknowledgements,
)
