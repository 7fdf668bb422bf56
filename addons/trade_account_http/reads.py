"""What partners read about their account and their invoices to us, see ``trade_http/resources.py``."""

from datetime import date
from typing import Literal

from pydantic import Field

from odoo.addons.trade_core.event_parts import Money
from odoo.addons.trade_http.items import Item
from odoo.addons.trade_http.parameters import PageParams, Params
from odoo.addons.trade_http.resources import Read, register_read
from odoo.addons.trade_kernel.canonical.base import Id

MAX_NUMBERS = 100


class Account(Item):
    """How the partner stands with us."""

    name: str
    status: Literal["draft", "live", "suspended", "closed"]
    """`live`: we trade. `draft`: being prepared. `suspended`: documents wait. `closed`: ended."""
    open_amount: Money
    """Invoices that are not paid, and what was ordered and is not invoiced."""
    credit_limit: Money | None = None
    """Without one, no limit is set."""
    credit_available: Money | None = None
    """What is left of the limit; never below zero."""


register_read(
    Read(
        name="account",
        title="Account",
        summary="Your status with us, what is open and the credit you have left.",
        scope="account:read",
        item=Account,
        params=Params,
        kind="one",
    )
)


class InvoicePayment(Item):
    """What was paid with one payment."""

    payment: str | None
    """Our number of the payment, as in the remittance advice."""
    payment_date: date
    amount: Money
    """Of this payment, for this invoice."""


class InvoiceStatus(Item):
    """How an invoice or credit note of yours stands with us."""

    number: str
    """Your number of it."""
    kind: Literal["invoice", "credit_note"]
    state: Literal["received", "blocked", "approved", "partly_paid", "paid", "settled", "refused"]
    """`received`: we have it and have not checked it yet. `blocked`: it is not paid for now, see `reason`.
    `approved`: it is right and is paid when it is due. `partly_paid`, `paid`: see the payments. `settled`:
    against a credit note or otherwise, without a payment. `refused`: it does not count."""
    reason: str | None = None
    """Why it is blocked or refused, or what we expect of you, such as a credit note; as far as it concerns
    you."""
    invoice_date: date | None = None
    due_date: date | None = None
    total_amount: Money | None = None
    paid_amount: Money | None = None
    open_amount: Money | None = None
    payments: list[InvoicePayment] = []
    """The oldest first."""
    payment_date: date | None = None
    """Of the last payment."""


class InvoiceStatusParams(PageParams):
    """Parameters of the status of invoices."""

    number: list[Id] = Field(
        [],
        max_length=MAX_NUMBERS,
        description="Only the invoices with these numbers of yours; may be given several times.",
    )


register_read(
    Read(
        name="invoice-status",
        title="Status of your invoices",
        summary="Whether an invoice or credit note you sent us was received, approved or blocked, when it is"
        " due and what was paid.",
        scope="invoices:read",
        item=InvoiceStatus,
        params=InvoiceStatusParams,
        key="number",
    )
)
