"""Start Odoo for tests, benchmarks and the demo, and run addons' tests.

    import harness

    with harness.database("e2e_orders") as name, harness.Server(name, workers=2) as odoo:
        requests.get(odoo.url + "/web/health", timeout=5)

Ports are free ones, output goes to `.odoo/log`, and `make stop` ends what was left running.
"""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

import clusters
import databases
import processes
from clusters import DOT, ROOT, Cluster, SetupError

#: Capacity stays below the workers, or intake waits behind jobs (docs/install.md).
CHANNELS = "root:2,root.trade:2,root.trade.intake:1,root.trade.send:1,root.trade.bulk:1"
LOCAL = "127.0.0.1"


def free_port() -> int:
    """A port of the loopback address nobody listens on now."""
    with socket.socket() as listener:
        listener.bind((LOCAL, 0))
        return listener.getsockname()[1]


def chromium() -> str:
    """The path of Chromium, empty when there is none (skip the browser test then, with the reason)."""
    path = DOT / "chromium"
    return path.read_text().strip() if path.exists() else ""


@contextlib.contextmanager
def database(name: str, *, kind: str = "test", keep: bool = False) -> Iterator[str]:
    """A database with all our addons installed, dropped afterwards unless `keep`."""
    target = clusters.cluster(kind)
    databases.clone_ready(name, kind)
    try:
        yield name
    finally:
        if not keep:
            databases.drop(target, name)


class Server:
    """One running Odoo with its job runner; also a context manager, which kills it at its end: orderly, it
    takes a second of processor time for each of its processes, and nothing comes after it.

    :param database: the only database it serves; it must exist on the cluster `kind`.
    :param workers: 0 is threaded (serves `/websocket` on the same port); more is prefork.
    :param channels: queue_job's channels; empty runs no jobs.
    :param secret_keys: Fernet keys for credentials, newest first; empty configures none.
    :param options: further settings of odoo.conf's `[options]`.
    :param env: further environment variables.
    :ivar pid: the process id of the main process, once started.
    :ivar url: its address, without a slash at the end.
    :ivar log: the file with its output.
    """

    def __init__(
        self,
        database: str,
        *,
        kind: str = "test",
        workers: int = 0,
        channels: str = CHANNELS,
        port: int | None = None,
        cron_threads: int = 1,
        secret_keys: str = databases.THROWAWAY_SECRET_KEY,
        options: Mapping[str, object] | None = None,
        env: Mapping[str, str] | None = None,
    ):
        self.database = database
        self.cluster = clusters.cluster(kind)
        self.port = port or free_port()
        self.url = f"http://{LOCAL}:{self.port}"
        self.name = f"server-{database}-{self.port}"
        self.log = processes.log_path(self.name)
        self.env = self.cluster.env() | dict(env or {})
        self.pid = 0
        sections = f"[trade]\nsecret_keys = {secret_keys}\n\n" if secret_keys else ""
        if channels:
            sections += f"[queue_job]\nchannels = {channels}\nhost = {LOCAL}\nport = {self.port}\n"
        settings = {
            "http_port": self.port,
            "gevent_port": free_port(),
            "workers": workers,
            "max_cron_threads": cron_threads,
            "server_wide_modules": "base,web,queue_job" if channels else "base,web",
            "limit_time_real": 600,
            "proxy_mode": "False",
        }
        self.config = databases.write_config(
            self.cluster,
            database,
            path=DOT / "conf" / f"{self.name}.conf",
            sections=sections,
            **(settings | dict(options or {})),
        )

    def start(self, timeout: float = 90) -> "Server":
        """Start it and wait until it answers.

        :raise SetupError: it ended, or did not answer in time; with the end of its log.
        """
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        process = processes.start(self.name, [*databases.ODOO, "server", "-c", str(self.config)], self.env)
        self.pid = process.pid
        deadline = time.monotonic() + timeout
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                last = "\n".join(self.log.read_text(errors="replace").splitlines()[-25:])
                raise SetupError(f"Odoo did not start on {self.database}:\n{last}\nWhole log: {self.log}")
            time.sleep(0.1)
        return self

    def stop(self, timeout: float = 30) -> None:
        """End it in an orderly way; after `timeout` seconds, by force."""
        processes.stop(self.name, timeout)

    def kill(self) -> None:
        """SIGKILL it with all its workers, as a power cut would."""
        processes.kill(self.name)

    def wait_for_jobs(self, timeout: float = 30) -> "Server":
        """Wait until the job runner takes jobs; it starts five seconds after the server."""
        deadline = time.monotonic() + timeout
        while b"database connections ready" not in self.log.read_bytes()[self._log_start :]:
            if time.monotonic() > deadline:
                raise SetupError(f"queue_job's runner did not start; see {self.log}")
            time.sleep(0.1)
        return self

    def workers(self) -> list[int]:
        """The process ids of its children, for tests that kill one in the middle of its work."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def trouble(self) -> list[str]:
        """The warnings and errors it has logged so far."""
        return databases.log_trouble(self.log)

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *exception) -> None:
        self.kill()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=2):
                return True
        except (OSError, urllib.error.URLError):
            return False


def pytest_odoo(target: Cluster, name: str, arguments: Sequence[str], output: TextIO | None = None) -> int:
    """Run addons' tests with pytest-odoo against a database; returns pytest's exit status.

    Installs nothing: the database must already hold the addons as they are now.

    :param output: where it prints, instead of the screen.
    """
    config = databases.write_config(target, name)
    command = [
        sys.executable,
        "-m",
        "pytest",
        f"--odoo-config={config}",
        f"--odoo-database={name}",
        "--odoo-http",
        *arguments,
    ]
    return _call(command, output, env=target.env())


def plain_pytest(arguments: Sequence[str], output: TextIO | None = None) -> int:
    """Run tests that need no Odoo in the test's own process; returns pytest's exit status.

    :param output: where it prints, instead of the screen.
    """
    command = [sys.executable, "-m", "pytest", "-p", "no:odoo", *arguments]
    return _call(command, output)


def _call(command: Sequence[str], output: TextIO | None, **kwargs) -> int:
    errors = subprocess.STDOUT if output else None
    return subprocess.call(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, **kwargs
    )


def shell(target: Cluster, name: str, script: str) -> str:
    """Run Python in Odoo's shell on a database (`env` is there; commit yourself); returns what it printed."""
    log = databases.run_odoo(
        target, name, "--log-level=warn", command="shell", log=f"shell-{name}", script=script
    )
    return log.read_text(errors="replace")
