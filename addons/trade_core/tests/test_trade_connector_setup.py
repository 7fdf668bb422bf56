import datetime
import ipaddress
import os
import ssl
import tempfile
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common_connector import LOCAL, Answer, ConnectorCase, PartnerServer, free_port

STEPS = ["resolve", "connect", "tls", "authenticate", "answer"]


def self_signed(folder):
    """A certificate for the loopback address that only its own file vouches for.

    :return: the paths of the certificate and its key
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Wood Corner")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOCAL))]), False)
        .sign(key, hashes.SHA256())
    )
    paths = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    with open(paths[0], "wb") as file:
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
    with open(paths[1], "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    return paths


@tagged("post_install", "-at_install")
class TestConnectionTest(ConnectorCase):
    """*Test connection* says what it tried and what came back, step by step."""

    def _test(self):
        action = self.connector.action_test_connection()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        steps = wizard.steps
        self.assertEqual([step["name"] for step in steps], STEPS)
        return {step["name"]: (step["outcome"], step["words"]) for step in steps}

    def _outcomes(self, steps):
        return [steps[name][0] for name in STEPS]

    def test_all_is_well(self):
        self._credential("api_key", "key-12345678", "api_key")
        self.connector.test_path = "/status"
        self.server.will(Answer(200, '{"status": "up"}', {"Content-Type": "application/json"}))
        steps = self._test()
        self.assertEqual(self._outcomes(steps), ["ok", "ok", "warning", "ok", "ok"])
        self.assertIn(f"Connected to {LOCAL} port {self.server.port}", steps["connect"][1])
        self.assertIn("Not secure", steps["tls"][1])
        self.assertIn('"status": "up"', steps["answer"][1])
        request = self.server.last
        self.assertEqual((request.method, request.path), ("GET", "/api/status"))
        self.assertEqual(request.headers["X-API-Key"], "key-12345678")

    def test_each_place_where_it_can_fail(self):
        self._credential("api_key", "key-12345678", "api_key")
        address = self.connector.base_url
        self.connector.base_url = "http://no-such-host.invalid"
        self.assertEqual(self._outcomes(self._test()), ["failed"] + ["skipped"] * 4)
        self.connector.base_url = f"http://{LOCAL}:{free_port()}"
        steps = self._test()
        self.assertEqual(self._outcomes(steps), ["ok", "failed"] + ["skipped"] * 3)
        self.assertIn("Connection refused", steps["connect"][1])
        self.connector.base_url = address
        self.server.will(Answer(401, "key-12345678 is unknown"))
        steps = self._test()
        self.assertEqual(self._outcomes(steps), ["ok", "ok", "warning", "failed", "failed"])
        self.assertNotIn("key-12345678", str(steps))
        self.server.will(Answer(503))
        self.assertEqual(self._outcomes(self._test())[-1], "failed")
        self.server.will(Answer(404))
        steps = self._test()
        self.assertEqual(self._outcomes(steps)[-2:], ["warning", "warning"])
        self.assertIn("address part", steps["answer"][1])
        self.connector.read_timeout = 0.3
        self.server.will(Answer(wait=2))
        self.assertIn("did not answer within", self._test()["answer"][1])

    def test_a_secure_line(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = self_signed(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            server = PartnerServer(tls=context)
            self.addCleanup(server.stop)
            self.connector.base_url = server.url
            steps = self._test()
            self.assertEqual(self._outcomes(steps), ["ok", "ok", "failed", "skipped", "skipped"])
            self.assertIn("is not trusted", steps["tls"][1])
            result = self._send()
            self.assertEqual(result.outcome, "retry")
            self.assertIn("The secure connection", result.detail)
            self.assertFalse(server.requests, "nothing is said to a server that is not who it should be")
            with patch.dict(os.environ, {"REQUESTS_CA_BUNDLE": certificate}):
                steps = self._test()
                self.assertEqual(steps["tls"][0], "ok")
                self.assertRegex(steps["tls"][1], r"TLSv1.[23], certificate valid until \d{4}-\d\d-\d\d")
                self.assertEqual(self._send().outcome, "ok")

    def test_plain_http_where_https_is_expected(self):
        self.connector.base_url = self.server.url.replace("http", "https")
        self.assertEqual(self._test()["tls"][0], "failed")

    def test_the_token_server_is_a_step_of_its_own(self):
        tokens = PartnerServer()
        self.addCleanup(tokens.stop)
        self._credential(
            "oauth2_client", "client-secret-1", "oauth2", login="me", token_url=f"{tokens.url}/token"
        )
        tokens.will(Answer(401, '{"error": "invalid_client"}', {"Content-Type": "application/json"}))
        steps = self._test()
        self.assertEqual(self._outcomes(steps)[-2:], ["failed", "skipped"])
        self.assertIn("invalid_client", steps["authenticate"][1])
        tokens.will(Answer(200, '{"access_token": "t0ken-value", "expires_in": 60}'))
        self.assertEqual(self._outcomes(self._test())[-2:], ["ok", "ok"])
        self.assertEqual(self.server.last.headers["Authorization"], "Bearer t0ken-value")

    def test_it_is_written_down_without_secrets(self):
        self._credential("basic", "passw0rd-here", "basic", login="joe")
        self.server.will(lambda: Answer(200, f"you are {self.server.last.headers}"))
        self._test()
        attempt = self.env["trade.attempt"].search(
            [("connector_id", "=", self.connector.id), ("kind", "=", "test")]
        )
        self.assertEqual(attempt.outcome, "ok")
        self.assertIn("resolve: ok", attempt.error)
        self.assertNotIn("passw0rd-here", attempt.error)
        self.assertNotIn("am9lOn", attempt.error)

    def test_they_call_us(self):
        self.connector.write({"base_url": False, "auth_method": "none"})
        [step] = self.connector._run_test()
        self.assertEqual(step.outcome, "skipped")
        self.assertIn("API clients", step.words)
        self.assertEqual(self.connector.health_reason, "They call us")

    def test_a_missing_secret_is_said_before_anything_is_called(self):
        self.connector.auth_method = "basic"
        [step] = self.connector._run_test()
        self.assertEqual(step.outcome, "failed")
        self.assertIn("enter the secret under Credentials", step.words)
        self.assertFalse(self.server.requests)

    def test_users_may_not_test(self):
        user = new_test_user(self.env, "just_a_user", "trade_core.group_trade_user")
        with self.assertRaises(AccessError):
            self.connector.with_user(user).action_test_connection()


@tagged("post_install", "-at_install")
class TestNewConnector(ConnectorCase):
    """From a template to a connector in use: the connection is tested before it goes live."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "trade_admin", "trade_core.group_trade_admin")

    def _new(self, template, **vals):
        form = Form(self.env["trade.connector.new"].with_user(self.admin))
        form.template = template
        for name, value in vals.items():
            form[name] = value
        action = form.save().action_create()
        return self.env["trade.connector"].browse(action["res_id"])

    def test_each_template_says_what_it_sets_and_what_must_be_supplied(self):
        form = Form(self.env["trade.connector.new"])
        for template, _name in self.env["trade.connector.new"]._selection_template():
            form.template = template
            for text in (form.summary, str(form.sets), str(form.supply)):
                self.assertRegex(text, r"\w{3}")

    def test_they_take_our_orders_and_we_poll_answers(self):
        connector = self._new("rest_poll", trade_partner_id=self.trade_partner, base_url=self.server.url)
        self.assertEqual(
            (connector.name, connector.transport, connector.auth_method), ("Wood Corner", "rest", "api_key")
        )
        self.assertEqual((connector.paused, connector.health), (True, "off"))
        self.assertFalse(connector._permit().allowed)
        routes = self.env["trade.route"].search([("connector_id", "=", connector.id)])
        self.assertEqual(
            {(route.direction, route.document_type, route.endpoint, route.poll) for route in routes},
            {("out", "order", "/orders", False), ("in", "order_response", "/order-responses", True)},
        )
        [credential] = connector.credential_ids
        self.assertEqual((credential.kind, credential.has_secret), ("api_key", False))

    def test_it_goes_live_only_when_the_connection_works(self):
        connector = self._new("rest_poll", trade_partner_id=self.trade_partner, base_url=self.server.url)
        connector.with_user(self.admin).action_go_live()
        self.assertTrue(connector.paused, "without a secret")
        connector.with_user(self.admin).credential_ids.secret = "key-12345678"
        self.server.will(Answer(401))
        action = connector.with_user(self.admin).action_go_live()
        self.assertEqual(action["res_model"], "trade.connector.test")
        self.assertTrue(connector.paused, "with a secret the partner refuses")
        connector.with_user(self.admin).action_go_live()
        self.assertFalse(connector.paused)
        self.assertEqual(connector.health, "ok")
        self.env.flush_all()
        self.assertTrue(connector._permit().allowed)

    def test_they_call_us(self):
        connector = self._new("rest_push", name="Ready Mat", trade_partner_id=self.trade_partner)
        [route] = self.env["trade.route"].search([("connector_id", "=", connector.id)])
        self.assertEqual(route.direction, "in", "without an address nothing can be sent")
        self.assertEqual(
            (connector.paused, connector.health, connector.health_reason), (False, "ok", "They call us")
        )

    def test_we_sign_what_we_send_to_them(self):
        connector = self._new("rest_push", name="Ready Mat", base_url=self.server.url)
        self.assertEqual((connector.auth_method, connector.paused), ("hmac", True))
        connector.credential_ids.action_generate()
        connector.action_go_live()
        self.assertFalse(connector.paused)
        self.assertIn("webhook-signature", self.server.last.headers)

    def test_manual_upload_needs_nothing(self):
        connector = self._new("manual", trade_partner_id=self.trade_partner)
        self.assertEqual((connector.transport, connector.paused, connector.health), ("manual", False, "ok"))
        self.assertEqual(
            self.env["trade.route"].search([("connector_id", "=", connector.id)]).direction, "in"
        )

    def test_addresses_that_cannot_be_right(self):
        for address in (
            "ftp://example.com", "file:///etc/passwd", "javascript:alert(1)", "example.com", "http://", "http://:80",
            "https://joe:secret@example.com", "https://example.com/?key=secret", "https://example.com/#x",
            "https://exa mple.com", "https://example.com:99999",
        ):  # fmt: skip
            with self.subTest(address=address), self.assertRaises(ValidationError):
                self.connector.base_url = address
        for address in (
            "http://10.0.0.7:8080/edi",
            "https://[2001:db8::1]/x",
            "http://localhost",
            "https://edi.example",
        ):
            self.connector.base_url = address

    def test_an_address_is_needed_where_orders_are_sent(self):
        new = self.env["trade.connector.new"].create({"template": "rest_poll", "name": "Nowhere"})
        with self.assertRaises(UserError):
            new.action_create()

    def test_a_connector_documents_went_over_is_kept(self):
        self._message()
        with self.assertRaises(UserError):
            self.connector.unlink()

    def test_limits_are_checked(self):
        for vals in (
            {"read_timeout": 0},
            {"read_timeout": 9999},
            {"burst": 0},
            {"max_tries": 0},
            {"circuit_cooldown": 0},
        ):
            with self.subTest(vals=vals), mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                self.connector.write(vals)
                self.env.flush_all()
