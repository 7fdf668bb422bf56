"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

register(
    "portal.no_recipient",
    "{order} cannot be mailed: {vendor} has no e-mail address.",
    "Enter an address on the vendor's contact, or under To on the route {route}; then press Send again on the"
    " order.",
)
