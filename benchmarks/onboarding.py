"""The onboarding board with 2,000 open cases, beside the same board with 200.

What the browser asks for when somebody opens the board: the columns with their sums, the first 80 cards of
each, and the bars above. Cases are made from the delivered template for suppliers, spread over all states,
with the activities of their owners.

    ONBOARDING_SCALE=0.1 make bench ONLY=onboarding    a short one
"""

import os

from figures import Goal, Result
from in_shell import Ways

SCALE = float(os.environ.get("ONBOARDING_SCALE", "1"))
MANY, FEW = int(2_000 * SCALE), int(200 * SCALE)


def run() -> Result:
    ways = Ways("onboarding")
    with ways.prepared(f"prepare({MANY}, {FEW})", f"{MANY} cases"):
        measured = ways.measure("board()")
    rows = [
        {
            "board": f"{found['cases']} open cases",
            "seconds": found["seconds"],
            "CPU s": found["cpu"],
            "queries": found["queries"],
            "KB": found["bytes"] / 1024,
        }
        for found in (measured["many"], measured["few"])
    ]
    many, few = measured["many"], measured["few"]
    goals = [
        Goal("onboarding.board_seconds", many["seconds"], "<", 1),
        Goal("onboarding.board_to_a_tenth_of_the_cases", many["seconds"] / few["seconds"], "<", 4),
    ]
    notes = ["The best of five, in one process, caches of records emptied before each; the answer as JSON."]
    return Result(rows, goals, notes, short=SCALE < 1)
