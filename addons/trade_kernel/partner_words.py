"""What partners read about error codes, in their language.

What :func:`.catalogue.register` says is for people here. Partners read what :func:`tell`, :func:`show` and
:func:`phrase` let them read and nothing else; these texts stand in the ``i18n`` of the addon that calls them.
"""

import sys
from typing import NamedTuple

from .catalogue import CATALOGUE


class Told(NamedTuple):
    """What a partner reads about a code.

    :ivar addon: whose translations it is in
    :ivar remedy: ``None``: what to do follows from the class of the error
    :ivar theirs: whether it is the partner's turn; ``None``: as the class says
    """

    addon: str
    message: str
    remedy: str | None = None
    theirs: bool | None = None


#: by code
PARTNERS: dict[str, Told] = {}
#: words that stand in a sentence in the place of a placeholder, by code
PHRASES: dict[str, str] = {}


def tell(code: str, message: str, remedy: str, theirs: bool = True) -> None:
    """Let partners read sentences of their own about ``code``.

    :param message: with ``{placeholders}`` only for what stood in the partner's own document.
    :param theirs: whether the partner has to do something.
    :raise ValueError: they read something else about it already.
    """
    _let_read(code, Told(_calling(), message, remedy, theirs))


def show(*codes: str) -> None:
    """Let partners read the message of registered ``codes`` as it is; what to do follows from the class."""
    for code in codes:
        _let_read(code, Told(_calling(), CATALOGUE[code].message))


def phrase(code: str, text: str) -> dict[str, str]:
    """Add words for the place of a placeholder: ``number.whole``, "a whole number".

    :return: the placeholder's value, see :func:`.errors.rendered`
    :raise ValueError: ``code`` already means something else.
    """
    _let_read(code, Told(_calling(), text))
    PHRASES[code] = text
    return {"code": code}


def _let_read(code, told):
    if PARTNERS.setdefault(code, told) != told:
        raise ValueError(f"Partners read something else about {code} already: {PARTNERS[code].message}")


def _calling() -> str:
    """The addon that calls whoever calls this."""
    parts = sys._getframe(2).f_globals["__name__"].split(".")
    return parts[2] if parts[:2] == ["odoo", "addons"] else parts[0]


# Errors of documents are told as they are. Of others, such as a layout of ours that is wrong, partners only
# read that it is our turn.
show(
    "file.empty",
    "file.too_large",
    "file.encoding",
    "file.unrecognised",
    "errors.more",
    "edi.outside",
    "edi.empty",
    "edi.envelope",
    "edi.truncated",
    "edi.message_unknown",
    "edi.several_orders",
    "json.syntax",
    "json.duplicate_key",
    "json.not_a_number",
    "json.number_too_long",
    "json.too_deep",
    "json.not_an_object",
    "xml.syntax",
    "xml.nul",
    "xml.entities",
    "xml.too_deep",
    "xml.text_too_long",
    "xml.document_unknown",
    "cxml.no_invoice",
    "ubl.schema",
    "ubl.rule",
    "receipt.not_said",
    "document.too_many",
    "document.too_many_lines",
    "document.type_missing",
    "document.type_unknown",
    "document.version",
    "field.missing",
    "field.unknown",
    "field.type",
    "field.value",
    "field.text",
    "field.too_long",
    "field.base64",
    "field.too_short",
    "number.invalid",
    "number.range",
    "date.invalid",
    "time.invalid",
    "currency.unknown",
    "country.unknown",
    "unit.malformed",
    "scheme.malformed",
    "line.duplicate",
    "document.no_lines",
    "quantity.negative",
    "quantity.zero",
    "amount.currency",
    "period.reversed",
    "party.unidentified",
    "party.emptied_and_said",
    "item.unidentified",
    "line.reference_missing",
    "line.says_nothing",
    "line.added_incomplete",
    "delivery.sum",
    "delivery.unit",
    "delivery.quantity_missing",
    "package.duplicate",
    "package.parent",
    "package.line",
    "product.unknown",
    "order.closed",
    "layout.no_header",
    "layout.no_rows",
    "layout.csv",
    "layout.xlsx",
    "layout.sheet",
    "layout.value",
    "layout.place_missing",
    "layout.empty",
)
tell(
    "order.unknown",
    "We have no order {order} with you.",
    "Check the number of the order, and send the document again with the right one.",
)
tell(
    "layout.other_kind",
    "The format of the file is {found}; we agreed on {expected}.",
    "Save it as {expected}, and send it again.",
)
tell(
    "layout.unmapped",
    "{value} is new to us as {field}.",
    "Nothing to do: we are adding it. Tell us if it is wrong.",
    theirs=False,
)
tell(
    "response.deviates",
    "It differs from what we ordered; one of us decides.",
    "Nothing to do unless we ask you.",
    theirs=False,
)

# What stands in their sentences.
OURS = phrase("reason.ours", "there is a difficulty on our side")
phrase("file.kind.csv", "CSV")
phrase("file.kind.fixed", "text with columns of fixed width")
phrase("file.kind.xlsx", "Excel (XLSX)")
phrase("file.kind.xls", "old Excel (XLS)")
phrase("file.kind.json", "JSON")
phrase("file.kind.xml", "XML")
phrase("file.kind.pdf", "PDF")
WHOLE_NUMBER = phrase("value.whole_number", "a whole number")
TEXT = phrase("value.text", "text in quotes")
LIST = phrase("value.list", "a list")
OBJECT = phrase("value.object", "an object")
EMPTY = phrase("value.empty", "empty")
phrase("value.the_text", "the text {value}")
phrase("value.the_number", "the number {value}")
phrase("value.expected", "expected {values}")
phrase("value.digits", "more than {limit} digits before the point")
phrase("value.decimals", "more than {limit} decimals")
phrase("value.json", "only JSON values, nested a few levels, are kept")
