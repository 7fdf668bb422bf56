import base64
import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open, mute_logger
from psycopg2 import IntegrityError

from odoo.addons.trade_core.tests.common_connector import Answer, LoopbackMixin, PartnerServer, free_port
from odoo.addons.trade_http import door, intake, tokens

from . import common_token as idp
from .common import PushCase, make_client, make_partner

LOGGER = "odoo.addons.trade_http.intake"


@tagged("post_install", "-at_install")
class TestTradeIssuer(LoopbackMixin, PushCase):
    """A partner's own identity provider lets its systems in; a real server publishes its keys."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = PartnerServer()
        cls.addClassCleanup(cls.provider.stop)
        cls.issuer = cls.env["trade.api.issuer"].create(
            {
                "name": "Wood Corner, Entra ID",
                "issuer": idp.ISSUER,
                "audiences": f"{idp.AUDIENCE}\nurn:second",
                "algorithms": "RS256 ES256 EdDSA",
                "jwks_url": f"{cls.provider.url}/keys",
            }
        )
        cls.client.write({"issuer_id": cls.issuer.id, "issuer_subject": idp.SUBJECT})

    def setUp(self):
        super().setUp()
        intake._last_seen.clear()
        self.provider.answers.clear()
        self.provider.requests.clear()

    def publish(self, *keys):
        """What the provider answers when it is asked next."""
        self.provider.will(Answer(200, idp.jwks(*(keys or (idp.public("RS256", "one"),)))))

    def fetch(self, *keys):
        self.publish(*keys)
        action = self.issuer.action_fetch()
        self.env.invalidate_all()
        self.provider.requests.clear()
        return action

    def a_minute_later(self):
        self.issuer.tried_at = fields.Datetime.now() - timedelta(minutes=5)
        self.env.flush_all()

    def push_token(self, token=None):
        return self.push(api_key=token or idp.token())

    def assertDenied(self, token, why, *, of=None):
        """Denied like everybody else; the reason stands in our log and in the list, under its client.

        :param of: the client the denial is counted for; nobody's when there is none
        """
        self.env["trade.api.denial"].search([]).unlink()
        before = self.messages()
        with self.assertLogs(LOGGER, "WARNING") as log:
            response = self.push_token(token)
        self.assertProblem(response, 403, "denied")
        with self.assertLogs(LOGGER, "WARNING"):
            stranger = self.post(self.document(), {"Content-Type": "application/json"})
        self.assertEqual(response.content, stranger.content, "nothing tells which part was wrong")
        self.assertIn(why, log.output[0])
        self.assertNotIn(token, log.output[0])
        denial = self.env["trade.api.denial"].search([("way_in", "=", "token")])
        self.assertEqual((denial.reason, denial.client_id), ("token", of or self.client.browse()))
        self.assertEqual(self.messages(), before)
        return denial

    def problem(self):
        return self.env["trade.exception"].search(
            [("code", "=", "http.keys_down"), ("subject", "=", f"issuer:{self.issuer.id}")]
        )

    # -- through the door ----------------------------------------------------------------------

    def test_a_partners_token_brings_its_document_in(self):
        self.fetch(
            idp.public("RS256", "r"), idp.public("ES256", "e"), idp.public("EdDSA", "ed"), {"kty": "oct"}
        )
        for algorithm, kid in (("RS256", "r"), ("ES256", "e"), ("EdDSA", "ed")):
            message = self.assertTaken(self.push_token(idp.token(algorithm, kid)))
            self.assertEqual(message.trade_partner_id, self.partner)
            self.assertEqual(message.idempotency_scope, f"client:{self.client.id}")
        self.assertEqual(len(self.messages()), 3)
        self.assertFalse(self.provider.requests, "keys that are known are not fetched with each token")
        self.env.invalidate_all()
        self.assertTrue(self.client.last_seen)

    def test_a_key_and_a_token_of_one_client_are_one_sender(self):
        self.fetch()
        key = "the-same"
        first = self.assertTaken(self.post(self.document(), self.headers(idp.token(), key)))
        again = self.assertTaken(self.post(self.document(), self.headers(None, key)))
        self.assertEqual(first, again)

    def test_what_is_wrong_with_a_token_is_ours_to_know_only(self):
        self.fetch()
        cases = {
            "nobody signed": (idp.forged({"alg": "none"}, idp.claims()), "does not sign like this"),
            "signed with our secret": (
                idp.forged({"alg": "HS256", "kid": "one"}, idp.claims(), idp.pem()),
                "does not sign like this",
            ),
            "a stranger's key": (idp.token(number=7), "signature is wrong"),
            "unknown issuer": (idp.token(iss="https://evil.example"), "no such issuer"),
            "nobody's name": (idp.token(client_id="another"), "no client has this client_id"),
            "garbage": ("eyJ.eyJ.abc", "no JWT"),
        }
        for what, (token, why) in cases.items():
            with self.subTest(what):
                denial = self.assertDenied(token, why)
                self.assertFalse(denial.detail, "what strangers make up is not kept")
        of_ours = {
            "for somebody else": (idp.token(aud="urn:other"), "meant for somebody else"),
            "ended": (idp.token(exp=0), "it has ended"),
            "not yet": (idp.token(nbf=9_999_999_999), "not valid yet"),
            "too long": (idp.token(exp=9_999_999_999), "lives longer"),
        }
        for what, (token, why) in of_ours.items():
            with self.subTest(what):
                self.assertIn(why, self.assertDenied(token, why, of=self.client).detail)

    def test_addresses_in_a_token_are_never_called(self):
        self.fetch()
        theirs = idp.private_key("RS256", 7)
        evil = PartnerServer()
        self.addCleanup(evil.stop)
        evil.will(*[Answer(200, idp.jwks(idp.jwk(theirs.public_key(), "one")))] * 4)
        head = {"alg": "RS256", "kid": "one", "jku": evil.url, "x5u": evil.url}
        self.assertDenied(idp.signed(head, idp.claims(), theirs, "RS256"), "signature is wrong")
        self.assertFalse(evil.requests)

    def test_a_token_shares_the_limits_of_its_client(self):
        self.fetch()
        for values, why in (
            ({"expires_at": fields.Datetime.now() - timedelta(hours=1)}, "expired"),
            ({"networks": "203.0.113.0/24"}, "address"),
        ):
            with self.subTest(why), self.assertLogs(LOGGER, "WARNING"):
                self.client.write(values)
                self.assertProblem(self.push_token(), 403, "denied")
                self.client.write({name: False for name in values})
            denial = self.env["trade.api.denial"].search([("client_id", "=", self.client.id)], limit=1)
            self.assertEqual((denial.reason, denial.way_in), (why, "token"))
        self.client.scope_ids = False
        with self.assertLogs(LOGGER, "WARNING"):
            self.assertProblem(self.push_token(), 403, "forbidden")

    def test_a_test_client_stays_one_with_a_token(self):
        self.fetch()
        self.client.mode = "test"
        self.assertEqual(self.assertTaken(self.push_token()).mode, "test")

    def test_an_archived_client_or_issuer_is_denied_with_the_next_request(self):
        self.fetch()
        self.assertTaken(self.push_token())
        self.client.active = False
        self.assertDenied(idp.token(), "no client has this client_id")
        self.client.active = True
        self.issuer.active = False
        self.assertDenied(idp.token(), "no such issuer")
        self.issuer.active = True
        self.assertTaken(self.push_token())

    def test_a_change_nobody_told_of_is_noticed_within_a_minute(self):
        self.fetch()
        self.assertTaken(self.push_token())
        self.env.cr.execute("UPDATE trade_api_issuer SET active = false")
        with patch.object(door, "MAX_AGE", -1):
            self.assertDenied(idp.token(), "no such issuer")

    def test_another_name_or_claim_counts_with_the_next_request(self):
        self.fetch()
        self.assertTaken(self.push_token())
        self.client.issuer_subject = "renamed"
        self.assertTaken(self.push_token(idp.token(client_id="renamed")))
        self.issuer.claim = "azp"
        self.assertTaken(self.push_token(idp.token(azp="renamed")))
        self.assertDenied(idp.token(client_id="renamed"), "a claim is missing")

    def test_an_issuer_speaks_for_its_own_clients_only(self):
        """Partner B's provider cannot let anybody in as partner A."""
        self.fetch()
        partner, _route = make_partner(self.env, "Ready Mat")
        theirs = self.env["trade.api.issuer"].create(
            {
                "name": "Ready Mat",
                "issuer": "https://login.readymat.example",
                "audiences": idp.AUDIENCE,
                "source": "file",
                "jwks_file": base64.b64encode(idp.jwks(idp.public("RS256", "one", 3)).encode()),
            }
        )
        other = make_client(self.env, partner)
        other.write({"issuer_id": theirs.id, "issuer_subject": "ready-mat"})
        for said in ({"client_id": idp.SUBJECT}, {"client_id": self.client.public_id}):
            self.assertDenied(idp.token(number=3, iss=theirs.issuer, **said), "no client has")
        self.assertDenied(idp.token(number=3), "signature is wrong")
        self.assertDenied(idp.token(iss=theirs.issuer, client_id="ready-mat"), "signature is wrong")
        own = self.push_token(idp.token(number=3, iss=theirs.issuer, client_id="ready-mat"))
        self.assertEqual(self.assertTaken(own).trade_partner_id, partner)
        # The same name at two issuers means two clients.
        other.issuer_subject = idp.SUBJECT
        both = self.push_token(idp.token(number=3, iss=theirs.issuer))
        self.assertEqual(self.assertTaken(both).trade_partner_id, partner)

    # -- keys that change ----------------------------------------------------------------------

    def test_a_new_key_of_the_issuer_is_fetched_when_a_token_comes_with_it(self):
        self.fetch()
        self.a_minute_later()
        self.publish(idp.public("RS256", "one"), idp.public("ES256", "two"))
        self.assertTaken(self.push_token(idp.token("ES256", "two")))
        self.assertEqual(len(self.provider.requests), 1)
        self.assertTaken(self.push_token())
        self.assertTaken(self.push_token(idp.token("ES256", "two")))
        self.assertEqual(len(self.provider.requests), 1)

    def test_an_issuer_whose_keys_were_never_fetched_is_asked(self):
        self.publish()
        self.assertTaken(self.push_token())
        self.env.invalidate_all()
        self.assertEqual(self.issuer.state, "ready")

    def test_a_withdrawn_key_ends_with_the_next_fetch(self):
        self.fetch(idp.public("RS256", "one"), idp.public("ES256", "two"))
        self.assertTaken(self.push_token())
        self.fetch(idp.public("ES256", "two"))
        self.assertDenied(idp.token(), "no such key")
        self.assertTaken(self.push_token(idp.token("ES256", "two")))

    def test_made_up_keys_make_us_ask_no_more_than_once_a_minute(self):
        self.fetch()
        self.a_minute_later()
        self.provider.will(*[Answer(200, idp.jwks(idp.public("RS256", "one")))] * 9)
        with mute_logger(LOGGER):
            for number in range(4):
                self.assertProblem(self.push_token(idp.token(kid=f"made up {number}")), 403, "denied")
        self.assertEqual(len(self.provider.requests), 1)
        self.a_minute_later()
        with mute_logger(LOGGER):
            self.assertProblem(self.push_token(idp.token(kid="made up")), 403, "denied")
        self.assertEqual(len(self.provider.requests), 2)

    def test_made_up_issuers_and_signatures_make_us_ask_nobody(self):
        self.fetch()
        self.a_minute_later()
        with mute_logger(LOGGER):
            for token in (
                idp.token(iss=self.provider.url),
                idp.token(number=7),
                idp.forged({"alg": "none", "kid": "x"}, idp.claims()),
                idp.forged({"alg": "HS256", "kid": "x"}, idp.claims(), b"x"),
            ):
                self.assertProblem(self.push_token(token), 403, "denied")
        self.assertFalse(self.provider.requests)

    def test_while_the_address_is_down_known_keys_go_on_counting_and_somebody_is_told_once(self):
        self.fetch()
        failures = (
            (Answer(503, "busy"), "HTTP 503"),
            (Answer(302, "", {"Location": self.provider.url}), "HTTP 302"),
            (Answer(200, "<html>Login</html>"), "JSON Web Key Set"),
            (Answer(200, '{"keys": []}'), "no public key"),
            (Answer(200, " " * (tokens.MAX_SET_BYTES + 1)), "More than 256 KB"),
            (Answer(200, idp.jwks(idp.jwk(idp.private_key("RS256"), "one"))), "private"),
            (Answer(raw=b"\r\n"), "broke off"),
        )
        for answer, words in failures:
            with self.subTest(words):
                self.provider.will(answer)
                action = self.issuer.action_fetch()
                self.env.invalidate_all()
                self.assertEqual(action["params"]["type"], "danger")
                self.assertIn(words, self.issuer.fetch_error)
                self.assertEqual(self.issuer.state, "stale")
                self.assertTaken(self.push_token())
        [problem] = self.problem()
        self.assertTrue(problem.is_open)
        self.assertEqual(problem.exception_class, "partner_down")
        self.assertIn("Wood Corner, Entra ID", problem.name)
        self.assertEqual(problem.action_open_api_issuer()["res_id"], self.issuer.id)
        self.fetch()
        self.assertFalse(problem.is_open)
        self.assertIn("could be fetched again", problem.resolution)
        self.assertEqual(self.issuer.state, "ready")
        self.assertFalse(self.issuer.fetch_error)

    def test_who_was_down_when_a_token_came_is_reported_too(self):
        self.issuer.jwks_url = f"http://127.0.0.1:{free_port()}/keys"
        self.assertDenied(idp.token(), "no such key")
        self.env.invalidate_all()
        self.assertEqual(self.issuer.state, "no_keys")
        self.assertIn("refuses connections", self.issuer.fetch_error)
        self.assertTrue(self.problem().is_open)

    def test_the_hourly_fetch_asks_all_and_nobody_stops_it(self):
        second = self.issuer.copy(
            {
                "name": "A, asked first",
                "issuer": "https://two.example",
                "jwks_url": f"http://127.0.0.1:{free_port()}/keys",
            }
        )
        self.publish()
        with self.registry.cursor() as cr:
            self.env(cr=cr)["trade.api.issuer"]._cron_fetch()
        self.env.invalidate_all()
        self.assertEqual(self.issuer.state, "ready")
        self.assertEqual(second.state, "no_keys")
        self.assertIn("refuses connections", second.fetch_error)

    def test_a_problem_ends_with_what_it_is_about(self):
        for end in (
            lambda: self.issuer.write({"active": False}),
            lambda: self.issuer.write({"active": True, "source": "file"}),
        ):
            self.issuer.write({"active": True, "source": "address"})
            self.provider.will(Answer(503, "busy"))
            self.issuer.action_fetch()
            self.env.invalidate_all()
            self.assertTrue(self.problem().is_open)
            end()
            self.env.invalidate_all()
            self.assertFalse(self.problem().is_open)

    def test_keys_of_one_address_do_not_count_for_another(self):
        self.fetch()
        self.assertTaken(self.push_token())
        self.issuer.jwks_url = f"{self.provider.url}/elsewhere"
        self.assertFalse(self.issuer.key_set)
        self.publish(idp.public("RS256", "one", 5))
        self.assertDenied(idp.token(), "signature is wrong")
        self.assertEqual(self.provider.last.path, "/elsewhere")

    # -- keys in a file ------------------------------------------------------------------------

    def upload(self, *keys):
        self.issuer.write(
            {"source": "file", "jwks_file": base64.b64encode(idp.jwks(*keys).encode()), "jwks_url": False}
        )

    def test_keys_in_a_file_need_no_address(self):
        self.upload(idp.public("EdDSA", "one"))
        self.assertTaken(self.push_token(idp.token("EdDSA")))
        self.assertDenied(idp.token(kid="another"), "no such key")
        self.assertFalse(self.provider.requests, "an issuer with a file is never asked")
        self.assertIn("OKP", self.issuer.key_text)

    def test_a_new_file_replaces_the_keys_and_none_takes_them_away(self):
        self.upload(idp.public("RS256", "one"))
        self.upload(idp.public("ES256", "two"))
        self.assertDenied(idp.token(), "no such key")
        self.assertTaken(self.push_token(idp.token("ES256", "two")))
        self.issuer.jwks_file = False
        self.assertDenied(idp.token("ES256", "two"), "no such key")
        self.assertEqual(self.issuer.state, "no_keys")

    def test_private_keys_are_refused_and_stored_nowhere(self):
        whole = idp.jwk(idp.private_key("RS256"), "one")
        with self.assertRaises(ValidationError) as caught:
            self.upload(whole)
        self.assertIn("private", str(caught.exception))
        self.provider.will(Answer(200, idp.jwks(whole)))
        self.issuer.action_fetch()
        self.env.flush_all()
        for table in ("trade_api_issuer", "trade_exception", "mail_message", "ir_attachment"):
            self.env.cr.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            [stored] = self.env.cr.fetchone()
            self.assertNotIn(whole["d"], stored or "", table)

    def test_a_file_that_holds_no_keys_says_what_is_wrong(self):
        for text, words in (("hello", "no JSON Web Key Set"), ('{"keys": []}', "no public key")):
            with self.assertRaises(ValidationError) as caught:
                self.issuer.write({"jwks_file": base64.b64encode(text.encode())})
            self.assertIn(words, str(caught.exception))

    # -- settings ------------------------------------------------------------------------------

    def test_settings_that_would_open_the_door_too_wide_are_refused(self):
        for values, words in (
            ({"algorithms": "RS256 HS256"}, "HS256"),
            ({"algorithms": "none"}, "none"),
            ({"algorithms": " "}, "Nothing"),
            ({"audiences": " \n "}, "audience"),
            ({"jwks_url": "file:///etc/passwd"}, "https://"),
            ({"jwks_url": False}, "https://"),
        ):
            with self.subTest(values), self.assertRaises(ValidationError) as caught:
                self.issuer.write(values)
            self.assertIn(words, str(caught.exception))
        for values in ({"leeway": 301}, {"leeway": -1}, {"max_hours": 0}, {"max_hours": 721}):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.issuer.write(values)
                self.env.flush_all()

    def test_a_name_in_the_tokens_means_one_client(self):
        second = make_client(self.env, self.partner, "Second")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            second.write({"issuer_id": self.issuer.id, "issuer_subject": idp.SUBJECT})
            self.env.flush_all()
        for values in ({"issuer_id": self.issuer.id}, {"issuer_subject": "alone"}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                second.write(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.issuer.copy({"jwks_url": f"{self.provider.url}/x"})
            self.env.flush_all()

    def test_a_copy_of_a_client_has_no_token(self):
        copy = self.client.copy()
        self.assertFalse(copy.issuer_id or copy.issuer_subject)
        self.assertEqual(copy.status, "no_proof")

    def test_a_client_with_an_issuer_needs_no_key(self):
        client = make_client(self.env, self.partner, "Tokens only")
        self.assertEqual(client.status, "no_proof")
        client.write({"issuer_id": self.issuer.id, "issuer_subject": "tokens-only"})
        self.assertEqual(client.status, "no_proof", "its issuer has no keys yet")
        self.fetch()
        self.assertEqual(client.status, "ready")
        self.issuer.active = False
        self.assertEqual(client.status, "no_proof")

    # -- companies and rights ------------------------------------------------------------------

    def test_another_companys_issuer_is_not_ours_but_one_of_all_may_be(self):
        company = self.env["res.company"].create({"name": "Our other company"})
        profile = self.env["trade.partner"].create(
            {"partner_id": self.env["res.partner"].create({"name": "X"}).id, "company_id": company.id}
        )
        theirs = make_client(self.env, profile)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            theirs.write({"issuer_id": self.issuer.id, "issuer_subject": "x"})
        self.issuer.company_id = False
        theirs.write({"issuer_id": self.issuer.id, "issuer_subject": "x"})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.issuer.company_id = self.env.company
        self.fetch()
        with mute_logger(LOGGER, "odoo.addons.trade_http.controllers.api"):
            # Let in as the other company's client, whose partner has no route.
            self.assertProblem(self.push_token(idp.token(client_id="x")), 404, "no-route")
        self.assertFalse(self.messages())

    def test_administrators_set_issuers_up_and_managers_look(self):
        admin = new_test_user(self.env, "issuer_admin", "trade_core.group_trade_admin")
        manager = new_test_user(self.env, "issuer_manager", "trade_core.group_trade_manager")
        user = new_test_user(self.env, "issuer_user", "trade_core.group_trade_user")
        self.publish()
        action = self.issuer.with_user(admin).action_fetch()
        self.assertEqual(action["params"]["message"], "1 key is known now.")
        self.assertEqual(
            self.issuer.with_user(manager).read(["name", "key_text"])[0]["name"], self.issuer.name
        )
        for who in (manager, user):
            issuer = self.issuer.with_user(who)
            with self.assertRaises(AccessError):
                issuer.action_fetch()
            with self.assertRaises(AccessError):
                issuer.name = "Mine"
        with self.assertRaises(AccessError):
            self.issuer.with_user(user).read(["name"])
        company = self.env["res.company"].create({"name": "Theirs"})
        self.client.write({"issuer_id": False, "issuer_subject": False})
        self.issuer.company_id = company
        self.env.flush_all()
        self.assertFalse(self.env["trade.api.issuer"].with_user(admin).search([("id", "=", self.issuer.id)]))

    def test_a_neutralised_database_takes_no_tokens(self):
        self.fetch()
        with file_open("trade_http/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.cr.execute("UPDATE trade_api_client SET active = true")  # its issuer alone keeps it out
        self.env.invalidate_all()
        self.registry.clear_cache()
        self.assertDenied(idp.token(), "no such issuer")

    def test_the_keys_we_know_are_shown_without_their_numbers(self):
        self.fetch(idp.public("RS256", "first"), idp.public("ES256", "second"))
        self.assertEqual(self.issuer.key_text.splitlines(), ["first  RSA", "second  EC P-256"])
        self.assertNotIn(
            json.loads(idp.jwks(idp.public("RS256", "first")))["keys"][0]["n"], self.issuer.key_text
        )
