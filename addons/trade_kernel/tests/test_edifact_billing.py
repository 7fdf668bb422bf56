"""INVOIC and REMADV: what is billed, and what is paid."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..canonical import parse
from . import edifact_billing_strategies
from .edifact_samples import EDIFACT, decode, interchange, message, read

RELEASES = st.sampled_from(("93A", "96A", "01B", "14B"))


@pytest.mark.parametrize("documents", ["invoices", "credit_notes", "remittance_advices"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data(), RELEASES)
def test_what_can_be_carried_comes_back(documents, data, release):
    document = data.draw(getattr(edifact_billing_strategies, documents))
    [part] = EDIFACT.decode(EDIFACT.encode([document], {"release": release}))
    assert part.document == document


HEAD = "BGM+380+R1+9'DTM+137:20260307:102'NAD+SU+1::91'NAD+BY+2::91'"
LINE = "LIN+1++4012345678901:EN'QTY+47:10:PCE'"


def billed(body="", head="CUX+2:EUR:4'", summary="", **options):
    """The invoice with these segments."""
    return read(f"{HEAD}{head}{LINE}{body}UNS+S'{summary}", "INVOIC:D:96A:UN", **options)


@pytest.mark.parametrize(
    "code, kind",
    [("380", "invoice"), ("383", "invoice"), ("384", "invoice"), ("386", "invoice"), ("389", "invoice")]
    + [("381", "credit_note"), ("396", "credit_note"), ("261", "credit_note"), ("83", "credit_note")],
)
def test_the_code_says_whether_something_is_billed_or_credited(code, kind):
    body = f"BGM+{code}+R1+9'DTM+137:20260307:102'{LINE}UNS+S'"
    [part] = decode(interchange(message(body, "INVOIC:D:96A:UN")))
    assert (part.document.document_type, part.document.invoice_type_code) == (kind, code)
    assert part.envelope["document_type"] == kind
    # The sender of the interchange bills, unless who pays makes the invoice.
    parties = part.document.accounting_supplier_party, part.document.accounting_customer_party
    sender, receiver = (one.party_identification[0].id for one in parties)
    assert (sender, receiver) == (
        ("4012345000009", "5412345000013") if code in ("389", "261") else ("5412345000013", "4012345000009")
    )


def test_taking_an_invoice_back_is_for_a_person():
    [part] = decode(
        interchange(message(f"BGM+380+R1+1'DTM+137:20260307:102'{LINE}UNS+S'", "INVOIC:D:96A:UN"))
    )
    assert [error.code for error in part.errors] == ["edi.message_unknown"]


def test_who_buys_pays_unless_another_is_named():
    parties = {"NAD+IV+3::91'": ("3", "2"), "": ("2", None)}
    for more, (payer, buyer) in parties.items():
        document = billed(head=more)
        assert document.accounting_customer_party.party_identification[0].id == payer
        found = document.buyer_customer_party
        assert (found and found.party_identification[0].id) == buyer
    assert billed(head="NAD+II+4::91'").accounting_supplier_party.party_identification[0].id == "4"


@pytest.mark.parametrize(
    "terms, due",
    [
        ("PAT+1'DTM+13:20260401:102'", "2026-04-01"),
        ("PAT+3'DTM+140:20260401:102'", "2026-04-01"),
        ("PYT+1'DTM+265:20260401:102'", "2026-04-01"),
        ("DTM+13:20260401:102'", "2026-04-01"),
        ("PAT+1++5:3:D:30'", "2026-04-06"),
        ("PAT+1++5:3:W:2'", "2026-03-21"),
        ("PAT+1++5:3:M:1'", "2026-04-07"),
        ("PAT+1++5:3:D:30'PCD+12:2'", None),
        ("PAT+22++5:3:D:10'PCD+12:2'", None),
        ("PAT+1++5:3:D:9999'", None),
        ("PAT+1+6:::net'", None),
    ],
)
def test_when_it_is_due(terms, due):
    document = billed(head=terms)
    assert str(document.due_date) == str(due)
    written = EDIFACT.encode([document]).decode()
    assert written.count("PAT+") + written.count("PYT+") <= 1


@pytest.mark.parametrize(
    "summary, totals",
    [
        ("MOA+77:119'MOA+79:100'MOA+86:119'", "line_extension 100, tax_inclusive 119, payable 119"),
        ("MOA+39:119'MOA+9:19'MOA+86:119'MOA+113:100'", "tax_inclusive 119, prepaid 100, payable 19"),
        ("MOA+125:100'MOA+389:101'MOA+388:119'", "tax_exclusive 101, tax_inclusive 119"),
        ("MOA+260:5'MOA+259:7'MOA+165:1'", "allowance_total 5, charge_total 7, payable_rounding 1"),
    ],
)
def test_totals(summary, totals):
    found = billed(summary=summary).legal_monetary_total.model_dump(exclude_none=True)
    shown = (f"{name.removesuffix('_amount')} {amount['value']}" for name, amount in found.items())
    assert ", ".join(shown) == totals


def test_taxes_of_the_summary():
    document = billed(
        summary="MOA+176:19'MOA+176:20:USD'TAX+7+VAT+++:::19+S'MOA+125:100'MOA+150:19'MOA+1:2'TAX+7+GST'"
    )
    first, second = document.tax_total
    assert (str(first.tax_amount), str(second.tax_amount)) == ("19 EUR", "20 USD")
    assert [(str(one.taxable_amount), str(one.tax_amount)) for one in first.tax_subtotal] == [
        ("100 EUR", "19 EUR"),
        ("None", "None"),
    ]
    assert b"TAX+7+VAT+++:::19+S'MOA+125:100:EUR'MOA+124:19:EUR'MOA+1:2'" in EDIFACT.encode([document])


def test_one_tax_of_the_header_is_that_of_every_line_that_names_none():
    other = "LIN+2++4012345678918:EN'TAX+7+VAT+++:::0+E'"
    lines = billed(other, head="TAX+7+VAT+++:::19+S'").invoice_lines
    assert [line.tax_category[0].id for line in lines] == ["S", "E"]
    several = billed(head="TAX+7+VAT+++:::19+S'TAX+7+VAT+++:::7+S'")
    assert several.invoice_lines[0].tax_category == ()
    summed = billed(head="CUX+2:EUR:4'TAX+7+VAT+++:::19+S'MOA+124:19'")
    assert str(summed.tax_total[0].tax_subtotal[0].tax_amount) == "19 EUR"


def test_the_surest_quantity_and_amount_count():
    line = billed("QTY+12:9:PCE'MOA+66:120'MOA+203:100'").invoice_lines[0]
    assert (str(line.quantity), str(line.line_extension_amount)) == ("10 PCE", "100 EUR")
    assert line.extensions == {"segments": ["QTY+12:9:PCE", "MOA+66:120"]}
    body = f"{HEAD}LIN+1++4012345678901:EN'QTY+46:5:PCE'QTY+12:4:PCE'UNS+S'"
    assert str(read(body, "INVOIC:D:96A:UN").invoice_lines[0].quantity) == "4 PCE"


@pytest.mark.parametrize(
    "body, price, allowances",
    [
        ("PRI+AAA:9'PRI+AAB:10'ALC+A'PCD+3:10'", "9", 0),  # EANCOM: the net price has it in it
        ("PRI+AAA:9'PRI+AAB:10'ALC+A'MOA+204:10'", "9", 0),
        ("PRI+AAA:10'ALC+A'MOA+204:10'", "10", 1),  # EN 16931: taken off the line
        ("PRI+AAA:9'PRI+AAB:10'ALC+A'MOA+204:5'", "9", 1),
        ("PRI+AAB:10'ALC+A'PCD+3:10'", "10", 1),
        ("PRI+AAA:9'ALC+A'MOA+509:1'", "9", 0),
        ("PRI+AAB:10'PRI+AAA:9:::0'ALC+A'MOA+204:1'", "9", 1),
        ("ALC+C'MOA+23:1'", None, 1),
    ],
)
def test_allowances_of_a_line_are_counted_once(body, price, allowances):
    document = billed(body)
    line = document.invoice_lines[0]
    assert (line.price and str(line.price.price_amount.value)) == price
    assert len(line.allowance_charge) == allowances
    [part] = EDIFACT.decode(EDIFACT.encode([document]))
    assert part.document == document


def test_allowances_of_the_summary_count_when_the_header_names_none():
    alone = billed(summary="MOA+39:119'ALC+C+ABG'MOA+8:5'ALC+A'MOA+8:2'")
    assert [str(one.amount) for one in alone.allowance_charge] == ["5 EUR", "2 EUR"]
    both = billed(head="ALC+C++++FC'MOA+8:5'", summary="ALC+C++++FC'MOA+8:5'")
    assert len(both.allowance_charge) == 1


def test_the_currency_of_the_amounts_where_no_other_is_named():
    document = billed("PRI+AAA:9'MOA+203:90:CHF'", head="")
    assert document.document_currency_code == "CHF"
    assert str(document.invoice_lines[0].price.price_amount) == "9 CHF"
    assert billed("MOA+203:90'", head="").document_currency_code == "XXX"
    assert billed("MOA+203:90'", head="", currency="SEK").document_currency_code == "SEK"
    mixed = billed("MOA+203:90:CHF'", head="", summary="MOA+86:9:EUR'")
    assert mixed.document_currency_code == "XXX"


def test_accounts_are_those_of_who_is_paid():
    payee = "NAD+PE+5::91'FII+BF+DE02120300000000202051:Holder+BYLADEM1001'"
    head = f"{payee}NAD+IV+3::91'FII+PB+DE00'PAI+::31'RFF+PQ:R1/2'"
    document = billed(head=head)
    [means] = document.payment_means
    assert (means.payment_means_code, means.payment_id) == ("31", "R1/2")
    assert (means.payee_financial_account, means.financial_institution) == (
        "DE02120300000000202051",
        "BYLADEM1001",
    )
    written = EDIFACT.encode([document]).decode()
    assert payee in written
    assert "NAD+IV+3::91'FII+PB+DE00'" in written


def test_an_own_number_is_no_invoice_that_is_corrected():
    document = billed(head="RFF+IV:R1'RFF+IV:R0'")
    assert [one.id for one in document.billing_reference] == ["R0"]


# --- REMADV ---------------------------------------------------------------------------------------
def paid(body, summary="", head="CUX+2:EUR:11'"):
    """The advice with these segments."""
    return read(f"BGM+481+Z1'DTM+137:20260405:102'{head}{body}UNS+S'{summary}", "REMADV:D:96A:UN")


@pytest.mark.parametrize(
    "body, amounts",
    [
        ("MOA+12:98'MOA+9:100'MOA+52:2'", ("98", "100", "2")),
        ("MOA+9:100'", ("100", None, None)),
        ("MOA+12:98'MOA+77:100'MOA+9:99'", ("98", "100", None)),
        ("MOA+11:98'MOA+12:97'MOA+39:100'", ("97", "100", None)),
    ],
)
def test_what_is_paid_for_a_document(body, amounts):
    [line] = paid(f"DOC+380+R1'{body}").remittance_lines
    found = (line.paid_amount, line.invoice_amount, line.discount_amount)
    assert tuple(amount and str(amount.value) for amount in found) == amounts


@pytest.mark.parametrize(
    "second, total, amount",
    [
        ("MOA+12:20'", "MOA+12:80'", -20),
        ("MOA+12:-20'", "", -20),
        ("MOA+12:20'", "", -20),
        ("MOA+12:20'", "MOA+12:120'", 20),
    ],
)
def test_a_credit_note_lessens_the_payment(second, total, amount):
    document = paid(f"DOC+380+R1'MOA+12:100'DOC+381+G1'{second}", total)
    assert document.remittance_lines[1].paid_amount.value == amount
    [part] = EDIFACT.decode(EDIFACT.encode([document]))
    assert part.document == document


@pytest.mark.parametrize("written, amount", [("5", -5), ("-5", -5)])
def test_what_is_kept_back_is_below_zero(written, amount):
    adjusted = f"AJT+9'MOA+165:{written}'FTX+AAI+++Broken'"
    [line] = paid(f"DOC+380+R1'MOA+12:95'MOA+9:100'{adjusted}").remittance_lines
    [adjustment] = line.adjustments
    assert (adjustment.reason_code, adjustment.reason, adjustment.amount.value) == ("9", "Broken", amount)


def test_who_pays_and_who_is_paid():
    document = paid("", "MOA+12:5'", head="NAD+BY+1::91'NAD+SU+2::91'NAD+PR+3::91'")
    assert document.payer_party.party_identification[0].id == "3"
    assert document.payee_party.party_identification[0].id == "2"
    assert document.extensions["segments"] == ["NAD+BY+1::91"]


def test_a_document_that_names_no_kind_is_an_invoice():
    values = {
        "document_type": "remittance_advice",
        "id": "Z1",
        "issue_date": "2026-04-05",
        "remittance_lines": [
            {
                "id": "1",
                "paid_amount": {"value": "1", "currency_id": "EUR"},
                "billing_reference": {"id": "R1"},
            }
        ],
    }
    assert b"DOC+380+R1'" in EDIFACT.encode([parse(values)])


def test_a_payment_on_account_names_no_invoice():
    [line] = paid("DOC+380'MOA+12:95'").remittance_lines
    assert (line.billing_reference, line.paid_amount.value, line.extensions) == (None, 95, {})
