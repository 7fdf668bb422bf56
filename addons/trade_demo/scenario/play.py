"""The scenario, act by act."""

import secrets
import time
from collections.abc import Callable, Sequence

from . import cast
from .cast import GEMINI, MAT, WOOD, Order, Role
from .narrator import Narrator, NotYet
from .person import Person
from .stage import Stage

CODE = "WC-4711"  # what Wood Corner calls the walnut board nowadays
BOARD_NAME = "Shelf board walnut 120 x 30"


class Play:
    """The whole play; its acts are methods, in the order in which they are played.

    :ivar orders: what was ordered, with number and id once confirmed.
    """

    def __init__(self, stage: Stage, narrator: Narrator):
        self.stage, self.tell = stage, narrator
        self.orders: list[Order] = []
        self.admin: Person | None = None
        self.buyer: Person | None = None
        self.manager: Person | None = None

    def perform(self) -> None:
        """All acts.

        :raise StepFailed: a step did not happen.
        """
        self.curtain()
        self.connections()
        self.place_orders()
        self.answers_come()
        self.price_is_decided()
        self.code_is_mapped()
        self.garbage_is_sent_again()
        self.gemini_comes_back()

    # -- act 1: the house ------------------------------------------------------------------------

    def curtain(self) -> None:
        self.tell.act("Odoo and its people")
        odoo = self.stage.odoo
        with self.tell.step("Odoo starts", seconds=60) as more:
            odoo.start()
            more.append(f"{odoo.url}, database {self.stage.database}")
        with self.tell.step(
            "The administrator gives Maria (buyer) and Marc (trading manager) their passwords"
        ):
            self.admin = self._enter(*cast.ADMIN)
            for login, password in cast.PASSWORDS.items():
                [user] = self.admin.find("res.users", [("login", "=", login)], ["id"])
                self.admin.write("res.users", user["id"], {"password": password})
            self.buyer = self._enter("maria", cast.PASSWORDS["maria"])
            self.manager = self._enter("marc", cast.PASSWORDS["marc"])
        with self.tell.step("The job runner is ready", seconds=40):
            odoo.wait_for_jobs()

    def _enter(self, login: str, password: str) -> Person:
        return Person(self.stage.odoo.url, self.stage.database, login, password)

    # -- act 2: the connections ------------------------------------------------------------------

    def connections(self) -> None:
        self.tell.act("The administrator connects three suppliers")
        answer_url = f"{self.stage.odoo.url}/trade/v1/order-responses"
        with self.tell.step(
            "Wood Corner, a REST portal whose answers are fetched: connection tested"
        ) as more:
            key = secrets.token_urlsafe(24)
            self.stage.house(WOOD).open(api_key=key)
            more += self._connect(WOOD, {"kind": "api_key", "secret": key})
        with self.tell.step("Ready Mat, webhooks signed in both directions: connection tested") as more:
            client, signing = self._issue(MAT, "action_new_signing_secret")
            orders = self._generated_secret(MAT)
            self.stage.house(MAT).open(answer_url, orders=orders, answers=signing, client=client)
            more += self._connect(MAT)
        with self.tell.step(
            "Gemini Furniture, user and password: their server is down, as the test shows"
        ) as more:
            _client, api_key = self._issue(GEMINI, "action_new_key")
            password = secrets.token_urlsafe(24)
            self._gemini = {"user": "tradelane", "password": password, "api_key": api_key}
            more += self._connect(GEMINI, {"kind": "basic", "login": "tradelane", "secret": password})

    def _connector(self, role: Role) -> int:
        [connector] = self.admin.find("trade.connector", [("trade_partner_id.name", "=", role.name)], ["id"])
        return connector["id"]

    def _connect(self, role: Role, credential: dict | None = None) -> list[str]:
        """Enter address and secret, test, go live.

        :return: what the test said, in lines
        """
        connector = self._connector(role)
        if credential:
            self.admin.create("trade.credential", {"connector_id": connector, **credential})
        self.admin.write("trade.connector", connector, {"base_url": self.stage.house(role).url})
        dialog = self.admin.press("trade.connector", "action_test_connection", connector)
        [test] = self.admin.read("trade.connector.test", dialog["res_id"], ["steps"])
        self.admin.press("trade.connector", "action_resume", connector)
        tried = [step for step in test["steps"] if step["outcome"] != "skipped"]
        return [", ".join(f"{step['name']} {step['outcome']}" for step in tried), tried[-1]["words"]]

    def _issue(self, role: Role, button: str) -> tuple[str, str]:
        """Let Odoo make a secret for what the supplier sends us; it is shown once.

        :return: the client's name in our API, and the secret
        """
        domain = [("trade_partner_id.name", "=", role.name)]
        [client] = self.admin.find("trade.api.client", domain, ["public_id"])
        shown = self.admin.press("trade.api.client", button, client["id"])
        return client["public_id"], shown["params"]["secret"]

    def _generated_secret(self, role: Role) -> str:
        """Let Odoo make the secret that signs what we send; it is shown once."""
        vals = {"connector_id": self._connector(role), "kind": "hmac_secret"}
        credential = self.admin.create("trade.credential", vals)
        return self.admin.press("trade.credential", "action_generate", credential)["params"]["secret"]

    # -- act 3: the orders -----------------------------------------------------------------------

    def place_orders(self) -> None:
        self.tell.act("Maria orders")
        for role in (GEMINI, WOOD, MAT):
            orders = [order for order in cast.plan() if order.supplier == role]
            with self.tell.step(f"{len(orders)} purchase orders to {role.name} confirmed") as more:
                slowest = max(self._order(order) for order in orders)
                self.orders += orders
                numbers = ", ".join(order.number for order in orders)
                more.append(f"{numbers}; the slowest click on Confirm took {slowest:.1f} s")
        self.tell.wait("Nine orders have left, and their suppliers have them", self._sent)
        self.tell.wait(
            "Three orders wait for Gemini: its circuit is open, one problem on the desk", self._circuit_open
        )

    def _order(self, order: Order) -> float:
        """Enter and confirm one order as the form does: prices and dates come from the vendor's list.

        :return: how long the click on *Confirm* took, in seconds
        """
        [vendor] = self.buyer.find("res.partner", [("name", "=", order.supplier.name)], ["id"])
        lines = [
            (0, 0, {"product_id": self._product(code), "product_qty": quantity})
            for code, quantity in order.lines
        ]
        order.id = self.buyer.create("purchase.order", {"partner_id": vendor["id"], "order_line": lines})
        begun = time.monotonic()
        self.buyer.press("purchase.order", "button_confirm", order.id)
        took = time.monotonic() - begun
        [record] = self.buyer.read("purchase.order", order.id, ["name", "state"])
        if record["state"] != "purchase":
            raise ValueError(f"{record['name']} is in state {record['state']}")
        order.number = record["name"]
        order.asked = self.lines(order)
        return took

    def _product(self, code: str) -> int:
        [product] = self.buyer.find("product.product", [("default_code", "=", code)], ["id"])
        return product["id"]

    def lines(self, order: Order) -> list[dict]:
        """The order's lines as they stand in Odoo now."""
        fields = ["product_id", "product_qty", "product_uom_qty", "price_unit", "date_planned"]
        return self.buyer.find("purchase.order.line", [("order_id", "=", order.id)], fields, order="id")

    def _sent(self) -> None:
        for role in (WOOD, MAT):
            received = self.stage.house(role).ledger()["orders"]
            missing = [order.number for order in self._of(role) if order.number not in received]
            if missing:
                raise NotYet(f"{role.name} has not received {', '.join(missing)}")

    def _circuit_open(self) -> list[str]:
        problem = self._problem(GEMINI, "partner_down")
        if problem["waiting_count"] != len(self._of(GEMINI)):
            raise NotYet(f"{problem['waiting_count']} orders wait")
        return [problem["name"]]

    def _of(self, role: Role) -> list[Order]:
        return [order for order in self.orders if order.supplier == role]

    # -- act 4: the answers ----------------------------------------------------------------------

    def answers_come(self) -> None:
        self.tell.act("The suppliers answer")
        self.tell.wait("Ready Mat accepts: its answer came by webhook and is applied", self._accepted(MAT))
        self.tell.wait("The same answer, sent three times, is applied once", self._repeated)
        self.tell.wait("The hall runner's answer is held for its price alone", self._price_held)
        self.tell.wait("Garbage is kept as it came and stands on the desk", self._garbage_held)
        self._fetch()
        self.tell.wait("Wood Corner accepts: its answer was fetched and is applied", self._accepted(WOOD))
        self.tell.wait(f"Four answers wait for one unknown item code, {CODE}: one problem", self._code_held)

    def _fetch(self) -> None:
        """Maria does not wait for the minute to pass."""
        domain = [("trade_partner_id.name", "=", WOOD.name), ("poll", "=", True)]
        [route] = self.buyer.find("trade.route", domain, ["id"])
        with self.tell.step("Maria has Wood Corner's answers fetched now"):
            self.buyer.press("trade.route", "action_poll_now", route["id"])

    def _accepted(self, role: Role) -> Callable[[], None]:
        [order] = [order for order in self._of(role) if order.story == "accepted"]
        return lambda: self._applied([order])

    def _applied(self, orders: Sequence[Order]) -> None:
        numbers = [order.number for order in orders]
        done = self._messages(
            [("thread", "in", numbers), ("direction", "=", "in"), ("state", "=", "applied")]
        )
        left = set(numbers) - {message["thread"] for message in done}
        if left:
            raise NotYet(f"no answer to {', '.join(sorted(left))} is applied")

    def _messages(self, domain: list) -> list[dict]:
        return self.buyer.find("trade.message", domain, ["thread", "state", "state_reason"], order="id")

    def _problem(self, role: Role, exception_class: str) -> dict:
        """The one open problem of this class with a supplier."""
        domain = [
            ("is_open", "=", True),
            ("trade_partner_id.name", "=", role.name),
            ("exception_class", "=", exception_class),
        ]
        found = self.buyer.find("trade.exception", domain, ["name", "waiting_count", "state"])
        if len(found) != 1:
            names = "; ".join(problem["name"] for problem in found)
            raise NotYet(f"{len(found)} open problems of this kind: {names}")
        return found[0]

    def _repeated(self) -> list[str]:
        [order] = [order for order in self._of(MAT) if order.story == "answered three times"]
        pushed = [
            parcel for parcel in self.stage.house(MAT).ledger()["pushed"] if parcel["order"] == order.number
        ]
        if len(pushed) < 3:
            raise NotYet(f"it has been sent {len(pushed)} times")
        came = self._messages([("thread", "=", order.number), ("direction", "=", "in")])
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
        name = self._problem(MAT, "business")["name"]
        if "Price" not in name or "Delivery" in name:
            raise NotYet(f"it is held for something else: {name}")
        return [name]

    def _garbage_held(self) -> list[str]:
        return [self._problem(MAT, "validation")["name"]]

    def _code_held(self, count: int = 4) -> list[str]:
        problem = self._problem(WOOD, "mapping")
        if problem["waiting_count"] != count:
            raise NotYet(f"{problem['waiting_count']} answers wait")
        return [problem["name"]]

    # -- act 5: Maria decides --------------------------------------------------------------------

    def price_is_decided(self) -> None:
        self.tell.act("Maria decides about the price")
        [order] = [order for order in self._of(MAT) if order.price]
        with self.tell.step(
            f"She opens the answer to {order.number}, asked and answered side by side"
        ) as more:
            problem = self._problem(MAT, "business")
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
            self._applied([order])
            self._no_problem(MAT, "business")
            price = self.lines(order)[0]["price_unit"]
            if price != order.price:
                raise NotYet(f"the price is {price:g}")

        return look

    def _no_problem(self, role: Role, exception_class: str) -> None:
        domain = [
            ("is_open", "=", True),
            ("trade_partner_id.name", "=", role.name),
            ("exception_class", "=", exception_class),
        ]
        found = self.buyer.find("trade.exception", domain, ["name"])
        if found:
            raise NotYet(f"still open: {found[0]['name']}")

    # -- act 6: Maria maps the code --------------------------------------------------------------

    def code_is_mapped(self) -> None:
        self.tell.act("Maria says what the unknown code means, once")
        problem = self._problem(WOOD, "mapping")["id"]
        with self.tell.step(
            f"She chooses {BOARD_NAME} for {CODE}; the preview shows what that will do"
        ) as more:
            more += self._candidates(problem)
            self.buyer.write("trade.exception", problem, {"fix_product_id": self._product(cast.BOARD)})
            dialog = self.buyer.press("trade.exception", "action_fix", problem)
            [preview] = self.buyer.read(dialog["res_model"], dialog["res_id"], ["preview_text"])
            more.append(preview["preview_text"])
        with self.tell.step("Fix and replay (4)"):
            self.buyer.press(dialog["res_model"], "action_confirm", dialog["res_id"])
        orders = [order for order in self._of(WOOD) if len(order.lines) > 1]
        self.tell.wait("Four orders are healed", lambda: self._applied(orders))
        self.tell.wait("The problem has closed itself", lambda: self._closed(problem))

    def _candidates(self, problem: int) -> list[str]:
        """What the desk offers, with its evidence."""
        [offer] = self.buyer.read("trade.exception", problem, ["candidates"])
        return [f"{found['name']}: {', '.join(found['chips'])}" for found in offer["candidates"] or []]

    def _closed(self, problem: int) -> list[str]:
        [record] = self.buyer.read("trade.exception", problem, ["state", "resolution", "waiting_count"])
        if record["state"] != "resolved":
            raise NotYet(f"it is {record['state']}, {record['waiting_count']} documents wait")
        return [record["resolution"]]

    # -- act 7: the garbage ----------------------------------------------------------------------

    def garbage_is_sent_again(self) -> None:
        self.tell.act("Ready Mat sends the unreadable answer again")
        [order] = [order for order in self._of(MAT) if "garbage" in order.story]
        with self.tell.step("Maria calls Ready Mat with the text the problem offers"):
            self.stage.house(MAT).ask("resend", order.number)
        self.tell.wait(f"The whole answer to {order.number} is applied", lambda: self._applied([order]))
        problem = self._problem(MAT, "validation")["id"]
        with self.tell.step("Marc closes the problem with the reason; the garbage stays on record"):
            dialog = self.manager.press("trade.exception", "action_ignore", problem)
            self.manager.write(
                dialog["res_model"], dialog["res_id"], {"reason": "Cut off; Ready Mat sent it again."}
            )
            self.manager.press(dialog["res_model"], "action_run", dialog["res_id"])
        self.tell.wait("The desk is empty but for Gemini", lambda: self._no_problem(MAT, "validation"))

    # -- act 8: Gemini comes back ----------------------------------------------------------------

    def gemini_comes_back(self) -> None:
        self.tell.act("Gemini Furniture comes back")
        problem = self._problem(GEMINI, "partner_down")["id"]
        with self.tell.step("Their server is started"):
            self.stage.house(GEMINI).open(f"{self.stage.odoo.url}/trade/v1/order-responses", **self._gemini)
        self.tell.wait("A probe gets through and the waiting orders flow", self._gemini_received)
        self.tell.wait("The problem has closed itself", lambda: self._closed(problem))
        self.tell.wait("All three are answered", lambda: self._applied(self._of(GEMINI)))

    def _gemini_received(self) -> None:
        received = self.stage.house(GEMINI).ledger()["orders"]
        missing = [order.number for order in self._of(GEMINI) if order.number not in received]
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
                self._order(order)
        self.orders += orders
        self.tell.wait("Wood Corner has both", self._sent)
        self._fetch()
        self.tell.wait("The answers name a code Odoo does not know", lambda: self._code_held(len(orders)))
