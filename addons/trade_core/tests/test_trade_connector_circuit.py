import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import api, fields
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from ..transport import SendResult
from .common_connector import LOCAL, Answer, ConnectorCase, free_port

DOWN = SendResult("retry", detail="edi.wood.example did not answer within 30 s.")
WELL = SendResult("ok", 200)


@tagged("post_install", "-at_install")
class TestCircuit(ConnectorCase):
    """A partner that fails again and again is left alone, tried with one document; then all goes on."""

    def setUp(self):
        super().setUp()
        self.connector.write({"circuit_threshold": 3, "circuit_cooldown": 60})
        self.woken = []  # but the lane of the events: that problems are announced is no matter of the circuit

        def wake(_self, lanes, eta=None):
            if set(lanes) != {"events"}:
                self.woken.append((set(lanes), eta))

        self.startPatcher(patch.object(type(self.env["trade.lane"]), "_wake_after_commit", wake))

    def _fail(self, times=3, result=DOWN):
        for _time in range(times):
            problem = self.connector._record_call(result)
        return problem

    def _permit(self):
        self.env.flush_all()
        permit = self.connector._permit()
        self.env.invalidate_all()
        return permit

    def _cooled_down(self):
        """As if the rest were over."""
        self.connector.circuit_probe_at = fields.Datetime.now() - timedelta(seconds=1)

    def _open_problems(self):
        return self.env["trade.exception"].search(
            [("connector_id", "=", self.connector.id), ("is_open", "=", True)]
        )

    def test_it_opens_after_so_many_failures_in_a_row_and_says_so_once(self):
        self.assertFalse(self._fail(2))
        self.assertTrue(self._permit().allowed)
        problem = self._fail(1)
        self.assertEqual(self.connector.circuit_state, "open")
        permit = self._permit()
        self.assertEqual((permit.allowed, permit.waits_for_partner), (False, True))
        self.assertEqual(permit.not_before, self.connector.circuit_probe_at)
        self.assertRegex(permit.reason, "3 failures (at once|in)")
        self.assertIn("did not answer within 30 s", permit.reason)
        self.assertEqual((problem.exception_class, problem.code), ("partner_down", "partner.down"))
        self.assertIn("Wood Corner", problem.name)
        self.assertEqual(self.connector._open_problem(), problem)
        self.assertEqual(self._open_problems(), problem)

    def test_an_answer_of_any_kind_ends_the_row(self):
        self._fail(2)
        self.connector._record_call(SendResult("refused", 422))
        self._fail(2)
        self.assertEqual(self.connector.circuit_state, "closed")

    def test_one_probe_and_only_one(self):
        self._fail()
        self._cooled_down()
        self.assertTrue(self._permit().allowed)
        self.assertEqual(self.connector.circuit_state, "half_open")
        other = self._permit()
        self.assertEqual((other.allowed, other.waits_for_partner), (False, True))
        self.assertGreater(
            other.not_before, fields.Datetime.now(), "a probe that never comes back ends some time"
        )

    def test_a_probe_that_never_came_back_is_followed_by_another(self):
        self._fail()
        self._cooled_down()
        self._permit()
        self._cooled_down()
        self.assertTrue(self._permit().allowed)

    def test_a_probe_that_succeeds_heals_everything(self):
        later = fields.Datetime.now() + timedelta(hours=2)
        waiting = self._message("P00002", not_before=later)
        problem = self._fail()
        problem._attach(waiting)
        self._cooled_down()
        self._permit()
        self.woken.clear()
        self.connector._record_call(WELL)
        self.assertEqual(self.connector.circuit_state, "closed")
        self.assertEqual(problem.state, "resolved")
        self.env.invalidate_all()
        self.assertFalse(waiting.not_before, "what waited for its own next try goes now")
        self.assertEqual(self.woken, [({waiting.lane}, None)])
        self.assertTrue(self._permit().allowed)

    def test_a_probe_that_fails_rests_twice_as_long(self):
        self._fail()
        first = self.connector.circuit_probe_at - self.connector.circuit_opened_at
        self._cooled_down()
        self._permit()
        problem = self._fail(1)
        self.assertEqual(self.connector.circuit_state, "open")
        second = self.connector.circuit_probe_at - self.connector.circuit_opened_at
        self.assertEqual(second, 2 * first)
        self.assertIn("The probe failed", self.connector.circuit_reason)
        self.assertEqual(self._open_problems(), problem)

    def test_refused_credentials_stop_at_once_and_need_a_person(self):
        problem = self._fail(1, SendResult("auth", 401, detail="HTTP 401 Unauthorized"))
        self.assertEqual((problem.exception_class, problem.code), ("authentication", "partner.credentials"))
        self.assertFalse(self._permit().allowed)
        self.assertIn("Refuses our credentials", self.connector.health_reason)

    def test_down_first_and_then_refusing_is_one_problem_after_the_other(self):
        down = self._fail()
        self._cooled_down()
        self._permit()
        refused = self._fail(1, SendResult("auth", 401))
        self.assertEqual(down.state, "resolved")
        self.assertEqual(self._open_problems(), refused)
        self.assertEqual(refused.exception_class, "authentication")

    def test_too_fast_is_not_down_but_everybody_waits(self):
        self.connector._record_call(SendResult("retry", 429, retry_after=120))
        self.assertEqual(self.connector.circuit_state, "closed")
        self.assertFalse(self.connector.circuit_failures)
        permit = self._permit()
        self.assertEqual((permit.allowed, permit.waits_for_partner), (False, False))
        self.assertGreaterEqual(permit.not_before, fields.Datetime.now() + timedelta(seconds=119))
        self.assertEqual(self.connector.health, "waiting")
        self.assertFalse(self._open_problems())

    def test_a_shorter_wait_never_shortens_a_longer_one(self):
        self.connector._record_call(SendResult("retry", 429, retry_after=600))
        until = self.connector.wait_until
        self.connector._record_call(SendResult("retry", 429, retry_after=1))
        self.assertEqual(self.connector.wait_until, until)

    def test_the_rate_limit_holds_back_and_says_when(self):
        self.connector.write({"rate_per_minute": 6, "burst": 2})
        self.assertEqual([self._permit().allowed for _call in range(3)], [True, True, False])
        permit = self._permit()
        self.assertFalse(permit.waits_for_partner)
        wait = permit.not_before - fields.Datetime.now()
        self.assertTrue(timedelta(seconds=8) < wait <= timedelta(seconds=12), wait)
        bucket = self.env["trade.connector.bucket"].search([("connector_id", "=", self.connector.id)])
        bucket.sudo().write({"at": bucket.at - 10})  # ten seconds pass
        self.assertEqual([self._permit().allowed for _call in range(2)], [True, False])

    def test_the_rate_limit_does_not_use_up_the_probe(self):
        self.connector.write({"rate_per_minute": 1, "burst": 1})
        self._permit()
        self._fail()
        self._cooled_down()
        self.assertFalse(self._permit().allowed)
        self.assertEqual(self.connector.circuit_state, "open", "a probe that may not go is not out")

    def test_a_paused_connector_lets_nothing_through_until_it_is_resumed(self):
        message = self._message("P00003")
        self.connector.action_pause()
        permit = self._permit()
        self.assertEqual((permit.allowed, permit.not_before), (False, None))
        self.assertIn("Paused by", permit.reason)
        self.assertEqual(self.connector.health, "off")
        self.woken.clear()
        self.connector.action_resume()
        self.assertIn(({message.lane}, None), self.woken)
        self.assertTrue(self._permit().allowed)

    def test_probe_now_sends_what_waits(self):
        message = self._message("P00004")
        self._fail()
        self.woken.clear()
        self.connector.action_probe()
        self.assertTrue(self._permit().allowed)
        self.assertIn(({message.lane}, None), self.woken)

    def test_probe_now_with_nothing_waiting_tests_the_connection_and_heals(self):
        problem = self._fail()
        self.connector.action_probe()
        self.assertEqual(self.connector.circuit_state, "closed")
        self.assertEqual(problem.state, "resolved")

    def test_health_is_told_in_words(self):
        self.assertEqual((self.connector.health, self.connector.health_reason), ("off", "Not called yet"))
        self.connector.action_test_connection()
        self.env.invalidate_all()
        self.assertEqual(self.connector.health, "ok")
        self.assertRegex(self.connector.health_reason, r"Answered \d+ s ago")
        self._fail(2)
        self.assertEqual(
            (self.connector.health, self.connector.health_reason), ("waiting", "2 failed calls in a row")
        )
        self._fail(1)
        self.assertEqual(self.connector.health, "down")
        self.assertRegex(
            self.connector.health_reason, r"3 failures (at once|in \d+ s); last: .*, probing in \d+ s"
        )
        self._cooled_down()
        self._permit()
        self.assertEqual(self.connector.health, "waiting")

    def test_what_the_board_counts(self):
        now = fields.Datetime.now()
        self._message("P00005")
        values = {"connector_id": self.connector.id, "company_id": self.company.id, "kind": "send"}
        self.env["trade.attempt"].create(
            [
                {**values, "started_at": now, "outcome": "ok"},
                {**values, "started_at": now, "outcome": "retry"},
                {**values, "started_at": now - timedelta(hours=3, minutes=1), "outcome": "auth"},
                {**values, "started_at": now - timedelta(hours=30), "outcome": "retry"},
                {**values, "started_at": now, "outcome": "retry", "kind": "test"},
            ]
        )
        self.env.invalidate_all()
        self.assertEqual((self.connector.today_count, self.connector.waiting_count), (1, 1))
        self.assertEqual(self.connector.route_count, 1)
        hours = self.connector.sparkline
        self.assertEqual(len(hours), 24)
        self.assertEqual((hours[-1], hours[-4]), ([1, 1], [0, 1]))
        self.assertEqual(sum(map(sum, hours)), 3)


