"""The push controller beside an empty Odoo controller and OCA's `endpoint` creating one record.

Eight clients, the same document for all, as many workers as Odoo recommends (twice the cores and one more);
PostgreSQL with fsync on, because a 202 says that the document is on the disk. OCA's addon adds a query to
every request of its database, so it has a server and a database of its own, made from the same one. The ways
take turns every second, so that what else the machine does hits all of them; a goal is the median of the
rounds' ratios.

    INTAKE_ROUNDS=8 make bench ONLY=intake    a short one
"""

import contextlib
import json
import os
import statistics
import uuid
from collections.abc import Callable
from pathlib import Path

import load
from figures import Goal, Result

import clusters
import databases
import harness
from odoo.addons.trade_kernel import signatures

HERE = Path(__file__).parent
OURS, PEERS = "bench_intake", "bench_intake_peer"  # the databases, and their servers
CLIENTS, WORKERS = 8, 2 * os.cpu_count() + 1
WHOLE, SECONDS = 24, 1
ROUNDS = int(os.environ.get("INTAKE_ROUNDS", WHOLE))
WARM_UP = 200  # requests per way
EMPTY = "empty controller"
SIGNED = "tradelane, signed"
KEY = "tradelane, API key"
OCA = "OCA endpoint, for anybody"
OCA_KEY = "OCA endpoint, API key"
STORED = {OURS: ("trade_message", (SIGNED, KEY)), PEERS: ("trade_bench_document", (OCA, OCA_KEY))}
BODY = json.dumps(
    {
        "document_type": "order_response",
        "id": "R-P00042",
        "issue_date": "2026-01-02",
        "order_response_code": "CA",
        "order_reference": {"id": "P00042"},
        "order_lines": [
            {
                "id": str(number),
                "order_line_reference": {"line_id": str(number)},
                "line_status_code": "3",
                "quantity": {"value": "10", "unit_code": "C62"},
                "price": {"price_amount": {"value": "12.50", "currency_id": "USD"}},
                "item": {"name": "Item", "sellers_item_identification": {"id": f"AC-{number}"}},
                "promised_delivery_period": {"start_date": "2026-02-01", "end_date": "2026-02-01"},
            }
            for number in range(1, 6)
        ],
    }
).encode()


def run() -> Result:
    target = clusters.cluster("demo")
    with clusters.locked("bench-intake"):  # two at a time would measure each other, on one database
        try:
            return _run(target)
        finally:
            for name in (OURS, PEERS):
                databases.drop(target, name)


def _run(target: clusters.Cluster) -> Result:
    paths = f"{databases.ROOT / 'addons'},{HERE / 'addons'}"
    found = {}
    for name, addons in ((OURS, "trade_bench"), (PEERS, "trade_bench,endpoint")):
        databases.clone_ready(name, "demo")
        databases.run_odoo(
            target, name, f"--addons-path={paths}", "--stop-after-init", "--no-http", "-i", addons,
            log=f"{name}-install",
        )  # fmt: skip
        found |= _prepare(target, name, paths)
    ways = _ways(found)
    with contextlib.ExitStack() as stack:
        servers = {name: stack.enter_context(_server(name, paths)) for name in (OURS, PEERS)}
        measured = _measure(servers, ways)
    _verify(target, measured)
    return _result(measured)


def _server(name: str, paths: str) -> harness.Server:
    # No job runner: the lane is woken (its job waits in the queue), and nothing else uses the workers.
    options = {"addons_path": paths, "log_level": "warn"}
    return harness.Server(name, kind="demo", workers=WORKERS, channels="", cron_threads=0, options=options)


def _prepare(target: clusters.Cluster, name: str, paths: str) -> dict[str, str]:
    log = databases.run_odoo(
        target, name, f"--addons-path={paths}", "--log-level=warn", command="shell", log=name,
        script=(HERE / f"{name.removeprefix('bench_')}_prepare.py").read_text(),
    )  # fmt: skip
    try:
        return json.loads(log.read_text().rpartition("FOUND ")[2].splitlines()[0])
    finally:
        log.unlink()  # it holds keys


