"""Units: exact factors, and no factor for what has none."""

from decimal import Decimal, Inexact
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..canonical import Quantity
from ..units import PACKAGES, TABLES, exact, package_words, ratio

CODES = sorted(code for table in TABLES.values() for code in table)
codes = st.sampled_from(CODES)
one_measure = st.sampled_from(list(TABLES.values())).flatmap(
    lambda table: st.tuples(*[st.sampled_from(sorted(table))] * 3)
)


@given(one_measure)
def test_there_and_back_and_by_way_of_a_third(three):
    first, second, third = three
    assert ratio(first, second) * ratio(second, first) == 1
    assert ratio(first, second) * ratio(second, third) == ratio(first, third)


@given(codes, codes)
def test_a_factor_exactly_when_both_measure_the_same(first, second):
    same = any(first in table and second in table for table in TABLES.values())
    assert (ratio(first, second) is not None) == same


def test_every_code_stands_in_one_table_and_could_be_in_a_document():
    assert len(CODES) == len(set(CODES))
    assert all(Quantity(value=Decimal(1), unit_code=code) for code in [*CODES, *PACKAGES])


@pytest.mark.parametrize(
    ("code", "other", "factor"),
    [
        ("GRO", "DZN", "12"),
        ("MIL", "EA", "1000"),
        ("LBR", "KGM", "0.45359237"),  # NIST SP 811, B.8
        ("STN", "KGM", "907.18474"),
        ("LTN", "KGM", "1016.0469088"),
        ("APZ", "GRM", "31.1034768"),
        ("GRN", "MGM", "64.79891"),
        ("SMI", "MTR", "1609.344"),
        ("FTK", "MTK", "0.09290304"),
        ("GLL", "LTR", "3.785411784"),
        ("OZA", "MLT", "29.5735295625"),
        ("GLI", "LTR", "4.54609"),
        ("OZI", "MLT", "28.4130625"),
        ("BLL", "LTR", "158.987294928"),
        ("FTQ", "LTR", "28.316846592"),
        ("BFT", "CMQ", "2359.737216"),
        ("HUR", "MIN", "60"),
    ],
)
def test_factors_of_the_standards(code, other, factor):
    assert exact(ratio(code, other)) == Decimal(factor)


@pytest.mark.parametrize("other", ["C62", "KGM", "CT", "XBX"])
@pytest.mark.parametrize("code", ["CT", "XCT", "PK", "PX", "DAY", "SET", "ACR", "nonsense", ""])
def test_what_has_no_factor_gets_none(code, other):
    assert ratio(code, other) == (1 if code == other else None)


def test_packages_by_both_their_codes():
    assert package_words("XCT") == package_words("CT") == ("carton",)
    assert package_words("KGM") == package_words("XKG") == package_words("C62") == ()
    assert not set(PACKAGES) & set(CODES)


@given(st.fractions())
def test_a_decimal_is_exact_or_refused(number):
    try:
        value = exact(number)
    except Inexact:
        denominator = number.denominator
        while denominator % 10 == 0:
            denominator //= 10
        for prime in (2, 5):
            while denominator % prime == 0:
                denominator //= prime
        assert denominator != 1 or number * 10**12 % 1 or abs(number) >= 10**15
    else:
        assert Fraction(value) == number
