import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from .. import canonical as c
from ..errors import TradeErrors, ValidationFailed
from ..limits import Limits
from . import strategies
from .samples import line, order, response

GTIN = {"id": "04012345678901", "scheme_id": "0160"}


def problems(values, **limits):
    """``(pointer, code)`` of everything wrong with a document."""
    document, errors = c.collect(values, Limits(**limits))
    assert (document is None) == bool(errors)
    return [(error.pointer, error.code) for error in errors]


# --- reading --------------------------------------------------------------------------------------
def test_an_order_is_read_as_it_is_meant():
    document = c.parse(order(note="Ring twice", issue_time="14:30:00+01:00"))
    assert isinstance(document, c.Order)
    assert document.issued_at == datetime(2026, 3, 1, 13, 30, tzinfo=UTC)
    assert document.note == ("Ring twice",)
    first = document.order_lines[0]
    assert (first.quantity.value, first.quantity.unit_code) == (Decimal("10.00"), "C62")
    assert first.item.identifiers == (("0160", "04012345678901"), ("seller", "ACME-1"))
    assert first.requested_delivery_period.latest == date(2026, 3, 10)


def test_an_advice_for_several_orders_names_them_all():
    item, quantity = {"name": "Desk"}, {"value": "1", "unit_code": "C62"}
    lines = [
        {
            "id": str(number),
            "delivered_quantity": quantity,
            "item": item,
            "order_line_reference": {"line_id": "1", "order_reference": {"id": order_number}},
        }
        for number, order_number in enumerate(("P2", "P1", "P2"), 1)
    ]
    advice = {
        "document_type": "despatch_advice",
        "id": "D1",
        "issue_date": "2026-03-01",
        "despatch_lines": lines,
    }
    document = c.parse(advice)
    assert (document.thread, document.threads) == ("P2", ("P2", "P1"))


def test_a_document_knows_what_it_is_and_what_it_speaks_about():
    answer = c.parse(response(id="R7", sequence_number=2))
    assert (answer.document_number, answer.business_key, answer.revision, answer.thread) == (
        "R7",
        "order_response:R7",
        2,
        "P00042",
    )
    assert c.parse(order()).thread == c.parse(order()).document_number == "P00042"
    assert c.parse(order(issue_time=None)).issued_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert len(answer.lines) == 1


def test_a_document_cannot_be_changed():
    document = c.parse(order())
    with pytest.raises(ValueError, match="frozen"):
        document.id = "other"
    with pytest.raises(TypeError):
        document.order_lines[0] = None


@pytest.mark.parametrize(
    "given, kept",
    [
        ("12.50", "12.50"),
        ("1e3", "1000"),
        (" 7 ", "7"),
        ("+1.5", "1.5"),
        (".5", "0.5"),
        ("-0.00", "0.00"),
        (Decimal("0.1"), "0.1"),
        (3, "3"),
        ("999999999999999.123456789012", "999999999999999.123456789012"),
    ],
)
def test_numbers_are_exact_and_leave_without_exponent(given, kept):
    amount = c.Amount(value=given, currency_id="EUR")
    assert amount.model_dump(mode="json")["value"] == kept


@pytest.mark.parametrize(
    "given",
    [
        0.1,
        True,
        None,
        "",
        "1,5",
        "1 000",
        "NaN",
        "Infinity",
        "1e99999",
        "1e16",
        "0.0000000000001",
        "٣",
        Decimal("NaN"),
        "9" * 100,
        [],
        {},
        b"1",
        "0x10",
        "1_000",
    ],
)
def test_what_is_no_number_is_refused(given):
    with pytest.raises(ValueError, match="number"):
        c.Amount(value=given, currency_id="EUR")


def test_surrounding_blanks_and_empty_texts_mean_nothing():
    document = c.parse(order(id=" P1 ", order_type_code="", payment_terms={"id": " "}))
    assert (document.id, document.order_type_code, document.payment_terms.id) == ("P1", None, None)


