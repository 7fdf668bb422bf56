"""The suite's native format: canonical documents as JSON.

A file holds one document, a list of documents, or one document per line (NDJSON). What a document may
hold is published as JSON Schema; here is what a *file* may hold: any Unicode encoding that RFC 4627 or a
byte order mark gives away, or the one the route names; no name twice in an object (readers would differ on
which one counts); no NaN or Infinity; nothing beyond :mod:`..limits`. Numbers keep their literal digits.
"""

import codecs as encodings
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from ..canonical import DOCUMENTS, Document, collect
from ..canonical.parse import escaped
from ..errors import TradeError, ValidationFailed
from ..limits import MAX_NUMBER_CHARACTERS, Limits
from ._json import error_at, syntax_error, too_deep
from ._parsers import AFTER, AFTER_LIST, COMMA
from .base import Codec, Decoded, limits_of, option

_BOMS = (
    (encodings.BOM_UTF8, "utf-8"),
    (encodings.BOM_UTF32_LE, "utf-32-le"),
    (encodings.BOM_UTF32_BE, "utf-32-be"),
    (encodings.BOM_UTF16_LE, "utf-16-le"),
    (encodings.BOM_UTF16_BE, "utf-16-be"),
)
#: read like these when there is no mark
_WITHOUT_MARK = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
#: Python's codecs that are no character sets: some yield broken text, some take quadratic time
_NO_CHARSETS = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"}
_BLANK = re.compile(r"[ \t\n\r]*")
_NEWLINE = "\n"
_LINE_OF_BRACE = re.compile(r"\n(?=\{)")
_SNIFFED = re.compile(rb'\s*(?:\[\s*)*\{\s*(?:"|\})')


class CanonicalJson(Codec):
    """Canonical documents as JSON.

    Options: ``encoding`` (for reading files that are not Unicode), ``form`` (for writing: ``single``,
    ``list`` or ``lines``; without it one document stands alone and several make a list), ``indent`` (for
    writing: 0 to 8 blanks, not with ``lines``), ``limits`` (a :class:`Limits`, or a mapping of those that
    differ).
    """

    name = "canonical_json"
    label = "Tradelane JSON"
    media_types = ("application/json", "application/x-ndjson", "application/jsonl")
    extensions = (".json", ".ndjson", ".jsonl")

    def sniff(self, head: bytes) -> int:
        text = head
        for mark, _name in _BOMS:
            text = text.removeprefix(mark)
        text = text.replace(b"\0", b"")  # UTF-16 and UTF-32
        if b'"document_type"' in text and _SNIFFED.match(text):
            return 80
        return 40 if _SNIFFED.match(text) else 5 if text.lstrip()[:1] in (b"[", b"{") else 0

    def decode(self, data: bytes, options: Mapping[str, Any] | None = None) -> Iterator[Decoded]:
        try:
            limits = limits_of(options)
            file = _File(data, (options or {}).get("encoding"), limits)
        except ValidationFailed as error:
            yield Decoded(None, (error,), raw=data)
            return
        # All are found before the first is handed on: over the limit, nothing of the file is touched.
        found = list(islice(_values(file.text, limits), limits.max_documents + 1))
        if len(found) > limits.max_documents:
            error = ValidationFailed("document.too_many", limit=limits.max_documents)
            yield Decoded(None, (error,), raw=data)
            return
        for index, value in enumerate(found):
            raw = data if len(found) == 1 else file.encoded(value.text)
            yield _decoded(value, {"index": index}, raw, limits)

    def encode(self, documents: Iterable[Document], options: Mapping[str, Any] | None = None) -> bytes:
        documents = list(documents)
        usual = "single" if len(documents) == 1 else "list"
        form = option(options, "form", ("single", "list", "lines"), usual)
        indent = option(options, "indent", range(9), 0) or None
        if form == "single" and len(documents) != 1:
            value = f"single for {len(documents)} documents"
            raise ValidationFailed("codec.option", option="form", value=value)
        if form == "lines":
            return "".join(document.as_json() + "\n" for document in documents).encode()
        if form == "single":
            return documents[0].as_json(indent).encode()
        separator = "," if indent is None else ",\n"
        return f"[{separator.join(document.as_json(indent) for document in documents)}]".encode()


