import json
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from ..connectors import http, rest
from ..transport import Fetched, PollResult, SendResult
from .common_connector import LOCAL, Answer, ConnectorCase, free_port

JSON = {"Content-Type": "application/json"}


def page(*documents, cursor=None):
    return Answer(200, json.dumps({"documents": documents, "next": cursor}), JSON)


@tagged("post_install", "-at_install")
class TestPoll(ConnectorCase):
    """What a partner keeps for us is fetched once, page by page, and its troubles are seen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.trade_partner.id,
                "direction": "in",
                "document_type": "order_response",
                "connector_id": cls.connector.id,
                "endpoint": "/order-responses",
                "poll": True,
                "poll_interval": 15,
            }
        )

    def setUp(self):
        super().setUp()
        self.jobs = []
        self.startPatcher(
            patch.object(
                type(self.route), "_wake_poll_after_commit", lambda routes: self.jobs.append(routes.ids)
            )
        )

    def _poll(self, due=True):
        """Run the fetch as its job does."""
        if due:
            self.route.poll_next = False
        self.env.flush_all()
        said = self.route._poll()
        self.env.invalidate_all()
        return said

    def _messages(self):
        return self.env["trade.message"].search([("route_id", "=", self.route.id)], order="id")

    def _problems(self):
        return self.env["trade.exception"].search([("route_id", "=", self.route.id), ("is_open", "=", True)])

    def test_documents_are_stored_exactly_as_the_partner_wrote_them(self):
        first = '{"id":"R1", "price": 12.50, "n": 1e2}'
        body = f'{{"next": "7", "documents": [ {first} , {{"id": "R2","x":"\\u00e4ß"}}]}}'
        self.server.will(Answer(200, body, JSON))
        self._poll()
        self.assertEqual(
            [message._raw().decode() for message in self._messages()],
            ['{"id":"R1", "price": 12.50, "n": 1e2}', '{"id": "R2","x":"\\u00e4ß"}'],
        )
        first = self._messages()[0]
        self.assertEqual(
            (first.state, first.connector_id, first.direction), ("received", self.connector, "in")
        )
        self.assertEqual(first.idempotency_scope, f"connector:{self.connector.id}")
        self.assertEqual((self.server.last.method, self.server.last.path), ("GET", "/api/order-responses"))

    def test_the_cursor_goes_on_where_the_last_answer_ended(self):
        self.server.will(page({"id": "R1"}, cursor="a&b"), page(cursor="a&b"))
        self._poll()
        self.assertEqual(self.server.last.query, {})
        self._poll()
        self.assertEqual(self.server.last.query, {"after": ["a&b"]})
        self.assertEqual(len(self._messages()), 1)

    def test_another_page_is_asked_for_at_once(self):
        self.server.will(page({"id": "R1"}, cursor="1"), page({"id": "R2"}, cursor="2"), page(cursor="2"))
        self._poll()
        self.assertEqual(self.jobs, [self.route.ids])
        self._poll(due=False)
        self._poll(due=False)
        self.assertEqual([json.loads(message._raw())["id"] for message in self._messages()], ["R1", "R2"])
        self.assertEqual(len(self.jobs), 2, "the last page is followed by a rest")
        self.assertGreater(self.route.poll_next, fields.Datetime.now() + timedelta(minutes=14))
        self.assertEqual(self._poll(due=False), "not due")

    def test_a_document_offered_again_is_known(self):
        for _time in range(2):
            self.server.will(Answer(200, '[{"id": "R1"}]', JSON))
            self._poll()
        self.assertEqual(len(self._messages()), 1)

    def test_a_correction_under_the_same_number_is_another_document(self):
        for revision in (1, 2):
            self.server.will(Answer(200, json.dumps([{"id": "R1", "revision": revision}]), JSON))
            self._poll()
        self.assertEqual(len(self._messages()), 2)
        self.assertFalse(self._problems())

    def test_a_job_that_dies_before_its_commit_fetches_again(self):
        self.server.will(page({"id": "R1"}, cursor="1"), page({"id": "R1"}, cursor="1"))
        with patch.object(type(self.route), "_settle_problems", side_effect=KeyboardInterrupt):
            with self.assertRaises(KeyboardInterrupt):
                self._poll()
        self.env.invalidate_all()
        self.assertFalse(self.route.poll_cursor, "the cursor must not run ahead of the documents")
        self._poll()
        self.assertEqual(len(self._messages()), 1)

    def test_documents_of_other_formats_come_as_text(self):
        self.server.will(Answer(200, '["UNA:+.? \'UNB+UNOC:3\'", "zwei\\n"]', JSON))
        self._poll()
        self.assertEqual(
            [message._raw() for message in self._messages()], [b"UNA:+.? 'UNB+UNOC:3'", b"zwei\n"]
        )

    def test_nothing_new_in_every_way_to_say_it(self):
        for answer in (Answer(204), Answer(200, "[]", JSON), page(), Answer(304)):
            with self.subTest(status=answer.status):
                self.server.will(answer)
                self.assertEqual(self._poll(), "0 new documents")
                self.assertGreater(self.route.poll_next, fields.Datetime.now())
        self.assertFalse(self._messages())
        self.assertFalse(self._problems())

    def test_an_etag_saves_the_partner_the_work(self):
        self.server.will(Answer(200, "[]", {**JSON, "ETag": '"v1"'}), Answer(304))
        self._poll()
        self._poll()
        self.assertEqual(self.server.last.headers["If-None-Match"], '"v1"')

    def test_an_etag_belongs_to_its_question(self):
        answer = json.dumps({"documents": [{"id": "R1"}], "next": "1"})
        self.server.will(Answer(200, answer, {**JSON, "ETag": '"v1"'}))
        self._poll()
        self._poll()
        self.assertNotIn("If-None-Match", self.server.last.headers)

    def test_garbage_is_a_problem_with_what_they_said_and_heals(self):
        for body in (
            "<html>Login</html>",
            "{}",
            '{"documents": 5}',
            "[1]",
            '[{"id": 1}',
            "[]]",
            b"\xff\xfe",
            "[" * 5000,
        ):
            with self.subTest(body=body[:12]):
                self.server.will(Answer(200, body, JSON))
                self._poll()
                [problem] = self._problems()
                self.assertEqual((problem.code, problem.exception_class), ("connector.refused", "validation"))
                self.assertEqual(problem.connector_id, self.connector)
        self.assertFalse(self._messages())
        self.server.will(page({"id": "R1"}))
        self._poll()
        self.assertFalse(self._problems())
        self.assertEqual(problem.state, "resolved")
        self.assertEqual(len(self._messages()), 1)

    def test_a_refused_question_is_a_problem(self):
        self.server.will(Answer(404, "no such page"))
        self._poll()
        [problem] = self._problems()
        self.assertIn("no such page", problem.name)

    def test_an_answer_beyond_the_limit_is_not_swallowed(self):
        with patch.object(rest, "POLL_LIMIT", 1000):
            self.server.will(page({"id": "R" * 2000}))
            self._poll()
        self.assertIn("more than 1000 bytes", self._problems().name)
        self.assertFalse(self._messages())

    def test_a_partner_that_is_down_is_asked_less_and_less_and_people_are_told(self):
        self.connector.base_url = f"http://{LOCAL}:{free_port()}"
        for failures in range(1, 4):
            self._poll()
            self.assertEqual(self.route.poll_failures, failures)
            self.assertGreater(self.route.poll_next, fields.Datetime.now() + timedelta(minutes=14))
            self.assertEqual(len(self._problems()), int(failures == 3))
        self.assertEqual(self._problems().exception_class, "partner_down")
        self.connector.base_url = self.server.url
        self.server.will(Answer(204))
        self._poll()
        self.assertFalse(self._problems())
        self.assertEqual(self.route.poll_failures, 0)

    def test_a_resting_connector_is_not_asked_before_its_probe(self):
        self.connector.circuit_threshold = 1
        self.connector._record_call(SendResult("retry", detail="down"))
        self.assertIn("down", self._poll())
        self.assertFalse(self.server.requests)
        self.assertEqual(self.route.poll_next, self.connector.circuit_probe_at)

    def test_retry_after_is_obeyed(self):
        self.server.will(Answer(503, headers={"Retry-After": "7200"}))
        self._poll()
        self.assertGreaterEqual(
            self.route.poll_next, fields.Datetime.now() + timedelta(hours=2) - timedelta(seconds=5)
        )

    def test_a_missing_secret_is_a_problem_and_heals(self):
        self.connector.auth_method = "api_key"
        self._poll()
        [problem] = self.env["trade.exception"].search([("connector_id", "=", self.connector.id)])
        self.assertEqual(problem.code, "credential.missing")
        self._credential("api_key", "key-12345678", "api_key")
        self.server.will(Answer(204))
        self._poll()
        self.assertEqual(problem.state, "resolved")

    def test_the_partner_is_told_only_after_the_documents_are_safe(self):
        told = []
        found = PollResult(
            SendResult("ok"),
            (Fetched(b"{}", "key-1"),),
            done=lambda: told.append(self._messages().mapped("idempotency_key")),
        )
        with patch.object(type(self.connector), "_trade_poll", lambda _self, _route: lambda: found):
            self._poll()
        self.assertEqual(told, [["key-1"]])

    def test_who_asks_while_a_call_is_under_way_is_asked_for_once_more(self):
        """The answer under way may be older than what they want to have fetched."""
        before = self.route.poll_next

        def call():
            self.route.poll_next = fields.Datetime.now() - timedelta(seconds=1)
            self.env.flush_all()
            return PollResult(SendResult("ok"))

        with patch.object(type(self.connector), "_trade_poll", lambda _self, _route: call):
            self._poll()
        self.assertLessEqual(self.route.poll_next, fields.Datetime.now())
        self.assertEqual(self.jobs, [self.route.ids])
        self.assertFalse(before)

    def test_the_same_key_with_other_content_is_seen_and_the_first_one_counts(self):
        for raw in (b"one", b"two"):
            found = PollResult(SendResult("ok"), (Fetched(raw, "file.csv"),))
            with patch.object(
                type(self.connector), "_trade_poll", lambda _self, _route, found=found: lambda: found
            ):
                self._poll()
        self.assertEqual(self._messages()._raw(), b"one")
        self.assertEqual(self._problems().code, "poll.conflict")

    def test_a_fault_of_the_transport_is_kept_and_tried_again(self):
        def broken(_self, _route):
            raise_it = {}
            return lambda: raise_it["nothing here"]

        with (
            patch.object(type(self.connector), "_trade_poll", broken),
            self.assertLogs("odoo.addons.trade_core", "ERROR"),
        ):
            self._poll()
        self.assertEqual(self.route.poll_failures, 1)

    def test_what_is_not_running_is_not_fetched(self):
        for record, vals in (
            (self.route, {"mode": "stopped"}),
            (self.trade_partner, {"state": "suspended"}),
            (self.connector, {"paused": True}),
        ):
            before = {name: record[name] for name in vals}
            record.write(vals)
            self._poll()
            record.write(before)
        self.assertFalse(self.server.requests)

    def test_every_fetch_is_written_down_without_the_documents(self):
        self.server.will(page({"id": "R1", "remark": "only for the buyer"}))
        self._poll()
        attempt = self.env["trade.attempt"].search(
            [("connector_id", "=", self.connector.id), ("kind", "=", "poll")]
        )
        self.assertEqual(
            (attempt.outcome, attempt.http_status, attempt.error), ("ok", 200, "HTTP 200: 1 documents")
        )

    def test_signed_questions(self):
        self.connector.auth_method = "hmac"
        credential = self.env["trade.credential"].create(
            {"connector_id": self.connector.id, "kind": "hmac_secret"}
        )
        credential.action_generate()
        for _time in range(2):
            self.server.will(Answer(204))
            self._poll()
        ids = [request.headers["webhook-id"] for request in self.server.requests]
        self.assertEqual(len(set(ids)), 2, "a question asked twice is not the same message")

    def test_old_fetches_are_forgotten_and_what_happened_to_documents_is_not(self):
        message = self._message()
        old = {"started_at": fields.Datetime.now() - timedelta(days=40), "connector_id": self.connector.id}
        attempts = self.env["trade.attempt"].create(
            [
                {**old, "kind": "poll", "outcome": "ok"},
                {**old, "kind": "send", "outcome": "ok", "message_id": message.id},
                {"started_at": fields.Datetime.now(), "kind": "poll", "outcome": "ok"},
            ]
        )
        self.env["trade.connector"]._gc_calls()
        self.assertEqual(attempts.exists(), attempts[1:])

    def test_asked_twice_within_a_second_is_asked_twice(self):
        with freeze_time("2031-03-01 10:00:00"):
            self.route.action_poll_now()
            first = self.route.poll_next
            self.route.action_poll_now()
        self.assertLess(self.route.poll_next, first)

    def test_fetch_now(self):
        self.route.poll_next = fields.Datetime.now() + timedelta(hours=1)
        self.route.action_poll_now()
        self.assertEqual(self.jobs, [self.route.ids])
        self._poll(due=False)
        self.assertTrue(self.server.requests)
        self.route.poll = False
        with self.assertRaises(UserError):
            self.route.action_poll_now()

    def test_only_what_comes_in_can_be_fetched(self):
        with self.assertRaises(ValidationError):
            self.route_out.poll = True


@tagged("post_install", "-at_install")
class TestReadDocuments(TransactionCase):
    """Reading an answer without touching a character of the documents in it."""

    def _read(self, text):
        return rest.read_documents(http.Reply(200, "OK", {}, text.encode(), True, 1.0))

    def test_the_text_of_each_document_is_what_stood_there(self):
        texts = ['{"a":1}', '{ "a" : [1, {"b": "]},{"}] }', '{"n": 0.10000000000000000001}', '{"s": "\\"{["}']
        for text in (
            f"[{','.join(texts)}]",
            '\ufeff{"x": [1], "documents":\n[ ' + " ,\t".join(texts) + ' ], "y": {}}',
        ):
            documents, _cursor = self._read(text)
            self.assertEqual([document.raw.decode() for document in documents], texts)

    def test_the_cursor(self):
        for text, cursor in (
            ('{"documents": [], "next": "x"}', "x"),
            ('{"next": 12, "documents": []}', "12"),
            ('{"documents": [], "next": null}', None),
            ('{"documents": []}', None),
            ("[]", None),
        ):
            self.assertEqual(self._read(text)[1], cursor, text)

    def test_equal_documents_have_equal_keys(self):
        (one, same, other), _cursor = self._read('[{"a": 1}, {"a": 1}, {"a": 2}]')
        self.assertEqual(one.key, same.key)
        self.assertNotEqual(one.key, other.key)


@tagged("post_install", "-at_install")
class TestPollJobs(ConnectorCase):
    """Who is asked when."""

    def test_due_routes_are_woken_and_no_others(self):
        now = fields.Datetime.now()
        vals = {
            "trade_partner_id": self.trade_partner.id,
            "direction": "in",
            "document_type": "order_response",
            "connector_id": self.connector.id,
            "poll": True,
        }
        paused = self.connector.copy({"paused": True})
        due, never, *_others = self.env["trade.route"].create(
            [
                {**vals, "sequence": 1, "poll_next": now - timedelta(minutes=1)},
                {**vals, "sequence": 2},
                {**vals, "sequence": 3, "poll_next": now + timedelta(minutes=1)},
                {**vals, "sequence": 4, "poll": False},
                {**vals, "connector_id": paused.id},
            ]
        )
        woken = []
        Route = type(self.env["trade.route"])
        with (
            patch.object(Route, "_wake_poll", lambda routes: woken.extend(routes)),
            patch.object(self.env.cr, "commit", lambda: None),
        ):
            self.env["trade.route"]._cron_poll()
        mine = [route for route in woken if route.trade_partner_id == self.trade_partner]
        self.assertEqual(set(mine), {due, never})
