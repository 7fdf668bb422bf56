"""Segments of EDIFACT (ISO 9735) and X12: found, split when asked, written.

Splitting is done by :meth:`str.split`. Escaped characters are exchanged for private ones before, so that
nothing has to be looked at one by one; a segment without any costs nothing extra.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...errors import ValidationFailed

#: characters that are split at once: what is held in memory beside the text itself
_BLOCK = 1 << 16
#: where the private characters begin; the first stretch that the text does not use is taken
_PRIVATE = (*range(0xE000, 0xF8FF, 64), *range(0xF0000, 0xFFFFD, 64))
_MOST_MARKS = 64
#: what stands around segments: line breaks, and the end marks of old systems
_AROUND = "\r\n\0\x1a"
#: where programs break lines
_WIDTHS = {64, 70, 72, 76, 78, 79, 80, 120, 128, 132, 254, 255, 256, 1024}


@dataclass(frozen=True, slots=True)
class Separators:
    """The characters that mean something.

    Attributes:
        release: makes the next character an ordinary one; X12 has none.
        repetition: between several values of one element; ``None`` where the syntax has none.
        decimal: the decimal mark; the other one is read as well.
        syntax: ``edifact`` or ``x12``.
    """

    segment: str
    element: str
    component: str
    repetition: str | None = None
    release: str | None = None
    decimal: str = "."
    syntax: str = "edifact"

    @property
    def special(self) -> str:
        """All that cannot stand in a value as it is."""
        return "".join(filter(None, (self.release, self.segment, self.element, self.component))) + (
            self.repetition or ""
        )


#: syntax version 4
EDIFACT = Separators("'", "+", ":", "*", "?")
X12 = Separators("~", "*", ":", "^", syntax="x12")
#: what is kept of a message (:attr:`Segment.portable`) is written with these: they can say everything
PORTABLE = {"edifact": EDIFACT, "x12": replace(X12, release="?")}


class Segment:
    """One segment; its elements are split when one is asked for.

    :param number: counted from the message's first segment, 1.
    """

    __slots__ = ("_at", "_elements", "_marks", "_parts", "_raw", "_separators", "number", "tag")

    def __init__(self, raw: str, number: int, separators: Separators, marks: "_Marks | None" = None):
        self._raw, self.number, self._separators, self._marks = raw, number, separators, marks
        self._elements: list[str] | None = None
        # Most values are asked for by component, one after the other: the last element stays split.
        self._at = -1
        element = separators.element
        if raw[3:4] == element or raw[2:3] == element:
            self.tag = raw[:3] if raw[2] != element else raw[:2]
        else:
            self.tag = raw.partition(element)[0]
        if not self.tag.isalnum():
            # EDIFACT may count repetitions behind the tag ("LIN:1"); line breaks may surround it.
            self.tag = raw.partition(element)[0].partition(separators.component)[0].strip()

    def __call__(self, element: int, component: int = 1, repetition: int = 1) -> str:
        """A value without its escapes, surrounding blanks and line breaks; "" when it is absent.

        All are counted from 1. A line break may be meant in a text (:meth:`composite`), but never in a value.
        """
        if element == self._at and repetition == 1:
            parts = self._parts
        else:
            elements = self._elements or self._split()
            if element >= len(elements):
                return ""
            value, separators = elements[element], self._separators
            if separators.repetition and separators.repetition in value:
                values = value.split(separators.repetition)
                value = values[repetition - 1] if repetition <= len(values) else ""
            elif repetition > 1:
                return ""
            parts = value.split(separators.component)
            if repetition == 1:
                self._at, self._parts = element, parts
        if component > len(parts):
            return ""
        value = parts[component - 1]
        if self._marks:
            value = self._marks.plain(value)
        if "\n" in value:
            value = value.replace("\r", "").replace("\n", "")
        return value.strip()

    def composite(self, element: int, repetition: int = 1) -> tuple[str, ...]:
        """The components of an element as they are, blanks included; empty when it is absent."""
        elements = self._elements or self._split()
        if element >= len(elements):
            return ()
        value, separators = elements[element], self._separators
        if separators.repetition and separators.repetition in value:
            values = value.split(separators.repetition)
            value = values[repetition - 1] if repetition <= len(values) else ""
        elif repetition > 1:
            return ()
        if not value:
            return ()
        if self._marks:
            return tuple(self._marks.plain(part) for part in value.split(separators.component))
        return tuple(value.split(separators.component))

    def escaped(self, element: int) -> str:
        """An element as it stands, escapes included."""
        elements = self._elements or self._split()
        value = elements[element] if element < len(elements) else ""
        return self._marks.escaped(value) if self._marks else value

    def repetitions(self, element: int) -> int:
        """How often the element is given: 0 when it is absent, 1 where the syntax does not repeat."""
        elements = self._elements or self._split()
        if element >= len(elements) or not elements[element]:
            return 0
        repetition = self._separators.repetition
        return elements[element].count(repetition) + 1 if repetition else 1

    def repeated(self, element: int) -> list[tuple[str, ...]]:
        """All repetitions of an element as composites, the only one when it is not repeated."""
        elements, separators = self._elements or self._split(), self._separators
        value = elements[element] if element < len(elements) else ""
        sign = separators.repetition
        values = value.split(sign) if sign and sign in value else [value]
        if self._marks:
            plain = self._marks.plain
            return [tuple(map(plain, one.split(separators.component))) if one else () for one in values]
        return [tuple(one.split(separators.component)) if one else () for one in values]

    def __len__(self) -> int:
        """How many elements follow the tag."""
        return len(self._elements or self._split()) - 1

    def __bool__(self) -> bool:
        return True

    def _split(self) -> list[str]:
        self._elements = self._raw.split(self._separators.element)
        return self._elements

    @property
    def text(self) -> str:
        """The segment as it stands, without its terminator and the line breaks around it."""
        return self._marks.escaped(self._raw) if self._marks else self._raw

    @property
    def portable(self) -> str:
        """The segment in its syntax's usual separators, without empty ends, for :func:`parse`."""
        usual = PORTABLE[self._separators.syntax]
        return write(self.tag, self.elements(), usual)[: -len(usual.segment)]

    def fold(self) -> None:
        """Keep the text only; it is split again when a value is asked for."""
        self._elements = None
        self._at, self._parts = -1, None

    def fits(self, pattern: re.Pattern[str]) -> bool:
        """Whether the segment as it is split matches an expression made for its separators."""
        return pattern.fullmatch(self._raw) is not None

    @property
    def separators(self) -> Separators:
        """What it is split by."""
        return self._separators

    def elements(self) -> list[str | tuple[str, ...] | list[tuple[str, ...]]]:
        """All elements as :func:`write` takes them."""
        elements, separators = self._elements or self._split(), self._separators
        component, repetition = separators.component, separators.repetition
        if not self._marks and not (repetition and repetition in self._raw):
            return [tuple(value.split(component)) if component in value else value for value in elements[1:]]
        found: list[str | tuple[str, ...] | list[tuple[str, ...]]] = []
        for element in range(1, len(elements)):
            values = self.repeated(element)
            found.append(values if len(values) > 1 else values[0])
        return found

    def place(self, element: int | None = None, component: int | None = None) -> str:
        """The pointer of an error: ``segment 12 LIN, element 3, component 1``."""
        place = f"segment {self.number} {self.tag}" if self.tag else f"segment {self.number}"
        if element is not None:
            place += f", element {element}"
            if component is not None:
                place += f", component {component}"
        return place

    def __repr__(self) -> str:
        return f"Segment({self.number}, {self.text!r})"


