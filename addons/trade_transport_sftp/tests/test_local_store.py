import io
import tempfile
from functools import partial
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ..files.local import LocalStore
from ..files.store import Refused, Unreachable
from .stores import StoreTests


@tagged("post_install", "-at_install")
class TestLocalStore(StoreTests, BaseCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name) / "exchange"
        for name in ("in", "out"):
            (self.root / name).mkdir(parents=True)
        self.open_store = partial(LocalStore, str(self.root))

    def test_a_link_does_not_lead_out_of_it(self):
        outside = self.root.parent / "secret"
        outside.write_bytes(b"secret")
        (self.root / "out" / "link.edi").symlink_to(outside)
        self.assertEqual(list(self.open_store().entries("out")), [])
        with self.assertRaises(Refused):
            self.open_store().load("out/link.edi", io.BytesIO(), 10)

    def test_a_folder_that_is_gone_is_told(self):
        with self.assertRaises(Unreachable):
            LocalStore(str(self.root / "none"))
