"""JSON that cannot be read: what is said of it, and whether it is nested deeper than a parser can bear."""

import json
import re
from typing import Any

from ..errors import TradeError, ValidationFailed
from ..limits import DEFAULT, Limits
from ._parsers import JSON, in_our_words

# The closing quote is optional so that an unterminated string is passed over once, not once per quote.
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_NOT_BRACKETS = re.compile(r"[^\[\]{}]+")


def too_deep(text: str, limits: Limits) -> TradeError | None:
    """The error for nesting that would exhaust the parser, found before it runs.

    Each round takes away the innermost pairs of brackets, so as many rounds as levels are needed.
    """
    if text.count("[") + text.count("{") <= limits.max_depth:
        return None
    brackets = left = _NOT_BRACKETS.sub("", _STRING.sub("", text))
    for _level in range(limits.max_depth):
        left = left.replace("[]", "").replace("{}", "")
        if not left:
            return None
    # Something is nested too deep, or does not match: there the parser stops and says so.
    open_ones = []
    for bracket in brackets:
        if bracket in "[{":
            open_ones.append(bracket)
            if len(open_ones) > limits.max_depth:
                return ValidationFailed("json.too_deep", limit=limits.max_depth)
        elif not open_ones or open_ones.pop() + bracket not in ("[]", "{}"):
            return None
    return None


def syntax_error(error: Exception, text: str, line: int = 1) -> ValidationFailed:
    """What the parser's error says.

    :param error: ``JSONDecodeError``, or ``RecursionError``
    :param line: the line of the file on which ``text`` starts
    """
    if isinstance(error, json.JSONDecodeError):
        return error_at(text, error.pos, in_our_words(error.msg, JSON), line)
    return ValidationFailed("json.too_deep", limit=DEFAULT.max_depth)


def error_at(text: str, position: int, detail: Any, line: int = 1) -> ValidationFailed:
    """An error in the syntax; ``detail`` and ``line`` as :func:`syntax_error` has them."""
    line += text.count("\n", 0, position)
    column = position - text.rfind("\n", 0, position)
    pointer = f"line {line}, column {column}"
    return ValidationFailed("json.syntax", pointer=pointer, line=line, column=column, detail=detail)
