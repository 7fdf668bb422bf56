"""What can be wrong with an envelope in EDIFACT and in X12; each finding is JSON-able."""

from collections.abc import Iterator
from typing import Any

from .syntax import Segment, Separators, segments


def finding(level: str, code: str, segment: str, text: str, element: int | None = None) -> dict[str, Any]:
    """A finding.

    :param level: ``interchange``, ``group`` or ``message``.
    :param code: of the acknowledgement that says it (UN/EDIFACT 0085; X12 I18, 716, 718).
    """
    place = segment if element is None else f"{segment}, element {element}"
    return {"level": level, "code": code, "text": text, "place": place}


def wrong_count(segment: Segment, level: str, code: str, counted: int) -> Iterator[dict[str, Any]]:
    """That the segment of an end counted otherwise than we did."""
    count = segment(1)
    if not count.isdecimal() or int(count[:18]) != counted:
        text = f"{segment.tag} announces {count or 'nothing'}, but there are {counted}."
        yield finding(level, code, segment.tag, text, 1)


def other_reference(segment: Segment, level: str, code: str, reference: str) -> dict[str, Any]:
    text = f"{segment.tag} names {segment(2) or 'nothing'} instead of {reference or 'nothing'}."
    return finding(level, code, segment.tag, text, 2)


def last_place(text: str, separators: Separators, first: str) -> str:
    """Where a message breaks off.

    :param first: the tag of its first segment, when there is nothing else.
    """
    last = None
    for last in segments(text, separators):  # noqa: B007
        pass
    return last.place() if last else first
