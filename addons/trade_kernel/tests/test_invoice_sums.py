"""An invoice is added up again, to the cent; all that is wrong is told at once."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from .. import codecs
from ..canonical import Invoice, parse
from ..errors import TradeError
from ..invoice_sums import Invoiced
from .corpus import CORPUS, needs_corpus


def eur(value):
    return {"value": str(value), "currency_id": "EUR"}


def line(number, quantity, price, amount=None, rate=None, **more):
    values = {
        "id": str(number),
        "item": {"name": "Desk"},
        "quantity": {"value": str(quantity), "unit_code": "C62"},
        "price": {"price_amount": eur(price)},
        **more,
    }
    if amount is not None:
        values["line_extension_amount"] = eur(amount)
    if rate is not None:
        values["tax_category"] = [{"id": "S", "percent": str(rate)}]
    return values


def total(**figures):
    return {name: eur(value) for name, value in figures.items()}


def subtotal(base, tax, rate):
    return {
        "taxable_amount": eur(base),
        "tax_amount": eur(tax),
        "tax_category": {"id": "S", "percent": str(rate)},
    }


def summed(*lines, **head):
    document = parse(
        {
            "document_type": "invoice",
            "id": "R-1",
            "issue_date": "2026-03-02",
            "document_currency_code": "EUR",
            "accounting_supplier_party": {"party_name": "Wood Corner"},
            "accounting_customer_party": {"party_name": "Us"},
            "invoice_lines": list(lines),
            **head,
        }
    )
    return Invoiced(document)


def words(invoiced):
    return [one.words for one in invoiced.wrong]


def test_an_invoice_that_adds_up():
    found = summed(
        line(1, 12, "10.50", 126, 20),
        line(2, 3, "3.333", "10.00", 7),
        allowance_charge=[
            {"charge_indicator": True, "amount": eur("9.90"), "tax_category": [{"id": "S", "percent": "20"}]}
        ],
        tax_total=[
            {
                "tax_amount": eur("27.88"),
                "tax_subtotal": [subtotal("135.90", "27.18", 20), subtotal(10, "0.70", 7)],
            }
        ],
        legal_monetary_total=total(
            line_extension_amount="136.00",
            charge_total_amount="9.90",
            tax_exclusive_amount="145.90",
            tax_inclusive_amount="173.78",
            prepaid_amount="100",
            payable_rounding_amount="0.02",
            payable_amount="73.80",
        ),
    )
    assert words(found) == []
    figures = found.figures
    assert (figures.net, figures.tax, figures.gross, figures.payable) == (
        Decimal("145.90"), Decimal("27.88"), Decimal("173.78"), Decimal("73.80"),
    )  # fmt: skip


def test_everything_wrong_is_told_at_once_and_only_where_it_is_wrong():
    found = summed(
        line(1, 12, "10.50", 125, 20),
        tax_total=[{"tax_amount": eur(26), "tax_subtotal": [subtotal(125, "25.01", 20)]}],
        legal_monetary_total=total(
            line_extension_amount=126, tax_exclusive_amount=126, tax_inclusive_amount=152, payable_amount=151
        ),
    )
    assert words(found) == [
        "Line 1: 12 C62 at 10.50 EUR / C62 = 126.00 EUR, the line says 125.00 EUR",
        "The lines are 125.00 EUR, the total of the lines says 126.00 EUR",
        "20 % tax of 125.00 EUR = 25.00 EUR, the document says 25.01 EUR",
        "The taxes are 25.01 EUR, the total of the taxes says 26.00 EUR",
        "To pay is 152.00 EUR, the amount to pay says 151.00 EUR",
    ]


def test_what_is_not_said_is_worked_out():
    found = summed(line(1, 12, "10.50", rate=20))
    assert (found.figures.net, found.figures.tax, found.figures.payable) == (
        126,
        Decimal("25.20"),
        Decimal("151.20"),
    )


def test_taxes_rounded_per_line_are_right_too():
    lines = [line(number, 1, "10.03", "10.03", 21) for number in (1, 2, 3)]
    for tax, wrong in (("6.32", 0), ("6.33", 0), ("6.34", 1)):
        found = summed(
            *lines, tax_total=[{"tax_amount": eur(tax), "tax_subtotal": [subtotal("30.09", tax, 21)]}]
        )
        assert len(found.wrong) == wrong, words(found)


def test_lines_that_name_no_tax_are_rounded_per_line_too_where_there_is_one_only():
    lines = [line(number, 1, "0.35", "0.35") for number in (1, 2, 3, 4)]
    one = [{"tax_amount": eur("0.20"), "tax_subtotal": [subtotal("1.40", "0.20", 15)]}]
    assert not summed(*lines, tax_total=one).wrong
    two = [{"tax_amount": eur("0.20"), "tax_subtotal": [*one[0]["tax_subtotal"], subtotal(0, 0, 7)]}]
    assert words(summed(*lines, tax_total=two)) == [
        "15 % tax of 1.40 EUR = 0.21 EUR, the document says 0.20 EUR"
    ]


def test_the_base_of_a_tax():
    found = summed(
        line(1, 1, 100, 100, 20),
        line(2, 1, 50, 50, 7),
        tax_total=[
            {"tax_amount": eur("23.50"), "tax_subtotal": [subtotal(110, 22, 20), subtotal(50, "3.50", 7)]}
        ],
    )
    assert words(found) == [
        "100.00 EUR is taxed with S 20 %, the document says 110.00 EUR",
        "The taxes are 22.00 + 3.50 = 25.50 EUR, the total of the taxes says 23.50 EUR",
    ]


def test_an_allowance_that_is_so_many_percent():
    found = summed(
        line(1, 1, 100, 100),
        allowance_charge=[
            {
                "charge_indicator": False,
                "amount": eur(12),
                "base_amount": eur(100),
                "multiplier_factor_numeric": "10",
                "allowance_charge_reason": "Rebate",
            }
        ],
    )
    assert words(found) == ["Rebate: 10 % of 100.00 EUR = 10.00 EUR, the document says 12.00 EUR"]


def test_a_total_that_is_rounded_already():
    """BII had the rounding in the total with tax; EN 16931 adds it below."""
    figures = dict(
        line_extension_amount="10.02", tax_exclusive_amount="10.02", payable_rounding_amount="-0.02"
    )
    for gross in ("10.00", "10.02"):
        found = summed(
            line(1, 1, "10.02", "10.02", 0),
            legal_monetary_total=total(**figures, tax_inclusive_amount=gross, payable_amount="10.00"),
        )
        assert words(found) == [] and found.figures.payable == 10


def test_a_return_whose_amount_alone_is_negative():
    assert words(summed(line(1, 6, "18.33", "-109.98"))) == []


AMOUNTS = st.decimals("0.01", 9999, places=2)


@given(
    st.lists(st.tuples(st.integers(1, 99), AMOUNTS, st.sampled_from((0, 7, 20))), min_size=1, max_size=6),
    AMOUNTS,
)
def test_a_right_invoice_has_no_finding_and_any_cent_more_has_one(lines, freight):
    said = [line(n, q, p, q * p, r) for n, (q, p, r) in enumerate(lines, 1)]
    net = sum(q * p for q, p, _r in lines) + freight
    charge = [
        {"charge_indicator": True, "amount": eur(freight), "tax_category": [{"id": "Z", "percent": "0"}]}
    ]
    right = summed(*said, allowance_charge=charge, legal_monetary_total=total(tax_exclusive_amount=net))
    assert words(right) == []
    cent = Decimal("0.01")
    wrong = summed(
        *said, allowance_charge=charge, legal_monetary_total=total(tax_exclusive_amount=net + cent)
    )
    assert [one.difference for one in wrong.wrong] == [cent]


@needs_corpus
def test_real_invoices_are_added_up():
    read, right = 0, 0
    for file in sorted(CORPUS.rglob("*")):
        if not file.is_file() or file.parent == CORPUS:
            continue
        raw = file.read_bytes()
        try:
            parts = list(codecs.recognise(raw[: codecs.HEAD], file.name, None).decode(raw, {}))
        except TradeError:
            continue
        for invoice in (part.document for part in parts if isinstance(part.document, Invoice)):
            found = Invoiced(invoice)
            assert all(one.said != one.expected for one in found.wrong), file
            read, right = read + 1, right + (not found.wrong)
    assert read > 100 and right > read * 2 / 3, (read, right)
