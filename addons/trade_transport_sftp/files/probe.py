"""Testing a connection to a store step by step."""

import time
from collections.abc import Callable
from typing import NamedTuple

from odoo.addons.trade_core.connectors.probe import FAILED, OK, SKIPPED, Step

from .sftp import Line, Session
from .store import Store, StoreError

_LOOKED_AT = 3  # names shown of what is in a folder


class StoreTest(NamedTuple):
    """The test of a store: connect, check who answers, log in, look into the folders. It changes nothing.

    :ivar line: of an SFTP server; ``None`` for a folder of this machine
    :ivar folders: those of the routes, looked into
    """

    line: Line | None
    open: Callable[[], Store]
    folders: tuple[str, ...]

    def __call__(self) -> list[Step]:
        steps: list[Step] = []
        if self.line:
            session = Session(self.line)
            ways = (
                ("connect", session.connect, lambda: f"Connected to {self.line.host}."),
                ("host key", session.check_host, lambda: f"It is who you trust: {session.host_key()}."),
                ("authenticate", session.login, lambda: f"{self.line.login} may come in."),
            )
            try:
                for name, way, words in ways:
                    if not _try(steps, name, way, words):
                        break
            finally:
                session.close()
        if any(step.outcome == FAILED for step in steps):
            return [*steps, Step("answer", SKIPPED, "Not tried, because a step before failed.")]
        _try(steps, "answer", self._look, self._seen)
        return steps

    def _look(self) -> None:
        store = self.open()
        try:
            for folder in self.folders or ("",):
                next(iter(store.entries(folder)), None)
        finally:
            store.close()

    def _seen(self) -> str:
        store = self.open()
        try:
            said = []
            for folder in self.folders or ("",):
                names = [
                    entry.name for entry, _n in zip(store.entries(folder), range(_LOOKED_AT), strict=False)
                ]
                said.append(f"{folder or 'The folder'}: {', '.join(names) or 'no files'}")
            return ". ".join(said) + "."
        finally:
            store.close()


def _try(steps: list[Step], name: str, way: Callable[[], None], words: Callable[[], str]) -> bool:
    started = time.perf_counter()
    try:
        way()
        steps.append(Step(name, OK, words(), round((time.perf_counter() - started) * 1000, 1)))
        return True
    except StoreError as error:
        steps.append(Step(name, FAILED, str(error), round((time.perf_counter() - started) * 1000, 1)))
        return False
