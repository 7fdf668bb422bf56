"""Events to twenty subscribers over HTTP: what one dead subscriber costs the others.

A server with two workers and two senders, its receivers in a process of their own; PostgreSQL with fsync on.
All events are written at once, and a delivery's latency is the time from its event's commit to its arrival: a
burst, in which most of the latency is waiting for one's turn. The same twice in one run, first with twenty
receivers that answer, then with nineteen and one that takes connections and is silent.

The whole size took 47 minutes on two cores that others kept busy.

    FANOUT_EVENTS=300 make bench ONLY=fanout    a short one, of five minutes there
"""

import contextlib
import json
import os
import statistics
import sys
import time
from pathlib import Path

import psutil
import requests
from figures import Goal, Result

import clusters
import databases
import harness
import processes

HERE = Path(__file__).parent
WHOLE = 10_000
EVENTS = int(os.environ.get("FANOUT_EVENTS", WHOLE))
RECEIVERS, WORKERS, SENDERS = 20, 2, 2
CHANNELS = (
    f"root:{WORKERS},root.trade:{WORKERS},root.trade.intake:1,root.trade.send:{SENDERS},root.trade.bulk:1"
)
PATIENCE = 60  # seconds without any arrival after which the run counts as stuck
ALL, ONE_DEAD = "20 answer", "19 answer, 1 is dead"


def run() -> Result:
    with clusters.locked("bench-fanout"):
        measured = {way: _measure(way == ONE_DEAD) for way in (ALL, ONE_DEAD)}
    return _result(measured)


def _measure(dead: bool) -> dict:
    """:return: ``{"latencies": [s, …], "seconds": s, "cpu": ms per delivery, "waiting": n}``"""
    target, name = clusters.cluster("demo"), "bench_fanout"
    port, dead_port = harness.free_port(), harness.free_port()
    databases.clone_ready(name, "demo")
    receivers = "bench-receivers"
    try:
        command = [sys.executable, str(HERE / "fanout_receiver.py"), str(port), str(dead_port)]
        processes.start(receivers, command)
        url = f"http://{harness.LOCAL}:{port}"
        address = f"http://{harness.LOCAL}:{dead_port}/0" if dead else ""
        _shell(target, name, f"RECEIVERS, URL, DEAD_URL = {RECEIVERS}, {url!r}, {address!r}\n", "prepare")
        # The runner says in its log when it takes jobs.
        options = {"log_level": "warn", "log_handler": "odoo.addons.queue_job.jobrunner:INFO"}
        odoo = harness.Server(name, kind="demo", workers=WORKERS, channels=CHANNELS, options=options)
        with odoo, databases.progress(f"{EVENTS} events, {ALL if not dead else ONE_DEAD}"):
            odoo.wait_for_jobs(timeout=180)
            before = _cpu(target, odoo)
            printed = _shell(target, name, f"EVENTS = {EVENTS}\n", "events")
            written = json.loads(printed.rpartition("FOUND ")[2].splitlines()[0])
            arrived = _collect(url, RECEIVERS - dead)
            spent = _cpu(target, odoo) - before
        waiting = int(target.sql("SELECT count(*) FROM trade_message WHERE state = 'queued'", name)[0])
        return {**_figures(written, arrived, RECEIVERS - dead), "cpu": spent, "waiting": waiting}
    finally:
        processes.kill(receivers)
        databases.drop(target, name)


def _shell(target, name: str, head: str, script: str) -> str:
    return harness.shell(target, name, head + (HERE / f"fanout_{script}.py").read_text())


def _collect(url: str, receivers: int) -> list:
    arrived, quiet = [], time.monotonic()
    while len({(path, uid) for path, uid, _at in arrived}) < EVENTS * receivers:
        more = requests.get(f"{url}/report", timeout=60).json()
        if more:
            arrived += more
            quiet = time.monotonic()
        assert time.monotonic() - quiet < PATIENCE, f"only {len(arrived)} deliveries arrived"
        time.sleep(2)
    return arrived


def _figures(written: dict[str, float], arrived: list, receivers: int) -> dict:
    first = {}
    for path, uid, at in arrived:
        first.setdefault((path, uid), at)
    assert len(first) == EVENTS * receivers, "an event is missing"
    latencies = sorted(at - written[uid] for (_path, uid), at in first.items())
    seconds = max(first.values()) - min(written.values())
    return {"latencies": latencies, "seconds": seconds, "repeated": len(arrived) - len(first)}


def _cpu(target, odoo) -> float:
    """CPU seconds of Odoo and PostgreSQL so far, of their living and their ended processes."""
    folder = Path(target.sql("SHOW data_directory")[0])
    postmaster = int((folder / "postmaster.pid").read_text().splitlines()[0])
    return sum(map(_seconds, (odoo.pid, postmaster)))


def _seconds(pid: int) -> float:
    process = psutil.Process(pid)
    own = process.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # ended: then it is in its parent's figures
            total += sum(child.cpu_times()[:2])
    return total


def _result(measured: dict[str, dict]) -> Result:
    def percentile(way: str, share: int) -> float:
        return statistics.quantiles(measured[way]["latencies"], n=100)[share - 1]

    rows = [
        {
            "way": way,
            "deliveries": len(found["latencies"]),
            "per second": len(found["latencies"]) / found["seconds"],
            "CPU ms each": 1000 * found["cpu"] / len(found["latencies"]),
            "p50 s": percentile(way, 50),
            "p95 s": percentile(way, 95),
            "repeated": found["repeated"],
            "wait": found["waiting"],
        }
        for way, found in measured.items()
    ]
    ratio = percentile(ONE_DEAD, 95) / percentile(ALL, 95)
    notes = [
        f"{EVENTS} events at once, {WORKERS} workers, {SENDERS} senders; latency from commit to arrival.",
        "CPU of Odoo's workers and of PostgreSQL, not of the receivers. The dead receiver's events wait.",
    ]
    goals = [Goal("fanout.p95_with_one_dead", ratio, "<", 3.0)]
    return Result(rows, goals, notes, short=EVENTS < WHOLE)