def test_decimals_in_extensions_become_text_and_the_rest_stays():
    document = c.parse(
        order(extensions={"weight": Decimal("1.50"), "n": 3, "flag": True, "deep": [{"x": None}]})
    )
    assert document.extensions == {"weight": "1.50", "n": 3, "flag": True, "deep": [{"x": None}]}


# --- refusing -------------------------------------------------------------------------------------
def nested(levels):
    value = 1
    for _level in range(levels):
        value = {"x": value}
    return value


REFUSED = {
    "no type": (order(document_type=None), "/document_type", "document.type_missing"),
    "unknown type": (order(document_type="poem"), "/document_type", "document.type_unknown"),
    "type that is no text": (order(document_type=["order"]), "/document_type", "document.type_unknown"),
    "future version": (order(schema_version="2.0"), "/schema_version", "document.version"),
    "version that is none": (order(schema_version="1.x"), "/schema_version", "document.version"),
    "unknown field": (order(colour="red"), "/colour", "field.unknown"),
    "field name to escape": (order(**{"a/b~c": 1}), "/a~1b~0c", "field.unknown"),
    "empty number": (order(id=""), "/id", "field.too_short"),
    "number as id": (order(id=42), "/id", "field.type"),
    "long id": (order(id="x" * 201), "/id", "field.too_long"),
    "control character": (order(id="a\x00b"), "/id", "field.text"),
    "half a surrogate pair": (order(id="a\ud800"), "/id", "field.text"),
    "control character in extensions": (order(extensions={"a\x00": 1}), "/extensions", "field.text"),
    "extensions too deep": (order(extensions=nested(30)), "/extensions", "field.value"),
    "extensions without end": (order(extensions={"x": [0] * 10_001}), "/extensions", "field.too_long"),
    "float in extensions": (order(extensions={"x": 1.5}), "/extensions", "field.value"),
    "extensions that are a list": (order(extensions=[]), "/extensions", "field.type"),
    "revision below zero": (order(sequence_number=-1), "/sequence_number", "field.value"),
    "revision as text": (order(sequence_number="1"), "/sequence_number", "field.type"),
    "date with time": (order(issue_date="2026-03-01T00:00:00Z"), "/issue_date", "date.invalid"),
    "impossible date": (order(issue_date="2026-02-30"), "/issue_date", "date.invalid"),
    "timestamp as date": (order(issue_date=1772323200), "/issue_date", "date.invalid"),
    "time without offset": (order(issue_time="14:30:00"), "/issue_time", "time.invalid"),
    "impossible time": (order(issue_time="24:30:00Z"), "/issue_time", "time.invalid"),
    "currency": (order(document_currency_code="EUX"), "/document_currency_code", "currency.unknown"),
    "nameless party": (order(buyer_customer_party={}), "/buyer_customer_party", "party.unidentified"),
    "country": (
        order(buyer_customer_party={"party_name": "A", "postal_address": {"country_code": "UK"}}),
        "/buyer_customer_party/postal_address/country_code",
        "country.unknown",
    ),
    "scheme": (
        order(buyer_customer_party={"endpoint_id": {"id": "1", "scheme_id": "GLN"}}),
        "/buyer_customer_party/endpoint_id/scheme_id",
        "scheme.malformed",
    ),
    "no lines": (order(order_lines=[]), "/order_lines", "document.no_lines"),
    "lines that are no list": (order(order_lines={"1": {}}), "/order_lines", "field.type"),
    "line that is no object": (order(order_lines=["1"]), "/order_lines/0", "field.type"),
    "repeated line": (order(order_lines=[line(), line()]), "/order_lines/1/id", "line.duplicate"),
    "quantity zero": (
        order(order_lines=[line(quantity={"value": "0.0", "unit_code": "C62"})]),
        "/order_lines/0/quantity/value",
        "quantity.zero",
    ),
    "quantity negative": (
        order(order_lines=[line(quantity={"value": "-1", "unit_code": "C62"})]),
        "/order_lines/0/quantity/value",
        "quantity.negative",
    ),
    "unit": (
        order(order_lines=[line(quantity={"value": "1", "unit_code": "pieces"})]),
        "/order_lines/0/quantity/unit_code",
        "unit.malformed",
    ),
    "nameless item": (order(order_lines=[line(item={})]), "/order_lines/0/item", "item.unidentified"),
    "other currency": (
        order(order_lines=[line(line_extension_amount={"value": "1", "currency_id": "USD"})]),
        "/order_lines/0/line_extension_amount/currency_id",
        "amount.currency",
    ),
    "reversed period": (
        order(
            order_lines=[
                line(requested_delivery_period={"start_date": "2026-03-02", "end_date": "2026-03-01"})
            ]
        ),
        "/order_lines/0/requested_delivery_period/end_date",
        "period.reversed",
    ),
    "empty period": (
        order(order_lines=[line(requested_delivery_period={"end_time": "10:00:00Z"})]),
        "/order_lines/0/requested_delivery_period/end_date",
        "field.missing",
    ),
    "unknown answer": (response(order_response_code="OK"), "/order_response_code", "field.value"),
    "conditional without saying what": (
        response(order_response_code="CA", order_lines=[]),
        "/order_lines",
        "document.no_lines",
    ),
}


