"""GS1's numbers: check digits, GTINs of all lengths, element strings."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ..canonical import DespatchAdvice
from ..errors import ValidationFailed
from ..identifiers import (
    GLN,
    GTIN,
    LENGTHS,
    SSCC,
    check_digit,
    element_string,
    gtin_spellings,
    is_valid,
    normal_gtin,
    right_digit,
    wrong_digit,
    wrong_digits,
)


def bodies(*lengths):
    return st.sampled_from(lengths).flatmap(lambda n: st.text("0123456789", min_size=n - 1, max_size=n - 1))


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        (GTIN, "96385074"),
        (GTIN, "036000291452"),
        (GTIN, "4012345678901"),
        (GTIN, "10614141000415"),
        (GLN, "4012345000009"),
        (SSCC, "106141412345678908"),
    ],
)
def test_numbers_gs1_prints_as_examples(scheme, value):
    assert is_valid(scheme, value)
    assert wrong_digit(scheme, value) is None


@given(st.sampled_from(list(LENGTHS)).flatmap(lambda s: st.tuples(st.just(s), bodies(*LENGTHS[s]))))
def test_exactly_one_last_digit_is_right(case):
    scheme, body = case
    right = [digit for digit in "0123456789" if is_valid(scheme, body + digit)]
    assert right == [check_digit(body)]
    for digit in set("0123456789") - set(right):
        assert right_digit(scheme, body + digit) == right[0]


@given(bodies(13, 14), st.data())
def test_one_mistyped_digit_is_always_seen(body, data):
    value = body + check_digit(body)
    place = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.sampled_from(sorted(set("0123456789") - {value[place]})))
    assert not is_valid(GTIN, value[:place] + other + value[place + 1 :])


@given(bodies(8, 12, 13, 14))
def test_leading_zeros_do_not_change_a_check_digit(body):
    assert check_digit(body) == check_digit(body.zfill(17))


@given(bodies(8, 12, 13, 14), bodies(8, 12, 13, 14))
def test_two_gtins_are_one_exactly_when_they_share_a_spelling(first, second):
    first, second = first + "0", second + "0"
    same = normal_gtin(first) == normal_gtin(second)
    assert same == bool(set(gtin_spellings(first)) & set(gtin_spellings(second)))
    assert all(normal_gtin(spelling) == normal_gtin(first) for spelling in gtin_spellings(first))


@pytest.mark.parametrize("value", ["", "123", "4012345678901x", "٤٠١٢٣٤٥٦٧٨٩٠١", "²²²²²²²²", "ACME-4711"])
def test_what_is_no_gtin(value):
    assert normal_gtin(value) is None
    assert gtin_spellings(value) == [value]
    assert wrong_digit(GTIN, value) is None
    assert not is_valid(GTIN, value)


def test_the_sentence_names_the_right_digit():
    assert wrong_digit(GTIN, " 4012345678907 ") == (
        "The last digit of the GTIN 4012345678907 is wrong: its check digit would be 1."
    )
    assert wrong_digit("seller", "4012345678907") is None


def test_all_numbers_of_a_despatch_advice_are_looked_at():
    advice = DespatchAdvice.model_validate(
        {
            "document_type": "despatch_advice",
            "id": "D-1",
            "issue_date": "2031-01-05",
            "despatch_supplier_party": {"endpoint_id": {"id": "4012345000008", "scheme_id": "0088"}},
            "delivery_customer_party": {"party_identification": [{"id": "4012345000009"}]},
            "transport_handling_units": [{"id": "106141412345678901"}, {"id": "PALLET-1"}],
            "despatch_lines": [
                {
                    "id": "1",
                    "delivered_quantity": {"value": "1", "unit_code": "C62"},
                    "order_line_reference": {"line_id": "1", "order_reference": {"id": "P1"}},
                    "item": {"standard_item_identification": {"id": "4012345678902"}},
                }
            ],
        }
    )
    assert dict(wrong_digits(advice.model_dump(mode="json", exclude_none=True))) == {
        "/despatch_supplier_party/endpoint_id/id": wrong_digit(GLN, "4012345000008"),
        "/transport_handling_units/0/id": wrong_digit(SSCC, "106141412345678901"),
        "/despatch_lines/0/item/standard_item_identification/id": wrong_digit(GTIN, "4012345678902"),
    }


LABEL = "0104012345678901\x1d10LOT-7\x1d21S/N:9\x1d17310131\x1d15310228\x1d11300101\x1d3712\x1d3103001250"


def test_a_label_is_taken_apart():
    said = element_string(LABEL)
    assert (said.gtin, said.lot, said.serial) == ("04012345678901", "LOT-7", "S/N:9")
    assert (said.expiry_date, said.best_before_date) == (date(2031, 1, 31), date(2031, 2, 28))
    assert (said.manufacture_date, said.count) == (date(2030, 1, 1), 12)
    assert (said.net_weight, said.gross_weight) == ((Decimal("1.250"), "KGM"), None)
    assert said.wrong == ()


@pytest.mark.parametrize(
    "text",
    [
        "]C1" + LABEL,
        "\x1d" + LABEL,
        LABEL.replace("\x1d", "<GS>"),
        LABEL.replace("\x1d", "\u241d"),
        "(01)04012345678901(10)LOT-7(21)S/N:9(17)310131(15)310228(11)300101(37)12(3103)001250",
        "(01) 04012345678901 (10) LOT-7 (21) S/N:9 (17) 310131 (15) 310228 (11) 300101 (37) 12 (3103) 001250",
    ],
)
def test_all_ways_to_write_it_mean_the_same(text):
    assert element_string(text) == element_string(LABEL)


def test_a_logistic_label_and_its_wrong_digits():
    said = element_string("(00)106141412345678901(02)04012345678907(37)24(3301)000123(3402)001000")
    assert (said.sscc, said.gtin, said.count) == ("106141412345678901", "04012345678907", 24)
    assert said.gross_weight == (Decimal("12.3"), "KGM")
    assert said.wrong == (
        "The last digit of the SSCC 106141412345678901 is wrong: its check digit would be 8.",
        "The last digit of the GTIN 04012345678907 is wrong: its check digit would be 1.",
    )


def test_values_as_a_layout_takes_them():
    said = element_string("(00)106141412345678908(17)310131(3202)000100(30)7")
    assert (said.said("sscc"), said.said("expiry_date"), said.said("count")) == (
        "106141412345678908", "2031-01-31", "7",
    )  # fmt: skip
    assert (said.said("net_weight"), said.said("lot")) == ("0.45359237", "")


def test_day_zero_is_the_last_of_the_month():
    assert element_string("17310200").expiry_date == date(2031, 2, 28)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "01",
        "0104012345678",
        "17311399",
        "(01)04012345678901(",
        "(01)04012345678901(10)",
        "(9999)1",
    ]
    + ["10" + "A" * 21, "(10)" + "A" * 2000],
)
def test_what_is_no_element_string_is_told(text):
    with pytest.raises(ValidationFailed) as caught:
        element_string(text)
    assert caught.value.code == "gs1.unreadable"


charset = st.text("ABCXYZabc0123456789-/.", min_size=1, max_size=20)


@settings(max_examples=50)
@given(bodies(14), charset, charset, st.dates(date(2000, 1, 1), date(2040, 12, 31)), st.integers(1, 99999999))
def test_what_is_written_is_read(body, lot, serial, day, count):
    gtin = body + check_digit(body)
    elements = {"01": gtin, "10": lot, "21": serial, "17": f"{day:%y%m%d}", "37": str(count)}
    for text in (
        "".join(f"{code}{value}\x1d" for code, value in elements.items()),
        "".join(f"({code}){value}" for code, value in elements.items()),
    ):
        said = element_string(text)
        assert (said.gtin, said.lot, said.serial, said.expiry_date, said.count, said.elements) == (
            gtin, lot, serial, day, count, elements,
        )  # fmt: skip
