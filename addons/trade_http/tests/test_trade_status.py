import json
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.trade_core.models.trade_adapter import TradeAdapter
from odoo.addons.trade_kernel.errors import BusinessRefused, MappingMissing

from .common import PushCase, make_client, make_partner, shown

LOGGER = "odoo.addons.trade_http.intake"


@tagged("post_install", "-at_install")
class TestTradeStatus(PushCase):
    """What the sender of a document sees of it."""

    def status(self, message, **options):
        return self.url_open(f"/trade/v1/messages/{message.id}", headers=self.headers(**options))

    def seen(self, message):
        response = self.status(message)
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def processed(self, raw, error=None):
        """Push a document and let its lane run, with an adapter that accepts it or raises ``error``."""
        message = self.assertTaken(self.push(raw))
        self.drain(message, error)
        return message

    def drain(self, message, error=None):
        with patch.object(TradeAdapter, "_for", lambda adapters, *_args: _Adapter(adapters, error)):
            self.env["trade.lane"]._drain(message.lane)
        message.invalidate_recordset()

    def good(self, order="PO1", **values):
        return self.document(
            order,
            issue_date="2026-01-02",
            order_response_code="AP",
            order_reference={"id": order},
            order_lines=[],
            **values,
        )

    def test_what_was_just_stored(self):
        seen = self.seen(self.assertTaken(self.push()))
        self.assertEqual(seen["state"], "received")
        self.assertEqual(seen["problems"], [])
        self.assertEqual(seen["document_type"], "order_response")
        self.assertTrue(seen["received_at"].endswith("+00:00"))
        self.assertIsNone(seen["done_at"])

    def test_what_was_applied(self):
        message = self.processed(self.good())
        self.assertEqual(message.state, "applied", message.state_reason)
        seen = self.seen(message)
        self.assertEqual((seen["state"], seen["document_number"]), ("applied", "R-PO1"))
        self.assertTrue(seen["done_at"])

    def test_every_error_of_a_malformed_document_with_its_place(self):
        message = self.processed(b'{"document_type": "order_response", "id": 5, "nonsense": true}')
        self.assertEqual(message.state, "held")
        seen = self.seen(message)
        self.assertEqual(seen["state"], "held")
        self.assertGreater(len(seen["problems"]), 1)
        self.assertIn("/nonsense", [problem["pointer"] for problem in seen["problems"]])
        for problem in seen["problems"]:
            self.assertEqual(problem["class"], "validation")
            self.assertTrue(problem["detail"].endswith("."), problem)
            self.assertIn("send it again with a new key", problem["remedy"])

    def test_a_code_we_do_not_know_is_named(self):
        error = MappingMissing(
            "product.unknown",
            subject="seller:AC-4711",
            scheme="seller",
            value="AC-4711",
            pointer="/order_lines/0",
        )
        [problem] = self.seen(self.processed(self.good(), error))["problems"]
        self.assertEqual(problem["class"], "mapping")
        self.assertIn("AC-4711", problem["detail"])
        self.assertIn("we are adding", problem["remedy"])

    def test_what_is_ours_stays_ours(self):
        """Our limits, our people and our defects are not told to partners."""
        refused = BusinessRefused(
            "response.deviates", order="PO1", summary="price 8.2 % above the limit of 2 %"
        )
        for error in (refused, RuntimeError("SELECT * FROM secret")):
            with self.subTest(error):
                message = self.processed(self.good(str(type(error).__name__)), error)
                self.assertEqual(message.state, "held")
                text = self.status(message).text
                self.assertNotIn("8.2", text)
                self.assertNotIn("secret", text)
                self.assertEqual(len(self.seen(message)["problems"]), 1)

    def test_what_we_corrected_points_to_the_correction(self):
        message = self.processed(b'{"document_type": "order_response"}')
        copy = message._resubmit(self.good(), "Joel says the supplier is hopeless")
        seen = self.seen(message)
        self.assertEqual(seen["state"], "ignored")
        self.assertTrue(seen["replaced_by"].endswith(f"/trade/v1/messages/{copy.id}"))
        self.assertNotIn("hopeless", json.dumps(seen))
        self.assertEqual(self.seen(copy)["id"], copy.id)

    def test_the_parts_of_a_file(self):
        message = self.processed(b"[" + self.good("PO1") + b"," + self.good("PO2") + b"]")
        seen = self.seen(message)
        self.assertEqual(len(seen["parts"]), 2)
        for part in seen["parts"]:
            self.assertEqual(part["state"], "applied")
            self.assertEqual(self.url_open(part["status_url"], headers=self.headers()).status_code, 200)

    def test_a_senders_key_never_stands_in_the_way_of_a_part(self):
        raw = b"[" + self.good("PO1") + b"," + self.good("PO2") + b"]"
        self.assertTaken(self.push(self.good("PO3"), key="file#1"))
        message = self.assertTaken(self.push(raw, key="file"))
        self.drain(message)
        numbers = [part["id"] for part in self.seen(message)["parts"]]
        documents = self.env["trade.message"].browse(numbers).mapped("document_number")
        self.assertEqual(documents, ["R-PO1", "R-PO2"])

    # -- only one's own ------------------------------------------------------------------------

    def test_another_partners_message_does_not_exist(self):
        message = self.assertTaken(self.push())
        partner, _route = make_partner(self.env, "Ready Mat")
        stranger = make_client(self.env, partner)
        key, secret = shown(stranger.action_new_key()), shown(stranger.action_new_signing_secret())
        theirs = self.assertProblem(self.status(message, api_key=key), 404, "not-found")
        signed = self.signed_headers(b"", secret=secret, client=stranger)
        self.assertProblem(
            self.url_open(f"/trade/v1/messages/{message.id}", headers=signed), 404, "not-found"
        )
        nobodys = self.url_open("/trade/v1/messages/999999999", headers=self.headers(api_key=key))
        self.assertEqual(theirs, nobodys.json(), "that it exists is not told either")

    def test_another_client_of_the_same_partner_sees_it(self):
        message = self.assertTaken(self.push())
        other = make_client(self.env, self.partner, "Portal")
        self.assertEqual(self.status(message, api_key=shown(other.action_new_key())).status_code, 200)

    def test_the_same_partner_in_another_company_does_not(self):
        message = self.assertTaken(self.push())
        company = self.env["res.company"].create({"name": "Our other company"})
        profile = self.env["trade.partner"].create(
            {"partner_id": self.partner.partner_id.id, "company_id": company.id, "state": "live"}
        )
        key = shown(make_client(self.env, profile).action_new_key())
        self.assertProblem(self.status(message, api_key=key), 404, "not-found")

    def test_what_we_send_is_not_shown_here(self):
        route = self.route.copy({"direction": "out", "document_type": "order"})
        message = self.env["trade.message"]._queue(route, self.partner, document_number="PO9")
        self.assertProblem(self.status(message), 404, "not-found")

    def test_a_signature_opens_it_too(self):
        message = self.assertTaken(self.push_signed())
        headers = self.signed_headers(b"")
        self.assertEqual(self.url_open(f"/trade/v1/messages/{message.id}", headers=headers).status_code, 200)

    def test_nobody_else_sees_anything(self):
        message = self.assertTaken(self.push())
        with self.assertLogs(LOGGER, "WARNING"):
            self.assertProblem(self.url_open(f"/trade/v1/messages/{message.id}"), 403, "denied")
        self.authenticate("admin", "admin")
        with self.assertLogs(LOGGER, "WARNING"):
            response = self.url_open(f"/trade/v1/messages/{message.id}")
        self.assertProblem(response, 403, "denied")

    def test_ids_that_are_none(self):
        for number in ("0", "-1", "99999999999999999999", "1e3"):
            response = self.url_open(f"/trade/v1/messages/{number}", headers=self.headers())
            self.assertProblem(response, 404, "not-found")


class _Adapter:
    """Accepts everything and changes a contact; or finds one error."""

    def __init__(self, adapters, error):
        self.adapters, self.error = adapters, error

    def __getattr__(self, name):
        return getattr(self.adapters, name)

    def _plan(self, works):
        for work in works:
            if isinstance(self.error, RuntimeError):
                raise self.error
            work.error = self.error
            work.record = work.message.trade_partner_id.partner_id

    def _apply(self, works):
        for work in works:
            work.record.comment = work.document.id

    def _watched(self, work):
        return [(work.record, ["comment"])]
