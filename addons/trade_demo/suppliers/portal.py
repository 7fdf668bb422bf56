"""Wood Corner: a REST portal. It takes orders and keeps its documents until they are fetched."""

from collections.abc import Mapping

from . import answers
from .server import Refused, Reply, Supplier, same

PAGE = 50
#: where its buyer fetches what
SHELVES = {
    "/order-responses": "order_response",
    "/despatch-advices": "despatch_advice",
    "/invoices": "invoice",
    "/credit-notes": "credit_note",
}
#: articles it renumbered lately and told nobody: old code → new code, new name
RENUMBERED = {
    "WC-1002": ("WC-4711", "Shelf board walnut 120 x 30"),
    "WC-1003": ("WC-4712", "Stool seat beech, round"),
}


class Portal(Supplier):
    """``GET /order-responses?after=<cursor>`` gives the answers since then:
    ``{"documents": [...], "next": "<cursor>"}``; the other shelves likewise. Secret: ``api_key``, in
    ``X-API-Key``.
    """

    packs = True

    def check(self, headers: Mapping[str, str], raw: bytes) -> None:
        if not same(headers.get("X-API-Key"), self.settings.secrets["api_key"]):
            raise Refused(401, "The API key is missing or wrong.")

    def ordered(self, order: dict) -> None:
        lines = [self._line(line) for line in order["order_lines"]]
        self.issue(answers.answer(order, self.settings.prefix, lines))

    def hand_out(self, document: dict) -> None:
        """It lies in the books, where it is fetched from."""

    def _line(self, line: dict) -> dict:
        new = RENUMBERED.get(answers.seller_code(line))
        return answers.renumbered(line, *new) if new else answers.accepted(line)

    def get(self, path: str, query: dict[str, str]) -> Reply:
        if path not in SHELVES:
            return super().get(path, query)
        after = query.get("after") or "0"
        if not after.isdecimal():
            raise Refused(400, f"{after} is no cursor of ours.")
        page = self.ledger.issued(SHELVES[path])[int(after) : int(after) + PAGE]
        return Reply(200, {"documents": page, "next": str(int(after) + len(page))})
