"""A small HTTP load client: N connections, each sends its next request when the answer to the last has come.

One process, one thread, non-blocking sockets and requests prepared beforehand: it takes little of the
cores it shares with the server, and the same for every address it is pointed at.
"""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Load:
    """What came back.

    :ivar latencies: seconds per request, connecting included, in order of arrival
    :ivar statuses: HTTP status → how often; 0 for a connection that broke
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, percent: float) -> float:
        """Latency in milliseconds that ``percent`` of the requests stayed within."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)] * 1000 if ordered else 0.0


def run(host: str, port: int, requests: Iterator[bytes], *, clients: int = 8, seconds: float = 10.0) -> Load:
    """Send ``requests`` over ``clients`` keep-alive connections until the time is up or none is left.

    A server that closes the connection after its answer, as Odoo's workers do, is connected to again.
    """
    load, selector = Load(), selectors.DefaultSelector()
    started = time.perf_counter()
    deadline = started + seconds
    for _number in range(clients):
        _Client(host, port, requests, load, selector, deadline).send()
    while selector.get_map():
        for key, _events in selector.select(timeout=30) or ():
            key.data.receive()
        if time.perf_counter() > deadline + 30:
            break
    load.seconds = time.perf_counter() - started
    selector.close()
    return load


class _Client:
    def __init__(self, host, port, requests, load, selector, deadline):
        self.address = (host, port)
        self.requests, self.load, self.selector, self.deadline = requests, load, selector, deadline
        self.socket, self.request, self.sent_at, self.answer = None, b"", 0.0, b""

    def send(self):
        self.request = next(self.requests, b"") if time.perf_counter() < self.deadline else b""
        if not self.request:
            self._close()
            return
        self.sent_at, self.answer = time.perf_counter(), b""
        if self.socket is None:
            self.socket = socket.create_connection(self.address)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(self.socket, selectors.EVENT_READ, self)
        self.socket.sendall(self.request)

    def receive(self):
        try:
            part = self.socket.recv(65536)
        except ConnectionError:
            part = b""
        self.answer += part
        if part and not self._is_whole():
            return
        self.load.latencies.append(time.perf_counter() - self.sent_at)
        self.load.statuses[int(self.answer[9:12]) if self.answer[:5] == b"HTTP/" else 0] += 1
        if not part or b"\r\nconnection: close" in self.answer.lower():
            self._close()
        self.send()

    def _is_whole(self):
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if not found:
            return False
        for line in head.split(b"\r\n")[1:]:
            name, _colon, value = line.partition(b":")
            if name.lower() == b"content-length":
                return len(body) >= int(value)
        return False

    def _close(self):
        if self.socket is not None:
            self.selector.unregister(self.socket)
            self.socket.close()
            self.socket = None
