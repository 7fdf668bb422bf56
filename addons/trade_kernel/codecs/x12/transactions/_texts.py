"""Texts: N9 with MSG, NTE and MTX to notes, and back."""

from collections.abc import Iterable, Iterator, Sequence

from ..._draft import Path
from ..._edi.syntax import Segment
from ..._edi.texts import joined, pieces
from ..._edi.writing import Writing
from ._base import DEFERRED, Group, X12Reading, X12Takes

#: how many characters names, streets, descriptions and lines of text may have
NAME, STREET, DESCRIPTION = frozenset({60}), frozenset({55}), frozenset({80})
#: how many a line of text has, by its segment; a full one goes on in the next
LINES = {"MSG": 264, "MTX": 4096, "NTE": 80}
_OLD_NAME = frozenset({35})
_NOTE = "L1"
#: of N9, the elements that are read when texts follow it
_HEAD = X12Takes("1=L1 3=NOTE")


def name_limits(version: str) -> frozenset[int]:
    """How long a name may be in a version."""
    return NAME if version >= "004010" or not version else _OLD_NAME


def read_notes(reading: X12Reading, scope, group: Group, path: Path = ("note",)) -> list | None:
    """An N9 with texts is one note, line by line; what kind it is stays with it.

    :param scope: what keeps the members that are no texts: ``transaction.settle``'s transaction and scope.
    :return: ``DEFERRED`` when it is one, else the group.
    """
    head = group[0]
    texts = [segment for segment in group[1:] if segment.tag in ("MSG", "MTX") and _text(segment)]
    if not texts:
        return group
    _append(reading, path, texts)
    key = reading.kept.key("N9", _NOTE)
    if extras := _HEAD.extras(head):
        reading.kept.elements[key] = extras
    for segment in group[1:]:
        if segment not in texts:
            reading.kept.groups.setdefault(key, []).append(segment.portable)
    return DEFERRED


def _text(segment: Segment) -> str:
    """The text of MSG01, MTX02 or NTE02; a blank stands for an empty line."""
    element = 1 if segment.tag == "MSG" else 2
    parts = segment.escaped(element)
    return parts.replace("\r", "").replace("\n", "") if parts.strip() else parts[:1]


def _append(reading: X12Reading, path: Path, texts: Sequence[Segment]) -> None:
    note, before = "", None
    for segment in texts:
        note += ("" if before is None else _between(before)) + _line(segment)
        before = segment
    if note.strip():
        where = (*reading.path, *path)
        reading.draft.put((*where, len(reading.draft.get(where, ()))), note.rstrip(), (texts[0],))


def _line(segment: Segment) -> str:
    text = _text(segment)
    return "" if text == " " else text


def _between(segment: Segment) -> str:
    """A full line goes on in the next one; between others there is a break."""
    return "" if len(_text(segment)) == LINES[segment.tag] else "\n"


def read_text(reading: X12Reading, group: Group, path: Path = ("note",)) -> Group | None:
    """A MSG, MTX or NTE that stands alone: those of one kind that follow each other are one note."""
    segment, before = group[0], reading.previous
    text = _text(segment)
    if not text:
        return group
    where = (*reading.path, *path)
    notes = reading.draft.get(where)
    same = before is not None and before.tag == segment.tag and before.number == segment.number - 1
    if segment.tag != "MSG":
        same = same and before(1) == segment(1)
    if notes and same:
        # Blanks at the end of a full line are part of the text, and of the last line they are not.
        blanks = " " * (len(_line(before)) - len(_line(before).rstrip())) if not _between(before) else ""
        notes[-1] = f"{notes[-1].rstrip(' ')}{blanks}{_between(before)}{_line(segment).rstrip()}"
    elif text.strip():
        reading.draft.put((*where, len(notes or ())), text, (segment,))
    return group[1:]


def write_notes(out: Writing, notes: Iterable[str]) -> None:
    """Notes as N9 with MSG."""
    for note in notes:
        out.add("N9", _NOTE, "", "NOTE")
        for line in lines(note, "MSG"):
            out.add("MSG", line)


def lines(note: str, tag: str) -> Iterator[str]:
    """A note as the texts of its segments; a blank one is an empty line."""
    limit = LINES[tag]
    for line in note.split("\n"):
        yield from [line[start : start + limit] for start in range(0, len(line), limit)] or [" "]
        if line and len(line) % limit == 0:
            yield " "  # or the next line would be taken for its end


def read_name(reading: X12Reading, parts: Iterable[str]) -> str:
    """A name in several elements."""
    return joined(parts, name_limits(reading.version))


def name_pieces(name: str, out: Writing, most: int = 5) -> tuple[str, ...]:
    """The other way round."""
    return pieces(name, name_limits(out.profile.version), most)
