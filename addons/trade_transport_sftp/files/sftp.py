"""Folders on an SFTP server (draft-ietf-secsh-filexfer-02, the version servers speak), by paramiko."""

import base64
import contextlib
import hashlib
import io
import logging
import socket
import stat as modes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import paramiko

from .store import Entry, LoginRefused, Refused, Unreachable, inside

# What it logs as errors of ours are failures of other people's servers; they are told where they belong.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)

PORT = 22
_CHUNK = 256 * 1024
_PREFETCHED = 64  # of 32 kB


@dataclass(frozen=True, slots=True)
class Line:
    """How a server is reached.

    :ivar root: the folder everything is below; empty: where the login ends
    :ivar host_key: ``SHA256:…`` of the key the server must have, as ``ssh-keygen -l`` shows it; several
        are separated by blanks while the server changes its key
    :ivar key: a private key without passphrase, OpenSSH or PEM; or ``None``
    :ivar secret: the password; or ``None``
    """

    host: str
    port: int
    root: str
    login: str
    host_key: str
    key: str | None = field(repr=False, default=None)
    secret: str | None = field(repr=False, default=None)
    connect_timeout: float = 5.0
    timeout: float = 30.0

    def conceal(self, text: str) -> str:
        """``text`` without the secrets, should a server send one back."""
        for secret in (self.secret, self.key):
            if secret and len(secret) > 3:
                text = text.replace(secret, "•••")
        return text


def fingerprint(key: paramiko.PKey) -> str:
    """A host key's fingerprint as ``ssh-keygen -l`` shows it."""
    digest = hashlib.sha256(key.asbytes()).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def private_key(text: str) -> paramiko.PKey:
    """A private key of any kind, without a passphrase: what is stored here is encrypted anyway.

    :raise ValueError: it cannot be read; the text is for people
    """
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(f"{text.strip()}\n"))
        except paramiko.PasswordRequiredException:
            raise ValueError(
                "The private key has a passphrase. Take it off with ssh-keygen -p, then enter the key: it"
                " is encrypted"
                " here."
            ) from None
        except (paramiko.SSHException, ValueError, IndexError, TypeError):
            continue
    raise ValueError(
        "This is no private key that can be used: Ed25519, ECDSA or RSA, in OpenSSH or PEM form"
        " (-----BEGIN … PRIVATE KEY-----)."
    )


class Session:
    """A connection step by step, so that a test can tell how far it came."""

    def __init__(self, line: Line):
        self.line, self.transport, self.client = line, None, None

    def connect(self) -> None:
        line = self.line
        try:
            sock = socket.create_connection((line.host, line.port or PORT), line.connect_timeout)
        except socket.gaierror:
            raise Unreachable(
                f"The name {line.host} is not known in the network. Is it spelled right?"
            ) from None
        except TimeoutError:
            raise Unreachable(
                f"{line.host} did not answer within {line.connect_timeout:g} s. Is a firewall between?"
            ) from None
        except OSError as error:
            raise Unreachable(f"{line.host}: {error.strerror or error}.") from None
        with _told(line):
            sock.settimeout(line.timeout)
            self.transport = paramiko.Transport(sock)
            self.transport.banner_timeout = self.transport.auth_timeout = line.timeout
            self.transport.start_client(timeout=line.timeout)

    def host_key(self) -> str:
        """The fingerprint of the key the server has shown."""
        with _told(self.line):
            return fingerprint(self.transport.get_remote_server_key())

    def check_host(self) -> None:
        """Nothing secret is said before the server has proved who it is."""
        shown = self.host_key()
        if not self.line.host_key:
            raise LoginRefused(
                f"The server's key is not known yet: {shown}. Compare it with what the partner says, then"
                " trust it."
            )
        if shown not in self.line.host_key.split():
            raise LoginRefused(
                f"The server has another key than the one you trust: {shown}. Ask the partner whether"
                " they changed"
                " it. If not, somebody else may be answering in their place. Nothing was sent."
            )

    def login(self) -> None:
        line = self.line
        with _told(line):
            try:
                if line.key:
                    self.transport.auth_publickey(line.login, private_key(line.key))
                else:
                    self.transport.auth_password(line.login, line.secret or "", fallback=True)
            except ValueError as error:
                raise LoginRefused(str(error)) from None
            except paramiko.BadAuthenticationType as error:
                kinds = ", ".join(error.allowed_types)
                raise LoginRefused(
                    f"The server only takes: {kinds}. Choose that under Authentication."
                ) from None
            except paramiko.AuthenticationException:
                raise LoginRefused(f"The server refused the login of {line.login}.") from None

    def open(self) -> None:
        with _told(self.line):
            self.client = self.transport.open_sftp_client()
            self.client.get_channel().settimeout(self.line.timeout)

    def close(self) -> None:
        if self.transport:
            self.transport.close()


