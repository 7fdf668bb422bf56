"""The closing tables: what went out, what came back, what was held, what was healed, how long each took.

Everything in them is read back from Odoo, as the buyer sees it there.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from .cast import Order
from .person import Person

MESSAGE_FIELDS = (
    "direction",
    "state",
    "state_reason",
    "document_type",
    "document_number",
    "thread",
    "trade_partner_id",
    "answer_id",
    "exception_id",
    "attempt_count",
    "idempotency_key",
    "timeline",
)
PROBLEM_FIELDS = (
    "name",
    "trade_partner_id",
    "state",
    "first_seen",
    "resolved_at",
    "resolution",
    "seen_count",
)
WIDEST = 64  # characters of a cell


class Records:
    """What Odoo's log says of the scenario's orders; tests of who is being onboarded do not count."""

    def __init__(self, person: Person, orders: Sequence[Order]):
        self.orders = {order.number: order for order in orders}
        self.all = person.find("trade.message", [("mode", "=", "live")], MESSAGE_FIELDS, order="id")
        #: orders and the answers to them
        self.messages = [message for message in self.all if self._about_order(message)]
        #: documents nobody could read: they name no order
        self.unread = [
            message for message in self.all if message["direction"] == "in" and not message["thread"]
        ]
        #: what came after orders and answers: goods and money
        self.documents = [
            message for message in self.all if message not in self.messages and message not in self.unread
        ]
        self.problems = person.find("trade.exception", [], PROBLEM_FIELDS, order="id")
        found = person.read("purchase.order", [order.id for order in orders], ["trade_state"])
        self.states = {record["id"]: record["trade_state"] for record in found}

    def _about_order(self, message: dict) -> bool:
        return message["document_type"] in ("order", "order_response") and message["thread"] in self.orders

    def of(self, order: Order, direction: str) -> list[dict]:
        return [
            message
            for message in self.messages
            if message["thread"] == order.number and message["direction"] == direction
        ]


def orders_table(records: Records) -> list[list[str]]:
    """One row per order, the header first."""
    rows = [["Order", "Supplier", "Left after", "Answer after", "Applied after", "What happened", "Is now"]]
    names = {problem["id"]: problem["name"] for problem in records.problems}
    for order in records.orders.values():
        [out] = records.of(order, "out")
        answers = records.of(order, "in")
        queued, sent = _at(out, "queued"), _at(out, "sent")
        arrived = min(filter(None, (_at(answer, "received") for answer in answers)), default=None)
        applied = [answer for answer in answers if answer["state"] == "applied"]
        done = _at(applied[0], "applied") if applied else None
        held = [message["exception_id"][0] for message in [out, *answers] if message["exception_id"]]
        rows.append(
            [
                order.number,
                order.supplier.name,
                _after(queued, sent),
                _after(sent, arrived),
                _after(arrived, done),
                "; ".join(names[number] for number in held if number in names) or order.story,
                records.states[order.id],
            ]
        )
    return rows


def documents_table(records: Records) -> list[list[str]]:
    """One row per document about goods and money, the header first."""
    rows = [["Document", "Partner", "Number", "Done after", "Held for", "Is now"]]
    names = {problem["id"]: problem["name"] for problem in records.problems}
    for message in records.documents:
        incoming = message["direction"] == "in"
        start, end = (
            (_at(message, "received"), _at(message, "applied"))
            if incoming
            else (_at(message, "queued"), _at(message, "sent"))
        )
        problem = message["exception_id"]
        rows.append(
            [
                f"{'←' if incoming else '→'} {message['document_type'].replace('_', ' ')}",
                message["trade_partner_id"][1],
                message["document_number"],
                _after(start, end),
                names.get(problem[0], "") if problem else "",
                message["state"],
            ]
        )
    return rows


def problems_table(records: Records) -> list[list[str]]:
    """One row per problem, the header first."""
    rows = [["Problem on the desk", "Partner", "Open for", "How it ended"]]
    for problem in records.problems:
        first, last = _instant(problem["first_seen"]), _instant(problem["resolved_at"])
        partner = problem["trade_partner_id"]
        how = problem["resolution"] or ("still open" if not last else problem["state"])
        rows.append([problem["name"], partner[1] if partner else "", _after(first, last), how])
    return rows


def counts(records: Records) -> str:
    """One line: how many documents went which way, and how they ended."""
    out = [message for message in records.messages if message["direction"] == "out"]
    back = [message for message in records.messages + records.unread if message["direction"] == "in"]

    def ended(messages, *states):
        return sum(message["state"] in states for message in messages)

    held = [message for message in back if _was_held(message)]
    return (
        f"Out: {len(out)} orders, {ended(out, 'acknowledged')} answered. "
        f"Back: {len(back)} documents stored, {ended(back, 'applied')} applied, "
        f"{ended(back, 'ignored')} ignored with the reason. "
        f"Held: {len(held)}, healed: {ended(held, 'applied')}.{_counted(records.documents)}"
    )


def _counted(documents: Sequence[dict]) -> str:
    """How many documents about goods and money there are, by kind, those that changed nothing aside."""
    kinds = Counter(
        message["document_type"].replace("_", " ") for message in documents if message["state"] != "ignored"
    )
    counted = ", ".join(f"{number} {kind}{'s' * (number > 1)}" for kind, number in kinds.items())
    return f"\nGoods and money: {counted}." if kinds else ""


def _was_held(message: dict) -> bool:
    return any(step["outcome"] == "failed" for step in message["timeline"] or ())


def show(rows: Sequence[Sequence[str]]) -> None:
    """Print a table, the header underlined."""
    rows = [[_cut(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(line.rstrip())
        if not number:
            print("  ".join("─" * width for width in widths))
    print(flush=True)


def _cut(cell: str) -> str:
    cell = " ".join(cell.split())
    return cell if len(cell) <= WIDEST else cell[: WIDEST - 1] + "…"


def _at(message: dict, stage: str) -> datetime | None:
    """When a stage succeeded last."""
    found = [
        step["at"] for step in message["timeline"] or () if step["stage"] == stage and step["outcome"] == "ok"
    ]
    return datetime.fromisoformat(found[-1]) if found else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _after(start: datetime | None, end: datetime | None) -> str:
    return f"{max((end - start).total_seconds(), 0):.1f} s" if start and end else "–"