@tagged("post_install", "-at_install")
class TestWholeRoad(ConnectorCase):
    """Documents in their lane, a partner that goes down and comes back, over real HTTP."""

    def setUp(self):
        super().setUp()
        self.connector.write({"circuit_threshold": 2, "backoff_base": 1, "max_tries": 5})

    def test_documents_wait_while_the_partner_is_down_and_flow_when_it_is_back(self):
        messages = [self._message(f"P0001{number}") for number in range(3)]
        address, self.connector.base_url = self.connector.base_url, f"http://{LOCAL}:{free_port()}"
        lane = messages[0].lane
        for _drain in range(3):
            self.env.cr.execute("UPDATE trade_message SET not_before = NULL WHERE lane = %s", [lane])
            self._drain(messages[0])
        self.assertEqual(self.connector.circuit_state, "open")
        self.assertEqual(
            {message.state for message in messages}, {"queued"}, "they wait, none of them failed"
        )
        [problem] = self.env["trade.exception"].search([("connector_id", "=", self.connector.id)])
        self.assertIn(messages[0], problem.document_ids)
        attempts = self.env["trade.attempt"].search([("connector_id", "=", self.connector.id)])
        self.assertTrue(all("refuses connections" in attempt.error for attempt in attempts))

        self.connector.write(
            {"base_url": address, "circuit_probe_at": fields.Datetime.now() - timedelta(seconds=1)}
        )
        self._drain(messages[0])
        self.assertEqual({message.state for message in messages}, {"acknowledged"})
        self.assertEqual(self.connector.circuit_state, "closed")
        self.assertEqual(problem.state, "resolved")
        self.assertEqual(len(self.server.requests), 3, "each arrived once")

    def test_retry_after_is_obeyed_by_the_document_and_by_its_neighbours(self):
        first, second = self._message("P00020"), self._message("P00021")
        self.server.will(Answer(429, headers={"Retry-After": "300"}))
        self._drain(first)
        self.assertGreaterEqual(first.not_before, fields.Datetime.now() + timedelta(seconds=295))
        self.assertEqual(second.state, "queued")
        self.assertEqual(len(self.server.requests), 1, "the neighbour waits as well")

    def test_what_the_partner_said_stands_with_the_attempt(self):
        message = self._message("P00030")
        self.server.will(Answer(422, '{"detail": "Unknown item WC-1"}', {"Content-Type": "application/json"}))
        self._drain(message)
        self.assertEqual(message.state, "held")
        self.assertIn("Unknown item WC-1", message.attempt_ids.error)
        self.assertEqual((message.attempt_ids.outcome, message.attempt_ids.http_status), ("refused", 422))
        self.assertEqual(self.connector.circuit_state, "closed")

    def test_documents_wait_together_for_a_missing_secret_and_go_when_it_is_there(self):
        self.connector.auth_method = "api_key"
        messages = [self._message(f"P0005{number}") for number in range(3)]
        self._drain(messages[0])
        self.assertEqual({message.state for message in messages}, {"queued"})
        [problem] = {message.exception_id for message in messages}
        self.assertEqual((problem.code, problem.exception_class), ("credential.missing", "authentication"))
        self.assertEqual(self.connector.health, "down")
        self.assertFalse(self.server.requests)
        self._credential("api_key", "key-12345678", "api_key")
        self._drain(messages[0])
        self.assertEqual({message.state for message in messages}, {"acknowledged"})
        self.assertEqual((problem.state, self.connector.health), ("resolved", "ok"))

    def test_a_new_secret_is_tried_at_once_after_the_old_one_was_refused(self):
        credential = self._credential("api_key", "old-key-1234", "api_key")
        message = self._message("P00060")
        self.server.will(Answer(401))
        self._drain(message)
        self.assertEqual(self.connector.circuit_state, "open")
        credential.secret = "new-key-1234"
        self._drain(message)
        self.assertEqual((message.state, self.connector.circuit_state), ("acknowledged", "closed"))
        self.assertEqual(self.server.last.headers["X-API-Key"], "new-key-1234")

    def test_refused_credentials_hold_no_document(self):
        self._credential("api_key", "wrong-key-123", "api_key")
        message = self._message("P00040")
        self.server.will(Answer(401, "wrong-key-123 is unknown"))
        self._drain(message)
        self.assertEqual(message.state, "queued")
        self.assertEqual(message.exception_id.exception_class, "authentication")
        self.assertNotIn("wrong-key-123", message.attempt_ids.error)


