"""How each EDI format answers files, documents and questions about its segments."""

from collections.abc import Callable
from typing import NamedTuple

from odoo.addons.trade_kernel.codecs._edi.syntax import segments
from odoo.addons.trade_kernel.codecs.edifact import acknowledge as edifact
from odoo.addons.trade_kernel.codecs.edifact.scan import latin, separators_at, start_of


class Answers(NamedTuple):
    """What a format has for it.

    :ivar functional: ``(parts of one interchange, now, options)`` → acknowledgement and the options to write
        it: CONTRL, 997, 999
    :ivar application: ``(part, errors, now, number)`` → the same for one document: APERAK, 824
    :ivar line_at: ``(raw, n)`` → the number of the line the n-th segment of the first message belongs to
    """

    functional: Callable
    application: Callable
    line_at: Callable


def _edifact_line(raw, position):
    text = latin(raw)
    start = start_of(text)
    separators, _terminator, begin = separators_at(text, start)
    return _line(segments(text[begin:], separators), position, "UNH", {"LIN": 1})


def _line(found, position, first, lines):
    """Counted from the segment ``first``, 1; ``lines``: tag → the element with the line's number."""
    number, counted = None, 0
    for segment in found:
        if segment.tag == first:
            counted = 0
        counted += 1
        if segment.tag in lines:
            number = segment(lines[segment.tag]) or None
        if counted == position:
            return number
        if segment.tag in ("UNT", "SE"):
            return None
    return None


#: codec → its answers
BY_CODEC = {
    "edifact": Answers(
        lambda parts, now, _options: edifact.contrl(parts, now), edifact.aperak, _edifact_line
    ),
}
