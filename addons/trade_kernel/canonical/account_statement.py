"""How an account stands: what was billed, credited and paid, as the supplier has it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from .base import (
    OBJECT,
    SOME,
    Checked,
    Currency,
    Date,
    Document,
    Extensions,
    Id,
    Notes,
    Problem,
    one_of,
    refused,
)
from .checks import duplicate_lines, foreign_amounts
from .parts import Amount, DocumentReference, Party, Period

LINE_TYPES = ("invoice", "credit_note", "payment", "balance_forward", "other")


class AccountStatementLine(Checked):
    """One document on the account. UBL: Statement/cac:StatementLine"""

    model_config = ConfigDict(json_schema_extra=one_of(debit_amount=OBJECT, credit_amount=OBJECT))

    id: Id
    """The line's own number, unique in the statement. UBL: cbc:ID"""
    note: Notes = ()
    """UBL: cbc:Note"""
    line_type_code: Literal["invoice", "credit_note", "payment", "balance_forward", "other"] | None = None
    """What it is; absent: the sender does not say. balance_forward: the opening balance as a line.
    UBL: told by the element that holds the reference"""
    document_reference: DocumentReference | None = None
    """Number and day of the invoice, credit note or payment. UBL: cac:BillingReference,
    cac:DocumentReference, cac:CollectedPayment"""
    due_date: Date | None = None
    """UBL: cac:PaymentMeans/cbc:PaymentDueDate"""
    debit_amount: Amount | None = None
    """What the customer owes by it. UBL: cbc:DebitLineAmount"""
    credit_amount: Amount | None = None
    """What lessens that. UBL: cbc:CreditLineAmount"""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model."""

    def _problems(self) -> Iterable[Problem]:
        if not (self.debit_amount or self.credit_amount):
            yield ("debit_amount",), refused("field.missing"), None

    @property
    def amount(self) -> Decimal:
        """What the customer owes by it; below zero: what lessens that."""
        debit = self.debit_amount.value if self.debit_amount else Decimal(0)
        return debit - (self.credit_amount.value if self.credit_amount else Decimal(0))


class AccountStatement(Document):
    """A supplier's statement of account, in one currency. UBL: Statement-2"""

    model_config = ConfigDict(json_schema_extra=one_of(statement_lines=SOME, closing_balance=OBJECT))

    LINES: ClassVar = ("statement_lines",)

    document_type: Literal["account_statement"] = "account_statement"
    """Always "account_statement"."""
    document_currency_code: Currency
    """The currency of every amount. UBL: cbc:DocumentCurrencyCode"""
    statement_period: Period | None = None
    """The time it covers; the closing balance is of its last day, or of the day of issue
    when that is earlier. UBL: cac:StatementPeriod"""
    supplier_party: Party | None = None
    """Whose books these are. UBL: cac:AccountingSupplierParty/cac:Party"""
    customer_party: Party | None = None
    """Who owes. UBL: cac:AccountingCustomerParty/cac:Party"""
    opening_balance: Amount | None = None
    """Owed before the first line; absent: what lines of type balance_forward say. No UBL element"""
    closing_balance: Amount | None = None
    """Owed after the last line; absent: what the totals come to, without totals the lines.
    UBL: cbc:TotalBalanceAmount"""
    total_debit_amount: Amount | None = None
    """UBL: cbc:TotalDebitAmount"""
    total_credit_amount: Amount | None = None
    """UBL: cbc:TotalCreditAmount"""
    statement_lines: tuple[AccountStatementLine, ...] = ()
    """UBL: cac:StatementLine"""

    def _problems(self) -> Iterable[Problem]:
        yield from super()._problems()
        if not self.statement_lines and not self.closing_balance:
            yield ("statement_lines",), refused("document.no_lines", document="account statement"), None
        yield from duplicate_lines(self.statement_lines, "statement_lines")
        yield from foreign_amounts(self, self.document_currency_code)

    @property
    def as_of(self):
        """The day the closing balance is of: nobody knows it of a day after the issue, however long the
        period goes on."""
        latest = self.statement_period.latest if self.statement_period else None
        return min(latest, self.issue_date) if latest else self.issue_date

    @property
    def balance(self) -> Decimal | None:
        """Owed after the last line, as it is said: the closing balance, else what the totals come to."""
        if self.closing_balance:
            return self.closing_balance.value
        debit, credit = self.total_debit_amount, self.total_credit_amount
        if debit is None and credit is None:
            return None
        moved = self._total("debit_amount", debit) - self._total("credit_amount", credit)
        if self.opening_balance:
            return self.opening_balance.value + moved
        carried = [line for line in self.statement_lines if line.line_type_code == "balance_forward"]
        before = sum((line.amount for line in carried), Decimal(0))
        # Some count what was carried forward among what they total, others do not.
        whole = sum((line.amount for line in self.statement_lines), Decimal(0))
        return before + moved if before and moved == whole - before else moved

    def _total(self, name: str, said: Amount | None) -> Decimal:
        """A total that is said, else what the lines come to."""
        if said is not None:
            return said.value
        amounts = (getattr(line, name) for line in self.statement_lines)
        return sum((amount.value for amount in amounts if amount), Decimal(0))
