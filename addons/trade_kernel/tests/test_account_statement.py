"""What a statement of account has to say, and what it may leave out."""

from decimal import Decimal

import pytest

from ..canonical import parse
from ..errors import ValidationFailed


def money(value, currency="EUR"):
    return {"value": value, "currency_id": currency}


def statement(*lines, **changes):
    return {
        "document_type": "account_statement",
        "id": "SOA-1",
        "issue_date": "2026-04-02",
        "document_currency_code": "EUR",
        "statement_lines": [{"id": str(number), **line} for number, line in enumerate(lines, 1)],
        **changes,
    }


def test_a_line_is_worth_its_debit_less_its_credit():
    document = parse(
        statement(
            {"debit_amount": money("100.00")},
            {"credit_amount": money("15.13")},
            {"debit_amount": money("10"), "credit_amount": money("4")},
            {"debit_amount": money("-7.50")},
        )
    )
    assert [line.amount for line in document.statement_lines] == [
        Decimal("100.00"),
        Decimal("-15.13"),
        Decimal(6),
        Decimal("-7.50"),
    ]


def test_the_balance_is_of_the_last_day_of_the_period_else_of_the_day_of_issue():
    values = statement(closing_balance=money("0"))
    assert str(parse(values).as_of) == "2026-04-02"
    values["statement_period"] = {"start_date": "2026-03-01", "end_date": "2026-03-31"}
    assert str(parse(values).as_of) == "2026-03-31"


@pytest.mark.parametrize(
    "values, code, pointer",
    [
        (statement(), "document.no_lines", "/statement_lines"),
        (statement({"note": "?"}), "field.missing", "/statement_lines/0/debit_amount"),
        (
            statement({"debit_amount": money("1", "USD")}),
            "amount.currency",
            "/statement_lines/0/debit_amount/currency_id",
        ),
        (
            statement({"debit_amount": money("1")}, closing_balance=money("1", "USD")),
            "amount.currency",
            "/closing_balance/currency_id",
        ),
        (
            statement({"debit_amount": money("1")}, {"id": "1", "debit_amount": money("1")}),
            "line.duplicate",
            "/statement_lines/1/id",
        ),
        (
            statement({"debit_amount": money("1"), "line_type_code": "bill"}),
            "field.value",
            "/statement_lines/0/line_type_code",
        ),
    ],
    ids=("no lines", "no amount", "other currency", "balance in another", "two lines of one id", "kind"),
)
def test_what_says_nothing_or_contradicts_itself_is_refused(values, code, pointer):
    with pytest.raises(ValidationFailed) as caught:
        parse(values)
    assert (caught.value.code, caught.value.pointer) == (code, pointer)