class _Marks:
    """The private characters that stand for escaped ones while the text is split."""

    __slots__ = ("_escaped", "_plain")

    def __init__(self):
        self._plain: dict[int, str] = {}
        self._escaped: dict[int, str] = {}

    def add(self, mark: str, release: str, character: str) -> None:
        self._plain[ord(mark)] = character
        self._escaped[ord(mark)] = release + character

    def plain(self, value: str) -> str:
        return value if value.isascii() else value.translate(self._plain)

    def escaped(self, value: str) -> str:
        return value if value.isascii() else value.translate(self._escaped)


def _marked(text: str, separators: Separators) -> tuple[str, _Marks | None]:
    release = separators.release
    if not release or release not in text:
        return text, None
    marks, first = _Marks(), _free(text)
    # Escaped escapes first: only then does what is left of them stand before what it makes ordinary.
    for offset, character in enumerate(separators.special):
        text = text.replace(release + character, chr(first + offset))
        marks.add(chr(first + offset), release, character)
    if release in text:
        used = len(separators.special)
        # Before other signs it is an escape that was not needed; before words or blanks nobody meant one.
        others = sorted(set(re.findall(re.escape(release) + r"([^\w\s])", text)))
        for offset, character in enumerate(others[: _MOST_MARKS - used], used):
            text = text.replace(release + character, chr(first + offset))
            marks.add(chr(first + offset), release, character)
    return text, marks


