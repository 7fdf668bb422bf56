"""The attachments of a mail, byte for byte."""

import fnmatch
from collections.abc import Iterator
from email.message import EmailMessage
from typing import NamedTuple

#: more in one mail are not looked at: nobody sends so many documents by mail
MAX_FILES = 100


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
