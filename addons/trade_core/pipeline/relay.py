"""The events' road: what was committed gets its place in the feed, and everybody who wants it a message.

There is one lane, and whoever holds its lock is the only writer of places: an event that is committed late
gets a later place, so no reader that goes by places ever misses one. Places and messages are committed
together: a worker that dies leaves nothing half told.
"""

from odoo.tools import SQL

from .failures import as_trade_error
from .step import Step

LANE = "events"


def ready(env, lane, limit):
    """Ids of committed events without a place, as they were written."""
    rows = env.execute_query(
        SQL("SELECT id FROM trade_event WHERE position IS NULL ORDER BY id LIMIT %s", limit)
    )
    return [event_id for (event_id,) in rows]


def due(env):
    """The lane when it has something to do."""
    return [LANE] if ready(env, LANE, 1) else []


def step(env, lane, limit):
    """Relay one batch in the current transaction; the caller commits."""
    events = env["trade.event"].browse(ready(env, lane, limit))
    if not events:
        return Step(0)
    events._place()
    events._relay()
    return Step(len(events))


def quarantine(env, lane, error):
    """The first event broke the relay itself: it gets its place and a problem, its neighbours go on."""
    event = env["trade.event"].browse(ready(env, lane, 1))
    if event:
        event._place()
        event._relay_failed(as_trade_error(error))
