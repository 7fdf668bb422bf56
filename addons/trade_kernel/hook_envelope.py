"""The envelope somebody else's event comes in: JSON or a form, read at JSON pointers (RFC 6901).

A part is handed on with exactly the text its sender wrote: ``12.50`` stays ``12.50``.
"""

import json
from typing import Any
from urllib.parse import parse_qsl

from .codecs._json import too_deep
from .errors import ValidationFailed
from .limits import DEFAULT, Limits

FORM = "application/x-www-form-urlencoded"
_MAX_FIELDS = 1_000
_MAX_TEXT = 200  # of a type or an id: longer ones are no names
_DECODER = json.JSONDecoder()


class Envelope:
    """One event as it came.

    A pointer into a form names a field first; text that is JSON itself (Slack's ``payload`` field, a
    ``data`` member with a document in it) can be pointed into as if it were there in the open.
    """

    def __init__(self, text: str):
        self._text = text

    def text(self, pointer: str) -> str | None:
        """The word or number at a pointer; ``None``: nothing is there, or something longer than a name."""
        found = self._find(pointer)
        if found is None:
            return None
        value = found[1]
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        text = value if isinstance(value, str) else found[0]
        text = text.strip()
        return text if 0 < len(text) <= _MAX_TEXT and text.isprintable() else None

    def part(self, pointer: str) -> bytes | None:
        """The part at a pointer, exactly as it was written; of a string, what it holds. ``""`` is all."""
        found = self._find(pointer)
        if found is None:
            return None
        text, value = found
        return (value if isinstance(value, str) else text).encode("utf-8", "surrogatepass")

    def _find(self, pointer: str) -> tuple[str, Any] | None:
        try:
            return _walk(self._text, _tokens(pointer))
        except (ValueError, RecursionError):
            return None


def read(raw: bytes, content_type: str | None, limits: Limits = DEFAULT) -> Envelope:
    """Read an event.

    :param content_type: ``application/x-www-form-urlencoded`` is a form, everything else is JSON.
    :raise ValidationFailed: ``file.too_large``, ``json.too_deep`` or ``hook.unreadable``.
    """
    if len(raw) > limits.max_bytes:
        raise ValidationFailed("file.too_large", size=len(raw), limit=limits.max_bytes)
    try:
        text = raw.decode("utf-8-sig")
        if (content_type or "").partition(";")[0].strip().lower() == FORM:
            fields = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
            text = json.dumps(dict(fields), ensure_ascii=False)
        if error := too_deep(text, limits):
            raise error
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ValidationFailed("hook.unreadable", reason=_reason(error)) from None
    if not isinstance(value, dict | list):
        raise ValidationFailed("hook.unreadable", reason="it is neither an object nor a list")
    return Envelope(text)


def check_pointer(pointer: str) -> None:
    """:raise ValidationFailed: ``hook.pointer``, this is no JSON pointer."""
    try:
        _tokens(pointer)
    except ValueError:
        raise ValidationFailed("hook.pointer", pointer=pointer) from None


def _tokens(pointer: str) -> list[str]:
    if not pointer:
        return []
    if not pointer.startswith("/"):
        raise ValueError(pointer)
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")]


def _no_number(name: str):
    raise ValueError(f"{name} is no number")


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (line {error.lineno}, column {error.colno})"
    return "it is not text in UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


# -- walking through the text ------------------------------------------------------------------------


def _walk(text: str, tokens: list[str]) -> tuple[str, Any] | None:
    """The text and the value at the end of the path, or ``None``."""
    start = _skip(text, 0)
    end = len(text.rstrip())
    for number, token in enumerate(tokens):
        sign = text[start : start + 1]
        if sign == '"':
            inner, _end = _DECODER.raw_decode(text, start)
            return _walk(inner, tokens[number:]) if inner.lstrip()[:1] in ("{", "[") else None
        if sign not in ("{", "["):
            return None
        found = (_member if sign == "{" else _element)(text, start, token)
        if found is None:
            return None
        start, end = found
    return text[start:end], _DECODER.raw_decode(text, start)[0]


def _member(text: str, at: int, wanted: str) -> tuple[int, int] | None:
    """Where the value of a member stands; of several with the name the last, as every JSON reader has it."""
    found, at = None, _skip(text, at + 1)
    while text[at : at + 1] == '"':
        name, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _value, at = _DECODER.raw_decode(text, start)
        if name == wanted:
            found = start, at
        at = _skip(text, _skip(text, at) + 1)
    return found


def _element(text: str, at: int, wanted: str) -> tuple[int, int] | None:
    if not (wanted.isascii() and wanted.isdigit()):
        return None
    at = _skip(text, at + 1)
    for number in range(int(wanted[:9]) + 1):
        if text[at : at + 1] in ("]", ""):
            return None
        start = at
        _value, at = _DECODER.raw_decode(text, start)
        if number == int(wanted):
            return start, at
        at = _skip(text, _skip(text, at) + 1)
    return None


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\t", "\r", "\n"):
        at += 1
    return at
