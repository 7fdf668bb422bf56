"""What is billed, ordered and received: every difference with its arithmetic."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..invoice_sums import Sum
from ..matching import Billed, Charge, Matcher, Ordered, careful
from ..tolerance import Action, Policy, Rule

D = Decimal
RATE = (Fraction(20),)


def ordered(quantity=12, price="10", received=12, **more):
    return Ordered(
        "P1 line 1",
        "Units",
        Fraction(quantity),
        Fraction(price),
        Fraction(received),
        **{"rates": RATE, **more},
    )


def billed(quantity=12, amount="120", line="1", key="a", **more):
    return Billed(line, key, Fraction(quantity), D(amount), "Desk", **more)


def match(one=None, *lines, rules=(), credit=False, **more):
    policy = Policy(
        (*rules, *(r for r in careful().rules if r.dimension not in {x.dimension for x in rules}))
    )
    matcher = Matcher(lambda key: policy, "EUR", credit=credit)
    return matcher.match({"a": one or ordered()}, lines or [billed()], **more)


def told(found):
    return [(one.dimension, one.action.value) for one in found.deviations]


def words(found):
    return [one.sentence for one in found.deviations]


def test_as_ordered_and_received():
    found = match(tax=D("24.00"))
    assert told(found) == [] and found.action is Action.ACCEPT
    assert found.lines[0].arithmetic == "12 × 10.00 = 120.00 EUR billed, 12 × 10.00 = 120.00 EUR agreed"


def test_a_part_of_it_is_no_difference():
    assert told(match(ordered(billed=Fraction(4)), billed(8, "80"))) == []


# --- price ----------------------------------------------------------------------------------------
def test_a_higher_price():
    found = match(None, billed(12, "126"))
    assert words(found) == [
        "12 × 10.50 = 126.00 EUR billed, 12 × 10.00 = 120.00 EUR agreed: 6.00 EUR (5 %) more."
    ]
    assert (found.deviations[0].difference, found.deviations[0].percent) == (6, 5)
    assert told(found) == [("price", "hold")]


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        (Rule("price", tolerance_percent=D(5)), "accept"),
        (Rule("price", tolerance_percent=D("4.99")), "hold"),
        (Rule("price", tolerance_amount=D(6)), "accept"),
        (Rule("price", tolerance_percent=D(5), tolerance_amount=D("5.99")), "hold"),
        (Rule("price", tolerance_percent=D(5), within=Action.NOTIFY), "notify"),
    ],
)
def test_tolerances_of_the_price(rule, outcome):
    assert told(match(None, billed(12, "126"), rules=[rule])) == [("price", outcome)]


def test_a_lower_price_is_noted():
    assert told(match(None, billed(12, "114"))) == [("price", "notify")]


def test_rounding_is_no_difference():
    assert told(match(ordered(3, "3.333", 3), billed(3, "10.00"))) == []
    assert told(match(ordered(3, "3.333", 3), billed(3, "10.01"))) == [("price", "hold")]


# --- quantity -------------------------------------------------------------------------------------
def test_more_than_ordered():
    found = match(ordered(billed=Fraction(10), received=14), billed(4, "40"))
    assert told(found) == [("quantity", "hold")]
    assert words(found) == [
        "10 billed before + 4 = 14 Units, 12 Units ordered: 2 Units too many, worth 20.00 EUR."
    ]


def test_two_lines_for_one_order_line_count_together():
    found = match(None, billed(8, "80"), billed(8, "80", "2"))
    assert [one.action for one in found.lines] == [Action.ACCEPT, Action.HOLD]
    assert found.lines[1].before == 8


def test_not_received_yet_waits():
    found = match(ordered(received=8))
    assert told(found) == [("receipt", "wait")]
    assert words(found) == ["12 Units billed, 8 Units received: 4 Units not received, worth 40.00 EUR."]


def test_nothing_more_is_expected():
    found = match(ordered(received=8, expecting=False))
    assert told(found) == [("receipt", "hold")]
    assert words(found)[0].endswith("worth 40.00 EUR, and no more is expected.")


def test_what_is_billed_as_ordered_waits_for_nothing():
    assert told(match(ordered(received=0, on_receipt=False))) == []


def test_a_returned_line_of_an_invoice():
    assert told(match(ordered(billed=Fraction(12)), billed(-2, "-20"))) == []


def test_a_line_nobody_ordered():
    found = match(None, billed(), billed(1, "9", "2", key=None))
    assert told(found) == [("unknown_line", "hold")]


def test_another_item():
    assert told(match(None, billed(other="Shelf"))) == [("item", "hold")]


# --- tax ------------------------------------------------------------------------------------------
def test_another_rate():
    found = match(None, billed(rates=(Fraction(7),)))
    assert words(found) == ["7 % tax billed, 20 % tax on P1 line 1: of 120.00 EUR that is 15.60 EUR less."]


def test_the_tax_of_the_document_is_worked_out_again():
    found = match(tax=D("25.00"))
    assert words(found) == ["20 % of 120.00 EUR is 24.00 EUR, the document says 25.00 EUR: 1.00 EUR more."]
    assert told(match(tax=D("24.01"), rules=[Rule("tax", tolerance_amount=D("0.02"))])) == [("tax", "accept")]


def test_rounded_per_line_or_per_document():
    lines = [billed(1, "10.03", str(n)) for n in range(3)]
    one = ordered(3, "10.03", 3, rates=(Fraction(21),))
    assert told(match(one, *lines, tax=D("6.32"))) == []
    assert told(match(one, *lines, tax=D("6.33"))) == []
    assert told(match(one, *lines, tax=D("6.34"))) == [("tax", "hold")]


# --- the document ---------------------------------------------------------------------------------
def test_freight_nobody_agreed():
    found = match(charges=[Charge("Freight", D("9.90"), RATE)], tax=D("25.98"))
    assert words(found) == ["Nobody agreed: Freight 9.90 EUR."]
    rule = Rule("charges", tolerance_percent=D(10))
    assert told(match(charges=[Charge("Freight", D("9.90"), RATE)], rules=[rule])) == [("charges", "accept")]
    assert told(match(charges=[Charge("Discount", D(-5), RATE)])) == [("charges", "notify")]


def test_figures_that_do_not_add_up():
    wrong = Sum("net", "/x", D(120), D(121), "Without tax it is 120.00 EUR, the total says 121.00 EUR")
    assert told(match(wrong=[wrong])) == [("total", "hold")]
    assert told(match(wrong=[wrong], rules=[Rule("total", tolerance_amount=D(1))])) == [("total", "accept")]


# --- credit notes ---------------------------------------------------------------------------------
def credited(one, *lines, **more):
    return match(one, *lines, credit=True, **more)


def test_what_was_billed_is_taken_back():
    one = ordered(billed=Fraction(12), billed_price=Fraction(10))
    found = credited(one, billed(2, "20"))
    assert told(found) == [] and not found.lines[0].is_price


def test_only_the_price_is_taken_back():
    one = ordered(billed=Fraction(12), billed_price=Fraction("10.5"))
    found = credited(one, billed(12, "6"))
    assert told(found) == [] and found.lines[0].is_price
    less = credited(one, billed(12, "4"))
    assert told(less) == [("price", "hold")]
    assert "2.00 EUR less" in words(less)[0]


def test_more_credited_than_billed():
    one = ordered(billed=Fraction(1), billed_price=Fraction(10))
    assert told(credited(one, billed(2, "20"))) == [("quantity", "hold")]


# --- properties -----------------------------------------------------------------------------------
NUMBERS = st.decimals(0, 10_000, places=3).map(Fraction)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.decimals(-10_000, 10_000, places=2), st.booleans())
def test_whatever_is_billed_is_compared(quantity, received, before, price, amount, credit):
    one = ordered(quantity, price, received, billed=before, billed_price=price)
    found = match(one, billed(quantity, str(amount)), credit=credit)
    assert all(deviation.sentence.endswith(".") and deviation.as_dict() for deviation in found.deviations)
    if not credit and amount > 0 and Fraction(amount) - quantity * price > Fraction(1, 100):
        assert found.action >= Action.HOLD


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.integers(0, 40))
def test_invoices_in_any_parts_bill_no_more_than_was_received(parts, received):
    """However a quantity is cut into invoices: what passes without a person was received."""
    passed = Fraction(0)
    for part in parts:
        found = match(ordered(40, received=received, billed=passed), billed(part, str(part * 10)))
        if found.action is Action.ACCEPT:
            passed += part
        else:
            assert passed + part > received
    assert passed <= received
