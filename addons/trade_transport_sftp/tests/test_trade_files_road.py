import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.trade_core.tests.common import TradeCase
from odoo.addons.trade_kernel.errors import ValidationFailed


@tagged("post_install", "-at_install")
class TestTradeFilesRoad(TradeCase):
    """Connectors and routes of files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        (cls.folder / "out").mkdir()
        cls.files = cls.env["trade.connector"].create(
            {
                "name": "Folder",
                "trade_partner_id": cls.partner.id,
                "transport": "folder",
                "base_url": str(cls.folder),
                "sftp_settle": 0,
            }
        )
        cls.box = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.partner.id,
                "connector_id": cls.files.id,
                "direction": "in",
                "document_type": "interchange",
                "codec": "auto",
                "endpoint": "out",
                "poll": True,
            }
        )

    def allow(self, folders):
        setting = patch.dict("os.environ", {"TRADE_FOLDERS": folders})
        setting.start()
        self.addCleanup(setting.stop)

    def test_only_folders_the_servers_administrator_allows(self):
        with self.assertRaises(ValidationFailed) as caught:
            self.files._files_open()
        self.assertEqual(caught.exception.code, "files.folder_forbidden")
        self.allow("/somewhere/else, " + str(self.folder))
        self.files._files_open()
        self.files.base_url = f"{self.folder}-other"
        with self.assertRaises(ValidationFailed):
            self.files._files_open()

    def test_a_file_is_stored_archived_and_passed_on(self):
        self.allow(str(self.folder))
        (self.folder / "out" / "answer.json").write_bytes(self.response("P1", self.line("TAB-1")))
        stored = self.fetch()
        self.assertEqual(stored.filename, "answer.json")
        self.assertFalse((self.folder / "out" / "answer.json").exists())
        self.assertTrue((self.folder / "out" / "archive" / "answer.json").exists())
        self.process(stored)
        self.assertEqual(stored.child_ids.route_id, self.route)

    def test_the_picture_beside_a_document_goes_with_it_once(self):
        self.allow(str(self.folder))
        self.box.file_pattern = "*.json"
        answer, picture = self.response("P1", self.line("TAB-1")), b"%PDF-1.4 the same to read"
        for _again in range(2):
            (self.folder / "out" / "R-1.json").write_bytes(answer)
            (self.folder / "out" / "R-1.pdf").write_bytes(picture)
            stored = self.fetch()
        self.assertEqual(stored.beside_ids.mapped(lambda file: (file.name, file.raw)), [("R-1.pdf", picture)])
        self.assertEqual(stored.beside_ids.mimetype, "application/pdf")
        self.process(stored)
        self.assertEqual(stored.child_ids.beside_ids.mapped("raw"), [picture])

    def fetch(self):
        poll = self.files._trade_poll(self.box)()
        self.assertEqual(poll.result.outcome, "ok", poll.result.detail)
        self.box._poll_record(poll, "2026-01-01 00:00:00")
        poll.done()
        return self.env["trade.message"].search([("route_id", "=", self.box.id)])

    def test_a_name_of_a_file_is_always_the_same_and_harmless(self):
        route = self.box.copy(
            {"direction": "out", "document_type": "order", "codec": "canonical_json", "poll": False}
        )
        message = self.env["trade.message"]._queue(route, self.partner, document_number="P/00042 ä")
        name = route._file_name(message)
        self.assertEqual(name, f"order_P-00042 -_{message.id}.json")
        with self.assertRaises(ValidationError):
            route.file_name = "{nonsense}.edi"

    def test_an_address_is_checked_when_it_is_entered(self):
        for wrong in ("http://a.example", "sftp://", "sftp://user@host/x", "sftp://ho st/x"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.files.copy({"transport": "sftp", "auth_method": "basic", "base_url": wrong})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.files.copy({"transport": "sftp", "auth_method": "none", "base_url": "sftp://a.example"})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.files.sftp_host_key = "aa:bb:cc"

    def test_a_key_that_is_none_is_noticed_when_it_is_entered(self):
        with self.assertRaises(ValidationError):
            self.env["trade.credential"].create(
                {"connector_id": self.files.id, "kind": "ssh_key", "login": "us", "secret": "not a key"}
            )
