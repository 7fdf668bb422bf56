"""Sends documents to the buyer's address, in order, and tries again while the buyer cannot take them."""

import json
import queue
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import requests
from standardwebhooks.webhooks import Webhook

from .ledger import Ledger

TIMEOUT = (2, 10)
WAITS = (0.5, 1, 2, 4, 8)  # seconds before each further try
LATER = {408, 425, 429}
#: where the buyer takes what
COLLECTIONS = {
    "order_response": "order-responses",
    "despatch_advice": "despatch-advices",
    "invoice": "invoices",
    "credit_note": "credit-notes",
}


@dataclass(frozen=True)
class Parcel:
    """One document on its way.

    :param webhook_id: what the buyer recognises a repetition by; the same for every try.
    """

    number: str
    kind: str
    body: str
    webhook_id: str = field(default_factory=lambda: f"msg_{uuid.uuid4().hex}")

    @classmethod
    def of(cls, document: dict) -> "Parcel":
        return cls(document["id"], document["document_type"], json.dumps(document))


class Pusher(threading.Thread):
    """The one thread that posts; what was posted, and what the buyer said, goes into the ledger.

    :param url: the buyer's address, without what it is for.
    :param sign: gives the headers that prove who we are, for a parcel.
    """

    def __init__(self, url: str, ledger: Ledger, sign: Callable[[Parcel], dict[str, str]]):
        super().__init__(daemon=True, name="pusher")
        self.url, self.ledger, self.sign = url, ledger, sign
        self._parcels: queue.Queue[Parcel] = queue.Queue()

    def post(self, parcel: Parcel) -> None:
        """Take a parcel; returns at once."""
        self._parcels.put(parcel)

    def run(self) -> None:
        with requests.Session() as session:
            while True:
                parcel = self._parcels.get()
                self._deliver(session, parcel)
                self._parcels.task_done()

    def _deliver(self, session: requests.Session, parcel: Parcel) -> None:
        status, said = self._try(session, parcel)
        for wait in WAITS:
            if status is not None and status < 500 and status not in LATER:
                break
            time.sleep(wait)
            status, said = self._try(session, parcel)
        self.ledger.push(
            {"number": parcel.number, "webhook_id": parcel.webhook_id, "status": status, "said": said}
        )

    def _try(self, session: requests.Session, parcel: Parcel) -> tuple[int | None, str]:
        headers = {"Content-Type": "application/json"} | self.sign(parcel)
        try:
            reply = session.post(
                f"{self.url}/{COLLECTIONS[parcel.kind]}",
                data=parcel.body.encode(),
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return None, str(error)
        return reply.status_code, reply.text[:500]


def webhook_headers(secret: str, parcel: Parcel) -> dict[str, str]:
    """Signed as Standard Webhooks has it: id, time and body under the shared secret."""
    now = datetime.now(UTC)
    return {
        "webhook-id": parcel.webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(parcel.webhook_id, now, parcel.body),
    }
