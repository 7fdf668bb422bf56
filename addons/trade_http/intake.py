"""The way in, for all controllers: ``enter`` → ``take`` → ``demand`` → ``store``; for what is read,
``admit``.

This is the hot path: a document costs two statements, each a transaction of its own. What nobody waits for is
left to ``afterwards``.
"""

import logging
import time
from contextlib import contextmanager
from math import ceil

from odoo.http import request
from odoo.modules import module
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ, STATUS_READY

from . import afterwards, direct, gate, limits, problems
from .resources import INTAKES, READS, ROOT

_logger = logging.getLogger(__name__)

_SEEN_EVERY = 60  # seconds between two notes of "last seen" per worker, client and address
_MAX_SEEN = 10_000
_last_seen = {}


# -- who ---------------------------------------------------------------------------------------


def enter(read):
    """Let the caller of the current request in.

    :param read: reads the body; called only when it is signed
    :return: :class:`gate.Visit`
    :raise gate.Denied: it is not let in; give it to :func:`refusal`
    """
    httprequest = request.httprequest
    env = request.env
    try:
        visit = gate.enter(
            env["trade.api.client"]._door,
            httprequest.headers,
            read,
            address=httprequest.remote_addr or "",
            tokens=env["trade.api.issuer"]._public_id,
        )
    except gate.Denied as denied:
        if denied.door:
            # Asking for a client we do not know costs a query; so does a client that fails.
            env["trade.api.client"]._exists(denied.client)
        raise
    _note_seen(visit)
    return visit


def take(visit):
    """Count this request against the client's limit.

    :return: headers for the answer, which say how much is left
    :raise gate.TooMany: it has to wait
    """
    door = visit.door
    if not door.per_minute:
        return []
    taken = limits.leased(request.db, door)
    if taken is None:
        taken = direct.run(request.env.cr, lambda own: limits.take(own, request.db, door))
    if not taken.allowed:
        raise gate.TooMany(ceil(taken.seconds), visit, taken.headers(door))
    return taken.headers(door)


def admit(scope, read=lambda: request.httprequest.get_data(parse_form_data=False)):
    """``enter``, ``take`` and ``demand`` for what is read.

    :return: the visit, and headers for the answer
    :raise gate.Denied: see there
    """
    visit = enter(read)
    headers = take(visit)
    if scope:
        gate.demand(visit, scope)
    return visit, headers


def refusal(denied):
    """The answer to a caller who was denied something; the reason goes into our log and is counted.

    All who were not let in get the same answer. Whoever is known learns what is missing.
    """
    httprequest = request.httprequest
    operation = f"{httprequest.method} {_collection(httprequest.path)}"
    request.env["trade.api.denial"]._note(request.db, denied, httprequest.remote_addr or "", operation)
    _logger.log(
        # A client that is merely too fast must not fill the log as well.
        logging.INFO if isinstance(denied, gate.TooMany) else logging.WARNING,
        "denied: client %s from %s, %s %r: %s",
        denied.client or "unknown",
        httprequest.remote_addr,
        httprequest.method,
        httprequest.path[:200],
        denied.why,
    )
    if isinstance(denied, gate.TooMany):
        return problems.answer(problems.TOO_MANY, denied.headers)
    if isinstance(denied, gate.Forbidden):
        return problems.answer(
            problems.FORBIDDEN, detail=f"The scope {denied.scope} is missing.", scope=denied.scope
        )
    return problems.answer(problems.DENIED)


def _collection(path):
    """What was wanted, as one of few words: callers make up paths."""
    name = path.removeprefix(f"{ROOT}/").partition("/")[0]
    return name if name in INTAKES or name in READS or name in ("messages", "documents") else "other"


def _note_seen(visit):
    slot = (request.db, visit.door.client_id, visit.address)
    now = time.monotonic()
    if now - _last_seen.get(slot, -_SEEN_EVERY) >= _SEEN_EVERY:
        if len(_last_seen) >= _MAX_SEEN:
            _last_seen.clear()
        _last_seen[slot] = now
        afterwards.count(request.db, "seen", slot[1:])


# -- storing -----------------------------------------------------------------------------------


def store(env, visit, way, raw, key, content_type=None, trace_id=None):
    """Store a document. When this returns, it is on the disk, and its lane is woken soon.

    :param env: of the request
    :param way: :class:`door.Way`
    :param bytes raw: as it came, decompressed
    :param key: the idempotency key
    :return: :class:`Receipt`; its outcome is ``stored``, ``known`` (the same came before), ``conflict``
        (another one
        came under this key) or ``running`` (another request stores this key at this moment)
    """
    receipt = direct.run(
        env.cr,
        lambda own: env["trade.message"]._receive_alone(
            own,
            raw,
            route=way,
            scope=visit.door.scope,
            key=key,
            content_type=content_type,
            trace_id=trace_id,
        ),
    )
    if receipt.outcome == "stored":
        afterwards.wake(request.db, f"in/{way.id}")
    return receipt


@contextmanager
def statement_by_statement():
    """An environment in which every statement is a transaction of its own, at READ COMMITTED.

    A document is one insert, so nothing more is needed, and four round trips to the database are saved.
    Two requests with one key at the same instant: the second insert waits for the first and then finds
    its message. Under Odoo's REPEATABLE READ it would fail and be tried again after a random sleep.

    There is no user: what arrives was made by none of ours.
    """
    connection = request.env.cr.connection
    if connection.status != STATUS_READY and not module.current_test:
        request.env.cr.rollback()
    plain = connection.status == STATUS_READY  # never so in a test, whose one transaction goes on
    if plain:
        # First, or psycopg2 would carry Odoo's isolation level over into each statement.
        connection.set_session(isolation_level="DEFAULT", readonly="DEFAULT")
        connection.autocommit = True
    try:
        yield request.env
    finally:
        if plain:
            connection.autocommit = False
            connection.set_isolation_level(ISOLATION_LEVEL_REPEATABLE_READ)
