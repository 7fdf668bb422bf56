"""What a supplier remembers: what it received, what it issued, every request, every push."""

import copy
import hashlib
import threading
from datetime import UTC, datetime


class Ledger:
    """The supplier's books, for its own idempotency and as evidence for who checks the exchange.

    All methods may be called from several threads.
    """

    def __init__(self):
        self._lock = threading.RLock()
        self._requests: list[dict] = []
        #: document type → number → entry
        self._taken: dict[str, dict[str, dict]] = {"order": {}, "receipt_advice": {}, "remittance_advice": {}}
        self._keys: dict[str, tuple[str, dict, dict]] = {}
        self._issued: list[dict] = []
        self._pushed: list[dict] = []

    def request(self, method: str, path: str, status: int, key: str | None) -> None:
        with self._lock:
            self._requests.append(
                {"at": _now(), "method": method, "path": path, "status": status, "idempotency_key": key}
            )

    def take(self, kind: str, key: str, raw: bytes, document: dict, test: bool = False) -> tuple[str, dict]:
        """Enter a document once.

        :param kind: its document type.
        :param key: the request's Idempotency-Key.
        :param test: it does not count.
        :return: ``("new", reply)``, also for a higher revision, which replaces the document; ``("again", the
            first reply)`` for the same key and content; ``("conflict", …)`` for the same key with other
            content; ``("doubled", …)`` for a revision that came before under another key: the buyer would
            have ordered, or paid, twice.
        """
        digest, number = hashlib.sha256(raw).hexdigest(), document["id"]
        with self._lock:
            if key in self._keys:
                known, reply, entry = self._keys[key]
                entry["deliveries"] += 1
                return ("again" if known == digest else "conflict"), reply
            book = self._taken[kind]
            if number in book and _revision(document) <= _revision(book[number]["document"]):
                book[number]["doubled"] += 1
                return "doubled", {"number": number}
            book[number] = {
                "number": number,
                "at": _now(),
                "idempotency_key": key,
                "deliveries": 1,
                "doubled": 0,
                "test": test,
                "document": document,
            }
            reply = {"number": number, "status": "received"}
            self._keys[key] = digest, reply, book[number]
            return "new", reply

    def taken(self, kind: str) -> list[dict]:
        """The documents of a kind as they were received."""
        with self._lock:
            return [copy.deepcopy(entry["document"]) for entry in self._taken[kind].values()]

    def order(self, number: str) -> dict | None:
        """The order as it was received."""
        with self._lock:
            entry = self._taken["order"].get(number)
            return entry and copy.deepcopy(entry["document"])

    def issue(self, document: dict) -> None:
        """Enter a document of the supplier's own."""
        with self._lock:
            self._issued.append(copy.deepcopy(document))

    def issued(self, kind: str, number: str | None = None) -> list[dict]:
        """The supplier's own documents of a kind, or the one with a number."""
        with self._lock:
            return [
                copy.deepcopy(document)
                for document in self._issued
                if document["document_type"] == kind and number in (None, document["id"])
            ]

    def push(self, entry: dict) -> None:
        with self._lock:
            self._pushed.append(entry | {"at": _now()})

    def as_dict(self) -> dict:
        """``{"orders": {number: {…}}, "receipt_advices": …, "remittance_advices": …, "issued": [documents],
        "requests": […], "pushed": […]}``, JSON-able."""
        with self._lock:
            books = {f"{kind}s": book for kind, book in self._taken.items()}
            more = {"issued": self._issued, "requests": self._requests, "pushed": self._pushed}
            return copy.deepcopy(books | more)


def _revision(document: dict) -> int:
    return document.get("sequence_number", 0)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