class _File:
    """The file's text without its byte order mark, and the way back to bytes.

    :raise ValidationFailed: when it is too large, empty, or not in its encoding.
    """

    def __init__(self, data: bytes, encoding: str | None, limits: Limits):
        if len(data) > limits.max_bytes:
            raise ValidationFailed("file.too_large", size=len(data), limit=limits.max_bytes)
        try:
            self.given = encoding and encodings.lookup(encoding).name
            self.given = _WITHOUT_MARK.get(self.given, self.given)
            if self.given in _NO_CHARSETS:
                raise LookupError(encoding)
            self.mark, self.encoding = self._detect(data)
            self.text = data[len(self.mark) :].decode(self.encoding)
        except UnicodeDecodeError as error:
            position = len(self.mark) + error.start + 1
            raise ValidationFailed("file.encoding", encoding=self.encoding, position=position) from error
        except (LookupError, ValueError, TypeError) as error:
            raise ValidationFailed("file.encoding_unknown", encoding=repr(encoding)) from error
        if _BLANK.fullmatch(self.text):
            raise ValidationFailed("file.empty")

    def _detect(self, data: bytes) -> tuple[bytes, str]:
        """The byte order mark and the encoding: the mark's, else the one given, else told by the zeros."""
        for mark, name in _BOMS:
            if data.startswith(mark):
                return mark, name
        return b"", self.given or json.detect_encoding(data[:4])

    def encoded(self, text: str) -> bytes:
        """A piece of the text as a file that is read like this one."""
        data = self.mark + text.encode(self.encoding)
        if self._detect(data) == (self.mark, self.encoding):
            return data
        # It starts with what looks like another encoding, so it is nothing but an error: say what it is.
        for mark, name in _BOMS:
            if name == self.encoding:
                return mark + text.encode(name)
        return f"[{text}".encode(self.encoding)


class _Found:
    """One JSON value of the file, or the error that stands in its place.

    ``text`` is a piece of the file that, read alone, gives exactly this value or this kind of error: a file
    of several documents is taken apart into such pieces, each handled, stored and read again on its own.
    """

    __slots__ = ("error", "place", "text", "value")

    def __init__(self, text: str, value: Any = None, place: str = "", error: TradeError | None = None):
        self.text, self.value, self.place, self.error = text, value, place, error


class _Refused:
    """Stands where the file has something no document may have, until its place is known."""

    __slots__ = ("code", "inner", "params")

    def __init__(self, code: str, inner: Any = None, **params: Any):
        self.code, self.inner, self.params = code, inner, params


def _decoded(found: _Found, envelope: dict[str, Any], raw: bytes, limits: Limits) -> Decoded:
    if found.error:
        return Decoded(None, (found.error,), envelope, raw)
    kind = found.value.get("document_type") if isinstance(found.value, Mapping) else None
    if isinstance(kind, str) and kind in DOCUMENTS:
        envelope = {**envelope, "document_type": kind}
    refused = tuple(_refused(found.value, found.place, limits))
    if refused:
        return Decoded(None, refused, envelope, raw)
    document, errors = collect(found.value, limits, found.place)
    return Decoded(document, errors, envelope, raw)


def _object(pairs: list[tuple[str, Any]]) -> Any:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    twice = next(key for key, _value in pairs if key in seen or seen.add(key))
    return _Refused("json.duplicate_key", found, key=twice)


def _integer(literal: str) -> Any:
    if len(literal) > MAX_NUMBER_CHARACTERS:
        return _Refused("json.number_too_long", digits=len(literal), limit=MAX_NUMBER_CHARACTERS)
    return int(literal)


def _fraction(literal: str) -> Any:
    if len(literal) > MAX_NUMBER_CHARACTERS:
        return _Refused("json.number_too_long", digits=len(literal), limit=MAX_NUMBER_CHARACTERS)
    try:
        return Decimal(literal)
    except InvalidOperation:  # an exponent beyond what decimals can hold
        return _Refused("json.not_a_number", value=literal)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_fraction,
    parse_constant=lambda literal: _Refused("json.not_a_number", value=literal),
)


