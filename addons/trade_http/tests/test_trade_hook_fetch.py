"""Signals: an event says that a record changed, and the record is fetched."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields

from odoo.addons.trade_core.connectors import http, rest
from odoo.addons.trade_core.transport import SendResult

from .common_hook import HookCase

OK = SendResult("ok", 200)


def reply(body, status=200):
    return http.Reply(status, "OK", {"Content-Type": "application/json"}, body, True, 1.0)


class TestHookFetch(HookCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asked = cls.env["trade.connector"].create(
            {
                "name": "Their API",
                "trade_partner_id": cls.partner.id,
                "transport": "rest",
                "base_url": "https://api.example.com/v1",
                "auth_method": "none",
                "max_tries": 2,
            }
        )
        cls.lane = f"fetch/{cls.asked.id}"

    def setUp(self):
        super().setUp()
        self.calls = []
        self.fetch_rule = self.rule(
            "order.*",
            "fetch",
            route_id=self.route.id,
            fetch_connector_id=self.asked.id,
            fetch_path="/orders/{id}",
            pointer="/order",
        )

    @contextmanager
    def portal(self, *answers):
        """Their API gives these answers, one after the other."""
        left = list(answers)

        def call(_line, method, url, **_settings):
            self.calls.append(f"{method} {url}")
            return left.pop(0)

        with patch.object(rest, "call", call):
            yield
        self.assertFalse(left, "not everything was asked for")

    def signals(self, *records):
        """Signals that wait in the lane of the connector that is asked."""
        start = len(self.messages())
        for number, record in enumerate(records, start):
            self.push(self.event("order.changed", f"e{number}", {"id": record}))
        self.work()
        return self.messages()[start:]

    def drain(self):
        self.env.flush_all()
        self.env["trade.lane"]._drain(self.lane)
        self.env.invalidate_all()

    def due_again(self, signals):
        self.assertGreater(signals[0].not_before, fields.Datetime.now())
        signals.write({"not_before": False})

    def test_signals_for_one_record_are_one_call_and_one_document(self):
        signals = self.signals("A-1", "A-1", "A-1")
        self.assertEqual(set(signals.mapped("lane")), {self.lane})
        with self.portal((OK, reply(b'{"order": {"id":  "R-1", "price": 1.50}}'))):
            self.drain()
        self.assertEqual(self.calls, ["GET https://api.example.com/v1/orders/A-1"])
        self.assertEqual(set(signals.mapped("state")), {"applied"})
        [document] = signals.child_ids
        self.assertEqual(document._raw(), b'{"id":  "R-1", "price": 1.50}')
        self.assertEqual(document.route_id, self.route)
        self.assertEqual({signal._hook_child() for signal in signals}, {document})

    def test_a_record_that_has_not_changed_is_not_handed_on_again(self):
        same = (OK, reply(b'{"order": {"id": "R-1"}}'))
        with self.portal(same, same, (OK, reply(b'{"order": {"id": "R-2"}}')), same):
            for _times in range(4):
                last = self.signals("A-1")
                self.drain()
        states = self.messages().mapped("state")
        self.assertEqual(states, ["applied", "ignored", "applied", "applied"], "it went back: that is new")
        self.assertIn("#", self.messages()[1].state_reason)
        self.assertTrue(last.child_ids)

    def test_a_record_id_cannot_lead_elsewhere(self):
        self.signals("../admin?x=1#y")
        with self.portal((OK, reply(b'{"order": {}}'))):
            self.drain()
        self.assertEqual(self.calls, ["GET https://api.example.com/v1/orders/..%2Fadmin%3Fx%3D1%23y"])

    def test_who_does_not_answer_is_asked_again_then_people_are_told(self):
        signals = self.signals("A-1", "A-1")
        down = (SendResult("retry", 503, detail="HTTP 503"), None)
        with self.portal(down, down):
            self.drain()
            self.assertEqual(signals.mapped("state"), ["received"] * 2)
            self.due_again(signals)
            self.drain()
        self.assertEqual(signals.mapped("state"), ["held"] * 2)
        [problem] = self.problems("hook.fetch_failed")
        self.assertEqual(problem.waiting_count, 2)
        problem._replay_waiting()
        self.work()
        with self.portal((OK, reply(b'{"order": {"id": "R-1"}}'))):
            self.drain()
        self.assertEqual(signals.mapped("state"), ["applied"] * 2)
        self.assertEqual(problem.state, "resolved")

    def test_while_the_connector_rests_signals_wait_and_then_go_on(self):
        signals = self.signals("A-1")
        with self.portal((SendResult("auth", 401, detail="HTTP 401"), None)):
            self.drain()
        self.assertEqual(self.asked.circuit_state, "open")
        self.assertEqual(signals.exception_id.connector_id, self.asked)
        with self.portal():
            self.drain()
        more = self.signals("A-2")
        self.drain()
        self.assertEqual(more.exception_id, signals.exception_id, "all wait for the one problem")
        self.asked._heal()
        with self.portal((OK, reply(b'{"order": {}}')), (OK, reply(b'{"order": {}}'))):
            self.drain()
        self.assertEqual((signals | more).mapped("state"), ["applied"] * 2)

    def test_a_rule_that_changed_meanwhile_counts(self):
        signals = self.signals("A-1")
        self.fetch_rule.write({"action": "ignore", "reason": "Not any more."})
        with self.portal():
            self.drain()
        self.work()
        self.assertEqual(signals.state, "ignored")

    def test_an_answer_without_a_document_is_a_problem(self):
        for number, body in enumerate((b"", b"<html>", b'{"other": 1}')):
            signals = self.signals(f"A-{number}")
            with self.portal((OK, reply(body))):
                self.drain()
            self.assertEqual(signals.state, "held", body)
            self.assertEqual(signals.lane, f"hook/{self.hook.id}", "replayed, it is looked at anew")

    def test_an_event_that_names_no_record_is_a_problem(self):
        self.push(b'{"id": "e1", "type": "order.changed"}')
        self.push(self.event("order.changed", "e2", {"id": ".."}))
        self.work()
        self.assertEqual(self.messages().mapped("state"), ["held"] * 2)
        self.assertTrue(self.problems("hook.no_record"))
