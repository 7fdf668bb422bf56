"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

register(
    "http.key_reused",
    "{client} sent another document under the key {key} of message #{other}.",
    "Ask the partner which of the two is right. The second one was refused: it has to come under a new key.",
)
register(
    "http.no_route",
    "{client} sends documents of the type {document}, but there is no route for them.",
    "Set up a route for it, then ask the partner to send the document again: it was refused.",
)
register(
    "http.not_fetched",
    "{partner} has not fetched what waits for it.",
    "Ask the partner whether its system still calls us; API clients shows when it was seen last. None of"
    " the documents is lost, they go on waiting.",
)
