"""Who is calling: an API key, or a signature over the raw bytes (Standard Webhooks).

Nothing of a body is looked at before its sender is known, and a caller who is not let in learns nothing:
made-up clients, wrong keys, old signatures and clients without a secret take the same road and get the
same answer.
"""

import hmac
import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from odoo.addons.trade_kernel import signatures
from odoo.addons.trade_kernel.errors import AuthenticationFailed

from .door import Door
from .models.trade_api_key import PREFIX, digest

_TOKEN = re.compile(rf"{PREFIX}_([a-z0-9]{{6,32}})_[A-Za-z0-9]{{32,64}}")
_PUBLIC_ID = re.compile(r"[a-z0-9]{6,32}")
_NOBODY = Door(0, "", "", 0, 0, None, (), (), {})
_SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
# Compared with when there is nothing to compare with, so that this takes as long.
_NO_DIGEST = digest(secrets.token_hex())
_NO_SECRET = signatures.new_secret()


class Denied(Exception):
    """A caller is not let in. ``why`` and ``client`` are for our log only; neither holds anything secret."""

    def __init__(self, why, client=""):
        super().__init__(why)
        self.why = why
        self.client = client


class Visit(NamedTuple):
    """A caller who was let in.

    :ivar key: the idempotency key, when the way in carries one (``webhook-id``)
    """

    door: Door
    key: str | None


def enter(find: Callable[[str], Door], headers, read: Callable[[], bytes]) -> Visit:
    """Let a caller in.

    :param find: public id → door, raises ``LookupError``
    :param read: the raw body; only called for a signed request
    :raise Denied: with the reason
    """
    authorization = headers.get("Authorization")
    if authorization:
        return _by_key(find, authorization)
    return _by_signature(find, headers, read)


def _by_key(find, authorization):
    scheme, _blank, token = authorization.partition(" ")
    match = _TOKEN.fullmatch(token.strip())
    if scheme.lower() != "bearer" or not match:
        raise Denied("this is no API key of ours")
    public_id = match[1]
    door, unknown = _find(find, public_id)
    given, now = digest(token.strip()), time.time()
    found = False
    for known, ends in door.keys or ((_NO_DIGEST, None),):
        same = hmac.compare_digest(known, given)
        found |= same and (ends is None or ends > now)
    if not found or unknown:
        raise Denied(unknown or "the key is wrong, revoked or past its end", public_id)
    return Visit(_still_open(door), None)


def _by_signature(find, headers, read):
    public_id = headers.get("Trade-Client", "")
    if not _PUBLIC_ID.fullmatch(public_id):
        raise Denied("neither an API key nor a client id")
    door, unknown = _find(find, public_id)
    signed = {name: headers.get(name, "") for name in _SIGNED}
    try:
        key = signatures.verify(door.secrets or (_NO_SECRET,), signed, read(), now=datetime.now(UTC))
    except AuthenticationFailed as error:
        why = unknown or (str(error) if door.secrets else "the client has no signing secret")
        raise Denied(why, public_id) from None
    return Visit(_still_open(door), key)


def _find(find, public_id):
    """The door, or one nobody can enter; and why, when there is none."""
    try:
        return find(public_id), ""
    except LookupError:
        return _NOBODY, "there is no such client, or it is archived"


def _still_open(door):
    if door.expires is not None and door.expires <= time.time():
        raise Denied("the client's access has ended", door.public_id)
    return door
