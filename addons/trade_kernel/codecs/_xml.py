"""XML as codecs of XML read it: no entity, no DTD, no network, nothing deeper or larger than the limits.

The text is decoded here, strictly, before the parser sees it: what the declaration says and what the bytes
are has to agree, and the parser never chooses an encoding by itself.
"""

import codecs as encodings
import re
from functools import cache

from lxml import etree

from ..errors import ValidationFailed
from ..limits import Limits
from ._parsers import XML, in_our_words

_BOMS = (
    (encodings.BOM_UTF8, "utf-8"),
    (encodings.BOM_UTF32_LE, "utf-32-le"),
    (encodings.BOM_UTF32_BE, "utf-32-be"),
    (encodings.BOM_UTF16_LE, "utf-16-le"),
    (encodings.BOM_UTF16_BE, "utf-16-be"),
)
#: Python's codecs that are no character sets: some yield broken text, some take quadratic time
_NO_CHARSETS = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"}
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([\w.:+-]{1,40})["']""")
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>")
_FIRST_TAG = re.compile(rb"<([A-Za-z_][\w.:-]*)[\s/>]")
_DOCTYPE = re.compile(r"<!DOCTYPE\b")
_ENTITY = re.compile(r"<!ENTITY\b")
#: what XML cannot carry, not even escaped (XML 1.0, 2.2)
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: what every parser of ours is told
SAFE: dict[str, bool] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
#: names that XPath places use for namespaces everybody knows
_PREFIXES = {
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2": "cac",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2": "cbc",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2": "ext",
}
_DOCUMENT_NAMESPACE = re.compile(r"urn:oasis:names:specification:ubl:schema:xsd:\w+-2")
# libxml2's words
_TOO_DEEP = ("Excessive depth",)
_TOO_LONG = ("huge text node", "too long", "Buffer size limit")


