"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

register(
    "bill.deviates",
    "{number} differs from order and receipt: {summary}.",
    "Decide on the page of the invoice: accept the difference, dispute it, ask for a credit note or wait.",
)
register(
    "bill.disputed",
    "{number} is disputed: {summary}.",
    "Wait for the supplier's answer, then refuse the invoice or decide otherwise.",
)
register(
    "bill.not_received",
    "{number} bills what was not received yet: {summary}.",
    "Nothing to do: it goes on when the goods are received. Decide otherwise on the page of the invoice.",
)
register(
    "bill.duplicate",
    "The invoice {number} is here already: {other}.",
    "Nothing to do.",
)
register(
    "bill.no_charge_product",
    "{number} charges {charges}, and nobody said what product freight and other charges are booked on.",
    "Choose it under Invoicing, Configuration, Settings, Trading partners, then replay.",
)
register(
    "bill.total_differs",
    "The bill for {number} would come to {ours}, the document says {theirs}.",
    "Check the taxes of the order lines and of the product for charges, then replay.",
)
register(
    "bill.negative",
    "{number} comes to {total}: it takes off more than it bills.",
    "Ask the supplier for a credit note instead of a negative invoice, or the other way round.",
)
register(
    "bill.self_billed",
    "{number} is a self-billed invoice of type 389: whoever sent it bills on our behalf.",
    "Self-billed invoices are for what you sell. Ask the partner for an invoice of type 380.",
)
register(
    "self_billing.other",
    "{number} is no bill that we make in the name of a supplier.",
    "Only bills of a journal for self-billing are sent by this route.",
)
register(
    "self_billing.not_posted",
    "{number} is not posted.",
    "Post it, then send it again.",
)
register(
    "self_billing.tax",
    "{number} has the tax {tax}, which is no percentage; no document can say it.",
    "Choose another tax on the bill, or make the bill in another journal and send it on paper.",
)
register(
    "bill.posted_already",
    "{number} was corrected by its sender as revision {revision}, but {bill} is posted already.",
    "Ask the supplier for a credit note and a new invoice, or reset the bill to draft and replay.",
)
register(
    "credit.no_invoice",
    "{number} credits the invoice {invoice}, which is not billed yet.",
    "Nothing to do when the invoice is on its way: the credit note goes on when it comes.",
)
