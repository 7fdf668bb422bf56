"""The calls a connector makes: put one file, pick up what is there. They touch no database."""

import fnmatch
import hashlib
import io
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from odoo.addons.trade_core.tools import is_picture
from odoo.addons.trade_core.transport import Beside, Fetched, PollResult, SendResult

from .store import Entry, Refused, Store, StoreError, Unreachable, inside

#: what one fetch takes at most, so that a full folder is read in turns with everything else
TAKE_COUNT, TAKE_BYTES = 100, 50_000_000
#: bytes of a file that are not worth a file of our own
_IN_MEMORY = 256_000
_PICTURE = ".pdf"
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


class Found(NamedTuple):
    """A document in a folder and the PDF beside it that is called the same; a PDF alone is a document."""

    document: Entry
    picture: Entry | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The document last: it is put away last, so that it is fetched again with whatever is left."""
        return (self.document,) if self.picture is None else (self.picture, self.document)


class PickUp(NamedTuple):
    """The call that fetches the files of a folder which are whole, a PDF beside a document with it.

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
        files = [file for _entries, file in taken]
        names = ", ".join(file.filename for file in files[:5])
        return PollResult(
            SendResult("ok", detail=names, duration_ms=_ms(started)),
            tuple(files),
            more=more and bool(files),
            silent=not files,
            done=self._done(taken),
            cursor=self._cursor(taken),
        )

    def _whole(self, store: Store) -> tuple[list[Found], bool]:
        found = self._found(store)
        more, found = len(found) > TAKE_COUNT, found[:TAKE_COUNT]
        if not found:
            return [], False
        time.sleep(self.settle)
        names = {entry.name for one in found for entry in one.entries}
        later = {entry.name: entry for entry in store.entries(self.folder) if entry.name in names}
        return [one for one in found if all(later.get(entry.name) == entry for entry in one.entries)], more

    def _found(self, store: Store) -> list[Found]:
        entries = sorted(
            (entry for entry in store.entries(self.folder) if _is_finished(entry.name)),
            key=lambda entry: (entry.mtime, entry.name),
        )
        pictures = {}
        for entry in filter(_is_called_picture, entries):
            pictures.setdefault(_stem(entry), entry)
        found = [
            Found(entry, pictures.pop(_stem(entry), None))
            for entry in entries
            if not _is_called_picture(entry) and self._wanted(entry.name)
        ]
        taken = {entry for one in found for entry in one.entries}
        found += [Found(entry) for entry in entries if entry not in taken and self._wanted(entry.name)]
        found = [one for one in found if any(mark(entry) not in self.seen for entry in one.entries)]
        return sorted(found, key=lambda one: (one.document.mtime, one.document.name))

    def _wanted(self, name: str) -> bool:
        return any(fnmatch.fnmatch(name.lower(), one) for one in self.pattern.lower().split())

    def _take(self, store: Store, found: list[Found]) -> list[tuple[tuple[Entry, ...], Fetched]]:
        """What is taken, with the files that are put away for it."""
        taken, size = [], 0
        for one in found:
            size += sum(entry.size for entry in one.entries)
            if taken and size > TAKE_BYTES:
                break
            files = [self._load(store, entry) for entry in one.entries]
            if None in files:
                continue  # somebody is at it
            *pictures, document = map(self._fetched, one.entries, files)
            if one.picture and is_picture(raw := _read(files[0])):
                beside = (Beside(one.picture.name, raw),)
                taken.append((one.entries, replace(document, beside=beside)))
            else:  # only called like a picture, it is one more document
                taken += [
                    ((entry,), file) for entry, file in zip(one.entries, [*pictures, document], strict=True)
                ]
        return taken

    def _load(self, store: Store, entry: Entry) -> BinaryIO | None:
        """The content of a file, ``None`` when it changes.

        :raise Refused: it is too large
        """
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
            return None
        return file

    def _fetched(self, entry: Entry, file: BinaryIO) -> Fetched:
        raw = _read(file) if entry.size <= _IN_MEMORY else file
        file.seek(0)
        # Name and content: the same file again is the same document, whatever became of our archiving.
        path = inside(self.folder, entry.name)
        key = f"{path}|{hashlib.file_digest(file, 'sha256').hexdigest()}"
        return Fetched(raw, key[-250:], filename=entry.name)

    def _cursor(self, taken: list[tuple[tuple[Entry, ...], Fetched]]) -> str | None:
        """With files that stay there, what was fetched: marks, one per line, the latest last."""
        if self.after != "keep" or not taken:
            return None
        now = [mark(entry) for entries, _file in taken for entry in entries]
        return "\n".join([*self.seen.difference(now), *now][-5000:])

    def _done(self, taken: list[tuple[tuple[Entry, ...], Fetched]]) -> Callable[[], None] | None:
        if self.after == "keep" or not taken:
            return None
        return lambda: self._put_away([entry for entries, _file in taken for entry in entries])

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


def _is_finished(name: str) -> bool:
    return not name.startswith((".", "~")) and not name.lower().endswith(_UNFINISHED)


def _is_called_picture(entry: Entry) -> bool:
    return entry.name.lower().endswith(_PICTURE)


def _stem(entry: Entry) -> str:
    return (entry.name.rpartition(".")[0] or entry.name).casefold()


def _read(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
