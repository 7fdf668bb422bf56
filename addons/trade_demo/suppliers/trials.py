"""Answers to test orders: the supplier's people read what a test asks for, and answer that."""

from collections.abc import Callable
from decimal import Decimal

from . import answers

REJECTED = "7"


def accepted(order: dict, prefix: str) -> dict:
    """Everything as ordered."""
    return answers.answer(order, prefix, [answers.accepted(line) for line in order["order_lines"]])


def changed(order: dict, prefix: str) -> dict:
    """The last line five percent dearer."""
    *lines, last = order["order_lines"]
    return answers.answer(
        order, prefix, [*map(answers.accepted, lines), answers.dearer_and_later(last, Decimal(5), 0)]
    )


def partial(order: dict, prefix: str) -> dict:
    """Of the last line, half."""
    *lines, last = order["order_lines"]
    half = Decimal(last["quantity"]["value"]) // 2
    short = answers.accepted(last) | {"line_status_code": answers.CHANGED}
    short["quantity"] = last["quantity"] | {"value": str(half)}
    return answers.answer(order, prefix, [*map(answers.accepted, lines), short])


def rejected(order: dict, prefix: str) -> dict:
    """Nothing of it."""
    lines = [answers.accepted(line) | {"line_status_code": REJECTED} for line in order["order_lines"]]
    return answers.answer(order, prefix, lines) | {"order_response_code": "RE"}


#: what a test asks for → who writes the answer
WRITERS: dict[str, Callable[[dict, str], dict]] = {
    "accepted": accepted,
    "changed": changed,
    "partial": partial,
    "rejected": rejected,
    "duplicate": accepted,  # the copy goes by mail
}
