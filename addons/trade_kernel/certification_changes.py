"""What the test bench checks of answers to a change of an order, and to its end.

Both are about an order that the partner has in an earlier form, so an answer has to say which form it means.
"""

from collections.abc import Mapping
from typing import Any

from .canonical import Order, OrderCancellation, OrderResponse
from .certification import (
    ACCEPTED,
    REFERENCES,
    RULES,
    Finding,
    found,
    order_number,
    references,
    rules,
)
from .errors import said

_PLACE = "/order_reference/sequence_number"
_ANSWERS = {"AP": "accepted", "RE": "rejected", "CA": "changed", "AB": "received"}


def change(
    order: Order, response: OrderResponse, expected: Mapping[str, Any], needed: bool = True
) -> list[Finding]:
    """Whether an answer to a change is about the order as it stands after it, and says what is asked for.

    :param order: as it stands after the change, whatever of it was sent
    :param expected: as of :func:`~.certification.rules`
    :param needed: whether the revision has to be named; not where the partner's format has no place for it
    """
    return [
        *references(order, response),
        *_revision(order, response, needed),
        *rules(order, response, expected),
    ]


def ending(
    cancellation: OrderCancellation, response: OrderResponse, expected: Mapping[str, Any]
) -> list[Finding]:
    """Whether an answer to the end of an order says what is asked for. Its code alone counts, and only where
    the revision is named: without it nobody knows whether the order is answered or its end.

    :param expected: ``{"outcome": "accepted" | "rejected"}``
    """
    outcome = expected.get("outcome", ACCEPTED)
    told = _ANSWERS[response.order_response_code]
    findings = [
        *order_number(cancellation, response.threads),
        *_revision(cancellation, response, needed=True),
    ]
    if told == outcome:
        return [*findings, found("ok", RULES, f"certification.end.{outcome}")]
    return [
        *findings,
        found(
            "error", RULES, f"certification.end.not_{outcome}", "/order_response_code",
            found=said(f"certification.answer.{told}"),
        ),
    ]  # fmt: skip


def earlier(asked: Order | OrderCancellation, response: OrderResponse) -> Finding | None:
    """What is to be said of an answer to the order as it was before; ``None``: it is not one."""
    revision = response.order_reference.sequence_number
    if revision is None or revision >= asked.sequence_number:
        return None
    return found(
        "warning", REFERENCES, "certification.earlier", _PLACE,
        expected=asked.sequence_number, found=revision,
    )  # fmt: skip


def _revision(asked, response, needed):
    revision, expected = response.order_reference.sequence_number, asked.sequence_number
    if revision is None:
        level = "error" if needed else "warning"
        return [found(level, REFERENCES, "certification.no_revision", _PLACE, expected=expected)]
    if revision != expected:
        return [
            found(
                "error", REFERENCES, "certification.other_revision", _PLACE,
                expected=expected, found=revision,
            )
        ]  # fmt: skip
    return [found("ok", REFERENCES, "certification.revision", expected=expected)]
