"""OAuth 2 access tokens (JWT, RFC 9068) of a partner's own identity provider, and the keys that sign them.

What a token says counts only after its signature was verified, with a key we fetched or were given
beforehand, by an algorithm the issuer is known to use. Keys and addresses that a token brings along (``jwk``,
``jku``, ``x5u``) are never looked at. Only asymmetric algorithms are known here: a public key can never
become a secret.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import jwt
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from .gate import Denied

#: algorithm → types of key (``kty``) it goes with
ALGORITHMS = {
    "RS256": "RSA",
    "RS384": "RSA",
    "RS512": "RSA",
    "PS256": "RSA",
    "PS384": "RSA",
    "PS512": "RSA",
    "ES256": "EC",
    "ES384": "EC",
    "ES512": "EC",
    "EdDSA": "OKP",
}
#: a set of keys: bytes, and keys in it; providers publish two or three
MAX_SET_BYTES = 256 * 1024
MAX_KEYS = 50
_MIN_RSA_BITS = 2048
_CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
# Verified against when there is no key, so that this takes as long: RFC 7517, appendix A.1; nobody signs
# with it.
_NO_KEY = PyJWK(
    {
        "kty": "RSA",
        "alg": "RS256",
        "e": "AQAB",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPeb"
        "WKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAt"
        "aSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksIN"
        "HaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    }
).key

# PyJWT checks both in one go and tells one from the other only by its exceptions, so we ask twice: who a
# token names is noted as soon as its signature is right, and never before.
_CLAIMS = ("exp", "nbf", "iat", "aud", "iss")
_SIGNATURE_ONLY = {f"verify_{claim}": False for claim in (*_CLAIMS, "sub", "jti")}
_CLAIMS_ONLY = {"verify_signature": False, **{f"verify_{claim}": True for claim in _CLAIMS}}


class KeySetError(Exception):
    """What was given is no usable set of keys; the text is for people."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """An identity provider we trust, as plain values that can be kept in the ORM cache.

    :ivar claim: which claim names the client
    :ivar keys: key id → ``(public key, its kty, algorithm or None)``; without an id under ``None``
    :ivar clients: value of the claim → public id of our client
    :ivar refetch: whether an unknown key may be new
    :ivar read_at: the instant all this was read, by ``time.monotonic()``
    """

    id: int
    issuer: str
    audiences: tuple[str, ...]
    algorithms: tuple[str, ...]
    leeway: int
    max_seconds: int
    claim: str
    clients: dict[str, str]
    refetch: bool
    keys: dict = field(repr=False)
    read_at: float = field(default_factory=lambda: time.monotonic())


def verify(find: Callable[[str], Issuer], refresh: Callable[[Issuer], Issuer], token: str) -> str:
    """Whose token this is.

    :param find: ``iss`` → issuer, raises ``LookupError``
    :param refresh: an issuer with a key we do not know → with the keys it has now, or the same again; raises
        ``LookupError`` when it is gone
    :return: the public id of the client
    :raise Denied: with the reason
    """
    try:
        parts = jwt.decode_complete(token, options={"verify_signature": False})
    except (PyJWTError, ValueError, RecursionError):
        raise _denied("it is no JWT") from None
    head, name = parts["header"], parts["payload"].get("iss")
    algorithm, key_id = head.get("alg"), head.get("kid")
    try:
        issuer = find(name if isinstance(name, str) else "")
        if algorithm not in issuer.algorithms:  # also "none" and HS256: they never are
            _waste(token)
            raise _denied("the issuer does not sign like this", algorithm)
        if (key := _key(issuer, key_id, algorithm)) is None and issuer.refetch:
            issuer = refresh(issuer)
            key = _key(issuer, key_id, algorithm)
    except LookupError:
        _waste(token)
        raise _denied("we know no such issuer") from None
    if key is None:
        _waste(token)
        raise _denied("the issuer has no such key", key_id)
    try:
        claims = jwt.decode(token, key, algorithms=[algorithm], options=_SIGNATURE_ONLY)
    except (PyJWTError, ValueError):
        raise _denied("its signature is wrong") from None
    # From here on it is the issuer's own token, so what it says of its client is true.
    value = _text(claims.get(issuer.claim))
    client = issuer.clients.get(value, "")
    if wrong := _wrong(issuer, token):
        raise _denied(wrong, client=client)
    if not client:
        raise _denied(f"no client has this {issuer.claim}", value)
    issued = claims.get("iat")
    if claims["exp"] - (issued if isinstance(issued, int | float) else _now()) > issuer.max_seconds:
        raise _denied("it lives longer than allowed", client=client)
    return client


def _wrong(issuer, token):
    """What is wrong with the claims of a token whose signature is right; empty when nothing is."""
    try:
        jwt.decode(
            token,
            audience=issuer.audiences,
            issuer=issuer.issuer,
            leeway=issuer.leeway,
            options={**_CLAIMS_ONLY, "require": ["exp", "iss", "aud", issuer.claim]},
        )
    except PyJWTError as error:
        return _words(error)
    except (ValueError, OverflowError):  # JSON knows neither, but Python reads NaN and Infinity
        return "a claim is malformed"
    return ""


def read_keys(text):
    """A JSON Web Key Set (RFC 7517), checked.

    :param text: JSON as text or bytes
    :return: the set with only what is needed of each key: public parts
    :raise KeySetError: there is no usable key in it, or a private one
    """
    if len(text) > MAX_SET_BYTES:
        raise KeySetError(f"A set of keys is small: at most {MAX_SET_BYTES // 1024} KB are read.")
    try:
        keys = json.loads(text)["keys"]
        keys = [key for key in keys if isinstance(key, dict)]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise KeySetError('This is no JSON Web Key Set: {"keys": […]} (RFC 7517).') from None
    if len(keys) > MAX_KEYS:
        raise KeySetError(f"At most {MAX_KEYS} keys are read.")
    if any({"d", "k", "p", "q", "dp", "dq", "qi", "oth"} & key.keys() for key in keys):
        raise KeySetError(
            "There are private or secret keys in it, which nobody but the provider may have. Ask the partner"
            " for the public ones, and to replace these."
        )
    kept = ("kty", "kid", "alg", "use", "n", "e", "crv", "x", "y")
    usable = [
        {name: key[name] for name in kept if isinstance(key.get(name), str)} for key in keys if _usable(key)
    ]
    if not usable:
        raise KeySetError("There is no public key in it that signatures can be verified with (RSA, EC, OKP).")
    return {"keys": usable}


def public_keys(key_set):
    """The keys of a stored set, as :attr:`Issuer.keys` has them."""
    return {
        key.get("kid"): (
            PyJWK(key, algorithm=_any_algorithm(key)).key,
            key["kty"],
            key.get("alg") or _CURVES.get(key.get("crv")),
        )
        for key in (key_set or {}).get("keys", ())
    }


def _usable(key):
    if key.get("kty") not in ALGORITHMS.values() or key.get("use", "sig") != "sig":
        return False
    if not _any_algorithm(key):  # a curve nobody signs tokens with
        return False
    try:
        public = PyJWK(key, algorithm=_any_algorithm(key)).key
    except (PyJWTError, ValueError, KeyError, TypeError):
        return False
    return getattr(public, "key_size", _MIN_RSA_BITS) >= _MIN_RSA_BITS or key["kty"] != "RSA"


def _any_algorithm(key):
    """PyJWK wants one. Which of an RSA key's is used is decided with each token; a curve has but one."""
    return {"RSA": "RS256", "OKP": "EdDSA"}.get(key.get("kty")) or _CURVES.get(key.get("crv"))


