"""Files too large to be read at once, cut into smaller ones: segment by segment, in constant memory.

ISO 9735 and ANSI X12.6. Each piece is an interchange of one message that is read alone. A message whose lines
are independent of each other, a catalogue or a stock report, becomes several: each has the header and some of
the lines, and its number carries which piece it is (``CAT-7``, ``CAT-7-2``, ``CAT-7-3`` …).
"""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from ...errors import ValidationFailed
from .syntax import Separators

_HEAD = 1 << 16
_BLOCK = 1 << 20
_AROUND = " \t\r\n\x00\x1a"


class Tags(NamedTuple):
    """The segments of an envelope, outermost first, and where the reference of each stands that its trailer
    repeats."""

    interchange: str
    interchange_end: str
    interchange_reference: int
    group: str
    group_end: str
    group_reference: int
    message: str
    message_end: str
    message_reference: int
    message_type: int


EDIFACT_TAGS = Tags("UNB", "UNZ", 5, "UNG", "UNE", 5, "UNH", "UNT", 1, 2)
X12_TAGS = Tags("ISA", "IEA", 13, "GS", "GE", 6, "ST", "SE", 2, 1)


class Lines(NamedTuple):
    """How a message may be cut.

    :ivar start: the segment each line begins with
    :ivar contexts: the segments that begin a group of lines; a piece repeats the one its lines belong to
    :ivar ends: the segments behind the last line; totals, which are true of the whole message only
    :ivar number: the segment and the element that hold the document's number
    """

    start: str
    contexts: frozenset[str]
    ends: frozenset[str]
    number: tuple[str, int]


class Opening(NamedTuple):
    """The interchange a file begins with.

    :ivar text: from its first character to the end of its first segment
    :ivar behind: what of the head follows that
    """

    text: str
    separators: Separators
    behind: str


@dataclass(slots=True)
class _Message:
    """The message that is being cut."""

    opening: str
    rules: Lines | None
    header: list[str] = field(default_factory=list)
    context: list[str] = field(default_factory=list)
    fresh: bool = False  # the context is not in body yet
    body: list[str] = field(default_factory=list)
    size: int = 0  # characters of body
    lines: int = 0
    pieces: int = 0
    seen: int = 1  # segments
    place: str = "header"  # header, context, lines or end