@tagged("post_install", "-at_install")
class TestAcrossWorkers(BaseCase):
    """Committed data and real connections: what one worker took, the others see."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self._env() as env:
            self.connector_id = (
                env["trade.connector"].create({"name": "Contended", "base_url": "http://localhost"}).id
            )
        self.addCleanup(self._remove)

    def _env(self):
        return _Environment(self.registry)

    def _remove(self):
        with self._env() as env:
            env["trade.connector"].browse(self.connector_id).unlink()

    def _write(self, **vals):
        with self._env() as env:
            env["trade.connector"].browse(self.connector_id).write(vals)

    def _ask_at_once(self, workers=12, calls=2):
        """All workers ask at the same instant.

        :return: the permits
        """
        permits, troubles, start = [], [], threading.Barrier(workers)

        def work():
            try:
                with self._env() as env:
                    connector = env["trade.connector"].browse(self.connector_id)
                    connector.name  # noqa: B018 - a snapshot older than what the others do
                    start.wait(10)
                    for _call in range(calls):
                        permits.append(connector._permit())
            except Exception as error:
                troubles.append(error)

        threads = [threading.Thread(target=work) for _worker in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertFalse(troubles)
        self.assertEqual(len(permits), workers * calls)
        return permits

    def test_the_rate_limit_holds_for_all_workers_together(self):
        self._write(rate_per_minute=0.01, burst=5)
        permits = self._ask_at_once()
        self.assertEqual(sum(permit.allowed for permit in permits), 5)

    def test_one_worker_probes_and_no_other(self):
        self._write(circuit_state="open", circuit_probe_at=fields.Datetime.now() - timedelta(seconds=1))
        permits = self._ask_at_once()
        self.assertEqual(sum(permit.allowed for permit in permits), 1)
        self.assertTrue(all(permit.waits_for_partner for permit in permits if not permit.allowed))

    def test_failures_seen_by_two_workers_are_both_counted(self):
        with self._env() as one, self._env() as other:
            first = one["trade.connector"].browse(self.connector_id)
            second = other["trade.connector"].browse(self.connector_id)
            first.name, second.name  # noqa: B018 - both have their snapshot
            first._record_call(DOWN)
            one.cr.commit()
            with self.assertRaises(Exception) as caught:
                second._record_call(DOWN)
            self.assertEqual(getattr(caught.exception, "pgcode", None), "40001")  # the lane records it anew
            other.cr.rollback()
            second._record_call(DOWN)
            other.cr.commit()
        with self._env() as env:
            self.assertEqual(len(env["trade.connector"].browse(self.connector_id).circuit_failures), 2)


class _Environment:
    """A worker: an environment on a connection of its own, committed when it ends well."""

    def __init__(self, registry):
        self._cursor = registry.cursor()

    def __enter__(self):
        return api.Environment(self._cursor.__enter__(), api.SUPERUSER_ID, {})

    def __exit__(self, *exception):
        return self._cursor.__exit__(*exception)
