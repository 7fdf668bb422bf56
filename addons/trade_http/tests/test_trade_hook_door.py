"""Who may push events to /trade/hooks/…, and what is stored."""

import gzip
import json

from odoo.tests import mute_logger

from odoo.addons.trade_kernel.hook_presets import PRESETS
from odoo.addons.trade_kernel.signatures import new_secret

from .common_hook import SECRET, HookCase, make_hook

LOG = "odoo.addons.trade_http.controllers.hooks"


class TestHookDoor(HookCase):
    def assertDenied(self, response):
        self.assertEqual(response.status_code, 403, response.text)
        self.assertEqual(response.json()["type"], "urn:tradelane:problem:denied")
        return response

    def test_an_event_is_stored_as_it_came_and_not_read(self):
        raw = b'{"id": "e1", \n "price": 12.50, "broken"'
        response = self.push(raw)
        self.assertEqual((response.status_code, response.text), (200, ""))
        [message] = self.messages()
        self.assertEqual(message._raw(), raw)
        self.assertEqual((message.state, message.lane), ("received", f"hook/{self.hook.id}"))
        self.assertEqual(message.trade_partner_id, self.partner)
        self.assertFalse(message.route_id)

    def test_every_sender_of_the_list_can_enter_with_its_own_manner(self):
        for name, preset in PRESETS.items():
            with self.subTest(name):
                secret = new_secret() if preset.scheme.kind == "standard" else SECRET
                hook = make_hook(self.env, self.partner, name, secret)
                raw = self.event()
                headers = self.sign(raw, hook, secret, message_id="m1")
                self.assertEqual(self.push(raw, hook, headers).status_code, 200)
                self.assertEqual(len(self.messages(hook)), 1)

    @mute_logger(LOG)
    def test_whoever_is_not_let_in_gets_one_and_the_same_answer(self):
        raw = self.event()
        no_secret = make_hook(self.env, self.partner, secret=None)
        archived = make_hook(self.env, self.partner, active=False)
        made_up = self.hook.copy({"name": "Nowhere"})
        made_up.hook_public_id = "a" * 24
        answers = {
            self.assertDenied(response).text
            for response in (
                self.push(raw, headers={}),
                self.push(raw, headers={"X-Signature": "00"}),
                self.push(raw + b" ", headers=self.sign(raw)),
                self.push(raw, secret="another"),
                self.push(raw, no_secret),
                self.push(raw, archived),
                self.url_open("/trade/hooks/" + "b" * 24, data=raw, headers=self.sign(raw), method="POST"),
                self.url_open("/trade/hooks/1", data=raw, headers=self.sign(raw), method="POST"),
                self.url_open(f"/trade/hooks/{self.hook.hook_public_id}"),
            )
        }
        self.assertEqual(len(answers), 1)
        self.assertFalse(self.messages())
        self.assertFalse(self.messages(no_secret) | self.messages(archived))

    def test_a_denial_names_the_connector_in_the_log_and_no_secret(self):
        with self.assertLogs(LOG, "WARNING") as log:
            self.push(self.event(), secret="another")
        self.assertIn("Fast Parcels", log.output[0])
        self.assertIn("signature", log.output[0])
        self.assertNotIn("another", log.output[0])

    @mute_logger(LOG)
    def test_denials_are_counted_and_seen_where_somebody_looks_for_them(self):
        self.env["trade.api.denial"].search([]).unlink()
        raw, no_secret = self.event(), make_hook(self.env, self.partner, secret=None)
        for _time in range(3):
            self.push(raw, secret="another")
        self.push(raw, no_secret)
        self.url_open("/trade/hooks/" + "b" * 24, data=raw, headers=self.sign(raw), method="POST")
        self.url_open(f"/trade/hooks/{self.hook.hook_public_id}")
        found = {
            (denial.caller, denial.reason, denial.way_in, denial.operation, denial.count)
            for denial in self.env["trade.api.denial"].search([])
        }
        self.assertEqual(
            found,
            {
                ("Fast Parcels", "signature", "signature", "POST hooks", 3),
                ("Fast Parcels", "handshake", "signature", "GET hooks", 1),
                ("Fast Parcels", "hook_secret", "signature", "POST hooks", 1),
                ("Unknown caller", "unknown", "none", "POST hooks", 1),
            },
        )
        ours = self.env["trade.api.denial"].search(self.hook.action_open_hook_denials()["domain"])
        self.assertEqual((sum(ours.mapped("count")), self.hook.hook_denial_count), (4, 4))
        self.assertEqual(ours.trade_partner_id, self.partner)
        self.assertIn("signature", self.hook.health_reason, "the connector says it at first glance")

    @mute_logger(LOG)
    def test_a_sender_refused_again_and_again_is_one_problem_that_ends_when_it_gets_in(self):
        self.env["ir.config_parameter"].set_param("trade_http.denials_before_problem", 3)
        for _time in range(2):
            self.push(self.event(), secret="another")
        self.assertFalse(self.problems("hook.denied_often"))
        for _time in range(2):
            self.push(self.event(), secret="another")
        problem = self.problems("hook.denied_often")
        self.assertEqual((len(problem), problem.connector_id), (1, self.hook))
        self.assertIn("signature", problem.name)
        self.push(self.event())
        self.work()
        self.assertEqual(problem.state, "resolved")

    @mute_logger(LOG)
    def test_a_recorded_request_is_refused_later(self):
        hook = make_hook(self.env, self.partner, "stripe")
        raw = self.event()
        self.assertDenied(self.push(raw, hook, age=400))
        self.assertDenied(self.push(raw, hook, age=-400))
        self.assertEqual(self.push(raw, hook, age=200).status_code, 200)

    @mute_logger(LOG)
    def test_while_rotating_both_secrets_open_the_door_then_only_the_new_one(self):
        credential = self.hook._hook_credential()
        credential.secret = "the new one"
        self.assertEqual(self.push(self.event(event_id="e1")).status_code, 200)
        self.assertEqual(self.push(self.event(event_id="e2"), secret="the new one").status_code, 200)
        credential.action_end_overlap()
        self.assertDenied(self.push(self.event(event_id="e3")))
        self.assertEqual(self.push(self.event(event_id="e4"), secret="the new one").status_code, 200)

    @mute_logger(LOG)
    def test_only_from_the_addresses_that_were_entered(self):
        self.hook.hook_networks = "203.0.113.0/24"
        self.assertDenied(self.push(self.event()))
        self.hook.hook_networks = "203.0.113.0/24, 127.0.0.1"
        self.assertEqual(self.push(self.event()).status_code, 200)

    def test_a_form_is_signed_and_stored_as_bytes(self):
        hook = make_hook(self.env, self.partner, "slack")
        raw = b"payload=%7B%22type%22%3A+%22block_actions%22%7D&b=1&a=2"
        response = self.push(raw, hook, content_type="application/x-www-form-urlencoded")
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(self.messages(hook)._raw(), raw)

    def test_the_answer_is_what_the_sender_insists_on(self):
        self.hook.write({"hook_status": "202", "hook_body": "[accepted]"})
        response = self.push(self.event())
        self.assertEqual((response.status_code, response.text), (202, "[accepted]"))

    def test_an_id_in_a_header_is_known_again_and_its_type_is_kept(self):
        hook = make_hook(self.env, self.partner, "github")
        raw = self.event()
        headers = {**self.sign(raw, hook), "X-GitHub-Delivery": "d1", "X-GitHub-Event": "push"}
        for _times in range(3):
            self.assertEqual(self.push(raw, hook, headers).status_code, 200)
        [message] = self.messages(hook)
        self.assertEqual(message.hook_headers, {"x-github-delivery": "d1", "x-github-event": "push"})
        other = raw + b" "
        headers |= self.sign(other, hook)
        self.assertEqual(self.push(other, hook, headers).status_code, 200, "kept: nothing is lost")
        self.assertEqual(len(self.messages(hook)), 2)

    def test_without_an_id_the_same_words_may_announce_another_change_later(self):
        raw = b'{"type": "stock.changed"}'
        self.push(raw)
        self.push(raw)
        self.assertEqual(len(self.messages()), 1, "the first one still waits")
        self.work()
        self.push(raw)
        self.assertEqual(len(self.messages()), 2)

    def test_nothing_and_too_much_are_refused(self):
        self.assertEqual(self.push(b"").status_code, 400)
        self.env["ir.config_parameter"].sudo().set_param("trade_core.max_bytes", "1000")
        self.assertEqual(self.push(b"[" + b" " * 1000 + b"]").status_code, 413)
        self.assertFalse(self.messages())

    def test_compressed_events_are_signed_as_they_travel_and_kept_as_they_are(self):
        raw = self.event()
        packed = gzip.compress(raw)
        headers = {**self.sign(packed), "Content-Encoding": "gzip"}
        self.assertEqual(self.push(packed, headers=headers).status_code, 200)
        self.assertEqual(self.messages()._raw(), raw)
        anew = gzip.compress(raw, 1)
        self.assertEqual(
            self.push(anew, headers={**self.sign(anew), "Content-Encoding": "gzip"}).status_code, 200
        )
        self.assertEqual(len(self.messages()), 1, "packed in another way it is the same event")

    def test_compressed_events_that_are_none(self):
        for packed, encoding, status in (
            (gzip.compress(b" " * 10_000_000), "gzip", 413),
            (gzip.compress(self.event())[:-4], "gzip", 400),
            (gzip.compress(b""), "gzip", 400),
            (self.event(), "br", 415),
        ):
            headers = {**self.sign(packed), "Content-Encoding": encoding}
            self.assertEqual(self.push(packed, headers=headers).status_code, status)
        self.assertFalse(self.messages())


