"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

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
