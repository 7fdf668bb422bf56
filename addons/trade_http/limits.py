"""How much and how fast: the limits of a request, each of them a setting with its reason."""

from math import ceil
from typing import NamedTuple

from odoo.tools import SQL

from odoo.addons.trade_kernel import limits as kernel

#: setting → its value unless set
DEFAULTS = {
    "trade_http.max_bytes": kernel.DEFAULT.max_bytes,
    "trade_http.max_ratio": 100,
    "trade_http.body_seconds": 30,
}


def setting(env, name):
    """One of the limits, a whole number."""
    return int(env["ir.config_parameter"].sudo().get_param(name) or DEFAULTS[name])


# -- how many ----------------------------------------------------------------------------------

_TAKE = """
INSERT INTO trade_api_bucket AS bucket (client_id, full_at)
VALUES (%(client)s, clock_timestamp() + %(each)s * interval '1 second')
ON CONFLICT (client_id) DO UPDATE
SET full_at = GREATEST(bucket.full_at, clock_timestamp()) + %(each)s * interval '1 second'
WHERE bucket.full_at <= clock_timestamp() + %(slack)s * interval '1 second'
RETURNING extract(epoch FROM full_at - clock_timestamp())::float8"""
_LEFT = """
SELECT extract(epoch FROM full_at - clock_timestamp())::float8 FROM trade_api_bucket WHERE client_id = %s"""


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


def take(env, door):
    """Take one request out of the client's bucket.

    The bucket is one instant: when it will be full again (GCRA, the generic cell rate algorithm; the same as a
    bucket of ``burst`` tokens into which ``per_minute`` of them drip evenly). One statement in a transaction of
    its own; the row's lock makes it right across workers. The table is unlogged: nothing waits for the disk,
    and after a crash of the server all buckets are full.
    """
    each = 60 / door.per_minute
    slack = each * (door.burst - 1)
    rows = env.execute_query(SQL(_TAKE, client=door.client_id, each=each, slack=slack))
    if rows:
        full = max(rows[0][0], 0.0)
        return Taken(True, max(int(door.burst - full / each), 0), full)
    [(full,)] = env.execute_query(SQL(_LEFT, door.client_id)) or [(0.0,)]
    return Taken(False, 0, max(full - slack, 0.001))
