import io
import shutil
import socket
import tempfile
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import paramiko
from odoo.tests import BaseCase, tagged

from ..files.calls import Put
from ..files.probe import StoreTest
from ..files.sftp import Line, SftpStore, private_key
from ..files.store import LoginRefused, Unreachable
from .server import HOST, SftpServer
from .stores import StoreTests, pick_up


def new_key():
    """A private key as text, and its public key."""
    key, text = paramiko.ECDSAKey.generate(), io.StringIO()
    key.write_private_key(text)
    return text.getvalue(), f"{key.get_name()} {key.get_base64()}"


@tagged("post_install", "-at_install")
class TestSftpStore(StoreTests, BaseCase):
    """Against a real server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.root = cls.folder / "exchange"
        cls.root.mkdir()
        cls.key, public = new_key()
        cls.server = SftpServer(cls.root, public_key=public)
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.line = Line(
            HOST,
            cls.server.port,
            "",
            "tradelane",
            cls.server.host_key,
            secret="secret",
            connect_timeout=2,
            timeout=3,
        )

    def setUp(self):
        super().setUp()
        for name in ("in", "out"):
            shutil.rmtree(self.root / name, ignore_errors=True)
            (self.root / name).mkdir()
        self.open_store = partial(SftpStore, self.line)

    def test_a_key_opens_it_too(self):
        self.open_store = partial(SftpStore, replace(self.line, key=self.key, secret=None))
        self.file("a.edi", b"1")
        self.assertEqual(pick_up(self).documents[0].raw, b"1")

    def test_a_server_with_another_key_hears_nothing_of_us(self):
        line = replace(self.line, host_key="SHA256:" + "A" * 43)
        with self.assertRaises(LoginRefused) as caught:
            SftpStore(line)
        self.assertIn(self.server.host_key, str(caught.exception))
        self.assertEqual(Put(partial(SftpStore, line), "in", "a", b"x")().outcome, "auth")

    def test_a_server_nobody_has_looked_at_hears_nothing_either(self):
        with self.assertRaises(LoginRefused):
            SftpStore(replace(self.line, host_key=""))

    def test_while_the_server_changes_its_key_both_are_trusted(self):
        both = f"SHA256:{'A' * 43} {self.server.host_key}"
        SftpStore(replace(self.line, host_key=both)).close()

    def test_a_wrong_password_or_key_is_a_matter_of_credentials(self):
        for line in (replace(self.line, secret="wrong"), replace(self.line, key=new_key()[0], secret=None)):
            self.assertEqual(Put(partial(SftpStore, line), "in", "a", b"x")().outcome, "auth")

    def test_nobody_there_is_tried_again(self):
        with socket.socket() as free:
            free.bind((HOST, 0))
            port = free.getsockname()[1]
        result = Put(partial(SftpStore, replace(self.line, port=port)), "in", "a", b"x")()
        self.assertEqual(result.outcome, "retry")

    def test_a_server_that_says_nothing_does_not_hold_us(self):
        with socket.create_server((HOST, 0)) as mute:
            line = replace(self.line, port=mute.getsockname()[1], timeout=0.5)
            with self.assertRaises(Unreachable):
                SftpStore(line)

    def test_a_server_that_talks_nonsense_does_not_hold_us(self):
        with socket.create_server((HOST, 0)) as server:

            def talk():
                sock, _address = server.accept()
                sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                sock.close()

            threading.Thread(target=talk, daemon=True).start()
            with self.assertRaises(Unreachable):
                SftpStore(replace(self.line, port=server.getsockname()[1], timeout=1))

    def test_the_test_of_the_connection_says_how_far_it_came(self):
        self.file("a.edi")

        def steps(**changes):
            line = replace(self.line, **changes)
            return [
                (step.name, step.outcome) for step in StoreTest(line, partial(SftpStore, line), ("out",))()
            ]

        self.assertEqual(
            steps(), [("connect", "ok"), ("host key", "ok"), ("authenticate", "ok"), ("answer", "ok")]
        )
        self.assertIn(("host key", "failed"), steps(host_key=""))
        self.assertIn(("authenticate", "failed"), steps(secret="wrong"))

    def test_what_is_no_private_key_is_said(self):
        with self.assertRaisesRegex(ValueError, "no private key"):
            private_key("-----BEGIN NOTHING-----")
        secret = io.StringIO()
        paramiko.ECDSAKey.generate().write_private_key(secret, password="pass")
        with self.assertRaisesRegex(ValueError, "passphrase"):
            private_key(secret.getvalue())

    def test_no_secret_stands_in_what_is_shown(self):
        self.assertNotIn("secret", repr(self.line))
