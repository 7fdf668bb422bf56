"""Telling events once more."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..wizards import trade_subscription_replay
from .common import WebhookCase


@tagged("-at_install", "post_install")
class TestReplay(WebhookCase):
    def setUp(self):
        super().setUp()
        self.old = self._happens(3)
        self.old.time = fields.Datetime.now() - timedelta(days=3)
        self.new = self._happens(5)
        self._work()
        self.server.requests.clear()

    def _wizard(self, **values):
        return self.env["trade.subscription.replay"].create(
            {"subscription_id": self.subscription.id, **values}
        )

    def _replay(self, wizard):
        """Press the button, and run the jobs it makes."""
        wizard.with_context(queue_job__no_delay=True).action_replay()
        self._work()
        return [request.headers["webhook-id"] for request in self.server.requests]

    def test_the_estimate_comes_first(self):
        wizard = self._wizard()
        self.assertEqual((wizard.event_count, wizard.delivered_count), (5, 5))
        self.assertRegex(wizard.size, r"\d+ bytes|\d+\.\d kB")
        self.assertIn("second", wizard.duration)
        wizard.since = fields.Datetime.now() - timedelta(days=4)
        self.assertEqual(wizard.event_count, 8)
        wizard.only_missing = True
        self.assertEqual((wizard.event_count, wizard.delivered_count), (0, 0))
        with self.assertRaisesRegex(UserError, "nothing to tell again"):
            wizard.action_replay()

    def test_they_come_again_in_order_under_the_same_ids_as_linked_messages(self):
        told = self._replay(self._wizard())
        self.assertEqual(told, self.new.mapped("uid"))
        again = self._messages(self.new).filtered("original_id")
        self.assertEqual(len(again), 5)
        self.assertEqual(again.original_id.event_id, self.new)
        self.assertEqual(set(again.mapped("state")), {"acknowledged"})
        self.server.requests.clear()
        self.assertEqual(self._replay(self._wizard()), self.new.mapped("uid"), "as often as somebody asks")

    def test_what_still_waits_is_not_doubled(self):
        waiting = self._happens()
        self.assertEqual(self._wizard().event_count, 5)
        self._replay(self._wizard())
        self.assertEqual(len(self._messages(waiting)), 1)

    def test_it_begins_where_the_webhook_was_switched_off(self):
        self.subscription._disable("nobody is there.")
        self.subscription.disabled_at = fields.Datetime.now() - timedelta(days=4)
        wizard = self._wizard()
        self.assertEqual(wizard.since, self.subscription.disabled_at)
        self.assertEqual(wizard.event_count, 8)

    def test_many_are_told_in_batches(self):
        self.patch(trade_subscription_replay, "BATCH", 2)
        self.assertEqual(self._wizard().event_count, 5)
        self.assertEqual(self._replay(self._wizard()), self.new.mapped("uid"))

    def test_what_was_left_out_can_be_told_later(self):
        self.subscription.action_pause()
        missed = self._happens(2)
        self.subscription.action_resume_from_now()
        self.assertFalse(self.server.requests)
        wizard = self._wizard(only_missing=True)
        self.assertEqual(wizard.event_count, 2)
        self.assertEqual(self._replay(wizard), missed.mapped("uid"))
