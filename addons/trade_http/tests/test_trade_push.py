import hashlib
import socket
import uuid

from odoo.tests import tagged
from odoo.tests.common import HOST
from odoo.tools import mute_logger

from odoo.addons.trade_http import limits

from .common import URL, PushCase, make_client, make_partner, shown


@tagged("post_install", "-at_install")
class TestTradePush(PushCase):
    def test_a_document_is_stored_as_it_came(self):
        raw = b'{"document_type" : "order_response",\r\n "id":"R-\xc3\xa9" }\n'
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        headers = {**self.headers(key="key-1"), "traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
        message = self.assertTaken(self.post(raw, headers))
        self.assertEqual(message._raw(), raw)
        self.assertEqual(message.payload_digest, hashlib.sha256(raw).hexdigest())
        self.assertEqual(message.state, "received")
        self.assertEqual(message.route_id, self.route)
        self.assertEqual(message.trade_partner_id, self.partner)
        self.assertEqual(message.connector_id, self.route.connector_id)
        self.assertEqual(message.company_id, self.partner.company_id)
        self.assertEqual((message.codec, message.mode), ("canonical_json", "live"))
        self.assertEqual(message.idempotency_key, "key-1")
        self.assertEqual(message.trace_id, trace)
        self.assertEqual(message.content_type, "application/json")

    def test_the_answer_says_where_to_look(self):
        response = self.push()
        message = self.assertTaken(response)
        body = response.json()
        self.assertEqual(set(body), {"id", "status_url"})
        self.assertEqual(response.headers["Location"], body["status_url"])
        self.assertTrue(body["status_url"].endswith(f"/trade/v1/messages/{message.id}"))
        status = self.url_open(body["status_url"], headers=self.headers())
        self.assertEqual(status.json()["id"], message.id)

    def test_a_machine_gets_no_cookies_and_no_language(self):
        response = self.push(url=f"{URL}?utm_source=x&debug=1&lang=fr_FR")
        self.assertTaken(response)
        self.assertNotIn("Set-Cookie", response.headers)

    def test_nothing_is_parsed(self):
        raw = b"\x00\xff{ this is no JSON and no UTF-8"
        self.assertEqual(self.assertTaken(self.push(raw))._raw(), raw)
        self.assertEqual(self.assertTaken(self.push_signed(raw))._raw(), raw)

    def test_a_signed_document_carries_its_key(self):
        raw = self.document()
        message = self.assertTaken(self.push_signed(raw, key="msg_1"))
        self.assertEqual(message.idempotency_key, "msg_1")
        self.assertEqual(message._raw(), raw)

    def test_a_document_of_any_kind_needs_no_more_than_its_body(self):
        message = self.assertTaken(self.push(url="/trade/v1/documents"))
        self.assertEqual(message.document_type, "order_response")

    def test_what_is_missing_is_said_before_what_is_not_agreed_on(self):
        headers = {name: value for name, value in self.headers().items() if name != "Idempotency-Key"}
        for url in ("/trade/v1/documents?type=nothing", URL):
            response = self.post(self.document(), headers, url=url)
            self.assertProblem(response, 400, "idempotency-key-missing")

    # -- idempotency ---------------------------------------------------------------------------

    def test_same_key_same_content_is_the_first_answer_again(self):
        first, again = self.push(key="key-1"), self.push(key="key-1")
        self.assertEqual((again.status_code, again.content), (202, first.content))
        self.assertEqual(again.headers["Location"], first.headers["Location"])
        self.assertEqual(len(self.messages()), 1)

    def test_a_replayed_signed_request_is_the_first_answer_again(self):
        raw = self.document()
        headers = self.signed_headers(raw)
        first, again = self.post(raw, headers), self.post(raw, headers)
        self.assertEqual((again.status_code, again.content), (202, first.content))
        self.assertEqual(len(self.messages()), 1)

    def test_same_key_other_content_is_refused_and_somebody_is_told(self):
        first = self.assertTaken(self.push(self.document("PO1"), key="key-1"))
        self.assertProblem(self.push(self.document("PO2"), key="key-1"), 422, "idempotency-key-reused")
        self.assertEqual(self.messages(), first, "nothing else was stored")
        self.assertEqual(first._raw(), self.document("PO1"))
        problem = self.problems("http.key_reused")
        self.assertEqual(len(problem), 1)
        self.assertTrue(problem.is_open)
        self.assertEqual(problem.exception_class, "duplicate")
        self.assertIn("key-1", problem.name)
        self.assertIn(f"#{first.id}", problem.name)
        self.assertEqual(problem.route_id, self.route)
        self.assertProblem(self.push(self.document("PO3"), key="key-1"), 422, "idempotency-key-reused")
        self.assertEqual(self.problems("http.key_reused"), problem, "the same thing again is one problem")
        self.assertEqual(problem.seen_count, 2)

    def test_keys_of_two_clients_do_not_meet(self):
        other = make_client(self.env, self.partner, "Web shop")
        key = shown(other.action_new_key())
        mine = self.assertTaken(self.push(self.document("PO1"), key="1"))
        theirs = self.assertTaken(self.push(self.document("PO2"), key="1", api_key=key))
        self.assertNotEqual(mine, theirs)

    def test_a_key_is_needed_and_must_be_plain(self):
        headers = self.headers()
        del headers["Idempotency-Key"]
        self.assertProblem(self.post(self.document(), headers), 400, "idempotency-key-missing")
        for key in ("k" * 256, "white space", "caf\xe9".encode("latin-1")):
            headers["Idempotency-Key"] = key
            self.assertProblem(self.post(self.document(), headers), 400, "idempotency-key-malformed")
        raw = self.document()
        long = self.signed_headers(raw, key="k" * 256)
        self.assertProblem(self.post(raw, long), 400, "idempotency-key-malformed")
        self.assertFalse(self.messages())
        headers["Idempotency-Key"] = "k" * 255
        self.assertTaken(self.post(raw, headers))

    # -- what is not taken ---------------------------------------------------------------------

    def test_an_unknown_content_type_is_refused(self):
        for given in ("application/xml", "text/plain", "application/x-www-form-urlencoded", "", "nonsense"):
            with self.subTest(given):
                response = self.post(self.document(), {**self.headers(), "Content-Type": given})
                self.assertProblem(response, 415, "media-type")
                self.assertIn("application/json", response.headers["Accept"])
        form = self.url_open(
            URL, headers={k: v for k, v in self.headers().items() if k != "Content-Type"}, files={"f": b"x"}
        )
        self.assertProblem(form, 415, "media-type")
        self.assertFalse(self.messages())

    def test_a_content_type_may_have_parameters(self):
        headers = {**self.headers(), "Content-Type": "Application/JSON; charset=utf-8"}
        self.assertTaken(self.post(self.document(), headers))

    def test_an_empty_body_is_refused(self):
        self.assertProblem(self.push(b""), 400, "empty-body")

    def test_an_oversized_body_is_refused_however_it_comes(self):
        self.env["ir.config_parameter"].set_param("trade_core.max_bytes", "1000")
        small, large = b" " * 1000, b" " * 1001

        def chunks(raw):
            for start in range(0, len(raw), 300):
                yield raw[start : start + 300]

        self.assertProblem(self.push(large), 413, "too-large")
        self.assertProblem(self.push(b" " * 100_000), 413, "too-large")
        self.assertProblem(self.post(large, self.signed_headers(large)), 413, "too-large")
        chunked = self.post(chunks(large), self.headers())
        self.assertProblem(chunked, 413, "too-large")
        self.assertProblem(self.post(chunks(b" " * 100_000), self.headers()), 413, "too-large")
        self.assertProblem(self.post(chunks(large), self.signed_headers(large)), 413, "too-large")
        self.assertFalse(self.messages())
        self.assertEqual(self.assertTaken(self.push(small))._raw(), small)
        self.assertEqual(self.assertTaken(self.post(chunks(small), self.headers()))._raw(), small)
        self.assertEqual(self.assertTaken(self.post(chunks(small), self.signed_headers(small)))._raw(), small)

    def test_a_document_that_breaks_off_is_never_taken_for_a_whole_one(self):
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers().items())
        start = f"POST {URL} HTTP/1.1\r\nHost: localhost\r\n{head}"
        cases = {
            "announced": "Content-Length: 500\r\n\r\n" + "x" * 100,
            "between chunks": "Transfer-Encoding: chunked\r\n\r\n5\r\nxxxxx\r\n",
            "within a chunk": "Transfer-Encoding: chunked\r\n\r\n50\r\nxxxxx",
            "no chunk at all": "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        }
        for what, rest in cases.items():
            with self.subTest(what):
                answer = self.speak(start + rest)
                self.assertIn(" 400 ", answer.partition("\r\n")[0])
                self.assertIn("urn:tradelane:problem:bad-request", answer)
        self.assertFalse(self.messages())

    def speak(self, text):
        """Send bytes, hang up sending, and return what the server says."""
        with (
            self.allow_requests(all_requests=True),
            socket.create_connection((HOST, self.http_port())) as line,
        ):
            line.sendall(text.encode())
            line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65536), b"")).decode()

    def test_the_limit_is_the_kernels_unless_set(self):
        self.assertEqual(limits.setting(self.env, "trade_core.max_bytes"), 20_000_000)

    def test_an_unknown_address_is_a_problem_detail_too(self):
        self.assertProblem(self.push(url="/trade/v1/nothing"), 404, "not-found")
        self.assertProblem(self.push(url="/trade/v1/nothing/at/all"), 404, "not-found")
        self.assertProblem(self.push(url="/trade/v1/messages/x"), 404, "not-found")

    def test_another_method_is_refused(self):
        response = self.url_open(URL, headers=self.headers())
        self.assertProblem(response, 405, "wrong-method")
        self.assertEqual(response.headers["Allow"], "POST, OPTIONS")
        response = self.push(url="/trade/v1/messages/1")
        self.assertProblem(response, 405, "wrong-method")
        self.assertEqual(response.headers["Allow"], "GET, HEAD, OPTIONS")

    def test_a_failure_of_ours_is_a_problem_detail_and_never_a_success(self):
        def broken(*args, **kwargs):
            raise RuntimeError("disk full, password=hunter2")

        self.patch(self.registry["trade.message"], "_receive_alone", broken)
        with mute_logger("odoo.http"):
            response = self.push()
        self.assertProblem(response, 500, "internal")
        self.assertNotIn("hunter2", response.text)

    # -- routes --------------------------------------------------------------------------------

    def test_without_a_route_it_is_refused_and_somebody_is_told(self):
        self.route.active = False
        self.assertProblem(self.push(), 404, "no-route")
        self.assertProblem(self.push(), 404, "no-route")
        self.assertFalse(self.messages())
        problem = self.problems("http.no_route")
        self.assertEqual(len(problem), 1)
        self.assertTrue(problem.is_open)
        self.assertIn("order_response", problem.name)
        self.route.active = True
        self.assertFalse(problem.is_open, "the problem ends with its cause")
        self.assertTaken(self.push())

    def test_an_outgoing_route_is_none(self):
        self.route.direction = "out"
        self.assertProblem(self.push(), 404, "no-route")

    def test_a_stopped_route_stores_and_waits(self):
        self.route.mode = "stopped"
        message = self.assertTaken(self.push())
        self.assertEqual(message.state, "received")
        self.env["trade.lane"]._drain(message.lane)
        self.assertEqual(message.state, "received")

    def test_a_test_route_marks_what_it_stores(self):
        self.route.mode = "test"
        self.assertEqual(self.assertTaken(self.push()).mode, "test")

    def test_each_partner_has_its_own_route(self):
        partner, route = make_partner(self.env, "Ready Mat")
        key = shown(make_client(self.env, partner).action_new_key())
        message = self.assertTaken(self.push(api_key=key))
        self.assertEqual((message.route_id, message.trade_partner_id), (route, partner))

    def test_a_trace_that_is_none_gets_a_new_one(self):
        for given in ("", "00-" + "0" * 32 + "-00f067aa0ba902b7-01", "nonsense", uuid.uuid4().hex):
            message = self.assertTaken(self.post(self.document(), {**self.headers(), "traceparent": given}))
            self.assertRegex(message.trace_id, r"^(?!0{32})[0-9a-f]{32}$")
            self.assertNotEqual(message.trace_id, given)
