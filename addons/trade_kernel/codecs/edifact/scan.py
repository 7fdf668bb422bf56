"""Where the interchanges, groups and messages of a file begin and end.

ISO 9735 versions 1 to 4: UNA, UNB … UNZ, UNG … UNE, UNH … UNT. The file is looked at in ISO 8859-1, where
every byte is one character: all separators are ASCII in every character set that can be announced. Only
service segments are looked for, by one expression; what is between them is not touched here.
"""

import re
from dataclasses import dataclass, field, replace

from .._edi.syntax import EDIFACT, Segment, Separators, segments, unfolded, without_repetition

#: what senders leave around segments: line breaks, blanks, the end marks of old systems
BLANKS = "\r\n\t \x00\x1a"
#: how far into a file an interchange may begin, behind what a mailbox put before it
HEADER = 4096
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", None),
)
_START = re.compile(r"(?<![A-Z0-9])(?:UNA[^\w\s].{5}|UN[BH](?=[^\w\s<>/\"'()\[\]{}.,;=-]))", re.DOTALL)
_UNA_LENGTH = 9
_SIGN = re.compile(r"[^\w\s\x00-\x1f\x7f-\xff]|[\x1c-\x1f]")


@dataclass(slots=True)
class Piece:
    """A stretch of the file: a segment, or a message from UNH to UNT."""

    start: int
    end: int
    closed: bool = True


@dataclass(slots=True)
class FoundMessage(Piece):
    """A message, and the group it is in."""

    unt: Segment | None = None
    group: "FoundGroup | None" = None


@dataclass(slots=True)
class FoundGroup:
    """A functional group."""

    ung: Segment
    text: str
    une: Segment | None = None
    messages: int = 0


@dataclass(slots=True)
class Interchange:
    """One interchange of the file."""

    separators: Separators
    start: int
    una: str = ""
    unb: Segment | None = None
    unb_text: str = ""
    unz: Segment | None = None
    messages: list[FoundMessage] = field(default_factory=list)
    groups: list[FoundGroup] = field(default_factory=list)
    #: segments that stand where none may: between UNB and the first message, or between messages
    strays: list[str] = field(default_factory=list)


@dataclass(slots=True)
class File:
    """What a file holds.

    Attributes:
        text: the bytes as characters, without marks and folds.
        outside: what belongs to no interchange.
    """

    text: str
    interchanges: list[Interchange] = field(default_factory=list)
    outside: list[Piece] = field(default_factory=list)

    def bytes_of(self, piece: Piece) -> bytes:
        """The bytes of a stretch."""
        return self.text[piece.start : piece.end].encode("iso8859-1")


