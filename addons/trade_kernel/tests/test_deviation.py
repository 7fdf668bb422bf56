import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ..canonical import parse
from ..deviation import (
    DIMENSIONS,
    Action,
    Asked,
    Policy,
    Rule,
    default_policy,
    evaluate,
)
from .samples import order, response

DAY = date(2026, 3, 10)
GTIN = ("0160", "04012345678901")
BOLTS = Asked("1", Decimal(10), "C62", Decimal("12.50"), "EUR", DAY, frozenset({GTIN, ("seller", "ACME-1")}))
NUTS = Asked("2", Decimal(5), "C62", Decimal("3.00"), "EUR", DAY)

#: every dimension tolerates something and then holds, so that each test sees which side it is on
TOLERANT = Policy(
    (
        Rule("price", tolerance_percent=Decimal(2), tolerance_amount=Decimal(1), within=Action.NOTIFY),
        Rule("quantity", tolerance_percent=Decimal(10), within=Action.NOTIFY),
        Rule("date", tolerance_days_early=3, tolerance_days_late=2, within=Action.NOTIFY),
        Rule("split", tolerance_days_late=5, within=Action.NOTIFY),
        Rule("backorder", tolerance_percent=Decimal(50), tolerance_days_late=30, within=Action.NOTIFY),
        Rule("rejected", beyond=Action.NOTIFY),
        Rule("substituted", beyond=Action.HOLD),
        Rule("added", beyond=Action.REJECT),
        Rule("missing", beyond=Action.ACCEPT),
    )
)


def quantity(value, unit="C62"):
    return {"value": str(value), "unit_code": unit}


def price(value, base=None, currency="EUR", unit="C62"):
    amount = {"price_amount": {"value": value, "currency_id": currency}}
    return amount | ({"base_quantity": quantity(base, unit)} if base else {})


def on(day):
    return {"end_date": (DAY + timedelta(day)).isoformat()}


def part(size, day=None):
    return {"quantity": quantity(size)} | ({} if day is None else {"promised_delivery_period": on(day)})


def line(reference="1", status="3", **values):
    line.count += 1
    target = {"order_line_reference": {"line_id": reference}} if reference else {}
    return {"id": f"a{line.count}", "line_status_code": status} | target | values


line.count = 0


def answered(*lines, code="CA", asked=(BOLTS,), policy=TOLERANT, factors=None, **header):
    document = parse(response(order_response_code=code, order_lines=list(lines), **header))
    return evaluate(policy, asked, document, factors)


def told(assessment):
    """``(dimension, action)`` of all deviations."""
    return [(deviation.dimension, deviation.action.value) for deviation in assessment.deviations]


