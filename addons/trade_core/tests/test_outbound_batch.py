from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..pipeline import outbound
from ..transport import SendResult
from .common_connector import Answer, ConnectorCase


@tagged("post_install", "-at_install")
class TestOutboundBatch(ConnectorCase):
    """Documents leave in batches, and each keeps the promises it would have alone."""

    def _queued(self, count, thread=None):
        messages = [self._message(f"P{number:05}") for number in range(1, count + 1)]
        union = self.env["trade.message"].union(*messages)
        if thread:
            union.write({"thread": thread})
        return union

    def _attempts(self, messages):
        return self.env["trade.attempt"].search([("message_id", "in", messages.ids)], order="id")

    def _ids_sent(self):
        return [request.headers["Idempotency-Key"] for request in self.server.requests]

    def test_all_of_a_batch_leave_in_order_and_each_has_its_try(self):
        messages = self._queued(5)
        self._drain(messages[0])
        self.assertEqual(set(messages.mapped("state")), {"acknowledged"})
        self.assertEqual(self._ids_sent(), messages.mapped("idempotency_key"))
        attempts = self._attempts(messages)
        self.assertEqual(attempts.message_id, messages)
        self.assertEqual(set(attempts.mapped("outcome")), {"ok"})
        self.assertEqual(set(messages.mapped("attempt_count")), {1})
        for message in messages:
            self.assertEqual([step["stage"] for step in message.timeline], ["queued", "sent"])
            self.assertTrue(message.sent_at and message.receipt_at and message.done_at)
            self.assertFalse(message.claimed_at)

    def test_a_refused_one_is_held_alone(self):
        messages = self._queued(4)
        self.server.will(Answer(), Answer(422, "no such article"), Answer(), Answer())
        self._drain(messages[0])
        self.assertEqual(messages.mapped("state"), ["acknowledged", "held", "acknowledged", "acknowledged"])
        self.assertIn("no such article", messages[1].state_reason)
        self.assertEqual(messages[1].exception_id.waiting_count, 1)

    def test_what_follows_a_refused_one_about_the_same_order_waits_for_it(self):
        messages = self._queued(3)
        messages[::2].write({"thread": "P-SAME"})
        self.server.will(Answer(422))
        self._drain(messages[0])
        self.assertEqual(messages.mapped("state"), ["held", "acknowledged", "queued"])
        self.assertEqual(messages[2].attempt_count, 0, "it was never tried")
        self.assertFalse(messages[2].claimed_at)
        messages[0]._replay()
        self._drain(messages[0])
        self.assertEqual(set(messages.mapped("state")), {"acknowledged"})
        self.assertEqual(self._ids_sent()[-2:], (messages[0] | messages[2]).mapped("idempotency_key"))

    def test_the_first_that_must_be_tried_again_ends_the_batch(self):
        self.connector.circuit_threshold = 1
        messages = self._queued(4)
        self.server.will(Answer(), Answer(503))
        self._drain(messages[0])
        self.assertEqual(len(self.server.requests), 2, "a partner in trouble is left alone at once")
        self.assertEqual(messages.mapped("state"), ["acknowledged", "queued", "queued", "queued"])
        self.assertEqual(messages.mapped("attempt_count"), [1, 0, 0, 0], "resting uses up nobody's tries")
        self.assertFalse(any(messages.mapped("claimed_at")))
        self.assertEqual(self._attempts(messages).mapped("outcome"), ["ok", "retry"])
        self.assertEqual(messages[3].exception_id.code, "partner.down")

    def test_a_single_bad_moment_stops_nobody_else(self):
        messages = self._queued(3)
        self.server.will(Answer(503))
        self._drain(messages[0])
        self.assertEqual(messages.mapped("state"), ["queued", "acknowledged", "acknowledged"])
        self.assertGreater(messages[0].not_before, fields.Datetime.now())
        self.assertEqual(self._attempts(messages[0]).next_try_at, messages[0].not_before)

    def test_later_ones_about_the_same_order_wait_for_a_retry(self):
        messages = self._queued(3, thread="P-SAME")
        self.server.will(Answer(503))
        self._drain(messages[0])
        self.assertEqual(messages.mapped("state"), ["queued"] * 3)
        self.assertEqual(len(self.server.requests), 1)

    def test_a_resting_partner_is_tried_with_one(self):
        messages = self._queued(3)
        now = fields.Datetime.now()
        self.connector.write(
            {
                "circuit_state": "open",
                "circuit_class": "partner_down",
                "circuit_opened_at": now - timedelta(minutes=5),
                "circuit_probe_at": now - timedelta(seconds=1),
            }
        )
        self.server.will(Answer(503))
        self._drain(messages[0])
        self.assertEqual(len(self.server.requests), 1)
        self.assertEqual(self.connector.circuit_state, "open")
        self.assertEqual(messages.mapped("state"), ["queued"] * 3)

    def test_the_rate_limit_says_how_many_go(self):
        self.connector.write({"rate_per_minute": 6, "burst": 2})
        messages = self._queued(4)
        self._drain(messages[0])
        self.assertEqual(messages.mapped("state"), ["acknowledged", "acknowledged", "queued", "queued"])
        self.assertEqual(len(self.server.requests), 2)
        self.assertEqual(messages.mapped("attempt_count"), [1, 1, 0, 0])

    def test_calls_that_were_not_made_are_given_back(self):
        self.connector.write({"rate_per_minute": 1, "burst": 5})
        messages = self._queued(4)
        self.server.will(Answer(429, headers={"Retry-After": "60"}))
        self._drain(messages[0])
        bucket = self.env["trade.connector.bucket"].search([("connector_id", "=", self.connector.id)])
        self.assertAlmostEqual(bucket.tokens, 4, delta=0.1)

    def test_a_claim_left_behind_is_sent_again_under_the_same_key(self):
        messages = self._queued(3)
        outbound._claim(messages[:2])  # and then the worker dies
        self.assertEqual(messages.mapped("attempt_count"), [1, 1, 0])
        self.env.invalidate_all()
        self._drain(messages[0])
        self.assertEqual(set(messages.mapped("state")), {"acknowledged"})
        self.assertEqual(self._ids_sent(), messages.mapped("idempotency_key"))
        for message in messages[:2]:
            outcomes = [(one.number, one.outcome) for one in self._attempts(message)]
            self.assertEqual(outcomes, [(1, "lost"), (2, "ok")])

    def test_what_cannot_be_built_is_held_and_the_rest_goes(self):
        messages = self._queued(3)
        build = type(self.connector)._trade_send

        def sometimes(connector, message):
            if message == messages[1]:
                raise connector._missing()
            return build(connector, message)

        with patch.object(type(self.connector), "_trade_send", sometimes):
            self._drain(messages[0])
        self.assertEqual(messages.mapped("state"), ["acknowledged", "held", "acknowledged"])

    def test_a_transport_that_breaks_leaves_no_claim(self):
        messages = self._queued(2)

        def broken(_connector, message):
            return lambda: 1 / 0

        with (
            patch.object(type(self.connector), "_trade_send", broken),
            self.assertLogs("odoo.addons.trade_core.pipeline.outbound", "ERROR"),
        ):
            self._drain(messages[0])
        self.assertFalse(any(messages.mapped("claimed_at")))
        self.assertEqual(set(messages.mapped("state")), {"queued"})
        self.assertIn("ZeroDivisionError", self._attempts(messages)[0].error)

    def test_nothing_more_goes_after_an_answer_that_says_stop(self):
        messages = self._queued(3)

        def gone(connector, message):
            connector.paused = True  # as whoever answers a 410 would, in the recording transaction
            return lambda: SendResult("refused", 410, detail="gone", stop=True)

        with patch.object(type(self.connector), "_trade_send", gone):
            self._drain(messages[0])
        self.assertEqual(messages.mapped("state"), ["held", "queued", "queued"])
        self.assertEqual(messages.mapped("attempt_count"), [1, 0, 0])

    def test_withdrawn_while_it_was_on_its_way(self):
        messages = self._queued(2)

        def withdrawn(_connector, message):
            def call():
                messages[0]._set_state("cancelled", "Withdrawn")
                return SendResult("ok", 200)

            return call if message == messages[0] else lambda: SendResult("ok", 200)

        with patch.object(type(self.connector), "_trade_send", withdrawn):
            self._drain(messages[0])
        self.assertEqual(messages.mapped("state"), ["cancelled", "acknowledged"])
        self.assertEqual(messages[0].timeline[-1]["stage"], "sent", "that it left all the same is on record")

    def test_a_batch_is_bounded_by_its_bytes(self):
        messages = self._queued(3)
        messages.write({"payload_size": outbound.BATCH_BYTES // 2 + 1})
        self.assertEqual(outbound._batch(messages), messages[0])

    def test_what_a_person_asked_for_never_overtakes_its_own_order(self):
        messages = self._queued(3, thread="P-SAME")
        messages[2].priority = 0
        self.env.flush_all()
        ready = outbound.ready(self.env, messages[0].lane, 50)
        self.assertEqual(ready, messages[:2].ids)
        messages[0].not_before = fields.Datetime.now() + timedelta(hours=1)
        self.env.flush_all()
        self.assertFalse(outbound.ready(self.env, messages[0].lane, 50))
