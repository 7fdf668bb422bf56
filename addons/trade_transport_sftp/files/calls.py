"""The calls a connector makes: put one file, pick up what is there. They touch no database."""

import fnmatch
import hashlib
import io
import tempfile
import time
from collections.abc import Callable
from typing import NamedTuple

from odoo.addons.trade_core.transport import Fetched, PollResult, SendResult

from .store import Entry, Refused, Store, StoreError, Unreachable, inside

#: what one fetch takes at most, so that a full folder is read in turns with everything else
TAKE_COUNT, TAKE_BYTES = 100, 50_000_000
#: bytes of a file that are not worth a file of our own
_IN_MEMORY = 256_000
#: names others write under while a file is not whole yet
_UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".lock", ".writing")


class Put(NamedTuple):
    """The call that puts one file, whole or not at all: written under another name, then renamed.

    :ivar open: opens the store
    :ivar repeated: it may be there already: an earlier try was not recorded
    """

    open: Callable[[], Store]
    folder: str
    name: str
    data: bytes
    repeated: bool = False

    def __call__(self) -> SendResult:
        started = time.perf_counter()
        try:
            store = self.open()
            try:
                said = self._put(store)
            finally:
                store.close()
        except StoreError as error:
            return SendResult(error.outcome, detail=str(error), duration_ms=_ms(started))
        return SendResult("ok", detail=said, duration_ms=_ms(started))

    def _put(self, store: Store) -> str:
        path = inside(self.folder, self.name)
        there = store.stat(path)
        if there is not None:
            if there.size == len(self.data) and self._is_there(store, path):
                return f"{path} was there already, the same."
            raise Refused(
                f"There is another file called {path}. Ask the partner to take it away, or let the names"
                " of files"
                " differ: on the route, under Name of files."
            )
        unfinished = inside(self.folder, f".{self.name}.tmp")
        store.save(unfinished, self.data)
        store.rename(unfinished, path)
        return f"{path}, {len(self.data):,} bytes"

    def _is_there(self, store: Store, path: str) -> bool:
        there = io.BytesIO()
        store.load(path, there, len(self.data))
        return there.getvalue() == self.data


class PickUp(NamedTuple):
    """The call that fetches the files of a folder which are whole.

    A file is whole when neither its size nor its time changes while we wait; a shorter one that grows, or one
    under a name for unfinished ones, is left for the next time.

    :ivar open: opens the store
    :ivar pattern: of the names, such as ``*.edi``
    :ivar settle: seconds in which nothing may change
    :ivar after: ``archive``, ``delete`` or ``keep``
    :ivar archive: the folder files go to
    :ivar seen: what was fetched before and kept there: marks of files
    :ivar most: bytes of one file
    """

    open: Callable[[], Store]
    folder: str
    pattern: str
    settle: float
    after: str
    archive: str
    seen: frozenset[str]
    most: int

    def __call__(self) -> PollResult:
        started = time.perf_counter()
        try:
            store = self.open()
        except StoreError as error:
            return PollResult(SendResult(error.outcome, detail=str(error), duration_ms=_ms(started)))
        try:
            whole, more = self._whole(store)
            taken = self._take(store, whole)
        except StoreError as error:
            return PollResult(SendResult(error.outcome, detail=str(error), duration_ms=_ms(started)))
        finally:
            store.close()
        files = [file for _entry, file in taken]
        names = ", ".join(file.filename for file in files[:5])
        return PollResult(
            SendResult("ok", detail=names, duration_ms=_ms(started)),
            tuple(files),
            more=more and bool(files),
            silent=not files,
            done=self._done(taken),
            cursor=self._cursor(taken),
        )

    def _whole(self, store: Store) -> tuple[list[Entry], bool]:
        found = sorted(
            (
                entry
                for entry in store.entries(self.folder)
                if self._wanted(entry.name) and mark(entry) not in self.seen
            ),
            key=lambda entry: (entry.mtime, entry.name),
        )
        more, found = len(found) > TAKE_COUNT, found[:TAKE_COUNT]
        if not found:
            return [], False
        time.sleep(self.settle)
        names = {entry.name for entry in found}
        later = {entry.name: entry for entry in store.entries(self.folder) if entry.name in names}
        return [entry for entry in found if later.get(entry.name) == entry], more

    def _wanted(self, name: str) -> bool:
        lower = name.lower()
        return (
            not name.startswith((".", "~"))
            and not lower.endswith(_UNFINISHED)
            and any(fnmatch.fnmatch(lower, one) for one in self.pattern.lower().split())
        )

    def _take(self, store: Store, entries: list[Entry]) -> list[tuple[Entry, Fetched]]:
        taken, size = [], 0
        for entry in entries:
            size += entry.size
            if taken and size > TAKE_BYTES:
                break
            path = inside(self.folder, entry.name)
            if entry.size > self.most:
                raise Refused(
                    f"{path} has {entry.size:,} bytes; at most {self.most:,} are taken. Ask the partner"
                    " for smaller"
                    " files, or raise the limit in the settings."
                )
            file = tempfile.SpooledTemporaryFile(_IN_MEMORY)
            store.load(path, file, self.most)
            now, size = store.stat(path), file.tell()
            if now is None or (now.size, now.mtime) != (entry.size, entry.mtime) or size != entry.size:
                continue  # somebody is at it
            file.seek(0)
            raw = file.read() if size <= _IN_MEMORY else file
            file.seek(0)
            # Name and content: the same file again is the same document, whatever became of our archiving.
            key = f"{path}|{hashlib.file_digest(file, 'sha256').hexdigest()}"
            taken.append((entry, Fetched(raw, key[-250:], filename=entry.name)))
        return taken

    def _cursor(self, taken: list[tuple[Entry, Fetched]]) -> str | None:
        """With files that stay there, what was fetched: marks, one per line, the latest last."""
        if self.after != "keep" or not taken:
            return None
        marks = [*self.seen, *(mark(entry) for entry, _file in taken)]
        return "\n".join(marks[-5000:])

    def _done(self, taken: list[tuple[Entry, Fetched]]) -> Callable[[], None] | None:
        if self.after == "keep" or not taken:
            return None
        return lambda: self._put_away([entry for entry, _file in taken])

    def _put_away(self, entries: list[Entry]) -> None:
        """After the commit. What fails is fetched once more, known by its key, and put away then."""
        try:
            store = self.open()
        except StoreError:
            return
        try:
            for entry in entries:
                self._put_away_one(store, entry)
        except Unreachable:
            return
        finally:
            store.close()

    def _put_away_one(self, store: Store, entry: Entry) -> None:
        path = inside(self.folder, entry.name)
        if store.stat(path) != entry:
            return  # another file has come under this name meanwhile
        if self.after == "delete":
            store.remove(path)
            return
        for number in range(1, 100):
            name = entry.name if number == 1 else f"{entry.name}.{number}"
            try:
                store.rename(path, inside(self.archive, name))
                return
            except Refused:
                continue


def mark(entry: Entry) -> str:
    """What tells a file from a later one of the same name."""
    return f"{entry.name}|{entry.size}|{entry.mtime:.0f}"


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
