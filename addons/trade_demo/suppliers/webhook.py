"""Ready Mat: sends its documents by webhook within the second, and shows what can go wrong with that.

What it does depends on the article that is ordered: the hall runner has become dearer and takes longer, for
the rubber mat it sends everything three times, for the entrance mat its answer is cut off in the middle.
"""

from collections.abc import Mapping
from decimal import Decimal

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from . import answers
from .pusher import Parcel, Pusher, webhook_headers
from .server import Refused, Reply, Settings, Supplier

RUNNER, RUBBER, ENTRANCE = "RM-200", "RM-300", "RM-400"
DEARER, LATER = Decimal("8.2"), 2  # percent, days
LINES = {
    "order_response": "order_lines",
    "despatch_advice": "despatch_lines",
    "invoice": "invoice_lines",
    "credit_note": "invoice_lines",
}


class Webhooks(Supplier):
    """Requests in both directions are signed (Standard Webhooks). Secrets: ``orders`` for what comes,
    ``answers`` for what it sends, ``client`` the name it has with its buyer."""

    def __init__(self, settings: Settings, port: int = 0):
        super().__init__(settings, port)
        self._pusher = Pusher(settings.api_url, self.ledger, self._sign)

    def start(self) -> None:
        self._pusher.start()

    def check(self, headers: Mapping[str, str], raw: bytes) -> None:
        try:
            Webhook(self.settings.secrets["orders"]).verify(raw, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError) as error:
            raise Refused(401, f"The signature does not fit: {error}") from error

    def ordered(self, order: dict) -> None:
        lines = [self._line(line) for line in order["order_lines"]]
        self.issue(answers.answer(order, self.settings.prefix, lines))

    def hand_out(self, document: dict) -> None:
        kind, parcel = document["document_type"], Parcel.of(document)
        codes = {answers.seller_code(line) for line in document[LINES[kind]]}
        if kind == "order_response" and ENTRANCE in codes:
            parcel = Parcel(parcel.number, kind, parcel.body[: len(parcel.body) // 2])
        self._pusher.post(parcel)
        if RUBBER in codes:
            self._pusher.post(parcel)  # its queue delivers at least once
            self._pusher.post(Parcel.of(document))  # and a clerk pressed the button again

    def ask(self, what: str, orders: list[dict]) -> Reply:
        """``resend``: the answers once more, whole this time."""
        if what != "resend":
            return super().ask(what, orders)
        numbers = {order["id"] for order in orders}
        for answer in self.ledger.issued("order_response"):
            if answer["order_reference"]["id"] in numbers:
                self._pusher.post(Parcel.of(answer))
        return Reply(202)

    @staticmethod
    def _line(line: dict) -> dict:
        if answers.seller_code(line) == RUNNER:
            return answers.dearer_and_later(line, DEARER, LATER)
        return answers.accepted(line)

    def _sign(self, parcel: Parcel) -> dict[str, str]:
        secrets = self.settings.secrets
        return {"Trade-Client": secrets["client"]} | webhook_headers(secrets["answers"], parcel)
