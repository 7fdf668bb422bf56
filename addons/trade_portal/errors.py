"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

register(
    "portal.address_taken",
    "There is an account for {email} already, and it does not belong to {name}.",
    "Ask the partner for another address, or move the contact of that account to the partner first.",
)
