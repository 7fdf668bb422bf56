"""The PostgreSQL servers of the tests and of the demo.

`cluster("test")` and `cluster("demo")` return a started server. Both are private ones below `.odoo/pg`,
reached through a Unix socket only, unless `PGHOST` or `DATABASE_URL` names a server to use instead.

A private cluster listens on no network port, so its port number only names its socket and is always free.
`fsync` is on for the demo, as in a real installation, and off for the tests.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
DOT = ROOT / ".odoo"
PORTS = {"test": 54319, "demo": 54320}
#: A socket's whole path must fit into 107 bytes (sun_path); this many are ours: "/.s.PGSQL.54319".
SOCKET_NAME_LENGTH = 16
PATIENCE = 5  # seconds one waits for a lock before one says so
COMMON_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "unix_socket_permissions": "0777",
    "jit": "off",
}
UNSAFE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class SetupError(Exception):
    """Something a person has to put right; the message says what and how."""


@dataclass(frozen=True)
class Cluster:
    """Where a PostgreSQL server is reached.

    :ivar kind: `test`, `demo`, or `external` for a server of the caller's (both then).
    :ivar host: a host name or the folder of the Unix socket.
    :ivar password: empty for a private cluster.
    """

    kind: str
    host: str
    port: int
    user: str
    password: str = ""
    private: bool = True

    def env(self) -> dict[str, str]:
        """The environment with which psql, createdb and the like reach this server."""
        env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "PGDATABASE")}
        env |= {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user, "TRADE_PG_PRIVATE": ""}
        if self.private:
            env["TRADE_PG_PRIVATE"] = "1"
        if self.password:
            env["PGPASSWORD"] = self.password
        return env

    def run(self, client: str, *arguments: str, **kwargs) -> subprocess.CompletedProcess:
        """Run a PostgreSQL client program against this server.

        :raise SetupError: it failed; the message ends with what it printed.
        """
        done = subprocess.run(
            [program(client), *arguments],
            env=self.env(),
            cwd="/",
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            **kwargs,
        )
        if done.returncode:
            raise SetupError(f"{client} failed on the {self.kind} server: {done.stderr.strip()}")
        return done

    def sql(self, query: str, database: str = "postgres") -> list[str]:
        """The rows of a query as psql prints them: one line each, columns parted by `|`."""
        done = self.run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", query)
        return done.stdout.splitlines()


def cluster(kind: str) -> Cluster:
    """The server for `kind` ("test" or "demo"), started when it was not running.

    :raise SetupError: it cannot be reached or started.
    """
    if _external_requested():
        return _external()
    private = Cluster(kind, str(_socket_folder()), PORTS[kind], "odoo")
    with locked(f"pg-{kind}"):
        data = _data_folder() / kind
        if not (data / "PG_VERSION").exists():
            _create(data)
        if not _is_running(data):
            _start(private, data)
    return private


def stop(kind: str) -> bool:
    """Stop a private cluster, if it runs. Sessions that are still open are ended."""
    data = (DOT / "pg" / kind).resolve()
    if not (data / "PG_VERSION").exists() or not _is_running(data):
        return False
    _as_owner([program("pg_ctl"), "-D", str(data), "-m", "fast", "-w", "stop"])
    return True


def remove_outside_folders() -> None:
    """Remove what had to live outside `.odoo` (see `_data_folder`, `_socket_folder`)."""
    for folder in (_fallback_folder("/var/tmp"), _fallback_folder(tempfile.gettempdir())):
        shutil.rmtree(folder, ignore_errors=True)


def _external_requested() -> bool:
    """Whether the caller points at a server of his own (and we did not set PGHOST ourselves)."""
    return bool(os.environ.get("PGHOST") or os.environ.get("DATABASE_URL")) and (
        os.environ.get("TRADE_PG_PRIVATE") != "1"
    )


def _external() -> Cluster:
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    return Cluster(
        "external",
        host=unquote(url.hostname or "") or os.environ.get("PGHOST", ""),
        port=int(url.port or os.environ.get("PGPORT") or 5432),
        user=unquote(url.username or "") or os.environ.get("PGUSER") or pwd.getpwuid(os.getuid()).pw_name,
        password=unquote(url.password or "") or os.environ.get("PGPASSWORD", ""),
        private=False,
    )


def program(name: str) -> str:
    """The path of a PostgreSQL program; client programs may also come from PATH."""
    folder = (DOT / "pg-bin").read_text().strip() if (DOT / "pg-bin").exists() else ""
    path = Path(folder) / name
    found = str(path) if folder and path.exists() else shutil.which(name)
    if not found:
        raise SetupError(f"PostgreSQL's program {name} was not found. Run: make setup")
    return found


def _owner() -> pwd.struct_passwd | None:
    """Who runs the servers: PostgreSQL refuses root. None means the caller himself."""
    if os.getuid():
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SetupError("root may not run PostgreSQL and there is neither a user postgres nor a user nobody.")


def _as_owner(command: list[str], check: bool = True) -> subprocess.CompletedProcess:
    owner, kwargs = _owner(), {}
    if owner:
        kwargs = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    done = subprocess.run(
        command,
        cwd="/",
        env=environment | {"LC_ALL": "C.UTF-8", "HOME": "/"},
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        **kwargs,
    )
    if done.returncode and check:
        raise SetupError(f"{Path(command[0]).name} failed: {done.stderr.strip()}")
    return done


def _own(folder: Path) -> Path:
    owner = _owner()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    return folder


def _fallback_folder(base: str) -> Path:
    digest = hashlib.sha256(str(DOT).encode()).hexdigest()[:10]
    return Path(base) / f"tradelane-{os.getuid()}-{digest}"


def _private_folder(folder: Path) -> Path:
    """Create (or take) a folder in a place everybody may write to; it must be ours."""
    folder.mkdir(mode=0o755, exist_ok=True)
    owner = _owner()
    if folder.is_symlink() or folder.stat().st_uid not in {os.getuid(), owner.pw_uid if owner else -1}:
        raise SetupError(f"{folder} belongs to somebody else. Remove it and try again.")
    return _own(folder)


def _owner_reaches(folder: Path) -> bool:
    try:
        _as_owner(["test", "-x", str(folder)])
    except SetupError:
        return False
    return True


def _data_folder() -> Path:
    """`.odoo/pg`; a link to a folder in /var/tmp where root's unprivileged user cannot reach the clone."""
    folder = DOT / "pg"
    if not folder.exists():
        if folder.is_symlink():
            folder.unlink()
        if _owner_reaches(DOT):
            folder.mkdir()
        else:
            folder.symlink_to(_private_folder(_fallback_folder("/var/tmp")))
        _own(folder.resolve())
    return folder.resolve()


