"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

register(
    "stock.old",
    "{number} tells the stock of {as_of} UTC; a complete report of {newer} UTC was read already.",
    "Nothing to do.",
)
register(
    "stock.silent",
    "{partner} has sent no stock report for more than {hours} hours; the last one is of {last} UTC.",
    "Ask the partner whether their report still runs, and look whether it is held among the messages. The"
    " problem ends by itself with the next report. Correct the limit on the route when they report less"
    " often.",
)
register(
    "receipt.not_done",
    "The receipt {receipt} is not done, or nothing of it was ordered; there is nothing to tell the supplier.",
    "Validate the receipt and replay, or withdraw the message.",
)
