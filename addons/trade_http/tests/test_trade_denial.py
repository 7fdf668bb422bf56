from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.trade_http import afterwards, gate, intake
from odoo.addons.trade_http.models import trade_api_denial

from .common import PushCase, make_client, shown

LOGGER = "odoo.addons.trade_http.intake"
NOBODY = {"Content-Type": "application/json"}


@tagged("post_install", "-at_install")
class TestTradeDenial(PushCase):
    def setUp(self):
        super().setUp()
        intake._last_seen.clear()
        self.env["trade.api.denial"].search([]).unlink()

    def denials(self, client=None):
        return self.env["trade.api.denial"].search(
            [("client_id", "=", (client or self.client).id)], order="id"
        )

    def strangers(self):
        return self.env["trade.api.denial"].search([("client_id", "=", False)], order="id")

    def wrong_key(self):
        return f"{self.api_key[:-4]}AAAA" if self.api_key[-4:] != "AAAA" else f"{self.api_key[:-4]}BBBB"

    def deny(self, times=1, reason="key", address="192.0.2.1", client=None, **more):
        """Denials as the front door notes them; many in one go."""
        self.env.flush_all()
        key = ((client or self.client).id, address, reason, "", "key", "POST orders")
        self.env["trade.api.denial"]._add({key: times, **more})

    def get_in(self, address="127.0.0.1", client=None):
        afterwards._seen(self.env, {((client or self.client).id, address): 1})

    def problem(self, client=None):
        return self.env["trade.exception"].search(
            [("code", "=", "http.denied_often"), ("subject", "=", f"client:{(client or self.client).id}")]
        )

    # -- every reason --------------------------------------------------------------------------

    def test_every_denial_says_who_what_and_why_to_us_and_nothing_to_the_caller(self):
        raw = self.document()
        bare = make_client(self.env, self.partner, "No secret")
        bare_key = shown(bare.action_new_key())
        ended = make_client(self.env, self.partner, "Ended")
        ended_key = shown(ended.action_new_key())
        ended.expires_at = fields.Datetime.now() - timedelta(days=1)
        elsewhere = make_client(self.env, self.partner, "Elsewhere")
        elsewhere_key = shown(elsewhere.action_new_key())
        elsewhere.networks = "203.0.113.0/24\n2001:db8::/48"
        archived = make_client(self.env, self.partner, "Archived")
        archived_key = shown(archived.action_new_key())
        archived.active = False
        none = self.client.browse()
        cases = [
            ("nothing", none, "none", NOBODY),
            ("malformed", none, "key", {**NOBODY, "Authorization": "Basic eDp5"}),
            ("unknown", none, "key", self.headers(archived_key)),
            ("unknown", none, "signature", {**self.signed_headers(raw), "Trade-Client": "a" * 12}),
            ("key", self.client, "key", self.headers(self.wrong_key())),
            ("signature", self.client, "signature", {**self.signed_headers(raw), "webhook-id": "another"}),
            ("no_secret", bare, "signature", self.signed_headers(raw, client=bare)),
            ("expired", ended, "key", self.headers(ended_key)),
            ("address", elsewhere, "key", self.headers(elsewhere_key)),
            ("token", none, "token", self.headers("eyJ.eyJ.abc")),
        ]
        answers = set()
        for reason, client, way_in, headers in cases:
            with self.subTest(f"{reason} {way_in}"):
                self.env["trade.api.denial"].search([]).unlink()
                with self.assertLogs(LOGGER, "WARNING") as log:
                    response = self.post(raw, headers)
                self.assertProblem(response, 403, "denied")
                answers.add((response.content, frozenset({*response.headers} - {"Date"})))
                self.assertIn(gate.REASONS[reason], log.output[0])
                denial = self.env["trade.api.denial"].search([])
                self.assertEqual((denial.reason, denial.client_id, denial.count), (reason, client, 1))
                self.assertEqual((denial.way_in, denial.operation), (way_in, "POST order-responses"))
                self.assertEqual(denial.trade_partner_id, client.trade_partner_id)
                self.assertEqual(denial.address, "127.0.0.1" if client else "127.0.0.0/24")
                self.assertEqual(denial.hour, denial.first_seen.replace(minute=0, second=0, microsecond=0))
        self.assertEqual(len(answers), 1, "the answer never says which part was wrong")
        covered = {reason for reason, *_rest in cases}
        self.assertEqual(covered, gate.REASONS.keys() - {"scope", "limit"}, "the other two have tests below")
        self.assertTaken(self.push(api_key=bare_key))
        self.assertFalse(self.messages())

    def test_a_client_learns_which_scope_it_lacks_and_that_is_no_failed_login(self):
        self.client.scope_ids = False
        with self.assertLogs(LOGGER, "WARNING"):
            body = self.assertProblem(self.push(), 403, "forbidden")
        self.assertEqual(body["scope"], "orders:respond")
        denial = self.denials()
        self.assertEqual((denial.reason, denial.detail, denial.way_in), ("scope", "orders:respond", "key"))
        self.deny(1000, "scope")
        self.assertFalse(self.problem())

    def test_a_client_that_is_too_fast_is_counted_and_that_is_no_failed_login(self):
        self.client.write({"per_minute": 1, "burst": 1})
        self.assertTaken(self.push())
        with self.assertNoLogs(LOGGER, "WARNING"):  # it must not fill the log as well
            response = self.push()
        self.assertProblem(response, 429, "too-many-requests")
        self.assertGreaterEqual(int(response.headers["Retry-After"]), 1)
        self.assertEqual((self.denials().reason, self.denials().count), ("limit", 1))
        self.deny(1000, "limit")
        self.assertFalse(self.problem())

    def test_a_client_whose_limit_is_raised_need_not_wait_for_the_old_one(self):
        self.client.write({"per_minute": 1, "burst": 3})
        self.env.cr.postcommit.run()
        with mute_logger(LOGGER):
            self.assertEqual([self.push().status_code for _again in range(4)], [202, 202, 202, 429])
            self.client.write({"per_minute": 60, "burst": 2})
            self.env.cr.postcommit.run()
            self.assertEqual([self.push().status_code for _again in range(3)], [202, 202, 429])

    def test_reads_are_counted_like_writes(self):
        with mute_logger(LOGGER):
            self.url_open("/trade/v1/messages/1", headers=self.headers(self.wrong_key()))
            self.url_open("/trade/v1/messages/2", headers=self.headers(self.wrong_key()))
        denial = self.denials()
        self.assertEqual((denial.operation, denial.count), ("GET messages", 2))

    # -- counting ------------------------------------------------------------------------------

    def test_the_same_denial_is_one_row_an_hour(self):
        for _again in range(3):
            with mute_logger(LOGGER):
                self.push(api_key=self.wrong_key())
        self.assertEqual(self.denials().mapped("count"), [3])
        self.env.cr.execute("UPDATE trade_api_denial SET hour = hour - interval '1 hour'")
        with mute_logger(LOGGER):
            self.push(api_key=self.wrong_key())
        self.env.invalidate_all()
        self.assertEqual(self.denials().mapped("count"), [3, 1])

    def test_made_up_names_paths_and_addresses_do_not_fill_the_list(self):
        note = self.env["trade.api.denial"]._note
        for number in range(300):
            denied = gate.Denied("token", "", way_in="token", detail=f"made up {number}")
            note(self.env.cr.dbname, denied, f"198.51.100.{number % 256}", "POST orders")
            note(self.env.cr.dbname, denied, f"2001:db8:1:{number:x}::1", "POST orders")
            note(self.env.cr.dbname, denied, f"made up {number}", "POST orders")
        counts = {denial.address: denial.count for denial in self.strangers()}
        self.assertEqual(counts, {"198.51.100.0/24": 300, "2001:db8:1::/48": 300, "unknown": 300})
        with mute_logger(LOGGER):
            for number in range(5):
                self.url_open(f"/trade/v1/messages/{number}", headers=NOBODY)
        nothing = self.strangers().filtered(lambda denial: denial.reason == "nothing")
        self.assertEqual((len(nothing), nothing.count), (1, 5))

    def test_one_day_of_one_client_has_its_rows_and_no_more_but_every_denial_counts(self):
        notes = {
            (self.client.id, f"192.0.2.{number % 250}", "key", f"{number}", "key", "POST orders"): 2
            for number in range(700)
        }
        with patch.object(trade_api_denial, "_MAX_ROWS", 50):
            self.env["trade.api.denial"]._add(notes)
            self.env["trade.api.denial"]._add(notes)
            other = make_client(self.env, self.partner, "Quiet one")
            self.deny(client=other, address="192.0.2.77")
        rows = self.denials()
        self.assertEqual(len(rows), 51)
        self.assertEqual(sum(rows.mapped("count")), 2800)
        rest = rows.filtered(lambda denial: denial.address == "others")
        self.assertEqual(rest.reason, "key")
        self.assertEqual(self.denials(other).address, "192.0.2.77", "a noisy client hides nobody else")

    def test_what_did_not_fit_into_memory_is_counted_too(self):
        self.env["trade.api.denial"]._add({afterwards.OVERFLOW: 40})
        self.assertEqual((self.strangers().count, self.strangers().address), (40, "others"))

    def test_a_client_that_was_deleted_meanwhile_breaks_nothing(self):
        gone = make_client(self.env, self.partner, "Gone")
        number = gone.id
        gone.unlink()
        self.env["trade.api.denial"]._add({(number, "192.0.2.1", "key", "", "key", "POST orders"): 100})
        self.assertEqual(self.strangers().count, 100)

    def test_old_denials_are_cleaned_away(self):
        self.deny()
        self.deny(address="192.0.2.2")
        old, new = self.denials()
        old.hour = fields.Datetime.now() - timedelta(days=31)
        self.env["ir.config_parameter"].set_param("trade_http.keep_denials_days", "30")
        self.env["trade.api.denial"]._gc()
        self.assertEqual(self.denials(), new)
        self.assertFalse(old.exists())

    # -- telling somebody ----------------------------------------------------------------------

    def test_somebody_is_told_once_a_client_fails_to_get_in_again_and_again(self):
        self.deny(19)
        self.assertFalse(self.problem())
        with mute_logger(LOGGER):
            self.push(api_key=self.wrong_key())
        problem = self.problem()
        self.assertTrue(problem.is_open)
        self.assertEqual(
            (problem.exception_class, problem.trade_partner_id), ("authentication", self.partner)
        )
        for words in ("SAP was denied 20 times", "the key is wrong", "192.0.2.1"):
            self.assertIn(words, problem.name)
        self.deny(30)
        self.assertEqual(len(self.problem()), 1)
        self.assertEqual(problem.seen_count, 2)
        self.assertEqual(problem.action_open_api_client()["res_id"], self.client.id)
        listed = problem.action_open_denials()
        self.assertEqual(self.env[listed["res_model"]].search(listed["domain"]), self.denials()[::-1])

    def test_how_many_are_too_many_is_a_setting(self):
        self.env["ir.config_parameter"].set_param("trade_http.denials_before_problem", "3")
        self.deny(2)
        self.assertFalse(self.problem())
        self.deny()
        self.assertTrue(self.problem().is_open)

    def test_strangers_open_no_problem(self):
        self.env["trade.api.denial"]._add({(0, "198.51.100.0/24", "unknown", "", "key", "POST orders"): 9999})
        self.assertFalse(self.env["trade.exception"].search([("code", "=", "http.denied_often")]))

    def test_a_slip_now_and_then_is_no_problem(self):
        for hours in range(8, 0, -1):
            self.deny(9)
            for step in ("-1000 hours", "999 hours"):  # one by one, an hour might meet the one before it
                self.env.cr.execute(
                    "UPDATE trade_api_denial SET hour = hour + %(step)s::interval,"
                    " first_seen = first_seen + %(step)s::interval,"
                    " last_seen = last_seen + %(step)s::interval",
                    {"step": step},
                )
            self.env.invalidate_all()
            self.assertFalse(self.problem(), hours)

    def test_denials_of_two_clock_hours_count_by_how_much_of_them_is_within_the_last(self):
        self.deny(30)
        denial = self.denials()
        now = fields.Datetime.now()
        for began, ended, expected in (
            (30, 0, 30),
            (90, 30, 15),
            (120, 61, 0),
            (61, 61, 0),
            (60, 60, 30),
            (10, 10, 30),
        ):
            denial.write(
                {
                    "first_seen": now - timedelta(minutes=began),
                    "last_seen": now - timedelta(minutes=ended),
                }
            )
            with freeze_time(now), self.subTest(f"{began} to {ended} minutes ago"):
                self.assertEqual(denial._within_an_hour(), expected)

    # -- the end -------------------------------------------------------------------------------

    def test_the_problem_ends_when_the_client_gets_in(self):
        self.deny(20, address="127.0.0.1")
        self.assertTrue(self.problem().is_open)
        self.assertTaken(self.push())
        self.env.invalidate_all()
        problem = self.problem()
        self.assertFalse(problem.is_open)
        self.assertIn("got in again, from 127.0.0.1", problem.resolution)

    def test_it_stays_while_somebody_elsewhere_goes_on_trying(self):
        self.deny(20, address="203.0.113.9")
        self.get_in("127.0.0.1")
        self.assertTrue(self.problem().is_open, "somebody with a wrong key is not the client that got in")
        self.env.cr.execute("UPDATE trade_api_denial SET last_seen = last_seen - interval '2 hours'")
        self.env.invalidate_all()
        self.get_in("127.0.0.1")
        self.assertFalse(self.problem().is_open)

    def test_a_client_with_two_addresses_has_to_get_in_from_both(self):
        self.deny(20, address="203.0.113.9")
        self.deny(20, address="203.0.113.10")
        self.get_in("203.0.113.9")
        self.assertTrue(self.problem().is_open)
        visits = {(self.client.id, f"203.0.113.{last}"): 1 for last in (10, 9)}
        afterwards._seen(self.env, visits)
        self.assertFalse(self.problem().is_open)

    def test_what_a_client_asks_too_much_does_not_keep_the_problem_open(self):
        self.deny(20, address="127.0.0.1")
        self.deny(20, "limit", address="203.0.113.9")
        self.get_in("127.0.0.1")
        self.assertFalse(self.problem().is_open)

    def test_one_client_getting_in_does_not_end_the_problem_of_another(self):
        other = make_client(self.env, self.partner, "Other")
        self.deny(20, client=other, address="127.0.0.1")
        self.get_in()
        self.assertTrue(self.problem(other).is_open)

    # -- screens and rights --------------------------------------------------------------------

    def test_a_client_shows_its_denials_of_a_week(self):
        self.deny(3)
        self.deny(4, address="192.0.2.2")
        self.denials()[0].hour = fields.Datetime.now() - timedelta(days=8)
        self.client.invalidate_recordset()
        self.assertEqual(self.client.denial_count, 4)
        action = self.client.action_open_denials()
        self.assertEqual(set(self.env[action["res_model"]].search(action["domain"])), set(self.denials()))
        self.assertEqual(self.denials()[0].action_open_client()["res_id"], self.client.id)
        self.env["trade.api.denial"]._add({(0, "unknown", "nothing", "", "none", "GET other"): 1})
        self.assertFalse(self.strangers().action_open_client())
        self.assertEqual((self.denials()[0].caller, self.strangers().caller), ("SAP", "Unknown caller"))

    def test_managers_look_and_nobody_writes(self):
        self.deny()
        denial = self.denials()
        manager = new_test_user(self.env, "denial_manager", "trade_core.group_trade_manager")
        admin = new_test_user(self.env, "denial_admin", "trade_core.group_trade_admin")
        user = new_test_user(self.env, "denial_user", "trade_core.group_trade_user")
        self.assertEqual(denial.with_user(manager).count, 1)
        for who in (manager, admin):
            with self.assertRaises(AccessError):
                denial.with_user(who).count = 0
            with self.assertRaises(AccessError):
                denial.with_user(who).unlink()
        with self.assertRaises(AccessError):
            denial.with_user(user).read(["count"])

    def test_another_companys_denials_are_not_ours(self):
        company = self.env["res.company"].create({"name": "Our other company"})
        profile = self.env["trade.partner"].create(
            {"partner_id": self.env["res.partner"].create({"name": "X"}).id, "company_id": company.id}
        )
        theirs = make_client(self.env, profile)
        self.deny(client=theirs)
        self.deny()
        self.env["trade.api.denial"]._add({(0, "unknown", "nothing", "", "none", "GET other"): 1})
        manager = new_test_user(self.env, "denial_manager", "trade_core.group_trade_manager")
        seen = self.env["trade.api.denial"].with_user(manager).search([])
        self.assertIn(self.denials(), seen)
        self.assertIn(self.strangers(), seen)
        self.assertNotIn(self.denials(theirs), seen)

    # -- where a client may come from ----------------------------------------------------------

    def test_allowed_addresses_let_in_from_there_only(self):
        for networks, taken in (
            ("127.0.0.1", True),
            ("203.0.113.0/24\n\n 127.0.0.0/8 ", True),
            ("203.0.113.0/24", False),
            ("::1\n2001:db8::/48", False),
        ):
            with self.subTest(networks), mute_logger(LOGGER):
                self.client.networks = networks
                for push in (self.push, self.push_signed):
                    self.assertEqual(push().status_code, 202 if taken else 403)

    def test_what_is_no_address_is_refused_with_its_line(self):
        for networks, words in (
            ("203.0.113.0/24\nWarehouse", "line 2: Warehouse"),
            ("203.0.113.7/24", "line 1: 203.0.113.7/24"),
            ("203.0.113.0/24, 198.51.100.1", "line 1"),
            ("300.1.1.1", "line 1"),
            ("0.0.0.0/-1", "line 1"),
        ):
            with self.subTest(networks), self.assertRaises(ValidationError) as caught:
                self.client.networks = networks
            self.assertIn(words, str(caught.exception))

    # -- settings ------------------------------------------------------------------------------

    def test_every_limit_is_a_setting_with_its_range(self):
        settings = self.env["res.config.settings"]
        for name, (default, least, most) in trade_api_denial.limits.SETTINGS.items():
            field = f"trade_http_{name.partition('.')[2]}"
            self.assertEqual(settings.create({})[field], default)
            for value in (least, most):
                settings.create({field: value}).execute()
                self.assertEqual(trade_api_denial.limits.setting(self.env, name), value)
            for value in (least - 1, most + 1):
                with self.subTest(f"{name} {value}"), self.assertRaises(ValidationError) as caught:
                    settings.create({field: value})
                self.assertIn(f"{least:,}", str(caught.exception))