@pytest.mark.parametrize("values, pointer, code", REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_said_at_its_place(values, pointer, code):
    assert problems(values) == [(pointer, code)]
    with pytest.raises(ValidationFailed) as caught:
        c.parse(values)
    json.dumps(caught.value.as_dict()).encode()
    assert "?" not in caught.value.message


ANSWERS = {
    "no reference": ({"order_line_reference": None}, "order_line_reference", "line.reference_missing"),
    "changed, but what": ({"line_status_code": "3", "quantity": None, "item": None}, "", "line.says_nothing"),
    "added without item": ({"line_status_code": "1", "item": None}, "", "line.added_incomplete"),
    "added nothing": (
        {"line_status_code": "1", "quantity": {"value": "0", "unit_code": "C62"}},
        "",
        "line.added_incomplete",
    ),
    "deliveries that do not add up": (
        {
            "deliveries": [
                {"quantity": {"value": "3", "unit_code": "C62"}},
                {"quantity": {"value": "6.5", "unit_code": "C62"}},
            ]
        },
        "deliveries",
        "delivery.sum",
    ),
    "deliveries in another unit": (
        {"deliveries": [{"quantity": {"value": "10", "unit_code": "KGM"}}]},
        "deliveries/0/quantity/unit_code",
        "delivery.unit",
    ),
    "a delivery of what": (
        {"deliveries": [{"quantity": {"value": "10", "unit_code": "C62"}}, {}]},
        "deliveries/1/quantity",
        "delivery.quantity_missing",
    ),
    "a first delivery of what": (
        {"quantity": None, "deliveries": [{}, {"quantity": {"value": "10", "unit_code": "C62"}}]},
        "deliveries/0/quantity",
        "delivery.quantity_missing",
    ),
}


@pytest.mark.parametrize("change, place, code", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_contradicts_itself_is_refused(change, place, code):
    values = response(
        order_lines=[
            {
                "id": "1",
                "order_line_reference": {"line_id": "1"},
                "line_status_code": "5",
                "quantity": {"value": "10", "unit_code": "C62"},
                "item": {"name": "Bolt"},
            }
            | change
        ]
    )
    assert problems(values) == [(f"/order_lines/0/{place}".rstrip("/"), code)]


def test_all_errors_are_told_at_once_up_to_the_limit():
    values = order(
        id="", order_lines=[line(id=str(n), quantity={"value": "x", "unit_code": "C62"}) for n in range(9)]
    )
    with pytest.raises(TradeErrors) as caught:
        c.parse(values)
    assert len(caught.value.errors) == 10
    assert caught.value.errors[3].subject == "order_lines/*/quantity/value"
    assert [code for _place, code in problems(values, max_errors=4)] == [
        "field.too_short",
        "number.invalid",
        "number.invalid",
        "number.invalid",
        "errors.more",
    ]


def test_too_many_lines_are_refused_before_they_are_read():
    values = order(order_lines=[{}] * 6)
    assert problems(values, max_lines=5) == [("/order_lines", "document.too_many_lines")]


@pytest.mark.parametrize("values", [None, [], "order", 3, [order()]])
def test_only_an_object_is_a_document(values):
    assert problems(values) == [("/", "json.not_an_object")]


# --- identity -------------------------------------------------------------------------------------
def test_the_same_said_otherwise_has_the_same_digest():
    one = order(issue_time="14:30:00Z")
    same = order(
        issue_time="14:30:00+00:00", note=[], order_type_code="", schema_version="1.7", sequence_number=0
    )
    same["order_lines"][0]["quantity"]["value"] = "1E+1"
    assert c.canonical_digest(c.parse(one)) == c.canonical_digest(c.parse(same))


@pytest.mark.parametrize(
    "change",
    [
        {"id": "P00043"},
        {"sequence_number": 1},
        {"note": ["x"]},
        {"issue_time": "15:30:00Z"},
        {"extensions": {"x": 1}},
        {"order_lines": [line(quantity={"value": "10.01", "unit_code": "C62"})]},
    ],
    ids=str,
)
def test_another_content_has_another_digest(change):
    assert c.canonical_digest(c.parse(order())) != c.canonical_digest(c.parse(order(**change)))


def test_every_document_is_drawn():
    assert list(strategies.by_type) == list(c.DOCUMENTS)


@given(strategies.documents)
def test_plain_values_and_back(document):
    again = c.parse(json.loads(document.as_json(), parse_float=Decimal))
    assert again == document
    assert c.canonical_digest(again) == c.canonical_digest(document)
    assert "E" not in document.as_dict().get("anticipated_monetary_total", {}).get("payable_amount", {}).get(
        "value", ""
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["document_type", "id", "order_lines", "quantity", "value", "item", "note"])
                | st.text(),
                inner,
            )
        ),
    ),
    st.sampled_from(list(c.DOCUMENTS)),
)
def test_no_value_breaks_the_reader(value, document_type):
    if isinstance(value, dict):
        value = value | {"document_type": document_type}
    document, errors = c.collect(value)
    assert (document is None) == bool(errors)
    json.dumps([error.as_dict() for error in errors], ensure_ascii=False).encode()