def _ways(found: dict[str, str]) -> dict[str, Callable[[], bytes]]:
    """Way → a new request of it."""

    def request(path: str, headers: dict[str, str]) -> bytes:
        head = {
            "Host": "localhost",
            "Connection": "keep-alive",
            "Content-Type": "application/json",
            "Content-Length": str(len(BODY)),
            **headers,
        }
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        return "\r\n".join(lines).encode() + BODY

    def signed() -> dict[str, str]:
        headers = signatures.sign([found["secret"]], uuid.uuid4().hex, BODY)
        return {**headers, "Trade-Client": found["client"]}

    def keyed() -> dict[str, str]:
        return {"Authorization": f"Bearer {found['api_key']}", "Idempotency-Key": uuid.uuid4().hex}

    return {
        EMPTY: lambda: request("/trade_bench/empty", {}),
        SIGNED: lambda: request("/trade/v1/order-responses", signed()),
        KEY: lambda: request("/trade/v1/order-responses", keyed()),
        OCA: lambda: request("/trade_bench/endpoint/public", {"Idempotency-Key": uuid.uuid4().hex}),
        OCA_KEY: lambda: request(
            "/trade_bench/endpoint/bearer",
            {"Authorization": f"Bearer {found['odoo_key']}", "Idempotency-Key": uuid.uuid4().hex},
        ),
    }


def _measure(
    servers: dict[str, harness.Server], ways: dict[str, Callable[[], bytes]]
) -> dict[str, list[load.Load]]:
    measured = {way: [] for way in ways}
    at = {way: servers[PEERS if way in STORED[PEERS][1] else OURS].port for way in ways}
    for way, make in ways.items():
        _load(at[way], [make() for _number in range(WARM_UP)], 60)
    with databases.progress(f"{len(ways)} ways, {ROUNDS} rounds of {SECONDS} s each"):
        for _round in range(ROUNDS):
            for way, make in ways.items():
                # Made before the clock runs: the client's work is none of the server's.
                requests = [make() for _number in range(SECONDS * 2000)]
                measured[way].append(_load(at[way], requests, SECONDS))
    return measured


def _load(port: int, requests: list[bytes], seconds: float) -> load.Load:
    return load.run(harness.LOCAL, port, iter(requests), clients=CLIENTS, seconds=seconds)


def _verify(target: clusters.Cluster, measured: dict[str, list[load.Load]]) -> None:
    """Every request was answered with 202, and every 202 is in the database."""
    for way, parts in measured.items():
        assert all(set(part.statuses) == {202} for part in parts), (
            f"{way}: {[part.statuses for part in parts]}"
        )
    for name, (table, ways) in STORED.items():
        taken = sum(len(part.latencies) for way in ways for part in measured[way]) + len(ways) * WARM_UP
        stored = int(target.sql(f"SELECT count(*) FROM {table}", name)[0])
        assert stored == taken, f"{stored} rows of {table} for {taken} answers"
    jobs = target.sql("SELECT count(*) FROM queue_job WHERE identity_key LIKE 'trade.lane:in/%'", OURS)[0]
    assert jobs == "1", f"the lane has {jobs} jobs waiting, not one"


def _result(measured: dict[str, list[load.Load]]) -> Result:
    def ratio(way: str, to: str) -> float:
        pairs = zip(measured[way], measured[to], strict=True)
        return statistics.median(part.rate / other.rate for part, other in pairs)

    rows = [
        {
            "way": way,
            "requests/s": statistics.median(part.rate for part in parts),
            "to empty": ratio(way, EMPTY),
            "best": max(part.rate for part in parts),
            "p50 ms": statistics.median(part.percentile(50) for part in parts),
            "p99 ms": statistics.median(part.percentile(99) for part in parts),
        }
        for way, parts in measured.items()
    ]
    goals = [
        Goal("intake.rate_to_empty", ratio(SIGNED, EMPTY), ">=", 0.5),
        Goal("intake.rate_to_oca_endpoint", ratio(SIGNED, OCA), ">=", 2.0),
        Goal("intake.rate_to_oca_endpoint_with_key", ratio(KEY, OCA_KEY), ">=", 2.0),
    ]
    notes = [
        f"{CLIENTS} keep-alive clients (Odoo's workers close after each answer), {WORKERS} workers,",
        f"bodies of {len(BODY)} bytes, PostgreSQL with fsync; medians of {ROUNDS} rounds.",
        "Tradelane: sender proven, stored once, committed, lane woken. OCA: one record. No job runner.",
    ]
    return Result(rows, goals, notes, short=ROUNDS < WHOLE)
