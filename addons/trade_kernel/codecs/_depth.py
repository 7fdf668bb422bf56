"""How deep JSON is nested, found before a parser that cannot bear it runs."""

import re

from ..errors import TradeError, ValidationFailed
from ..limits import Limits

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
