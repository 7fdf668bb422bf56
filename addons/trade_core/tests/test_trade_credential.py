import base64
import logging
import os
import tempfile
from datetime import timedelta
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.trade_kernel import signatures
from odoo.addons.trade_kernel.errors import AuthenticationFailed

from .. import server
from ..connectors import keyring
from .common_connector import KEY, ConnectorCase

SECRET = "s3cr3t-of-wood-corner"


@tagged("post_install", "-at_install")
class TestCredential(ConnectorCase):
    """A secret goes in, is used, and never comes out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whatever the database holds was encrypted with a key that is not the tests'.
        cls.env["trade.credential.version"].sudo().search([("state", "!=", "revoked")])._revoke()
        cls.credential = cls.env["trade.credential"].create(
            {"connector_id": cls.connector.id, "kind": "api_key", "secret": SECRET}
        )
        cls.users = {
            group: new_test_user(
                cls.env,
                f"secret_{group.rpartition('.')[2]}",
                f"base.group_user,base.group_allow_export,{group}",
            )
            for group in (
                "trade_core.group_trade_user",
                "trade_core.group_trade_manager",
                "trade_core.group_trade_admin",
                "base.group_system",
            )
        }

    def _keys(self, *keys):
        self.startPatcher(patch.dict(os.environ, {keyring.ENVIRONMENT_VARIABLE: ",".join(keys)}))

    def _code(self, function, *arguments):
        with self.assertRaises(AuthenticationFailed) as caught:
            function(*arguments)
        return caught.exception

    # -- nobody reads it -------------------------------------------------------------------------

    def test_it_is_encrypted_in_the_database(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT secret, key_id FROM trade_credential_version WHERE secret IS NOT NULL")
        for encrypted, key_id in self.env.cr.fetchall():
            self.assertNotIn(SECRET, encrypted)
            self.assertNotIn(base64.b64encode(SECRET.encode()).decode()[:-4], encrypted)
            self.assertEqual(key_id, keyring.key_id(KEY))

    def test_no_group_reads_it_back_by_any_way(self):
        readable = 0
        for group, user in self.users.items():
            for record in (self.credential, self.credential.version_ids, self.connector):
                record = record.with_user(user)
                try:
                    names = list(record.fields_get())
                    found = str(record.read()) + str(record.web_read({name: {} for name in names}))
                except AccessError:
                    continue
                found += str(record.export_data(names))
                readable += 1
                encrypted = self.credential.version_ids.sudo().secret
                self.assertNotIn(SECRET, found, group)
                self.assertNotIn(encrypted, found, group)
        self.assertGreater(readable, 4, "the test looked at nothing")

    def test_it_cannot_be_guessed_by_searching(self):
        admin = self.users["trade_core.group_trade_admin"]
        Version = self.env["trade.credential.version"].with_user(admin)
        for domain in ([("secret", "like", "gAAAA%")], [("secret", "!=", False)]):
            with self.assertRaises(AccessError):
                Version.search(domain)
        with self.assertRaises(AccessError):
            Version.search([], order="secret")
        with self.assertRaises(AccessError):
            Version._read_group([], ["secret"])

    def test_saving_a_form_does_not_give_it_back(self):
        admin = self.users["trade_core.group_trade_admin"]
        saved = (
            self.env["trade.credential"]
            .with_user(admin)
            .web_save(
                {"connector_id": self.connector.id, "kind": "bearer", "secret": SECRET},
                {"secret": {}, "status": {}, "version_ids": {"fields": {"state": {}}}},
            )
        )
        self.assertFalse(saved[0]["secret"])
        self.assertNotIn(SECRET, str(saved))
        created = self.env["trade.credential"].browse(saved[0]["id"])
        self.assertFalse(created.with_user(admin).secret)
        self.assertFalse(created.sudo().secret)
        self.assertEqual(created._secret(), SECRET)

    def test_entering_it_in_the_form(self):
        form = Form(self.env["trade.credential"].with_user(self.users["trade_core.group_trade_admin"]))
        form.connector_id = self.connector
        form.kind = "bearer"
        form.secret = SECRET
        credential = form.save()
        self.assertTrue(credential.has_secret)
        self.assertEqual(credential.sudo()._secret(), SECRET)

    def test_it_is_not_copied_with_the_connector(self):
        copy = self.connector.copy()
        self.assertFalse(copy.credential_ids)
        self.assertFalse(self.credential.copy({"connector_id": copy.id}).has_secret)

    def test_it_is_not_logged(self):
        self.connector.auth_method = "api_key"
        with (
            self.assertLogs("odoo", logging.DEBUG) as ours,
            self.assertLogs("urllib3", logging.DEBUG) as theirs,
        ):
            statements = logging.getLogger("odoo.sql_db")
            self.addCleanup(statements.setLevel, statements.level)
            statements.setLevel(logging.NOTSET)
            self.credential.write({"secret": "another-secret-value"})
            self.connector.action_test_connection()
            self.env.flush_all()
        # What PostgreSQL was told stands in the log at this level too; the secret went there encrypted.
        self.assertIn('INSERT INTO "trade_credential_version"', "\n".join(ours.output))
        self.assertNotIn("another-secret-value", "\n".join(ours.output + theirs.output))
        self.assertEqual(self.server.last.headers["X-API-Key"], "another-secret-value")

    def test_others_can_neither_see_nor_set_it(self):
        for group in ("trade_core.group_trade_user", "trade_core.group_trade_manager"):
            credential = self.credential.with_user(self.users[group])
            with self.assertRaises(AccessError):
                credential.read(["name"])
            with self.assertRaises(AccessError):
                credential.write({"secret": "of-somebody-else"})
            with self.assertRaises(AccessError):
                credential.action_generate()
            with self.assertRaises(AccessError):
                credential.action_revoke()
        self.assertEqual(self.credential._secret(), SECRET)

    def test_users_still_read_connectors(self):
        user = self.users["trade_core.group_trade_user"]
        form = Form(self.connector.with_user(user))
        self.assertEqual(form.name, "Wood Corner")
        self.assertEqual(self.connector.with_user(user).health_reason, "Not called yet")

    # -- rotation --------------------------------------------------------------------------------

    def test_a_new_one_is_used_and_the_old_one_stays_valid_for_the_overlap(self):
        self.credential.write({"secret": "the-second-one"})
        self.assertEqual(self.credential._secret(), "the-second-one")
        self.assertEqual(self.credential._secrets(), ["the-second-one", SECRET])
        self.assertIn("version 1 is valid until", self.credential.status)
        retiring = self.credential.version_ids.filtered(lambda version: version.state == "retiring")
        retiring.sudo().valid_to = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self.credential._secrets(), ["the-second-one"])

    def test_never_more_than_two_are_valid_and_older_ones_are_erased(self):
        self.credential.write({"secret": "the-second-one"})
        self.credential.write({"secret": "the-third-one"})
        self.assertEqual(self.credential._secrets(), ["the-third-one", "the-second-one"])
        first = self.credential.version_ids.filtered(lambda version: version.number == 1)
        self.assertEqual((first.state, first.sudo().secret), ("revoked", False))

    def test_without_overlap_the_old_one_ends_at_once(self):
        self.credential.write({"overlap_hours": 0, "secret": "the-second-one"})
        self.assertEqual(self.credential._secrets(), ["the-second-one"])

    def test_ending_the_overlap_early_and_erasing_everything(self):
        self.credential.write({"secret": "the-second-one"})
        self.credential.action_end_overlap()
        self.assertEqual(self.credential._secrets(), ["the-second-one"])
        self.credential.action_revoke()
        self.assertFalse(self.credential.has_secret)
        self.assertEqual(self._code(self.credential._secret).code, "credential.missing")
        self.assertFalse(any(self.credential.version_ids.sudo().mapped("secret")))

    def test_what_ended_is_erased_by_itself(self):
        self.credential.write({"secret": "the-second-one"})
        retiring = self.credential.version_ids.filtered(lambda version: version.state == "retiring").sudo()
        retiring.valid_to = fields.Datetime.now() - timedelta(seconds=1)
        self.env["trade.credential.version"]._gc_retired()
        self.assertEqual((retiring.state, retiring.secret), ("revoked", False))

    def test_a_generated_secret_is_shown_once_and_works(self):
        hmac = self.env["trade.credential"].create({"connector_id": self.connector.id, "kind": "hmac_secret"})
        shown = hmac.action_generate()["params"]["secret"]
        self.assertEqual(hmac._secret(), shown)
        signatures.check_secret(shown)
        with self.assertRaises(UserError):
            self.credential.action_generate()

    def test_a_secret_that_cannot_work_is_refused_when_it_is_entered(self):
        hmac = self.env["trade.credential"].create({"connector_id": self.connector.id, "kind": "hmac_secret"})
        for wrong in ("whsec_short", "not base64 at all!"):
            with self.assertRaises(UserError) as caught:
                hmac.write({"secret": wrong})
            self.assertNotIn(wrong, str(caught.exception))
        with self.assertRaises(UserError):
            self.credential.write({"secret": "line\nbreak"})
        self.assertEqual(self.credential._secret(), SECRET)

    def test_who_changed_it_stands_in_the_connectors_history(self):
        self.credential.write({"secret": "the-second-one"})
        newest = self.connector.message_ids[0].body
        self.assertIn("version 2 was set", newest)
        self.assertNotIn("the-second-one", str(self.connector.message_ids.mapped("body")))

    def test_the_responsible_is_reminded_once_before_it_ends(self):
        self.credential.expires_on = fields.Date.today() + timedelta(days=10)
        before = len(self.connector.activity_ids)
        self.env["trade.credential"]._cron_expiry()
        self.env["trade.credential"]._cron_expiry()
        self.assertEqual(len(self.connector.activity_ids), before + 1)
        self.connector.activity_ids.action_done()
        self.env["trade.credential"]._cron_expiry()
        self.assertEqual(len(self.connector.activity_ids), before, "done is done")
        self.connector.auth_method = "api_key"
        self.assertIn("The secret ends on", self.connector.health_reason)

    # -- keys ------------------------------------------------------------------------------------

    def test_without_a_key_people_are_told_what_to_do(self):
        self._keys("")
        self.startPatcher(patch.object(server, "config", {"config": "/nonexistent/odoo.conf"}))
        error = self._code(self.credential._secret)
        self.assertEqual(error.code, "credential.key_missing")
        self.assertIn("secret_keys under [trade]", error.remedy)
        with self.assertRaises(UserError) as caught:
            self.credential.write({"secret": "new"})
        self.assertIn("TRADE_SECRET_KEYS", str(caught.exception))

    def test_another_key_does_not_open_it_and_the_old_one_behind_it_does(self):
        other = Fernet.generate_key().decode()
        self._keys(other)
        error = self._code(self.credential._secret)
        self.assertEqual(error.code, "credential.key_wrong")
        self.assertIn(keyring.key_id(KEY), error.message)
        self.assertIn("Add the earlier key", error.remedy)
        self._keys(other, KEY)
        self.assertEqual(self.credential._secret(), SECRET)

    def test_a_malformed_key_is_named_by_its_place_not_by_its_text(self):
        self._keys(KEY, "my-own-idea-of-a-key")
        error = self._code(self.credential._secret)
        self.assertEqual(error.code, "credential.key_malformed")
        self.assertIn("number 2", error.message)
        self.assertNotIn("my-own-idea", error.message)

    def test_replacing_the_key_of_the_server(self):
        newest = Fernet.generate_key().decode()
        self._keys(newest, KEY)
        settings = self.env["res.config.settings"].create({})
        self.assertGreaterEqual(settings.trade_key_outdated, 1)
        settings.action_trade_reencrypt()
        self._keys(newest)
        self.assertEqual(self.credential._secret(), SECRET)
        settings.invalidate_recordset()
        self.assertEqual((settings.trade_key_outdated, settings.trade_key_works), (0, True))

    def test_the_settings_say_when_a_key_is_lost(self):
        self._keys(Fernet.generate_key().decode())
        settings = self.env["res.config.settings"].create({})
        self.assertFalse(settings.trade_key_works)
        self.assertIn("encrypted with a key that is missing", settings.trade_key_status)

    def test_the_key_is_read_from_the_configuration_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(f"[options]\n[trade]\nsecret_keys = {KEY}\n")
            file.flush()
            self._keys("")
            self.startPatcher(patch.object(server, "config", {"config": file.name}))
            self.assertEqual(self.credential._secret(), SECRET)

    def test_an_unreadable_earlier_version_does_not_stop_the_current_one(self):
        other = Fernet.generate_key().decode()
        self._keys(other, KEY)
        self.credential.write({"secret": "the-second-one"})
        self._keys(other)
        with self.assertLogs("odoo.addons.trade_core.models.trade_credential", "WARNING"):
            self.assertEqual(self.credential._secrets(), ["the-second-one"])

    # -- copies of the database ---------------------------------------------------------------------

    def test_a_neutralised_copy_has_no_secrets_and_calls_nobody(self):
        self.connector.environment = "live"
        self.env.flush_all()
        for query in get_neutralization_queries(["trade_core"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(any(self.env["trade.credential.version"].sudo().search([]).mapped("secret")))
        self.assertEqual((self.connector.paused, self.connector.environment), (True, "test"))
        self.assertFalse(self.connector._permit().allowed)
        self.assertIn("neutralised copy", self.connector.health_reason)
