from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError
from psycopg2.errors import LockNotAvailable

from odoo.addons.trade_http import direct

from .common import shown
from .test_trade_reads import ReadCase


@tagged("post_install", "-at_install")
class TestTradeIdempotency(ReadCase):
    """A key stands for its document as long as the document is kept, which is for ever.

    As Stripe and the IETF's draft have it: the same answer again, 422 for other content, 409 while the first
    is being worked on. At the same instant and in several workers: in the tests of the whole system.
    """

    def again(self, key="key-1", raw=None, **options):
        return self.push(raw, key=key, **options)

    def test_a_key_is_kept_for_more_than_a_day_whatever_is_cleaned_away(self):
        first = self.again()
        message = self.assertTaken(first)
        year = fields.Datetime.subtract(fields.Datetime.now(), days=400)
        self.env.cr.execute(
            "UPDATE trade_message SET received_at = %(then)s, create_date = %(then)s, write_date = %(then)s,"
            " done_at = %(then)s, state = 'applied' WHERE id = %(id)s",
            {"then": year, "id": message.id},
        )
        self.env.invalidate_all()
        cleaned = []
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_values: 1):
            for name in sorted(name for name in self.env.registry if name.startswith("trade.")):
                model = self.env[name]
                for attribute in dir(type(model)):
                    method = getattr(type(model), attribute, None)
                    if hasattr(method, "_autovacuum"):
                        method(model)
                        cleaned.append(name)
        self.assertIn("trade.api.usage", cleaned)
        self.assertTrue(message.exists())
        again = self.again()
        self.assertEqual((again.status_code, again.content), (202, first.content))
        self.assertProblem(self.again(raw=self.document("PO2")), 422, "idempotency-key-reused")

    def test_nobody_takes_a_key_away(self):
        message = self.assertTaken(self.again())
        with self.assertRaises(UserError):
            message.unlink()
        for values in ({"idempotency_key": "other"}, {"idempotency_scope": "other"}, {"payload": False}):
            with self.assertRaises(UserError):
                message.write(values)
        for record, refused in (
            (self.client, UserError),  # it is archived instead
            (self.route, IntegrityError),
            (self.route.connector_id, UserError),
            (self.partner, IntegrityError),
        ):
            with self.subTest(record), mute_logger("odoo.sql_db"):
                with self.assertRaises(refused), self.env.cr.savepoint():
                    record.unlink()

    def test_the_answer_is_the_same_whatever_became_of_the_document(self):
        first = self.again(raw=b"{}")
        message = self.assertTaken(first)
        self.env["trade.lane"]._drain(message.lane)
        message.invalidate_recordset()
        self.assertEqual(message.state, "held")
        again = self.again(raw=b"{}")
        self.assertEqual((again.status_code, again.content), (202, first.content))

    def test_it_is_the_same_client_with_another_key_or_a_signature(self):
        first = self.again()
        other = self.again(api_key=shown(self.client.action_new_key()))
        signed = self.push_signed(key="key-1")
        any_kind = self.again(url="/trade/v1/documents")
        for again in (other, signed, any_kind):
            self.assertEqual((again.status_code, again.content), (202, first.content))
        self.assertEqual(len(self.messages()), 1)

    def test_what_was_refused_uses_no_key_up(self):
        """A sender corrects what was wrong with its request and sends it again under the same key."""
        headers = {**self.headers(key="key-1"), "Content-Type": "application/pdf"}
        self.assertProblem(self.post(self.document(), headers), 415, "media-type")
        self.assertProblem(self.again(raw=b""), 400, "empty-body")
        self.route.active = False
        self.assertProblem(self.again(), 404, "no-route")
        self.route.active = True
        self.client.scope_ids = False
        with mute_logger("odoo.addons.trade_http.intake"):
            self.assertProblem(self.again(), 403, "forbidden")
        self.client.scope_ids = self.env["trade.api.scope"].search([])
        self.assertTaken(self.again())

    def test_while_the_first_is_being_stored(self):
        def locked(*_args):
            raise LockNotAvailable

        with patch.object(direct._Shared, "query_prepared", locked):
            response = self.again()
        self.assertProblem(response, 409, "idempotency-key-in-use")
        self.assertEqual(response.headers["Retry-After"], "1")
        self.assertFalse(self.messages())
        self.assertTaken(self.again())

    def test_a_part_and_a_key_of_the_senders_own_do_not_meet(self):
        """Keys we give to what we take apart are of a scope no sender can name."""
        message = self.assertTaken(self.again())
        for scope in (f"part:{message.id}", f"resubmit:{message.id}", "client:1"):
            self.assertNotEqual(message.idempotency_scope, scope)
            taken = self.assertTaken(self.again(key=scope))
            self.assertEqual(taken.idempotency_scope, f"client:{self.client.id}")

    def test_letters_count(self):
        small, large = self.assertTaken(self.again(key="abc")), self.assertTaken(self.again(key="ABC"))
        self.assertNotEqual(small, large)