# --- what is said about one line ------------------------------------------------------------------
LINES = {
    "accepted": ({"status": "5"}, ["accepted"], []),
    "all echoed": (
        {"quantity": quantity("10.0"), "price": price("12.5"), "promised_delivery_period": on(0)},
        ["accepted"],
        [],
    ),
    "delivered already": ({"status": "42"}, ["accepted"], []),
    "dearer within": ({"price": price("12.60")}, ["changed"], [("price", "notify")]),
    "dearer within percent, beyond amount": ({"price": price("12.70")}, ["changed"], [("price", "hold")]),
    "cheaper beyond": ({"price": price("11.00")}, ["changed"], [("price", "hold")]),
    "accepted, yet dearer": ({"status": "5", "price": price("13")}, ["changed"], [("price", "hold")]),
    "the same price per hundred": ({"price": price("1250", 100)}, ["accepted"], []),
    "another price per thousand": ({"price": price("12505", 1000)}, ["changed"], [("price", "notify")]),
    "price for nothing": ({"price": price("12.50", "0.0")}, ["accepted"], []),
    "less within": ({"quantity": quantity(9)}, ["changed"], [("quantity", "notify")]),
    "less beyond": ({"quantity": quantity("8.999")}, ["changed"], [("quantity", "hold")]),
    "more": ({"quantity": quantity(12)}, ["changed"], [("quantity", "hold")]),
    "none at all": ({"quantity": quantity(0)}, ["rejected", "changed"], [("rejected", "notify")]),
    "late within": ({"promised_delivery_period": on(2)}, ["changed"], [("date", "notify")]),
    "late beyond": ({"promised_delivery_period": on(3)}, ["changed"], [("date", "hold")]),
    "early within": ({"promised_delivery_period": on(-3)}, ["changed"], [("date", "notify")]),
    "early beyond": ({"promised_delivery_period": on(-4)}, ["changed"], [("date", "hold")]),
    "some day in a week": (
        {"promised_delivery_period": {"start_date": "2026-03-06", "end_date": "2026-03-12"}},
        ["changed"],
        [("date", "notify"), ("date", "hold")],
    ),
    "one delivery is no split": ({"deliveries": [part(10, 1)]}, ["changed"], [("date", "notify")]),
    "parts on one day are no split": ({"deliveries": [part(6, 0), part(4, 0)]}, ["accepted"], []),
    "split within": (
        {"deliveries": [part(6, 0), part(4, 2)]},
        ["split", "changed"],
        [("split", "notify"), ("date", "notify")],
    ),
    "split late": (
        {"deliveries": [part(6, 0), part(4, 5)]},
        ["split", "changed"],
        [("split", "notify"), ("date", "hold")],
    ),
    "split early needs its own limit": (
        {"deliveries": [part(6, -2), part(4, 0)]},
        ["split", "changed"],
        [("split", "hold"), ("date", "notify")],
    ),
    "split and short": (
        {"deliveries": [part(6, 0), part(3, 1)]},
        ["split", "changed"],
        [("quantity", "notify"), ("split", "notify"), ("date", "notify")],
    ),
    "an empty part counts for nothing": ({"deliveries": [part(10, 0), part(0, 9)]}, ["accepted"], []),
    "the rest later": (
        {
            "quantity": quantity(6),
            "maximum_backorder_quantity": quantity(4),
            "backorder_delivery_period": on(30),
        },
        ["backorder"],
        [("backorder", "notify")],
    ),
    "the rest too late": (
        {"maximum_backorder_quantity": quantity(4), "backorder_delivery_period": on(31)},
        ["backorder"],
        [("backorder", "hold")],
    ),
    "the rest some day": (
        {"quantity": quantity(6), "maximum_backorder_quantity": quantity(4)},
        ["backorder"],
        [("backorder", "hold")],
    ),
    "too much of it later": (
        {"maximum_backorder_quantity": quantity(6), "backorder_delivery_period": on(1)},
        ["backorder"],
        [("backorder", "hold")],
    ),
    "part later, part never": (
        {
            "quantity": quantity(5),
            "maximum_backorder_quantity": quantity(3),
            "backorder_delivery_period": on(1),
        },
        ["backorder", "changed"],
        [("quantity", "hold"), ("backorder", "notify")],
    ),
    "rejected": ({"status": "7", "reason_code": "DISC"}, ["rejected"], [("rejected", "notify")]),
    "rejected with the ordered quantity echoed": (
        {"status": "7", "quantity": quantity(10), "price": price("99")},
        ["rejected"],
        [("rejected", "notify")],
    ),
    "substituted": (
        {"seller_substituted_item": {"name": "Bolt, zinc"}},
        ["substituted"],
        [("substituted", "hold")],
    ),
    "substituted and dearer": (
        {"seller_substituted_item": {"name": "Bolt, zinc"}, "price": price("20")},
        ["substituted", "changed"],
        [("substituted", "hold"), ("price", "hold")],
    ),
    "rejected with another one offered": (
        {"status": "7", "seller_substituted_item": {"name": "Bolt, zinc"}},
        ["rejected", "substituted"],
        [("substituted", "hold"), ("rejected", "notify")],
    ),
    "another item, quietly": (
        {"status": "5", "item": {"standard_item_identification": {"id": "04099999999999"}}},
        ["substituted"],
        [("substituted", "hold")],
    ),
    "the same item by one of its codes": (
        {
            "status": "5",
            "item": {
                "sellers_item_identification": {"id": "NEW-1"},
                "standard_item_identification": {"id": "04012345678901", "scheme_id": "0160"},
            },
        },
        ["accepted"],
        [],
    ),
    "an item by a code nobody asked for": (
        {"status": "5", "item": {"buyers_item_identification": {"id": "X"}}},
        ["accepted"],
        [],
    ),
    "changed in words only": ({"note": "Please call us"}, ["accepted"], [("unclear", "hold")]),
    "changed for a reason only": ({"reason_code": "A1"}, ["accepted"], [("unclear", "hold")]),
    "changed without saying what": ({"item": {"name": "Bolt M8"}}, ["accepted"], [("unclear", "hold")]),
    "accepted with a remark": ({"status": "5", "note": "Thank you"}, ["accepted"], []),
    "another unit": ({"quantity": quantity(1, "BX")}, ["changed"], [("unit", "hold")]),
    "another unit for the price": ({"price": price("1", 1, unit="KGM")}, ["changed"], [("unit", "hold")]),
    "another currency": ({"price": price("12.50", currency="USD")}, ["changed"], [("currency", "hold")]),
}