def test_times_keep_their_offset():
    moment = time(14, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert '"issue_time":"14:30:00-05:00"' in c.parse(order(issue_time=moment)).as_json()


# --- the published schema -------------------------------------------------------------------------
@pytest.mark.parametrize("document_type", c.DOCUMENTS)
def test_the_schema_is_a_schema_and_explains_itself(document_type):
    schema = c.json_schema(document_type)
    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:tradelane:schema:{document_type}:1.0"
    parts = {name: part for name, part in schema["$defs"].items() if name != "ExtensionValue"}
    for name, part in [(document_type, schema), *parts.items()]:
        assert "UBL" in part["description"], name
        for field, shape in part["properties"].items():
            assert shape.get("description"), f"{name}.{field}"


@given(strategies.documents)
def test_every_document_fits_its_schema(document):
    validator = SCHEMAS[document.document_type]
    assert [error.message for error in validator.iter_errors(document.as_dict())] == []


SCHEMAS = {name: jsonschema_rs.Draft202012Validator(c.json_schema(name)) for name in c.DOCUMENTS}


@pytest.mark.parametrize(
    "name",
    [
        "unknown field",
        "empty number",
        "number as id",
        "long id",
        "control character",
        "currency",
        "scheme",
        "unit",
        "lines that are no list",
        "revision below zero",
        "unknown answer",
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(name):
    values = REFUSED[name][0]
    if name in ("currency",):  # the schema knows the form of a code, the reader the list
        values = order(document_currency_code="euro")
    assert not SCHEMAS[values["document_type"]].is_valid(values)
