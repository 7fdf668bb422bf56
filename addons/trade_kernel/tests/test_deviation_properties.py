"""What holds for any answer and any policy."""

import json
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from ..answer import KINDS
from ..canonical import parse
from ..deviation import ALWAYS_HELD, DIMENSIONS, Action, Asked, Policy, Rule, evaluate
from . import strategies
from .samples import response
from .test_deviation import DAY, answered, line, price

actions = st.sampled_from(Action)
limits = st.none() | st.decimals("0", "50", places=1)
day_limits = st.none() | st.integers(0, 20)
policies = st.tuples(
    *(
        st.builds(Rule, st.just(name), limits, limits, day_limits, day_limits, actions, actions)
        for name in DIMENSIONS
    )
).map(Policy)


@settings(max_examples=40)
@given(policies, strategies.order_responses)
def test_any_answer_gets_an_assessment_that_can_be_stored(policy, document):
    asked = [
        Asked(row.order_line_reference.line_id, Decimal(7), "C62", Decimal("2"), "EUR", DAY)
        for row in document.order_lines[:2]
    ]
    assessment = evaluate(policy, asked, document)
    json.dumps(assessment.as_dict())
    assert assessment.action == max((d.action for d in assessment.deviations), default=Action.ACCEPT)
    for found in assessment.lines:
        if found.answer:
            assert found.answer.kinds == tuple(kind for kind in KINDS if kind in found.answer.kinds)
    for deviation in assessment.deviations:
        assert deviation.dimension in DIMENSIONS + ALWAYS_HELD
        assert deviation.dimension in DIMENSIONS or deviation.action >= Action.NOTIFY


@settings(max_examples=40)
@given(strategies.orders)
def test_an_order_answered_with_its_own_values_is_accepted_under_any_policy(document):
    values = response(
        order_response_code="AP",
        order_reference={"id": document.id},
        order_lines=[
            {
                "id": row.id,
                "order_line_reference": {"line_id": row.id},
                "line_status_code": "5",
                "quantity": row.quantity,
                "price": row.price,
                "promised_delivery_period": row.requested_delivery_period,
                "item": row.item,
            }
            for row in document.order_lines
        ],
    )
    asked = [Asked.from_order_line(row) for row in document.order_lines]
    same_unit = all(
        not (row.price and row.price.base_quantity)
        or row.price.base_quantity.unit_code == row.quantity.unit_code
        for row in document.order_lines
    )
    assessment = evaluate(Policy(), asked, parse(values))
    assert (assessment.action is Action.ACCEPT) == same_unit
    assert same_unit or {d.dimension for d in assessment.deviations} <= {"unit", "header"}


@given(
    st.decimals("0.01", "9999", places=2),
    st.decimals("0.01", "9999", places=2),
    st.sampled_from([1, 10, 1000]),
    st.decimals("0.1", "50", places=1),
    st.decimals("0.1", "999", places=1),
)
def test_a_price_is_within_exactly_when_every_limit_is_kept(before, after, base, percent, amount):
    policy = Policy(
        (Rule("price", tolerance_percent=percent, tolerance_amount=amount, within=Action.ACCEPT),)
    )
    asked = Asked("1", Decimal(10), "C62", before, "EUR")
    assessment = answered(line(price=price(str(after), base)), asked=[asked], policy=policy)
    difference = abs(Fraction(after) / base - Fraction(before))
    kept = difference * 100 <= Fraction(percent) * Fraction(before) and difference * 10 <= Fraction(amount)
    assert (assessment.lines[0].action is Action.ACCEPT) == kept
