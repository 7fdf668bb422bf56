"""The three levels at which an answer to a test order is checked."""

import copy
import json

import pytest

from odoo.addons.trade_kernel import certification
from odoo.addons.trade_kernel.canonical import DOCUMENTS
from odoo.addons.trade_kernel.errors import (
    CATALOGUE,
    BusinessRefused,
    DeviationHeld,
    MappingMissing,
    Superseded,
    ValidationFailed,
)

ORDER = {
    "id": "CT00001-1",
    "issue_date": "2031-01-02",
    "document_currency_code": "EUR",
    "buyer_customer_party": {"party_name": "Us"},
    "seller_supplier_party": {"party_name": "They"},
    "order_lines": [
        {
            "id": str(number),
            "quantity": {"value": quantity, "unit_code": "C62"},
            "price": {"price_amount": {"value": "5.00", "currency_id": "EUR"}},
            "requested_delivery_period": {"end_date": "2031-02-01"},
            "item": {"name": "Thing", "sellers_item_identification": {"id": f"S-{number}"}},
        }
        for number, quantity in ((1, "10"), (2, "4"))
    ],
}


def order():
    return DOCUMENTS["order"](**ORDER)


def line(ref, quantity, status="5", price="5.00", unit="C62", code=None, day=None, currency="EUR"):
    made = {
        "id": ref,
        "order_line_reference": {"line_id": ref},
        "line_status_code": status,
        "quantity": {"value": quantity, "unit_code": unit},
        "price": {"price_amount": {"value": price, "currency_id": currency}},
        "item": {"name": "Thing", "sellers_item_identification": {"id": code or f"S-{ref}"}},
    }
    if day:
        made["promised_delivery_period"] = {"end_date": day}
    return made


def response(*lines, code="CA", number="CT00001-1", currency="EUR"):
    return DOCUMENTS["order_response"](
        id="AB-1",
        issue_date="2031-01-03",
        order_response_code=code,
        document_currency_code=currency,
        order_reference={"id": number},
        order_lines=list(lines),
    )


def codes(findings, level="error"):
    return [one.code.removeprefix("certification.") for one in findings if one.level == level]


BOTH = (line("1", "10"), line("2", "4"))


@pytest.mark.parametrize(
    ("expected", "answer", "errors"),
    [
        ({"outcome": "accepted"}, response(*BOTH), []),
        ({"outcome": "accepted"}, response(code="AP"), []),
        ({"outcome": "accepted"}, response(code="RE"), ["whole"]),
        ({"outcome": "accepted"}, response(code="AB"), ["receipt_only"]),
        ({"outcome": "accepted"}, response(BOTH[0]), ["left_out"]),
        ({"outcome": "accepted"}, response(line("1", "9"), BOTH[1]), ["quantity"]),
        ({"outcome": "accepted"}, response(line("1", "10", price="5.01"), BOTH[1]), ["price"]),
        ({"outcome": "accepted"}, response(line("1", "10", day="2031-02-02"), BOTH[1]), ["day"]),
        ({"outcome": "accepted"}, response(line("1", "10", status="7"), BOTH[1]), ["line_rejected"]),
        ({"outcome": "rejected"}, response(code="RE"), []),
        ({"outcome": "rejected"}, response(code="AP"), ["whole"]),
        (
            {"outcome": "rejected"},
            response(line("1", "10", status="7"), line("2", "4", status="7")),
            [],
        ),
        ({"outcome": "rejected"}, response(line("1", "10", status="7"), BOTH[1]), ["not_rejected"]),
        ({"outcome": "partial", "line": "2"}, response(BOTH[0], line("2", "3", status="3")), []),
        ({"outcome": "partial", "line": "2"}, response(*BOTH), ["not_short"]),
        ({"outcome": "partial", "line": "2"}, response(BOTH[0], line("2", "0", status="3")), ["nothing"]),
        (
            {"outcome": "partial", "line": "2"},
            response(line("1", "9", status="3"), BOTH[1]),
            ["quantity", "not_short"],
        ),
        ({"outcome": "changed", "line": "1"}, response(line("1", "10", "3", "5.50"), BOTH[1]), []),
        ({"outcome": "changed", "line": "1"}, response(*BOTH), ["not_changed.price"]),
        (
            {"outcome": "changed", "line": "1", "price": "5.50"},
            response(line("1", "10", "3", "6"), BOTH[1]),
            ["price"],
        ),
        (
            {"outcome": "changed", "line": "1", "what": "day"},
            response(line("1", "10", "3", day="2031-02-09"), BOTH[1]),
            [],
        ),
        ({"outcome": "changed", "line": "1", "what": "day"}, response(*BOTH), ["not_changed.day"]),
        ({"outcome": "changed", "line": "1", "what": "quantity"}, response(*BOTH), ["not_changed.quantity"]),
    ],
)
def test_rules(expected, answer, errors):
    findings = certification.rules(order(), answer, expected)
    assert codes(findings) == errors
    assert certification.passes(findings) == (not errors)
    assert all(one.text and (one.remedy or one.level == "ok") for one in findings)


@pytest.mark.parametrize(
    ("answer", "errors"),
    [
        (response(*BOTH), []),
        (response(code="AP"), []),
        (response(*BOTH, number="CT00001-2"), ["other_order"]),
        (response(*BOTH, number="ct00001-1"), ["other_order"]),
        (response(line("9", "10"), BOTH[1]), ["unknown_line"]),
        (response(line("1", "10", unit="CT"), BOTH[1]), ["unit"]),
        (response(line("1", "10", code="OTHER"), BOTH[1]), ["item"]),
        (
            response(line("1", "10", currency="USD"), line("2", "4", currency="USD"), currency="USD"),
            ["currency"],
        ),
    ],
)
def test_references(answer, errors):
    assert codes(certification.references(order(), answer)) == errors


