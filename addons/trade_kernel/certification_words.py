"""The sentences of what the test bench finds; they stand in the one catalogue of :mod:`.catalogue`."""

from .catalogue import register
from .partner_words import phrase, tell

#: Codes of what is as it should be. Nothing is to be done about it, so they alone have no remedy.
WELL: set[str] = set()


def finding(code: str, message: str, remedy: str) -> None:
    """What is found is said to partners."""
    register(code, message, remedy)
    tell(code, message, remedy)


def well(code: str, message: str) -> None:
    finding(code, message, "")
    WELL.add(code)


well("certification.read", "The file could be read.")
finding(
    "certification.not_broken",
    "The file can be read: nothing in it is broken.",
    "Break it on purpose, for example cut it off in the middle; this test is passed when it is refused.",
)
finding(
    "certification.other_reason",
    "The file was refused, but not because it is broken.",
    "Break the answer to this very test order and leave everything else in it as it was.",
)
finding(
    "certification.refused", "Refused, as it should be: {reason}", "Your system is told so in these words."
)
well("certification.carried", "Our numbers, codes, units and currency are as we sent them.")
finding(
    "certification.no_line",
    "A line does not say which order line it is about.",
    "Carry our line number into every line of your answer; the order has the lines {lines}.",
)
finding(
    "certification.unknown_line",
    "The order has no line {line}.",
    "Carry our line numbers as we sent them: {lines}. Do not count lines anew.",
)
finding(
    "certification.other_order",
    "It speaks about the order {found}, but the test order is {expected}.",
    "Carry our order number exactly as we sent it.",
)
finding(
    "certification.currency",
    "It is in {found}, but the order is in {expected}.",
    "Answer in the currency of the order.",
)
finding(
    "certification.unit",
    "Line {line}: the unit is {found}, but we ordered in {expected}.",
    "Answer in the unit of the order line.",
)
finding(
    "certification.item",
    "Line {line}: the {kind} item code is {found}, but we sent {expected}.",
    "Carry the item codes of the order line as we sent them.",
)
finding(
    "certification.receipt_only",
    "It only says that the order has arrived; that is no answer.",
    "Answer with AP (accepted), CA (changed) or RE (rejected).",
)
finding(
    "certification.whole",
    "The whole order is {found}, but this test asks for: {expected}.",
    "Read once more what this test asks for, and answer so.",
)
finding(
    "certification.left_out", "These order lines are not in it: {lines}.", "Answer every line of the order."
)
finding(
    "certification.line_rejected", "Line {line} is rejected, but shall be as ordered.", "Accept this line."
)
finding(
    "certification.quantity",
    "Line {line}: the quantity is {found}, ordered are {expected}.",
    "Leave the quantity of this line as it was ordered.",
)
finding(
    "certification.price",
    "Line {line}: the price is {found}, it shall be {expected}.",
    "Write the price of this line as the test asks for it.",
)
finding(
    "certification.day",
    "Line {line}: delivery on {found} is later than wanted ({expected}).",
    "Promise this line for the day we want it.",
)
finding("certification.not_rejected", "Line {line} is not rejected.", "Reject every line of this order.")
finding(
    "certification.nothing",
    "Line {line} comes with nothing; it shall be short, not missing.",
    "Answer less than the {expected} ordered, but more than nothing.",
)
finding(
    "certification.not_short",
    "Line {line} shall be short: ordered are {expected}, it says {found}.",
    "Answer less than the {expected} ordered for this line.",
)
finding(
    "certification.not_changed.price",
    "Line {line} shall have another price than the {found} ordered.",
    "Answer this line as changed, with another price.",
)
finding(
    "certification.not_changed.day",
    "Line {line} shall come later than wanted ({found}).",
    "Answer this line as changed, with a later delivery day.",
)
finding(
    "certification.not_changed.quantity",
    "Line {line} shall have another quantity than the {found} ordered.",
    "Answer this line as changed, with another quantity.",
)
well("certification.as_expected.accepted", "Everything is as ordered, as this test asks for.")
well("certification.as_expected.changed", "The change is there, as this test asks for.")
well("certification.as_expected.rejected", "The order is rejected, as this test asks for.")
well("certification.as_expected.partial", "The line is short, as this test asks for.")
finding(
    "certification.differs",
    "One of us would have to decide about it, because it differs from what we ordered.",
    "Everything shall be as ordered in this test; correct what is different.",
)
well("certification.to_decide", "One of us would be asked to decide, as with a real order.")
finding(
    "certification.ignored",
    "It would have no effect: we would not need it.",
    "Send a document with a number of its own that answers this order.",
)
well("certification.would_be.applied", "It would be applied.")
well("certification.would_be.rejected", "It would be understood as a no.")
well("certification.once", "The same document a second time changes nothing, as it should be.")
finding(
    "certification.other_content",
    "The second document has the same number but other content.",
    "Send exactly the same file a second time.",
)
finding(
    "certification.twice",
    "The second document is not the same one: it was taken as another document.",
    "Send exactly the same file a second time, with the same document number.",
)
finding("certification.second", "The first one has arrived.", "Now send exactly the same file a second time.")
finding(
    "certification.old",
    "It answers {found}, an earlier try of this test; the open one is {expected}.",
    "Answer the order {expected}.",
)
finding(
    "certification.over",
    "This test was passed before this document came; it changes nothing.",
    "Send the test again if you want to try it once more.",
)
finding(
    "certification.other_route",
    "It came over {found}, but this test is about {expected}.",
    "Send it the way that is being tested.",
)
well("certification.listed", "The items that were asked for are in it.")
well("certification.stock_said", "It says how much there is of each.")
well("certification.prices.accepted", "The prices are as we know them, as this test asks for.")
well("certification.prices.changed", "The other price is there, as this test asks for.")
well("certification.shipment_named", "It names our shipment.")
well("certification.status_said", "It says what this test asks for.")
finding(
    "certification.not_listed",
    "The item {item} is not in it.",
    "List each item that the test names, with its code as the test gives it.",
)
finding(
    "certification.negative",
    "Of the item {item} there is {found}; less than nothing cannot be in stock.",
    "Say 0 when there is nothing; say what you owe as a back-order.",
)
finding(
    "certification.no_price", "The item {item} has no price.", "Give each item that the test names a price."
)
finding(
    "certification.same_price",
    "The item {item} shall have another price than {found}.",
    "Write another price for this item only.",
)
finding(
    "certification.no_shipment",
    "It does not name the shipment {expected}.",
    "Carry our number of the shipment exactly as the test gives it.",
)
finding(
    "certification.not_later",
    "The shipment shall come later than {wanted}; it does not say so.",
    "Give an estimated delivery day after {wanted}.",
)
finding(
    "certification.later",
    "The shipment comes on {found}, later than {wanted}; this test asks for one that is on time.",
    "Leave the delivery day out, or give one that is not after {wanted}.",
)
finding(
    "certification.trouble",
    "It says {status}; this test asks for a shipment without trouble.",
    "Say that it was picked up, is on its way or was delivered.",
)
finding(
    "certification.earlier",
    "It answers the order as it was before (revision {found}); the answer to revision {expected} is still to"
    " come.",
    "Answer revision {expected} too.",
)
well("certification.revision", "It names the revision {expected}, which we sent last.")
finding(
    "certification.no_revision",
    "It does not say which revision of the order it answers.",
    "Name the revision {expected} beside our order number, as we sent it.",
)
finding(
    "certification.other_revision",
    "It answers revision {found} of the order, but we sent revision {expected} last.",
    "Answer revision {expected} and name it as we sent it.",
)
well("certification.end.accepted", "The cancellation is accepted, as this test asks for.")
well("certification.end.rejected", "The cancellation is not accepted, as this test asks for.")
finding(
    "certification.end.not_accepted",
    "The answer to the cancellation is “{found}”, but this test asks for “accepted”.",
    "Answer the cancellation with AP (accepted).",
)
finding(
    "certification.end.not_rejected",
    "The answer to the cancellation is “{found}”, but this test asks for “rejected”.",
    "Answer the cancellation with RE (rejected).",
)
well("certification.invoice_named", "It names the invoice that is credited.")
finding(
    "certification.no_invoice",
    "It does not say which invoice is credited.",
    "Name the invoice {expected} as the one that is credited.",
)
finding(
    "certification.other_invoice",
    "It credits the invoice {found}, but this test is about {expected}.",
    "Name the invoice {expected} as the one that is credited, and no other.",
)
well("certification.credited.all", "Everything is credited as it was billed, as this test asks for.")
well("certification.credited.part", "A part of the line is credited, as this test asks for.")
finding(
    "certification.not_credited",
    "These order lines are not credited: {lines}.",
    "Credit each line that the test names.",
)
finding(
    "certification.credited_too",
    "Line {line} is credited too.",
    "Credit the line that the test names and nothing else.",
)
finding(
    "certification.credit.all",
    "Line {line}: {found} are credited, billed were {expected}.",
    "Credit the whole quantity that was billed, as a number above zero.",
)
finding(
    "certification.credit.part",
    "Line {line}: {found} are credited; it shall be less than the {expected} billed, but more than nothing.",
    "Credit a part of what was billed, as a number above zero.",
)
finding(
    "certification.credit.price",
    "Line {line}: the price is {found}, billed was {expected}.",
    "Credit at the price that was billed.",
)
finding(
    "certification.credit.amount",
    "Line {line}: {found} is credited, but the quantity that is credited was billed at {expected}.",
    "Credit no more than was billed: the quantity times the price that was billed.",
)

# What stands in these sentences.
phrase("certification.item.sellers", "seller's")
phrase("certification.item.buyers", "buyer's")
phrase("certification.item.standard", "standard")
phrase("certification.answer.accepted", "accepted")
phrase("certification.answer.changed", "changed")
phrase("certification.answer.rejected", "rejected")
phrase("certification.answer.partial", "partial")
phrase("certification.answer.received", "only received")
NOTHING = phrase("certification.number.nothing", "nothing")
NONE = phrase("certification.number.none", "none")
