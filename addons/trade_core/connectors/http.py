"""One HTTP call to a partner: bounded in time and size, never redirected, its failure in plain words."""

import json
import math
import os
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
import urllib3
from odoo.tools.mail import html_to_inner_content
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from odoo.addons.trade_kernel import redaction

from .networks import AddressRefused, Networks

USER_AGENT = "Tradelane/19.0"
DETAIL_LIMIT = 2000  # characters of what the partner said that are kept with an attempt
ANSWER_LIMIT = 64 * 1024  # bytes read of an answer that only confirms
_CHUNK = 64 * 1024
_local = threading.local()


class CallFailed(Exception):
    """No usable answer came; waiting and trying again may help. The text is for people."""


class Reply(NamedTuple):
    """What the partner answered."""

    status: int
    reason: str
    headers: CaseInsensitiveDict
    body: bytes  # at most the limit asked for, as it came over the line
    whole: bool  # False: there was more than the limit
    ms: float


class Line(NamedTuple):
    """How a partner is reached: all a call needs, taken from the database beforehand."""

    auth: object  # connectors.auth.Auth
    connect_timeout: float  # seconds
    answer_timeout: float  # seconds from asking to the answer's last byte
    networks: Networks | None = None  # where it may lead; None: wherever an administrator entered

    def call(self, method, url, *, body=None, headers=None, limit=ANSWER_LIMIT):
        """Make one call, and a second one when an access token had run out unnoticed.

        :param int limit: bytes of the answer that are read
        :return: :class:`Reply`, whatever its status
        :raise CallFailed: no answer, or none that could be read to its end
        :raise connectors.auth.AuthRefused: the partner does not give us an access token
        """
        reply = self._call(method, url, body, headers, limit)
        if reply.status == 401 and self.auth.renew():
            reply = self._call(method, url, body, headers, limit)
        return reply

    def conceal(self, text):
        """``text`` with every secret replaced by ``•••``, fit to be stored and shown."""
        return redaction.redact_text(text, self.auth.secrets())[:DETAIL_LIMIT]

    def _call(self, method, url, body, headers, limit):
        host = urlsplit(url).netloc
        session = _session(self.networks)
        request = requests.Request(method, url, data=body, headers=_headers(headers), auth=self.auth)
        # May fetch an access token, with a call of its own. A header with a line break is refused.
        prepared = request.prepare()
        started = time.perf_counter()
        with _watchman.watch(self.connect_timeout + self.answer_timeout) as watch:
            try:
                # Past the session: nothing is followed, and no cookie kept.
                with session.get_adapter(url).send(prepared, **self._settings(session, url)) as response:
                    answer = _read(response, limit)
            except AddressRefused as error:
                raise CallFailed(str(error)) from error
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                raise CallFailed(self.conceal(self._words(host, watch.expired, error))) from error
        if watch.expired:
            raise CallFailed(self._words(host, True, None))
        return Reply(
            response.status_code,
            response.reason or "",
            response.headers,
            answer[:limit],
            len(answer) <= limit,
            (time.perf_counter() - started) * 1000,
        )

    def _settings(self, session, url):
        timeout = (self.connect_timeout, self.answer_timeout)
        if self.networks is not None:
            # Past proxies: what is behind one cannot be checked from here.
            verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
            return {"timeout": timeout, "stream": True, "verify": verify, "proxies": {}}
        # Takes the machine's proxy and its certificates into account, as requests.request() does.
        settings = session.merge_environment_settings(url, {}, True, None, None)
        return {**settings, "timeout": timeout}

    def _words(self, host, expired, error):
        return _words(host, expired, error, self.connect_timeout, self.answer_timeout)


def say(reply):
    """What the partner answered, for people: the status and the sentence in the body, if there is one."""
    said = _sentence(reply)
    return f"HTTP {reply.status} {reply.reason}".strip() + (f": {said}" if said else "")


def _sentence(reply):
    text = reply.body.decode("utf-8", "replace")
    if "json" in reply.headers.get("Content-Type", ""):
        with suppress(ValueError, AttributeError, RecursionError):
            answer = json.loads(text)
            # Problem details (RFC 9457), OAuth 2 errors (RFC 6749, 5.2) and what others commonly use.
            names = ("title", "detail", "error", "error_description", "message")
            parts = [answer[name] for name in names if isinstance(answer.get(name), str)]
            if parts:
                text = ". ".join(parts)
    if "html" in reply.headers.get("Content-Type", ""):
        text = html_to_inner_content(text)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 4 * DETAIL_LIMIT]).split())


