"""Folders on this machine, or mounted on it."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .store import Entry, Refused, Unreachable, inside

_CHUNK = 1 << 20


class LocalStore:
    """A folder of this machine.

    :param root: the folder everything is below
    """

    def __init__(self, root: str):
        self.root = Path(root)
        if not self.root.is_dir():
            raise Unreachable(f"There is no folder {root} on this server. Is it mounted?")

    def _path(self, path: str) -> Path:
        whole = self.root / inside(path)
        # A link may lead anywhere: what counts is where it ends.
        if not whole.resolve().is_relative_to(self.root.resolve()):
            raise Refused(f"{path} leads out of the folder. Correct the folder on the route.")
        return whole

    def entries(self, folder: str) -> Iterator[Entry]:
        with _told(folder), os.scandir(self._path(folder)) as found:
            for entry in found:
                if entry.is_file(follow_symlinks=False):
                    stat = entry.stat(follow_symlinks=False)
                    yield Entry(entry.name, stat.st_size, stat.st_mtime)

    def stat(self, path: str) -> Entry | None:
        with _told(path):
            try:
                stat = self._path(path).stat()
            except FileNotFoundError:
                return None
            return Entry(os.path.basename(path), stat.st_size, stat.st_mtime)

    def load(self, path: str, target: BinaryIO, most: int) -> None:
        with _told(path), self._path(path).open("rb") as file:
            left = most + 1
            while left > 0 and (part := file.read(min(_CHUNK, left))):
                target.write(part)
                left -= len(part)

    def save(self, path: str, data: bytes) -> None:
        with _told(path), self._path(path).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def rename(self, old: str, new: str) -> None:
        with _told(new):
            target = self._path(new)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                # A rename would take another file's place; a link of that name cannot be made twice.
                os.link(self._path(old), target)
            except FileExistsError:
                raise Refused(f"There is a file called {new} already.") from None
            self._path(old).unlink()

    def remove(self, path: str) -> None:
        with _told(path):
            self._path(path).unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is open."""


@contextlib.contextmanager
def _told(what: str):
    try:
        yield
    except FileNotFoundError:
        raise Refused(f"There is no {what or 'such folder'}. Create it, or correct the route.") from None
    except PermissionError:
        raise Refused(f"Odoo may not use {what or 'this folder'}: ask the server's administrator.") from None
    except (NotADirectoryError, IsADirectoryError):
        raise Refused(f"{what} is not what it should be: a folder, or a file.") from None
    except OSError as error:
        raise Unreachable(f"{what}: {error.strerror or error}.") from None
