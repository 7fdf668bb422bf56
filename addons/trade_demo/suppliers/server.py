"""What the simulated suppliers have in common: an HTTP server that takes our documents, each exactly once."""

import hmac
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from . import trials
from .ledger import Ledger
from .office import Office

LOCAL = "127.0.0.1"
MAX_BODY = 1_000_000  # bytes
#: where a buyer sends what, and what it must say at least
TAKEN = {
    "/orders": ("order", ("id", "order_lines", "document_currency_code")),
    "/receipt-advices": ("receipt_advice", ("id", "receipt_lines")),
    "/remittance-advices": ("remittance_advice", ("id", "remittance_lines", "total_payment_amount")),
}


@dataclass(frozen=True)
class Settings:
    """What a supplier was told when it was connected to its buyer.

    :param name: as people call it.
    :param prefix: of its own document numbers.
    :param api_url: where the buyer takes documents; empty when the buyer fetches them.
    :param secrets: what both sides agreed on; which ones is the supplier's manner.
    """

    name: str
    prefix: str
    api_url: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any = None


class Refused(Exception):
    """The request is answered with an error.

    :param detail: what is wrong, for the other side's people.
    """

    def __init__(self, status: int, detail: str):
        super().__init__(detail)
        self.status, self.detail = status, detail


class Supplier:
    """One supplier. Subclasses say who may enter, how orders are answered, and how documents get out.

    Its buyer's side: ``POST /orders``, ``/receipt-advices`` and ``/remittance-advices`` with an
    ``Idempotency-Key``. The scenario's side, below ``/_demo``: ``GET /_demo/ledger`` shows its books,
    ``POST /_demo/ship?order=P1,P2``, ``bill`` and ``credit`` call its :class:`.Office`. Test orders
    (``Trade-Mode: test``) lie there until its people answer them: ``POST /_demo/try-rejected?order=CT1``, as
    :mod:`.trials` can. A context manager, which serves in a thread.

    :cvar packs: whether its goods stand on labelled pallets.
    """

    packs = False

    def __init__(self, settings: Settings, port: int = 0):
        self.settings = settings
        self.ledger = Ledger()
        self.office = Office(settings.prefix, self.ledger, self.issue, self.packs)
        self._server = Server((LOCAL, port), self)
        self.url = f"http://{LOCAL}:{self._server.server_port}"

    # -- what a subclass fills in ----------------------------------------------------------------

    def check(self, headers: Mapping[str, str], raw: bytes) -> None:
        """Let the caller in.

        :raise Refused: 401, when it cannot prove who it is.
        """
        raise NotImplementedError

    def ordered(self, order: dict) -> None:
        """A new order has come; it is in the books already."""
        raise NotImplementedError

    def hand_out(self, document: dict) -> None:
        """Bring a document of the supplier's own to the buyer; it is in the books already."""
        raise NotImplementedError

    def get(self, path: str, query: dict[str, str]) -> Reply:
        """A page beyond those every supplier has."""
        raise Refused(404, f"There is nothing at {path}.")

    def ask(self, what: str, orders: list[dict]) -> Reply:
        """Somebody calls about orders, by telephone as it were."""
        if what.startswith("try-") and what[4:] in trials.WRITERS:
            return self._try(what[4:], orders)
        calls = {"ship": self.office.ship, "bill": self.office.bill, "credit": self.office.credit}
        if what not in calls:
            raise Refused(404, f"Nobody here knows what {what} means.")
        return Reply(202, {"number": calls[what](orders)})

    def _try(self, kind: str, orders: list[dict]) -> Reply:
        for order in orders:
            self.issue(trials.WRITERS[kind](order, self.settings.prefix))
        return Reply(202)

    # -- what all do -----------------------------------------------------------------------------

    def issue(self, document: dict) -> None:
        """Enter a document of the supplier's own, and hand it out."""
        self.ledger.issue(document)
        self.hand_out(document)

    # -- serving ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin whatever runs beside the server. Called once, before serving."""

    def serve(self) -> None:
        """Serve until the process ends."""
        self.start()
        self._server.serve_forever(poll_interval=0.05)

    def __enter__(self) -> "Supplier":
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *exception) -> None:
        self._server.shutdown()
        self._server.server_close()

    def handle(self, method: str, target: str, headers: Mapping[str, str], raw: bytes) -> Reply:
        """Answer one request and enter it in the books."""
        address = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        if address.path.startswith("/_demo/"):
            return self._control(method, address.path.removeprefix("/_demo/"), query)
        try:
            self.check(headers, raw)
            reply = (
                self._take(address.path, headers, raw)
                if method == "POST" and address.path in TAKEN
                else self._get(method, address.path, query)
            )
        except Refused as error:
            reply = Reply(error.status, {"error": error.detail})
        self.ledger.request(method, target, reply.status, headers.get("Idempotency-Key"))
        return reply

    def _get(self, method: str, path: str, query: dict[str, str]) -> Reply:
        if method != "GET":
            raise Refused(405, f"Documents are sent to POST {', '.join(TAKEN)}.")
        if path == "/":
            return Reply(200, {"service": self.settings.name})
        return self.get(path, query)

    def _take(self, path: str, headers: Mapping[str, str], raw: bytes) -> Reply:
        kind, wanted = TAKEN[path]
        key = headers.get("Idempotency-Key")
        if not key:
            raise Refused(400, "Say which request this is: the header Idempotency-Key is missing.")
        try:
            document = json.loads(raw)
            for name in wanted:
                document[name]
        except (ValueError, TypeError, KeyError) as error:
            raise Refused(400, f"This is no {kind}: {error!r}") from error
        test = headers.get("Trade-Mode") == "test"
        outcome, reply = self.ledger.take(kind, key, raw, document, test)
        if outcome == "conflict":
            raise Refused(422, "This Idempotency-Key came before, with another document.")
        if outcome == "doubled":
            raise Refused(409, f"{document['id']} came before, under another Idempotency-Key.")
        if outcome == "new" and kind == "order" and not test:
            self.ordered(document)
        return Reply(201 if outcome == "new" else 200, reply)

    def _control(self, method: str, what: str, query: dict[str, str]) -> Reply:
        if (method, what) == ("GET", "ledger"):
            return Reply(200, self.ledger.as_dict())
        orders = [self.ledger.order(number) for number in query.get("order", "").split(",")]
        if method != "POST" or None in orders:
            return Reply(404, {"error": "GET /_demo/ledger, or POST /_demo/<what>?order=<numbers>."})
        try:
            return self.ask(what, orders)
        except Refused as error:
            return Reply(error.status, {"error": error.detail})


def same(given: str | None, expected: str) -> bool:
    """Whether a secret is the expected one, in a time that tells nothing about it."""
    return hmac.compare_digest((given or "").encode(), expected.encode())


class Server(ThreadingHTTPServer):
    """Serves a program that has ``settings`` and answers with ``handle``."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], program):
        super().__init__(address, _Handler)
        self.program = program


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds a connection may idle

    def do_GET(self):
        self._answer()

    def do_POST(self):
        self._answer()

    def _answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            self.close_connection = True
            self._send(Reply(413, {"error": f"At most {MAX_BODY} bytes."}))
            return
        raw = self.rfile.read(length)
        self._send(self.server.program.handle(self.command, self.path, self.headers, raw))

    def _send(self, reply: Reply):
        body = b"" if reply.body is None else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        print(f"{self.server.program.settings.name}: {format % args}", flush=True)
