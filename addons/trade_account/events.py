"""What partners and our own systems are told about invoices and payments."""

from datetime import date
from typing import Literal

from pydantic import Field

from odoo.addons.trade_core.event_parts import Money
from odoo.addons.trade_kernel.events import EventData, EventType, register

Kind = Literal["invoice", "credit_note", "bill", "bill_credit_note"]


class InvoicePostedData(EventData):
    """An invoice or credit note, ours or the supplier's, as it was booked."""

    kind: Kind = Field(description="bill, bill_credit_note: the supplier wrote it, we booked it")
    number: str = Field(description="our number", examples=["INV/2026/00012"])
    partner_reference: str | None = Field(
        None, description="the partner's own number: of its bill, or of what it ordered", examples=["R-4711"]
    )
    payment_reference: str | None = Field(None, description="what a payment should quote")
    invoice_date: date
    due_date: date | None = None
    net_amount: Money
    tax_amount: Money
    total_amount: Money
    order_references: tuple[str, ...] = Field(
        (), description="our numbers of the orders", examples=[["S00042"]]
    )


class PaidInvoiceData(EventData):
    """An invoice a payment was for."""

    kind: Kind
    number: str = Field(description="our number", examples=["INV/2026/00012"])
    partner_reference: str | None = Field(None, examples=["R-4711"])
    amount: Money | None = Field(
        None, description="what was taken off the invoice, in its currency; none while that is open"
    )


class PaymentRegisteredData(EventData):
    """Money that was received or sent."""

    direction: Literal["received", "sent"]
    number: str | None = Field(None, description="our number", examples=["PBNK1/2026/00003"])
    amount: Money
    payment_date: date
    reference: str | None = Field(None, description="what the payment quotes", examples=["INV/2026/00012"])
    invoices: tuple[PaidInvoiceData, ...] = Field((), description="what it is for, as far as it is known")


INVOICE_POSTED = register(
    EventType(
        name="tradelane.invoice.posted.v1",
        title="Invoice posted",
        summary="An invoice or credit note was posted: one we write, or one of a supplier that we booked.",
        model="account.move",
        data=InvoicePostedData,
        scope="invoices:read",
    )
).name
PAYMENT_REGISTERED = register(
    EventType(
        name="tradelane.payment.registered.v1",
        title="Payment registered",
        summary=(
            "A payment was confirmed, with the invoices it was for by the end of that transaction. Not said"
            " again when it is matched with more invoices or with the bank's statement later."
        ),
        model="account.payment",
        data=PaymentRegisteredData,
        scope="invoices:read",
    )
).name