class SftpStore:
    """A server, connected and logged in.

    :raise StoreError: it is not
    """

    def __init__(self, line: Line):
        self._session = session = Session(line)
        try:
            session.connect()
            session.check_host()
            session.login()
            session.open()
        except BaseException:
            session.close()
            raise
        self._client, self._line = session.client, line

    def _path(self, path: str) -> str:
        path = inside(path)
        root = self._line.root
        return f"{root.rstrip('/')}/{path}" if root else path or "."

    def entries(self, folder: str) -> Iterator[Entry]:
        with _told(self._line, folder):
            for found in self._client.listdir_iter(self._path(folder)):
                if found.st_mode is None or modes.S_ISREG(found.st_mode):
                    yield Entry(found.filename, found.st_size or 0, found.st_mtime or 0)

    def stat(self, path: str) -> Entry | None:
        with _told(self._line, path):
            try:
                found = self._client.stat(self._path(path))
            except FileNotFoundError:
                return None
            return Entry(path.rpartition("/")[2], found.st_size or 0, found.st_mtime or 0)

    def load(self, path: str, target: BinaryIO, most: int) -> None:
        with _told(self._line, path), self._client.open(self._path(path), "rb") as file:
            # So many requests under way at most: what has arrived and is not written yet is in memory.
            file.prefetch(min(file.stat().st_size or 0, most + 1), _PREFETCHED)
            left = most + 1
            while left > 0 and (part := file.read(min(_CHUNK, left))):
                target.write(part)
                left -= len(part)

    def save(self, path: str, data: bytes) -> None:
        with _told(self._line, path), self._client.open(self._path(path), "wb") as file:
            file.set_pipelined(True)
            for start in range(0, len(data), _CHUNK):
                file.write(data[start : start + _CHUNK])
        written = self.stat(path)
        if written is not None and written.size != len(data):
            raise Unreachable(f"{path} arrived with {written.size} of {len(data)} bytes. It is sent again.")

    def rename(self, old: str, new: str) -> None:
        # Servers differ in what a rename onto a file does; none may ever lose one.
        if self.stat(new) is not None:
            raise Refused(f"There is a file called {new} already.")
        with _told(self._line, new):
            try:
                self._client.rename(self._path(old), self._path(new))
            except FileNotFoundError:
                self._make_folder(new.rpartition("/")[0])
                self._client.rename(self._path(old), self._path(new))

    def _make_folder(self, folder: str) -> None:
        if folder:
            with contextlib.suppress(OSError):  # it is there, or the rename says what is wrong
                self._client.mkdir(self._path(folder))

    def remove(self, path: str) -> None:
        with _told(self._line, path), contextlib.suppress(FileNotFoundError):
            self._client.remove(self._path(path))

    def close(self) -> None:
        self._session.close()


@contextlib.contextmanager
def _told(line: Line, what: str = ""):
    try:
        yield
    except FileNotFoundError:
        raise Refused(
            f"The server has no {what or 'such folder'}. Correct the folder on the route."
        ) from None
    except PermissionError:
        raise Refused(f"The server does not let {line.login} use {what or 'this folder'}.") from None
    except (TimeoutError, EOFError):
        raise Unreachable(f"{line.host} did not answer within {line.timeout:g} s, or hung up.") from None
    except (paramiko.SSHException, OSError) as error:
        raise Unreachable(line.conceal(f"{line.host}: {error}.")[:400]) from None
