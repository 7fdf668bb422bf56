import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from odoo.tests import tagged
from standardwebhooks.webhooks import Webhook

from odoo.addons.trade_kernel import signatures
from odoo.addons.trade_kernel.errors import TradeError

from ..connectors import http
from .common_connector import LOCAL, Answer, ConnectorCase, PartnerServer, free_port

BODY = 400  # bytes of an answer that drips for eight seconds


@tagged("post_install", "-at_install")
class TestRestSend(ConnectorCase):
    """What is sent, and what an answer of any kind comes to."""

    def test_a_document_arrives_as_it_is_with_its_key_and_trace(self):
        message = self._message(raw=b'{"price": 12.50, "name": "\xc3\xa4"}')
        result = self.connector._trade_send(message)()
        self.assertEqual((result.outcome, result.http_status), ("ok", 200))
        request = self.server.last
        self.assertEqual((request.method, request.path), ("POST", "/api/orders"))
        self.assertEqual(request.body, b'{"price": 12.50, "name": "\xc3\xa4"}')
        self.assertEqual(request.headers["Content-Type"], "application/json")
        self.assertEqual(request.headers["Idempotency-Key"], message.idempotency_key)
        version, trace, span, flags = request.headers["traceparent"].split("-")
        self.assertEqual((version, trace, len(span), flags), ("00", message.trace_id, 16, "01"))
        self.assertNotIn("Trade-Mode", request.headers)

    def test_every_try_of_a_document_carries_the_same_key(self):
        message = self._message()
        self.server.will(Answer(500), Answer(200))
        self.connector._trade_send(message)()
        self.connector._trade_send(message)()
        first, second = (request.headers["Idempotency-Key"] for request in self.server.requests)
        self.assertEqual(first, second)

    def test_a_test_document_is_marked_as_test(self):
        self._send(mode="test")
        self.assertEqual(self.server.last.headers["Trade-Mode"], "test")

    def test_the_number_becomes_one_part_of_the_address(self):
        self.route_out.endpoint = "orders/{number}/lines"
        self._send(number="PO/7 ä?x=1")
        self.assertEqual(self.server.last.path, "/api/orders/PO%2F7%20%C3%A4%3Fx%3D1/lines")
        self.assertEqual(self.server.last.query, {})

    def test_what_each_status_means(self):
        expected = {
            201: "ok", 202: "ok", 204: "ok", 400: "refused", 404: "refused", 409: "refused", 422: "refused",
            401: "auth", 403: "auth", 408: "retry", 425: "retry", 429: "retry", 500: "retry", 503: "retry",
        }  # fmt: skip
        for status, outcome in expected.items():
            with self.subTest(status=status):
                self.server.will(Answer(status))
                result = self._send()
                self.assertEqual((result.outcome, result.http_status), (outcome, status))

    def test_conflict_on_a_repeated_document_is_still_being_worked_on(self):
        self.server.will(Answer(409))
        self.assertEqual(self._send(attempt_count=1).outcome, "retry")

    def test_the_partners_reason_is_kept_in_its_own_words(self):
        problem = (
            '{"type": "about:blank", "title": "No such item", "detail": "WC-4711 is not for sale", "x": 1}'
        )
        self.server.will(Answer(422, problem, {"Content-Type": "application/problem+json"}))
        result = self._send()
        self.assertEqual(
            result.detail, "HTTP 422 Unprocessable Entity: No such item. WC-4711 is not for sale"
        )
        page = "<html><head><style>p {}</style></head><body><h1>Bad gateway</h1></body></html>"
        self.server.will(Answer(502, page, {"Content-Type": "text/html"}))
        self.assertEqual(self._send().detail, "HTTP 502 Bad Gateway: Bad gateway")

    def test_retry_after_in_seconds_and_as_a_date(self):
        self.server.will(Answer(429, headers={"Retry-After": "90"}))
        self.assertEqual(self._send().retry_after, 90)
        later = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
        self.server.will(Answer(503, headers={"Retry-After": later}))
        self.assertAlmostEqual(self._send().retry_after, 600, delta=30)
        self.server.will(Answer(503, headers={"Retry-After": "soon"}))
        self.assertIsNone(self._send().retry_after)

    def test_a_redirect_is_not_followed(self):
        elsewhere = PartnerServer()
        self.addCleanup(elsewhere.stop)
        self._credential("api_key", "key-of-wood-corner", "api_key")
        for status in (301, 302, 307, 308):
            self.server.will(Answer(status, headers={"Location": f"{elsewhere.url}/orders"}))
            result = self._send()
            self.assertEqual((result.outcome, result.http_status), ("refused", status))
            self.assertIn(f"They point to {elsewhere.url}/orders", result.detail)
        self.assertFalse(elsewhere.requests, "a secret and a document went to an address nobody entered")

    def test_answers_that_are_not_what_they_should_be(self):
        for body in (b"\xff\xfe\x00garbage\x07\x1b[31m", b"", b"{", b"\x00" * 500):
            with self.subTest(body=body[:10]):
                self.server.will(Answer(500, body, {"Content-Type": "application/json"}))
                result = self._send()
                self.assertEqual(result.outcome, "retry")
                self.assertTrue(result.detail.isprintable(), result.detail)

    def test_an_answer_that_is_not_http(self):
        self.server.will(Answer(raw=b"220 mail.example.com ESMTP\r\n"))
        result = self._send()
        self.assertEqual((result.outcome, result.http_status), ("retry", None))
        self.assertIn("broke off", result.detail)

    def test_an_answer_that_breaks_off(self):
        self.server.will(Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this"))
        result = self._send()
        self.assertEqual(result.outcome, "retry", "half an answer must not count as taken")

    def test_an_endless_answer_is_read_to_the_limit_only(self):
        self.server.will(Answer(400, b"x" * (http.ANSWER_LIMIT * 20)))
        result = self._send()
        self.assertEqual(result.outcome, "refused")
        self.assertLessEqual(len(result.detail), http.DETAIL_LIMIT)

    def test_an_answer_in_pieces_too_large_to_unpack_is_never_asked_for(self):
        self._send()
        self.assertEqual(self.server.last.headers["Accept-Encoding"], "identity")

    def test_a_cookie_never_goes_along_with_the_next_document(self):
        self.server.will(Answer(headers={"Set-Cookie": "session=of-somebody; Path=/"}))
        self._send()
        self._send()
        self.assertNotIn("Cookie", self.server.last.headers)

    def test_nobody_listens(self):
        self.connector.base_url = f"http://{LOCAL}:{free_port()}"
        result = self._send()
        self.assertEqual((result.outcome, result.http_status), ("retry", None))
        self.assertIn("refuses connections: nothing listens there", result.detail)

    def test_an_unknown_name(self):
        # The test's door is closed for other names; what the network says then is given instead.
        error = http.requests.exceptions.ConnectionError(socket.gaierror(-2, "Name or service not known"))
        words = http._words("nowhere.invalid", False, error, 5, 30)
        self.assertEqual(words, "The name nowhere.invalid is not known in the network (DNS).")

    def test_a_slow_partner_is_left_after_the_time_limit(self):
        self.connector.read_timeout = 0.4
        self.server.will(Answer(wait=3))
        result = self._send()
        self.assertEqual((result.outcome, result.http_status), ("retry", None))
        self.assertIn("did not answer within 0.4 s", result.detail)

    def test_a_partner_that_drips_is_left_as_well(self):
        """Each byte comes in time, so that only a limit on the whole helps."""
        self.connector.write({"read_timeout": 0.3, "connect_timeout": 0.3})
        for body in (b"", b"x" * 100_000):
            with self.subTest(body=len(body)):
                self.server.will(Answer(200, body, {"X-Long": "y" * 20_000}, drip=0.01))
                done = []
                call = self.connector._trade_send(self._message())
                thread = threading.Thread(target=lambda call=call, done=done: done.append(call()))
                thread.start()
                thread.join(15)
                self.assertTrue(done, "the call does not end: a worker is lost for hours")
                self.assertEqual(done[0].outcome, "retry")
                self.assertIn("did not answer within", done[0].detail)

    def test_a_body_that_drips(self):
        self.connector.write({"read_timeout": 0.3, "connect_timeout": 0.3})
        slow = _Dripper()
        self.addCleanup(slow.stop)
        self.connector.base_url = slow.url
        result = self._send()
        self.assertEqual(result.outcome, "retry")
        self.assertIn("did not answer within 0.3 s", result.detail)
        self.assertLess(slow.sent, BODY, "it was waited for to the end")

    def test_no_address_is_a_problem_that_says_so(self):
        self.connector.base_url = False
        with self.assertRaises(TradeError) as caught:
            self._send()
        self.assertEqual(caught.exception.code, "connector.address_missing")

    def test_manual_upload_sends_nothing(self):
        self.connector.transport = "manual"
        with self.assertRaises(TradeError) as caught:
            self._send()
        self.assertEqual(caught.exception.code, "connector.transport_missing")


class _Dripper:
    """Sends the head of an answer at once and then one byte of its body now and then."""

    def __init__(self):
        self._socket = socket.create_server((LOCAL, 0))
        self.url = f"http://{LOCAL}:{self._socket.getsockname()[1]}"
        self._ended = threading.Event()
        self.sent = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        connection, _address = self._socket.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % BODY)
            while self.sent < BODY and not self._ended.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return
                self.sent += 1

    def stop(self):
        self._ended.set()
        self._socket.close()


