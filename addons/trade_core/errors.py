"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register, show, tell

register(
    "route.no_adapter",
    "No installed addon handles documents of the type {document} on this route.",
    "Install the addon for it (for purchase orders: Trading Partners - Purchase), or archive the route.",
)
register(
    "document.unexpected",
    "This is a document of the type {found}; the route expects {expected}.",
    "Ask the partner to send it to the right address, or set up a route for it.",
)
register(
    "document.duplicate",
    "{number} came before as message #{other}, with the same content. That one counts.",
    "Nothing to do.",
)
register(
    "document.other_content",
    "{number} came before as message #{other}, with other content and the same revision.",
    "Ask the partner which one is right. Ignore the wrong one; a correction needs a new revision number.",
)
register(
    "document.superseded",
    "Revision {revision} of {number} is older than revision {newer}, applied with message #{other}.",
    "Nothing to do.",
)
register(
    "file.sender_unknown",
    "A document in this file comes from {scheme} {value}, and no trading partner has this identifier.",
    "Add the identifier to the partner it belongs to, then replay: what is in the file goes on from there.",
)
register(
    "file.no_route",
    "{partner} sent a document of the type {document}, but no route is set up for it.",
    "Set up a route from this partner for this kind of document, then replay; or ask the partner to stop.",
)
register("test.previewed", "A test: previewed, nothing was changed.", "See what would have changed below.")
register(
    "odoo.refused",
    "Odoo does not accept it: {reason}",
    "Correct the record that Odoo names, then replay.",
)
register(
    "record.gone",
    "The record of {number} no longer exists in Odoo.",
    "Withdraw the message: there is nothing left to send.",
)
register(
    "partner.no_success",
    "Not delivered after {tries} tries. Last answer: {reason}",
    "Check with the partner that their system takes documents again, then replay.",
)
register(
    "codec.crashed",
    "The reader for {codec} failed on this file: {detail}",
    "Nothing is lost. Send the trace on the Attempts page to your administrator, then replay.",
)
register(
    "pipeline.crashed",
    "Something unexpected happened: {detail}",
    "Nothing was changed. Send the trace on the Attempts page to your administrator, then replay.",
)
register(
    "event.not_written",
    "What happened to {record} could not be announced: {reason}",
    "{record} itself is as it should be. Tell the partners and systems that wait for this news, and send the"
    " trace to your administrator.",
)
register(
    "answer.missing",
    "{partner} has not answered in time.",
    "Ask the partner. Send again if nothing arrived; acknowledge by hand if they answered by phone or mail.",
)
register(
    "code.unknown",
    "Nothing is known for {scheme} {value}.",
    "Choose what it means; every document waiting for this code is then processed.",
)
register(
    "code.ambiguous",
    "{scheme} {value} means several things: {candidates}.",
    "Choose the right one; the choice is remembered for this partner.",
)
register(
    "unit.ambiguous",
    "The unit code {value} means several units: {candidates}.",
    "Choose the right unit; the choice is remembered for this partner.",
)
register(
    "unit.no_code",
    "Nobody knows how this partner calls the unit {unit}.",
    "Enter the partner's code for the unit; every document waiting for it then leaves.",
)
register(
    "product.ambiguous",
    "{scheme} {value} fits several products: {candidates}.",
    "Choose the right product; the choice is remembered for this partner.",
)
register(
    "unit.unknown",
    "No unit of measure is known for the code {value}.",
    "Choose the unit; every document waiting for this code is then processed.",
)
register(
    "unit.no_factor",
    "Nothing says how many {unit} one {value} of {product} is.",
    "Say how many, or add it to the packagings of the product; every document waiting for it then goes on.",
)
register(
    "unit.packagings",
    "The product {product} has several packagings that {value} could be: {candidates}.",
    "Say how many {unit} one {value} is; every document waiting for it is then processed.",
)
register(
    "unit.pack_differs",
    "The partner says that one {value} of {product} holds {pack}; by {by} it holds {known} {unit}.",
    "Say how many {unit} one {value} is, or ask the partner to correct the document.",
)
register(
    "line.not_proven",
    "Line {line}: {arithmetic}.",
    "Say how many {unit} one {value} is (or correct the packaging of the product), then replay; or ask the"
    " partner to correct the document.",
)
register(
    "line.amount_wrong",
    "Line {line}: {arithmetic}.",
    "Ask the partner which of quantity, price and amount is right, and to send the document again.",
)
register(
    "event.not_relayed",
    "Events of the type {event} could not be passed on, such as {about}: {detail}",
    "Nobody was told of them; all others go on. Send the trace to your administrator, then press Pass on"
    " again under Configuration, Events and subscriptions, Events, filter Not passed on.",
)
register(
    "subscription.filter_broken",
    "The filter of the subscription {subscription} on {about} cannot be used: {detail}",
    "Correct the filter of the subscription, then replay: what fits is told, the rest is withdrawn.",
)
register(
    "party.too_many",
    "{number} names {count} people, places and bank accounts; at most {limit} are taken at once.",
    "Ask the partner to send what has changed only.",
)
register(
    "party.unknown",
    "No trading partner is known by {scheme} {value}.",
    "Choose the partner that is meant, or give it this identifier on its form; every document waiting for it"
    " is then processed.",
)
register(
    "party.ambiguous",
    "{scheme} {value} and what is said with it name several trading partners: {candidates}.",
    "Choose the right one; the choice is remembered for this system. If the numbers contradict each other,"
    " ask who looks after that system to correct them.",
)
register(
    "party.about_missing",
    "{number} does not say which partner it is about.",
    "A system of ours names the partner in “about”, by GLN, D-U-N-S, VAT number or our number. Ask who looks"
    " after {sender} to send it again so.",
)
register(
    "party.not_yours",
    "{number} speaks about another company; {sender} may only speak about itself.",
    "Nothing was changed. Ask {sender} what it means. If it is a system of ours, say so on its form (“Speaks"
    " about partners as”), then replay.",
)
register(
    "party.old",
    "{number} was issued before {newer} of {at}, which was applied already.",
    "Nothing to do. What of it still holds, the partner sends again with a later time of issue.",
)

# What of these is about the partner's own document; candidates are records of ours.
show("document.unexpected", "code.unknown", "unit.unknown", "line.amount_wrong")
tell(
    "document.duplicate",
    "{number} came before, with the same content. That one counts.",
    "Nothing to do.",
    theirs=False,
)
tell(
    "document.other_content",
    "{number} came before, with other content.",
    "If this one is right, send it again with a new revision number; otherwise there is nothing to do.",
)
tell(
    "document.superseded",
    "Revision {revision} of {number} is older than revision {newer}, which counts.",
    "Nothing to do.",
    theirs=False,
)