def read(data: bytes, limits: Limits, encoding: str | None = None) -> etree._Element:
    """The root of a file's tree; comments and processing instructions are left out.

    :param encoding: overrules what the file declares; a byte order mark overrules both.
    :raise ValidationFailed: ``file.too_large``, ``file.empty``, ``file.encoding``, ``file.encoding_unknown``,
        ``xml.nul``, ``xml.entities``, ``xml.too_deep``, ``xml.text_too_long`` or ``xml.syntax``.
    """
    if len(data) > limits.max_bytes:
        raise ValidationFailed("file.too_large", size=len(data), limit=limits.max_bytes)
    text = _text(data, encoding)
    if not text.strip():
        raise ValidationFailed("file.empty")
    parser = etree.XMLParser(encoding="utf-8", **SAFE)
    try:
        root = etree.fromstring(begun(text).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise refusal(error, limits) from error
    # What stands for text that only a DTD could give would be missing without a word.
    unresolved = next(root.iter(etree.Entity), None)
    if unresolved is not None:
        raise ValidationFailed("xml.entities", pointer=place(unresolved.getparent()))
    if any(entry.type_name.endswith("UNDECLARED_ENTITY") for entry in parser.error_log):
        raise ValidationFailed("xml.entities")
    if _deeper(limits.max_depth)(root):
        raise ValidationFailed("xml.too_deep", limit=limits.max_depth)
    return root


def begun(text: str) -> str:
    """A text, or its beginning, as the parser gets it.

    :raise ValidationFailed: ``xml.nul`` or ``xml.entities``: it defines some.
    """
    if "\0" in text:
        line, column = _position(text, text.index("\0"))
        raise ValidationFailed("xml.nul", pointer=f"line {line}, column {column}")
    if _DOCTYPE.search(text) and (entity := _ENTITY.search(text)):
        line, column = _position(text, entity.start())
        raise ValidationFailed("xml.entities", pointer=f"line {line}, column {column}")
    # The declaration has been heard, and many programs write it after a blank line.
    if declaration := _DECLARATION.match(text):
        text = re.sub(r"[^\n]", " ", declaration[0]) + text[declaration.end() :]
    return text


def encoding_of(data: bytes, encoding: str | None) -> tuple[str, int]:
    """The encoding of a file that begins like this, and how long its mark is.

    :raise ValidationFailed: ``file.encoding_unknown``.
    """
    mark, name = next(((mark, name) for mark, name in _BOMS if data.startswith(mark)), (b"", ""))
    name = name or encoding or _told(data[len(mark) :])
    try:
        known = encodings.lookup(name).name
        if known in _NO_CHARSETS:
            raise LookupError(name)
    except (LookupError, ValueError, TypeError) as error:
        raise ValidationFailed("file.encoding_unknown", encoding=repr(name)) from error
    return known, len(mark)


def _text(data: bytes, encoding: str | None) -> str:
    known, start = encoding_of(data, encoding)
    try:
        return data[start:].decode(known)
    except UnicodeDecodeError as error:
        position = start + error.start + 1
        raise ValidationFailed("file.encoding", encoding=known, position=position) from error
    except (LookupError, ValueError, TypeError) as error:
        raise ValidationFailed("file.encoding_unknown", encoding=repr(known)) from error


def _told(data: bytes) -> str:
    """The encoding without a mark: told by the zeros, else declared, else UTF-8 (XML 1.0, appendix F)."""
    start = data[:4]
    if start[:2] == b"<\0" or start[:2] == b"\0<":
        return "utf-16-le" if start[:1] == b"<" else "utf-16-be"
    declared = _DECLARED.match(data[:400])
    if not declared:
        return "utf-8"
    name = declared[1].decode()
    # A declaration that can be read byte by byte is not in UTF-16, though many programs write that there.
    return "utf-8" if name.lower().startswith(("utf-16", "utf16", "ucs-2", "iso-10646-ucs")) else name


def _position(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def refusal(error: etree.XMLSyntaxError, limits: Limits) -> ValidationFailed:
    message = str(error.msg or "it is not well-formed")
    line, column = error.position if error.position else (1, 1)
    pointer = f"line {line}, column {column}"
    if any(words in message for words in _TOO_DEEP):
        return ValidationFailed("xml.too_deep", pointer=pointer, limit=limits.max_depth)
    if any(words in message for words in _TOO_LONG):
        return ValidationFailed("xml.text_too_long", pointer=pointer)
    words = message.partition(", line ")[0].rstrip(".")
    detail = in_our_words(words, XML.get(error.code, ()))
    return ValidationFailed("xml.syntax", pointer=pointer, line=line, column=column, detail=detail)


@cache
def _deeper(depth: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * (depth + 1)})")


def place(element: etree._Element, attribute: str = "") -> str:
    """The XPath of an element and its line: ``/Order/cac:OrderLine[2]/cbc:Note, line 57``."""
    steps = "/".join(step_of(part) for part in (*reversed(list(element.iterancestors())), element))
    line = f", line {element.sourceline}" if element.sourceline else ""
    return f"/{steps}{'/@' + attribute if attribute else ''}{line}"


def step_of(element: etree._Element) -> str:
    """The element's name, with its number where there are several of it."""
    tag = element.tag
    before = sum(1 for _other in element.itersiblings(tag, preceding=True))
    if not before and next(element.itersiblings(tag), None) is None:
        return name_of(element)
    return f"{name_of(element)}[{before + 1}]"


def name_of(element: etree._Element) -> str:
    """The name with the prefix everybody uses, else with the document's own."""
    namespace = element.nsmap.get(element.prefix)
    local = element.tag.rpartition("}")[2]
    if namespace is None or _DOCUMENT_NAMESPACE.fullmatch(namespace) and namespace not in _PREFIXES:
        return local
    prefix = _PREFIXES.get(namespace, element.prefix)
    return f"{prefix}:{local}" if prefix else local


class _Place:
    """What :class:`~._draft.Draft` asks for an element's place, only when there is an error."""

    @staticmethod
    def place(element: etree._Element, attribute: str = "") -> str:
        return place(element, attribute)


#: ``(AT, element)`` is a place for a draft
AT = _Place()


def alone(element: etree._Element) -> bytes:
    """An element as a file of its own, with the namespaces it needs."""
    return etree.tostring(element, encoding="UTF-8", xml_declaration=True, with_tail=False)


def pieces(data: bytes) -> list[bytes]:
    """The documents of a file that holds several, one behind the other; one piece when it does not.

    They are cut where the first one's outermost element ends, and where another declaration begins.
    """
    first = _FIRST_TAG.search(data)
    if not first:
        return [data]
    ends = re.compile(rb"</" + re.escape(first[1]) + rb"\s*>\s*|(?=<\?xml\s)")
    cuts = [match.end() for match in ends.finditer(data, 1)]
    found = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    return [piece for piece in found if piece.strip()]


def roots(
    data: bytes, limits: Limits, encoding: str | None = None
) -> list[tuple[etree._Element | ValidationFailed, bytes]]:
    """What a file holds: one document of XML, or several one behind the other; with the bytes of each.

    One of several that cannot be read is the error that says why.

    :raise ValidationFailed: as :func:`read` does, or ``document.too_many``.
    """
    try:
        return [(read(data, limits, encoding), data)]
    except ValidationFailed as error:
        found = pieces(data) if error.code == "xml.syntax" else []
        if len(found) < 2:
            raise
    if len(found) > limits.max_documents:
        raise ValidationFailed("document.too_many", limit=limits.max_documents)
    return [(_read_or_error(piece, limits, encoding), piece) for piece in found]


def _read_or_error(data: bytes, limits: Limits, encoding: str | None) -> etree._Element | ValidationFailed:
    try:
        return read(data, limits, encoding)
    except ValidationFailed as error:
        return error
