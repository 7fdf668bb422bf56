"""Orders and answers: what goes wrong with them, and how it heals."""

from collections.abc import Callable

from . import cast
from .act import Act
from .cast import GEMINI, MAT, WOOD, Order, Role
from .narrator import NotYet

CODE = "WC-4711"  # what Wood Corner calls the walnut board nowadays
BOARD_NAME = "Shelf board walnut 120 x 30"


class Ordering(Act):
    def perform(self) -> None:
        self.place_orders()
        self.answers_come()
        self.price_is_decided()
        self.code_is_mapped()
        self.garbage_is_sent_again()
        self.gemini_comes_back()

    # -- the orders ------------------------------------------------------------------------------

    def place_orders(self) -> None:
        self.tell.act("Maria orders")
        for role in (GEMINI, WOOD, MAT):
            orders = [order for order in cast.plan() if order.supplier == role]
            with self.tell.step(f"{len(orders)} purchase orders to {role.name} confirmed") as more:
                slowest = max(self.order(order) for order in orders)
                self.play.orders += orders
                numbers = ", ".join(order.number for order in orders)
                more.append(f"{numbers}; the slowest click on Confirm took {slowest:.1f} s")
        self.tell.wait("Nine orders have left, and their suppliers have them", self._sent)
        self.tell.wait(
            "Three orders wait for Gemini: its circuit is open, one problem on the desk", self._circuit_open
        )

    def _sent(self) -> None:
        for role in (WOOD, MAT):
            received = self.stage.house(role).ledger()["orders"]
            missing = [order.number for order in self.of(role) if order.number not in received]
            if missing:
                raise NotYet(f"{role.name} has not received {', '.join(missing)}")

    def _circuit_open(self) -> list[str]:
        problem = self.problem(GEMINI, "partner_down")
        if problem["waiting_count"] != len(self.of(GEMINI)):
            raise NotYet(f"{problem['waiting_count']} orders wait")
        return [problem["name"]]

    # -- the answers ----------------------------------------------------------------------------

    def answers_come(self) -> None:
        self.tell.act("The suppliers answer")
        self.tell.wait("Ready Mat accepts: its answer came by webhook and is applied", self._accepted(MAT))
        self.tell.wait("The same answer, sent three times, is applied once", self._repeated)
        self.tell.wait("The hall runner's answer is held for its price alone", self._price_held)
        self.tell.wait("Garbage is kept as it came and stands on the desk", self._garbage_held)
        self.fetch(WOOD, "order_response", "answers")
        self.tell.wait("Wood Corner accepts: its answer was fetched and is applied", self._accepted(WOOD))
        self.tell.wait(f"Four answers wait for one unknown item code, {CODE}: one problem", self._code_held)

    def _accepted(self, role: Role) -> Callable[[], None]:
        [order] = [order for order in self.of(role) if order.story == "accepted"]
        return lambda: self.applied([order])

    def _repeated(self) -> list[str]:
        [order] = [order for order in self.of(MAT) if order.story == "answered three times"]
        pushed = [
            parcel
            for parcel in self.stage.house(MAT).ledger()["pushed"]
            if parcel["number"].endswith(order.number)
        ]
        if len(pushed) < 3:
            raise NotYet(f"it has been sent {len(pushed)} times")
        came = self.messages([("thread", "=", order.number), ("direction", "=", "in")])
        states = sorted(message["state"] for message in came)
        if states != ["applied", "ignored"]:
            raise NotYet(f"its messages are {', '.join(states) or 'not there'}")
        statuses = ", ".join(str(parcel["status"]) for parcel in pushed)
        [repeat] = [message for message in came if message["state"] == "ignored"]
        return [
            f"Ready Mat was told {statuses}; two documents are stored, the repeated webhook-id was known.",
            repeat["state_reason"],
        ]

    def _price_held(self) -> list[str]:
        name = self.problem(MAT, "business")["name"]
        if "Price" not in name or "Delivery" in name:
            raise NotYet(f"it is held for something else: {name}")
        return [name]

    def _garbage_held(self) -> list[str]:
        return [self.problem(MAT, "validation")["name"]]

    def _code_held(self, count: int = 4) -> list[str]:
        problem = self.problem(WOOD, "mapping")
        if problem["waiting_count"] != count:
            raise NotYet(f"{problem['waiting_count']} answers wait")
        return [problem["name"]]

    # -- Maria decides about a price ------------------------------------------------------------

    def price_is_decided(self) -> None:
        self.tell.act("Maria decides about the price")
        [order] = [order for order in self.of(MAT) if order.price]
        with self.tell.step(
            f"She opens the answer to {order.number}, asked and answered side by side"
        ) as more:
            problem = self.problem(MAT, "business")
            self.buyer.press("trade.exception", "action_fix", problem["id"])
            [review] = self.buyer.read(
                "purchase.order", order.id, ["trade_review_ids", "trade_review_sentence"]
            )
            fields = ["asked", "answered", "difference", "limit"]
            for row in self.buyer.read("trade.purchase.answer", review["trade_review_ids"], fields):
                more += [f"asked     {row['asked']}", f"answered  {row['answered']}"]
                more += row["difference"].splitlines()
            more.append(review["trade_review_sentence"])
        with self.tell.step("She accepts"):
            self.buyer.press("purchase.order", "action_trade_accept_all", order.id)
        self.tell.wait("The order has the new price and date, the problem is solved", self._settled(order))

    def _settled(self, order: Order) -> Callable[[], None]:
        def look() -> None:
            self.applied([order])
            self.no_problem(MAT, "business")
            price = self.play.lines(order)[0]["price_unit"]
            if price != order.price:
                raise NotYet(f"the price is {price:g}")

        return look

    # -- Maria maps a code ----------------------------------------------------------------------

    def code_is_mapped(self) -> None:
        self.tell.act("Maria says what the unknown code means, once")
        problem = self.problem(WOOD, "mapping")["id"]
        with self.tell.step(
            f"She chooses {BOARD_NAME} for {CODE}; the preview shows what that will do"
        ) as more:
            more += self._candidates(problem)
            self.buyer.write("trade.exception", problem, {"fix_product_id": self.product(cast.BOARD)})
            dialog = self.buyer.press("trade.exception", "action_fix", problem)
            [preview] = self.buyer.read(dialog["res_model"], dialog["res_id"], ["preview_text"])
            more.append(preview["preview_text"])
        with self.tell.step("Fix and replay (4)"):
            self.buyer.press(dialog["res_model"], "action_confirm", dialog["res_id"])
        orders = [order for order in self.of(WOOD) if len(order.lines) > 1]
        self.tell.wait("Four orders are healed", lambda: self.applied(orders))
        self.tell.wait("The problem has closed itself", lambda: self.closed(problem))

    def _candidates(self, problem: int) -> list[str]:
        """What the desk offers, with its evidence."""
        [offer] = self.buyer.read("trade.exception", problem, ["candidates"])
        return [f"{found['name']}: {', '.join(found['chips'])}" for found in offer["candidates"] or []]

    # -- an answer that cannot be read ----------------------------------------------------------

    def garbage_is_sent_again(self) -> None:
        self.tell.act("Ready Mat sends the unreadable answer again")
        [order] = [order for order in self.of(MAT) if "garbage" in order.story]
        with self.tell.step("Maria calls Ready Mat with the text the problem offers"):
            self.stage.house(MAT).ask("resend", order.number)
        self.tell.wait(f"The whole answer to {order.number} is applied", lambda: self.applied([order]))
        problem = self.problem(MAT, "validation")["id"]
        with self.tell.step("Marc closes the problem with the reason; the garbage stays on record"):
            dialog = self.manager.press("trade.exception", "action_ignore", problem)
            self.manager.write(
                dialog["res_model"], dialog["res_id"], {"reason": "Cut off; Ready Mat sent it again."}
            )
            self.manager.press(dialog["res_model"], "action_run", dialog["res_id"])
        self.tell.wait("The desk is empty but for Gemini", lambda: self.no_problem(MAT, "validation"))

    # -- a supplier that was down ---------------------------------------------------------------

    def gemini_comes_back(self) -> None:
        self.tell.act("Gemini Furniture comes back")
        problem = self.problem(GEMINI, "partner_down")["id"]
        with self.tell.step("Their server is started"):
            self.stage.house(GEMINI).open(self.api_url, **self.play.gemini)
        self.tell.wait("A probe gets through and the waiting orders flow", self._gemini_received)
        self.tell.wait("The problem has closed itself", lambda: self.closed(problem))
        self.tell.wait("All three are answered", lambda: self.applied(self.of(GEMINI)))

    def _gemini_received(self) -> None:
        received = self.stage.house(GEMINI).ledger()["orders"]
        missing = [order.number for order in self.of(GEMINI) if order.number not in received]
        if missing:
            [connector] = self.buyer.find(
                "trade.connector", [("trade_partner_id.name", "=", GEMINI.name)], ["health_reason"]
            )
            raise NotYet(f"{', '.join(missing)} not received; {connector['health_reason']}")

    # -- after the play --------------------------------------------------------------------------

    def encore(self) -> None:
        """Two more orders whose answers wait on the desk for whoever comes to look."""
        self.tell.act("Something is left for you")
        orders = cast.encore()
        with self.tell.step("Maria orders twice more from Wood Corner"):
            for order in orders:
                self.order(order)
        self.play.orders += orders
        self.tell.wait("Wood Corner has both", self._sent)
        self.fetch(WOOD, "order_response", "answers")
        self.tell.wait("The answers name a code Odoo does not know", lambda: self._code_held(len(orders)))