class Cutter:
    """Cuts one file.

    :param opened: finds the interchange that begins in a text, or ``None``
    :param rules: how messages of a type are cut, or ``None``
    :param lines: the most lines a piece has
    :param most: the most bytes of a message that cannot be cut
    """

    def __init__(
        self,
        tags: Tags,
        opened: Callable[[str], Opening | None],
        rules: Callable[[str], Lines | None],
        lines: int,
        most: int,
    ):
        self.tags, self.opened, self.rules, self.lines, self.most = tags, opened, rules, lines, most
        self.separators: Separators | None = None
        self.service = self.interchange = self.group = ""
        self.message: _Message | None = None
        self.outlined: io.StringIO | None = None

    def pieces(self, file: BinaryIO) -> Iterator[bytes]:
        """The pieces, in the order of the file.

        :raise ValidationFailed: ``edi.truncated``, ``edi.outside``; ``file.too_large`` for one message
        """
        number = 0
        for number, raw in enumerate(self._segments(file), 2):
            for piece in self._segment(raw, number):
                yield piece.encode("iso8859-1")
        if self.message:
            raise self._truncated(number)

    def outline(self, file: BinaryIO) -> bytes:
        """The file without the lines of its messages: all that their envelopes say, in little space."""
        self.outlined = io.StringIO()
        for _piece in self.pieces(file):
            pass
        return self.outlined.getvalue().encode("iso8859-1")

    # -- segments ----------------------------------------------------------------------------------
    def _segments(self, file: BinaryIO) -> Iterator[str]:
        """The segments as they stand, without terminator; the one the file begins with is left out."""
        text = self._open(file.read(_HEAD).decode("iso8859-1"))
        while True:
            found, text = self._split(text)
            yield from found
            block = file.read(_BLOCK)
            if not block:
                break
            text += block.decode("iso8859-1")
        if text.strip(_AROUND):
            yield text

    def _open(self, text: str) -> str:
        opening = self.opened(text)
        if opening is None:
            raise ValidationFailed("file.unrecognised")
        self.separators = opening.separators
        self.interchange = opening.text
        self.service = opening.text[: opening.text.find(self.tags.interchange)]
        self._outline(opening.text)
        return opening.behind

    def _split(self, text: str) -> tuple[list[str], str]:
        separators = self.separators
        parts = text.split(separators.segment)
        release = separators.release
        if release and release + separators.segment in text:
            parts = _joined(parts, separators.segment, release)
        return parts, parts.pop()

    # -- one after the other -----------------------------------------------------------------------
    def _segment(self, raw: str, number: int) -> Iterable[str]:
        text = raw.strip(_AROUND)
        if not text:
            return ()
        tag = text.partition(self.separators.element)[0]
        tags = self.tags
        if self.message is None:
            return self._between(tag, raw, text, number)
        if tag == tags.message_end:
            return self._end(raw)
        if tag in (tags.message, tags.interchange, tags.interchange_end, tags.group, tags.group_end):
            raise self._truncated(number)
        return self._inside(self.message, tag, raw)

    def _truncated(self, number: int) -> ValidationFailed:
        return ValidationFailed("edi.truncated", pointer=f"segment {number}", segment=self.tags.message_end)

    def _between(self, tag: str, raw: str, text: str, number: int) -> Iterable[str]:
        tags = self.tags
        if tag == tags.message:
            kind = self._element(text, tags.message_type).partition(self.separators.component)[0]
            self.message = _Message(raw, self.rules(kind))
            return ()
        if tag == tags.interchange:
            # Another interchange, written the same way: senders do not change their signs within a file.
            self.interchange = self.service + raw + self.separators.segment
        elif text.startswith("UNA"):
            self.service = raw + self.separators.segment
        elif tag == tags.group:
            self.group = raw + self.separators.segment
        elif tag == tags.group_end:
            self.group = ""
        elif tag not in (tags.interchange_end, "TA1"):
            raise ValidationFailed("edi.outside", pointer=f"segment {number}", value=text[:60])
        self._outline(raw + self.separators.segment)
        return (self._wrapped([raw]),) if tag == "TA1" else ()

    def _inside(self, message: _Message, tag: str, raw: str) -> Iterable[str]:
        message.seen += 1
        rules, done = message.rules, ()
        if rules is None:
            message.place = "lines"
        elif tag == rules.start:
            if message.lines >= self.lines:
                done = [self._piece(message)]
            if message.fresh or not message.lines:
                message.body += message.context
            message.lines += 1
            message.place, message.fresh = "lines", False
        elif tag in rules.ends:
            message.place = "end"
        elif tag in rules.contexts:
            if not message.fresh:
                message.context = []
            message.place, message.fresh = "context", True
        if message.place == "header":
            message.header.append(raw)
        elif message.place == "context":
            message.context.append(raw)
        elif message.place == "lines":
            message.body.append(raw)
            message.size += len(raw)
            if message.size > self.most:
                raise ValidationFailed("file.too_large", size=message.size, limit=self.most)
        return done

    def _end(self, raw: str) -> Iterable[str]:
        """The message is complete."""
        message, self.message = self.message, None
        piece = self._piece(message)
        if self.outlined is not None:
            header = [message.opening, *message.header]
            said, seen = self._element(raw.strip(_AROUND), 1), message.seen + 1
            # What is wrong with the count stays wrong by as much.
            count = len(header) + 1 + int(said) - seen if said.isdecimal() else said
            reference = self._element(raw.strip(_AROUND), 2)
            self._outline(self._joined([*header, self._trailer(self.tags.message_end, count, reference)]))
        return (piece,)

    def _piece(self, message: _Message) -> str:
        """What of the message is ready, as an interchange of its own; the rest begins anew."""
        message.pieces += 1
        tags = self.tags
        header = message.header
        if message.pieces > 1:
            header = [self._numbered(raw, message) for raw in header]
        inner = [message.opening, *header, *message.body]
        reference = self._element(message.opening.strip(_AROUND), tags.message_reference)
        inner.append(self._trailer(tags.message_end, len(inner) + 1, reference))
        message.body, message.size, message.lines = [], 0, 0
        return self._wrapped(inner)

    def _wrapped(self, inner: list[str]) -> str:
        """Segments in the group and the interchange they came in."""
        tags, trailers = self.tags, []
        if self.group:
            reference = self._element(self.group.strip(_AROUND), tags.group_reference)
            trailers.append(self._trailer(tags.group_end, 1, reference))
        opening = self.interchange[self.interchange.find(tags.interchange) :]
        reference = self._element(opening, tags.interchange_reference)
        trailers.append(self._trailer(tags.interchange_end, 1, reference))
        return self.interchange + self.group + self._joined([*inner, *trailers])

    def _numbered(self, raw: str, message: _Message) -> str:
        """A segment of the header, with the document's number as that of the piece."""
        tag, position = message.rules.number
        text, separators = raw.strip(_AROUND), self.separators
        if not text.startswith(tag + separators.element):
            return raw
        elements = text.split(separators.element)
        if len(elements) > position and elements[position]:
            number, mark, rest = elements[position].partition(separators.component)
            elements[position] = f"{number}-{message.pieces}{mark}{rest}"
        return separators.element.join(elements)

    # -- texts -------------------------------------------------------------------------------------
    def _element(self, text: str, position: int) -> str:
        elements = text.rstrip(_AROUND + self.separators.segment).split(self.separators.element)
        return elements[position].strip() if len(elements) > position else ""

    def _trailer(self, tag: str, count: int | str, reference: str) -> str:
        return self.separators.element.join([tag, str(count), reference])

    def _joined(self, found: Iterable[str]) -> str:
        return "".join(raw + self.separators.segment for raw in found)

    def _outline(self, text: str) -> None:
        if self.outlined is not None:
            self.outlined.write(text)


def _joined(parts: list[str], terminator: str, release: str) -> list[str]:
    """The parts of a text whose terminators were not all meant: joined where released."""
    found: list[str] = []
    open_ = False
    for part in parts:
        if open_:
            found[-1] += terminator + part
        else:
            found.append(part)
        open_ = (len(part) - len(part.rstrip(release))) % 2 == 1
    return found
