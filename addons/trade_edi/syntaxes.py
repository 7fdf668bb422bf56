"""How each format of the standards answers files, documents and questions about its segments."""

from collections.abc import Callable
from typing import NamedTuple

from odoo.addons.trade_kernel.codecs._edi.syntax import segments
from odoo.addons.trade_kernel.codecs.edifact import acknowledge as edifact
from odoo.addons.trade_kernel.codecs.edifact.scan import latin, separators_at, start_of
from odoo.addons.trade_kernel.codecs.ubl import acknowledge as ubl
from odoo.addons.trade_kernel.codecs.x12 import acknowledge as x12
from odoo.addons.trade_kernel.codecs.x12.scan import separators_at as x12_separators_at
from odoo.addons.trade_kernel.codecs.x12.scan import start_of as x12_start_of


class Answers(NamedTuple):
    """What a format has for it.

    :ivar identity: what of an envelope names the thing that is answered as a whole: an interchange, a group
    :ivar functional: ``(parts of it, now, options)`` → acknowledgement and the options to write
        it: CONTRL, 997, 999; ``None`` where files are not acknowledged
    :ivar application: ``(part, errors, now, number)`` → the same for one document: APERAK, 824,
        ApplicationResponse
    :ivar standing: ``(part, Standing, now, number)`` → how a document stands with us: APERAK, 824, invoice
        response
    :ivar line_at: ``(raw, n)`` → the number of the line the n-th segment of the first message belongs to;
        ``None`` where errors are not told by segments
    """

    identity: tuple[str, ...]
    functional: Callable | None
    application: Callable
    standing: Callable
    line_at: Callable | None = None


def _edifact_line(raw, position):
    text = latin(raw)
    start = start_of(text)
    separators, _terminator, begin = separators_at(text, start)
    return _line(segments(text[begin:], separators), position, "UNH", {"LIN": 1})


def _x12_line(raw, position):
    text = latin(raw)
    separators, begin = x12_separators_at(text, x12_start_of(text))
    lines = {"PO1": 1, "POC": 1, "IT1": 1, "LIN": 1}
    return _line(segments(text[begin:], separators), position, "ST", lines)


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


_INTERCHANGE = ("syntax", "sender", "receiver", "interchange_reference")
#: codec → its answers
BY_CODEC = {
    "edifact": Answers(
        _INTERCHANGE,
        lambda parts, now, _options: edifact.contrl(parts, now),
        edifact.aperak,
        edifact.standing,
        _edifact_line,
    ),
    "x12": Answers(
        (*_INTERCHANGE, "group_type", "group_reference"),
        x12.functional,
        x12.advice,
        x12.standing,
        _x12_line,
    ),
    "ubl": Answers((), None, ubl.application_response, ubl.standing),
}