def _key(issuer, key_id, algorithm):
    if key_id is None and len(issuer.keys) == 1:
        [found] = issuer.keys.values()
    else:  # a key without an id may be meant by any token: its signature tells
        found = issuer.keys.get(key_id) or issuer.keys.get(None)
    if not found:
        return None
    public, kind, only = found
    return public if kind == ALGORITHMS.get(algorithm) and only in (None, algorithm) else None


def _waste(token):
    """Take as long as verifying does."""
    try:
        jwt.decode(token, _NO_KEY, algorithms=["RS256"])
    except (PyJWTError, ValueError):
        return


def _denied(why, what=None, client=""):
    shown = f" ({_text(what)[:80]!r})" if what is not None else ""
    return Denied("token", client, way_in="token", detail=f"{why}{shown}")


def _text(value):
    return value if isinstance(value, str) else "" if value is None else str(value)


def _words(error):
    return {
        "ExpiredSignatureError": "it has ended",
        "ImmatureSignatureError": "it is not valid yet",
        "InvalidIssuedAtError": "it was made in the future",
        "InvalidAudienceError": "it is meant for somebody else",
        "InvalidIssuerError": "it comes from another issuer",
        "MissingRequiredClaimError": "a claim is missing",
    }.get(type(error).__name__, "a claim is malformed")


def _now():
    return time.time()
