"""How much and how fast: the limits of a request, each of them a setting with its reason."""

import zlib
from math import ceil
from time import monotonic
from typing import NamedTuple

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from odoo.addons.trade_core import limits as core

from . import deadlines, problems
from .problems import Refused

#: setting → its value unless set, the least and the most it may be; beside those of ``trade_core``
SETTINGS = {
    "trade_http.max_ratio": (100, 2, 10_000),
    "trade_http.body_seconds": (30, 1, 600),
    "trade_http.denials_before_problem": (20, 1, 100_000),
    "trade_http.keep_denials_days": (90, 1, 3650),
}
#: how large a body may be, and what it unfolds to
MAX_BYTES = "trade_core.max_bytes"
#: content encoding → zlib's window bits: a gzip stream, a zlib stream
_ENCODINGS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
ENCODINGS = "gzip, deflate"
_CHUNK = 256 * 1024


def setting(env, name):
    """One of the limits, a whole number. Costs no query while it is cached."""
    return env["ir.http"]._trade_limit(name)


def read_setting(env, name):
    """As :func:`setting`, from the system parameters."""
    return core.number(env, name, *(SETTINGS | core.SETTINGS)[name])


# -- how large, how long -------------------------------------------------------------------------


def read_body(env, httprequest):
    """The body as it came over the line, read once and kept; signatures are over these bytes.

    :raise Refused: 413 larger than allowed, 408 not all of it came in time, 400 it broke off
    """
    if (raw := getattr(httprequest, "trade_body", None)) is not None:
        return raw
    most = setting(env, MAX_BYTES)
    httprequest.max_content_length = most + 1  # werkzeug cuts a chunked body silently, so we look beyond
    deadlines.begin(setting(env, "trade_http.body_seconds"))
    try:
        raw, broken = httprequest.get_data(parse_form_data=False), None
    except RequestEntityTooLarge:
        raise Refused(problems.TOO_LARGE, detail=f"At most {most} bytes are taken.") from None
    except (ClientDisconnected, OSError) as error:
        raw, broken = b"", error
    finally:
        late = deadlines.end()
    # werkzeug hides why: a worker's socket waits two seconds for the next byte.
    if late or isinstance(broken and broken.__context__ or broken, TimeoutError):
        raise Refused(problems.TOO_SLOW, [("Connection", "close")])
    if broken:
        raise Refused(problems.BAD_REQUEST, [("Connection", "close")])
    if len(raw) > most:
        raise Refused(problems.TOO_LARGE, detail=f"At most {most} bytes are taken.")
    httprequest.trade_body = raw
    return raw


def unpack(env, httprequest, raw):
    """The content: the body without its Content-Encoding. A bomb is noticed before it unfolds.

    :raise Refused: 415 another encoding, 413 too large unpacked, 400 it is not what it says
    """
    encoding = httprequest.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity") or not raw:
        return raw
    if encoding not in _ENCODINGS:  # also several: each could be a bomb of its own
        raise Refused(problems.ENCODING_UNKNOWN, [("Accept-Encoding", ENCODINGS)])
    most = min(setting(env, MAX_BYTES), max(len(raw) * setting(env, "trade_http.max_ratio"), _CHUNK))
    unpacker = zlib.decompressobj(wbits=_ENCODINGS[encoding])
    parts, size, rest = [], 0, raw
    try:
        while rest:
            if unpacker.eof:  # RFC 1952, 2.2: several members one after the other are one content
                unpacker = zlib.decompressobj(wbits=_ENCODINGS[encoding])
            part = unpacker.decompress(rest, min(_CHUNK, most + 1 - size))
            parts.append(part)
            size += len(part)
            if size > most:
                raise Refused(problems.INFLATED, detail=f"At most {most} bytes are taken, unpacked.")
            rest = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error:
        raise Refused(problems.ENCODING_BROKEN) from None
    if not unpacker.eof:
        raise Refused(problems.ENCODING_BROKEN)
    return b"".join(parts)


# -- how many ----------------------------------------------------------------------------------

# The bucket is one instant: when it will be full again (GCRA, the generic cell rate algorithm; the same as a
# bucket of ``burst`` tokens into which ``per_minute`` of them drip evenly). The row's lock makes it right
# across workers. The table is unlogged: nothing waits for the disk, and after a crash all buckets are full.
_TAKE = """
INSERT INTO trade_api_bucket AS bucket (client_id, full_at)
VALUES (%(client)s, clock_timestamp() + %(all)s * interval '1 second')
ON CONFLICT (client_id) DO UPDATE
SET full_at = GREATEST(bucket.full_at, clock_timestamp()) + %(all)s * interval '1 second'
WHERE bucket.full_at <= clock_timestamp() + (%(size)s - %(all)s) * interval '1 second'
RETURNING extract(epoch FROM full_at - clock_timestamp())::float8"""
_LEFT = """
SELECT extract(epoch FROM full_at - clock_timestamp())::float8 FROM trade_api_bucket WHERE client_id = %s"""

