"""Slow callers: who has not sent its headers or its body after some seconds is cut off, however it drips; so
is who does not take the answer.

A time-out of a socket starts anew with every byte. So one thread of the process looks once a second which
connections are late and shuts down their reading side: whoever reads from one then comes to its end.
"""

import contextlib
import os
import socket
import threading
import time

from odoo.service import server

from odoo.addons.trade_core.server import setting

#: for the request line and the headers of any request; it is not known yet which database it is for, so this
#: is a setting of the server (``header_seconds``)
HEADER_SECONDS = 30
#: for the rest of a body nobody wants any more: after a refusal the caller may finish its sentence, so that
#: it sees the answer and not a broken line
REST_SECONDS = 5

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


def answer_within(seconds: float) -> None:
    """Give the caller of this thread's request a time to take each piece of its answer."""
    connection = getattr(_here, "connection", None)
    if connection is not None and connection.gettimeout() is None:  # workers have one, of two seconds
        # While sending, a time-out is for the whole piece, however many sips it is taken in.
        connection.settimeout(seconds)


def guard():
    """Let the deadline for headers hold for every request of this process, and know whose body is read.

    With workers Odoo serves with ``CommonRequestHandler``, with threads by a class derived from it.
    """
    handler = server.CommonRequestHandler
    if getattr(handler, "trade_guarded", False):
        return
    setup, make_environ, finish = handler.setup, handler.make_environ, handler.finish
    seconds = _seconds("header_seconds", HEADER_SECONDS)

    def guarded_setup(self):
        setup(self)
        _here.connection = self.connection
        begin(seconds)

    def guarded_make_environ(self):
        if end():
            # What came so far looks like a whole request without its last headers.
            self.send_response_only(408)
            self.send_header("Connection", "close")
            self.end_headers()
            raise ConnectionAbortedError("The headers did not arrive in time.")
        environ = make_environ(self)
        self.rfile = _Rest(self.rfile)  # the environment has the whole; this is what is left after the answer
        return environ

    def guarded_finish(self):
        end()
        _here.connection = None
        finish(self)

    handler.setup, handler.make_environ, handler.finish = guarded_setup, guarded_make_environ, guarded_finish
    handler.trade_guarded = True


class _Rest:
    """What werkzeug reads on from when it has answered, until nothing comes any more.

    It asks for ten megabytes at a time, and a file waits until it has them: whoever drips its body would keep
    a worker long after it was refused. So each reading takes what is there, and all of it has an end.
    """

    def __init__(self, file):
        self._file = file
        self._until = None

    def read(self, size=-1):  # pylint: disable=method-required-super # a file
        now = time.monotonic()
        if self._until is None:
            self._until = now + REST_SECONDS
        return self._file.read1(size) if now < self._until else b""

    def __getattr__(self, name):
        return getattr(self._file, name)


def _seconds(name, default):
    text = setting(name).strip()
    return max(int(text), 1) if text.isascii() and text.isdecimal() else default


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
