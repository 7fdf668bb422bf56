"""A purchase from the answer to the bill: the pipeline beside bare ORM calls with the same effects.

Orders of 5 lines are answered (dearer within the limits, two days later), announced by a despatch advice,
received by people, and billed. Ours: canonical JSON, stored, run by the lanes as a worker does, with
history, effects, evidence, ledger, shipment and match. The bare way writes what comes of it, nothing else,
in batches of 50. Both end with the same prices, days, goods and bills, which is asserted. What people do
(validating receipts) is the same on both sides and is shown for itself.
"""

from figures import Goal, Result
from in_shell import Ways

PURCHASES, WARM = 60, 10
WAYS = {"pipeline": "tradelane pipeline", "orm": "bare ORM, batches of 50"}
DOCUMENTS = ("order_response", "despatch_advice", "invoice")


def run() -> Result:
    ways = Ways("cycle")
    with ways.prepared(f"prepare({PURCHASES + WARM})", f"{PURCHASES + WARM} confirmed orders of 5 lines"):
        measured = {
            way: ways.measure(f"cycle({way}, {PURCHASES}, {WARM})", title) for way, title in WAYS.items()
        }
    outcomes = [found.pop("outcome") for found in measured.values()]
    assert outcomes[0] == outcomes[1] and len(outcomes[0]) == 1, outcomes
    return _result(measured)


def _result(measured: dict) -> Result:
    rows, cpu, rate = [], {}, {}
    for way, title in WAYS.items():
        found = measured[way]
        seconds = sum(found[kind]["seconds"] for kind in DOCUMENTS)
        cpu[way] = {kind: found[kind]["python"] + found[kind]["postgres"] for kind in (*DOCUMENTS, "receipt")}
        count = PURCHASES * len(DOCUMENTS)
        rate[way] = count / seconds
        rows.append(
            {
                "way": title,
                "documents/s": rate[way],
                "CPU ms/document": sum(cpu[way][kind] for kind in DOCUMENTS) * 1000 / count,
                **{f"{kind}, CPU ms": cpu[way][kind] * 1000 / PURCHASES for kind in cpu[way]},
            }
        )
    whole = {way: sum(cpu[way].values()) for way in WAYS}
    documents = {way: sum(cpu[way][kind] for kind in DOCUMENTS) for way in WAYS}
    goals = [
        Goal("cycle.cpu_to_orm", documents["pipeline"] / documents["orm"], "<=", 1.25),
        Goal("cycle.cpu_to_orm_with_receipts", whole["pipeline"] / whole["orm"], "<=", 1.25),
    ]
    notes = [
        "The bare way writes the effects only; ours also keeps history, evidence, ledger, shipment and",
        "the match.",
        "PostgreSQL without fsync; CPU is that of the Odoo process and of all of PostgreSQL.",
    ]
    return Result(rows, goals, notes)
