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

# --- the despatch advice ----------------------------------------------------------------------------
register(
    "despatch.no_order",
    "The despatch advice {number} does not say for which order line {line} is.",
    "Ask the partner to name the order, at the head of the advice or on each line.",
)
register(
    "despatch.unknown_line",
    "Line {line} of the advice is for line {reference} of {order}, which has no such line.",
    "Ask the partner which line of the order they mean.",
)
register(
    "despatch.not_ordered",
    "Line {line} of the advice announces {product}, which was not ordered with {order}.",
    "Ask the partner what they sent. If it is right, add it to the order and replay.",
)
register(
    "despatch.several_lines",
    "Line {line} of the advice announces {product}, which stands on lines {lines} of {order}.",
    "Ask the partner to give the number of the order line.",
)
register(
    "despatch.wrong_item",
    "Line {line} of the advice announces {product}; line {reference} of {order} is {ordered}.",
    "Ask the partner what they sent. If it replaces the ordered item, change the order and replay.",
)
register(
    "despatch.inexact",
    "Line {line} of the advice is in another unit: {arithmetic}, which is no exact quantity.",
    "Ask the partner for the quantity in the unit of the order.",
)
register(
    "despatch.serial_again",
    "The despatch advice {number} has the serial number {serial} for {count} pieces of {product}.",
    "Ask the partner for a corrected advice: each piece has a serial number of its own.",
)
register(
    "despatch.packed_too_much",
    "The packages hold more of line {line} than the {quantity} it announces.",
    "Ask the partner for a corrected advice.",
)
register(
    "despatch.line_complete",
    "Line {line} of {order} was received completely already ({received} {unit}); {number} announces more.",
    "Ignore the advice if it was only late; else ask the partner what they sent.",
)
register(
    "despatch.too_much",
    "{number} announces more than is still to come: {summary}",
    "Accept what comes, or expect only what was ordered.",
)
register(
    "despatch.package_again",
    "Package {package} was announced already, with {other}; {number} announces it once more.",
    "Ignore the advice if it says the same under another number; else ask the partner.",
)
register(
    "despatch.being_received",
    "{number} replaces what was announced, but its goods are being received or were received already"
    " ({receipt}).",
    "Receive what came, compare it with the new advice, and ignore the advice.",
)
register(
    "despatch.nothing_to_cancel",
    "{number} withdraws a despatch advice that has not come.",
    "Nothing to do: it goes on when the advice comes. Ignore it if none will.",
)

# --- the shipment status ----------------------------------------------------------------------------
register(
    "shipment.unknown",
    "The status {number} is about the shipment {shipment}, which no despatch advice has announced.",
    "Nothing to do: it goes on when the advice comes. Ignore it if none will.",
)
register(
    "shipment.ambiguous",
    "The status {number} fits several shipments: {shipments}.",
    "Ask the partner to name the despatch advice or a package.",
)
