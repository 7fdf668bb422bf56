"""The attachments of a mail, byte for byte."""

import difflib
import fnmatch
import re
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from typing import NamedTuple

#: more in one mail are not looked at: nobody sends so many documents by mail
MAX_FILES = 100
#: how alike the names of a document and of its picture have to be
_ALIKE = 0.6
_PARTS, _DIGITS = re.compile(r"[^\W_]+"), re.compile(r"\d+")
#: from how many signs on a name in another one is no accident
_LONG = 5


class File(NamedTuple):
    """One attachment.

    :ivar bytes raw: as it was before the mail encoded it
    """

    name: str
    content_type: str
    raw: bytes


def files(message: EmailMessage) -> Iterator[File]:
    """The attachments of a mail, forwarded mails' included. Pictures that are part of the text are not."""
    found = 0
    for part in message.walk():
        if part.is_multipart():
            continue
        name = part.get_filename()
        if not name or (part.get_content_disposition() == "inline" and part.get("Content-ID")):
            continue
        raw = part.get_payload(decode=True)
        if not raw:
            continue
        found += 1
        if found > MAX_FILES:
            return
        # A path in a name is nothing we need to know.
        yield File(name.replace("\\", "/").rpartition("/")[2][:200], part.get_content_type(), raw)


def wanted(name: str, patterns: str) -> bool:
    """Whether a file is called like one of the patterns, which are separated by blanks."""
    return any(fnmatch.fnmatch(name.lower(), pattern) for pattern in patterns.lower().split())


def beside(documents: Sequence[str], pictures: Sequence[str]) -> dict[int, int]:
    """Which picture is of which document of one mail, by their names; the best matches first.

    :return: ``{index of the document: index of its picture}``
    """
    alike = [
        (_alike(document, picture), first, second)
        for first, document in enumerate(documents)
        for second, picture in enumerate(pictures)
    ]
    if len(alike) == 1:
        return {0: 0}  # one document, one picture: whatever they are called
    found: dict[int, int] = {}
    for score, first, second in sorted(alike, key=lambda one: (-one[0], one[1], one[2])):
        if score >= _ALIKE and first not in found and second not in found.values():
            found[first] = second
    return found


def _alike(document: str, picture: str) -> float:
    """2: called the same; 1: one name is in the other; 0: of another number; else how much is the same."""
    names = [(name.rpartition(".")[0] or name).casefold() for name in (document, picture)]
    parts, other_parts = (_PARTS.findall(name) for name in names)
    one, other = "".join(parts), "".join(other_parts)
    if one == other:
        return 2
    if _is_in(parts, other_parts) or _is_in(other_parts, parts):
        return 1
    if min(len(one), len(other)) >= _LONG and (one in other or other in one):
        return 1
    numbers, other_numbers = (set(_DIGITS.findall(name)) for name in names)
    if not (numbers <= other_numbers or other_numbers <= numbers):
        return 0
    return difflib.SequenceMatcher(None, one, other).ratio()


def _is_in(short: list[str], long: list[str]) -> bool:
    """Whether the parts of one name are in the other, one after the other."""
    size = len(short)
    return (
        any(long[start : start + size] == short for start in range(len(long) - size + 1)) if size else False
    )
