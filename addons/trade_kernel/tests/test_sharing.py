"""One line of an invoice shared out among order lines."""

import doctest
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .. import sharing
from ..sharing import Open, portions, share


def test_the_examples():
    assert doctest.testmod(sharing).failed == 0


def lines(*found):
    return [Open(key, Fraction(left), Fraction(ready)) for key, (left, ready) in zip("abcd", found)]  # noqa: B905


@pytest.mark.parametrize(
    "quantity, found, expected",
    [
        (10, [(6, 6), (4, 4)], "a6 b4"),
        (10, [(6, 0), (6, 6)], "a4 b6"),  # what was received first
        (5, [(6, 2), (6, 2)], "a3 b2"),  # then what is left, in order
        (11, [(6, 6), (4, 4)], "a6 b5"),  # too much stays visible
        (11, [(6, 6), (0, 0)], "a11"),
        (3, [(0, 0), (0, 0)], "a3"),
        (4, [(3, 9), (3, 3)], "a3 b1"),  # more was received than ordered
    ],
)
def test_what_is_received_first_in_order(quantity, found, expected):
    shared = share(Fraction(quantity), lines(*found))
    assert " ".join(f"{key}{part}" for key, part in shared) == expected


_QUANTITIES = st.lists(st.fractions(min_value=0, max_value=100, max_denominator=12), min_size=1, max_size=6)


@given(
    st.fractions(min_value=Fraction(1, 12), max_value=500, max_denominator=12),
    st.lists(st.tuples(*[st.fractions(0, 100, max_denominator=12)] * 2), min_size=1, max_size=6),
)
def test_nothing_is_lost_and_nobody_gets_too_much_while_others_can(quantity, found):
    opened = [Open(index, left, ready) for index, (left, ready) in enumerate(found)]
    shared = dict(share(quantity, opened))
    assert sum(shared.values()) == quantity and all(part > 0 for part in shared.values())
    if quantity <= sum(line.left for line in opened):
        assert all(part <= opened[key].left for key, part in shared.items())


@given(st.decimals(-1000, 1000, places=3), _QUANTITIES.filter(any))
def test_portions_add_up_and_are_near_their_exact_part(amount, quantities):
    parts = portions(amount, quantities)
    assert sum(parts) == amount
    for part, quantity in zip(parts, quantities, strict=True):
        assert abs(Fraction(part) - Fraction(amount) * quantity / sum(quantities)) <= Fraction(1, 50)


def test_a_currency_without_cents():
    assert portions(Decimal(100), [Fraction(1), Fraction(2)], decimals=0) == [Decimal(33), Decimal(67)]
