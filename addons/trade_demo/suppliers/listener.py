"""Insight, no supplier but our own data warehouse: it is told by webhook what happens, and keeps it."""

import json
import threading
from collections.abc import Mapping

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from .server import LOCAL, Refused, Reply, Server, Settings


class Listener:
    """Takes signed events (CloudEvents by Standard Webhooks), each id once.

    ``GET /_demo/ledger`` shows ``{"events": [each event once, in the order they came], "repeated": n,
    "refused": n}``. Its secret comes with ``POST /_demo/secret``, since it is made when the address is known.
    """

    def __init__(self, settings: Settings, port: int = 0):
        self.settings = settings
        self._lock = threading.Lock()
        self._secret = settings.secrets.get("events", "")
        self._events: dict[str, dict] = {}
        self._repeated = self._refused = 0
        self._server = Server((LOCAL, port), self)
        self.url = f"http://{LOCAL}:{self._server.server_port}"

    def serve(self) -> None:
        """Serve until the process ends."""
        self._server.serve_forever(poll_interval=0.05)

    def __enter__(self) -> "Listener":
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *exception) -> None:
        self._server.shutdown()
        self._server.server_close()

    def handle(self, method: str, target: str, headers: Mapping[str, str], raw: bytes) -> Reply:
        with self._lock:
            match method, target:
                case "GET", "/_demo/ledger":
                    events = list(self._events.values())
                    return Reply(
                        200, {"events": events, "repeated": self._repeated, "refused": self._refused}
                    )
                case "POST", "/_demo/secret":
                    self._secret = json.loads(raw)["secret"]
                    return Reply(204)
                case "POST", "/events":
                    return self._take(headers, raw)
        return Reply(404, {"error": "Events are sent to POST /events."})

    def _take(self, headers: Mapping[str, str], raw: bytes) -> Reply:
        try:
            event = self._verified(headers, raw)
        except Refused as error:
            self._refused += 1
            return Reply(error.status, {"error": error.detail})
        if event["id"] in self._events:
            self._repeated += 1
        else:
            self._events[event["id"]] = event
        return Reply(204)

    def _verified(self, headers: Mapping[str, str], raw: bytes) -> dict:
        try:
            Webhook(self._secret).verify(raw, dict(headers), json_parse=False)
            event = json.loads(raw)
        except (WebhookVerificationError, ValueError, RuntimeError) as error:
            raise Refused(401, f"The signature does not fit: {error}") from error
        if event["id"] != headers.get("webhook-id"):
            raise Refused(400, "The event's id is not the webhook's.")
        return event
