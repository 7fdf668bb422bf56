"""The people of a supplier who ship and bill: they do it when they are called (``POST /_demo/<what>``)."""

from collections.abc import Callable
from decimal import Decimal

from . import bills, goods
from .ledger import Ledger


class Office:
    """Ships, bills and credits what the supplier has promised.

    :param prefix: of its document numbers.
    :param issue: hands a document out to the buyer, by whatever way this supplier has.
    :param packs: whether what is shipped stands on a pallet with labels.
    """

    def __init__(self, prefix: str, ledger: Ledger, issue: Callable[[dict], None], packs: bool):
        self.prefix, self.ledger, self.issue = prefix, ledger, issue
        self._labels = goods.Labels("4012345") if packs else None

    def ship(self, orders: list[dict]) -> str:
        """All of these orders, in one truck.

        :return: the number of the despatch advice
        """
        return self._out(
            goods.despatch_advice(self._number("LS", orders), self._promised(orders), self._labels)
        )

    def bill(self, orders: list[dict]) -> str:
        """One invoice for these orders, over all that was shipped.

        :return: its number
        """
        return self._out(
            bills.invoice(self._number("RE", orders), *_parties(orders[0]), self._promised(orders))
        )

    def credit(self, orders: list[dict]) -> str:
        """A credit note for what our buyer's receipt advice says did not come of an order.

        :return: its number
        """
        [billed] = self.ledger.issued("invoice", self._number("RE", orders))
        missing = {
            (
                line["order_line_reference"]["order_reference"]["id"],
                line["order_line_reference"]["line_id"],
            ): (Decimal(line["short_quantity"]["value"]))
            for advice in self.ledger.taken("receipt_advice")
            for line in advice["receipt_lines"]
            if line.get("short_quantity")
        }
        number = self._number("GU", orders)
        return self._out(bills.credit_note(number, *_parties(orders[0]), billed, missing))

    def _number(self, kind: str, orders: list[dict]) -> str:
        return f"{self.prefix}-{kind}-{orders[0]['id']}"

    def _promised(self, orders: list[dict]) -> list[dict]:
        """The last answer to each order."""
        answers = {answer["order_reference"]["id"]: answer for answer in self.ledger.issued("order_response")}
        return [answers[order["id"]] for order in orders]

    def _out(self, document: dict) -> str:
        self.issue(document)
        return document["id"]


def _parties(order: dict) -> tuple[dict, dict]:
    """Buyer and seller as the order names them."""
    return order["buyer_customer_party"], order["seller_supplier_party"]
