"""Events told to an address: signed, tried again, given up with a word to somebody."""

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from standardwebhooks.webhooks import Webhook

from odoo.addons.trade_core.tests.common_connector import Answer, free_port

from ..models.trade_connector import SCHEDULE
from .common import WebhookCase


@tagged("-at_install", "post_install")
class TestWebhook(WebhookCase):
    def _verify(self, request, secret=None):
        return Webhook(secret or self.secret).verify(request.body, request.headers)

    def test_an_event_arrives_signed_as_a_cloud_event(self):
        event = self._happens()
        self._work()
        [request] = self.server.requests
        told = self._verify(request)
        self.assertEqual(told["id"], event.uid)
        self.assertEqual(request.headers["webhook-id"], event.uid)
        self.assertEqual(told["type"], "tradelane.partner.activated.v1")
        self.assertEqual(told["data"]["name"], "Wood Corner")
        self.assertTrue(request.headers["Content-Type"].startswith("application/cloudevents+json"))
        message = self._messages(event)
        self.assertEqual(message.state, "acknowledged")
        self.assertEqual(json.loads(message._raw()), told)

    def test_a_thin_event_carries_no_data(self):
        self.subscription.payload = "thin"
        self._happens()
        self._work()
        told = self._verify(self.server.last)
        self.assertNotIn("data", told)
        self.assertTrue(told["subject"])

    def test_while_a_secret_is_replaced_both_fit(self):
        new = self.subscription.action_rotate_secret()["params"]["secret"]
        self.assertNotEqual(new, self.secret)
        self._happens()
        self._work()
        self._verify(self.server.last, self.secret)
        self._verify(self.server.last, new)
        self.connector.credential_ids.action_end_overlap()
        self._happens()
        self._work()
        self._verify(self.server.last, new)
        with self.assertRaisesRegex(Exception, "No matching signature"):
            self._verify(self.server.last, self.secret)

    def test_whatever_is_not_2xx_is_tried_again_under_the_same_id(self):
        event = self._happens()
        message = self._messages(event)
        for number, status in enumerate((500, 301, 404, 401), 1):
            self.server.will(Answer(status, headers={"Location": f"{self.server.url}/elsewhere"}))
            self._work()
            self.assertEqual(message.state, "queued", status)
            self.assertEqual(message.attempt_count, number)
            self._due(message)
        self._work()
        self.assertEqual(message.state, "acknowledged")
        self.assertEqual({request.headers["webhook-id"] for request in self.server.requests}, {event.uid})
        self.assertEqual(
            {request.path for request in self.server.requests}, {"/events"}, "no redirect is followed"
        )
        self.assertEqual(self.subscription.failing_since, False)

    def test_the_waits_are_those_of_the_schedule(self):
        message = self._messages(self._happens())
        self.connector.circuit_threshold = 100
        for wait in SCHEDULE:
            self.server.will(Answer(503))
            before = fields.Datetime.now()
            self._work()
            seconds = (message.not_before - before).total_seconds()
            self.assertGreaterEqual(seconds, 0.9 * wait - 1)
            self.assertLessEqual(seconds, wait + 1)
            self._due(message)
        self.assertGreater(sum(SCHEDULE), 27 * 3600)
        self.server.will(Answer(503))
        self._work()
        self.assertEqual(message.state, "held")
        self.assertEqual(message.exception_id.code, "partner.no_success")

    def test_the_receiver_says_when_to_come_back(self):
        message = self._messages(self._happens())
        self.server.will(Answer(429, headers={"Retry-After": "1200"}))
        before = fields.Datetime.now()
        self._work()
        self.assertGreaterEqual(message.not_before, before + timedelta(seconds=1200))
        self.assertGreaterEqual(self.connector.wait_until, before + timedelta(seconds=1200))

    def test_gone_is_gone(self):
        events = self._happens(3)
        self.server.will(Answer(410))
        self._work()
        self.assertEqual(len(self.server.requests), 1, "nothing more was told")
        self.assertEqual(self.subscription.state, "disabled")
        self.assertIn("410", self.subscription.disabled_reason)
        self.assertEqual(self._messages(events).mapped("state"), ["queued"] * 3, "what waited is kept")
        self.assertEqual(self.subscription.activity_ids.user_id, self.env.user)
        self.assertIn("kept: 3", self.subscription.activity_ids.note)
        self.assertEqual(self.connector.health, "down")
        self.assertIn("Switched off", self.connector.health_reason)
        self.assertFalse(self.subscription.next_attempt_at, "there is no next try")
        problem = self._problem()
        self.assertIn("Everything to Insight", problem.name)
        self.assertEqual(problem.action_fix()["res_id"], self.subscription.id, "where it is mended")
        self._happens()
        self.assertEqual(len(self._messages()), 3, "nothing is collected for a receiver that is gone")
        self.subscription.action_resume()
        self._work()
        self.assertEqual(self._messages(events).mapped("state"), ["acknowledged"] * 3)
        self.assertEqual(problem.state, "resolved")
        self.assertFalse(self.subscription.activity_ids, "nobody has to do it any more")
        self.assertEqual(self.connector.health, "ok")

    def _problem(self):
        problem = self.env["trade.exception"].search(
            [("code", "=", "webhook.disabled"), ("subject", "=", f"subscription:{self.subscription.id}")]
        )
        self.assertEqual(len(problem), 1)
        return problem

    def test_five_days_without_a_success_are_enough(self):
        event = self._happens()
        self.server.will(Answer(500))
        self._work()
        self.assertTrue(self.subscription.failing_since)
        for days, state in ((4, "active"), (5, "disabled")):
            self._due(self._messages(event))
            self.connector.failing_since = fields.Datetime.now() - timedelta(days=days, seconds=5)
            self.server.will(Answer(500, "out of order"))
            self._work()
            self.assertEqual(self.subscription.state, state, days)
        self.assertIn("5 days", self.subscription.disabled_reason)
        self.assertIn("out of order", self.subscription.disabled_reason)

    def test_resuming_without_what_waits(self):
        events = self._happens(2)
        self.server.will(Answer(410))
        self._work()
        self.subscription.action_resume_from_now()
        self.assertEqual(self._messages(events).mapped("state"), ["cancelled"] * 2)
        new = self._happens()
        self._work()
        told = [request.headers["webhook-id"] for request in self.server.requests]
        self.assertEqual(told.count(events[0].uid), 1, "the one that was answered with 410")
        self.assertNotIn(events[1].uid, told)
        self.assertIn(new.uid, told)

    def test_one_record_waits_for_its_own_earlier_event_others_do_not(self):
        other = self.env["trade.partner"].create(
            {"partner_id": self.env["res.partner"].create({"name": "Ready Mat"}).id}
        )
        first, second = self._happens(2)
        third = self._happens(record=other)
        self.server.will(Answer(500))
        self._work()
        self.assertEqual(self._messages(first + second).mapped("state"), ["queued", "queued"])
        self.assertEqual(self._messages(third).state, "acknowledged")
        self._due(self._messages(first))
        self._work()
        order = [request.headers["webhook-id"] for request in self.server.requests]
        self.assertEqual(order, [first.uid, third.uid, first.uid, second.uid])

    def test_a_dead_receiver_is_one_problem_and_loses_nothing(self):
        self.connector.base_url = f"http://127.0.0.1:{free_port()}/events"
        events = self._happens(20)
        for _round in range(8):
            self._work()
            self._messages(events).filtered(lambda message: message.not_before).write({"not_before": False})
        messages = self._messages(events)
        self.assertEqual(set(messages.mapped("state")), {"queued"})
        self.assertEqual(messages.exception_id.mapped("code"), ["partner.down"])
        self.assertEqual(self.subscription.health, "down")
        self.connector.base_url = f"{self.server.url}/events"
        self._due(messages)
        self._work()
        self._work()
        self.assertEqual(set(messages.mapped("state")), {"acknowledged"})
        self.assertEqual(
            [request.headers["webhook-id"] for request in self.server.requests], events.mapped("uid")
        )

    def test_our_own_network_is_not_called(self):
        self.env["ir.config_parameter"].set_param("trade_webhook.allowed_networks", "")
        message = self._messages(self._happens())
        self._work()
        self.assertFalse(self.server.requests)
        self.assertEqual(message.state, "queued")
        self.assertIn("not on the public internet", message.attempt_ids.error)

    def test_making_a_webhook_connects_first_and_says_what_is_wrong(self):
        values = {"trade_partner_id": self.system.id, "name": "Second", "all_types": True}
        count = self.env["trade.connector"].search_count([])
        for address, words in (
            (f"http://127.0.0.1:{free_port()}/x", "does not work: 127.0.0.1 port"),
            ("http://10.255.255.1/x", "not on the public internet"),
        ):
            wizard = self.env["trade.webhook.new"].create({**values, "base_url": address})
            with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
                wizard.action_create_webhook()
        wizard = self.env["trade.webhook.new"].create({**values, "base_url": "ftp://example.com/"})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            wizard.action_create_webhook()
        self.env.invalidate_all()
        self.assertEqual(self.env["trade.connector"].search_count([]), count)

    def test_it_is_found_among_new_connectors_too(self):
        new = self.env["trade.connector.new"].create(
            {"template": "webhook", "trade_partner_id": self.system.id, "base_url": self.server.url}
        )
        action = new.action_create()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({"all_types": True})
        made = wizard.action_create_webhook()["params"]["next"]["res_id"]
        self.assertEqual(self.env["trade.subscription"].browse(made).base_url, self.server.url)

    def test_the_connection_test_tells_a_signed_event(self):
        steps = self.connector._run_test()
        self.assertEqual({step.name: step.outcome for step in steps}["answer"], "ok")
        told = self._verify(self.server.last)
        self.assertEqual(told["type"], "tradelane.subscription.tested.v1")
        self.server.will(Answer(404))
        steps = self.connector._run_test()
        self.assertEqual({step.name: step.outcome for step in steps}["answer"], "failed")

    def test_health_in_figures(self):
        events = self._happens(20)
        self.server.will(Answer(500))
        self._work()
        self._due(self._messages(events))
        self._work()
        self.assertEqual(self.subscription.delivered_day, 20)
        self.assertEqual(self.subscription.failed_day, 1)
        self.assertAlmostEqual(self.subscription.success_day, 20 / 21)
        self.assertGreater(self.subscription.latency_p50, 0)
        self.assertGreaterEqual(self.subscription.latency_p95, self.subscription.latency_p50)
        self.assertIn("500", self.subscription.last_failure)
        self.assertFalse(self.subscription.next_attempt_at)
