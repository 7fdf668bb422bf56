import time
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.trade_core.models.trade_adapter import TradeAdapter
from odoo.addons.trade_http import waiting

from .common import PushCase
from .test_trade_status import _Adapter

DOCUMENTS = "/trade/v1/documents"


class DocumentCase(PushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.allow("orders:respond", "despatch:write")

    @classmethod
    def allow(cls, *names):
        cls.client.scope_ids = cls.env["trade.api.scope"].search([("name", "in", names)])

    def send(self, raw=None, content_type="application/json", query="", **headers):
        headers = {**self.headers(), "Content-Type": content_type, **headers}
        return self.post(self.document() if raw is None else raw, headers, f"{DOCUMENTS}{query}")


@tagged("post_install", "-at_install")
class TestTradeDocuments(DocumentCase):
    """``POST /documents``: the media type says what it is; where it does not, the sender does."""

    def test_the_only_route_takes_it(self):
        message = self.assertTaken(self.send())
        self.assertEqual((message.route_id, message.document_type), (self.route, "order_response"))

    def test_the_media_type_chooses_the_route(self):
        advices = self.route.copy({"document_type": "despatch_advice", "codec": "ubl"})
        for content_type, route in (
            ("application/json", self.route),
            ("application/x-ndjson", self.route),
            ("application/xml", advices),
            ("text/xml; charset=iso-8859-1", advices),
        ):
            message = self.assertTaken(self.send(content_type=content_type))
            self.assertEqual(message.route_id, route, content_type)
            self.assertEqual(message.content_type, content_type)

    def test_edi_and_xml_come_the_same_way(self):
        for codec, content_type in (
            ("edifact", "application/edifact"),
            ("x12", "application/edi-x12"),
            ("ubl", "application/xml"),
        ):
            with self.subTest(codec):
                self.route.codec = codec
                raw = f"what {codec} is not".encode()
                message = self.assertTaken(self.send(raw, content_type))
                self.assertEqual((message.codec, message._raw()), (codec, raw))

    def test_several_kinds_in_one_format(self):
        advices = self.route.copy({"document_type": "despatch_advice"})
        body = self.assertProblem(self.send(), 409, "document-type-ambiguous")
        self.assertEqual(body["choices"], ["despatch_advice", "order_response"])
        self.assertIn("despatch_advice", body["detail"])
        self.assertFalse(self.messages())
        for name, route in (("order_response", self.route), ("despatch_advice", advices)):
            message = self.assertTaken(self.send(query=f"?type={name}"))
            self.assertEqual(message.route_id, route)

    def test_of_several_kinds_only_what_the_client_may_send_counts(self):
        self.route.copy({"document_type": "despatch_advice"})
        self.allow("orders:respond")
        self.assertEqual(self.assertTaken(self.send()).route_id, self.route)
        body = self.assertProblem(self.send(query="?type=despatch_advice"), 403, "forbidden")
        self.assertEqual(body["scope"], "despatch:write")
        self.allow()
        self.assertProblem(self.send(), 403, "forbidden")

    def test_a_kind_nobody_has_agreed_on(self):
        for query, about in (
            ("?type=invoice", "invoice"),
            ("?type=nonsense", "nonsense"),
            ("?type=despatch_advice", "despatch_advice"),
        ):
            self.assertProblem(self.send(query=query), 404, "no-route")
            self.assertIn(about, self.problems("http.no_route").mapped("subject"))
        self.assertFalse(self.messages())

    def test_a_type_that_is_too_long_is_a_wrong_parameter(self):
        self.assertProblem(self.send(query=f"?type={'x' * 65}"), 400, "parameters-invalid")
        self.assertProblem(
            self.send(query="?type=order_response&type=despatch_advice"), 400, "parameters-invalid"
        )

    def test_a_format_no_route_reads(self):
        self.route.copy({"document_type": "despatch_advice", "codec": "edifact"})
        for content_type in ("application/pdf", "", "application/x-www-form-urlencoded"):
            response = self.send(content_type=content_type)
            self.assertProblem(response, 415, "media-type")
            accepted = response.headers["Accept"].split(", ")
            self.assertIn("application/json", accepted)
            self.assertIn("application/edifact", accepted)
        response = self.send(content_type="application/edifact", query="?type=order_response")
        self.assertProblem(response, 415, "media-type")
        self.assertNotIn("application/edifact", response.headers["Accept"])
        self.assertFalse(self.messages())

    def test_a_route_that_recognises_its_files_takes_every_format(self):
        self.route.codec = "auto"
        for content_type in ("application/json", "application/edifact", "text/csv", "application/xml"):
            self.assertTaken(self.send(content_type=content_type))
            headers = {**self.headers(), "Content-Type": content_type}
            self.assertTaken(self.post(self.document(), headers))
        self.assertProblem(self.send(content_type="application/pdf"), 415, "media-type")

    def test_what_nothing_recognises_is_told(self):
        self.route.codec = "auto"
        message = self.assertTaken(self.send(b"\x00\x01\x02", "text/csv"))
        self.env["trade.lane"]._drain(message.lane)
        response = self.url_open(f"/trade/v1/messages/{message.id}", headers=self.headers())
        self.assertEqual(response.status_code, 200, response.text)
        body = response.json()
        self.assertEqual(body["state"], "held")
        self.assertEqual([problem["class"] for problem in body["problems"]], ["validation"])

    def test_files_of_many_senders_are_for_networks_and_not_for_clients(self):
        """A route that hands documents on by the sender they name would let a client speak for others."""
        self.route.copy({"document_type": "interchange", "codec": "auto"})
        self.route.active = False
        self.assertProblem(self.send(), 404, "no-route")
        self.assertProblem(self.send(query="?type=interchange"), 404, "no-route")
        self.assertFalse(self.messages())

    def test_the_first_collection_is_no_other(self):
        """The address of one kind takes no other kind's route."""
        self.route.copy({"document_type": "despatch_advice", "codec": "edifact"})
        response = self.post(
            self.document(),
            {**self.headers(), "Content-Type": "application/edifact"},
            "/trade/v1/order-responses",
        )
        self.assertProblem(response, 415, "media-type")
        message = self.assertTaken(
            self.post(
                self.document(),
                {**self.headers(), "Content-Type": "application/edifact"},
                "/trade/v1/despatch-advices",
            )
        )
        self.assertEqual(message.document_type, "despatch_advice")


@tagged("post_install", "-at_install")
class TestTradeWait(DocumentCase):
    """``?wait=``: the answer is what became of the document, when that is known in time."""

    def setUp(self):
        super().setUp()
        self.error = None

    def good(self, order="PO1", **values):
        return self.document(
            order,
            issue_date="2026-01-02",
            order_response_code="AP",
            order_reference={"id": order},
            order_lines=[],
            **values,
        )

    def waited(self, raw, query="?wait=5", url="/trade/v1/order-responses", key=None):
        """Send and wait, while the lane runs beside (at the first look)."""
        look = waiting.intake.statement_by_statement

        def drained():
            with patch.object(TradeAdapter, "_for", lambda adapters, *_args: _Adapter(adapters, self.error)):
                self.env["trade.lane"]._drain(f"in/{self.route.id}")
            return look()

        with patch.object(waiting.intake, "statement_by_statement", drained):
            return self.push(raw, url=f"{url}{query}", key=key)

    def test_applied(self):
        for url in ("/trade/v1/order-responses", DOCUMENTS):
            response = self.waited(self.good(f"PO-{len(url)}"), url=url)
            self.assertEqual(response.status_code, 200, response.text)
            body = response.json()
            self.assertEqual((body["state"], body["problems"]), ("applied", []))
            self.assertEqual(body["acknowledgement"]["answer"], "accepted")
            self.assertEqual(response.headers["Location"], f"/trade/v1/messages/{body['id']}")

    def test_invalid_with_all_errors_and_where_they_are(self):
        raw = b'{"document_type": "order_response", "id": 5, "nonsense": true, "order_lines": [{"id": []}]}'
        response = self.waited(raw)
        body = self.assertProblem(response, 422, "document-invalid")
        pointers = [error["pointer"] for error in body["errors"]]
        for place in ("/id", "/nonsense", "/order_lines/0/id", "/issue_date"):
            self.assertIn(place, pointers)
        for error in body["errors"]:
            self.assertTrue(error["detail"].endswith("."), error)
            self.assertIn("new key", error["remedy"])
        self.assertEqual(body["status_url"], f"/trade/v1/messages/{body['id']}")
        self.assertEqual(response.headers["Location"], body["status_url"])
        status = self.url_open(body["status_url"], headers=self.headers()).json()
        self.assertEqual(status["problems"], body["errors"], "the same stands under its address")

    def test_the_same_key_waits_again_and_gets_the_same(self):
        first = self.waited(self.good(), key="key-1")
        again = self.waited(self.good(), key="key-1")
        self.assertEqual((first.status_code, again.status_code), (200, 200))
        self.assertEqual(first.json(), again.json())
        self.assertEqual(len(self.messages()), 1)
        bad = self.waited(b"{}", key="key-2")
        again = self.waited(b"{}", key="key-2")
        self.assertEqual((bad.status_code, again.status_code), (422, 422))
        self.assertEqual(bad.json(), again.json())

    def test_what_is_open_when_the_time_is_up(self):
        started = time.monotonic()
        response = self.push(self.good(), url="/trade/v1/order-responses?wait=1")
        self.assertEqual(response.status_code, 202, response.text)
        self.assertGreaterEqual(time.monotonic() - started, 1)
        body = response.json()
        self.assertEqual(body["state"], "received")
        self.assertNotIn("Trade-Wait", response.headers)

    def test_what_one_of_us_has_to_decide_is_open(self):
        self.error = RuntimeError("a defect of ours")
        response = self.waited(self.good())
        self.assertEqual(response.status_code, 202, response.text)
        self.assertEqual(response.json()["state"], "held")

    def test_a_file_with_several_documents(self):
        good = b"[" + self.good("PO1") + b"," + self.good("PO2") + b"]"
        message = self.assertTaken(self.push(good))
        self.settle(message)
        response = self.push(good, key=message.idempotency_key, url="/trade/v1/order-responses?wait=1")
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual([part["state"] for part in response.json()["parts"]], ["applied", "applied"])
        half = b"[" + self.good("PO3") + b', {"document_type": "order_response"}]'
        message = self.assertTaken(self.push(half))
        self.settle(message)
        response = self.push(half, key=message.idempotency_key, url="/trade/v1/order-responses?wait=1")
        self.assertEqual(response.status_code, 202, "one of them was applied, one can not")
        bad = b'[{"document_type": "order_response"}, {"id": 7}]'
        message = self.assertTaken(self.push(bad))
        self.settle(message)
        response = self.push(bad, key=message.idempotency_key, url="/trade/v1/order-responses?wait=1")
        errors = self.assertProblem(response, 422, "document-invalid")["errors"]
        self.assertEqual({error["part"] for error in errors}, {1, 2})

    def settle(self, message):
        with patch.object(TradeAdapter, "_for", lambda adapters, *_args: _Adapter(adapters, None)):
            for _round in range(3):
                self.env["trade.lane"]._drain(message.lane)

    def test_a_wait_nobody_can_keep_is_refused_before_anything_is_stored(self):
        for wait in ("11", "-1", "1.5", "soon", "\u0661"):
            response = self.push(url=f"/trade/v1/order-responses?wait={wait}")
            body = self.assertProblem(response, 400, "parameters-invalid")
            self.assertEqual(body["errors"][0]["parameter"], "wait")
        self.assertFalse(self.messages())
        self.assertTaken(self.push(url="/trade/v1/order-responses?wait=0"))

    def test_when_too_many_wait_nobody_else_does(self):
        self.env["ir.config_parameter"].set_param("trade_http.wait_slots", "0")
        started = time.monotonic()
        response = self.push(self.good(), url="/trade/v1/order-responses?wait=10")
        self.assertEqual((response.status_code, response.headers["Trade-Wait"]), (202, "busy"))
        self.assertLess(time.monotonic() - started, 5)
        status = self.url_open(f"{response.headers['Location']}?wait=10", headers=self.headers())
        self.assertEqual((status.status_code, status.headers["Trade-Wait"]), (200, "busy"))

    def test_a_slot_is_given_back(self):
        self.env["ir.config_parameter"].set_param("trade_http.wait_slots", "1")
        for number in range(3):
            response = self.push(self.good(f"PO{number}"), url="/trade/v1/order-responses?wait=1")
            self.assertNotIn("Trade-Wait", response.headers)

    def test_how_many_may_wait(self):
        """One worker must be left to do what is waited for."""
        for workers, expected in ((0, 4), (1, 0), (2, 1), (3, 1), (4, 1), (8, 2)):
            with patch.object(waiting, "config", {"workers": workers}):
                self.assertEqual(waiting.slots(self.env), expected, workers)
        usual = waiting.slots(self.env)
        for given, expected in (("3", 3), ("0", 0), ("", usual), ("-2", usual), ("many", usual)):
            self.env["ir.config_parameter"].set_param("trade_http.wait_slots", given)
            self.assertEqual(waiting.slots(self.env), expected)
