"""Open connections of this process, kept a while: a connection to a broker costs more than a message."""

import os
import threading
import time
from collections import defaultdict

from . import wires

#: seconds a connection may wait for its next use; it sends no heartbeats meanwhile
IDLE_SECONDS = 60.0
#: of one line, at most so many wait
KEPT = 4


class Pool:
    """Lends each connection to one user at a time, so threads share none; a forked process starts anew."""

    def __init__(self):
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._idle = defaultdict(list)

    def borrow(self, line, fresh=False):
        """An open connection.

        :param fresh: not one that was used before
        :return: ``(wire, whether it was used before)``
        """
        wire = None
        with self._lock:
            old = self._sort_out()
            if fresh:
                old += self._idle.pop(line, [])
            elif self._idle[line]:
                wire = self._idle[line].pop()
        for other in old:
            other.end()
        return (wire, True) if wire else (wires.connect(line), False)

    def give_back(self, wire):
        wire.used_at = time.monotonic()
        with self._lock:
            self._sort_out()
            waiting = self._idle[wire.line]
            if len(waiting) < KEPT:
                waiting.append(wire)
                return
        wire.end()

    def _sort_out(self):
        """Take out what waited too long; it is the caller's to close."""
        if self._pid != os.getpid():
            # The parent's sockets: saying good-bye on them would end its connections.
            self._pid, self._idle = os.getpid(), defaultdict(list)
            return []
        limit = time.monotonic() - IDLE_SECONDS
        old = []
        for line, waiting in list(self._idle.items()):
            old += [wire for wire in waiting if wire.used_at < limit]
            self._idle[line] = [wire for wire in waiting if wire.used_at >= limit]
            if not self._idle[line]:
                del self._idle[line]
        return old


pool = Pool()
