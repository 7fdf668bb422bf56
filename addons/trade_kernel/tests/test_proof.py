"""Quantity × price = amount, under known factors, or the arithmetic that shows why not."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..canonical import Amount, Price, Quantity
from ..proof import Line, number, prove

KNOWN = {"C62": Fraction(1), "CT": Fraction(24), "DZN": Fraction(12)}


def line(quantity, price, amount, **more):
    """``line("10 CT", "1.25 / 1 C62", "300.00")``"""
    value, unit = quantity.split()
    per, _slash, base = price.partition(" / ")
    base_quantity = None
    if base:
        size, code = base.split()
        base_quantity = Quantity(value=Decimal(size), unit_code=code)
    return Line(
        Quantity(value=Decimal(value), unit_code=unit),
        Price(price_amount=Amount(value=Decimal(per), currency_id="EUR"), base_quantity=base_quantity),
        Amount(value=Decimal(amount), currency_id="EUR"),
        **more,
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            ("10 CT", "1.25 / 1 C62", "300.00"),
            "10 CT × 24 = 240 Units at 1.25 EUR / Units = 300.00 EUR",
        ),
        (
            ("10 CT", "125.00 / 100 C62", "300.00"),
            "10 CT × 24 = 240 Units at 125.00 EUR / 100 Units = 300.00 EUR",
        ),
        (("240 C62", "30 / 1 CT", "300"), "240 C62 at 30 EUR / CT of 24 Units = 300.00 EUR"),
        (("10 CT", "30", "300"), "10 CT at 30 EUR / CT = 300.00 EUR"),
        (("1 C62", "1 / 8 C62", "0.13"), "1 C62 at 1 EUR / 8 C62 = 0.13 EUR"),
        (("1 C62", "1 / 8 C62", "0.12"), "1 C62 at 1 EUR / 8 C62 = 0.13 EUR"),
        (("1 C62", "1 / 8 C62", "0.125"), "1 C62 at 1 EUR / 8 C62 = 0.125 EUR"),
        (
            ("5 CT", "14.40 / 1 DZN", "144"),
            "5 CT × 24 = 120 Units at 14.40 EUR / DZN of 12 Units = 144.00 EUR",
        ),
    ],
)
def test_what_is_right_is_accepted_and_shown(said, words):
    proof = prove(line(*said), KNOWN, "Units")
    assert (proof.holds, proof.words) == (True, words)


def test_what_is_wrong_is_shown_with_its_arithmetic():
    proof = prove(line("10 CT", "1.25 / 1 C62", "288.00"), KNOWN, "Units")
    assert proof.holds is False
    assert proof.words == (
        "10 CT × 24 = 240 Units at 1.25 EUR / Units = 300.00 EUR, the line says 288.00 EUR"
    )


def test_charges_and_allowances_of_the_line_count():
    more = {"charges": Decimal(5), "allowances": Decimal("12.50")}
    proof = prove(line("10 CT", "30", "292.50", **more), KNOWN, "Units")
    assert proof.holds
    assert proof.words == "10 CT at 30 EUR / CT + 5 charges − 12.5 allowances = 292.50 EUR"


def test_an_unknown_package_is_not_guessed_but_what_it_would_be_is_told():
    proof = prove(line("10 PK", "1.25 / 1 C62", "300.00"), KNOWN, "Units")
    assert (proof.holds, proof.expected, proof.implied) == (None, None, 24)
    assert proof.words == (
        "10 PK at 1.25 EUR / C62, the line says 300.00 EUR; how much one PK is, is not known"
    )
    assert prove(line("240 C62", "30 / 1 PK", "300.00"), KNOWN, "Units").implied == 24
    assert prove(line("10 PK", "1 / 1 BX", "300.00"), KNOWN, "Units").implied is None
    assert prove(line("10 PK", "0 / 1 C62", "300.00"), KNOWN, "Units").implied is None


def test_decimals_of_the_currency():
    assert prove(line("3 C62", "33.4", "100"), KNOWN, "Units", decimals=0).holds
    assert not prove(line("3 C62", "33.4", "100"), KNOWN, "Units", decimals=2).holds


amounts = st.decimals("0.01", "99999", places=2)
ratios = st.fractions(min_value=Fraction(1, 1000), max_value=1000)


@given(amounts, amounts, ratios, st.integers(1, 1000))
def test_the_amount_it_expects_holds_and_a_cent_more_does_not(quantity, price, ratio, base):
    known = {"C62": Fraction(1), "CT": ratio}
    said = line(f"{quantity} CT", f"{price} / {base} C62", "0")
    expected = prove(said, known, "Units").expected
    assert prove(line(f"{quantity} CT", f"{price} / {base} C62", f"{expected}"), known, "Units").holds
    for other in (expected + Decimal("0.01"), expected - Decimal("0.01")):
        proof = prove(line(f"{quantity} CT", f"{price} / {base} C62", f"{other}"), known, "Units")
        exact = Fraction(quantity) * ratio * Fraction(price) / base
        assert proof.holds == (abs(exact - Fraction(other)) == Fraction(1, 200))


@given(amounts, amounts, amounts)
def test_the_implied_ratio_is_the_one_that_proves_the_line(quantity, price, amount):
    said = line(f"{quantity} CT", f"{price} / 1 C62", f"{amount}")
    implied = prove(said, {"C62": Fraction(1)}, "Units").implied
    assert implied * Fraction(quantity) * Fraction(price) == Fraction(amount)
    assert prove(said, {"C62": Fraction(1), "CT": implied}, "Units").holds


@given(st.fractions())
def test_numbers_say_exactly_what_they_are(value):
    assert Fraction(number(value)) == value
