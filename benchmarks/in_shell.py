"""Runs the ways of a benchmark in Odoo's shell, each on a clone of one prepared database."""

import json
from contextlib import contextmanager
from pathlib import Path

import clusters
import databases

HERE = Path(__file__).parent


class Ways:
    """The ways in ``<name>_ways.py``, with the clock of ``shell_clock.py``.

    :param str name: the benchmark's; also names its databases and its log
    """

    def __init__(self, name: str):
        self.name, self.base = name, f"bench_{name}"
        self.target = clusters.cluster("test")

    @contextmanager
    def prepared(self, call: str, title: str):
        """A database with all addons in which ``call`` prepared what the ways work on; dropped at the end."""
        databases.clone(self.target, databases.ready(), self.base)
        try:
            with databases.progress(title):
                self._run(self.base, call)
            yield
        finally:
            databases.drop(self.target, self.base)

    def measure(self, call: str, title: str | None = None) -> dict:
        """What ``call`` reports on a clone of its own."""
        name = databases.clone(self.target, self.base, f"{self.base}_way")
        try:
            with databases.progress(title or call.partition("(")[0]):
                return self._run(name, call)
        finally:
            databases.drop(self.target, name)

    def _run(self, name: str, call: str) -> dict:
        folder = self.target.sql("SHOW data_directory")[0]
        postmaster = int((Path(folder) / "postmaster.pid").read_text().split()[0])
        parts = [(HERE / part).read_text() for part in ("shell_clock.py", f"{self.name}_ways.py")]
        script = "\n".join([*parts, f"POSTMASTER = {postmaster}", f"report({call})", ""])
        log = databases.run_odoo(
            self.target,
            name,
            "--log-level=warn",
            command="shell",
            log=f"bench-{self.name}-{call.partition('(')[0]}",
            script=script,
        )
        return json.loads(log.read_text().rpartition("FIGURES ")[2].splitlines()[0])
