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
