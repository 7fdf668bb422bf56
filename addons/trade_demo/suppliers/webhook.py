"""Ready Mat: answers by webhook within the second, and shows what can go wrong with that.

What it does depends on the article that is ordered: the hall runner has become dearer and takes longer, for
the rubber mat it sends its answer three times, for the entrance mat what it sends is cut off in the middle.
"""

import json
from collections.abc import Mapping
from decimal import Decimal

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from . import answers
from .pusher import Parcel, Pusher, webhook_headers
from .server import Refused, Reply, Settings, Supplier

RUNNER, RUBBER, ENTRANCE = "RM-200", "RM-300", "RM-400"
DEARER, LATER = Decimal("8.2"), 2  # percent, days


class Webhooks(Supplier):
    """Requests in both directions are signed (Standard Webhooks). Secrets: ``orders`` for what comes,
    ``answers`` for what it sends, ``client`` the name it has with its buyer."""

    def __init__(self, settings: Settings, port: int = 0):
        super().__init__(settings, port)
        self._pusher = Pusher(settings.answer_url, self.ledger, self._sign)

    def start(self) -> None:
        self._pusher.start()

    def check(self, headers: Mapping[str, str], raw: bytes) -> None:
        try:
            Webhook(self.settings.secrets["orders"]).verify(raw, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError) as error:
            raise Refused(401, f"The signature does not fit: {error}") from error

    def ordered(self, order: dict) -> None:
        codes = {answers.seller_code(line) for line in order["order_lines"]}
        parcel = self._parcel(order)
        if ENTRANCE in codes:
            self._pusher.post(Parcel(order["id"], parcel.body[: len(parcel.body) // 2]))
        elif RUBBER in codes:
            self._pusher.post(parcel)
            self._pusher.post(parcel)  # its queue delivers at least once
            self._pusher.post(Parcel(parcel.order, parcel.body))  # and a clerk pressed the button again
        else:
            self._pusher.post(parcel)

    def ask(self, what: str, order: dict) -> Reply:
        """``resend``: the answer once more, whole this time."""
        if what != "resend":
            return super().ask(what, order)
        parcel = self._parcel(order)
        self._pusher.post(parcel)
        return Reply(202, {"webhook_id": parcel.webhook_id})

    def _parcel(self, order: dict) -> Parcel:
        lines = [self._line(line) for line in order["order_lines"]]
        return Parcel(order["id"], json.dumps(answers.answer(order, self.settings.prefix, lines)))

    @staticmethod
    def _line(line: dict) -> dict:
        if answers.seller_code(line) == RUNNER:
            return answers.dearer_and_later(line, DEARER, LATER)
        return answers.accepted(line)

    def _sign(self, parcel: Parcel) -> dict[str, str]:
        secrets = self.settings.secrets
        return {"Trade-Client": secrets["client"]} | webhook_headers(secrets["answers"], parcel)
