import base64
from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from odoo.addons.trade_kernel.errors import (
    BusinessRefused,
    DeviationHeld,
    InternalError,
    MappingMissing,
    ValidationFailed,
)
from odoo.addons.trade_portal import words

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestTradePortalHome(PortalCase):
    def setUp(self):
        super().setUp()
        self.sign_in(self.our_user)

    def path(self, url):
        response = self.get(url)
        self.assertEqual(response.status_code, 200, url)
        return response.text

    def test_nothing_to_do(self):
        self.assertIn("Nothing to do", self.path("/my/trading"))

    def test_what_is_to_be_done_stands_on_top(self):
        self.held(self.ours, "R-1", ValidationFailed("field.missing", field="id"))
        self.document(
            self.ours,
            "P00001",
            state="sent",
            direction="out",
            ack_deadline=fields.Datetime.now() - timedelta(hours=1),
        )
        self.break_connection(self.ours)
        text = self.path("/my/trading")
        places = [
            text.index(words)
            for words in ("did not answer", "Documents have to be corrected", "wait for your answer")
        ]
        self.assertTrue(places[0] < min(places[1:]))
        self.assertNotIn("Nothing to do", text)
        corrected = self.path("/my/trading/documents?show=correct")
        self.assertIn("R-1", corrected)
        self.assertNotIn("P00001", corrected)
        answer = self.path("/my/trading/documents?show=answer")
        self.assertIn("P00001", answer)
        self.assertNotIn("R-1", answer)

    def test_entry_on_my_page_with_its_count(self):
        self.break_connection(self.ours)
        self.assertIn("/my/trading", self.path("/my"))
        counts = self.make_jsonrpc_request("/my/counters", {"counters": ["trade_todo_count"]})
        self.assertEqual(counts["trade_todo_count"], 1)
        stranger = new_test_user(self.env, "stranger", "base.group_portal")
        self.sign_in(stranger)
        self.assertNotIn("/my/trading", self.path("/my"))

    def test_search_and_pages(self):
        for number in range(25):
            self.document(self.ours, f"D-{number:03}")
        first, second = self.path("/my/trading/documents"), self.path("/my/trading/documents/page/2")
        self.assertIn("D-024", first)
        self.assertNotIn("D-004", first)
        self.assertIn("D-004", second)
        self.assertNotIn("D-024", second)
        found = self.path("/my/trading/documents?search=d-01")
        self.assertIn("D-013", found)
        self.assertNotIn("D-020", found)
        for odd in ("?search=%25", "?search=%27%20OR%201=1", "?show=none", "?search=nothing", "/page/9999"):
            self.assertNotIn("Traceback", self.path(f"/my/trading/documents{odd}"))

    def test_in_their_words(self):
        """What concerns us stays here: limits, people's notes, what our software ran into."""
        secret = "limit is 2.5 %, others pay 17.31"
        errors = {
            "R-DEV": (DeviationHeld("x.y", subject="P1", also=secret), "one of us decides"),
            "R-BUG": (InternalError("codec.crashed", codec="x", detail=secret), "difficulty on our side"),
            "R-MAP": (
                MappingMissing("product.unknown", subject="GTIN:4711", scheme="GTIN", value="4711"),
                "we are adding it",
            ),
            "R-ORD": (BusinessRefused("order.unknown", order="P99", subject="P99"), "no order P99 with you"),
        }
        for number, (error, said) in errors.items():
            message, problem = self.held(self.ours, number, error)
            problem.message_post(body=secret)
            page = self.path(f"/my/trading/documents/{message.id}")
            self.assertIn(said, page)
            self.assertNotIn("17.31", page)
        page = self.path("/my/trading/problems")
        self.assertIn("The code 4711 is new to us", page)
        self.assertNotIn("17.31", page)
        for number in errors:
            self.assertIn(number, page)

    def test_their_own_document_is_told_in_detail(self):
        raw = base64.b64encode(b'{"document_type": "order_response", "order_lines": 5}')
        route = self.env["trade.route"].create(
            {
                "trade_partner_id": self.ours.id,
                "connector_id": self.ours.connector_ids.id,
                "direction": "in",
                "document_type": "order_response",
            }
        )
        error = ValidationFailed("field.missing", field="id", pointer="/id")
        message, _problem = self.held(
            self.ours,
            "R-1",
            error,
            payload=raw,
            payload_size=100,
            route_id=route.id,
            codec="canonical_json",
        )
        page = self.path(f"/my/trading/documents/{message.id}")
        self.assertIn("id is missing", page)
        self.assertIn("/order_lines", page)
        self.assertIn("Correct it and send it again", page)

    def test_errors_are_told_in_their_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.our_user.lang = "de_DE"
        self.new_browser()
        self.sign_in(self.our_user)
        one = ValidationFailed("field.missing", field="id", pointer="/id")
        large = {"payload_size": 2_000_000}  # not read again: what was kept with the problem is told
        message, problem = self.held(self.ours, "R-1", one, **large)
        page = self.path(f"/my/trading/documents/{message.id}")
        self.assertIn("id fehlt.", page)
        self.assertNotIn("id is missing", page)
        # Another document waits for the same problem, with other errors: this one keeps what it said.
        problem.errors = [ValidationFailed("file.empty").as_dict()]
        page = self.path(f"/my/trading/documents/{message.id}")
        self.assertIn("id is missing", page)
        self.assertNotIn("Die Datei ist leer", page)
        ours = ValidationFailed("layout.missing")
        message, _problem = self.held(self.ours, "R-2", ours, **large)
        page = self.path(f"/my/trading/documents/{message.id}")
        self.assertIn("Auf unserer Seite gibt es eine Schwierigkeit", page)
        self.assertNotIn("has no layout", page)
        error = BusinessRefused("order.unknown", order="P99", subject="P99")
        message, _problem = self.held(self.ours, "R-3", error)
        page = self.path(f"/my/trading/documents/{message.id}")
        self.assertIn("Wir haben keine Bestellung P99 mit Ihnen.", page)

    def test_every_state_has_words(self):
        for direction, states in (
            ("in", ("received", "decoded", "applied", "held", "rejected", "ignored")),
            ("out", ("queued", "sent", "acknowledged", "held", "rejected", "cancelled")),
        ):
            for state in states:
                with self.subTest(f"{direction} {state}"):
                    message = self.document(self.ours, f"{direction}-{state}", state, direction)
                    said = words.of_message(message)
                    self.assertTrue(said.text.endswith("."), said)
                    self.path(f"/my/trading/documents/{message.id}")

    def test_events_for_machines_are_not_listed(self):
        event = self.document(self.ours, "EVENT-1", state="sent", direction="out", document_type="event")
        self.assertNotIn("EVENT-1", self.path("/my/trading/documents"))
        self.assertEqual(self.get(f"/my/trading/documents/{event.id}").status_code, 404)

    def test_connection(self):
        self.break_connection(self.ours)
        self.ours.connector_ids.circuit_probe_at = fields.Datetime.now() + timedelta(minutes=10)
        self.document(self.ours, "P1", state="queued", direction="out")
        client = self.env["trade.api.client"].create({"name": "SAP", "trade_partner_id": self.ours.id})
        self.env["trade.api.denial"]._add(
            {
                (client.id, "203.0.113.9", "key", "", "key", "post"): 4,
                (0, "198.51.100.0/24", "unknown", "", "key", "post"): 9,
            }
        )
        page = self.get("/my/trading/connection")
        self.assertIn("We try again in 10 min", page.text)
        self.assertIn("Documents that wait to be sent to you: 1.", page.text)
        self.assertIn("Use the newest key", page.text)
        self.assertIn("203.0.113.9", page.text)
        self.assertNotIn("198.51.100", page.text)
        self.assertNotIn("proxy.internal", page.text)
        done = self.post("/my/trading/connection", page)
        self.assertEqual(done.status_code, 200)
        self.ours.connector_ids.invalidate_recordset()
        self.assertLessEqual(self.ours.connector_ids.circuit_probe_at, fields.Datetime.now())

    def test_suspended_and_closed_look_only(self):
        page = self.get("/my/trading/connection")
        for state, said in (("suspended", "paused"), ("closed", "no longer trade")):
            self.ours.state = state
            self.assertIn(said, self.path("/my/trading"))
            for url in ("/my/trading/connection", "/my/trading/keys"):
                refused = self.post(url, page, name="X", mode="test")
                self.assertEqual(refused.status_code, 403)
                self.assertIn(said, refused.text)
        self.assertFalse(self.ours.api_client_ids)

    def test_several_of_our_companies(self):
        other = self.env["res.company"].create({"name": "Our Other Company"})
        second = self.env["trade.partner"].create(
            {"partner_id": self.ours.partner_id.id, "company_id": other.id, "state": "suspended"}
        )
        second.env["trade.connector"].create(
            {"name": "x", "trade_partner_id": second.id, "company_id": other.id, "transport": "manual"}
        )
        self.document(self.ours, "FIRST-1")
        self.document(second, "SECOND-1")
        page = self.get("/my/trading")
        self.assertIn("Our Other Company", page.text)
        self.assertIn("FIRST-1", page.text)
        self.assertNotIn("SECOND-1", page.text)
        switched = self.post("/my/trading/switch", page, to=second.id)
        self.assertIn("SECOND-1", switched.text)
        self.assertNotIn("FIRST-1", switched.text)
        back = self.post(
            "/my/trading/switch", switched, to=self.ours.id
        )  # also from where nothing may be done
        self.assertIn("FIRST-1", back.text)
        tried = self.post("/my/trading/switch", back, to=self.theirs.id)
        self.assertIn("Wood Corner", tried.text)
        self.assertNotIn("Ready Mat", tried.text)

    def test_number_of_queries_does_not_grow(self):
        self.path("/my/trading/documents")
        for number in range(3):
            self.held(
                self.ours,
                f"A-{number}",
                BusinessRefused("order.unknown", order=f"P{number}", subject=f"{number}"),
            )
        self.env.flush_all()
        few = self._queries()
        for number in range(14):
            self.held(
                self.ours,
                f"B-{number}",
                BusinessRefused("order.unknown", order=f"Q{number}", subject=f"b{number}"),
            )
        self.assertLessEqual(self._queries(), few + 2)

    def _queries(self):
        partner = self.ours.sudo()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        messages = partner.env["trade.message"].search(partner._portal_domain(), limit=20)
        for message in messages:
            words.of_message(message)
            words.name(message)
        partner._trade_portal_cards()
        return self.env.cr.sql_log_count - before
