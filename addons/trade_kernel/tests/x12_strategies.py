"""Hypothesis strategies of the documents that X12 can carry as they are."""

from datetime import UTC, date, time, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from .. import canonical as c
from ..codecs.x12.transactions._acknowledgements import ELEMENT, GROUP, INTERCHANGE, SEGMENT, SET

#: what partners write: letters beyond ASCII, and everything that separates somewhere
_SIGNS = "ABCXYZabcxyz0189 ~*:^>|'+?.,-/äöüßé€你"
words = st.text(_SIGNS, min_size=1, max_size=40).map(lambda text: " ".join(text.split())).filter(bool)
long_words = st.text(_SIGNS, min_size=1, max_size=400).map(str.strip).filter(bool)
ids = st.text("ABC0123456789-/.~*:^>|", min_size=1, max_size=17)
short_ids = st.text("ABC0123456789", min_size=1, max_size=15)
notes = st.lists(
    st.text(_SIGNS + "\n", min_size=1, max_size=600).map(str.strip).filter(bool), max_size=3
).map(lambda found: tuple("\n".join(line.rstrip() for line in note.split("\n")) for note in found))
numbers = st.decimals("-99999", "99999", places=3) | st.integers(-9999, 9999).map(Decimal)
positive = st.decimals("0.001", "999999", places=3) | st.integers(1, 9999).map(Decimal)
cents = st.decimals("-99999", "99999", places=2)
days = st.dates(date(2000, 1, 1), date(2068, 12, 31))
offsets = st.integers(-12 * 60, 12 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.builds(
    lambda moment, offset: moment.replace(microsecond=moment.microsecond // 10000 * 10000, tzinfo=offset),
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


units = st.sampled_from(("C62", "EA", "KGM", "XCS", "LBR", "DZN", "SET"))
quantities = st.builds(c.Quantity, value=positive, unit_code=units)
amounts = st.builds(c.Amount, value=numbers, currency_id=st.just("USD"))
bases = quantities | st.builds(
    c.Quantity, value=st.sampled_from((Decimal(100), Decimal(1000))), unit_code=units
)
prices = st.builds(c.Price, price_amount=amounts, base_quantity=maybe(bases))
schemes = st.sampled_from((None, "0088", "0060", "9930"))
identifiers = st.builds(c.Identifier, id=ids, scheme_id=schemes)
addresses = st.builds(
    c.Address,
    street_name=words,
    additional_street_name=maybe(long_words.map(lambda text: text[:150].strip())),
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
endpoints = st.builds(
    c.Identifier, id=short_ids.filter(str.strip), scheme_id=st.sampled_from((None, "0088", "0060"))
)
traders = st.builds(
    lambda party, endpoint: party.model_copy(update={"endpoint_id": endpoint}), parties, maybe(endpoints)
)
gtins = st.builds(
    c.Identifier,
    id=st.sampled_from((8, 12, 13, 14)).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)),
    scheme_id=st.just("0160"),
)
own = st.builds(c.Identifier, id=ids)
batches = st.builds(c.ItemInstance, lot_number_id=ids) | st.builds(c.ItemInstance, serial_id=ids)
items = st.builds(
    c.Item,
    name=long_words,
    description=maybe(long_words),
    standard_item_identification=maybe(gtins),
    buyers_item_identification=maybe(own),
    sellers_item_identification=maybe(own),
    manufacturers_item_identification=maybe(own),
    item_instance=several(batches, 12),
)
coded_items = items.map(
    lambda item: item.model_copy(update={"name": None, "description": None, "item_instance": ()})
).filter(lambda item: item.identifiers)
spans = st.builds(
    lambda day, length: c.Period(start_date=day, end_date=day + length),
    days,
    st.timedeltas(timedelta(0), timedelta(30)),
)
plain_ends = st.builds(c.Period, end_date=days)
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
place_ids = st.builds(c.Identifier, id=ids, scheme_id=st.sampled_from((None, "0088", "0060")))
locations = st.builds(c.Location, id=maybe(place_ids), name=words, address=maybe(addresses))
deliveries = st.builds(
    c.Delivery,
    requested_delivery_period=maybe(periods),
    delivery_location=locations,
    delivery_party=maybe(parties),
)
allowances = st.builds(
    c.AllowanceCharge,
    charge_indicator=st.booleans(),
    allowance_charge_reason_code=maybe(st.sampled_from(("FC", "95", "E750", "OWN", "X"))),
    allowance_charge_reason=maybe(words),
    multiplier_factor_numeric=maybe(positive),
    amount=maybe(st.builds(c.Amount, value=cents, currency_id=st.just("USD"))),
)
taxes = st.builds(
    c.TaxCategory,
    id=maybe(st.sampled_from("SZE")),
    percent=maybe(positive),
    tax_scheme_id=st.sampled_from(("VAT", "GST", "ST")),
)
shares = (
    st.lists(
        st.builds(c.Delivery, quantity=quantities, requested_delivery_period=maybe(plain_ends | spans)),
        max_size=3,
    )
    | st.lists(
        st.builds(
            c.Delivery,
            quantity=st.builds(c.Quantity, value=positive, unit_code=st.just("EA")),
            delivery_location=st.builds(c.Location, id=st.builds(c.Identifier, id=ids)),
        ),
        max_size=12,
    )
    | st.lists(
        st.builds(
            c.Delivery,
            quantity=maybe(quantities),
            delivery_location=locations,
        ),
        max_size=2,
    )
)
_order_line = {
    "id": ids,
    "price": maybe(prices),
    "line_extension_amount": maybe(amounts),
    "requested_delivery_period": maybe(periods),
    "note": notes,
    "delivery": shares.map(tuple),
    "allowance_charge": several(allowances),
    "tax_category": several(taxes),
}
order_lines = st.builds(c.OrderLine, quantity=quantities, item=items, **_order_line)
references = st.builds(
    c.OrderReference,
    id=ids,
    sales_order_id=maybe(ids),
    sequence_number=st.none() | st.integers(1, 9),
    issue_date=maybe(days),
)
documents_named = st.builds(
    c.DocumentReference,
    id=ids,
    line_id=maybe(ids),
    issue_date=maybe(days),
    document_description=maybe(words),
)
_document = {
    "id": ids,
    "sequence_number": st.integers(0, 99),
    "issue_date": days,
    "issue_time": maybe(times),
    "note": notes,
}


def _consistent(total):
    return not (total.tax_inclusive_amount and not total.tax_exclusive_amount)


_order = _document | {
    "order_type_code": st.sampled_from(("220", "221", "226")),
    "document_currency_code": st.just("USD"),
    "buyer_customer_party": traders,
    "seller_supplier_party": traders,
    "accounting_customer_party": maybe(parties),
    "originator_customer_party": maybe(parties),
    "freight_forwarder_party": maybe(parties),
    "buyer_reference": maybe(ids),
    "contract": maybe(documents_named),
    "quotation_document_reference": maybe(documents_named),
    "additional_document_reference": several(documents_named, 3),
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
    "payment_terms": maybe(
        st.builds(c.PaymentTerms, id=maybe(st.sampled_from(("05", "14"))), note=st.lists(words, max_size=2))
    ).filter(lambda terms: terms is None or terms.id or terms.note),
    "anticipated_monetary_total": maybe(
        st.builds(
            c.MonetaryTotal,
            line_extension_amount=maybe(amounts),
            tax_exclusive_amount=maybe(amounts),
            tax_inclusive_amount=maybe(amounts),
            payable_amount=amounts,
        ).filter(_consistent)
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
    """Any line a supplier may answer with, as ACK can say it."""
    status = draw(st.sampled_from(("5", "3", "7")))
    line = {
        "id": "1",
        "order_line_reference": c.LineReference(line_id=draw(ids)),
        "line_status_code": status,
        "price": draw(maybe(prices)),
        "item": draw(maybe(items)),
        "note": draw(notes),
        "reason_code": draw(maybe(st.sampled_from(("R3", "IR", "IH", "SHELF", "a b")))),
    }
    if status == "7":
        return c.OrderResponseLine(**line)
    parts = draw(st.lists(st.tuples(positive, maybe(periods)), min_size=2, max_size=3) | st.just([]))
    total = c.Quantity(value=sum(size for size, _period in parts), unit_code="XCS") if parts else None
    later = draw(maybe(quantities)) if status == "3" else None
    line |= {
        "quantity": total if parts else draw(maybe(quantities)),
        "promised_delivery_period": draw(maybe(periods)),
        "deliveries": tuple(
            c.Delivery(quantity=c.Quantity(value=size, unit_code="XCS"), promised_delivery_period=period)
            for size, period in parts
        ),
        "maximum_backorder_quantity": later,
        "backorder_delivery_period": draw(maybe(periods)) if later else None,
        "seller_substituted_item": draw(maybe(coded_items)) if status == "3" else None,
    }
    if status == "3" and not any(line[name] for name in ("quantity", "price", "item", "note", "reason_code")):
        line["note"] = ("to be looked at",)
    return c.OrderResponseLine(**line)


order_responses = st.builds(
    c.OrderResponse,
    order_response_code=st.sampled_from(("AB", "AP", "RE")),
    document_currency_code=st.just("USD"),
    order_reference=references,
    buyer_customer_party=maybe(traders),
    seller_supplier_party=maybe(traders),
    delivery=maybe(
        st.builds(c.Delivery, promised_delivery_period=periods, delivery_location=maybe(locations))
    ),
    order_lines=numbered(response_lines()),
    **_document,
)


def _errors(meanings, most=5, **more):
    return st.lists(st.sampled_from(sorted(meanings)), unique=True, max_size=most).flatmap(
        lambda codes: st.tuples(
            *[
                st.builds(c.AcknowledgedError, code=st.just(code), text=st.just(meanings[code]), **more)
                for code in codes
            ]
        )
    )


_tags, _positions = st.sampled_from(("PO1", "N1", "CTT")), st.integers(2, 99).map(str)
_segment_errors = _errors(
    {code: text for code, text in SEGMENT.items() if code != "8"},
    2,
    segment_tag=_tags,
    segment_position=_positions,
)
_element_errors = _errors(
    ELEMENT,
    3,
    segment_tag=_tags,
    segment_position=_positions,
    element_position=st.sampled_from(("1", "12", "3.2")),
    bad_value=maybe(words),
)


@st.composite
def set_responses(draw):
    placed = (*draw(_segment_errors), *draw(_element_errors))
    whole = draw(_errors({code: text for code, text in SET.items() if code != "5"}, 4))
    codes = ("rejected", "accepted_with_errors") if placed or whole else ("accepted",)
    return c.AcknowledgedDocument(
        control_reference=draw(st.integers(1, 9999).map(str)),
        document_type_code=draw(st.sampled_from(("850", "855"))),
        response_code=draw(st.sampled_from(codes)),
        errors=(*whole, *placed),
    )


_interchange = {
    "issue_date": days,
    "issue_time": maybe(st.times().map(lambda at: time(at.hour, at.minute or 1, tzinfo=UTC))),
    "level": st.just("syntax"),
    "response_code": st.sampled_from(("accepted", "accepted_with_errors", "rejected")),
    "sender_party": maybe(st.builds(c.Party, party_identification=st.tuples(endpoints))),
    "receiver_party": maybe(st.builds(c.Party, party_identification=st.tuples(endpoints))),
}

functional_acknowledgements = st.builds(
    c.Acknowledgement,
    id=st.integers(1, 999999999).map(str),
    functional_identifier=st.sampled_from(("PO", "PR")),
    group_reference=st.integers(1, 999999).map(str),
    errors=_errors(GROUP),
    responses=several(set_responses(), 3),
    **_interchange,
)
interchange_acknowledgements = st.builds(
    lambda document, number: document.model_copy(
        update={"id": f"{number}/TA1-{document.interchange_reference.lstrip('0')}"}
    ),
    st.builds(
        c.Acknowledgement,
        id=st.just("1"),
        interchange_reference=st.integers(1, 999999999).map(lambda number: str(number).zfill(9)),
        errors=_errors(INTERCHANGE, 1),
        **_interchange,
    ),
    st.integers(1, 999999999),
)


@st.composite
def application_advice(draw):
    errors = several(
        st.builds(
            c.AcknowledgedError,
            code=st.sampled_from(("007", "011", "024")),
            text=maybe(st.text(_SIGNS, max_size=300).map(str.strip).filter(bool)),
            line_id=maybe(ids),
            segment_tag=maybe(_tags),
            bad_value=maybe(words),
        )
    )
    code = draw(st.sampled_from(("accepted", "rejected", "accepted_with_errors")))
    response = c.AcknowledgedDocument(
        control_reference=draw(maybe(ids)),
        group_reference=draw(maybe(ids)),
        document_id=draw(ids),
        document_type_code=draw(maybe(st.just("850"))),
        response_code=code,
        errors=draw(errors),
    )
    values = {name: draw(_document[name]) for name in ("id", "issue_date", "issue_time")}
    values |= {name: draw(_interchange[name]) for name in ("sender_party", "receiver_party")}
    return c.Acknowledgement(**values, level="application", response_code=code, responses=(response,))


application_acknowledgements = application_advice()
