"""Message brokers for tests: RabbitMQ and Redis, real ones, on free ports of the loopback address.

    import brokers

    with brokers.RabbitMQ() as rabbitmq:
        rabbitmq.kill()  # SIGKILL, as a power cut would
        rabbitmq.start()  # on the same port, with what it had on disk

Their programs are below `.odoo/brokers`, or those of the machine. A broker ends when it is stopped, when the
process that started it ends, or with `make stop`. Start one from the main thread: it ends with its thread.
"""

import contextlib
import os
import shutil
import socket
import time
from collections.abc import Mapping
from pathlib import Path

import processes
from clusters import DOT, SetupError

PROGRAMS = DOT / "brokers"
DATA = DOT / "broker-data"
LOCAL = "127.0.0.1"
USER, PASSWORD = "tradelane", "a-password-of-the-tests"


def available() -> str:
    """Empty when RabbitMQ and Redis can be started; else what is missing, in words."""
    missing = [name for name in ("rabbitmq-server", "erl", "epmd", "redis-server") if not _find(name)]
    return f"{', '.join(missing)} not found. Run: make setup" if missing else ""


class Broker:
    """One running broker; also a context manager, which stops it and forgets its data.

    :ivar port: where it listens, on the loopback address alone.
    :ivar log: the file with its output.
    """

    kind = ""

    def __init__(self, port: int | None = None):
        self.port = port or free_port()
        self.name = f"{self.kind}-{self.port}"
        self.data = DATA / self.name
        self.log = processes.log_path(self.name)

    def start(self, timeout: float = 90) -> "Broker":
        """Start it and wait until it takes connections, with the data it had.

        :raise SetupError: it ended, or did not answer in time; with the end of its log.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        process = self._launch()
        deadline = time.monotonic() + timeout
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                last = "\n".join(self.log.read_text(errors="replace").splitlines()[-25:])
                raise SetupError(f"{self.name} did not start:\n{last}\nWhole log: {self.log}")
            time.sleep(0.1)
        return self

    def stop(self) -> None:
        """End it in an orderly way; it keeps its data."""
        processes.stop(self.name)

    def kill(self) -> None:
        """SIGKILL it, as a power cut would."""
        processes.kill(self.name)

    def __enter__(self):
        return self.start()

    def __exit__(self, *exception) -> None:
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)

    def _launch(self):
        raise NotImplementedError

    def _answers(self) -> bool:
        """Whether it speaks its protocol on its port."""
        with contextlib.suppress(OSError), socket.create_connection((LOCAL, self.port), timeout=5) as line:
            line.sendall(self.hello)
            return line.recv(len(self.welcome)) == self.welcome
        return False


class RabbitMQ(Broker):
    """RabbitMQ with one user, and a name server of its own, so that it meets no other node.

    :param settings: further lines of rabbitmq.conf.
    :ivar url: its address, without user name and password (:data:`USER`, :data:`PASSWORD`).
    """

    kind = "rabbitmq"
    hello = b"AMQP\x00\x00\x09\x01"
    welcome = b"\x01\x00\x00"  # a method frame on channel 0: Connection.Start

    def __init__(self, port: int | None = None, settings: Mapping[str, object] | None = None):
        super().__init__(port)
        self.url = f"amqp://{LOCAL}:{self.port}"
        self.names = f"{self.name}-names"
        self.names_port, self.dist_port = free_port(), free_port()
        self.settings = dict(settings or {})

    def stop(self) -> None:
        super().stop()
        processes.kill(self.names)

    def kill(self) -> None:
        super().kill()
        processes.kill(self.names)

    def _launch(self):
        settings = {
            "listeners.tcp.local": f"{LOCAL}:{self.port}",
            "default_user": USER,
            "default_pass": PASSWORD,
            "log.console": "true",
            "log.console.level": "warning",
            "log.file": "false",
            # The machine's disk and memory are not what is tested.
            "disk_free_limit.absolute": "50MB",
            "vm_memory_high_watermark.absolute": "400MB",
        } | self.settings
        config = self.data / "rabbitmq.conf"
        config.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
        (self.data / "enabled_plugins").write_text("[].\n")
        (self.data / "empty").write_text("")
        env = _environment() | {
            "HOME": str(self.data),  # the node's cookie
            "ERL_EPMD_PORT": str(self.names_port),
            "ERL_EPMD_ADDRESS": LOCAL,
            "RABBITMQ_NODENAME": f"{self.name}@localhost",
            "RABBITMQ_CONFIG_FILE": str(config),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.data / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(self.data / "empty"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.data / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.data / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.data / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(self.data / "pid"),
            "RABBITMQ_DIST_PORT": str(self.dist_port),
            # Two of everything, or it makes as many as the machine has processors.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                f"+S 2:2 +A 8 -kernel inet_dist_use_interface {{{LOCAL.replace('.', ',')}}}"
            ),
            "RUNNING_UNDER_SYSTEMD": "true",  # no shell in between that would outlive the server
        }
        epmd = [_program("epmd"), "-port", str(self.names_port), "-address", LOCAL]
        processes.start(self.names, _bound(epmd), env)
        return processes.start(self.name, _bound([_program("rabbitmq-server")]), env)


class Redis(Broker):
    """Redis that has written to disk what it confirmed.

    :ivar url: its address, without the password (:data:`PASSWORD`).
    """

    kind = "redis"
    hello = b"PING\r\n"
    welcome = b"-NOAUTH"

    def __init__(self, port: int | None = None):
        super().__init__(port)
        self.url = f"redis://{LOCAL}:{self.port}/0"

    def _launch(self):
        settings = {
            "port": self.port,
            "bind": LOCAL,
            "requirepass": PASSWORD,
            "dir": self.data,
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "daemonize": "no",
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", str(value))]
        return processes.start(self.name, _bound([_program("redis-server"), *arguments]), _environment())


def free_port() -> int:
    """A port of the loopback address nobody listens on now."""
    with socket.socket() as listener:
        listener.bind((LOCAL, 0))
        return listener.getsockname()[1]


def _folders() -> list[Path]:
    """Where programs may be: those we unpacked first."""
    [own, *_none] = [*sorted((PROGRAMS / "usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin")), None]
    return [
        *([own] if own else []),
        PROGRAMS / "usr/bin",
        PROGRAMS / "usr/lib/erlang/bin",
        *map(Path, os.environ.get("PATH", "").split(os.pathsep)),
        Path("/usr/lib/rabbitmq/bin"),
    ]


def _find(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join(map(str, _folders())))


def _program(name: str) -> str:
    found = _find(name)
    if not found:
        raise SetupError(f"{name} was not found. Run: make setup (Debian), or install RabbitMQ and Redis.")
    return found


def _environment() -> dict[str, str]:
    env = {"PATH": os.pathsep.join(map(str, _folders()))}
    if libraries := ":".join(str(path) for path in (PROGRAMS / "usr/lib").glob("*-linux-gnu*")):
        env["LD_LIBRARY_PATH"] = libraries
    return env


def _bound(command: list[str]) -> list[str]:
    """The command, ended by the kernel when the process that starts it ends."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", *command] if setpriv else command