_LEASE_SECONDS = 1.0
_MAX_LEASE = 32
_MAX_LEASES = 10_000
_leases: dict[tuple, "_Lease"] = {}


class Taken(NamedTuple):
    """What is left in a client's bucket.

    :ivar allowed: whether a request was taken out
    :ivar left: how many are left
    :ivar seconds: until there is one again (not allowed), or until all are back (allowed)
    """

    allowed: bool
    left: int
    seconds: float

    def headers(self, door):
        """``RateLimit-Policy`` and ``RateLimit`` (draft-ietf-httpapi-ratelimit-headers)."""
        window = max(ceil(door.burst * 60 / door.per_minute), 1)
        return [
            ("RateLimit-Policy", f'"client";q={door.burst};w={window}'),
            ("RateLimit", f'"client";r={self.left};t={ceil(self.seconds)}'),
        ]


class _Lease:
    """Requests this process has taken out of a bucket beforehand, and how busy the client is here.

    Taken is taken: no more than allowed ever pass, whatever the workers do. What is not used within a second
    is lost, and a lease is an eighth of what came in the last second: only who sends a lot has one.
    """

    __slots__ = ("ask_at", "count", "left", "next_at", "seconds", "spare", "started", "until")

    def __init__(self, now):
        self.started, self.count = now, 0
        self.spare, self.until = 0, 0.0
        self.left, self.seconds = 0, 0.0
        # When there is one again, and when to ask the bucket: somebody may have filled it meanwhile.
        self.next_at, self.ask_at = 0.0, 0.0

    def size(self, now):
        """How many to take out now."""
        rate = self.count / max(now - self.started, _LEASE_SECONDS)
        if now - self.started > _LEASE_SECONDS:
            self.started, self.count = now, 0
        return max(1, min(int(rate / 8), _MAX_LEASE))


def leased(dbname, door):
    """A request out of what this process has taken out already.

    :return: :class:`Taken`, or ``None``: ask the bucket
    """
    lease, now = _leases.get(_slot(dbname, door)), monotonic()
    if lease is None:
        return None
    lease.count += 1
    if lease.spare and now < lease.until:
        lease.spare -= 1
        return Taken(True, lease.left + lease.spare, lease.seconds)
    if now < lease.ask_at:
        return Taken(False, 0, lease.next_at - now)
    return None


def take(connection, dbname, door):
    """A request out of the client's bucket, in one statement; see ``_Lease`` for why it may take several.

    :param connection: of :mod:`direct`
    :return: :class:`Taken`
    """
    now, slot = monotonic(), _slot(dbname, door)
    lease = _leases.get(slot)
    if lease is None:
        if len(_leases) >= _MAX_LEASES:
            _leases.clear()
        lease = _leases[slot] = _Lease(now)
    each = 60 / door.per_minute
    count = min(lease.size(now), max(door.burst // 4, 1))
    while True:
        rows = connection.query(
            _TAKE, {"client": door.client_id, "all": each * count, "size": each * door.burst}
        )
        if rows or count == 1:
            break
        count = 1  # hardly any are left: one by one
    if rows:
        full = max(rows[0][0], 0.0)
        lease.spare, lease.until = count - 1, now + _LEASE_SECONDS
        lease.left, lease.seconds = max(int(door.burst - full / each), 0), full
        return Taken(True, lease.left + lease.spare, full)
    [(full,)] = connection.query(_LEFT, [door.client_id]) or [(0.0,)]
    wait = max(full - each * (door.burst - 1), 0.001)
    lease.next_at, lease.ask_at = now + wait, now + min(wait, _LEASE_SECONDS)
    return Taken(False, 0, wait)


def refill(connection, client_ids):
    """Fill the buckets of clients, because another limit holds for them from now on."""
    connection.query(
        "DELETE FROM trade_api_bucket WHERE client_id = ANY(%s) RETURNING client_id", [client_ids]
    )


def _slot(dbname, door):
    """Whose lease it is; it ends when somebody changes the limit."""
    return dbname, door.client_id, door.per_minute, door.burst