def _socket_folder() -> Path:
    """`.odoo/run`, or a folder with a short path where that one would be too long or out of reach."""
    folder = DOT / "run"
    folder.mkdir(exist_ok=True)
    if len(str(folder)) + SOCKET_NAME_LENGTH <= 107 and _owner_reaches(folder):
        return _own(folder)
    return _private_folder(_fallback_folder(tempfile.gettempdir()))


def _create(data: Path) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    _own(data)
    _as_owner(
        [
            program("initdb"),
            "-D",
            str(data),
            "-U",
            "odoo",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
    )


def _is_running(data: Path) -> bool:
    return _as_owner([program("pg_ctl"), "-D", str(data), "status"], check=False).returncode == 0


def _start(target: Cluster, data: Path) -> None:
    settings = COMMON_SETTINGS | {"unix_socket_directories": target.host, "port": str(target.port)}
    if target.kind == "test":
        settings |= UNSAFE_SETTINGS
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    log = data / "server.log"
    try:
        _as_owner([program("pg_ctl"), "-D", str(data), "-o", options, "-l", str(log), "-w", "start"])
    except SetupError as error:
        last = "\n".join(log.read_text().splitlines()[-10:]) if log.exists() else ""
        raise SetupError(f"The {target.kind} PostgreSQL does not start: {error}\n{last}") from error


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """One process at a time, across processes, for as long as the block runs."""
    DOT.mkdir(exist_ok=True)
    with open(DOT / f"{name}.lock", "w") as handle:
        told_at = time.monotonic() + PATIENCE
        while not _lock(handle):
            if time.monotonic() > told_at:
                print(f"· Waiting for another command that holds .odoo/{name}.lock", flush=True)
                fcntl.flock(handle, fcntl.LOCK_EX)
                break
            time.sleep(0.05)
        yield


def _lock(handle: IO) -> bool:
    """Take the lock if it is free."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
