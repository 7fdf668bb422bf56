"""Testing a connection step by step, each with its outcome in plain words: what was tried, what came back."""

import os
import socket
import ssl
import time
from typing import NamedTuple
from urllib.parse import urlsplit

import requests

from . import http
from .auth import Auth, AuthRefused, OAuth2Auth
from .networks import AddressRefused

STEPS = ("resolve", "connect", "tls", "authenticate", "answer")
OK, WARNING, FAILED, SKIPPED = "ok", "warning", "failed", "skipped"


class Step(NamedTuple):
    """One step of a test."""

    name: str  # resolve | connect | tls | authenticate | answer, or a transport's own
    outcome: str  # ok | warning | failed | skipped
    words: str
    ms: float | None = None


class _Stop(Exception):
    """A step failed; those after it cannot be tried."""


class HttpTest(NamedTuple):
    """The test of a partner's HTTP address; touches no database, changes nothing at the partner's.

    :param str url: asked with GET, or told ``body`` with POST
    :param bool reach_only: ask and tell nothing; only whether there is somebody
    """

    line: http.Line
    url: str
    body: bytes | None = None
    headers: dict | None = None
    reach_only: bool = False

    def __call__(self):
        """:return: five :class:`Step`, always the same ones in the same order"""
        steps = []
        with _Guard(steps):
            addresses = self._resolve(steps)
            sock = self._connect(steps, addresses)
            with sock:
                self._secure(steps, sock)
            if not self.reach_only:
                self._token(steps)
                self._answer(steps)
        done = {step.name: step for step in steps}
        skipped = "Not tried, because a step before failed."
        return [done.get(name) or Step(name, SKIPPED, skipped) for name in STEPS]

    def _target(self):
        """Host and port that are connected to: the partner's, or those of the machine's proxy."""
        proxies = requests.utils.get_environ_proxies(self.url) if self.line.networks is None else {}
        parts = urlsplit(requests.utils.select_proxy(self.url, proxies) or self.url)
        return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)

    def _by_proxy(self):
        return self._target()[0] != urlsplit(self.url).hostname

    def _resolve(self, steps):
        host, port = self._target()
        started = time.perf_counter()
        try:
            if self.line.networks is not None:
                self.line.networks.addresses(host, port)
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except AddressRefused as error:
            raise _fail("resolve", str(error), started) from None
        except (OSError, UnicodeError):
            raise _fail(
                "resolve", f"The name {host} is not known in the network (DNS). Is it spelled right?", started
            ) from None
        names = list(dict.fromkeys(address[4][0] for address in found))
        proxy = "The proxy " if self._by_proxy() else ""
        words = (
            "The address holds no name to look up."
            if names == [host]
            else f"{proxy}{host} is {', '.join(names[:4])}."
        )
        steps.append(Step("resolve", OK, words, _ms(started)))
        return found

    def _connect(self, steps, addresses):
        started, said = time.perf_counter(), ""
        for family, kind, protocol, _name, address in addresses:
            sock = socket.socket(family, kind, protocol)
            sock.settimeout(self.line.connect_timeout)
            try:
                sock.connect(address)
            except TimeoutError:
                seconds = f"{self.line.connect_timeout:g} s"
                said = (
                    f"{address[0]} port {address[1]} did not answer within {seconds}. Is a firewall between?"
                )
            except OSError as error:
                said = f"{address[0]} port {address[1]}: {error.strerror or error}."
            else:
                steps.append(
                    Step("connect", OK, f"Connected to {address[0]} port {address[1]}.", _ms(started))
                )
                return sock
            sock.close()
        raise _fail("connect", said, started)

    def _secure(self, steps, sock):
        if urlsplit(self.url).scheme != "https":
            words = "Not secure: what is sent can be read on the way. Use https outside of your own network."
            steps.append(Step("tls", WARNING, words))
            return
        if self._by_proxy():
            steps.append(Step("tls", SKIPPED, "Through a proxy; checked with the answer."))
            return
        started = time.perf_counter()
        host = urlsplit(self.url).hostname
        try:
            with _tls_context().wrap_socket(sock, server_hostname=host) as secure:
                certificate, version = secure.getpeercert(), secure.version()
        except ssl.SSLCertVerificationError as error:
            raise _fail(
                "tls", f"The certificate of {host} is not trusted: {error.verify_message}.", started
            ) from None
        except OSError as error:
            raise _fail(
                "tls",
                f"No secure connection with {host}: {getattr(error, 'reason', None) or error}.",
                started,
            ) from None
        until = time.strftime("%Y-%m-%d", time.gmtime(ssl.cert_time_to_seconds(certificate["notAfter"])))
        steps.append(Step("tls", OK, f"{version}, certificate valid until {until}.", _ms(started)))

    def _token(self, steps):
        if not isinstance(self.line.auth, OAuth2Auth):
            return
        started = time.perf_counter()
        try:
            self.line.auth.token()
        except (AuthRefused, http.CallFailed) as error:
            raise _fail("authenticate", self.line.conceal(str(error)), started) from None
        steps.append(Step("authenticate", OK, "The token server gave us an access token.", _ms(started)))

    def _answer(self, steps):
        try:
            method = "GET" if self.body is None else "POST"
            reply = self.line.call(method, self.url, body=self.body, headers=self.headers)
        except (AuthRefused, http.CallFailed) as error:
            steps.append(Step("answer", FAILED, self.line.conceal(str(error))))
        else:
            if not any(step.name == "authenticate" for step in steps):
                steps.append(self._authenticated(reply))
            steps.append(self._judge(reply))

    def _authenticated(self, reply):
        if type(self.line.auth) is Auth:
            return Step("authenticate", SKIPPED, "This connector shows no credentials.")
        if reply.status in (401, 403):
            return Step("authenticate", FAILED, f"They refused our credentials (HTTP {reply.status}).")
        if 200 <= reply.status < 300:
            return Step("authenticate", OK, "They did not refuse our credentials.")
        return Step(
            "authenticate", WARNING, "Not proven: this address answers before it looks at credentials."
        )

    def _judge(self, reply):
        said = self.line.conceal(http.say(reply))[:400]
        if 200 <= reply.status < 300:
            return Step("answer", OK, said, round(reply.ms, 1))
        if reply.status in (401, 403) or reply.status >= 500:
            return Step("answer", FAILED, said, round(reply.ms, 1))
        if self.body is not None:
            return Step(
                "answer", FAILED, f"{said}. They did not take it: 2xx was expected.", round(reply.ms, 1)
            )
        hint = "They answer, but not to a question at this address. Enter an address part for tests."
        return Step("answer", WARNING, f"{said}. {hint}", round(reply.ms, 1))


class _Guard:
    """Ends the test at the first step that fails, and keeps what it said."""

    def __init__(self, steps):
        self.steps = steps

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, _Stop):
            self.steps.append(error.args[0])
            return True
        return False


def _fail(name, words, started):
    return _Stop(Step(name, FAILED, words, _ms(started)))


def _tls_context():
    """The certificates that requests will trust as well."""
    bundle = (
        os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or requests.certs.where()
    )
    folder = os.path.isdir(bundle)
    return ssl.create_default_context(cafile=None if folder else bundle, capath=bundle if folder else None)


def _ms(started):
    return round((time.perf_counter() - started) * 1000, 1)
