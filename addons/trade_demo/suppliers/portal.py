"""Wood Corner: a REST portal. It takes orders and keeps its answers until they are fetched."""

import threading
from collections.abc import Mapping

from . import answers
from .server import Refused, Reply, Settings, Supplier, same

PAGE = 50
#: articles it renumbered lately and told nobody: old code → new code, new name
RENUMBERED = {
    "WC-1002": ("WC-4711", "Shelf board walnut 120 x 30"),
    "WC-1003": ("WC-4712", "Stool seat beech, round"),
}


class Portal(Supplier):
    """``GET /order-responses?after=<cursor>`` gives the answers since then:
    ``{"documents": [...], "next": "<cursor>"}``. Secret: ``api_key``, in ``X-API-Key``.
    """

    def __init__(self, settings: Settings, port: int = 0):
        super().__init__(settings, port)
        self._answers: list[dict] = []
        self._lock = threading.Lock()

    def check(self, headers: Mapping[str, str], raw: bytes) -> None:
        if not same(headers.get("X-API-Key"), self.settings.secrets["api_key"]):
            raise Refused(401, "The API key is missing or wrong.")

    def ordered(self, order: dict) -> None:
        lines = [self._line(line) for line in order["order_lines"]]
        with self._lock:
            self._answers.append(answers.answer(order, self.settings.prefix, lines))

    def _line(self, line: dict) -> dict:
        new = RENUMBERED.get(answers.seller_code(line))
        return answers.renumbered(line, *new) if new else answers.accepted(line)

    def get(self, path: str, query: dict[str, str]) -> Reply:
        if path != "/order-responses":
            return super().get(path, query)
        after = query.get("after") or "0"
        if not after.isdecimal():
            raise Refused(400, f"{after} is no cursor of ours.")
        with self._lock:
            page = self._answers[int(after) : int(after) + PAGE]
        return Reply(200, {"documents": page, "next": str(int(after) + len(page))})
