"""A partner's HTTP server on the loopback address, and a test case that may talk to it."""

import base64
import os
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from cryptography.fernet import Fernet
from odoo.tests import TransactionCase
from odoo.tests import common as odoo_common

from ..connectors.auth import OAuth2Auth
from ..connectors.keyring import ENVIRONMENT_VARIABLE

LOCAL = "127.0.0.1"
KEY = Fernet.generate_key().decode()


class Answer(NamedTuple):
    """What the partner answers next."""

    status: int = 200
    body: bytes | str = b""
    headers: dict = {}
    wait: float = 0.0  # seconds before it answers
    drip: float = 0.0  # seconds between the bytes it sends, headers included
    raw: bytes | None = None  # instead of everything else: bytes that need not be HTTP


class Request(NamedTuple):
    """What the partner was asked."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes


class PartnerServer:
    """A partner that answers what ``answers`` holds, then 200, and remembers what it was asked.

    :ivar requests: list of :class:`Request`
    """

    def __init__(self, tls=None):
        self.answers, self.requests = deque(), []
        self._server = ThreadingHTTPServer((LOCAL, 0), _Handler)
        self._server.daemon_threads = True
        self._server.partner = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"http{'s' if tls else ''}://{LOCAL}:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def will(self, *answers):
        self.answers.extend(answers)

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    @property
    def last(self):
        return self.requests[-1]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_GET(self):
        partner = self.server.partner
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        partner.requests.append(
            Request(self.command, parts.path, parse_qs(parts.query), dict(self.headers), body)
        )
        answer = partner.answers.popleft() if partner.answers else Answer()
        answer = answer() if callable(answer) else answer
        time.sleep(answer.wait)
        try:
            self._send(answer)
        except OSError:
            self.close_connection = True  # the caller gave up

    do_POST = do_GET

    def _send(self, answer):
        if answer.raw is not None:
            self.close_connection = True
            self.wfile.write(answer.raw)
            return
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in answer.headers:
            self.send_header("Content-Length", str(len(body)))
        if not answer.drip:
            self.end_headers()
            self.wfile.write(body)
            return
        head, self._headers_buffer = b"".join(self._headers_buffer) + b"\r\n", []
        for byte in head + body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(answer.drip)

    def log_message(self, *_args):
        pass


def free_port():
    """A port nobody listens on."""
    server = ThreadingHTTPServer((LOCAL, 0), _Handler)
    port = server.server_port
    server.server_close()
    return port


class LoopbackMixin:
    """Lets a test call servers on 127.0.0.1, and nothing else. Odoo's own door also stretches timeouts, which
    would hide what is tested here."""

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if urlsplit(r.url).hostname == LOCAL:
            return odoo_common._super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)


class ConnectorCase(LoopbackMixin, TransactionCase):
    """A connector to a partner's server, with a key to encrypt secrets; own cursors share the test's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.startClassPatcher(patch.dict(os.environ, {ENVIRONMENT_VARIABLE: KEY}))
        cls.server = PartnerServer()
        cls.addClassCleanup(cls.server.stop)
        cls.company = cls.env.company
        cls.trade_partner = cls.env["trade.partner"].create(
            {"partner_id": cls.env["res.partner"].create({"name": "Wood Corner"}).id, "state": "live"}
        )
        cls.connector = cls.env["trade.connector"].create(
            {
                "name": "Wood Corner",
                "trade_partner_id": cls.trade_partner.id,
                "base_url": f"{cls.server.url}/api",
                "connect_timeout": 2,
                "read_timeout": 5,
            }
        )
        cls.route_out = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.trade_partner.id,
                "direction": "out",
                "document_type": "order",
                "connector_id": cls.connector.id,
                "endpoint": "/orders",
            }
        )

    def setUp(self):
        super().setUp()
        self.server.answers.clear()
        self.server.requests.clear()
        OAuth2Auth._tokens.clear()
        self.registry_enter_test_mode()

    def _credential(self, kind, secret, method, **vals):
        self.connector.auth_method = method
        return self.env["trade.credential"].create(
            {"connector_id": self.connector.id, "kind": kind, "secret": secret, **vals}
        )

    def _message(self, number="P00001", raw=b'{"id": "P00001"}', **vals):
        """An outgoing message that is encoded already."""
        message = self.env["trade.message"]._queue(
            self.route_out, self.trade_partner.partner_id, document_number=number
        )
        message.write(
            {
                "payload": base64.b64encode(raw),
                "payload_digest": "0" * 64,
                "payload_size": len(raw),
                "content_type": "application/json",
                **vals,
            }
        )
        return message

    def _send(self, **vals):
        """Build the call of a new message and make it."""
        return self.connector._trade_send(self._message(**vals))()

    def _drain(self, message):
        """Run the lane of a message as its job does."""
        self.env.flush_all()
        self.env["trade.lane"]._drain(message.lane)
        self.env.invalidate_all()