@tagged("post_install", "-at_install")
class TestRestAuthentication(ConnectorCase):
    """Who we are is shown as the partner asks, and never stands in what is kept."""

    def test_api_key_in_the_header_the_partner_names(self):
        self._credential("api_key", "key-1234567", "api_key", header="X-Wood-Key")
        self._send()
        self.assertEqual(self.server.last.headers["X-Wood-Key"], "key-1234567")

    def test_bearer_token(self):
        self._credential("bearer", "tok-1234567", "api_key")
        self._send()
        self.assertEqual(self.server.last.headers["Authorization"], "Bearer tok-1234567")

    def test_basic_with_letters_beyond_ascii(self):
        self._credential("basic", "pässword", "basic", login="müller")
        self._send()
        self.assertEqual(self.server.last.headers["Authorization"], "Basic bcO8bGxlcjpww6Rzc3dvcmQ=")

    def test_signature_that_the_reference_library_accepts(self):
        secret = signatures.new_secret()
        self._credential("hmac_secret", secret, "hmac")
        message = self._message()
        self.connector._trade_send(message)()
        request = self.server.last
        self.assertEqual(request.headers["webhook-id"], message.idempotency_key)
        Webhook(secret).verify(request.body, request.headers)

    def test_while_rotating_both_secrets_sign(self):
        old, new = signatures.new_secret(), signatures.new_secret()
        credential = self._credential("hmac_secret", old, "hmac")
        credential.write({"secret": new})
        self._send()
        for secret in (old, new):
            Webhook(secret).verify(self.server.last.body, self.server.last.headers)

    def test_without_a_secret_nothing_is_sent(self):
        self.connector.auth_method = "api_key"
        with self.assertRaises(TradeError) as caught:
            self._send()
        self.assertEqual(
            (caught.exception.code, caught.exception.exception_class),
            ("credential.missing", "authentication"),
        )
        self.assertFalse(self.server.requests)

    def test_a_partner_that_echoes_our_secrets_does_not_get_them_into_the_log(self):
        cases = [
            ("api_key", "api_key", "echo-secret-1234", {}),
            ("bearer", "api_key", "echo-secret-2345", {}),
            ("basic", "basic", "echo-secret-3456", {"login": "joe"}),
            ("hmac_secret", "hmac", signatures.new_secret(), {}),
        ]
        for kind, method, secret, vals in cases:
            with self.subTest(kind=kind):
                self.connector.sudo().credential_ids.unlink()
                self._credential(kind, secret, method, **vals)
                self.server.will(
                    lambda secret=secret: Answer(400, f"You said {self.server.last.headers} and {secret}")
                )
                detail = self._send().detail
                self.assertIn("You said", detail)
                self.assertNotIn(secret, detail)
                self.assertNotIn("ZWNoby1zZWNyZXQ", detail)  # the beginning of it in base64
                self.assertNotIn(secret.removeprefix("whsec_")[:20], detail)