def _words(host, expired, error, connect_timeout, answer_timeout):
    """A failure as a sentence for people, without the libraries' wrapping."""
    if isinstance(error, requests.exceptions.SSLError):
        return f"The secure connection to {host} failed: {_inner(error)}."
    if isinstance(error, requests.exceptions.ProxyError):
        return f"The proxy between us and {host} failed: {_inner(error)}."
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return f"{host} could not be reached within {connect_timeout:g} s."
    if expired or isinstance(error, requests.exceptions.Timeout) or "timed out" in str(error).lower():
        return f"{host} did not answer within {answer_timeout:g} s."
    inner = _inner(error)
    if isinstance(inner, ConnectionRefusedError):
        return f"{host} refuses connections: nothing listens there."
    if isinstance(inner, socket.gaierror):
        return f"The name {host} is not known in the network (DNS)."
    if isinstance(error, requests.exceptions.ConnectionError) and "establish" in str(error):
        return f"{host} could not be reached: {inner}."
    return f"{host} broke off before its answer was complete: {inner}."


def _inner(error):
    """The system's own error inside the wrappers of requests and urllib3."""
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        reason = getattr(error, "reason", None)
        following = reason if isinstance(reason, BaseException) else error.__cause__ or error.__context__
        error = following or next((arg for arg in error.args if isinstance(arg, BaseException)), None)
    return seen[-1]


def _headers(headers):
    # Unpacked answers have no bound on their size, so nothing packed is asked for.
    return {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity", **(headers or {})}


def _read(response, limit):
    chunks, size = [], 0
    while size <= limit and (chunk := response.raw.read(_CHUNK, decode_content=False)):
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)


def _session(networks):
    """This thread's session for these networks: connections stay open between the documents of one drain, and
    one that was opened without a check is never used where one is asked for."""
    sessions = _local.__dict__.setdefault("sessions", {})
    if networks not in sessions:
        sessions[networks] = session = requests.Session()
        adapter = _Adapter(networks)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
    return sessions[networks]


# -- a bound on the whole answer: a server that drips a byte now and then would hold a worker for ever --


class _Watch:
    def __init__(self):
        self.expired = False
        self.sock = None

    def expire(self):
        self.expired = True
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


class _Watchman:
    """One thread that ends what takes too long, for all calls of the process: one for each call would cost as
    much as the call."""

    def __init__(self):
        self._watched: dict[_Watch, float] = {}
        self._changed = threading.Condition()
        self._next = 0.0  # when he looks again, on the monotonic clock
        self._thread = None

    @contextmanager
    def watch(self, seconds):
        _local.watch = watch = _Watch()
        until = time.monotonic() + seconds
        with self._changed:
            self._watched[watch] = until
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=__name__, daemon=True)
                self._thread.start()
            elif until < self._next:
                self._changed.notify()
        try:
            yield watch
        finally:
            with self._changed:
                self._watched.pop(watch, None)
            _local.watch = None

    def _run(self):
        with self._changed:
            while True:
                now = time.monotonic()
                for watch in [watch for watch, until in self._watched.items() if until <= now]:
                    del self._watched[watch]
                    watch.expire()
                self._next = min(self._watched.values(), default=math.inf)
                self._changed.wait(None if self._next == math.inf else self._next - now)


def _hire():
    global _watchman  # noqa: PLW0603 - one thread per process is what it is
    _watchman = _Watchman()


_hire()
os.register_at_fork(after_in_child=_hire)


class _Ours:
    """What connections do beyond urllib3's: they are watched, and lead only where they may."""

    networks: Networks | None = None

    def getresponse(self, *args, **kwargs):
        if watch := getattr(_local, "watch", None):
            watch.sock = self.sock
        return super().getresponse(*args, **kwargs)

    def _new_conn(self):
        if self.networks is None:
            return super()._new_conn()
        name, failure = self._dns_host, None
        try:
            addresses = self.networks.addresses(name, self.port)
        except OSError as error:
            raise NameResolutionError(name, self, error) from error
        for address in addresses:
            # Connected is what was checked; certificate and Host header still go by the name.
            self._dns_host = address
            try:
                return super()._new_conn()
            except (NewConnectionError, ConnectTimeoutError) as error:
                failure = error
            finally:
                self._dns_host = name
        raise failure


class _Connection(_Ours, HTTPConnection):
    pass


class _SecureConnection(_Ours, HTTPSConnectionPool.ConnectionCls):
    pass


class _Adapter(HTTPAdapter):
    def __init__(self, networks):
        self._networks = networks
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args, **kwargs):
        made = super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": self._pool(HTTPConnectionPool, _Connection),
            "https": self._pool(HTTPSConnectionPool, _SecureConnection),
        }
        return made

    def _pool(self, pool, connection):
        bound = type(connection.__name__, (connection,), {"networks": self._networks})
        return type(pool.__name__, (pool,), {"ConnectionCls": bound})
