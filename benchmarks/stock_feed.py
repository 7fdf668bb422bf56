"""A supplier's stock report of 1,000,000 lines, written by the adapter, beside COPY and upsert of the same.

Both write to the same table with its indexes and foreign keys, first into an empty one, then a second report
in which every quantity is another one. The adapter gets the report as the pipeline hands it over: documents
of 1,000 lines each, 50 at a time, one commit each; it finds the product of every item (20,000 of 100,000
items are known, in 10 places each), converts units, keeps newer reports and removes what the snapshot does
not name. The raw way has the finished rows in a file, copies them into a temporary table and upserts them in
one statement. Making the documents is not counted; "from the file" is what it all costs from stored bytes on.

    STOCK_FEED_SCALE=0.05 make bench ONLY=stock_feed    a short one
"""

import os
from pathlib import Path

from figures import Goal, Result
from in_shell import Ways

HERE = Path(__file__).parent
SCALE = float(os.environ.get("STOCK_FEED_SCALE", "1"))
LINES = int(1_000_000 * SCALE)
FILE_LINES = int(100_000 * SCALE)
ROWS = HERE.parent / ".odoo" / "bench-stock-feed"


def run() -> Result:
    ways = Ways("stock_feed")
    with ways.prepared("prepare()", "20,000 products with vendor codes"):
        measured = {
            **ways.measure(f"compare({LINES}, {str(ROWS)!r})"),
            "file": ways.measure(f"file({FILE_LINES})"),
        }
    return _result(measured)


def _result(measured: dict) -> Result:
    adapter, raw, file = measured["adapter"], measured["raw"], measured["file"]
    titles = {
        "adapter, first report": adapter["first"],
        "COPY + upsert, first report": raw["first"],
        "adapter, every quantity changed": adapter["second"],
        "COPY + upsert, every quantity changed": raw["second"],
        "from the file (CSV), first report": file["first"],
    }
    rows = [
        {
            "way": title,
            "rows": found["rows"],
            "seconds": found["seconds"],
            "rows/s": found["rows"] / found["seconds"],
            "CPU s": found["python"] + found["postgres"],
            "of it Python": found["python"],
            "of it PostgreSQL": found["postgres"],
            "MB of memory": found["memory"],
        }
        for title, found in titles.items()
    ]

    def ratio(turn, name):
        ours, theirs = adapter[turn], raw[turn]
        if name == "seconds":
            return ours["seconds"] / theirs["seconds"]
        return (ours["python"] + ours["postgres"]) / (theirs["python"] + theirs["postgres"])

    goals = [
        Goal(f"stock_feed.{turn}_{name}_to_copy_upsert", ratio(turn, name), "<", 4)
        for turn in ("first", "second")
        for name in ("seconds", "cpu")
    ]
    notes = [
        "The same table, indexes and foreign keys for both; PostgreSQL without fsync, CPU of one process.",
        "Memory: what the peak of the Odoo process grows by, the 50 documents of a batch in it.",
        "From the file: stored bytes are cut, read, kept as documents and applied, all by the pipeline;",
        "CPU of all of PostgreSQL.",
    ]
    return Result(rows, goals, notes, short=SCALE < 1)