@tagged("post_install", "-at_install")
class TestRestOAuth2(ConnectorCase):
    """OAuth 2 client credentials: one token for many calls, a fresh one in time."""

    def setUp(self):
        super().setUp()
        self.tokens = PartnerServer()
        self.addCleanup(self.tokens.stop)
        self._credential(
            "oauth2_client",
            "client-secret-9876",
            "oauth2",
            login="client 1",
            token_url=f"{self.tokens.url}/token",
            scope="orders answers",
            audience="https://wood.example",
        )

    def _token(self, value, lifetime=3600):
        body = f'{{"access_token": "{value}", "token_type": "Bearer", "expires_in": {lifetime}}}'
        return Answer(200, body, {"Content-Type": "application/json"})

    def _bearers(self):
        return [request.headers.get("Authorization") for request in self.server.requests]

    def test_one_token_serves_many_calls(self):
        self.tokens.will(self._token("first-token"))
        for _call in range(3):
            self.assertEqual(self._send().outcome, "ok")
        self.assertEqual(self._bearers(), ["Bearer first-token"] * 3)
        [asked] = self.tokens.requests
        self.assertEqual(
            asked.body,
            b"grant_type=client_credentials&scope=orders+answers&audience=https%3A%2F%2Fwood.example",
        )
        self.assertEqual(asked.headers["Authorization"], "Basic Y2xpZW50KzE6Y2xpZW50LXNlY3JldC05ODc2")

    def test_a_token_is_renewed_before_it_ends(self):
        self.tokens.will(self._token("short", 1), self._token("next"))
        self._send()
        time.sleep(1.0)  # its whole life; it was renewed a tenth before
        self._send()
        self.assertEqual(self._bearers(), ["Bearer short", "Bearer next"])

    def test_a_token_that_was_withdrawn_is_replaced_once(self):
        self.tokens.will(self._token("withdrawn"), self._token("fresh"))
        self._send()
        self.server.will(Answer(401), Answer(200))
        self.assertEqual(self._send().outcome, "ok")
        self.assertEqual(self._bearers(), ["Bearer withdrawn", "Bearer withdrawn", "Bearer fresh"])

    def test_a_fresh_token_that_is_refused_is_not_asked_for_again(self):
        self.tokens.will(self._token("refused"))
        self.server.will(Answer(401))
        self.assertEqual(self._send().outcome, "auth")
        self.assertEqual((len(self.tokens.requests), len(self.server.requests)), (1, 1))

    def test_a_wrong_client_is_a_matter_of_credentials(self):
        body = '{"error": "invalid_client", "error_description": "client-secret-9876 is wrong"}'
        self.tokens.will(Answer(400, body, {"Content-Type": "application/json"}))
        result = self._send()
        self.assertEqual((result.outcome, result.http_status), ("auth", 400))
        self.assertIn("invalid_client", result.detail)
        self.assertNotIn("client-secret-9876", result.detail)
        self.assertFalse(self.server.requests)

    def test_a_token_server_in_trouble_is_tried_again_later(self):
        for answer in (Answer(503), Answer(200, "no json"), Answer(200, "[]"), Answer(200, "{}")):
            self.tokens.will(answer)
            self.assertEqual(self._send().outcome, "retry")
        self.assertFalse(self.server.requests)

    def test_the_token_never_stands_in_what_is_kept(self):
        self.tokens.will(self._token("opaque-token-value"))
        self.server.will(Answer(500, "Your token opaque-token-value broke us"))
        self.assertNotIn("opaque-token-value", self._send().detail)

    def test_a_new_client_secret_asks_for_a_new_token(self):
        self.tokens.will(self._token("one"), self._token("two"))
        self._send()
        self.connector.sudo().credential_ids.write({"secret": "another-secret"})
        self._send()
        self.assertEqual(self._bearers(), ["Bearer one", "Bearer two"])