def _values(text: str, limits: Limits) -> Iterator[_Found]:
    """The documents of the file."""
    start = _BLANK.match(text).end()
    error = too_deep(text, limits)
    if text[start] == "[":
        yield from [_Found(text, error=error)] if error else _items(text, start)
        return
    if error is None:
        try:
            value, end = _DECODER.raw_decode(text, start)
            if _BLANK.match(text, end).end() == len(text):
                yield _Found(text, value)
                return
        except (json.JSONDecodeError, RecursionError):
            pass  # several documents, or an error that is told below with its line
    yield from _sequence(text, limits)


def _items(text: str, start: int) -> Iterator[_Found]:
    """The items of a list.

    An item counts once what follows it is right. After an error in the syntax nothing can be told apart
    any more, so the rest is one piece.
    """
    index, position = 0, _BLANK.match(text, start + 1).end()
    begin = position  # of the piece: the item, or the comma before it
    if text[position : position + 1] == "]":
        rest = _BLANK.match(text, position + 1).end()
        if rest < len(text):
            yield _Found(text, error=error_at(text, rest, AFTER_LIST))
        return
    while True:
        try:
            value, end = _DECODER.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError) as error:
            yield _Found("[" + text[begin:], error=syntax_error(error, text))
            return
        mark = _BLANK.match(text, end).end()
        if text[mark : mark + 1] == ",":
            yield _Found(_alone(text[position:end]), value, f"/{index}")
            index, begin, position = index + 1, mark, _BLANK.match(text, mark + 1).end()
            continue
        if text[mark : mark + 1] != "]":
            error = error_at(text, mark, COMMA)
        elif (rest := _BLANK.match(text, mark + 1).end()) < len(text):
            error = error_at(text, rest, AFTER_LIST)
        else:
            yield _Found(_alone(text[position:end]), value, f"/{index}")
            return
        yield _Found("[" + text[position:], error=error)
        return


def _sequence(text: str, limits: Limits) -> Iterator[_Found]:
    """Documents one after the other, each beginning on a line of its own (NDJSON).

    The file is cut where a line starts with a brace, so an error ends with its document.
    """
    line = 1
    # Every cut makes a document; beyond one too many it does not matter how many there are.
    matches = islice(_LINE_OF_BRACE.finditer(text), limits.max_documents + 1)
    cuts = [match.end() for match in matches]
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        part = text[start:end]
        yield from _part(part, line, limits)
        line += part.count(_NEWLINE)


def _part(text: str, line: int, limits: Limits) -> Iterator[_Found]:
    position = _BLANK.match(text).end()
    if position < len(text) and (error := too_deep(text, limits)):
        yield _Found(text, error=error)
        return
    while position < len(text):
        try:
            value, end = _DECODER.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError) as error:
            yield _Found(_alone(text[position:], after=""), error=syntax_error(error, text, line))
            return
        following = _BLANK.match(text, end).end()
        if following < len(text) and _NEWLINE not in text[end:following]:
            error = error_at(text, following, AFTER, line)
            yield _Found(_alone(text[position:], after=""), error=error)
            return
        place = f"line {line + text.count(_NEWLINE, 0, position)}: "
        yield _Found(_alone(text[position:end]), value, place)
        position = following


def _alone(text: str, after: str = "]") -> str:
    """A list within the file wrapped once more, so that alone it is not taken for a file of documents."""
    return f"[{text}{after}" if text[0] == "[" else text


def _refused(value: Any, place: str, limits: Limits) -> Iterator[TradeError]:
    """An error for everything the parser had to mark, up to the limit."""
    waiting, count = [(value, place)], 0
    while waiting:
        part, pointer = waiting.pop()
        if isinstance(part, _Refused):
            if count == limits.max_errors:
                yield ValidationFailed("errors.more", limit=limits.max_errors)
                return
            count += 1
            yield ValidationFailed(part.code, pointer=pointer or "/", **part.params)
            part = part.inner
        if isinstance(part, dict):
            waiting.extend(
                (inner, f"{pointer}/{escaped(key)}")
                for key, inner in reversed(part.items())
                if isinstance(inner, dict | list | _Refused)
            )
        elif isinstance(part, list):
            waiting.extend(
                (part[index], f"{pointer}/{index}")
                for index in range(len(part) - 1, -1, -1)
                if isinstance(part[index], dict | list | _Refused)
            )
