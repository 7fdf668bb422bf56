import json
import time

from odoo.tests import BaseCase, tagged

from odoo.addons.trade_http import tokens
from odoo.addons.trade_http.gate import Denied

from . import common_token as idp

CLIENT = "abcdef123456"


@tagged("post_install", "-at_install")
class TestTradeTokens(BaseCase):
    """What a token has to be; no database, no network."""

    def issuer(self, *keys, **values):
        keys = keys or (idp.public("RS256", "one"),)
        settings = {
            "id": 1,
            "issuer": idp.ISSUER,
            "audiences": (idp.AUDIENCE, "urn:second"),
            "algorithms": ("RS256", "ES256", "EdDSA"),
            "leeway": 60,
            "max_seconds": 24 * 3600,
            "claim": "client_id",
            "clients": {idp.SUBJECT: CLIENT},
            "refetch": False,
            "keys": tokens.public_keys(tokens.read_keys(idp.jwks(*keys))),
        }
        return tokens.Issuer(**{**settings, **values})

    def verify(self, token, issuer=None):
        issuer = issuer or self.issuer()

        def find(name):
            if name != issuer.issuer:
                raise LookupError(name)
            return issuer

        return tokens.verify(find, self.fail, token)

    def assertDenied(self, token, why, issuer=None, client=""):
        with self.assertRaises(Denied) as caught:
            self.verify(token, issuer)
        self.assertEqual(caught.exception.reason, "token")
        self.assertIn(why, caught.exception.detail)
        self.assertEqual(caught.exception.client, client)
        self.assertEqual(caught.exception.way_in, "token")
        return caught.exception

    # -- good ones -----------------------------------------------------------------------------

    def test_the_issuers_token_opens_the_door_for_the_client_it_names(self):
        for algorithm in tokens.ALGORITHMS:
            with self.subTest(algorithm):
                key_of = "RS256" if algorithm[0] in "RP" else algorithm
                issuer = self.issuer(idp.public(key_of, "one"), algorithms=(algorithm,))
                key = idp.private_key(key_of)
                token = idp.signed({"alg": algorithm, "kid": "one"}, idp.claims(), key, algorithm)
                self.assertEqual(self.verify(token, issuer), CLIENT)

    def test_any_of_the_agreed_audiences_will_do(self):
        for audience in ("urn:second", ["urn:other", idp.AUDIENCE]):
            self.assertEqual(self.verify(idp.token(aud=audience)), CLIENT)

    def test_clocks_may_differ_a_little(self):
        now = time.time()
        for said in ({"exp": now - 30}, {"nbf": now + 30}, {"iat": now + 30}):
            self.assertEqual(self.verify(idp.token(**said)), CLIENT)

    def test_the_client_may_stand_under_another_claim(self):
        for claim in ("azp", "appid", "sub"):
            self.assertEqual(
                self.verify(idp.token(**{"client_id": None, claim: idp.SUBJECT}), self.issuer(claim=claim)),
                CLIENT,
            )

    def test_a_single_key_needs_no_id(self):
        self.assertEqual(self.verify(idp.token(kid=None)), CLIENT)
        nameless = self.issuer(idp.jwk(idp.private_key("RS256").public_key()))
        self.assertEqual(self.verify(idp.token(kid=None), nameless), CLIENT)
        self.assertEqual(self.verify(idp.token(kid="whatever"), nameless), CLIENT)
        two = self.issuer(idp.public("RS256", "one"), idp.public("ES256", "two"))
        self.assertDenied(idp.token(kid=None), "no such key", two)

    # -- signatures ----------------------------------------------------------------------------

    def test_a_token_that_nobody_signed_is_denied(self):
        for algorithm in ("none", "None", "NONE", "nOnE", ""):
            forged = idp.forged({"alg": algorithm, "kid": "one"}, idp.claims())
            self.assertDenied(forged, "does not sign like this")
        self.assertDenied(idp.forged({"kid": "one"}, idp.claims()), "does not sign like this")
        head, said, _signature = idp.token().split(".")
        self.assertDenied(f"{head}.{said}.", "signature is wrong")

    def test_the_public_key_is_no_secret_to_sign_with(self):
        for algorithm in ("HS256", "HS384", "HS512"):
            head = {"alg": algorithm, "kid": "one"}
            self.assertDenied(idp.forged(head, idp.claims(), idp.pem()), "does not sign like this")
            # Not even when somebody has written it into the database.
            issuer = self.issuer(algorithms=(algorithm,))
            self.assertDenied(idp.forged(head, idp.claims(), idp.pem()), "no such key", issuer)

    def test_keys_and_addresses_a_token_brings_along_are_ignored(self):
        theirs = idp.private_key("RS256", 7)
        brought = {
            "jwk": idp.jwk(theirs.public_key()),
            "jku": "http://127.0.0.1:9/keys",
            "x5u": "http://127.0.0.1:9/cert",
        }
        for name, value in brought.items():
            head = {"alg": "RS256", "kid": "one", name: value}
            self.assertDenied(idp.signed(head, idp.claims(), theirs, "RS256"), "signature is wrong")
            del head["kid"]
            self.assertDenied(idp.signed(head, idp.claims(), theirs, "RS256"), "signature is wrong")

    def test_a_signature_of_somebody_else_is_denied(self):
        self.assertDenied(idp.token(number=7), "signature is wrong")

    def test_what_was_changed_after_signing_is_denied(self):
        head, said, signature = idp.token().split(".")
        other = idp.part(idp.claims(client_id="another"))
        self.assertDenied(f"{head}.{other}.{signature}", "signature is wrong")
        self.assertDenied(f"{idp.part({'alg': 'RS256', 'kid': 'one'})}.{said}.{signature}", "signature")
        broken = ("A" if signature[10] != "A" else "B").join((signature[:10], signature[11:]))
        self.assertDenied(f"{head}.{said}.{broken}", "signature is wrong")

    def test_only_the_algorithms_agreed_on(self):
        key = idp.private_key("RS256")
        for algorithm in ("RS512", "PS256"):
            token = idp.signed({"alg": algorithm, "kid": "one"}, idp.claims(), key, algorithm)
            self.assertDenied(token, "does not sign like this")

    def test_a_key_is_for_its_own_algorithm_only(self):
        only = self.issuer(
            {**idp.public("RS256", "one"), "alg": "RS256"}, algorithms=("RS256", "PS256", "ES256", "ES384")
        )
        key = idp.private_key("RS256")
        token = idp.signed({"alg": "PS256", "kid": "one"}, idp.claims(), key, "PS256")
        self.assertDenied(token, "no such key", only)
        self.assertDenied(idp.token("ES256", "one"), "no such key", only)
        curve = self.issuer(idp.public("ES384", "one"), algorithms=("ES256", "ES384"))
        token = idp.signed({"alg": "ES256", "kid": "one"}, idp.claims(), idp.private_key("ES384"), "ES384")
        self.assertDenied(token, "no such key", curve)

    def test_extensions_that_must_be_understood_are_not(self):
        self.assertDenied(idp.token(headers={"crit": ["exp2"], "exp2": 1}), "no JWT")
        self.assertDenied(idp.token(headers={"crit": ["b64"], "b64": False}), "no JWT")

    def test_a_key_id_is_only_a_name(self):
        for kid in ("../../etc/passwd", "' OR 1=1 --", "\x00", "one ", "ONE", "k" * 3000):
            self.assertDenied(idp.token(kid=kid), "no such key")
        for kid in (1, ["one"], {"one": 1}):
            self.assertDenied(idp.token(headers={"kid": kid}), "no JWT")

    def test_garbage_is_denied(self):
        deep = "[" * 5000 + "]" * 5000
        for text in (
            "a.b.c",
            "....",
            "eyJ.eyJ.x",
            f"{idp.part([1])}.{idp.part({})}.",
            f"{idp.part({'alg': 'RS256'})}.{idp.part([1])}.AAAA",
            f"{idp._b64(deep.encode())}.{idp.part({})}.AAAA",
            f"{idp.part({'alg': 'RS256'})}.{idp._b64(deep.encode())}.AAAA",
            f"{idp.part({'alg': 'RS256'})}.{idp._b64(b'{' + bytes(range(256)))}.AAAA",
        ):
            with self.subTest(text[:40]):
                self.assertDenied(text, "")

    # -- claims --------------------------------------------------------------------------------

    def test_a_token_that_is_not_for_us_is_denied(self):
        for audience in ("https://erp.example.com", f"{idp.AUDIENCE}/", [], ["urn:other"], "", 1, {}):
            with self.subTest(audience):
                self.assertDenied(idp.token(aud=audience), "", client=CLIENT)
        self.assertDenied(idp.token(aud=None), "a claim is missing", client=CLIENT)

    def test_a_token_of_another_issuer_is_denied(self):
        for name in (f"{idp.ISSUER}/", idp.ISSUER.upper(), "", None, 1, [idp.ISSUER], {"a": 1}):
            with self.subTest(name):
                self.assertDenied(idp.token(iss=name), "no such issuer")

    def test_a_token_that_has_ended_is_denied(self):
        now = time.time()
        self.assertDenied(idp.token(exp=now - 61), "it has ended", client=CLIENT)
        self.assertDenied(idp.token(exp=0), "it has ended", client=CLIENT)
        self.assertDenied(idp.token(exp=None), "a claim is missing", client=CLIENT)

    def test_a_token_that_is_not_valid_yet_is_denied(self):
        now = time.time()
        self.assertDenied(idp.token(nbf=now + 90), "not valid yet", client=CLIENT)
        self.assertDenied(idp.token(iat=now + 90), "", client=CLIENT)

    def test_a_token_that_lives_too_long_is_denied(self):
        now = time.time()
        issuer = self.issuer(max_seconds=3600)
        self.assertEqual(self.verify(idp.token(iat=now, exp=now + 3600), issuer), CLIENT)
        for said in ({"iat": now, "exp": now + 3700}, {"iat": None, "exp": now + 3700}, {"iat": 0}):
            self.assertDenied(idp.token(**said), "lives longer", issuer, client=CLIENT)

    def test_times_that_are_none_are_denied(self):
        for value in ("soon", [], {}, float("inf"), float("nan"), float("-inf")):
            for claim in ("exp", "nbf", "iat"):
                with self.subTest(f"{claim} {value}"):
                    self.assertDenied(idp.token(**{claim: value}), "", client=CLIENT)

    def test_a_client_nobody_entered_is_denied(self):
        for value in ("another", "", idp.SUBJECT.upper(), f"{idp.SUBJECT} "):
            self.assertDenied(idp.token(client_id=value), "no client has this client_id")
        self.assertDenied(idp.token(client_id=None), "a claim is missing")
        for value in (1, True, [idp.SUBJECT], {"x": idp.SUBJECT}):
            self.assertDenied(idp.token(client_id=value), "no client has this client_id")

    def test_the_name_under_another_claim_does_not_count(self):
        self.assertDenied(idp.token(client_id="another", azp=idp.SUBJECT, sub=idp.SUBJECT), "no client has")

    def test_who_is_named_counts_only_when_the_signature_is_right(self):
        """Or strangers could make it look as if a partner's system failed to get in."""
        self.assertDenied(idp.token(number=7, exp=0), "signature is wrong", client="")
        self.assertDenied(idp.forged({"alg": "RS256", "kid": "one"}, idp.claims()), "signature", client="")
        self.assertDenied(idp.token(exp=0), "it has ended", client=CLIENT)

    def test_what_a_caller_made_up_cannot_break_lines_of_the_log(self):
        denied = self.assertDenied(idp.token(kid="x\n2026-01-01 nothing to see" + "y" * 3000), "no such key")
        self.assertNotIn("\n", denied.why)
        self.assertLess(len(denied.why), 200)

    # -- new keys ------------------------------------------------------------------------------

    def test_an_unknown_key_is_looked_for_once_and_a_known_one_never(self):
        asked = []

        def refresh(known):
            asked.append(known)
            return self.issuer(idp.public("RS256", "one"), idp.public("RS256", "two", 1), refetch=True)

        def verify(token):
            return tokens.verify(lambda _name: self.issuer(refetch=True), refresh, token)

        self.assertEqual(verify(idp.token()), CLIENT)
        self.assertFalse(asked)
        self.assertEqual(verify(idp.token(kid="two", number=1)), CLIENT)
        self.assertEqual(len(asked), 1)
        with self.assertRaises(Denied):
            verify(idp.token(kid="three", number=2))
        self.assertEqual(len(asked), 2)
        with self.assertRaises(Denied):
            verify(idp.token(number=7))
        self.assertEqual(len(asked), 2, "a wrong signature is not a new key")

    def test_an_issuer_that_goes_while_we_ask_it_is_unknown(self):
        def refresh(known):
            raise LookupError(known.issuer)

        with self.assertRaises(Denied) as caught:
            tokens.verify(lambda _name: self.issuer(refetch=True), refresh, idp.token(kid="two"))
        self.assertIn("no such issuer", caught.exception.detail)

    # -- sets of keys --------------------------------------------------------------------------

    def assertNoKeys(self, text, words):
        with self.assertRaises(tokens.KeySetError) as caught:
            tokens.read_keys(text)
        self.assertIn(words, str(caught.exception))

    def test_private_keys_are_refused_and_kept_nowhere(self):
        for algorithm in ("RS256", "ES256", "EdDSA"):
            whole = idp.jwk(idp.private_key(algorithm), "one")
            self.assertIn("d", whole)
            self.assertNoKeys(idp.jwks(idp.public("RS256", "two"), whole), "private")
        self.assertNoKeys(idp.jwks({"kty": "oct", "k": "c2VjcmV0", "kid": "s"}), "private")

    def test_only_keys_that_can_verify_are_kept(self):
        good = idp.public("RS256", "one")
        kept = tokens.read_keys(
            idp.jwks(
                {**good, "x5c": ["MII"], "extra": 1},
                {**idp.public("RS256", "for encryption"), "use": "enc"},
                idp.jwk(idp.private_key("RS256", 0, 1024).public_key(), "weak"),
                {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "coin"},
                {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "off the curve"},
                {"kty": "oct", "kid": "nothing"},
                {"kty": "RSA", "kid": "empty"},
                {"kid": "no type"},
            )
        )
        self.assertEqual(kept, {"keys": [good]})

    def test_what_is_no_set_of_keys_says_so(self):
        for text in ("", "x", "[]", "{}", '{"keys": 1}', "null", '{"keys": null}', "<html>", b"\xff\xfe"):
            self.assertNoKeys(text, "JSON Web Key Set")
        self.assertNoKeys('{"keys": []}', "no public key")
        self.assertNoKeys('{"keys": ["x", 1, null]}', "no public key")
        self.assertNoKeys("[" * 100_000, "JSON Web Key Set")

    def test_a_set_is_small(self):
        self.assertNoKeys(b" " * (tokens.MAX_SET_BYTES + 1), "at most 256 KB")
        many = [{"kty": "RSA", "kid": str(number)} for number in range(51)]
        self.assertNoKeys(json.dumps({"keys": many}), "At most 50")