@pytest.mark.parametrize("values, kinds, deviations", LINES.values(), ids=LINES)
def test_what_is_said_about_a_line(values, kinds, deviations):
    assessment = answered(line(**values))
    [only] = assessment.lines
    assert list(only.answer.kinds) == kinds
    assert [told for told in told(assessment) if told[0] != "header"] == deviations


def test_within_one_percent_and_one_euro_means_both():
    # 12.60 is 0.8 % and 1.00 on the line; 12.61 is still under 2 %, but 1.10 on the line.
    assert told(answered(line(price=price("12.60")))) == [("price", "notify")]
    assert told(answered(line(price=price("12.61")))) == [("price", "hold")]


def test_a_limit_that_is_not_set_tolerates_nothing():
    bare = Policy(
        (Rule("price", within=Action.ACCEPT), Rule("date", tolerance_days_early=9, tolerance_days_late=0))
    )
    assert told(answered(line(price=price("12.51")), policy=bare)) == [("price", "hold")]
    assert told(answered(line(promised_delivery_period=on(1)), policy=bare)) == [("date", "hold")]
    assert told(answered(line(promised_delivery_period=on(-1)), policy=bare)) == [("date", "accept")]


def test_prices_are_compared_exactly():
    third = Asked("1", Decimal(3), "C62", Decimal("1"), "EUR", price_base=Decimal(3))
    assert told(answered(line(status="5", price=price("1000", 3000)), asked=[third], code="AP")) == []
    strict = Policy((Rule("price", tolerance_percent=Decimal("0.0001"), within=Action.ACCEPT),))
    assert told(answered(line(price=price("0.333333333333")), asked=[third], policy=strict)) == [
        ("price", "accept")
    ]
    assert told(answered(line(price=price("0.333333333333")), asked=[third], policy=Policy())) == [
        ("price", "hold")
    ]


def test_a_price_where_none_was_asked():
    free = Asked("1", Decimal(10), "C62")
    assert told(answered(line(price=price("1")), asked=[free])) == [("price", "hold")]
    gift = Asked("1", Decimal(10), "C62", Decimal(0), "EUR")
    assert told(answered(line(price=price("0.01")), asked=[gift])) == [("price", "hold")]
    assert told(answered(line(status="5", price=price("0.00")), asked=[gift], code="AP")) == []


def test_no_date_asked_none_to_miss():
    whenever = Asked("1", Decimal(10), "C62", Decimal("12.50"), "EUR")
    assessment = answered(line(status="5", promised_delivery_period=on(99)), asked=[whenever], code="AP")
    assert assessment.action is Action.ACCEPT
    assert assessment.lines[0].answer.date == DAY + timedelta(99)


