"""What the front door knows about a client: plain values, so that they can be kept in the ORM cache.

A request then needs no query before its document is stored. ``forget`` is called by everything that
changes one of these values.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC
from ipaddress import IPv4Network, IPv6Network

#: A cached door is read again after this many seconds. Revoking works at once in every worker; this is
#: the net under the one case in which it would not (a change made by a script that does not signal).
MAX_AGE = 60


@dataclass(frozen=True, slots=True)
class Way:
    """Where documents of one type go: what intake needs to know of a ``trade.route``.

    Its attributes are what ``trade.message._receive`` reads of a route, so that one can stand for the other.
    """

    id: int
    document_type: str
    codec: str
    mode: str
    trade_partner_id: "Ref"
    connector_id: "Ref"
    company_id: "Ref"


@dataclass(frozen=True, slots=True)
class Ref:
    """The id of a record whose fields nobody needs."""

    id: int | bool


@dataclass(frozen=True, slots=True)
class Door:
    """One API client.

    :ivar keys: SHA-256 digests of the API keys with the instant (epoch seconds) each one ends, or ``None``
    :ivar secrets: the signing secrets that were valid when this was read
    :ivar expires: epoch seconds, or ``None``
    :ivar ways: document type → way, for the documents this partner has an inbound route for
    :ivar scopes: what the client may do; see ``scopes.py``
    :ivar networks: where it may come from; empty: from anywhere
    :ivar internal: one of our own systems: it sees all partners of its company
    :ivar test: what it sends is tried out and changes nothing
    :ivar per_minute: requests it may make in a minute, evenly; 0: as many as it likes
    :ivar burst: requests it may make at once after a pause
    """

    client_id: int
    public_id: str
    name: str
    trade_partner_id: int
    company_id: int
    expires: float | None
    keys: tuple[tuple[str, float | None], ...] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    ways: dict[str, Way]
    scopes: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    internal: bool = False
    test: bool = False
    per_minute: int = 0
    burst: int = 1
    read_at: float = field(default_factory=lambda: time.monotonic())

    @property
    def scope(self):
        """Whose idempotency keys these are."""
        return f"client:{self.client_id}"

    def is_stale(self):
        return is_old(self.read_at)


#: the door of those who are nobody: it has no key that fits
NOBODY = Door(0, "", "", 0, 0, None, (), (), {})


def is_old(read_at):
    """Whether what was read at this instant (``time.monotonic()``) has to be read again."""
    return time.monotonic() - read_at > MAX_AGE


def read_again(model, name, key):
    """Read what a cached method knows once more, and keep that instead.

    :param model: recordset
    :param name: of its method under ``ormcache``, with the one argument ``key``
    """
    method = getattr(type(model), name)
    value = method.__wrapped__(model, key)
    method.__cache__.add_value(model, key, cache_value=value)
    return value


def epoch(value):
    """A naive UTC datetime of the ORM as epoch seconds; ``None`` for an empty one."""
    return value.replace(tzinfo=UTC).timestamp() if value else None


def forget(env):
    """Drop all cached doors, here now and everywhere once this transaction is committed.

    Again after the commit: with threads, a request that runs meanwhile may have read the old values back.
    """
    env.registry.clear_cache()
    env.cr.postcommit.add(env.registry.clear_cache)
