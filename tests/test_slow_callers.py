"""Callers that drip, stall or say nothing: they are cut off in time, and meanwhile the others are served."""

import contextlib
import json
import os
import re
import socket
import threading
import time
import uuid

import pytest
import requests
from door import PATH, Door
from road import at_once, until

import harness

SECONDS = 2  # for headers, and for bodies
#: a deadline is looked for once a second; the rest is the machine's
LATEST = SECONDS + 3


class Line:
    """A connection of somebody who speaks as slowly as it likes.

    :ivar answer: what the server said until it hung up
    :ivar seconds: how long that took
    """

    def __init__(self, odoo):
        self.socket = socket.create_connection(("127.0.0.1", odoo.port), timeout=60)
        self.started = time.monotonic()
        self.answer, self.seconds = b"", None
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        with contextlib.suppress(OSError):
            while part := self.socket.recv(65536):
                self.answer += part
        self.seconds = time.monotonic() - self.started

    def say(self, text):
        self.socket.sendall(text.encode())

    def drip(self, text, pause=0.1, at_most=20):
        """Byte by byte, until the server hangs up."""
        with contextlib.suppress(OSError):
            for byte in text.encode():
                if self.seconds is not None or time.monotonic() - self.started > at_most:
                    break
                self.socket.sendall(bytes([byte]))
                time.sleep(pause)

    def end(self):
        """Wait until the server hangs up; returns the status it answered with, ``None`` without an answer."""
        self._reader.join(30)
        self.socket.close()
        assert self.seconds is not None, "the server never hung up"
        match = re.match(rb"HTTP/1\.\d (\d{3})", self.answer)
        return int(match[1]) if match else None


class Front(Door):
    def head(self, length="Content-Length: 1000", key=None, authorization=None):
        """The headers of a document that is to come."""
        return (
            f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: {authorization or 'Bearer ' + self.found['key']}\r\n"
            f"Idempotency-Key: {key or uuid.uuid4().hex}\r\n{length}\r\n\r\n"
        )

    def line(self):
        return Line(self.odoo)

    def served(self):
        """Somebody else's request, and how long it took until it was taken."""
        started, key = time.monotonic(), uuid.uuid4().hex
        document = json.dumps({"document_type": "order_response", "id": key}).encode()
        answer = self.post(document, self.keyed(key))
        assert answer.status_code == 202, answer.text
        return time.monotonic() - started

    def stored(self):
        return int(self.sql("SELECT count(*) FROM trade_message")[0])

    def used(self):
        """Open files and threads of each process that serves requests."""
        processes = [self.odoo.pid, *self.odoo.workers()]
        return {
            pid: (
                len(os.listdir(f"/proc/{pid}/fd")),
                len(os.listdir(f"/proc/{pid}/task")),
            )
            for pid in processes
        }


@pytest.fixture(scope="module", params=[2, 0], ids=["workers", "threads"])
def front(request):
    with harness.database(f"e2e_slow_{request.param}") as name:
        env = {"TRADE_HEADER_SECONDS": str(SECONDS)}
        server = harness.Server(name, workers=request.param, channels="", env=env)
        server.cluster.sql(
            f"INSERT INTO ir_config_parameter (key, value) VALUES ('trade_http.body_seconds', '{SECONDS}')",
            name,
        )
        with server as odoo:
            front = Front(odoo)
            front.workers = request.param
            front.served()
            yield front


def assert_cut_off(line, *statuses):
    """408 with what to do about it, or at least cut off, in time."""
    status = line.end()
    assert line.seconds <= LATEST
    assert status in statuses, line.answer
    if status == 408 and b"problem+json" in line.answer:
        problem = json.loads(line.answer.partition(b"\r\n\r\n")[2])
        assert problem["type"] == "urn:tradelane:problem:too-slow"
        assert "same key" in problem["remedy"]