def test_any_day_of_the_span_that_was_asked_for_is_in_time():
    asked = Asked("1", Decimal(10), "C62", date=DAY, earliest_date=DAY - timedelta(5))
    for day in (-5, -3, 0):
        assert (
            told(answered(line(status="5", promised_delivery_period=on(day)), asked=[asked], code="AP")) == []
        )
    early = answered(line(promised_delivery_period=on(-6)), asked=[asked])
    assert [(d.difference, d.asked, d.answered) for d in early.deviations] == [
        (-1, DAY - timedelta(5), DAY - timedelta(6))
    ]


# --- units ----------------------------------------------------------------------------------------
def test_a_proven_unit_is_compared_in_the_asked_one():
    boxes = {("1", "BX"): Decimal(5)}
    same = answered(
        line(status="5", quantity=quantity(2, "BX"), price=price("62.50")), code="AP", factors=boxes
    )
    assert same.action is Action.ACCEPT
    assert same.lines[0].answer.quantity == 10
    assert told(answered(line(quantity=quantity(2, "BX"), price=price("12.50")), factors=boxes)) == [
        ("price", "hold")
    ]
    assert told(answered(line(quantity=quantity(3, "BX")), factors=boxes)) == [("quantity", "hold")]
    per_box = price("62.50", 1, unit="BX")
    assert told(answered(line(status="5", price=per_box), code="AP", factors=boxes)) == []


# --- the header -----------------------------------------------------------------------------------
def test_the_header_alone_accepts_everything():
    assessment = answered(code="AP", asked=[BOLTS, NUTS])
    assert assessment.action is Action.ACCEPT and not assessment.deviations
    assert [(x.answer.kind, x.answer.quantity, x.answer.date) for x in assessment.lines] == [
        ("accepted", 10, DAY),
        ("accepted", 5, DAY),
    ]


def test_the_header_alone_rejects_everything():
    assessment = answered(code="RE", asked=[BOLTS, NUTS], note="We closed shop.")
    assert told(assessment) == [("rejected", "notify"), ("rejected", "notify")]
    assert assessment.deviations[0].sentence == "The line is rejected: We closed shop."
    assert assessment.lines[0].answer.total_quantity == 0


def test_a_receipt_decides_nothing():
    assessment = answered(code="AB", asked=[BOLTS, NUTS])
    assert assessment.action is Action.ACCEPT
    assert [x.answer for x in assessment.lines] == [None, None]


def test_a_date_for_the_whole_order_is_each_lines_date_unless_it_has_its_own():
    header = {"delivery": {"promised_delivery_period": on(1)}}
    assessment = answered(
        line("1", "3", promised_delivery_period=on(4)), line("2", "5"), asked=[BOLTS, NUTS], **header
    )
    assert told(assessment) == [("date", "hold"), ("date", "notify")]
    assert told(answered(asked=[BOLTS, NUTS], **header)) == [("date", "notify"), ("date", "notify")]
    assert told(answered(code="AP", **header)) == [("date", "notify")]


def test_what_is_within_the_limits_is_accepted_as_the_header_says():
    near = line("1", "5", promised_delivery_period=on(1), price=price("12.60"))
    assert told(answered(near, code="AP")) == [("price", "notify"), ("date", "notify")]


CONTRADICTIONS = {
    "all accepted, one far too late": ("AP", [line("1", "5", promised_delivery_period=on(30))], "line 1"),
    "all accepted, one dearer": ("AP", [line("1", "5", price=price("13")), line("2", "5")], "line 1"),
    "all accepted, one rejected": ("AP", [line("1", "7"), line("2", "5")], "line 1"),
    "all accepted, one unclear": ("AP", [line("2", "3", note="?")], "line 2"),
    "all rejected, one accepted": ("RE", [line("1", "7"), line("2", "5")], "line 2"),
    "only received, one changed": ("AB", [line("1", "3", quantity=quantity(9))], "line 1"),
    "all accepted, one added": (
        "AP",
        [line(None, "1", quantity=quantity(1), item={"name": "Gift"}, id="x9")],
        "line x9",
    ),
}


