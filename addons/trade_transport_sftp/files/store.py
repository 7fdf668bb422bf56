"""What both kinds of folders have in common: the errors they raise and what a file in them is."""

import posixpath
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, Protocol


class Entry(NamedTuple):
    """A file in a folder.

    :ivar int size: bytes
    :ivar float mtime: when it was written last, seconds, by the other side's clock
    """

    name: str
    size: int
    mtime: float


class StoreError(Exception):
    """Something did not work; the text is for people and holds no secret.

    :ivar outcome: as in :class:`~odoo.addons.trade_core.transport.SendResult`
    """

    outcome = "retry"


class Unreachable(StoreError):
    """The other side does not answer, or hung up."""


class LoginRefused(StoreError):
    """It does not know us, or is not who it was."""

    outcome = "auth"


class Refused(StoreError):
    """It will never work as it is: no such folder, no permission, another file of that name."""

    outcome = "refused"


class Store(Protocol):
    """A place with folders. Paths are separated by slashes and relative to its root."""

    def entries(self, folder: str) -> Iterator[Entry]:
        """The files in a folder, not those in folders below it.

        :raise Refused: there is no such folder, or we may not look into it
        """

    def stat(self, path: str) -> Entry | None:
        """What there is, or ``None``."""

    def load(self, path: str, target: BinaryIO, most: int) -> None:
        """Write the content to a file of ours, cut one byte beyond ``most``."""

    def save(self, path: str, data: bytes) -> None:
        """Write a file that is there as a whole when this returns; one that was there is overwritten."""

    def rename(self, old: str, new: str) -> None:
        """:raise Refused: there is a file called ``new``"""

    def remove(self, path: str) -> None:
        """Gone already is fine."""

    def close(self) -> None: ...


def inside(*parts: str) -> str:
    """A path below the root; what leads out of it or holds a NUL is not one.

    :raise Refused: it leads elsewhere
    """
    path = posixpath.normpath(posixpath.join("/", *(part.strip("/") for part in parts if part)))
    joined = "/".join(part for part in parts if part)
    if ".." in joined.split("/") or "\0" in joined:
        raise Refused(f"{joined!r} leads out of the folder. Correct the folder on the route.")
    return path.lstrip("/")