@pytest.mark.parametrize(
    ("length", "body"),
    [
        ("Content-Length: 1000", "x" * 1000),
        ("Transfer-Encoding: chunked", "1\r\nx\r\n" * 300),
        ("Transfer-Encoding: chunked", "3e8\r\n" + "x" * 1000),
    ],
    ids=["length", "chunks", "one chunk"],
)
def test_a_dripped_body(front, length, body):
    before = front.stored()
    line = front.line()
    line.say(front.head(length))
    line.drip(body)
    assert_cut_off(line, 408)
    assert line.seconds >= SECONDS
    assert b"too-slow" in line.answer
    assert front.stored() == before, "what has come is never taken for the whole"


@pytest.mark.parametrize("length", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_a_body_that_stalls(front, length):
    before = front.stored()
    line = front.line()
    line.say(front.head(length))
    line.say("64\r\nxxxxx")
    assert_cut_off(line, 408)
    assert b"too-slow" in line.answer
    assert front.stored() == before


def test_dripped_headers(front):
    """Cut off within the headers, what has come would look like a whole request."""
    before = front.stored()
    for start in ("", front.head()[:-2]):
        line = front.line()
        line.say(start)
        line.drip(f"X-Slow: {'x' * 1000}" if start else f"POST {PATH}{'x' * 1000}")
        assert_cut_off(line, 408, 400, None)
        assert b"problem" not in line.answer, "nobody looked at half a request"
    assert front.stored() == before


def test_who_says_nothing(front):
    line = front.line()
    assert_cut_off(line, None)


def test_who_is_refused_and_goes_on_dripping(front):
    """The answer is there at once, and nobody waits for a body that nobody wants."""
    line = front.line()
    line.say(front.head("Content-Length: 9999999", authorization="Bearer nonsense") + "x" * 1000)
    line.drip("x" * 20_000, pause=0.004)
    assert line.end() == 403
    assert line.seconds <= 8


def test_a_large_body_that_is_refused_sees_the_answer(front):
    """Whoever is not slow may finish its sentence: it reads 403, not a broken line."""
    headers = {"Authorization": "Bearer nonsense", "Content-Type": "application/json"}
    answer = requests.post(front.odoo.url + PATH, data=b"x" * 30_000_000, headers=headers, timeout=30)
    assert answer.status_code == 403
    key = front.keyed(uuid.uuid4().hex)
    answer = front.post_once(b"x" * 30_000_000, key)
    assert answer.status_code == 413


def test_who_is_slow_but_in_time(front):
    line = front.line()
    line.say(front.head("Content-Length: 60"))
    line.drip('{"document_type": "order_response", "id": "slow"' + " " * 11 + "}", pause=0.02)
    assert line.end() == 202


def test_the_others_are_served_meanwhile(front):
    """Two drippers take both workers until their time is up; threads are not even that."""
    lines = [front.line() for _number in range(2)]
    for line in lines:
        line.say(front.head())
    drips = [threading.Thread(target=line.drip, args=["x" * 1000]) for line in lines]
    for drip in drips:
        drip.start()
    time.sleep(0.3)
    seconds = max(at_once([front.served] * 4))
    assert seconds <= (LATEST if front.workers else 1.5)
    for drip in drips:
        drip.join()
    for line in lines:
        assert_cut_off(line, 408)


def test_nothing_is_left_of_them(front):
    front.served()
    before = front.used()
    rounds = 2 if front.workers else 12
    for _round in range(2):
        lines = [front.line() for _number in range(rounds)]
        for number, line in enumerate(lines):
            line.say(front.head() if number % 2 else "POST /")
        for line in lines:
            line.end()
        front.served()

    def same():
        now = front.used()
        return all(
            files <= before[pid][0] + 3 and threads <= before[pid][1] + 2
            for pid, (files, threads) in now.items()
            if pid in before
        )

    until(same, lambda: f"open files and threads of each process: {before}, then {front.used()}")
