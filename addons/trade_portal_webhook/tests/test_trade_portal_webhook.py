import os
import re
from datetime import datetime
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo.tests import tagged

from odoo.addons.trade_core.connectors.keyring import ENVIRONMENT_VARIABLE
from odoo.addons.trade_portal.tests.common import PortalCase

_SECRET = re.compile(r"<textarea[^>]*>([^<]+)</textarea>")


@tagged("post_install", "-at_install")
class TestTradePortalWebhook(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(os.environ, {ENVIRONMENT_VARIABLE: Fernet.generate_key().decode()}))
        cls.env["ir.config_parameter"].set_param("trade_portal.own_keys", "True")
        cls.webhook = cls._make_webhook(cls.ours, "Wood events")
        cls.other = cls._make_webhook(cls.theirs, "Mat events")

    @classmethod
    def _make_webhook(cls, partner, name):
        connector = cls.env["trade.connector"].create(
            {
                "name": f"{name}, internal",
                "trade_partner_id": partner.id,
                "company_id": partner.company_id.id,
                "transport": "webhook",
                "auth_method": "hmac",
                "base_url": f"https://events.example/{partner.id}",
            }
        )
        cls.env["trade.credential"].create(
            {"connector_id": connector.id, "kind": "hmac_secret", "overlap_hours": 24}
        ).action_generate()
        return cls.env["trade.subscription"].create(
            {
                "name": name,
                "trade_partner_id": partner.id,
                "connector_id": connector.id,
                "event_type_ids": [
                    (6, 0, cls.env["trade.event.type"].search([("audience", "!=", "internal")], limit=1).ids)
                ],
            }
        )

    def setUp(self):
        super().setUp()
        self.sign_in(self.our_user)

    def page(self):
        return self.get("/my/trading/webhooks")

    def press(self, button, webhook=None, page=None, **form):
        number = (webhook or self.webhook).id
        return self.post(f"/my/trading/webhooks/{number}/{button}", page or self.page(), **form)

    def notes(self):
        return self.webhook.message_ids.filtered(lambda note: "on its own page" in (note.body or ""))

    def test_new_secret_is_shown_once_and_signs(self):
        version = self.webhook._portal_version()
        shown = self.press("secret", version=version)
        self.assertEqual(shown.status_code, 200)
        secret = _SECRET.search(shown.text).group(1)
        signing = self.webhook.connector_id._needed_credential()._secrets()
        self.assertIn(secret, signing)
        self.assertEqual(len(signing), 2)  # the overlap
        self.assertNotIn(secret, self.page().text)
        again = self.press("secret", version=version)
        self.assertEqual(again.status_code, 422)
        self.assertEqual(self.webhook._portal_version(), version + 1)
        [note] = self.notes()
        self.assertEqual(note.author_id, self.our_user.partner_id)
        self.assertIn(self.responsible.partner_id, note.notified_partner_ids)
        self.assertNotIn(secret, note.body)

    def test_the_first_secret(self):
        self.webhook.connector_id.credential_ids.version_ids.unlink()
        page = self.page()
        version = re.search(r'name="version" value="([^"]*)"', page.text).group(1)
        shown = self.press("secret", page=page, version=version)
        self.assertEqual(shown.status_code, 200, shown.text)
        self.assertTrue(_SECRET.search(shown.text).group(1))

    def test_only_if_keys_are_theirs_to_manage(self):
        page = self.page()
        version = self.webhook._portal_version()
        self.env["ir.config_parameter"].set_param("trade_portal.own_keys", "")
        self.assertNotIn("new signing secret", self.page().text)
        self.assertEqual(self.press("secret", page=page, version=version).status_code, 403)
        self.assertEqual(self.webhook._portal_version(), version)

    def test_switched_off_and_on_again(self):
        self.webhook._switch_off("secret words about proxy.internal.")
        home = self.get("/my/trading").text
        self.assertIn("Your webhook Wood events was switched off", home)
        page = self.page()
        self.assertNotIn("proxy.internal", home + page.text)
        self.assertEqual(self.press("test").status_code, 422)
        done = self.press("resume")
        self.assertEqual(done.status_code, 200)
        self.assertEqual(self.webhook.state, "active")
        self.assertTrue(self.notes())
        self.assertNotIn("was switched off", self.get("/my/trading").text)
        self.assertEqual(self.press("resume").status_code, 422)

    def test_what_we_paused_stays_paused(self):
        self.webhook.action_pause()
        self.assertIn("We paused it", self.page().text)
        self.assertEqual(self.press("resume").status_code, 422)
        self.assertEqual(self.webhook.state, "paused")

    def test_failures_in_their_words(self):
        self.webhook.connector_id.failing_since = datetime(2031, 3, 7, 9, 5)
        page = self.page().text
        self.assertIn("It has failed since 3/7/31", page)  # as the reader writes days
        self.assertNotIn("Wood events, internal", page)

    def test_test_event(self):
        before = self.env["trade.event"].search_count([])
        done = self.press("test")
        self.assertIn("on its way", done.text)
        self.assertEqual(self.env["trade.event"].search_count([]), before + 1)

    def test_suspended_only_looks(self):
        page = self.page()
        self.ours.state = "suspended"
        for button in ("test", "resume", "secret"):
            self.assertEqual(self.press(button, page=page, version=1).status_code, 403)
        self.assertNotIn("Send a test event", self.page().text)

    def test_nobody_else_s(self):
        self.assertNotIn("Mat events", self.page().text)
        before = self.other._portal_version()
        self.other._switch_off("gone.")
        for button in ("test", "resume", "secret"):
            refused = self.press(button, webhook=self.other, version=before)
            self.assertEqual(refused.status_code, 404)
            self.assertNotIn("Mat events", refused.text)
        self.assertEqual(self.other.state, "disabled")
        self.assertEqual(self.other._portal_version(), before)
        self.new_browser()
        self.assertIn("/web/login", self.get("/my/trading/webhooks").url)
