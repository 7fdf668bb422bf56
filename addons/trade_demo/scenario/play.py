"""The scenario: its parts, and what they share."""

from .cast import Order
from .goods import Goods
from .money import Money
from .narrator import Narrator
from .onboarding import Onboarding
from .opening import Opening
from .ordering import Ordering
from .person import Person
from .stage import Stage

#: The parts, in the order in which they are played.
ACTS = (Opening, Ordering, Goods, Money, Onboarding)


class Play:
    """The whole play.

    :ivar orders: what was ordered, with number and id once confirmed.
    :ivar case: the onboarding case of the new supplier, once there is one.
    :ivar gemini: the secrets agreed on with the supplier that is down at first.
    """

    def __init__(self, stage: Stage, narrator: Narrator):
        self.stage, self.tell = stage, narrator
        self.orders: list[Order] = []
        self.gemini: dict[str, str] = {}
        self.case = 0
        self.admin: Person | None = None
        self.buyer: Person | None = None
        self.manager: Person | None = None

    def perform(self) -> None:
        """All acts.

        :raise StepFailed: a step did not happen.
        """
        for act in ACTS:
            act(self).perform()

    def encore(self) -> None:
        """Leave something on the desk for whoever comes to look."""
        Ordering(self).encore()

    def lines(self, order: Order) -> list[dict]:
        """The order's lines as they stand in Odoo now."""
        fields = [
            "product_id",
            "product_qty",
            "product_uom_qty",
            "price_unit",
            "date_planned",
            "qty_received",
            "qty_invoiced",
        ]
        return self.buyer.find("purchase.order.line", [("order_id", "=", order.id)], fields, order="id")
