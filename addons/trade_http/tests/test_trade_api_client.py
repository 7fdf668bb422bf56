from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open

from odoo.addons.trade_http import intake

from .common import PushCase, make_client, make_partner, shown


@tagged("post_install", "-at_install")
class TestTradeApiClient(PushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "http_user", "trade_core.group_trade_user")
        cls.manager = new_test_user(cls.env, "http_manager", "trade_core.group_trade_manager")
        cls.admin = new_test_user(cls.env, "http_admin", "trade_core.group_trade_admin")

    # -- secrets -------------------------------------------------------------------------------

    def test_a_key_or_secret_is_stored_nowhere_in_clear(self):
        self.push()
        self.env.flush_all()
        tables = ["trade_api_client", "trade_api_key", "trade_credential", "trade_credential_version"]
        tables += ["mail_message", "mail_tracking_value", "trade_message", "ir_logging"]
        for table in tables:
            self.env.cr.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            [stored] = self.env.cr.fetchone()
            for secret in (self.api_key, self.api_key.rpartition("_")[2], self.secret, self.secret[6:]):
                self.assertNotIn(secret, stored or "", table)

    def test_not_even_a_superuser_reads_a_digest(self):
        key = self.client.key_ids
        self.assertNotIn("digest", key.with_user(self.admin).fields_get())
        with self.assertRaises(AccessError):
            key.with_user(self.admin).read(["digest"])
        self.assertNotIn("digest", key.with_user(self.admin).read()[0])

    def test_the_hint_tells_keys_apart_and_no_more(self):
        hint = self.client.key_ids.hint
        self.assertEqual(hint[-4:], self.api_key[-4:])
        self.assertEqual(hint, f"tlk_{self.client.public_id}_…{self.api_key[-4:]}")

    def test_who_made_a_key_and_when_is_kept(self):
        client = self.client.with_user(self.admin)
        client.action_new_key()
        key = client.key_ids.sorted("id")[-1]
        self.assertEqual(key.create_uid, self.admin)
        note = self.client.message_ids[0]
        self.assertIn(key.hint, note.body)
        self.assertEqual(note.author_id, self.admin.partner_id)

    # -- rights --------------------------------------------------------------------------------

    def test_only_administrators_make_keys(self):
        for user in (self.user, self.manager):
            client = self.client.with_user(user)
            for button in (client.action_new_key, client.action_new_signing_secret):
                with self.assertRaises(AccessError):
                    button()
            with self.assertRaises(AccessError):
                client.key_ids.sudo(False).action_revoke()
            with self.assertRaises(AccessError):
                client.name = "Mine"
        self.assertTrue(self.client.key_ids.is_valid)
        client = self.client.with_user(self.admin)
        self.assertTaken(self.push(api_key=shown(client.action_new_key())))
        self.assertTaken(self.push_signed(secret=shown(client.action_new_signing_secret())))
        client.key_ids.action_revoke()
        self.assertFalse(any(client.key_ids.mapped("is_valid")))

    def test_managers_look_users_do_not(self):
        client = self.client.with_user(self.manager)
        self.assertEqual(client.read(["name", "status", "last_seen", "addresses"])[0]["status"], "ready")
        with self.assertRaises(AccessError):
            self.client.with_user(self.user).read(["name"])

    def test_nobody_writes_keys_by_hand(self):
        for values in ({"valid_to": False}, {"hint": "x"}):
            with self.assertRaises(AccessError):
                self.client.key_ids.with_user(self.admin).write(values)
        with self.assertRaises(AccessError):
            self.env["trade.api.key"].with_user(self.admin).create(
                {"client_id": self.client.id, "hint": "x", "digest": "0" * 64}
            )

    def test_another_companys_clients_do_not_exist(self):
        company = self.env["res.company"].create({"name": "Our other company"})
        profile = self.env["trade.partner"].create(
            {"partner_id": self.env["res.partner"].create({"name": "X"}).id, "company_id": company.id}
        )
        theirs = make_client(self.env, profile)
        found = self.env["trade.api.client"].with_user(self.admin).search([])
        self.assertIn(self.client, found)
        self.assertNotIn(theirs, found)
        with self.assertRaises(AccessError):
            theirs.with_user(self.admin).action_new_key()

    # -- what people see -----------------------------------------------------------------------

    def test_the_status_says_what_is_missing(self):
        partner, route = make_partner(self.env, "Ready Mat")
        client = make_client(self.env, partner)
        self.assertEqual(client.status, "no_proof")
        client.action_new_key()
        self.assertEqual(client.status, "ready")
        route.active = False
        client.invalidate_recordset(["status"])
        self.assertEqual(client.status, "no_route")
        route.active = True
        client.expires_at = fields.Datetime.now() + timedelta(days=3)
        self.assertEqual(client.status, "ending")
        client.expires_at = fields.Datetime.now() - timedelta(days=3)
        self.assertEqual(client.status, "ended")

    def test_the_address_to_give_away(self):
        self.assertIn("/trade/v1/order-responses", self.client.addresses)
        self.route.active = False
        self.client.invalidate_recordset(["addresses"])
        self.assertFalse(self.client.addresses)

    def test_last_seen_is_noted_once_a_minute(self):
        intake._last_seen.clear()
        self.assertFalse(self.client.last_seen)
        self.push()
        self.client.invalidate_recordset()
        seen = self.client.last_seen
        self.assertTrue(seen)
        hour_ago = fields.Datetime.now() - timedelta(hours=1)
        self.env.cr.execute("UPDATE trade_api_client SET last_seen = %s", [hour_ago])
        self.push()
        self.client.invalidate_recordset()
        self.assertEqual(self.client.last_seen, hour_ago, "not one write per request")
        self.env["trade.api.client"]._touch(self.client.ids)
        self.client.invalidate_recordset()
        self.assertGreater(self.client.last_seen, hour_ago)

    def test_documents_received_are_counted_and_listed(self):
        self.push()
        self.push_signed()
        self.client.invalidate_recordset()
        self.assertEqual(self.client.document_count, 2)
        action = self.client.action_open_messages()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), self.messages())

    # -- the end -------------------------------------------------------------------------------

    def test_a_client_that_sent_something_is_archived_not_deleted(self):
        self.push()
        with self.assertRaises(UserError):
            self.client.unlink()
        unused = make_client(self.env, self.partner, "Mistake")
        unused.action_new_signing_secret()
        credential = unused.credential_id
        unused.unlink()
        self.assertFalse(credential.exists())

    def test_a_copy_opens_nothing(self):
        copy = self.client.copy()
        self.assertNotEqual(copy.public_id, self.client.public_id)
        self.assertFalse(copy.key_ids or copy.credential_id)
        self.assertEqual(copy.status, "no_proof")

    def test_a_neutralised_database_lets_nobody_in(self):
        with file_open("trade_http/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.registry.clear_cache()
        for push in (self.push, self.push_signed):
            with self.assertLogs("odoo.addons.trade_http.intake", "WARNING"):
                self.assertProblem(push(), 403, "denied")
