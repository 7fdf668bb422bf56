import base64
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.trade_http import gate
from odoo.addons.trade_kernel import signatures

from .common import PushCase, make_client, make_partner, shown

LOGGER = "odoo.addons.trade_http.intake"


@tagged("post_install", "-at_install")
class TestTradeGate(PushCase):
    def assertDenied(self, response, why):
        """Denied; the answer is the same for every reason, the reason stands in the log.

        :param response: a callable that makes the request
        """
        with self.assertLogs(LOGGER, "WARNING") as log:
            response = response()
        self.assertProblem(response, 403, "denied")
        self.assertEqual(response.content, self.denied().content)
        self.assertEqual(len(log.output), 1)
        self.assertIn(why, log.output[0])
        self.assertIn("127.0.0.1", log.output[0])
        for secret in (self.api_key, self.secret, self.api_key.rpartition("_")[2]):
            self.assertNotIn(secret, log.output[0])
        self.assertFalse(self.messages())
        return log.output[0]

    def denied(self):
        with self.assertLogs(LOGGER, "WARNING"):
            return self.post(self.document(), {"Content-Type": "application/json"})

    # -- API keys ------------------------------------------------------------------------------

    def test_no_key_no_entry(self):
        last = "Z" if self.api_key[-1] != "Z" else "Y"
        cases = {
            "Bearer": "no API key of ours",
            "Bearer x": "no API key of ours",
            self.api_key: "no API key of ours",
            f"Basic {self.api_key}": "no API key of ours",
            f"Bearer {self.api_key}\u00e9": "no API key of ours",
            f"Bearer {self.api_key[:-1]}{last}": "the key is wrong",
            f"Bearer {self.api_key[:-1]}": "the key is wrong",
            f"Bearer {self.api_key.replace(self.client.public_id, 'a' * 12)}": "no such client",
        }
        for value, why in cases.items():
            with self.subTest(value):
                headers = {**self.headers(), "Authorization": value.encode("latin-1")}
                self.assertDenied(lambda headers=headers: self.post(self.document(), headers), why)
        headers = self.headers()
        del headers["Authorization"]
        self.assertDenied(lambda: self.post(self.document(), headers), "neither an API key")

    def test_an_odoo_api_key_or_password_does_not_open_this_door(self):
        token = base64.b64encode(b"admin:admin").decode()
        headers = {**self.headers(), "Authorization": f"Basic {token}"}
        self.assertDenied(lambda: self.post(self.document(), headers), "no API key of ours")

    def test_the_denied_client_is_named_in_the_log(self):
        line = self.assertDenied(lambda: self.push(api_key=self.api_key[:-4] + "AAAA"), "wrong")
        self.assertIn(self.client.public_id, line)

    def test_two_keys_are_valid_while_rotating_and_no_third(self):
        second = shown(self.client.action_new_key())
        self.assertTaken(self.push(api_key=self.api_key))
        self.assertTaken(self.push(api_key=second))
        third = shown(self.client.action_new_key())
        self.assertTaken(self.push(api_key=second))
        self.assertTaken(self.push(api_key=third))
        self.assertEqual(self.client.key_ids.sorted("id").mapped("is_valid"), [False, True, True])
        self.assertKeyEnded(self.api_key)

    def test_the_old_key_ends_with_the_overlap(self):
        new = shown(self.client.action_new_key())
        self.client.key_ids.sorted("id")[0].valid_to = fields.Datetime.now() - timedelta(seconds=1)
        self.assertKeyEnded(self.api_key)
        self.assertTaken(self.push(api_key=new))

    def test_the_old_key_ends_although_nobody_reads_it_again(self):
        """Its end is compared with the clock at each request, not only when the client is read."""
        shown(self.client.action_new_key())
        self.assertTaken(self.push(api_key=self.api_key))
        with self.later(hours=self.client.overlap_hours + 1):
            self.assertKeyEnded(self.api_key)

    def test_without_overlap_the_old_key_ends_at_once(self):
        self.client.overlap_hours = 0
        new = shown(self.client.action_new_key())
        self.assertKeyEnded(self.api_key)
        self.assertTaken(self.push(api_key=new))

    def test_a_revoked_key_is_denied_with_the_next_request(self):
        self.assertTaken(self.push())
        self.client.key_ids.action_revoke()
        self.assertKeyEnded(self.api_key)

    def test_an_archived_client_is_denied_with_the_next_request(self):
        self.assertTaken(self.push())
        self.client.active = False
        with self.assertLogs(LOGGER, "WARNING") as log:
            self.assertProblem(self.push(), 403, "denied")
        self.assertIn("archived", log.output[0])

    def test_access_ends_when_it_was_said_to(self):
        self.client.expires_at = fields.Datetime.now() + timedelta(hours=1)
        self.assertTaken(self.push())
        self.assertTaken(self.push_signed())
        with self.later(hours=2):
            for push in (self.push, self.push_signed):
                with self.assertLogs(LOGGER, "WARNING") as log:
                    self.assertProblem(push(), 403, "denied")
                self.assertIn("access has ended", log.output[0])

    def assertKeyEnded(self, api_key):
        with self.assertLogs(LOGGER, "WARNING") as log:
            self.assertProblem(self.push(api_key=api_key), 403, "denied")
        self.assertIn("revoked or past its end", log.output[0])

    @staticmethod
    def later(**delta):
        """Let time pass for the gate."""
        seconds = timedelta(**delta).total_seconds()
        return patch.object(gate, "time", SimpleNamespace(time=lambda: time.time() + seconds))

    # -- signatures ----------------------------------------------------------------------------

    def test_a_tampered_request_is_denied(self):
        raw = self.document("PO1")
        good = self.signed_headers(raw)
        tampered = {
            "body": (self.document("PO2"), good),
            "a blank more": (raw + b" ", good),
            "id": (raw, {**good, "webhook-id": "another"}),
            "timestamp": (raw, {**good, "webhook-timestamp": str(int(good["webhook-timestamp"]) - 1)}),
            "signature": (raw, {**good, "webhook-signature": "v1," + base64.b64encode(b"x" * 32).decode()}),
            "no signature": (raw, {name: good[name] for name in good if name != "webhook-signature"}),
            "unknown version": (
                raw,
                {**good, "webhook-signature": good["webhook-signature"].replace("v1,", "v2,")},
            ),
            "nonsense": (raw, {**good, "webhook-signature": "v1"}),
        }
        for what, (body, headers) in tampered.items():
            with self.subTest(what):
                self.assertDenied(
                    lambda body=body, headers=headers: self.post(body, headers),
                    "signature is missing, too old",
                )

    def test_an_old_or_early_signature_is_denied(self):
        raw = self.document()
        for seconds in (-301, -86_400, 310):
            with self.subTest(seconds):
                moment = datetime.now(UTC) + timedelta(seconds=seconds)
                headers = self.signed_headers(raw, moment=moment)
                self.assertDenied(lambda headers=headers: self.post(raw, headers), "too old")

    def test_the_secret_of_another_client_is_denied(self):
        partner, _route = make_partner(self.env, "Ready Mat")
        other = make_client(self.env, partner)
        secret = shown(other.action_new_signing_secret())
        raw = self.document()
        self.assertDenied(lambda: self.post(raw, self.signed_headers(raw, secret=secret)), "signature")
        self.assertDenied(lambda: self.post(raw, self.signed_headers(raw, client=other)), "signature")
        self.assertFalse(self.messages(other))

    def test_without_a_secret_every_signature_is_denied(self):
        bare = make_client(self.env, self.partner, "No secret")
        raw = self.document()
        for secret in (signatures.new_secret(), "whsec_" + base64.b64encode(b"\0" * 32).decode()):
            headers = self.signed_headers(raw, secret=secret, client=bare)
            self.assertDenied(lambda headers=headers: self.post(raw, headers), "no signing secret")

    def test_an_unknown_client_is_denied(self):
        raw = self.document()
        for client in ("a" * 12, "", "../../etc", "A" * 12, "a" * 1000, "' OR 1=1 --"):
            with self.subTest(client):
                headers = {**self.signed_headers(raw), "Trade-Client": client}
                self.assertDenied(lambda headers=headers: self.post(raw, headers), "client")

    def test_two_secrets_are_valid_while_rotating_and_no_third(self):
        second = shown(self.client.action_new_signing_secret())
        self.assertTaken(self.push_signed(secret=self.secret))
        self.assertTaken(self.push_signed(secret=second))
        third = shown(self.client.action_new_signing_secret())
        self.assertTaken(self.push_signed(secret=second))
        self.assertTaken(self.push_signed(secret=third))
        with self.assertLogs(LOGGER, "WARNING"):
            self.assertProblem(self.push_signed(secret=self.secret), 403, "denied")

    def test_a_revoked_secret_is_denied_with_the_next_request(self):
        self.assertTaken(self.push_signed())
        self.client.credential_id.action_revoke()
        with self.assertLogs(LOGGER, "WARNING") as log:
            self.assertProblem(self.push_signed(), 403, "denied")
        self.assertIn("no signing secret", log.output[-1])

    def test_an_api_key_is_not_a_signing_secret(self):
        bare = make_client(self.env, self.partner, "Keys only")
        key = shown(bare.action_new_key())
        self.assertTaken(self.push(api_key=key))
        raw = self.document()
        headers = self.signed_headers(raw, client=bare)
        with self.assertLogs(LOGGER, "WARNING"):
            self.assertProblem(self.post(raw, headers), 403, "denied")

    def test_denials_come_before_everything_else(self):
        """Who is not let in does not learn which addresses, formats or sizes there are."""
        answers = set()
        for url in ("/trade/v1/order-responses", "/trade/v1/documents", "/trade/v1/order-responses?x=1"):
            for content_type in ("application/json", "text/plain"):
                with self.assertLogs(LOGGER, "WARNING"):
                    response = self.post(b"", {"Content-Type": content_type}, url)
                answers.add((response.status_code, response.content))
        with self.assertLogs(LOGGER, "WARNING"):
            response = self.url_open("/trade/v1/messages/1")
        answers.add((response.status_code, response.content))
        self.assertEqual(len(answers), 1)
        self.assertEqual(answers.pop()[0], 403)

    def test_a_caller_writes_no_lines_of_its_own_into_the_log(self):
        with self.assertLogs(LOGGER, "WARNING") as log:
            self.post(
                b"", {"Trade-Client": "x"}, "/trade/v1/order-responses?%0a2026-01-01 WARNING nothing to see"
            )
            self.post(b"", {"Authorization": "Bearer %0a2026-01-01"})
        self.assertEqual(len(log.output), 2)
        for line in log.output:
            self.assertEqual(len(line.splitlines()), 1)
            self.assertNotIn("2026-01-01", line)

    def test_a_key_can_be_recognised(self):
        self.assertRegex(self.api_key, r"^tlk_[a-z0-9]{12}_[A-Za-z0-9]{43}$")