class TestHandshakes(HookCase):
    def test_slack_gets_its_challenge_and_nothing_is_stored(self):
        hook = make_hook(self.env, self.partner, "slack")
        raw = json.dumps({"type": "url_verification", "challenge": "abc123", "token": "x"}).encode()
        response = self.push(raw, hook)
        self.assertEqual((response.status_code, response.text), (200, "abc123"))
        with mute_logger(LOG):
            self.assertEqual(self.push(raw, hook, secret="another").status_code, 403)
        self.assertFalse(self.messages(hook))

    @mute_logger(LOG)
    def test_meta_gets_its_challenge_for_the_right_verify_token(self):
        hook = make_hook(self.env, self.partner, "meta")
        url = f"/trade/hooks/{hook.hook_public_id}?hub.mode=subscribe&hub.challenge=1158201444"
        self.assertEqual(self.url_open(f"{url}&hub.verify_token=").status_code, 403, "none is set yet")
        word = hook.action_hook_generate_word()["params"]["secret"]
        response = self.url_open(f"{url}&hub.verify_token={word}")
        self.assertEqual((response.status_code, response.text), (200, "1158201444"))
        self.assertEqual(self.url_open(f"{url}&hub.verify_token=guess").status_code, 403)

    @mute_logger(LOG)
    def test_x_gets_a_signature_of_its_word_but_of_no_document(self):
        hook = make_hook(self.env, self.partner, "x")
        url = f"/trade/hooks/{hook.hook_public_id}?crc_token="
        answer = self.url_open(url + "9b4507b3").json()["response_token"]
        self.assertEqual(answer, self.sign(b"9b4507b3", hook)["x-twitter-webhooks-signature"])
        self.assertEqual(self.url_open(url + "%7B%22id%22%3A1%7D").status_code, 403)

    @mute_logger(LOG)
    def test_woocommerce_may_try_the_address(self):
        hook = make_hook(self.env, self.partner, "woocommerce")
        form = "application/x-www-form-urlencoded"
        self.assertEqual(self.push(b"webhook_id=3", hook, {}, content_type=form).status_code, 200)
        self.assertEqual(self.push(b"webhook_id=3&x=1", hook, {}, content_type=form).status_code, 403)
        self.assertFalse(self.messages(hook))
