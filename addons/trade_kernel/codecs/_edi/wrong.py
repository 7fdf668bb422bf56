"""What can be wrong with an envelope in EDIFACT and in X12; each finding is JSON-able."""

from collections.abc import Iterator
from typing import Any

from ...errors import phrase, rendered, said
from .syntax import Segment, Separators, segments

NOTHING = phrase("edi.envelope.nothing", "nothing")
phrase("edi.envelope.missing", "The interchange has no {segment}.")
phrase("edi.envelope.syntax", "The syntax of the interchange is not known: {value}.")
phrase("edi.envelope.version", "The version of the interchange is not known: {value}.")
phrase("edi.envelope.sender", "The interchange names no sender.")
phrase("edi.envelope.receiver", "The interchange names no receiver.")
phrase("edi.envelope.reference", "The interchange names no reference.")
phrase("edi.envelope.date", "This is no date: {value}.")
phrase("edi.envelope.date_and_time", "This is no date and time: {value}.")
phrase("edi.envelope.control_number", "This is no control number: {value}.")
phrase("edi.envelope.usage", "This is no usage indicator: {value}.")
phrase("edi.envelope.end", "The interchange has no end.")
phrase("edi.envelope.empty", "The interchange holds no message.")
phrase("edi.envelope.no_sets", "The interchange holds no transaction set.")
phrase("edi.envelope.stray", "A segment stands outside of all messages: {value}")
phrase("edi.envelope.stray_of_sets", "A segment stands outside of all transaction sets: {value}")
phrase("edi.envelope.group.none", "A transaction set stands outside of all groups.")
phrase("edi.envelope.group.control_number", "This is no control number of a group: {value}.")
phrase("edi.envelope.group.end", "The group has no end.")
phrase("edi.envelope.message.unnamed", "The message names no reference or type.")
phrase("edi.envelope.message.twice", "The reference {value} is used by several messages.")
phrase("edi.envelope.message.end", "The message has no end.")
phrase("edi.envelope.set.type", "The transaction set names no type.")
phrase("edi.envelope.set.control_number", "The transaction set has no control number.")
phrase("edi.envelope.set.twice", "The control number {value} is used by several transaction sets.")
phrase("edi.envelope.set.end", "The transaction set has no end.")
phrase("edi.envelope.count", "{segment} announces {announced}, but there are {counted}.")
phrase("edi.envelope.count.lines", "{segment} announces {announced} lines, but there are {counted}.")
phrase("edi.envelope.count.parts", "{segment} announces {announced} parts, but there are {counted}.")
phrase("edi.envelope.other_reference", "{segment} names {named} instead of {expected}.")


def finding(
    level: str, code: str, place: str, sentence: str, element: int | None = None, **values: Any
) -> dict[str, Any]:
    """A finding: the sentence in ``said``, for people here and acknowledgements in ``text``.

    :param level: ``interchange``, ``group`` or ``message``.
    :param code: of the acknowledgement that says it (UN/EDIFACT 0085; X12 I18, 716, 718).
    :param sentence: its code, without ``edi.envelope``.
    :param values: of its placeholders; what is empty is ``nothing``.
    """
    if element is not None:
        place = f"{place}, element {element}"
    words = said(
        f"edi.envelope.{sentence}",
        **{name: NOTHING if value == "" else value for name, value in values.items()},
    )
    return {
        "level": level,
        "code": code,
        "text": rendered("{words}", {"words": words}),
        "said": words,
        "place": place,
    }


def wrong_count(segment: Segment, level: str, code: str, counted: int) -> Iterator[dict[str, Any]]:
    """That the segment of an end counted otherwise than we did."""
    count = segment(1)
    if not count.isdecimal() or int(count[:18]) != counted:
        values = {"segment": segment.tag, "announced": count, "counted": counted}
        yield finding(level, code, segment.tag, "count", 1, **values)


def other_reference(segment: Segment, level: str, code: str, reference: str) -> dict[str, Any]:
    values = {"segment": segment.tag, "named": segment(2), "expected": reference}
    return finding(level, code, segment.tag, "other_reference", 2, **values)


def last_place(text: str, separators: Separators, first: str) -> str:
    """Where a message breaks off.

    :param first: the tag of its first segment, when there is nothing else.
    """
    last = None
    for last in segments(text, separators):  # noqa: B007
        pass
    return last.place() if last else first
