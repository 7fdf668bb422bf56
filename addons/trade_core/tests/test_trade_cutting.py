import io
import json
import os
from unittest.mock import patch

from odoo.tests import Form, tagged

from odoo.addons.trade_core.models.trade_message_block import BLOCK
from odoo.addons.trade_core.pipeline import files, inbound
from odoo.addons.trade_kernel import codecs

from .common import TradeCase

HEAD = (
    "UNB+UNOC:3+4012345000009:14+4099999000006:14+260301:1200+7'\n"
    "UNH+1+INVRPT:D:96A:UN'\nBGM+35+S1+9'\nDTM+137:20260301:102'\n"
)


class Stock:
    """An adapter for stock reports: remembers what it was given; an item called POISON is a problem."""

    def __init__(self, env):
        self.env = env

    def __getattr__(self, name):
        return getattr(self.env["trade.adapter"], name)

    def _plan(self, works):
        for work in works:
            work.record = work.message.trade_partner_id.partner_id

    def _apply(self, works):
        for work in works:
            work.record.color += len(work.document.inventory_lines)

    def _watched(self, work):
        return [(work.record, ["color"])]


@tagged("post_install", "-at_install")
class TestTradeCutting(TradeCase):
    """Files too large to be read at once: cut into messages, in little memory, with progress."""

    def setUp(self):
        super().setUp()
        adapter = patch(
            "odoo.addons.trade_core.models.trade_adapter.TradeAdapter._for",
            lambda self, direction, document_type: Stock(self.env),
        )
        adapter.start()
        self.addCleanup(adapter.stop)
        self.env["ir.config_parameter"].set_param("trade_core.piece_lines", "1000")
        self.stock = self.env["trade.route"].create(
            {
                "trade_partner_id": self.partner.id,
                "connector_id": self.connector.id,
                "direction": "in",
                "document_type": "inventory_report",
                "codec": "edifact",
            }
        )
        self.counted = self.partner.partner_id
        self.counted.color = 0

    @staticmethod
    def report(count, wrong=()):
        lines = "".join(
            f"LIN+{n}'\nPIA+5+A-{n}:SA'\nIMD+F++:::Oak table {n}'\n"
            f"QTY+145:{'many' if n in wrong else n}:PCE'\n"
            for n in range(1, count + 1)
        )
        return f"{HEAD}{lines}UNT+{4 * count + 4}+1'\nUNZ+1+7'\n".encode()

    # -- storing ---------------------------------------------------------------------------------
    def test_a_large_payload_is_kept_in_blocks_and_comes_back_as_it_was(self):
        raw = os.urandom(3 * BLOCK + 17)
        message = self.receive(raw, self.stock)
        self.assertEqual(len(message.sudo().payload or b""), 0)
        self.assertEqual(message.payload_size, len(raw))
        self.assertTrue(message._raw() == raw)
        with message._open() as file:
            file.seek(2 * BLOCK - 3)
            self.assertEqual(file.read(6), raw[2 * BLOCK - 3 : 2 * BLOCK + 3])
        blocks = self.env["trade.message.block"].search_count([("message_id", "=", message.id)])
        self.assertEqual(blocks, 4)

    def test_a_file_is_stored_like_bytes_and_known_again(self):
        raw = self.report(3)
        values = {"route": self.stock, "scope": "test", "key": "the same"}
        first = self.env["trade.message"]._receive(io.BytesIO(raw), **values)
        again = self.env["trade.message"]._receive(raw, **values)
        other = self.env["trade.message"]._receive(io.BytesIO(raw + b"x"), **values)
        self.assertEqual([first.outcome, again.outcome, other.outcome], ["stored", "known", "conflict"])

    # -- cutting ---------------------------------------------------------------------------------
    def test_a_large_file_becomes_messages_and_every_line_counts_once(self):
        [file] = self.arrive(self.report(12_500), route=self.stock)
        self.assertEqual((file.state, file.part_count), ("applied", 13))
        self.assertEqual(file.parts_done, 0)
        self.run_ready()
        file.invalidate_recordset()
        self.assertEqual((file.parts_done, self.counted.color), (100, 12_500))
        self.assertEqual(
            file.child_ids.sorted("id").mapped("document_number"),
            ["S1", *(f"S1-{number}" for number in range(2, 14))],
        )

    def test_a_batch_of_large_pieces_has_fewer_of_them(self):
        [file] = self.arrive(self.report(12_500), route=self.stock)
        lane = file.child_ids[0].lane
        taken = inbound.ready(self.env, lane, 50)
        self.assertEqual(taken, sorted(file.child_ids.ids)[: len(taken)])
        self.assertEqual(len(taken), 10)
        self.assertEqual(inbound.ready(self.env, lane, 1), taken[:1], "the first one is always taken")

    def test_a_small_file_stays_one_message(self):
        [file] = self.arrive(self.report(1_500), route=self.stock)
        self.assertEqual(file.state, "applied", file.state_reason)
        self.assertEqual((file.part_count, self.counted.color), (0, 1_500))

    def test_what_is_wrong_holds_its_piece_and_no_other(self):
        [file] = self.arrive(self.report(12_500, wrong={7_777}), route=self.stock)
        self.run_ready()
        file.invalidate_recordset()
        [held] = file.child_ids.filtered(lambda part: part.state == "held")
        self.assertEqual(self.counted.color, 11_500)
        self.assertIn("segment 3111 QTY", str(held.attempt_ids[0].pointers))
        self.assertEqual(file.parts_text, "12 of 13 done, 1 held.")
        self.assertTrue(file.action_open_parts()["context"]["search_default_person"])

    def test_cut_again_it_adds_nothing(self):
        [file] = self.arrive(self.report(12_500), route=self.stock)
        parts = file.child_ids
        # As after a worker that was killed before it could say that it was done.
        self.env.cr.execute("UPDATE trade_message SET state = 'received' WHERE id = %s", [file.id])
        file.invalidate_recordset()
        self.assertTrue(files.cut(file, codecs.get("edifact")))
        file.invalidate_recordset()
        self.assertEqual(file.child_ids, parts)

    def test_a_format_that_cannot_be_cut_is_read_whole_or_told(self):
        self.stock.codec = "canonical_json"
        line = {"quantity": {"value": "5", "unit_code": "C62"}, "item": {"name": "Oak table"}}
        lines = [{**line, "id": str(number)} for number in range(1, 4_001)]
        values = {"document_type": "inventory_report", "id": "S1", "issue_date": "2026-03-01"}
        raw = json.dumps({**values, "inventory_lines": lines}).encode()
        [whole] = self.arrive(raw, route=self.stock)
        self.assertEqual((whole.state, self.counted.color), ("applied", 4_000))
        self.env["ir.config_parameter"].set_param("trade_core.max_bytes", "100000")
        [held] = self.arrive(raw + b" ", route=self.stock)
        self.assertEqual(held.state, "held")
        self.assertIn("cannot be read in pieces", held.state_reason)

    # -- what people see -------------------------------------------------------------------------
    def test_the_form_shows_progress_and_a_beginning_of_the_file(self):
        [file] = self.arrive(self.report(60_000), route=self.stock)
        form = Form(file.with_user(self.user), "trade_core.trade_message_view_form")
        self.assertEqual(form.parts_text, "0 of 60 done, 60 waiting for their turn.")
        self.assertFalse(form.raw_view["whole"])
        self.assertTrue(form.raw_view["lines"][0].startswith("UNB+UNOC:3"))
