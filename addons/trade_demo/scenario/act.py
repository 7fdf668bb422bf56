"""What all parts of the play have: the stage, the people, and looks at Odoo as the buyer sees it."""

import time
from collections.abc import Sequence

from .cast import Order, Role
from .narrator import NotYet
from .person import Person


class Act:
    """A part of the play. Who it is about is in ``play``: stage, people and orders."""

    def __init__(self, play):
        self.play, self.stage, self.tell = play, play.stage, play.tell

    def perform(self) -> None:
        """Play it.

        :raise StepFailed: a step did not happen.
        """
        raise NotImplementedError

    @property
    def admin(self) -> Person:
        return self.play.admin

    @property
    def buyer(self) -> Person:
        return self.play.buyer

    @property
    def manager(self) -> Person:
        return self.play.manager

    @property
    def api_url(self) -> str:
        """Where suppliers send documents to."""
        return f"{self.stage.odoo.url}/trade/v1"

    def of(self, role: Role) -> list[Order]:
        return [order for order in self.play.orders if order.supplier == role]

    def order(self, order: Order) -> float:
        """Enter and confirm one order as the form does: prices and dates come from the vendor's list.

        :return: how long the click on *Confirm* took, in seconds
        """
        [vendor] = self.buyer.find("res.partner", [("name", "=", order.supplier.name)], ["id"])
        lines = [
            (0, 0, {"product_id": self.product(code), "product_qty": quantity})
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
        order.asked = self.play.lines(order)
        return took

    def product(self, code: str) -> int:
        [product] = self.buyer.find("product.product", [("default_code", "=", code)], ["id"])
        return product["id"]

    def put_in_use(self, connector: int) -> list[str]:
        """Test a connector and start using it, as the administrator does.

        :return: what the test said, in lines
        """
        dialog = self.admin.press("trade.connector", "action_test_connection", connector)
        [test] = self.admin.read("trade.connector.test", dialog["res_id"], ["steps"])
        self.admin.press("trade.connector", "action_resume", connector)
        tried = [step for step in test["steps"] if step["outcome"] != "skipped"]
        return [", ".join(f"{step['name']} {step['outcome']}" for step in tried), tried[-1]["words"]]

    def fetch(self, role: Role, kind: str, name: str) -> None:
        """Maria does not wait for the minute to pass.

        :param name: of what is fetched, in words
        """
        domain = [
            ("trade_partner_id.name", "=", role.name),
            ("document_type", "=", kind),
            ("poll", "=", True),
        ]
        [route] = self.buyer.find("trade.route", domain, ["id"])
        with self.tell.step(f"Maria has {role.name}'s {name} fetched now"):
            self.buyer.press("trade.route", "action_poll_now", route["id"])

    def messages(self, domain: list) -> list[dict]:
        """Answers to orders."""
        domain = [("document_type", "=", "order_response"), *domain]
        return self.buyer.find("trade.message", domain, ["thread", "state", "state_reason"], order="id")

    def applied(self, orders: Sequence[Order]) -> None:
        """Wait until each of these orders has an answer that is applied."""
        numbers = [order.number for order in orders]
        done = self.messages([("thread", "in", numbers), ("direction", "=", "in"), ("state", "=", "applied")])
        left = set(numbers) - {message["thread"] for message in done}
        if left:
            raise NotYet(f"no answer to {', '.join(sorted(left))} is applied")

    def problem(self, role: Role, exception_class: str) -> dict:
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

    def no_problem(self, role: Role, exception_class: str) -> None:
        """Wait until there is none of this class with a supplier."""
        domain = [
            ("is_open", "=", True),
            ("trade_partner_id.name", "=", role.name),
            ("exception_class", "=", exception_class),
        ]
        found = self.buyer.find("trade.exception", domain, ["name"])
        if found:
            raise NotYet(f"still open: {found[0]['name']}")

    def closed(self, problem: int) -> list[str]:
        """Wait until a problem has closed itself."""
        [record] = self.buyer.read("trade.exception", problem, ["state", "resolution", "waiting_count"])
        if record["state"] != "resolved":
            raise NotYet(f"it is {record['state']}, {record['waiting_count']} documents wait")
        return [record["resolution"]]
