"""Invoices, a credit note, and payments."""

from collections.abc import Callable

from .act import Act
from .cast import MAT, WOOD, Order, Role
from .narrator import NotYet

BILL_FIELDS = ("ref", "state", "move_type", "amount_total", "amount_residual", "payment_state")


class Money(Act):
    def perform(self) -> None:
        self.invoices_come()
        self.too_much_is_billed()
        self.bills_are_paid()

    # -- the invoices ----------------------------------------------------------------------------

    def invoices_come(self) -> None:
        self.tell.act("The suppliers bill")
        with self.tell.step("Wood Corner writes one invoice for its five orders") as more:
            collected = self._bill(*self.of(WOOD))
            more.append(collected)
        with self.tell.step("Ready Mat writes one for each order, over all that was ordered") as more:
            numbers = {self._bill(order): order for order in self.of(MAT)}
            more.append(", ".join(numbers))
        self.fetch(WOOD, "invoice", "invoice")
        agree = [collected, *(number for number, order in numbers.items() if not order.short)]
        [self._too_much] = set(numbers) - set(agree)
        self.tell.wait(
            "Four agree with order and receipt: booked by themselves, the one that came three times once",
            lambda: self._booked(agree),
        )
        self.tell.wait(f"{self._too_much} bills more than came: held, with its arithmetic", self._held)

    def _bill(self, *orders: Order) -> str:
        return self.stage.house(orders[0].supplier).ask("bill", *(order.number for order in orders))

    def _booked(self, numbers: list[str]) -> list[str]:
        bills = {
            bill["ref"]: bill for bill in self._bills([("ref", "in", numbers), ("state", "=", "posted")])
        }
        missing = set(numbers) - set(bills)
        if missing:
            raise NotYet(f"not booked: {', '.join(sorted(missing))}")
        return [f"{number}: {bills[number]['amount_total']:.2f}" for number in numbers]

    def _bills(self, domain: list) -> list[dict]:
        domain = [("move_type", "in", ["in_invoice", "in_refund"]), *domain]
        return self.buyer.find("account.move", domain, BILL_FIELDS, order="id")

    def _held(self) -> list[str]:
        match = self._match(self._too_much)
        if match["state"] != "to_decide":
            raise NotYet(f"it is {match['state']}")
        rows = self.buyer.read(
            "trade.bill.match.line", match["line_ids"], ["title", "difference", "arithmetic"]
        )
        return [
            line
            for row in rows
            if row["difference"]
            for line in (row["title"], *row["difference"].splitlines(), row["arithmetic"] or "")
            if line
        ]

    def _match(self, number: str) -> dict:
        fields = ["state", "line_ids", "trade_message_id", "bill_id"]
        found = self.buyer.find("trade.bill.match", [("number", "=", number)], fields)
        if len(found) != 1:
            raise NotYet(f"{len(found)} invoices {number} are being matched")
        return found[0]

    # -- the one that bills too much -------------------------------------------------------------

    def too_much_is_billed(self) -> None:
        self.tell.act("Maria asks for a credit note")
        number = self._too_much
        [order] = [order for order in self.of(MAT) if order.short]
        problem = self.problem(MAT, "business")["id"]
        with self.tell.step("On the invoice she presses Ask for credit"):
            rows = self.buyer.find(
                "trade.bill.match.line",
                [("match_id.number", "=", number), ("decision", "=", "pending")],
                ["id"],
            )
            self.buyer.press("trade.bill.match.line", "action_request_credit", [row["id"] for row in rows])
        self.tell.wait(
            "It is booked as billed; the credit is expected, the problem closed",
            lambda: self._booked([number]) + self._credit_expected(number) + self.closed(problem),
        )
        with self.tell.step("Ready Mat reads the receipt advice and writes the credit note") as more:
            credit = self.stage.house(MAT).ask("credit", order.number)
            more.append(credit)
        self.tell.wait(
            "The credit note agrees: booked and set off against the invoice",
            lambda: self._set_off(number, credit),
        )

    def _credit_expected(self, number: str) -> list[str]:
        [row] = self.buyer.find(
            "trade.bill.match.line",
            [("match_id.number", "=", number), ("decision", "=", "request_credit")],
            ["credit_due"],
        )
        return [f"credit expected: {row['credit_due']:.2f} before tax"]

    def _set_off(self, number: str, credit: str) -> list[str]:
        self._booked([credit])
        [bill], [note] = self._bills([("ref", "=", number)]), self._bills([("ref", "=", credit)])
        left = bill["amount_total"] - note["amount_total"]
        if abs(bill["amount_residual"] - left) > 0.005 or note["amount_residual"]:
            raise NotYet(f"{bill['amount_residual']:.2f} of the invoice are open, {left:.2f} should be")
        return [f"{bill['amount_total']:.2f} less {note['amount_total']:.2f}: {left:.2f} to pay"]

    # -- the payments ----------------------------------------------------------------------------

    def bills_are_paid(self) -> None:
        self.tell.act("Maria pays")
        for role in (WOOD, MAT):
            bills = self._bills([("partner_id.name", "=", role.name), ("amount_residual", ">", 0)])
            what = "its invoice" if len(bills) == 1 else f"its {len(bills)} invoices at once"
            with self.tell.step(f"She pays {role.name} {what}"):
                self._pay([bill["id"] for bill in bills])
            owed = sum(bill["amount_residual"] for bill in bills)
            self.tell.wait(f"{role.name} has the remittance advice", self._remitted(role, owed))

    def _pay(self, bills: list[int]) -> None:
        """The button *Pay* of the list of bills."""
        context = {"active_model": "account.move", "active_ids": bills}
        wizard = self.buyer.create("account.payment.register", {"group_payment": True}, context=context)
        self.buyer.press("account.payment.register", "action_create_payments", wizard, context)

    def _remitted(self, role: Role, owed: float) -> Callable[[], list[str]]:
        def look() -> list[str]:
            entries = list(self.stage.house(role).ledger()["remittance_advices"].values())
            if not entries:
                raise NotYet(f"{role.name} has none")
            [entry] = entries
            told = entry["document"]
            total = float(told["total_payment_amount"]["value"])
            if abs(total - owed) > 0.005:
                raise ValueError(f"{role.name} was told of {total:.2f}, {owed:.2f} were owed")
            lines = [
                f"{line['billing_reference']['id']} {float(line['paid_amount']['value']):.2f}"
                for line in told["remittance_lines"]
            ]
            return [f"{entry['number']}: {total:.2f} for {', '.join(lines)}"]

        return look
