"""Order responses, from stored bytes to changed orders: the pipeline beside bare ORM calls and OCA's edi.

Every way starts from its own clone of one database and works on the same 500 answers of 5 lines. CPU is
that of the Odoo process and of all of PostgreSQL, so nothing hides in the other process.
"""

import json
from pathlib import Path

from figures import Goal, Result

import clusters
import databases

HERE = Path(__file__).parent
DOCUMENTS = 500
BASE = "bench_pipeline"
WAYS = {
    "pipeline": "tradelane pipeline",
    "orm_each": "(a) bare ORM, commit each",
    "orm_batch": "(b) bare ORM, batches of 50",
    "oca_edi": "(c) OCA edi, commit each",
}
ROUNDS = 2  # the better of each: what disturbs a run only ever makes it slower


def run() -> Result:
    target = clusters.cluster("test")
    _prepare(target)
    measured = {}
    try:
        for _round in range(ROUNDS):
            for way in WAYS:
                figures = _measure(target, way)
                best = measured.get(way)
                if best is None or figures["cpu_ms"] < best["cpu_ms"]:
                    measured[way] = figures
    finally:
        databases.drop(target, BASE)
    return _result(measured)


def _prepare(target) -> None:
    databases.clone(target, databases.ready(), BASE)
    databases.run_odoo(
        target, BASE, f"--addons-path={_addons_path()}", "--stop-after-init", "--no-http",
        "-i", "edi_core_oca,trade_bench_edi", log="bench-install",
    )  # fmt: skip
    with databases.progress(f"{DOCUMENTS} confirmed orders of 5 lines"):
        _shell(target, BASE, "prepare")


def _measure(target, way: str) -> dict:
    name = databases.clone(target, BASE, f"{BASE}_{way}")
    try:
        with databases.progress(WAYS[way]):
            return _shell(target, name, way)
    finally:
        databases.drop(target, name)


def _shell(target, name: str, way: str) -> dict:
    script = (
        HERE / "pipeline_ways.py"
    ).read_text() + f"\nreport({way}, {DOCUMENTS}, {_postmaster(target)})\n"
    log = databases.run_odoo(
        target, name, f"--addons-path={_addons_path()}", "--log-level=warn", command="shell",
        log=f"bench-{way}", script=script,
    )  # fmt: skip
    return json.loads(log.read_text().rpartition("FIGURES ")[2].splitlines()[0])


def _addons_path() -> str:
    return f"{databases.ROOT / 'addons'},{HERE / 'addons'}"


def _postmaster(target) -> int:
    folder = target.sql("SHOW data_directory")[0]
    return int((Path(folder) / "postmaster.pid").read_text().split()[0])


def _result(measured: dict) -> Result:
    rows = [
        {
            "way": title,
            "documents/s": measured[way]["documents"] / measured[way]["seconds"],
            "CPU ms/document": measured[way]["cpu_ms"],
            "of it Python": measured[way]["python_ms"],
            "of it PostgreSQL": measured[way]["postgres_ms"],
            "queries/document": measured[way]["queries"],
        }
        for way, title in WAYS.items()
    ]
    rate = {way: row["documents/s"] for way, row in zip(WAYS, rows, strict=True)}
    cpu = {way: row["CPU ms/document"] for way, row in zip(WAYS, rows, strict=True)}
    goals = [
        Goal("pipeline.rate_to_orm_each", rate["pipeline"] / rate["orm_each"], ">", 1.0),
        Goal("pipeline.cpu_to_orm_batch", cpu["pipeline"] / cpu["orm_batch"], "<=", 1.35),
        Goal("pipeline.rate_to_oca_edi", rate["pipeline"] / rate["oca_edi"], ">=", 3.0),
    ]
    notes = [
        "The bare ways write dates, acknowledgement and reference only; the pipeline also keeps history,",
        "effects, mapping evidence, promises and idempotency.",
        f"PostgreSQL without fsync; the better of {ROUNDS} rounds by CPU.",
    ]
    return Result(rows, goals, notes)
