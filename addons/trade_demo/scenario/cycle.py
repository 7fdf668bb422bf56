"""The final check of goods and money: our books beside the suppliers' own, to the piece and to the cent."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from .cast import GEMINI, NEW, Role
from .play import Play
from .report import Records

Failures = Iterator[str]
Books = Mapping[Role, Mapping]
IN = ("despatch_advice", "invoice", "credit_note")
OUT = ("receipt_advice", "remittance_advice")


def checks(play: Play, records: Records) -> list[tuple[str, list[str]]]:
    """Each check's sentence, and what contradicts it (nothing when it holds)."""
    looks: list[tuple[str, Callable[[Play, Records, Books], Failures]]] = [
        ("Every despatch advice, invoice and credit note is applied, exactly once", _applied_once),
        ("Every receipt advice and remittance reached its supplier, exactly once", _told_once),
        ("What arrived and what was billed is what the suppliers were told and billed, line by line", _lines),
        ("Bills, credit notes and payments are those in the suppliers' books, to the cent", _money),
    ]
    books = {role: house.ledger() for role, house in play.stage.houses.items()}
    return [(sentence, list(look(play, records, books))) for sentence, look in looks]


def _applied_once(play: Play, records: Records, books: Books) -> Failures:
    applied = Counter(
        (message["trade_partner_id"][1], message["document_type"], message["document_number"])
        for message in records.documents
        if message["direction"] == "in" and message["state"] == "applied"
    )
    issued = Counter(
        (role.name, document["document_type"], document["id"])
        for role, book in books.items()
        for document in book["issued"]
        if document["document_type"] in IN
    )
    for role, kind, number in sorted(issued.keys() | applied.keys()):
        ours, theirs = applied[role, kind, number], issued[role, kind, number]
        if (ours, theirs) != (1, 1):
            yield f"{role}'s {kind} {number}: issued {theirs} times, applied {ours} times"


def _told_once(play: Play, records: Records, books: Books) -> Failures:
    entries = {(role.name, kind): dict(book[f"{kind}s"]) for role, book in books.items() for kind in OUT}
    for message in records.documents:
        if message["direction"] != "out":
            continue
        name, number = message["trade_partner_id"][1], message["document_number"]
        entry = entries[name, message["document_type"]].pop(number, None)
        if entry is None:
            yield f"{number} never reached {name}"
        elif entry["doubled"] or entry["deliveries"] != 1:
            yield f"{number} reached {name} {entry['deliveries'] + entry['doubled']} times"
        elif entry["idempotency_key"] != message["idempotency_key"]:
            yield f"{number} was received under a key that is not its own"
    for (name, kind), left in entries.items():
        yield from (f"{name} has a {kind} {number} nobody sent" for number in left)


def _lines(play: Play, records: Records, books: Books) -> Failures:
    for order in play.orders:
        book = books[order.supplier]
        told, billed = _received(book, order.number), _billed(book, order.number)
        for place, line in enumerate(play.lines(order), 1):
            ref, name = str(place), f"{order.number}, {line['product_id'][1]}"
            came = line["product_qty"] - (order.short if place == 1 else 0)
            came = 0.0 if order.supplier in (GEMINI, NEW) else came  # nothing of theirs has arrived
            for what, ours, theirs in (
                ("received", line["qty_received"], told[ref]),
                ("billed", line["qty_invoiced"], billed[ref]),
            ):
                if not abs(ours - came) < 0.005 or not abs(float(theirs) - came) < 0.005:
                    yield f"{name}: {what} {ours:g}, {theirs} in their books, {came:g} arrived"


def _received(book: Mapping, order: str) -> Counter:
    """Their order lines → how much we told them has come."""
    found = Counter()
    for entry in book["receipt_advices"].values():
        for line in entry["document"]["receipt_lines"]:
            if _order_of(entry["document"], line) == order:
                found[line["order_line_reference"]["line_id"]] += Decimal(line["received_quantity"]["value"])
    return found


def _billed(book: Mapping, order: str) -> Counter:
    """Their order lines → how much they billed, less what they credited."""
    found = Counter()
    for document in book["issued"]:
        sign = {"invoice": 1, "credit_note": -1}.get(document["document_type"], 0)
        for line in document["invoice_lines"] if sign else ():
            if _order_of(document, line) == order:
                quantity = Decimal(line["quantity"]["value"])
                found[line["order_line_reference"]["line_id"]] += sign * quantity
    return found


def _order_of(document: Mapping, line: Mapping) -> str:
    return (line["order_line_reference"].get("order_reference") or document["order_reference"])["id"]


def _money(play: Play, records: Records, books: Books) -> Failures:
    fields = ["ref", "amount_total", "amount_residual", "state", "partner_id", "move_type"]
    bills = play.buyer.find("account.move", [("move_type", "in", ["in_invoice", "in_refund"])], fields)
    yield from (f"{bill['ref']} is {bill['state']}" for bill in bills if bill["state"] != "posted")
    yield from (f"{bill['ref']}: {bill['amount_residual']} open" for bill in bills if bill["amount_residual"])
    for role, book in books.items():
        theirs = {document["id"]: _payable(document) for document in book["issued"] if _payable(document)}
        ours = [bill for bill in bills if bill["partner_id"][1] == role.name]
        if sorted(bill["ref"] for bill in ours) != sorted(theirs):
            yield f"{role.name} billed {', '.join(theirs)}; booked {', '.join(bill['ref'] for bill in ours)}"
            continue
        for bill in ours:
            total = -bill["amount_total"] if bill["move_type"] == "in_refund" else bill["amount_total"]
            if _cents(total) != theirs[bill["ref"]]:
                yield f"{bill['ref']}: {theirs[bill['ref']]} billed, {_cents(total)} booked"
        payments = play.buyer.find("account.payment", [("partner_id.name", "=", role.name)], ["amount"])
        paid = sum(_cents(payment["amount"]) for payment in payments)
        told = sum(
            Decimal(entry["document"]["total_payment_amount"]["value"])
            for entry in book["remittance_advices"].values()
        )
        if not sum(theirs.values()) == paid == told:
            yield f"{role.name} is owed {sum(theirs.values())}, was paid {paid} and told of {told}"


def _payable(document: Mapping) -> Decimal:
    """What is owed for it; less than zero for a credit note, zero for what is no bill."""
    sign = {"invoice": 1, "credit_note": -1}.get(document["document_type"])
    return sign * Decimal(document["legal_monetary_total"]["payable_amount"]["value"]) if sign else Decimal(0)


def _cents(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
