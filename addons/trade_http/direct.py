"""Connections of our own to the database, in autocommit mode: every statement is a transaction, at READ
COMMITTED.

Odoo's pool empties a connection each time it lends it (``DISCARD ALL``): what PostgreSQL had prepared and
planned is planned again with every request, foreign keys included. Intake is the same two statements again
and
again, so it keeps connections that remember them: one per worker process, or as many as threads store at
once.

Two requests with one idempotency key at the same instant: the second insert waits for the first and then
finds
its message. Under Odoo's REPEATABLE READ it would fail and be tried again after a random sleep.
"""

import contextlib
import os
import threading
import time
from collections import defaultdict, deque

import psycopg2
from odoo import sql_db
from odoo.modules import module
from odoo.tools import SQL

#: idle connections kept per database and process
_KEPT = 8
#: an idle one is closed after this many seconds, so that a burst of threads does not hold on to them
_IDLE_SECONDS = 300

#: nobody waits longer for a lock: for who stores the same key at this moment, or changes a client's bucket
_LOCK_SECONDS = 2

_lock = threading.Lock()
_idle: dict[str, deque] = defaultdict(deque)
_pid = os.getpid()


class Connection:
    """One connection and its cursor.

    :ivar prepared: names of the statements it has prepared
    """

    __slots__ = ("_connection", "cursor", "is_broken", "prepared", "used")

    def __init__(self, dbname):
        _name, info = sql_db.connection_info_for(dbname)
        self._connection = psycopg2.connect(**info)
        self._connection.autocommit = True
        self.cursor = self._connection.cursor()
        self.cursor.execute(f"SET lock_timeout = '{_LOCK_SECONDS}s'")
        self.prepared = set()
        self.is_broken = False
        self.used = 0.0

    def query(self, sql, params=None):
        """Execute and return all rows."""
        self.cursor.execute(sql, params)
        return self.cursor.fetchall()

    def query_prepared(self, name, prepare, execute, params):
        """As :meth:`query`, for a statement that is prepared the first time.

        :param prepare: ``PREPARE name AS …``
        :param execute: what executes it
        """
        if name not in self.prepared:
            self.cursor.execute(prepare)
            self.prepared.add(name)
        return self.query(execute, params)

    def close(self):
        self.is_broken = bool(self._connection.closed)
        with contextlib.suppress(psycopg2.Error):
            self._connection.close()


class _Shared:
    """In a test: its one transaction, which nobody else may leave."""

    def __init__(self, cr):
        self._cr = cr

    def query(self, sql, params=None):
        self._cr.execute(sql, params)
        return self._cr.fetchall()

    def query_prepared(self, name, prepare, execute, params):
        self._cr.execute(prepare)
        try:
            return self.query(execute, params)
        finally:
            self._cr.execute(SQL("DEALLOCATE %s", SQL.identifier(name)))


def run(cr, work):
    """Run ``work`` with a connection of our own.

    Work may run twice: when a connection turns out to be broken (the database server was restarted), it is
    done again on a new one.

    :param cr: of the request; says which database, and is what tests use
    :param work: called with a :class:`Connection`; must be right when done twice
    """
    if module.current_test:
        return work(_Shared(cr))
    while True:
        own = _take(cr.dbname)
        is_new = own is None
        own = own or Connection(cr.dbname)
        try:
            result = work(own)
        except BaseException as error:
            own.close()
            if isinstance(error, psycopg2.Error) and own.is_broken and not is_new:
                continue
            raise
        _give(cr.dbname, own)
        return result


def _take(dbname):
    global _pid  # noqa: PLW0603 - what a fork inherited belongs to its parent
    with _lock:
        if _pid != os.getpid():
            _pid = os.getpid()
            _idle.clear()
        idle = _idle[dbname]
        return idle.pop() if idle else None


def _give(dbname, own):
    own.used = now = time.monotonic()
    with _lock:
        idle = _idle[dbname]
        idle.append(own)
        old = idle.popleft() if len(idle) > _KEPT or idle[0].used < now - _IDLE_SECONDS else None
    if old:
        old.close()
