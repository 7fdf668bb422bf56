"""Where the interchanges, functional groups and transaction sets of a file begin and end.

ANSI X12.5 and X12.6: ISA … IEA, GS … GE, ST … SE, and TA1 between ISA and GS. Only these segments are looked
for, by one expression; what is between them is not touched here.
"""

import re
from dataclasses import dataclass, field, replace

from .._edi.syntax import X12, Segment, Separators, segments, unfolded

#: what senders leave around segments: line breaks, blanks, the end marks of old systems
BLANKS = "\r\n\t \x00\x1a"
#: how far into a file an interchange may begin, behind what a mailbox put before it
HEADER = 4096
#: from this version of the interchange on (ISA12) ISA11 separates repetitions
_REPEATS = "00402"
_ISA_ELEMENTS = 16
#: where the elements of an ISA of fixed width end, counted from its first character
_FIXED = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
_START = re.compile(r"(?<![A-Za-z0-9])ISA(?=[^\w\s]|[\x1c-\x1f])", re.ASCII)
_FIRST = re.compile(r"(?:GS|TA1|TA3|ISB|ISE|IEA|ST)(?![A-Za-z0-9])")
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


@dataclass(slots=True)
class Piece:
    """A stretch of the file: a segment, or a transaction set from ST to SE."""

    start: int
    end: int


@dataclass(slots=True)
class FoundSet(Piece):
    """A transaction set, and the group it is in."""

    st: Segment
    closed: bool = False
    se: Segment | None = None
    group: "FoundGroup | None" = None


@dataclass(slots=True)
class FoundAnswer(Piece):
    """A TA1: the answer to an interchange that was sent the other way."""

    ta1: Segment


@dataclass(slots=True)
class FoundGroup:
    """A functional group."""

    gs: Segment
    text: str
    ge: Segment | None = None
    sets: int = 0


@dataclass(slots=True)
class Interchange:
    """One interchange of the file.

    Attributes:
        services: segments between ISA and the first group that belong there: ISB, ISE, TA3.
        strays: segments that stand where none may.
    """

    separators: Separators
    start: int
    isa: Segment | None = None
    isa_text: str = ""
    iea: Segment | None = None
    sets: list[FoundSet] = field(default_factory=list)
    answers: list[FoundAnswer] = field(default_factory=list)
    groups: list[FoundGroup] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)

    @property
    def contents(self) -> list[FoundSet | FoundAnswer]:
        """Everything that becomes a message, in its order."""
        return sorted([*self.sets, *self.answers], key=lambda piece: piece.start)


@dataclass(slots=True)
class File:
    """What a file holds.

    Attributes:
        text: decoded, without marks and folds.
        encoding: what it was decoded with.
        outside: what belongs to no interchange.
    """

    text: str
    encoding: str
    interchanges: list[Interchange] = field(default_factory=list)
    outside: list[Piece] = field(default_factory=list)


