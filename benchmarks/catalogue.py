"""A price list of 100,000 lines applied, beside Odoo's own `load()` and a raw SQL upsert of the same rows.

Ours: documents of 1,000 lines, 10 at a time, are compared with the vendor prices, kept as rows to review,
accepted all at once by a person, and applied with their history (the old price stays, ended); one commit
per batch and per chunk. 95,000 prices change, 5,000 are new. `load()` imports the same new prices over
5,000 of the same vendor prices: with the columns of Odoo's own export and, for comparison, with nothing but
database ids and prices.

The raw way writes the same rows: it copies the list into a temporary table, keeps the old price of what is
there, ended, updates that, matched by the vendor's code, and inserts the rest; it compares and reviews
nothing. Keeping the old price is no extra: a price "from today" that replaces the one before it leaves an
order of yesterday without any. What the same costs without it is shown beside, as no goal. Making the
documents is not counted; "from the file" is what it all costs from stored bytes on, and its peak of memory
that of the whole Odoo process.

    CATALOGUE_SCALE=0.1 make bench ONLY=catalogue    a short one
"""

import os

from figures import Goal, Result
from in_shell import Ways

SCALE = float(os.environ.get("CATALOGUE_SCALE", "1"))
LINES = int(100_000 * SCALE)
SAMPLE = min(5_000, LINES // 2)


def run() -> Result:
    ways = Ways("catalogue")
    with ways.prepared(f"prepare({LINES})", f"{LINES:,} vendor prices"):
        measured = {
            way: ways.measure(f"{way}({count})")
            for way, count in (
                ("reviewed", LINES),
                ("raw", LINES),
                ("raw_forgetting", LINES),
                ("load", SAMPLE),
                ("load_lean", SAMPLE),
                ("file", LINES),
            )
        }
    return _result(measured)


def _result(measured: dict) -> Result:
    titles = {
        "reviewed": "compared, reviewed, applied with history",
        "raw": "raw SQL of the same rows",
        "raw_forgetting": "raw SQL upsert, old prices forgotten",
        "load": "Odoo's load(), the same columns",
        "load_lean": "load(), database id and price only",
        "file": "the first, from the file (EDIFACT)",
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
            "MB at the peak": found["peak"],
        }
        for way, title in titles.items()
        for found in [measured[way]]
    ]
    rate = {way: row["rows/s"] for way, row in zip(titles, rows, strict=True)}
    cpu = {way: row["CPU s"] / row["rows"] for way, row in zip(titles, rows, strict=True)}
    goals = [
        Goal("catalogue.rate_to_load", rate["reviewed"] / rate["load"], ">=", 20),
        Goal("catalogue.seconds_to_raw", rate["raw"] / rate["reviewed"], "<=", 4),
        Goal("catalogue.cpu_to_raw", cpu["reviewed"] / cpu["raw"], "<=", 4),
        Goal("catalogue.peak_mb", measured["file"]["peak"], "<", 400),
    ]
    parts = measured["reviewed"]["parts"]
    notes = [
        "Of the first way: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in parts.items()) + ".",
        f"CPU to the upsert that forgets the old prices: {cpu['reviewed'] / cpu['raw_forgetting']:.1f} ×.",
        "The same table with its indexes and foreign keys for all; PostgreSQL without fsync.",
        "CPU of PostgreSQL is that of the connections to this database alone.",
    ]
    return Result(rows, goals, notes, short=SCALE < 1)
