"""The final check of orders and answers: each is where it should be, nothing was lost or doubled.

Looks from both sides: into Odoo as its users, and into the suppliers' own books.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from .cast import MAT, Order, Role
from .play import Play
from .report import Records

Failures = Iterator[str]
#: Ready Mat sends everything about the rubber mat more than once.
REPEATED = ["despatch_advice", "invoice", "order_response"]


def checks(play: Play, records: Records) -> list[tuple[str, list[str]]]:
    """Each check's sentence, and what contradicts it (nothing when it holds)."""
    looks: list[tuple[str, Callable[[Play, Records], Failures]]] = [
        ("Every order was received by its supplier exactly once", _received_once),
        ("Every order is answered, by exactly one applied document", _answered_once),
        ("Prices, dates and quantities are what was agreed, receipts included", _as_agreed),
        ("What came more than once, or unreadable, changed nothing and is on record", _nothing_extra),
        ("Nothing is still on its way, held or unread", _nothing_waits),
        ("The desk is empty: every problem is closed", _desk_empty),
        ("No job failed", _no_failed_job),
    ]
    return [(sentence, list(look(play, records))) for sentence, look in looks]


def _received_once(play: Play, records: Records) -> Failures:
    books = {role: _placed(house.ledger()["orders"]) for role, house in play.stage.houses.items()}
    for order in play.orders:
        entry = books[order.supplier].pop(order.number, None)
        [message] = records.of(order, "out")
        if entry is None:
            yield f"{order.number} never reached {order.supplier.name}"
        elif entry["doubled"] or entry["deliveries"] != 1:
            times = entry["deliveries"] + entry["doubled"]
            yield f"{order.number} reached {order.supplier.name} {times} times"
        elif entry["idempotency_key"] != message["idempotency_key"]:
            yield f"{order.number} was received under a key that is not its own"
    for role, left in books.items():
        yield from (f"{role.name} has an order {number} nobody placed" for number in left)


def _placed(orders: Mapping[str, Mapping]) -> dict[str, Mapping]:
    """The orders of a supplier's books that are no tests."""
    return {number: entry for number, entry in orders.items() if not entry["test"]}


def _answered_once(play: Play, records: Records) -> Failures:
    for order in play.orders:
        [out] = records.of(order, "out")
        applied = [message for message in records.of(order, "in") if message["state"] == "applied"]
        if len(applied) != 1:
            yield f"{order.number} has {len(applied)} applied answers"
        elif out["state"] != "acknowledged" or records.states[order.id] != "answered":
            yield f"{order.number} is {records.states[order.id]}, its message {out['state']}"


def _as_agreed(play: Play, records: Records) -> Failures:
    for order in play.orders:
        now = play.lines(order)
        if len(now) != len(order.asked):
            yield f"{order.number} has {len(now)} lines, {len(order.asked)} were ordered"
            continue
        for place, (before, after) in enumerate(zip(order.asked, now, strict=True)):
            changes = order if not place else Order(order.supplier, (), "")
            price = changes.price or before["price_unit"]
            day = _day(before["date_planned"]) + timedelta(days=changes.days)
            name = f"{order.number}, {before['product_id'][1]}"
            if after["product_qty"] != before["product_qty"]:
                yield f"{name}: quantity {after['product_qty']:g} instead of {before['product_qty']:g}"
            if abs(after["price_unit"] - price) > 0.005:
                yield f"{name}: price {after['price_unit']:g} instead of {price:g}"
            if _day(after["date_planned"]) != day:
                yield f"{name}: planned for {_day(after['date_planned'])} instead of {day}"
        yield from _receipt(play, order)


def _receipt(play: Play, order: Order) -> Failures:
    """What the warehouse expects, or expected, is what was ordered, once."""
    domain = [("purchase_line_id.order_id", "=", order.id), ("state", "!=", "cancel")]
    moves = play.buyer.find("stock.move", domain, ["purchase_line_id", "product_qty", "picking_code"])
    expected = dict.fromkeys((line["id"] for line in order.asked), 0.0)
    for move in moves:
        back = move["picking_code"] == "outgoing"
        expected[move["purchase_line_id"][0]] += -move["product_qty"] if back else move["product_qty"]
    for line in order.asked:
        if abs(expected[line["id"]] - line["product_uom_qty"]) > 0.005:
            quantity = f"{expected[line['id']]:g} instead of {line['product_uom_qty']:g}"
            yield f"{order.number}, {line['product_id'][1]}: the receipt expects {quantity}"


def _nothing_extra(play: Play, records: Records) -> Failures:
    repeats = [
        message
        for message in records.messages + records.documents
        if message["direction"] == "in" and message["state"] == "ignored"
    ]
    kinds = sorted(message["document_type"] for message in repeats)
    if kinds != REPEATED:
        yield f"repeated documents on record: {', '.join(kinds)}; expected are {', '.join(REPEATED)}"
    states = sorted(message["state"] for message in records.unread)
    if states != ["ignored"]:
        yield f"unreadable documents: {', '.join(states) or 'none'}; one, ignored, is expected"
    refused = [parcel for parcel in _pushed(play, MAT) if not 200 <= (parcel["status"] or 0) < 300]
    yield from (f"Ready Mat's {parcel['webhook_id']} was answered {parcel['status']}" for parcel in refused)


def _pushed(play: Play, role: Role) -> list[dict]:
    return play.stage.house(role).ledger()["pushed"]


def _nothing_waits(play: Play, records: Records) -> Failures:
    done = ("acknowledged", "applied", "ignored")
    for message in records.all:
        if message["state"] not in done:
            about = message["thread"] or "an unknown order"
            yield f"message {message['id']} about {about} is {message['state']}"


def _desk_empty(play: Play, records: Records) -> Failures:
    for problem in records.problems:
        if problem["state"] not in ("resolved", "ignored"):
            yield f"{problem['name']} is {problem['state']}"


def _no_failed_job(play: Play, records: Records) -> Failures:
    failed = play.admin.find("queue.job", [("state", "=", "failed")], ["name", "exc_message"])
    yield from (f"{job['name']}: {job['exc_message']}" for job in failed)


def _day(text: str):
    return datetime.fromisoformat(text).date()
