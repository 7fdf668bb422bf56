"""A purchase from the answer to the bill: the pipeline beside bare ORM calls with the same effects.

Orders of 5 lines are answered (dearer within the limits, two days later), announced by a despatch advice,
received by people, and billed. Ours: canonical JSON, stored, run by the lanes as a worker does, with
history, effects, evidence, ledger, shipment and match. The bare way is what an integrator writes who needs
the effects and nothing else: plain ORM calls with the parsed document, document by document, since each
bill and each receipt is one document's; committed in batches of 50, as the lanes do. What people do
(validating receipts) is the same on both sides and is shown for itself.

There are two kinds of shipments. *Plain* ones say only how much comes: the bare way moves the receipt to
the day of arrival and names the advice on it, which is little beside our shipment that follows the goods to
the scanner. *Packed* ones are what an advice is for: a pallet with a carton for each line, two lots in each.
There the bare way has to do to the receipt what we do (packages, the pallet around them, lots, quantities).
Both ways end with the same prices, days, goods, packages, lots and bills, which is asserted.

CPU time is compared, one way right after the other, because other work on the machine changes the seconds.
"""

from figures import Goal, Result
from in_shell import Ways

PURCHASES, WARM = 60, 10
WAYS = {"pipeline": "tradelane pipeline", "orm": "bare ORM, batches of 50"}
SHIPMENTS = {"plain": False, "packed": True}
DOCUMENTS = ("order_response", "despatch_advice", "invoice")
STAGES = (*DOCUMENTS, "receipt")


def run() -> Result:
    rows, goals = [], []
    for shipments, packed in SHIPMENTS.items():
        spent = _measure(shipments, packed)
        rows += [_row(shipments, title, spent[way]) for way, title in WAYS.items()]
        goals += _goals(shipments, spent)
    notes = [
        "CPU is that of the Odoo process and of PostgreSQL's processes for its database, without fsync.",
        "The bare way writes the effects only; ours also keeps history, evidence, ledger, shipment and",
        "the match. Plain shipments: it dates and names the receipt. Packed ones: it prepares packages,",
        "pallets and lots in it as ours does. Ours is quicker where it does for 50 documents at once what",
        "a script does for each: receipts are packed and bills are made in bulk.",
    ]
    return Result(rows, goals, notes)


def _measure(shipments: str, packed: bool) -> dict:
    """``{way: {stage: {"cpu", "seconds"}}}``"""
    ways = Ways("cycle")
    title = f"{PURCHASES + WARM} confirmed orders of 5 lines, {shipments} shipments"
    with ways.prepared(f"prepare({PURCHASES + WARM}, packed={packed})", title):
        measured = {
            way: ways.measure(f"cycle({way}, {PURCHASES}, {WARM}, packed={packed})", title)
            for way, title in WAYS.items()
        }
    outcomes = [found.pop("outcome") for found in measured.values()]
    assert outcomes[0] == outcomes[1] and len(outcomes[0]) == 1, outcomes
    return {
        way: {
            stage: {"cpu": found[stage]["python"] + found[stage]["postgres"], **found[stage]}
            for stage in STAGES
        }
        for way, found in measured.items()
    }


def _row(shipments: str, title: str, spent: dict) -> dict:
    count = PURCHASES * len(DOCUMENTS)
    return {
        "way": f"{title}, {shipments}",
        "documents/s": count / sum(spent[kind]["seconds"] for kind in DOCUMENTS),
        "CPU ms/document": sum(spent[kind]["cpu"] for kind in DOCUMENTS) * 1000 / count,
        **{f"{stage}, CPU ms": spent[stage]["cpu"] * 1000 / PURCHASES for stage in STAGES},
    }


def _goals(shipments: str, spent: dict) -> list[Goal]:
    def ratio(stages):
        ours, theirs = (sum(spent[way][stage]["cpu"] for stage in stages) for way in ("pipeline", "orm"))
        return ours / theirs

    return [
        Goal(f"cycle.{shipments}.cpu_to_orm", ratio(DOCUMENTS), "<=", 1.25),
        Goal(f"cycle.{shipments}.cpu_to_orm_with_receipts", ratio(STAGES), "<=", 1.25),
    ]
