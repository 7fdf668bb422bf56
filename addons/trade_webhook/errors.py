"""The sentences of what can be wrong with a webhook."""

from odoo.addons.trade_kernel.errors import register

register(
    "webhook.disabled",
    "The webhook {subscription} was switched off: {reason}",
    "Agree with its owner on a working address, enter it, and resume the subscription.",
)
