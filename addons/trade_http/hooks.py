"""Who pushes webhooks in a shape of its own: what the address knows about its sender, and letting it in.

Nothing of a body is looked at before its signature is verified over the raw bytes. An address that does not
exist takes the same road and gives the same answer as a wrong signature.
"""

import hashlib
import re
import secrets as random_source
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

from odoo.addons.trade_kernel import hook_signatures
from odoo.addons.trade_kernel.errors import AuthenticationFailed
from odoo.addons.trade_kernel.hook_challenges import Challenge

from .door import MAX_AGE, Ref, Way

ROOT = "/trade/hooks"
#: what messages of hooks are, until a rule hands them on as a document
DOCUMENT_TYPE = "event"
PUBLIC_ID = re.compile(r"[a-z0-9]{24}")
_HEADER = re.compile(r"[\x20-\x7e]{1,200}")
_KEY_LENGTH = 255

REASONS = {
    "unknown": "there is no such address, or its connector is archived",
    "address": "the sender may not come from this network address",
    "hook_secret": "the connector has no secret yet",
    "signature": "the signature is missing, too old or wrong",
    "handshake": "the question is none this connector answers",
}


class HookDenied(Exception):
    """A sender is not let in; all of it is for our log and our pages.

    :ivar reason: one of ``REASONS``
    :ivar door: the door it stood before, when the address exists
    """

    def __init__(self, reason, door=None):
        super().__init__(REASONS[reason])
        self.reason = reason
        self.door = door


@dataclass(frozen=True, slots=True)
class HookDoor:
    """What intake needs to know of a connector with transport "hook"; kept in the ORM cache.

    :ivar secrets: valid when this was read, current first
    :ivar words: the verify tokens of the handshake, likewise
    :ivar networks: where it may come from; empty: from anywhere
    :ivar kept: names of the headers that are stored with an event, in lower case
    :ivar status: HTTP status of the answer once an event is stored, ``body`` its text
    """

    connector_id: int
    public_id: str
    name: str
    trade_partner_id: int
    company_id: int
    mode: str
    url: str
    scheme: hook_signatures.Scheme
    secrets: tuple[str, ...] = field(repr=False)
    words: tuple[str, ...] = field(repr=False)
    challenge: Challenge | None
    type_header: str
    id_header: str
    networks: tuple[Any, ...]
    status: int
    body: str
    read_at: float = field(default_factory=lambda: time.monotonic())

    @property
    def scope(self):
        """Whose keys these are."""
        return f"hook:{self.connector_id}"

    @property
    def lane(self):
        return f"hook/{self.connector_id}"

    @property
    def way(self):
        """Stands for a route where an event is stored: it has none yet."""
        return Way(
            id=None,
            document_type=DOCUMENT_TYPE,
            codec=None,
            mode=self.mode,
            trade_partner_id=Ref(self.trade_partner_id or None),
            connector_id=Ref(self.connector_id),
            company_id=Ref(self.company_id),
        )

    def is_stale(self):
        return time.monotonic() - self.read_at > MAX_AGE

    def kept_headers(self, headers):
        """``{name in lower case: value}`` of what an event needs beside its body."""
        found = {}
        for name in (self.type_header, self.id_header):
            value = headers.get(name, "").strip() if name else ""
            if _HEADER.fullmatch(value):
                found[name.lower()] = value
        return found

    def key(self, kept, raw):
        """Their own id of the event, and whether it is one: without an id the body's digest stands for it."""
        event_id = kept.get(self.id_header.lower()) if self.id_header else None
        if not event_id:
            return hashlib.sha256(raw).hexdigest(), False
        key = f"{kept.get(self.type_header.lower(), '')}|{event_id}"
        return key if len(key) <= _KEY_LENGTH else hashlib.sha256(key.encode()).hexdigest(), True


# Compared with when there is nothing to compare with, so that this takes as long.
_DECOY = hook_signatures.Scheme(header="X-Signature")
_NO_SECRET = random_source.token_hex()


def find(lookup, public_id):
    """The door of an address.

    :param lookup: public id → :class:`HookDoor`, raises ``LookupError``
    :return: the door, or ``None``
    """
    try:
        return lookup(public_id) if PUBLIC_ID.fullmatch(public_id) else None
    except LookupError:
        return None


def enter(door, headers, raw, address, now=None):
    """Let a sender in.

    :param door: from :func:`find`
    :raise HookDenied: with the reason
    """
    now = now or datetime.now(UTC)
    scheme, known = (door.scheme, door.secrets) if door else (_DECOY, ())
    url = door.url if door else ""
    try:
        hook_signatures.verify(scheme, known or (_NO_SECRET,), headers, raw, now, url)
        verified = bool(known)
    except AuthenticationFailed:
        verified = False
    if door is None:
        raise HookDenied("unknown")
    if door.networks and not within(address, door.networks):
        raise HookDenied("address", door)
    if not verified:
        raise HookDenied("signature" if known else "hook_secret", door)


def networks(text):
    """The networks of a text: addresses and prefixes (CIDR), separated by blanks, commas or lines.

    :raise ValueError: one of them is none
    """
    return tuple(ip_network(part, strict=False) for part in re.split(r"[\s,;]+", text or "") if part)


def within(address, allowed):
    """Whether an address is in one of the networks; an IPv4 address that came over IPv6 is what it is."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip in network for network in allowed)
