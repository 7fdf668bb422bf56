"""Processes that may outlive the command that started them (the demo's Odoo and its suppliers).

Each has a file `.odoo/pids/<name>.pid` with its id and start time, so that a later command ends exactly that
process, and never another one that was given the same id since.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from clusters import DOT, ROOT

PIDS = DOT / "pids"


def log_path(name: str) -> Path:
    return DOT / "log" / f"{name}.log"


def start(name: str, command: Sequence[str], env: Mapping[str, str] | None = None) -> subprocess.Popen:
    """Start a process in a group of its own; what it prints goes to `.odoo/log/<name>.log`."""
    log = log_path(name)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | dict(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    PIDS.mkdir(exist_ok=True)
    (PIDS / f"{name}.pid").write_text(f"{process.pid} {_started_at(process.pid)}")
    return process


def stop(name: str, timeout: float = 30) -> bool:
    """End a process and everything it started; after `timeout` seconds by force. False: it did not run."""
    pid = _pid(name)
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + timeout
            while _alive(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
    kill(name, pid)
    return bool(pid)


def kill(name: str, pid: int | None = None) -> None:
    """SIGKILL a process and everything it started, as a power cut would."""
    pid = pid or _pid(name)
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    (PIDS / f"{name}.pid").unlink(missing_ok=True)


def stop_all(prefix: str = "") -> list[str]:
    """End every process whose name starts so; returns the names of those that ran."""
    names = sorted(path.stem for path in PIDS.glob(f"{prefix}*.pid"))
    return [name for name in names if stop(name)]


def _started_at(pid: int) -> str:
    """The process's start time in clock ticks since boot; empty when there is no such process."""
    try:
        # The command name, in parentheses, may hold spaces; the start time is the 20th field after it.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _pid(name: str) -> int | None:
    path = PIDS / f"{name}.pid"
    if not path.exists():
        return None
    pid, started_at = path.read_text().split()
    return int(pid) if _started_at(int(pid)) == started_at else None


def _alive(pid: int) -> bool:
    """Whether the process still works; an ended child of ours does not."""
    with contextlib.suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0]:
            return False
    return bool(_started_at(pid))
