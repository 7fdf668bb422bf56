import re
import time
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.trade_http import limits

from .common import PushCase, make_client, make_partner, shown

_RATE = re.compile(r'"client";r=(\d+);t=(\d+)')


@tagged("post_install", "-at_install")
class TestTradeRate(PushCase):
    """As many requests as were agreed. Over several workers: in the tests of the whole system."""

    def setUp(self):
        super().setUp()
        limits._leases.clear()
        self.env.cr.execute("DELETE FROM trade_api_bucket")

    def limit(self, per_minute, burst, client=None):
        (client or self.client).write({"per_minute": per_minute, "burst": burst})
        self.env.cr.postcommit.run()

    def left(self, response):
        match = _RATE.fullmatch(response.headers["RateLimit"])
        return int(match[1]), int(match[2])

    def test_each_answer_says_what_is_left(self):
        self.limit(6, 5)
        responses = [self.push() for _again in range(5)]
        for response in responses:
            self.assertTaken(response)
            self.assertEqual(response.headers["RateLimit-Policy"], '"client";q=5;w=50')
        self.assertEqual([self.left(response)[0] for response in responses], [4, 3, 2, 1, 0])
        refused = self.push()
        self.assertProblem(refused, 429, "too-many-requests")
        self.assertEqual(self.left(refused)[0], 0)
        self.assertEqual(refused.headers["RateLimit-Policy"], '"client";q=5;w=50')
        self.assertIn(int(refused.headers["Retry-After"]), range(1, 11))
        self.assertEqual(len(self.messages()), 5, "nothing more was stored")

    def test_who_waits_as_long_as_it_is_told_gets_in(self):
        self.limit(30, 1)
        self.assertTaken(self.push())
        for _again in range(2):
            refused = self.push()
            self.assertEqual(refused.status_code, 429)
            time.sleep(int(refused.headers["Retry-After"]))
            self.assertTaken(self.push())

    def test_a_refused_request_costs_nothing(self):
        """Who knocks all the time is not locked out for ever."""
        self.limit(60, 1)
        self.assertTaken(self.push())
        until = time.monotonic() + 2.5
        codes = [self.push().status_code for _again in iter(lambda: time.monotonic() < until, False)]
        self.assertIn(codes.count(202), (2, 3))
        self.assertEqual(codes.count(202) + codes.count(429), len(codes))

    def test_a_pause_fills_it_up_again_and_no_further(self):
        self.limit(1, 3)
        for _hour in range(2):
            self.assertEqual([self.push().status_code for _again in range(4)], [202, 202, 202, 429])
            self.env.cr.execute("UPDATE trade_api_bucket SET full_at = full_at - interval '1 hour'")
            limits._leases.clear()

    def test_it_is_the_clients_whatever_it_proves_itself_with(self):
        """Another key, a signature, another address of the API: all of them are the same client."""
        self.limit(1, 4)
        second = shown(self.client.action_new_key())
        self.assertTaken(self.push())
        self.assertTaken(self.push(api_key=second))
        self.assertTaken(self.push_signed())
        self.assertEqual(self.url_open("/trade/v1/messages/1", headers=self.headers()).status_code, 404)
        for response in (
            self.push(),
            self.push(api_key=second),
            self.push_signed(),
            self.url_open("/trade/v1/messages/1", headers=self.headers()),
            self.push(url="/trade/v1/documents"),
        ):
            self.assertProblem(response, 429, "too-many-requests")

    def test_another_client_has_its_own(self):
        self.limit(1, 1)
        same = make_client(self.env, self.partner, "Portal")
        partner, _route = make_partner(self.env, "Ready Mat")
        other = make_client(self.env, partner)
        self.assertTaken(self.push())
        self.assertEqual(self.push().status_code, 429)
        for client in (same, other):
            self.limit(1, 1, client)
            key = shown(client.action_new_key())
            self.assertTaken(self.push(api_key=key))
            self.assertEqual(self.push(api_key=key).status_code, 429)

    def test_a_wrong_key_takes_nothing_out(self):
        """Nobody uses up what a client has by pretending to be it."""
        self.limit(1, 1)
        wrong = self.api_key[:-4] + "0000"
        with self.assertLogs("odoo.addons.trade_http.intake", "WARNING"):
            for _again in range(5):
                self.assertEqual(self.push(api_key=wrong).status_code, 403)
        self.assertTaken(self.push())

    def test_a_change_holds_at_once(self):
        self.limit(1, 1)
        self.assertTaken(self.push())
        self.assertEqual(self.push().status_code, 429)
        self.limit(0, 1)
        response = self.push()
        self.assertTaken(response)
        self.assertNotIn("RateLimit", response.headers, "there is none to speak of")
        self.limit(2, 2)
        self.assertEqual([self.push().status_code for _again in range(3)], [202, 202, 429])
        self.limit(1, 1)
        time.sleep(1)  # a process believes what it was told for a second
        self.assertEqual([self.push().status_code for _again in range(2)], [202, 429])

    # -- what a process takes out beforehand -------------------------------------------------------

    def test_no_more_than_agreed_ever_pass_however_busy_two_workers_are(self):
        """Two processes with leases of their own, one bucket; time stands still."""
        self.limit(6000, 200)
        door = self.env["trade.api.client"]._door(self.client.public_id)
        connection = _Connection(self.env.cr)
        workers, passed, now = [{}, {}], 0, [1000.0]
        with patch.object(limits, "monotonic", lambda: now[0]):
            for step in range(3000):
                with patch.object(limits, "_leases", workers[step % 2]):
                    taken = limits.leased("db", door) or limits.take(connection, "db", door)
                    passed += taken.allowed
                    if step > 400:
                        now[0] += 0.0005
        elapsed = connection.seconds()
        self.assertGreaterEqual(passed, 150, "a lease that is not used up is lost, and no more than that")
        self.assertLessEqual(passed, 200 + elapsed * 100 + 1)

    def test_who_sends_little_is_given_nothing_beforehand(self):
        self.limit(60, 8)
        self.push()
        [lease] = limits._leases.values()
        self.assertEqual(lease.spare, 0)


class _Connection:
    """The test's own, and how long it has been in use, by the clock of the database."""

    def __init__(self, cr):
        self._cr = cr
        self._started = self._now()

    def query(self, sql, params=None):
        self._cr.execute(sql, params)
        return self._cr.fetchall()

    def seconds(self):
        return (self._now() - self._started).total_seconds()

    def _now(self):
        self._cr.execute("SELECT clock_timestamp()")
        return self._cr.fetchone()[0]
