"""A real SFTP server (asyncssh) in a process of its own, with a folder as its root.

Run as a program it serves until its standard input is closed, and prints its port and its key's fingerprint.
"""

import asyncio
import subprocess
import sys
from pathlib import Path

HOST = "127.0.0.1"


class SftpServer:
    """``with SftpServer(root) as server``: started, answering; ended afterwards.

    :param root: what it serves
    :param login, password: who may come in
    :param public_key: an OpenSSH public key that may come in, too
    """

    def __init__(self, root, login="tradelane", password="secret", public_key=""):
        self.root, self.login, self.password, self.public_key = Path(root), login, password, public_key
        self.port, self.host_key = 0, ""
        self._process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()

    def start(self):
        command = [sys.executable, __file__, str(self.root), self.login, self.password, str(self.port)]
        self._process = subprocess.Popen(
            [*command, self.public_key], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        port, self.host_key = self._process.stdout.readline().split()
        self.port = int(port)

    def stop(self):
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = None

    @property
    def url(self):
        return f"sftp://{HOST}:{self.port}"


async def _serve(root, login, password, port, public_key):
    import asyncssh  # noqa: PLC0415 - only this program needs it

    class Server(asyncssh.SSHServer):
        def begin_auth(self, _username):
            return True

        def password_auth_supported(self):
            return True

        def validate_password(self, username, given):
            return (username, given) == (login, password)

        def public_key_auth_supported(self):
            return bool(public_key)

        def validate_public_key(self, username, key):
            return username == login and key == asyncssh.import_public_key(public_key)

    key_file = Path(root).parent / f"{Path(root).name}.host_key"
    if not key_file.exists():  # the same one after a restart
        key_file.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    key = asyncssh.read_private_key(str(key_file))
    server = await asyncssh.listen(
        HOST,
        int(port),
        server_factory=Server,
        server_host_keys=[key],
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=root.encode()),
    )
    print(server.get_port(), key.get_fingerprint(), flush=True)  # noqa: T201
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:6]))
