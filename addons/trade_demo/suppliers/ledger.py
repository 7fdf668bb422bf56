"""What a supplier remembers: every request, every order, every answer it pushed."""

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
        self._orders: dict[str, dict] = {}
        self._keys: dict[str, tuple[str, dict]] = {}
        self._pushed: list[dict] = []

    def request(self, method: str, path: str, status: int, key: str | None) -> None:
        with self._lock:
            self._requests.append(
                {"at": _now(), "method": method, "path": path, "status": status, "idempotency_key": key}
            )

    def take(self, key: str, raw: bytes, order: dict) -> tuple[str, dict]:
        """Enter an order once.

        :param key: the request's Idempotency-Key.
        :return: ``("new", reply)``, also for a higher revision, which replaces the order; ``("again", the
            first reply)`` for the same key and content; ``("conflict", …)`` for the same key with other
            content; ``("doubled", …)`` for a revision that came before under another key: the buyer would
            have ordered twice.
        """
        digest = hashlib.sha256(raw).hexdigest()
        number = order["id"]
        with self._lock:
            if key in self._keys:
                known, reply = self._keys[key]
                self._orders[reply["order"]]["deliveries"] += 1
                return ("again" if known == digest else "conflict"), reply
            if number in self._orders and _revision(order) <= _revision(self._orders[number]["order"]):
                self._orders[number]["doubled"] += 1
                return "doubled", {"order": number}
            reply = {"order": number, "status": "received"}
            self._keys[key] = digest, reply
            self._orders[number] = {
                "number": number,
                "at": _now(),
                "idempotency_key": key,
                "deliveries": 1,
                "doubled": 0,
                "order": order,
            }
            return "new", reply

    def order(self, number: str) -> dict | None:
        """The order as it was received."""
        with self._lock:
            entry = self._orders.get(number)
            return entry and copy.deepcopy(entry["order"])

    def push(self, entry: dict) -> None:
        with self._lock:
            self._pushed.append(entry | {"at": _now()})

    def as_dict(self) -> dict:
        """``{"orders": {number: {…}}, "requests": […], "pushed": […]}``, JSON-able."""
        with self._lock:
            return copy.deepcopy({"orders": self._orders, "requests": self._requests, "pushed": self._pushed})


def _revision(order: dict) -> int:
    return order.get("sequence_number", 0)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
