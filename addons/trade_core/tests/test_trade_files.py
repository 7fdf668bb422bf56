import json

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import TradeCase


@tagged("post_install", "-at_install")
class TestTradeFiles(TradeCase):
    """Files with documents of any kind: each goes on over the route it belongs to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.box = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.partner.id,
                "connector_id": cls.connector.id,
                "direction": "in",
                "document_type": "interchange",
                "codec": "auto",
            }
        )

    def file(self, *documents):
        return b"[" + b",".join(documents) + b"]"

    def test_each_document_of_a_file_goes_its_own_way(self):
        raw = self.file(self.response("P1", self.line("TAB-1")), self.response("P2", self.line("TAB-1")))
        self.product_known()
        [box] = self.arrive(raw, route=self.box)
        self.assertEqual(box.state, "applied")
        self.assertEqual(box.child_ids.route_id, self.route)
        self.assertEqual(set(box.child_ids.mapped("codec")), {"canonical_json"})
        self.run_ready()
        self.assertEqual((self.applied("P1"), self.applied("P2")), (1, 1))

    def test_a_file_of_one_document_is_passed_on_too(self):
        self.product_known()
        [box] = self.arrive(self.response("P1", self.line("TAB-1")), route=self.box)
        self.assertEqual((box.state, len(box.child_ids)), ("applied", 1))
        self.run_ready()
        self.assertEqual(self.applied("P1"), 1)

    def test_a_broken_document_is_held_with_its_own_route_and_stops_no_other(self):
        broken = json.dumps({"document_type": "order_response", "id": "R-9"}).encode()
        self.product_known()
        [box] = self.arrive(self.file(broken, self.response("P1", self.line("TAB-1"))), route=self.box)
        self.run_ready()
        states = {child.idempotency_key: child.state for child in box.child_ids}
        self.assertEqual(states, {"1": "held", "2": "applied"})
        self.assertEqual(self.applied("P1"), 1)

    def test_what_has_no_route_waits_in_the_file_and_the_rest_goes_on_once(self):
        other = json.dumps(
            {
                "document_type": "inventory_report",
                "id": "S-1",
                "issue_date": "2026-03-02",
                "inventory_lines": [
                    {"id": "1", "quantity": {"value": "5", "unit_code": "C62"}, "item": {"name": "Table"}}
                ],
            }
        ).encode()
        self.product_known()
        [box] = self.arrive(self.file(other, self.response("P1", self.line("TAB-1"))), route=self.box)
        self.assertEqual(box.state, "held")
        self.assertIn("inventory_report", box.state_reason)
        self.run_ready()
        self.assertEqual(self.applied("P1"), 1)
        route = self.env["trade.route"].create(
            {
                "trade_partner_id": self.partner.id,
                "connector_id": self.connector.id,
                "direction": "in",
                "document_type": "inventory_report",
            }
        )
        box._set_state("received")
        self.process(box)
        self.assertEqual((box.state, len(box.child_ids)), ("applied", 2))
        self.assertIn(route, box.child_ids.route_id)
        self.run_ready()
        self.assertEqual(self.applied("P1"), 1, "what went on before is not done again")

    def test_a_sender_nobody_knows_is_named_and_its_identifier_heals_it(self):
        message = self.receive(b"[]", route=self.box)
        envelope = {"syntax": "edifact", "sender": {"id": "4012345000009", "qualifier": "14"}}
        with self.assertRaisesRegex(Exception, "14:4012345000009"):
            message._sender(envelope)
        self.env["trade.identifier"].create(
            {"trade_partner_id": self.partner.id, "scheme": "gln", "value": "4012345000009"}
        )
        self.assertEqual(message._sender(envelope), self.partner)
        other, _connector, _route = self._make_supplier("Ready Mat")
        self.env["trade.identifier"].create(
            {"trade_partner_id": other.id, "scheme": "edifact", "value": "14:4012345000009"}
        )
        self.assertEqual(message._sender(envelope), other, "the most exact identifier counts")

    def test_files_of_any_kind_only_come_in(self):
        with self.assertRaises(ValidationError):
            self.box.copy({"direction": "out", "codec": "canonical_json"})
        with self.assertRaises(ValidationError):
            self.route.copy({"direction": "out", "codec": "auto"})

    def test_what_nobody_can_read_is_held(self):
        [box] = self.arrive(b"\x89PNG\r\n\x1a\n", route=self.box)
        self.assertEqual(box.state, "held")

    def product_known(self):
        self.env["product.supplierinfo"].create(
            {
                "partner_id": self.partner.partner_id.id,
                "product_tmpl_id": self.table.product_tmpl_id.id,
                "product_code": "TAB-1",
            }
        )

    def test_a_participant_of_peppol_is_known_by_its_scheme_and_number(self):
        names = self.env["trade.message"]._sender_names
        expected = [("peppol", "0088:4012345000009"), ("gln", "4012345000009")]
        for sender in (
            {"id": "0088:4012345000009", "qualifier": "iso6523-actorid-upis"},
            {"id": "4012345000009", "scheme_id": "0088"},
        ):
            self.assertEqual(names({"syntax": "ubl", "sender": sender}), expected)