def unmarked(data: bytes) -> bytes:
    """The file as UTF-8 or in its own one-byte encoding: UTF-16 and UTF-32 are told by their marks."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace").encode("utf-8", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def start_of(text: str, position: int = 0, reach: int = HEADER) -> int:
    """Where an interchange begins at or behind ``position``; -1 when none does within ``reach``."""
    for match in _START.finditer(text, position, position + reach):
        element = text[match.end()]
        if text.count(element, match.end(), match.end() + 400) >= _ISA_ELEMENTS - 1:
            return match.start()
    return -1


def scan(text: str, encoding: str) -> File:
    """Everything a file holds, in its order.

    :param text: without a byte order mark.
    """
    file = File(text, encoding)
    start = start_of(text)
    if start >= 0:
        file.text = unfolded(text, separators_at(text, start)[0].segment)
        start = start_of(file.text)
        file.text = _once_ended(file.text, start)
    position = 0
    while start >= 0:
        _leftover(file, position, start)
        position = _Scanner(file, start).scan()
        start = start_of(file.text, position, len(file.text))
    _leftover(file, position, len(file.text))
    return file


def _once_ended(text: str, start: int) -> str:
    """``text`` without the sign that some senders write before a line break that ends the segment already."""
    separators, end = separators_at(text, start)
    ending = separators.component + separators.segment
    gs_end = text.find(separators.segment, end)
    if separators.segment not in "\r\n" or gs_end < 0 or not text[:gs_end].endswith(separators.component):
        return text
    return text[:end] + text[end:].replace(ending, separators.segment)


def _leftover(file: File, start: int, end: int) -> None:
    if file.text[start:end].strip(BLANKS):
        file.outside.append(Piece(start, end))


# --- separators -----------------------------------------------------------------------------------
def separators_at(text: str, start: int) -> tuple[Separators, int]:
    """What separates in the interchange that begins at ``start``, and where its ISA ends.

    An ISA has a fixed width, so the separators stand at known places. Where it was cut or stretched on its
    way the sixteenth element is counted; where even that is no ISA the next segment shows what ends this one.
    """
    element = text[start + 3]
    last = _last_element(text, start, element)
    component, terminator, end = _behind(text, last, element)
    if not _first_segment(text, end, element):
        component, terminator, end = _seen(text, start, element) or (component, terminator, end)
    separators = Separators(terminator, element, component, None, None, ".", "x12")
    isa = text[start:end].split(element)
    sign = isa[11].strip(BLANKS) if len(isa) > 11 else ""
    version = isa[12].strip(BLANKS) if len(isa) > 12 else ""
    usable = len(sign) == 1 and not sign.isalnum() and sign not in (element, component, terminator)
    if usable and version.isdecimal() and version >= _REPEATS:
        separators = replace(separators, repetition=sign)
    return separators, end


def _last_element(text: str, start: int, element: str) -> int:
    """Where the separator before ISA16 stands; -1 when there are not enough of them."""
    isa = text[start : start + _FIXED[-1] + 1]
    if len(isa) > _FIXED[-1] and all(isa[place] == element for place in _FIXED):
        if isa.count(element) == _ISA_ELEMENTS:
            return start + _FIXED[-1]
    last = start
    for _count in range(_ISA_ELEMENTS):
        last = text.find(element, last + 1)
        if last < 0:
            return -1
    return last


def _behind(text: str, last: int, element: str) -> tuple[str, str, int]:
    """ISA16, the terminator, and where the next segment may begin."""
    if last < 0:
        return X12.component, X12.segment, len(text)
    component, terminator = text[last + 1 : last + 2], text[last + 2 : last + 3]
    end = last + 3
    if _FIRST.match(text, last + 2) and component not in " \t":
        # ISA16 is missing: what stands there ends the segment already.
        terminator, component, end = component, "", last + 2
    if terminator in (" ", "\t"):
        # A blank ends nothing; the line break behind it does.
        rest = text[end : end + 20].lstrip(" \t")
        if rest[:1] in ("\r", "\n"):
            end = text.index(rest[0], end) + 1
            terminator = rest[0]
    if terminator == "\r" and text[end : end + 1] == "\n":
        terminator = "\n"
        end += 1
    if not component or component.isalnum() or component in (element, terminator, *BLANKS):
        component = next(sign for sign in ":>|" if sign not in (element, terminator))
    if not terminator or terminator.isalnum():
        terminator = next(sign for sign in "~'\n" if sign not in (element, component))
    return component, terminator, end


def _first_segment(text: str, position: int, element: str) -> bool:
    """Whether a segment that may follow an ISA begins here."""
    rest = text[position : position + 40].lstrip(BLANKS)
    match = _FIRST.match(rest)
    return bool(match) and rest[match.end() : match.end() + 1] == element


def _seen(text: str, start: int, element: str) -> tuple[str, str, int] | None:
    """The same from where the next segment begins."""
    mark = re.escape(element)
    match = re.compile(rf"(?<![A-Za-z0-9{mark}])(?:GS|TA1){mark}").search(text, start + 3, start + 600)
    if not match:
        return None
    isa = text[start : match.start()]
    before = isa.rstrip(BLANKS)
    breaks = isa[len(before) :].strip(" \t\0\x1a")
    terminator = before[-1:]
    if terminator.isalnum() or terminator == element:
        if not breaks:
            return None
        terminator = "\n" if "\n" in breaks else "\r"
    elif breaks and before[-2:-1] == element:
        # One sign and a line break: the sign is ISA16.
        return terminator, "\n" if "\n" in breaks else "\r", match.start()
    sign = before[:-1].rpartition(element)[2].strip(BLANKS)
    usable = len(sign) == 1 and not sign.isalnum() and sign != terminator
    component = sign if usable else next(one for one in ":>|" if one not in (element, terminator))
    return component, terminator, match.start()


# --- one interchange ------------------------------------------------------------------------------
class _Scanner:
    """Reads one interchange."""

    def __init__(self, file: File, start: int):
        self.file, self.text, self.start = file, file.text, start
        separators, self.end = separators_at(self.text, start)
        self.found = Interchange(separators, start)
        self.found.isa_text = self.text[start : self.end]
        self.found.isa = self._segment(start, self.end)
        file.interchanges.append(self.found)
        element = re.escape(separators.element)
        terminator = separators.segment
        # Without the terminator itself: a million of them would be looked at a million times.
        blanks = "[" + re.escape(BLANKS.replace(terminator, "")) + "]*"
        self.pattern = re.compile(
            rf"(?:(?<={re.escape(terminator)})|\A){blanks}(ISA|GS|ST|SE|GE|IEA|TA1)[\r\n]*{element}"
        )
        self.open: FoundSet | None = None
        self.group: FoundGroup | None = None

    def scan(self) -> int:
        """Where what follows the interchange begins."""
        for match in self.pattern.finditer(self.text, self.end):
            start, tag = match.start(1), match[1]
            if start < self.end:
                continue
            if tag == "ISA":
                self._close(start)
                self._stray(start)
                return start
            if not self.open:
                self._stray(start)
            end = self._end_of(start)
            if tag == "ST":
                self._close(start)
                self.open = FoundSet(start, end, self._segment(start, end), group=self.group)
            elif tag == "SE":
                self._trailer(start, end)
            else:
                self._close(start)
                self._envelope(tag, start, end)
            self.end = end
            if tag == "IEA":
                return end
        self._close(len(self.text))
        self._stray(len(self.text))
        return len(self.text)

    def _trailer(self, start: int, end: int) -> None:
        if self.open:
            self.open.se, self.open.closed = self._segment(start, end), True
            self._close(end)
        else:
            self.found.strays.append(self.text[start:end].strip(BLANKS))

    def _end_of(self, start: int) -> int:
        """Where the segment ends, its terminator included."""
        end = self.text.find(self.found.separators.segment, start)
        return len(self.text) if end < 0 else end + 1

    def _segment(self, start: int, end: int) -> Segment:
        return next(segments(self.text[start:end], self.found.separators))

    def _close(self, end: int) -> None:
        """The set that is open ends here."""
        if self.open:
            self.open.end = self.end = end
            self.found.sets.append(self.open)
            if self.group:
                self.group.sets += 1
        self.open = None

    def _stray(self, end: int) -> None:
        signs = BLANKS + self.found.separators.segment
        for stray in self.text[self.end : end].split(self.found.separators.segment):
            if stray := stray.strip(signs):
                service = stray.startswith(("ISB", "ISE", "TA3")) and not self.found.groups
                (self.found.services if service else self.found.strays).append(stray)

    def _envelope(self, tag: str, start: int, end: int) -> None:
        segment, found = self._segment(start, end), self.found
        if tag == "TA1":
            found.answers.append(FoundAnswer(start, end, segment))
        elif tag == "GS":
            self.group = FoundGroup(segment, self.text[start:end])
            found.groups.append(self.group)
        elif tag == "GE":
            if self.group:
                self.group.ge = segment
            else:
                found.strays.append(self.text[start:end].strip(BLANKS))
            self.group = None
        else:
            found.iea = segment
