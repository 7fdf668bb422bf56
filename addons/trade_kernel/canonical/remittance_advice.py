"""What was paid, and for which documents."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from .base import (
    OBJECT,
    SOME,
    Currency,
    Date,
    Document,
    Extensions,
    Id,
    Notes,
    OptionalId,
    OptionalName,
    Part,
    Problem,
    one_of,
    refused,
)
from .checks import duplicate_lines
from .parts import Amount, DocumentReference, OrderReference, Party
from .parts_money import PaymentMeans


class RemittanceAdjustment(Part):
    """Why less (or more) was paid. UBL: cac:RemittanceAdviceLine, adjustments have no element of their own"""

    reason_code: OptionalId = None
    """UNCL 4465 or X12 426."""
    reason: OptionalName = None
    """In words."""
    amount: Amount
    """Taken off when negative."""


class RemittanceAdviceLine(Part):
    """One document paid. UBL: RemittanceAdvice/cac:RemittanceAdviceLine"""

    id: Id
    """The line's own number, unique in the advice. UBL: cbc:ID"""
    note: Notes = ()
    """UBL: cbc:Note"""
    billing_reference: DocumentReference | None = None
    """The invoice or credit note. UBL: cac:BillingReference"""
    order_reference: OrderReference | None = None
    """UBL: cac:BillingReference/cac:AdditionalDocumentReference"""
    paid_amount: Amount
    """Paid for this document; below zero for a credit note. UBL: cbc:DebitLineAmount, cbc:CreditLineAmount"""
    invoice_amount: Amount | None = None
    """What the document was for. UBL: cbc:BalanceAmount"""
    discount_amount: Amount | None = None
    """Cash discount taken."""
    adjustments: tuple[RemittanceAdjustment, ...] = ()
    """Other differences."""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model."""


class RemittanceAdvice(Document):
    """A payment and what it is for. UBL: RemittanceAdvice-2"""

    model_config = ConfigDict(json_schema_extra=one_of(remittance_lines=SOME, total_payment_amount=OBJECT))

    LINES: ClassVar = ("remittance_lines",)

    document_type: Literal["remittance_advice"] = "remittance_advice"
    """Always "remittance_advice"."""
    document_currency_code: Currency | None = None
    """UBL: cbc:DocumentCurrencyCode"""
    total_payment_amount: Amount | None = None
    """UBL: cbc:TotalPaymentAmount"""
    payment_date: Date | None = None
    """When the money moves. UBL: cac:PaymentMeans/cbc:PaymentDueDate"""
    payment_order_reference: OptionalId = None
    """UBL: cbc:PaymentOrderReference"""
    payer_party: Party | None = None
    """UBL: cac:AccountingCustomerParty/cac:Party"""
    payee_party: Party | None = None
    """UBL: cac:PayeeParty"""
    payment_means: PaymentMeans | None = None
    """UBL: cac:PaymentMeans"""
    remittance_lines: tuple[RemittanceAdviceLine, ...] = ()
    """UBL: cac:RemittanceAdviceLine"""

    def _problems(self) -> Iterable[Problem]:
        yield from super()._problems()
        if not self.remittance_lines and not self.total_payment_amount:
            yield ("remittance_lines",), refused("document.no_lines", document="remittance advice"), None
        yield from duplicate_lines(self.remittance_lines, "remittance_lines")
