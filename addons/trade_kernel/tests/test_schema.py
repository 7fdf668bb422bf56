"""The published schemas say exactly what is taken: neither more nor less, but for the rules beside them."""

import ast
import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

import jsonschema_rs
import pytest
from pydantic import ValidationError

from .. import canonical as c
from ..canonical import base
from ..canonical.parse import _SchemaGenerator, _translated
from ..canonical.rules import RULES
from ..limits import DEFAULT

#: what stands in the place of a value: right for one field or another, and nearly right for many
VALUES = (
    *(None, True, False, 0, 1, -1, 3, 3.0, 999_999, 1_000_000, 1_000_000.0, 1.5, -0.25, 1e30, 10**16),
    *("", " ", "\n", "\t x \n", "\x0b", "\x0bx\x0c", "\x85"),
    *("\xa0", "\x1f", "\x1fx", "a\x00", "a\x7f", "\u2003 x"),
    *("a" * 64, "a" * 65, "a" * 200, "a" * 201, "a" * 1000, "a" * 1001, "a" * 10_001),
    *("0", "-0", "-0.00", "+0", "-.0", "1", "-1", "+1", "1."),
    *(".5", ".", "1.5", "1,5", "1e3", "-1e3", "1e99999"),
    *(" 1", "1 ", "1\n", "١", "0x1", "1_0", "NaN", "Infinity", "1" * 15, "1" * 16, "0." + "1" * 13, "0" * 65),
    *("EUR", "EUU", "eur", " EUR", "EUR\n", "BE", "AA", "be", "XI", "C62", "c62", "ABCD", " C62", "EA\n"),
    *("0088", "088", "0088 ", "٠٠٨٨", "QUI=", "QU", "QQ==", "QUI=\n", "Q UI", "QUJD"),
    *("2026-02-28", "2026-02-30", "2024-02-29", "2026-13-01", "0000-01-01", "0001-01-01", " 2026-01-01"),
    *("2026-1-1", "2026-01-01T00:00:00Z", "20260101", "9999-12-31", "2026-01-01\n", "٢٠٢٦-01-01"),
    *("12:00Z", "12:00:00Z", "12:00:00z", "12:00:00", "24:00Z"),
    *("23:59:60Z", "12:60Z", "12:00:00.123456+14:00"),
    *("12:00:00.1234567Z", "12:00+24:00", "12:00-23:59", "12:00+01:60", "12:00+0100", " 12:00Z", "12:00 Z"),
    *("1.0", "1.99", "2.0", "1", "1.", "1.²", "1.0.0", "order"),
    *("order_response", "CA", "2", "5", "true", "yes"),
    *([], [None], [""], ["x"], ["x", "y"], [[]], [{}], {}, {"x": 1}, {"": None}, {"a\x00": 1}, {"id": "x"}),
    *({"value": "1", "unit_code": "C62"}, {"value": -1, "currency_id": "EUR"}, {"end_date": "2026-01-01"}),
    *({"a": ["b", {"c": "\x01"}]}, {"start_date": None}, {"party_name": " "}, {"name": "x"}, {"name": None}),
)  # fmt: skip


PARTS = [cls for cls in vars(c).values() if isinstance(cls, type) and issubclass(cls, c.Part)]
PARTS = [cls for cls in dict.fromkeys(PARTS) if cls not in (c.Part, c.Document)]


#: what is right for the types of fields; what a part needs beyond its required fields
RIGHT = (
    (base.Currency, "EUR"),
    (base.UnitCode, "C62"),
    (base.PositiveNumber, "1"),
    (base.Number, "1"),
    (base.Date, "2026-01-01"),
    (base.Time, "12:00Z"),
    (base.Flag, True),
    (base.Id, "x"),
    (base.Name, "x"),
)
NEEDED = {
    c.Party: {"party_name": "x"},
    c.PartyLocation: {"address": {}},
    c.PartyReference: {"company_id": "x"},
    c.Item: {"name": "x"},
    c.Period: {"end_date": "2026-01-01"},
    c.OrderChangeLine: {"line_status_code": "2"},
    c.AccountStatementLine: {"debit_amount": {"value": "1", "currency_id": "EUR"}},
    c.AccountStatement: {"closing_balance": {"value": "1", "currency_id": "EUR"}},
    c.RemittanceAdvice: {"total_payment_amount": {"value": "1", "currency_id": "EUR"}},
}


def smallest(cls):
    """The JSON of the least that makes a part of this class."""
    hints = get_type_hints(cls, include_extras=True)
    fields = {name: right(hints[name]) for name, field in cls.model_fields.items() if field.is_required()}
    return fields | NEEDED.get(cls, {})


def right(hint):
    for known, value in RIGHT:
        if hint == known:
            return value
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return right(arguments[0])
    if origin is Literal:
        return arguments[0]
    return [right(arguments[0])] if origin is tuple else smallest(hint)


@pytest.mark.parametrize("cls", PARTS, ids=lambda cls: cls.__name__)
def test_the_schema_says_exactly_what_is_taken(cls):
    """Each field, removed and with each of many values: what the schema allows and what is taken are the
    same."""
    schema = cls.model_json_schema(schema_generator=_SchemaGenerator)
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    least = smallest(cls)
    assert validator.is_valid(least)
    variants = [{name: value for name, value in least.items() if name != removed} for removed in least]
    variants += [{**least, name: value} for name in (*cls.model_fields, "unknown") for value in VALUES]
    differ = {}
    for variant in variants:
        text = json.dumps(variant)
        wrong = errors_of(cls, json.loads(text, parse_float=Decimal))
        said = [str(error).splitlines()[0] for error in validator.iter_errors(json.loads(text))]
        if bool(wrong) != bool(said):
            differ[text[:200]] = wrong or said[:2]
    assert not differ


def errors_of(cls, values):
    """Codes of what is wrong, without those of the rules between fields."""
    try:
        cls.model_validate(values)
    except ValidationError as error:
        return {one.code for one in _translated(error, DEFAULT, "")} - RULES.keys()
    return set()


def test_every_rule_between_fields_is_published():
    """What a part checks beyond its fields is either in the schema or among the rules."""
    expressed = {"document.no_lines", "document.version", "field.missing"}
    expressed |= {"item.unidentified", "party.unidentified"}
    raised = set()
    for path in Path(c.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and "Problem" in ast.unparse(
                node.returns or ast.Constant("")
            ):
                calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
                raised |= {
                    call.args[0].value
                    for call in calls
                    if isinstance(call.func, ast.Name) and call.func.id == "refused"
                }
    assert raised - expressed == set(RULES) - {"number.range"}


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_a_sentence(code):
    assert RULES[code][0].isupper() and RULES[code].endswith(".")