@pytest.mark.parametrize("code, lines, named", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_header_that_contradicts_its_lines_is_held(code, lines, named):
    accepting = Policy(tuple(Rule(name, beyond=Action.ACCEPT) for name in DIMENSIONS))
    assessment = answered(*lines, code=code, asked=[BOLTS, NUTS], policy=accepting)
    [deviation] = assessment.header
    assert deviation.action is Action.HOLD and assessment.action is Action.HOLD
    assert named in deviation.sentence


def test_a_header_that_agrees_with_its_lines_is_silent():
    for code, lines in {"AP": [line("1", "5")], "RE": [line("1", "7")], "AB": [line("1", "5")]}.items():
        assert answered(*lines, code=code).header == ()
    assert answered(line("1", "3", quantity=quantity(9))).header == ()


def test_a_condition_nobody_can_see_is_told():
    assessment = answered(line("1", "5"), note="Freight is extra.")
    assert told(assessment) == [("header", "notify")]
    assert "Freight is extra." in assessment.header[0].sentence


# --- lines beyond and lines missing ---------------------------------------------------------------
def test_a_line_without_an_answer_follows_its_rule_and_is_as_asked():
    assessment = answered(line("1", "3", quantity=quantity(9)), asked=[BOLTS, NUTS])
    missing = assessment.lines[1]
    assert (missing.answer.kind, missing.action) == ("missing", Action.ACCEPT)
    assert (missing.answer.quantity, missing.answer.date) == (5, DAY)


def test_a_line_nobody_ordered():
    added = line(None, "1", quantity=quantity(2), item={"name": "Pallet"}, price=price("8"))
    assessment = answered(added, line("1", "5"))
    assert told(assessment) == [("added", "reject")]
    assert assessment.action is Action.REJECT
    by_its_number = line("3", "1", quantity=quantity(2), item={"name": "Pallet"})
    to_a_known_line = line("1", "1", quantity=quantity(2), item={"name": "Cap"})
    assert told(answered(by_its_number, to_a_known_line, line("1", "5"))) == [("added", "reject")] * 2
    stray = answered(
        line("9", "5"),
        line("1", "5"),
        policy=Policy(tuple(Rule(n, beyond=Action.ACCEPT) for n in DIMENSIONS)),
    )
    assert told(stray) == [("unknown_line", "hold")]


def test_several_lines_may_share_one():
    shared = answered(
        line("1", "5", quantity=quantity(6)),
        line("1", "3", quantity=quantity(4), promised_delivery_period=on(2)),
    )
    assert told(shared) == [("split", "notify"), ("date", "notify")]
    assert shared.lines[0].answer.quantity == 10
    partly = answered(line("1", "5", quantity=quantity(9)), line("1", "7", quantity=quantity(1)))
    assert told(partly) == [("quantity", "notify")]
    twice = answered(line("1", "5"), line("1", "3", quantity=quantity(4)))
    assert ("answered_twice", "hold") in told(twice)
    prices = answered(
        line("1", "5", quantity=quantity(6)),
        line("1", "5", quantity=quantity(2), price=price("12.50")),
        line("1", "5", quantity=quantity(2), price=price("12.60")),
    )
    assert ("answered_twice", "hold") in told(prices)


# --- what people read -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "values, sentence",
    [
        (
            {"price": price("13.53")},
            "Price 8.24 % above the order, 13.53 EUR instead of 12.50 EUR, limit 2 % and 1 EUR on the line.",
        ),
        (
            {"price": price("1253", 100)},
            "Price 0.24 % above the order, 1253 EUR per 100 instead of 12.50 EUR, "
            "within the limit of 2 % and 1 EUR on the line.",
        ),
        ({"quantity": quantity(8)}, "Quantity 8 instead of 10 C62: 20 % less, limit 10 %."),
        (
            {"promised_delivery_period": on(1)},
            "Delivery 2026-03-11 instead of 2026-03-10: 1 day late, within the limit of 2 days late.",
        ),
        (
            {"deliveries": [part(6, 0), part(4, 9)]},
            "Delivered in 2 parts: 6 on 2026-03-10, 4 on 2026-03-19, limit 5 days late.",
        ),
        (
            {"maximum_backorder_quantity": quantity(4)},
            "Back-order: 4 of 10 C62 will follow later, without a date, limit 50 % and 30 days late.",
        ),
        (
            {"status": "7", "reason_code": "DISC", "note": "No longer made."},
            "The line is rejected: reason DISC No longer made.",
        ),
        (
            {
                "seller_substituted_item": {
                    "name": "Bolt, zinc",
                    "sellers_item_identification": {"id": "ACME-2"},
                }
            },
            "Another item is offered: Bolt, zinc (seller ACME-2) "
            "instead of 0160 04012345678901, seller ACME-1.",
        ),
        (
            {"quantity": quantity(1, "BX")},
            "The unit differs: the answer is in BX, the order in C62, and nothing proves how they convert.",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_a_deviation_reads_like_a_sentence(values, sentence):
    assessment = answered(line(**values))
    assert sentence in [deviation.sentence for deviation in assessment.deviations]


def test_the_numbers_behind_the_sentence():
    [deviation] = answered(line(price=price("13.53"))).deviations
    assert deviation.as_dict() == {
        "dimension": "price",
        "asked": "12.50",
        "answered": "13.53",
        "difference": "1.03",
        "percent": "8.24",
        "limit": "2 % and 1 EUR on the line",
        "within": False,
        "action": "hold",
        "sentence": deviation.sentence,
    }


def test_the_summary_names_the_gravest():
    assessment = answered(
        line("1", "3", price=price("13.53"), promised_delivery_period=on(1)),
        line("2", "3", quantity=quantity(1)),
        asked=[BOLTS, NUTS],
    )
    assert assessment.summary == (
        "Price 8.24 % above the order, 13.53 EUR instead of 12.50 EUR, limit 2 % and 1 EUR on the line. "
        "Quantity 1 instead of 5 C62: 80 % less, limit 10 %."
    )
    assert json.loads(json.dumps(assessment.as_dict()))["lines"][1]["line_id"] == "2"


# --- policies -------------------------------------------------------------------------------------
def test_actions_are_ordered_by_severity():
    assert Action.ACCEPT < Action.NOTIFY < Action.HOLD < Action.REJECT
    assert max(Action.NOTIFY, Action.HOLD, Action.ACCEPT) is Action.HOLD
    assert Action("notify") is Action.NOTIFY


def test_a_policy_that_cannot_be_meant_is_refused():
    with pytest.raises(ValueError, match="no dimension 'colour'"):
        Rule("colour")
    with pytest.raises(ValueError, match="at most one rule"):
        Policy((Rule("price"), Rule("price")))


def test_what_has_no_rule_is_held():
    everything = {name: case for name, case in LINES.items() if case[2]}
    for name, (values, _kinds, _deviations) in everything.items():
        assert answered(line(**values), policy=Policy()).action is Action.HOLD, name


def test_the_default_lets_a_small_shift_of_the_date_pass_and_nothing_else():
    assert answered(line(promised_delivery_period=on(2)), policy=default_policy()).action is Action.NOTIFY
    assert answered(line(promised_delivery_period=on(3)), policy=default_policy()).action is Action.HOLD
    assert answered(line(price=price("12.51")), policy=default_policy()).action is Action.HOLD
    assert answered(line("1", "5"), code="AP", policy=default_policy()).action is Action.ACCEPT


def test_an_order_of_the_samples_is_asked_as_it_stands():
    [row] = parse(order()).order_lines
    assert Asked.from_order_line(row) == Asked(
        "1",
        Decimal(10),
        "C62",
        Decimal("12.50"),
        "EUR",
        DAY,
        frozenset({GTIN, ("seller", "ACME-1")}),
        earliest_date=DAY,
    )
