"""The sentences of what can be wrong with a broker."""

from odoo.addons.trade_kernel.errors import register

register(
    "broker.queue_missing",
    "{route} does not say from which queue its messages are taken.",
    "Open the route and enter the name of the queue.",
)
