"""Credit notes for the invoice of a test."""

import copy

import pytest

from odoo.addons.trade_kernel import certification, certification_credit, certification_reports
from odoo.addons.trade_kernel.canonical import DOCUMENTS

from .test_certification import ORDER, codes, order

INVOICE = "CT00001-1-INV"


def note(*rows, invoices=(INVOICE,), number="CT00001-1", currency="EUR"):
    """Rows of ``(order line, quantity, price, amount)``; what is ``None`` is not said."""
    lines = []
    for place, (ref, quantity, price, amount) in enumerate(rows, 1):
        line = {"id": str(place), "order_line_reference": {"line_id": ref}, "item": {"name": "Thing"}}
        if quantity is not None:
            line["quantity"] = {"value": quantity, "unit_code": "C62"}
        if price is not None:
            line["price"] = {"price_amount": {"value": price, "currency_id": currency}}
        if amount is not None:
            line["line_extension_amount"] = {"value": amount, "currency_id": currency}
        lines.append(line)
    return DOCUMENTS["credit_note"](
        id="G-1",
        issue_date="2031-01-03",
        document_currency_code=currency,
        billing_reference=[{"id": one} for one in invoices],
        accounting_supplier_party={"party_name": "They"},
        accounting_customer_party={"party_name": "Us"},
        invoice_lines=lines,
        **({"order_reference": {"id": number}} if number else {}),
    )


ALL = (("1", "10", "5.00", "50.00"), ("2", "4", "5.00", "20.00"))


def check(document, line=None):
    findings = certification_credit.credit(order(), document, {"line": line} if line else {})
    assert all(one.text and (one.remedy or one.level == "ok") for one in findings)
    assert certification.passes(findings) == (not codes(findings))
    return codes(findings)


@pytest.mark.parametrize(
    ("document", "errors"),
    [
        (note(*ALL), []),
        (note(*ALL, number=None), []),
        (note(*ALL, invoices=("ct00001 1 inv",)), []),
        (note(*ALL, invoices=()), ["no_invoice"]),
        (note(*ALL, invoices=("R-7",)), ["other_invoice"]),
        (note(*ALL, invoices=("CT00001-2-INV",)), ["other_invoice"]),
        (note(*ALL, invoices=("CT00001-1",)), ["other_invoice"]),
        (note(*ALL, invoices=(INVOICE, "R-7")), ["other_invoice"]),
        (note(*ALL, number="CT00001-2"), ["other_order"]),
        (note(*ALL, currency="USD"), ["currency"]),
        (note(ALL[0]), ["not_credited"]),
        (note(ALL[0], ("2", "3", "5.00", "15.00")), ["credit.all"]),
        (note(ALL[0], ("2", "5", "5.00", "25.00")), ["credit.all"]),
        (note(ALL[0], ("2", "-4", "5.00", "-20.00")), ["credit.all"]),
        (note(ALL[0], ("2", None, None, "20.00")), ["credit.all", "credit.amount"]),
        (note(ALL[0], ("2", "3", "5.00", "15.00"), ("2", "1", "5.00", "5.00")), []),
        (note(ALL[0], ("2", "4", "6.00", "20.00")), ["credit.price"]),
        (note(ALL[0], ("2", "4", "5.00", "20.01")), ["credit.amount"]),
        (note(ALL[0], ("2", "4", None, "20")), []),
        (note(ALL[0], ("9", "4", "5.00", "20.00")), ["unknown_line", "not_credited"]),
    ],
)
def test_everything_is_credited(document, errors):
    assert check(document) == errors


@pytest.mark.parametrize(
    ("document", "errors"),
    [
        (note(("2", "1", "5.00", "5.00")), []),
        (note(("2", "3.999", "5.00", "20.00")), []),
        (note(("2", "4", "5.00", "20.00")), ["credit.part"]),
        (note(("2", "0", "5.00", "0.00")), ["credit.part"]),
        (note(("2", "-1", "5.00", "-5.00")), ["credit.part"]),
        (note(("2", "1", "5.00", "20.00")), ["credit.amount"]),
        (note(("1", "1", "5.00", "5.00"), ("2", "1", "5.00", "5.00")), ["credited_too"]),
        (note(("1", "1", "5.00", "5.00")), ["not_credited", "credited_too"]),
    ],
)
def test_a_part_is_credited(document, errors):
    assert check(document, line="2") == errors


def test_a_currency_without_decimals_is_rounded_further():
    values = copy.deepcopy(ORDER)
    values["order_lines"][1]["price"]["price_amount"]["value"] = "1.15"
    asked, expected = DOCUMENTS["order"](**values), {"line": "2"}
    for amount, errors in (("3.45", []), ("3.46", ["credit.amount"]), ("3", []), ("4", ["credit.amount"])):
        part = note(("2", "3", None, amount))
        assert codes(certification_credit.credit(asked, part, expected)) == errors, amount
    part = note(("2", "1", None, "1"), ("2", "2", None, "3"))
    assert codes(certification_credit.credit(asked, part, expected)) == [], "each line is rounded by itself"


def test_by_what_it_belongs_to_a_test():
    by_invoice = note(*ALL, number=None)
    assert certification_credit.orders_named(by_invoice) == []
    assert certification_credit.names_invoice(by_invoice, "CT00001-1")
    assert not certification_credit.names_invoice(by_invoice, "CT00001-2")
    assert INVOICE in list(certification_reports.numbers(by_invoice))
    assert certification_credit.orders_named(note(*ALL)) == ["CT00001-1"]
