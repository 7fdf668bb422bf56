"""What nobody waits for: waking lanes, noting who was here, counting what was denied.

A request only leaves a note in memory. A daemon thread of the process, with a connection of its own, writes
the notes of many requests down at once. What is lost when the process is killed is a count, or a wake-up
that the scheduler makes good within a minute; never a document.

In a test everything is written at once, in the test's own transaction.
"""

import logging
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from odoo import SUPERUSER_ID, api
from odoo.modules import module
from odoo.modules.registry import Registry
from psycopg2 import OperationalError

_logger = logging.getLogger(__name__)

#: notes kept of one kind; whoever makes up names must not fill our memory. More are counted under
#: ``OVERFLOW``.
MAX_KEYS = 5_000
OVERFLOW = None


class _Kind(NamedTuple):
    flush: Callable
    every: float  # seconds between two flushes of this kind
    first: bool  # the first note after a pause is written at once


_kinds: dict[str, _Kind] = {}
_lock = threading.Lock()
_notes: dict[tuple[str, str], dict] = {}  # (database, kind) → {key: how often}
_flushed: dict[tuple[str, str], float] = defaultdict(float)
_thread: threading.Thread | None = None
_pid = 0
_news = threading.Event()


def register(kind: str, flush: Callable, every: float = 10.0, first: bool = False) -> None:
    """Say what is done with the notes of a kind.

    :param flush: called with ``(env, {key: n})`` as superuser, in a READ COMMITTED transaction of its own
        that is
        committed afterwards. ``OVERFLOW`` may be among the keys.
    :param every: seconds between two calls, at least
    :param first: after a pause the first note is written at once, because somebody does wait a little
    """
    _kinds[kind] = _Kind(flush, every, first)


def count(dbname: str, kind: str, key, n: int = 1) -> None:
    """Note that something happened ``n`` times. Costs a microsecond and never fails.

    :param key: hashable; what is counted
    """
    slot = (dbname, kind)
    with _lock:
        if _pid != os.getpid():
            _begin()
        notes = _notes.get(slot)
        new = notes is None
        if new:
            notes = _notes[slot] = {}
        if key not in notes and len(notes) >= MAX_KEYS:
            key = OVERFLOW
        notes[key] = notes.get(key, 0) + n
    if module.current_test:
        flush(dbname)
    elif new:
        _news.set()


def wake(dbname: str, lane: str) -> None:
    """Wake a lane soon, after a commit: see ``trade.lane``. In tests nothing is, as after commits there."""
    if not module.current_test:
        count(dbname, "wake", lane)


def flush(dbname: str | None = None) -> None:
    """Write down now what was noted, of one database or of all."""
    with _lock:
        due = {slot: _notes.pop(slot) for slot in list(_notes) if dbname in (None, slot[0])}
    for (name, kind), notes in due.items():
        _write(name, kind, notes)


def _begin():
    """Notes belong to a process: what a fork inherited was its parent's, and so was the thread."""
    global _thread, _pid, _news  # noqa: PLW0603 - one thread per process is what this module is
    _pid = os.getpid()
    _notes.clear()
    _flushed.clear()
    _news = threading.Event()
    _thread = threading.Thread(
        target=_run, args=(_news,), name="odoo.addons.trade_http.afterwards", daemon=True
    )
    _thread.start()


def _run(news):
    while True:
        wait = _write_due()
        news.wait(wait)
        news.clear()


def _write_due():
    """Write what is due; returns the seconds until the next is, ``None`` when there is nothing."""
    now, due, wait = time.monotonic(), {}, None
    with _lock:
        for slot in list(_notes):
            kind = _kinds[slot[1]]
            since = now - _flushed[slot]
            left = kind.every - since
            if left <= 0 and not kind.first and since > 2 * kind.every:
                # After a pause: let more of them come together first.
                _flushed[slot], left = now, kind.every
            if left <= 0:
                due[slot] = _notes.pop(slot)
                _flushed[slot] = now
                left = kind.every
            elif wait is None or left < wait:
                wait = left
    for (dbname, kind), notes in due.items():
        _write(dbname, kind, notes)
    return 0 if due else wait


def _write(dbname, kind, notes):
    try:
        with Registry(dbname).cursor() as cr:
            if not module.current_test:
                cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            _kinds[kind].flush(api.Environment(cr, SUPERUSER_ID, {}), notes)
    except OperationalError as error:
        _logger.warning("%s notes of the kind %s are lost: %s", len(notes), kind, error)
    except Exception:
        # Nothing here may end the thread: what was noted is not worth more than what is still to come.
        _logger.exception("%s notes of the kind %s are lost", len(notes), kind)


def _wake(env, lanes):
    # What overflowed is woken by the scheduler.
    env["trade.lane"]._wake_asleep([lane for lane in lanes if lane is not OVERFLOW])


register("wake", _wake, every=0.25, first=True)


def _seen(env, visits):
    visits = [visit for visit in visits if visit is not OVERFLOW]
    env["trade.api.client"]._touch([client for client, _address in visits])
    env["trade.api.denial"]._got_in(visits)


register("seen", _seen, every=5)