def test_the_place_and_the_numbers_are_named():
    [finding] = certification.references(order(), response(line("9", "10"), BOTH[1]))
    assert finding.place == "/order_lines/0"
    assert "no line 9" in finding.text
    assert "1, 2" in finding.remedy


def test_despatch_and_invoice_lines_are_read_alike():
    values = {
        "id": "LS-1",
        "issue_date": "2031-01-03",
        "order_reference": {"id": "CT00001-1"},
        "despatch_lines": [
            {
                "id": "1",
                "order_line_reference": {"line_id": "1"},
                "delivered_quantity": {"value": "6", "unit_code": "C62"},
                "item": {"name": "Thing"},
            },
            {
                "id": "2",
                "order_line_reference": {"line_id": "1"},
                "delivered_quantity": {"value": "4", "unit_code": "C62"},
                "item": {"name": "Thing"},
            },
            {
                "id": "3",
                "order_line_reference": {"line_id": "2"},
                "delivered_quantity": {"value": "4", "unit_code": "C62"},
                "item": {"name": "Thing"},
            },
        ],
    }
    advice = DOCUMENTS["despatch_advice"](**values)
    assert certification.passes(certification.rules(order(), advice, {"outcome": "accepted"}))
    assert codes(certification.rules(order(), advice, {"outcome": "partial", "line": "2"})) == ["not_short"]
    short = copy.deepcopy(values)
    short["despatch_lines"][2]["delivered_quantity"]["value"] = "1"
    advice = DOCUMENTS["despatch_advice"](**short)
    assert certification.passes(certification.rules(order(), advice, {"outcome": "partial", "line": "2"}))
    assert codes(certification.rules(order(), advice, {"outcome": "accepted"})) == ["quantity"]


def test_syntax_errors_keep_their_place_and_remedy():
    error = ValidationFailed("file.empty", pointer="line 1")
    [finding] = certification.syntax(error)
    assert (finding.level, finding.stage, finding.place) == ("error", "syntax", "line 1")
    assert finding.remedy
    assert certification.passes(certification.syntax(None))


def test_a_broken_file_must_be_refused_for_being_broken():
    assert codes(certification.refusal(None)) == ["not_broken"]
    assert codes(certification.refusal(BusinessRefused("order.unknown", order="X"))) == ["other_reason"]
    assert certification.passes(certification.refusal(ValidationFailed("file.empty")))


def test_breaking_is_always_the_same_and_always_changes_the_file():
    raw = b'{"id": "AB-1", "issue_date": "2031-01-03"}'
    first = list(certification.breaks(raw))
    assert first == list(certification.breaks(raw))
    assert raw not in first


def test_twice_is_once():
    applied = {"state": "applied", "effects": [{"field": "x"}]}
    again = {"state": "ignored", "error": {"code": "document.duplicate"}, "effects": []}
    other = {"state": "held", "error": {"code": "document.other_content"}, "effects": []}
    assert certification.passes(certification.once([applied, again], {}))
    assert codes(certification.once([applied, other], {})) == ["other_content"]
    assert codes(certification.once([applied, applied], {})) == ["twice"]


def outcome(state, error=None, expected="accepted"):
    values = error and error.as_dict()
    return certification.outcome({"state": state, "error": values}, {"outcome": expected})


def test_what_would_be_applied_is_well():
    assert [one.level for one in outcome("applied")] == ["ok"]


def test_what_our_people_would_solve_says_its_cause():
    [finding] = outcome("held", MappingMissing("x.y", pointer="/order_lines/0", item="A"))
    assert (finding.level, finding.cause, finding.place) == ("error", "mapping", "/order_lines/0")
    assert (finding.code, dict(finding.params)) == ("x.y", {"item": "A"}), "others can say it in their words"
    [finding] = outcome("held", ValidationFailed("file.empty"))
    assert not finding.cause, "what is wrong with the document itself is told to everybody"


def test_what_would_be_decided_stands_against_as_ordered_only():
    decide = DeviationHeld("order.closed", order="P1", state="done")
    differs, why = outcome("held", decide)
    assert (differs.code, differs.level, why.level) == ("certification.differs", "error", "warning")
    assert (differs.cause, why.cause) == ("", "deviation")
    assert why.text not in differs.text, "the sentence for everybody has nothing of the one for our people"
    assert [one.level for one in outcome("held", decide, "partial")] == ["ok", "ok"]


def test_what_would_be_ignored_is_not_passed():
    ignored, why = outcome("ignored", Superseded("order.closed", order="P1", state="done"))
    assert (ignored.code, ignored.level, why.level) == ("certification.ignored", "error", "warning")
    assert why.cause == "ignored"


def test_a_finding_is_made_of_its_code_and_params():
    finding = certification.found("error", certification.RULES, "certification.line_rejected", line="7")
    words = CATALOGUE[finding.code]
    assert finding.text == words.message.format_map(finding.params)
    assert json.loads(json.dumps(finding.as_dict()))["params"] == {"line": "7"}


def test_nothing_found_is_no_proof():
    assert not certification.passes([])


def test_the_digest_does_not_depend_on_the_order_of_keys():
    assert certification.digest({"a": 1, "b": [2]}) == certification.digest({"b": [2], "a": 1})
    assert certification.digest({"a": 1}) != certification.digest({"a": 2})
