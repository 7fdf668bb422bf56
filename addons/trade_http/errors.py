"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

register(
    "http.key_reused",
    "{client} sent another document under the key {key} of message #{other}.",
    "Ask the partner which of the two is right. The second one was refused: it has to come under a new key.",
)
register(
    "http.denied_often",
    "{client} was denied {count} times and more within an hour: {why}.",
    "Open the denials of the API client: they say from where and why. A wrong key: make a new one and pass it"
    " on. An address you do not know: somebody tries keys; restrict the addresses of the client. The problem"
    " ends when the client gets in again.",
)
register(
    "http.keys_down",
    "The keys of {issuer} cannot be fetched: {reason}",
    "Keys fetched before go on counting; tokens with any other key are denied. Open the issuer, check its"
    " address with the partner and press Fetch keys now.",
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

register(
    "hook.denied_often",
    "{connector}: {count} requests and more were refused within an hour: {why}.",
    "Open the connector and press Try a request with one from the sender's log: it says which step fails."
    " Enter their secret again if it changed. The problem ends with the next event that comes in.",
)

_RULE = "Correct the rule of the connector, then replay."
register(
    "hook.type_unknown",
    "{connector} sends events of the type {type}. Nobody has said yet what to do with them.",
    "Say it once: hand on the document in them, fetch the record they are about, or ignore them. All that"
    " wait then go on.",
)
register(
    "hook.duplicate",
    "Their event {event} came before as message #{other}. That one counts.",
    "Nothing to do.",
)
register(
    "hook.same_document",
    "The same document came before as message #{other}. That one counts.",
    "Nothing to do.",
)
register("hook.ignored", "Events of the type {type} are ignored. {reason}", "Nothing to do.")
register(
    "hook.no_document",
    "There is no document at {pointer} in an event of the type {type}.",
    _RULE,
)
register(
    "hook.no_record",
    "There is no record's id at {pointer} in an event of the type {type}.",
    _RULE,
)
register(
    "hook.no_route",
    "The route for events of the type {type} is archived.",
    "Restore the route or choose another one in the rule of the connector, then replay.",
)
register(
    "hook.no_poll",
    "{route} does not fetch by polling any more.",
    "Switch it on again on the route, or change the rule of the connector, then replay.",
)
register(
    "hook.fetch_refused",
    "{connector} did not give us the record {record} (HTTP {status}): {reason}",
    "Check the address part in the rule and the rights of our credentials there, then replay. Ignore it when"
    " the record is gone.",
)
register(
    "hook.fetch_failed",
    "The record {record} could not be fetched after {tries} tries. Last answer: {reason}",
    "Check with the partner that their system answers again, then replay.",
)
register(
    "hook.nothing_new",
    "The record {record} is still what came as message #{other}.",
    "Nothing to do.",
)