def latin(data: bytes) -> str:
    """The bytes as characters, without a mark; UTF-16 and UTF-32, told by their marks, become UTF-8 first."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            data = data[len(mark) :]
            if name:
                data = data.decode(name, "replace").encode("utf-8", "replace")
            break
    return data.decode("iso8859-1")


def start_of(text: str, position: int = 0, reach: int = HEADER) -> int:
    """Where an interchange begins at or behind ``position``; -1 when none does within ``reach``."""
    match = _START.search(text, position, position + reach)
    return match.start() if match else -1


def scan(data: bytes) -> File:
    """Everything a file holds, in its order."""
    file = File(latin(data))
    start = start_of(file.text)
    if start >= 0:
        separators, _una, _start = separators_at(file.text, start)
        file.text = unfolded(file.text, separators.segment)
        start = start_of(file.text)
    position = 0
    while start >= 0:
        _leftover(file, position, start)
        position = _Scanner(file, start).scan()
        start = start_of(file.text, position, len(file.text))
    _leftover(file, position, len(file.text))
    return file


def _leftover(file: File, start: int, end: int) -> None:
    # Empty segments behind the end are none.
    terminators = "".join(interchange.separators.segment for interchange in file.interchanges[-1:])
    if file.text[start:end].strip(BLANKS + terminators):
        file.outside.append(Piece(start, end))


def separators_at(text: str, start: int) -> tuple[Separators, str, int]:
    """What separates at the interchange that begins at ``start``: from UNA, or from what is seen.

    :return: the separators (repetition included where UNA names one), UNA's text, and where UNB begins.
    """
    una, after = "", start
    if text.startswith("UNA", start):
        una = text[start : start + _UNA_LENGTH]
        after = start_of(text, start + 3, 40)
        if after < 0:
            after = start + _UNA_LENGTH
        una = una[: after - start]
    return _seen(text, after, _announced(una), bool(una)), una, after


def _announced(una: str) -> Separators:
    """What UNA says, as far as it can be meant."""
    if len(una) < _UNA_LENGTH:
        signs = una[3:].strip(BLANKS)
        if len(signs) < 3:
            return EDIFACT
        # One of the six is left out, which happens to those that are blank.
        signs = f"{signs[:2]}.{'?' if '?' in signs else ' '} {signs[-1]}"
    else:
        signs = una[3:]
    component, element, decimal, release, repetition, segment = signs
    if segment == "\r" or segment in BLANKS:
        segment = "\n"
    named = [component, element, segment]
    if len({*named, release}) < 4 or any(sign.isalnum() or sign in " \t\x00" for sign in named):
        return EDIFACT
    return Separators(
        segment,
        element,
        component,
        repetition if not repetition.isalnum() and repetition not in (*named, release, *BLANKS) else None,
        release if not release.isalnum() and release not in BLANKS else None,
        decimal if decimal in ",." else ".",
    )


def _seen(text: str, start: int, separators: Separators, announced: bool) -> Separators:
    """The separators as the first segments show them, which is what counts when UNA says another thing."""
    head = text[start : start + HEADER]
    if len(head) < 9 or not _SIGN.fullmatch(head[3]):
        return separators
    element, component, segment = head[3], separators.component, separators.segment
    # No UNA, or a wrong one: what stands behind the tag separates elements, behind the syntax identifier
    # components.
    if head.startswith("UNB") and head[4:8].isalnum() and _SIGN.fullmatch(head[8]) and head[8] != element:
        component = head[8]
    following = re.search(rf"UN[HGZ]{re.escape(element)}", head[3:])
    if following:
        between = head[: following.start() + 3]
        before = between.rstrip(BLANKS)
        breaks = between[len(before) :]
        last = before[-1:]
        usable = _SIGN.fullmatch(last) and last not in (element, component)
        if last != segment:
            if usable and not (announced and breaks):
                segment = last
            elif breaks.strip(" \x00\x1a\t"):
                segment = "\n" if "\n" in breaks else "\r"
    separators = replace(separators, element=element, component=component, segment=segment)
    special = (element, component, segment)
    if separators.release in special:
        separators = replace(separators, release=None)
    if separators.repetition in (*special, separators.release):
        separators = without_repetition(separators)
    return separators


class _Scanner:
    """Reads one interchange."""

    def __init__(self, file: File, start: int):
        self.file, self.text = file, file.text
        separators, una, self.start = separators_at(self.text, start)
        self.found = Interchange(separators, start, una)
        file.interchanges.append(self.found)
        terminator = re.escape(separators.segment)
        blanks = r"[ \t]*" if separators.segment in "\r\n" else r"[\s\x00\x1a]*"
        # Line breaks may stand before the separator: a folded line, or one that ended after the tag.
        element = rf"[\r\n]*{re.escape(separators.element)}"
        self.pattern = re.compile(
            rf"{terminator}{blanks}(?:(UN[BGHTEZ]){element}|UNA{re.escape(separators.component)})"
        )
        self.end = self.start  # of the last segment that was understood
        self.open: FoundMessage | None = None
        self.group: FoundGroup | None = None

    def scan(self) -> int:
        """Where what follows the interchange begins."""
        for start, tag in self._service():
            if start < self.end:
                continue
            if tag in ("UNA", "UNB") and start > self.start:
                self._close(start)
                return start
            if not self.open:
                self._stray(start)
            end = self._end_of(start)
            if tag == "UNH":
                self._close(start)
                self.open = FoundMessage(start, end, closed=False, group=self.group)
            elif tag == "UNT" and self.open:
                self.open.unt, self.open.closed = self._segment(start, end), True
                self._close(end)
            elif tag == "UNT":
                self.found.strays.append(self.text[start:end].strip(BLANKS))
            elif tag in ("UNB", "UNG", "UNE", "UNZ"):
                self._close(start)
                self._envelope(tag, start, end)
            else:
                continue  # it stays before what is understood, and is told as a stray
            self.end = end
            if tag == "UNZ":
                return end
        self._close(len(self.text))
        self._stray(len(self.text))
        return len(self.text)

    def _service(self):
        """``(start, tag)`` of every service segment."""
        # The first one follows whatever stood before the interchange.
        yield self.start, self.text[self.start : self.start + 3]
        release, position = self.found.separators.release, self.start + 3
        for match in self.pattern.finditer(self.text, position):
            if release and self._released(match.start(), release):
                continue
            tag = match[1] or "UNA"
            yield self.text.index(tag, match.start() + 1), tag

    def _released(self, terminator: int, release: str) -> bool:
        """Whether the terminator at this position is an ordinary character."""
        first = terminator
        while first > self.start and self.text[first - 1] == release:
            first -= 1
        return (terminator - first) % 2 == 1

    def _end_of(self, start: int) -> int:
        """Where the segment ends, its terminator included."""
        separators = self.found.separators
        end = self.text.find(separators.segment, start)
        while end >= 0 and separators.release and self._released(end, separators.release):
            end = self.text.find(separators.segment, end + 1)
        return len(self.text) if end < 0 else end + 1

    def _segment(self, start: int, end: int) -> Segment | None:
        return next(segments(self.text[start:end], self.found.separators), None)

    def _close(self, end: int) -> None:
        """The message that is open ends here."""
        if self.open:
            self.open.end = self.end = end
            self.found.messages.append(self.open)
            if self.group:
                self.group.messages += 1
        self.open = None

    def _stray(self, end: int) -> None:
        if stray := self.text[self.end : end].strip(BLANKS + self.found.separators.segment):
            self.found.strays.append(stray)

    def _envelope(self, tag: str, start: int, end: int) -> None:
        segment, text, found = self._segment(start, end), self.text[start:end], self.found
        if tag == "UNB":
            found.unb_text = text
            version = segment(1, 2)
            if not version.isdecimal() or int(version) < 4:
                found.separators = without_repetition(found.separators)
            elif found.una and len(found.una) == _UNA_LENGTH and found.una[7] == " ":
                found.separators = without_repetition(found.separators)
            found.unb = self._segment(start, end)  # where nothing is repeated, the sign is an ordinary one
        elif tag == "UNG":
            self.group = FoundGroup(segment, text)
            found.groups.append(self.group)
        elif tag == "UNE":
            if self.group:
                self.group.une = segment
            else:
                found.strays.append(text.strip(BLANKS))
            self.group = None
        else:
            found.unz = segment
