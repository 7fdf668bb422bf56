"""What JSON Schema cannot say about a document: how its fields have to agree with each other.

A document is taken when it fits its schema and keeps these rules; they are published beside the schemas.
"""

from ..limits import MAX_DECIMALS, MAX_INTEGER_DIGITS

#: error code → what a document must do, in one sentence
RULES: dict[str, str] = {
    "amount.currency": "All amounts are in the currency of the document.",
    "delivery.quantity_missing": "Of several part deliveries each has its quantity.",
    "delivery.sum": "Part deliveries add up to the quantity of their line.",
    "delivery.unit": "Part deliveries are in the unit of their line.",
    "line.added_incomplete": "An added line has an item, and a quantity above zero.",
    "line.duplicate": "No two lines have the same id.",
    "line.reference_missing": "A line that was not added names the order line it answers.",
    "line.says_nothing": "A changed line says what has changed.",
    "number.range": f"Numbers have at most {MAX_INTEGER_DIGITS} digits before the point and {MAX_DECIMALS}"
    " after it.",
    "package.duplicate": "No two packages have the same id.",
    "package.line": "What is in a package is a line of the document.",
    "package.parent": "What a package stands on or in is a package of the document, and not itself.",
    "party.emptied_and_said": "What is emptied has no value.",
    "period.reversed": "A period does not end before it begins.",
    "quantity.zero": "An ordered quantity is above zero.",
}
