"""Who is calling: an API key, a signature over the raw bytes (Standard Webhooks), or a token (OAuth 2).

Nothing of a body is looked at before its sender is known, and a caller who is not let in learns nothing:
made-up clients, wrong keys, old signatures, foreign addresses and clients without a secret take the same road
and get the same answer.
"""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import NamedTuple

from odoo.addons.trade_kernel import signatures
from odoo.addons.trade_kernel.errors import AuthenticationFailed

from .door import NOBODY, Door

#: how our keys begin; recognisable for people, log filters and secret scanners
PREFIX = "tlk"
_TOKEN = re.compile(rf"{PREFIX}_([a-z0-9]{{6,32}})_[A-Za-z0-9]{{32,64}}")
_PUBLIC_ID = re.compile(r"[a-z0-9]{6,32}")
_JWT = re.compile(r"[\w-]{2,4000}\.[\w-]{2,12000}\.[\w-]{0,4000}", re.ASCII)
_SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


def digest(token):
    """SHA-256 of a key, in hex.

    Right for a random key of 256 bits: there is nothing to guess, so salt and a slow hash, which protect
    passwords that people choose, would protect nothing here and cost some milliseconds per request.
    """
    return hashlib.sha256(token.encode()).hexdigest()


# Compared with when there is nothing to compare with, so that this takes as long.
_NO_DIGEST = digest(secrets.token_hex())
_NO_SECRET = signatures.new_secret()

#: why somebody was not let in → the words for our log and our pages; callers never learn them
REASONS = {
    "nothing": "neither an API key nor a token nor a client id",
    "malformed": "this is no API key of ours and no token",
    "unknown": "there is no such client, or it is archived",
    "key": "the key is wrong, revoked or past its end",
    "signature": "the signature is missing, too old or wrong",
    "no_secret": "the client has no signing secret",
    "expired": "the client's access has ended",
    "address": "the client may not come from this address",
    "token": "the token is not valid",
    "scope": "the client may not do this",
    "limit": "too many requests",
}


class Denied(Exception):
    """A caller is not let in.

    All of it is for our log and our pages only; nothing in it is secret.

    :ivar reason: one of ``REASONS``
    :ivar client: the client id that was given, as far as it can be one
    :ivar door: the door it stood before, when there is such a client
    :ivar way_in: ``key``, ``signature``, ``token`` or ``none``
    :ivar detail: more about the reason
    """

    def __init__(self, reason, client="", door=None, way_in="none", detail=""):
        self.reason = reason
        self.client = client
        self.door = door
        self.way_in = way_in
        self.detail = detail
        super().__init__(self.why)

    @property
    def why(self):
        return f"{REASONS[self.reason]}{': ' if self.detail else ''}{self.detail}"


class Forbidden(Denied):
    """The caller is known, but may not do this. It may learn which scope is missing.

    :ivar scope: the missing one
    """

    def __init__(self, scope, visit=None):
        door = visit and visit.door
        super().__init__(
            "scope", door.public_id if door else "", door, visit.way_in if visit else "none", scope
        )
        self.scope = scope


class TooMany(Denied):
    """The caller is known, but sends more than was agreed.

    :ivar retry_after: seconds, at least 1
    :ivar headers: of the answer (429)
    """

    def __init__(self, retry_after, visit=None, headers=()):
        door = visit and visit.door
        super().__init__("limit", door.public_id if door else "", door, visit.way_in if visit else "none")
        self.retry_after = retry_after
        self.headers = [("Retry-After", str(retry_after)), *headers]


class Visit(NamedTuple):
    """A caller who was let in.

    :ivar key: the idempotency key, when the way in carries one (``webhook-id``)
    :ivar way_in: ``key``, ``signature`` or ``token``
    :ivar address: where it came from
    """

    door: Door
    key: str | None
    way_in: str = "key"
    address: str = ""


def enter(
    find: Callable[[str], Door],
    headers,
    read: Callable[[], bytes],
    *,
    address: str = "",
    tokens: Callable[[str], str] | None = None,
) -> Visit:
    """Let a caller in.

    :param find: public id → door, raises ``LookupError``
    :param headers: of the request
    :param read: the raw body; only called for a signed request
    :param address: where the caller is, for the clients that may only come from some
    :param tokens: JWT → public id of its client, raises :class:`Denied`; without it, none is taken
    :raise Denied: with the reason
    """
    authorization = headers.get("Authorization")
    if authorization:
        scheme, _blank, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() == "bearer":
            if match := _TOKEN.fullmatch(token):
                return _admitted(_by_key(find, token, match[1]), None, "key", address)
            if tokens and _JWT.fullmatch(token):
                return _admitted(_by_token(find, token, tokens), None, "token", address)
        raise Denied("malformed", way_in="key")
    door, key = _by_signature(find, headers, read)
    return _admitted(door, key, "signature", address)


def demand(visit: Visit, scope: str) -> None:
    """Make sure that the caller may do what needs this scope.

    :raise Forbidden: it may not
    """
    if scope not in visit.door.scopes:
        raise Forbidden(scope, visit)


def _by_key(find, token, public_id):
    door = _find(find, public_id)
    given, now = digest(token), time.time()
    found = False
    for known, ends in door.keys or ((_NO_DIGEST, None),):
        same = hmac.compare_digest(known, given)
        found |= same and (ends is None or ends > now)
    if door is NOBODY:
        raise Denied("unknown", public_id, way_in="key")
    if not found:
        raise Denied("key", public_id, door, "key")
    return door


def _by_token(find, token, tokens):
    try:
        public_id = tokens(token)
    except Denied as denied:
        if denied.client:  # its issuer signed it, so it is counted as this client's
            door = _find(find, denied.client)
            denied.door = door if door is not NOBODY else None
        raise
    door = _find(find, public_id)
    if door is NOBODY:
        raise Denied("unknown", public_id, way_in="token")
    return door


def _by_signature(find, headers, read):
    public_id = headers.get("Trade-Client", "")
    if not _PUBLIC_ID.fullmatch(public_id):
        raise Denied("nothing", way_in="none")
    door = _find(find, public_id)
    signed = {name: headers.get(name, "") for name in _SIGNED}
    try:
        key = signatures.verify(door.secrets or (_NO_SECRET,), signed, read(), now=datetime.now(UTC))
    except AuthenticationFailed:
        if door is NOBODY:
            raise Denied("unknown", public_id, way_in="signature") from None
        reason = "signature" if door.secrets else "no_secret"
        raise Denied(reason, public_id, door, "signature") from None
    return door, key


def _find(find, public_id):
    """The door, or one nobody can enter."""
    try:
        return find(public_id)
    except LookupError:
        return NOBODY


def _admitted(door, key, way_in, address):
    if door.expires is not None and door.expires <= time.time():
        raise Denied("expired", door.public_id, door, way_in)
    if door.networks and not _within(address, door.networks):
        raise Denied("address", door.public_id, door, way_in)
    return Visit(door, key, way_in, address)


def _within(address, networks):
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip in network for network in networks)