def _free(text: str) -> int:
    if not text.isascii():
        for first in _PRIVATE:
            if not any(chr(first + offset) in text for offset in range(_MOST_MARKS)):
                return first
        # Every stretch is in use: that is no text, and no reader can do it justice.
    return _PRIVATE[0]


def segments(
    text: str, separators: Separators, start: int = 1, kind: type[Segment] = Segment
) -> Iterator[Segment]:
    """The segments of ``text``, one after the other, blank ones left out.

    :param start: the first one's number.
    :param kind: the class of the segments.
    """
    text, marks = _marked(text, separators)
    terminator, number, position, length = separators.segment, start, 0, len(text)
    while position < length:
        end = text.find(terminator, min(position + _BLOCK, length))
        if end < 0:
            end = length
        for raw in text[position:end].split(terminator):
            raw = raw.strip(_AROUND).lstrip()  # blanks at the end may belong to a text that goes on
            if raw:
                yield kind(raw, number, separators, marks)
                number += 1
        position = end + len(terminator)


def parse(text: str, syntax: str = "edifact", number: int = 1) -> Segment:
    """The segment that :attr:`Segment.portable` wrote.

    :raise ValidationFailed: ``edi.segment`` when it is none or more than one.
    """
    found = list(segments(text, PORTABLE[syntax], number))
    if len(found) != 1 or not found[0].tag:
        raise ValidationFailed("edi.segment", value=text[:60])
    return found[0]


def unfolded(text: str, terminator: str) -> str:
    """``text`` without the line breaks that a program put after every so many characters.

    They are told from those that somebody typed by where they stand: within segments, always behind the same
    number of characters, which no line exceeds.
    """
    if terminator == "\n" or "\n" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    sizes = [len(line) for line in lines]
    if not _cut(lines, sizes, terminator):
        if text.isascii():
            return text
        sizes = [_characters(line) for line in lines]
        if not _cut(lines, sizes, terminator):
            return text
    width = max(sizes)
    found = zip(lines[:-1], sizes, strict=False)
    return "".join(line if size == width else line + "\n" for line, size in found) + lines[-1]


def _cut(lines: Sequence[str], sizes: Sequence[int], terminator: str) -> bool:
    """Whether lines of these sizes are cut wherever they are full, and nowhere else."""
    within = [
        size
        for line, size in zip(lines[:-1], sizes, strict=False)
        if line and not line.rstrip().endswith(terminator)
    ]
    if not lines[-1].strip() and within and lines[-2] and not lines[-2].rstrip().endswith(terminator):
        within.pop()  # the end of the file, where the last terminator is missing
    width = max(sizes)
    if not within or set(within) != {width}:
        return False
    return width in _WIDTHS or sum(size == width for size in sizes) >= 2


def _characters(line: str) -> int:
    """How many characters the bytes of a line are that were read one by one, if they are UTF-8."""
    try:
        return len(line.encode("iso8859-1").decode())
    except UnicodeError:
        return len(line)


def write(tag: str, elements: Sequence, separators: Separators) -> str:
    """A segment with its terminator; empty values at the end of an element and of the segment are left out.

    :param elements: each a text, a tuple of components, or a list of those: its repetitions. ``None`` counts
        as "".
    :raise ValidationFailed: ``codec.cannot_carry`` when a value holds a separator and nothing can escape it,
        or an element is repeated in a syntax without repetitions.
    """
    written = [tag, *(_element(element, separators) for element in elements)]
    while len(written) > 1 and not written[-1]:
        written.pop()
    return separators.element.join(written) + separators.segment


def _element(element, separators: Separators) -> str:
    if not element:
        return ""
    if isinstance(element, str):
        return _escaped(element, separators)
    if isinstance(element, tuple):
        parts = [_escaped(part, separators) if part else "" for part in element]
        while parts and not parts[-1]:
            parts.pop()
        return separators.component.join(parts)
    parts = [_element(part, separators) for part in element]
    if len(parts) > 1 and not separators.repetition:
        raise ValidationFailed(
            "codec.cannot_carry", what=" ".join(parts)[:60], reason="this syntax version repeats no elements"
        )
    return (separators.repetition or "").join(parts)


def _escaped(value: str, separators: Separators) -> str:
    special = separators.special
    if value.isalnum():
        return value
    release = separators.release
    for character in special:  # the release character comes first
        if character in value:
            if not release:
                what = f"the character {character!r} in {value[:60]!r}"
                raise ValidationFailed("codec.cannot_carry", what=what, reason="it separates values")
            value = value.replace(character, release + character)
    return value


def without_repetition(separators: Separators) -> Separators:
    """The same for a syntax version that repeats no elements."""
    return replace(separators, repetition=None)
