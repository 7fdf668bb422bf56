"""Ways to show a partner who we are. Secrets are in memory for one call, access tokens until they end."""

import base64
import json
import threading
import time
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote_plus, urlencode

from requests.auth import AuthBase, HTTPBasicAuth

from odoo.addons.trade_kernel import signatures

from . import http

#: what a token server that does not say how long its token lives is taken to mean (RFC 6749, 5.1: it should)
DEFAULT_LIFETIME = 300.0
#: seconds before its end a token is renewed, so that none ends between our clock and theirs
RENEW_BEFORE = 60.0


class AuthRefused(Exception):
    """The token server does not accept our credentials. The text is for people."""

    def __init__(self, words, status):
        super().__init__(words)
        self.status = status


class Auth(AuthBase):
    """No authentication; the base of the others.

    Always given to requests, which would otherwise look for a password in the machine's ``.netrc``.
    """

    def __call__(self, request):
        return request

    def renew(self):
        """Called on a 401: whether to ask once more, with something fresh."""
        return False

    def secrets(self):
        """Everything that must never be seen in what is stored."""
        return ()


class HeaderAuth(Auth):
    """The secret in a header: ``X-API-Key: secret``, ``Authorization: Bearer secret``."""

    def __init__(self, header, secret, prefix=""):
        self.header, self.secret, self.prefix = header, secret, prefix

    def __call__(self, request):
        request.headers[self.header] = f"{self.prefix}{self.secret}"
        return request

    def secrets(self):
        return (self.secret,)


class BasicAuth(Auth):
    """User name and password (RFC 7617), in UTF-8."""

    def __init__(self, login, secret):
        self.login, self.secret = login, secret

    def __call__(self, request):
        return HTTPBasicAuth(self.login.encode(), self.secret.encode())(request)

    def secrets(self):
        return (self.secret, base64.b64encode(f"{self.login}:{self.secret}".encode()).decode())


class WebhookAuth(Auth):
    """Every call signed as Standard Webhooks asks: ``webhook-id``, ``-timestamp`` and ``-signature``.

    :param secrets: current first; while rotating, the call carries one signature for each
    :param str message_id: the same for every try of the same document
    """

    def __init__(self, secrets, message_id):
        self._secrets, self.message_id = tuple(secrets), message_id

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        request.headers.update(
            signatures.sign(self._secrets, self.message_id, moment=datetime.now(UTC), body=body)
        )
        return request

    def secrets(self):
        return self._secrets


# -- OAuth 2 client credentials (RFC 6749, 4.4) ------------------------------------------------


class Client(NamedTuple):
    """Who asks for an access token, and where."""

    token_url: str
    client_id: str
    client_secret: str
    scope: str | None
    audience: str | None


class _Token(NamedTuple):
    value: str
    renew_at: float  # time.monotonic()


class OAuth2Auth(Auth):
    """A bearer token got with the client's credentials, kept by this process until shortly before it ends.

    Tokens are never stored: a worker that starts asks for its own.
    """

    _tokens: dict[Client, _Token] = {}
    _lock = threading.Lock()
    _locks: dict[Client, threading.Lock] = {}

    def __init__(self, client, connect_timeout, answer_timeout):
        self.client = client
        # Both are form-encoded first (RFC 6749, 2.3.1); a difference only where they hold special characters.
        basic = BasicAuth(quote_plus(client.client_id), quote_plus(client.client_secret))
        self._line = http.Line(basic, connect_timeout, answer_timeout)
        self._fresh = False

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self.token()}"
        return request

    def renew(self):
        """A token we kept may have been withdrawn: forget it. A fresh one that is refused stays refused."""
        if self._fresh:
            return False
        with self._lock:
            self._tokens.pop(self.client, None)
        return True

    def secrets(self):
        token = self._tokens.get(self.client)
        found = (self.client.client_secret, *self._line.auth.secrets())
        return (*found, token.value) if token else found

    def token(self):
        """The access token, asked for when there is none that lasts. Threads wait for one answer.

        :raise AuthRefused: the token server refuses us
        :raise http.CallFailed: it does not answer, or not with a token
        """
        with self._lock:
            lock = self._locks.setdefault(self.client, threading.Lock())
        with lock:
            token = self._tokens.get(self.client)
            if token is None or token.renew_at <= time.monotonic():
                token = self._tokens[self.client] = self._ask()
                self._fresh = True
            return token.value

    def _ask(self):
        form = {
            "grant_type": "client_credentials",
            "scope": self.client.scope,
            "audience": self.client.audience,
        }
        body = urlencode({name: value for name, value in form.items() if value})
        reply = self._line.call(
            "POST",
            self.client.token_url,
            body=body,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        )
        said = self._line.conceal(http.say(reply))
        if 400 <= reply.status < 500 and reply.status not in (408, 425, 429):
            raise AuthRefused(f"The token server refused our credentials: {said}", reply.status)
        try:
            answer = json.loads(reply.body) if reply.status == 200 else {}
            value, lifetime = answer["access_token"], float(answer.get("expires_in") or DEFAULT_LIFETIME)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise http.CallFailed(f"The token server gave no token: {said}") from None
        margin = min(RENEW_BEFORE, lifetime / 10)
        return _Token(str(value), time.monotonic() + lifetime - margin)
