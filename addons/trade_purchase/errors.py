"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register, show

# --- sending ----------------------------------------------------------------------------------------
register(
    "order.not_confirmed",
    "The order {order} is {state}; only a confirmed order is sent.",
    "Confirm the order and replay, or withdraw the message.",
)
register(
    "order.not_cancelled",
    "The order {order} is confirmed again, so the supplier must not be told that it is cancelled.",
    "Withdraw the message. Send the order again if the supplier may think that it has ended.",
)
register(
    "order.nothing_to_send",
    "The order {order} has no line with a product and a quantity.",
    "Add what you want to buy and replay, or cancel the order and withdraw the message.",
)
register(
    "order.negative_line",
    "Line {line} of {order} asks for {quantity} {unit}; a supplier can only be asked for more than zero.",
    "Make a return instead of a negative order line, then replay.",
)
register(
    "order.files_too_large",
    "The files that go with {order} have {size} MB together; at most {limit} MB can be sent.",
    "Take some of the files off the order or its products, or put smaller ones there. Then replay.",
)
register(
    "item.no_code",
    "{product} has no code that {partner} could know: no vendor product code, no barcode, no reference.",
    "Enter the vendor's product code on the product's Purchase tab, then replay.",
)

# --- the supplier's answer --------------------------------------------------------------------------
register(
    "order.other_partner",
    "The order {order} was placed with {vendor}; {partner} cannot answer it.",
    "Ask {partner} which of their orders they mean. If both are the same company, correct the vendor or the"
    " trading partner.",
)
register(
    "order.ambiguous",
    "There are {count} orders with the number {order}.",
    "Give the orders different numbers, then replay.",
)
register(
    "order.end_refused",
    "The supplier does not accept that {order} is cancelled: {reason}.",
    "Agree with the supplier. If the goods come anyway, set the order to draft and confirm it again; then"
    " ignore this answer.",
)
register(
    "order.complete",
    "Everything on the order {order} was received already; the answer comes too late to change it.",
    "Ask the partner what they mean. Ignore the answer if it was only late.",
)
register(
    "order.line_billed",
    "Line {line} of {order} was billed already; its price cannot become {price} any more.",
    "Ask the partner for a corrected bill or a credit note, then reject this price.",
)
register(
    "response.stale",
    "{number} was issued at {issued}; the answer of {newer} was applied already.",
    "Nothing to do.",
)
register(
    "response.old_order",
    "{number} answers revision {revision} of the order, which was sent again as revision {current}.",
    "Nothing to do.",
)
register(
    "response.future_order",
    "{number} answers revision {revision} of {order}, but only revision {current} was sent.",
    "Ask the partner which order they mean.",
)
register(
    "response.superseded",
    "The order was sent again as revision {current}; this answer to an earlier one no longer counts.",
    "Nothing to do.",
)
register(
    "response.newer_applied",
    "A newer answer of the partner, {number}, was applied.",
    "Nothing to do.",
)
register(
    "order.not_placed",
    "The order {order} was not placed yet; it is still in the state {state}.",
    "Confirm the order if it was meant, then replay; else ask the partner which order they answer.",
)

# --- catalogues -------------------------------------------------------------------------------------
register(
    "catalogue.currency",
    "The catalogue has prices in {currency}, a currency that is not used here.",
    "Activate {currency} under Accounting ▸ Configuration ▸ Currencies and give it a rate, then replay.",
)

show("order.complete", "response.stale", "response.old_order", "response.future_order")
