# What benchmarks that run in Odoo's shell measure with: put before their own script, which sets POSTMASTER.
# ruff: noqa: F821
import json
import os
import resource
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def report(figures):
    print("FIGURES " + json.dumps(figures), flush=True)


class Clock:
    """Adds up what is spent between start and stop.

    :param backend: PostgreSQL's process of this connection, since what others do on the server is none of
        ours; without one, all of the server
    :param database: all of PostgreSQL's processes that work for this database; their titles name it
    """

    def __init__(self, backend=None, database=None):
        self.seconds = self.python = self.postgres = 0.0
        self._backend, self._database = backend, database

    def start(self):
        self._at = self._now()

    def stop(self):
        spent = [now - then for now, then in zip(self._now(), self._at, strict=True)]
        self.seconds += spent[0]
        self.python += spent[1]
        self.postgres += spent[2]

    def _now(self):
        ticks = sum(_ticks(self._backend)[:2]) if self._backend else self._server()
        return time.perf_counter(), time.process_time(), ticks / TICKS

    def _server(self):
        children = Path(f"/proc/{POSTMASTER}/task/{POSTMASTER}/children").read_text().split()
        total = 0 if self._database else sum(_ticks(POSTMASTER))
        for child in children:
            try:
                if self._database and f" {self._database} " not in _title(child):
                    continue
                total += sum(_ticks(child)[:2])
            except FileNotFoundError:
                continue  # ended meanwhile: then it is in the postmaster's figures of its children
        return total

    def figures(self, rows, before):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {
            "rows": rows,
            "seconds": self.seconds,
            "python": self.python,
            "postgres": self.postgres,
            "memory": (peak - before) / 1024,
        }


def _ticks(pid):
    """utime, stime, cutime, cstime (proc(5))"""
    return [int(value) for value in Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:15]]


def _title(pid):
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def backend():
    env.cr.execute("SELECT pg_backend_pid()")
    return env.cr.fetchone()[0]


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
