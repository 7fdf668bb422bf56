"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

register(
    "statement.old",
    "The statement {number} is of {as_of}; the statement {newer} of {newer_as_of} was read already.",
    "Nothing to do: the newer one counts.",
)
register(
    "statement.currency",
    "The statement {number} is in {currency}, a currency that is not set up.",
    "Add it under Invoicing, Configuration, Currencies, then replay.",
)
register(
    "statement.future",
    "The statement {number} is of {as_of}, a day that is still to come.",
    "Ask the supplier for one with the right day of issue, and reject this one.",
)
register(
    "statement.other_account",
    "The statement {number} in {currency} corrects one in {known}: each currency is an account of its own.",
    "Ask the supplier for a number of its own for the account in {currency}, and reject this one.",
)
register(
    "statement.not_compared",
    "The statement {number} could not be compared again with what was booked: {reason}",
    "Open the statement and press Compare again; when that fails too, tell whoever looks after the system.",
)
