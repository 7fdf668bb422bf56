"""Slow callers: who has not sent its headers or its body after some seconds is cut off, however it drips.

A time-out of a socket starts anew with every byte. So one thread of the process looks once a second which
connections are late and shuts down their reading side: whoever reads from one then comes to its end.
"""

import contextlib
import os
import socket
import threading
import time

from odoo.service import server

#: for the request line and the headers of any request, before it is known which database it is for
HEADER_SECONDS = float(os.environ.get("TRADE_HEADER_SECONDS") or 30)

_lock = threading.Lock()
_open: dict[socket.socket, float] = {}  # connection → when it is late
_late: set[socket.socket] = set()
_pid = 0
#: ``connection``: what the request of this thread is read from
_here = threading.local()


def begin(seconds: float) -> None:
    """Give the caller of this thread's request a time to have sent what is being read."""
    connection = getattr(_here, "connection", None)
    if connection is None:
        return
    with _lock:
        if _pid != os.getpid():
            _start()
        _open[connection] = time.monotonic() + seconds


def end() -> bool:
    """All has come.

    :return: whether it was cut off
    """
    connection = getattr(_here, "connection", None)
    with _lock:
        _open.pop(connection, None)
        if connection in _late:
            _late.discard(connection)
            return True
    return False


def guard_headers():
    """Let the deadline for headers hold for every request of this process.

    With workers Odoo serves with ``CommonRequestHandler``, with threads by a class derived from it.
    """
    handler = server.CommonRequestHandler
    if getattr(handler, "trade_guarded", False):
        return
    setup, make_environ, finish = handler.setup, handler.make_environ, handler.finish

    def guarded_setup(self):
        setup(self)
        _here.connection = self.connection
        begin(HEADER_SECONDS)

    def guarded_make_environ(self):
        end()
        return make_environ(self)

    def guarded_finish(self):
        end()
        _here.connection = None
        finish(self)

    handler.setup, handler.make_environ, handler.finish = guarded_setup, guarded_make_environ, guarded_finish
    handler.trade_guarded = True


def _start():
    """A process watches its own connections; what a fork inherited was its parent's."""
    global _pid  # noqa: PLW0603 - one thread per process is what this module is
    _pid = os.getpid()
    _open.clear()
    _late.clear()
    threading.Thread(target=_run, name="odoo.addons.trade_http.deadlines", daemon=True).start()


def _run():
    while True:
        time.sleep(1)
        now = time.monotonic()
        with _lock:
            late = [connection for connection, until in _open.items() if until <= now]
            for connection in late:
                del _open[connection]
                _late.add(connection)
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
