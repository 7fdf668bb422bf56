"""Gemini Furniture: its server is down now and then. While it runs, it accepts whatever is ordered.

Being down is no pretence: its process does not run, so that connections are refused.
"""

import base64
from collections.abc import Mapping

from . import answers
from .pusher import Parcel, Pusher
from .server import Refused, Settings, Supplier, same


class Flaky(Supplier):
    """Secrets: ``user`` and ``password`` (HTTP Basic) for what comes, ``api_key`` for what it sends."""

    def __init__(self, settings: Settings, port: int = 0):
        super().__init__(settings, port)
        self._pusher = Pusher(settings.api_url, self.ledger, self._sign)

    def start(self) -> None:
        self._pusher.start()

    def check(self, headers: Mapping[str, str], raw: bytes) -> None:
        secrets = self.settings.secrets
        expected = base64.b64encode(f"{secrets['user']}:{secrets['password']}".encode()).decode()
        if not same(headers.get("Authorization"), f"Basic {expected}"):
            raise Refused(401, "User or password is wrong.")

    def ordered(self, order: dict) -> None:
        lines = [answers.accepted(line) for line in order["order_lines"]]
        self.issue(answers.answer(order, self.settings.prefix, lines))

    def hand_out(self, document: dict) -> None:
        self._pusher.post(Parcel.of(document))

    def _sign(self, parcel: Parcel) -> dict[str, str]:
        key = self.settings.secrets["api_key"]
        return {"Authorization": f"Bearer {key}", "Idempotency-Key": parcel.webhook_id}
