import logging
import random
import time
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from types import ModuleType
from typing import NamedTuple

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY
from odoo.tools import SQL
from psycopg2.errors import OperationalError
from psycopg2.extensions import STATUS_READY

from ..pipeline import inbound, outbound, relay
from ..pipeline.failures import quarantine
from ..pipeline.step import Conflict, Step

# Lanes live on connections of their own, which nobody else commits (docs/adr/0001).
# pylint: disable=invalid-commit

_logger = logging.getLogger(__name__)

CONCURRENCY_TRIES = 5
TRIED = 20  # documents of a file that a preview runs


class Tried(NamedTuple):
    """A document of a file that was tried out.

    :ivar lines: how many it has
    :ivar outcome: as :meth:`TradeLane._dry_run` returns them
    """

    document: str
    lines: int
    outcome: dict


class Road(NamedTuple):
    """How the lanes of one kind are drained.

    :ivar module: ``ready(env, lane, limit) -> ids`` and ``step(env, lane, limit) -> Step``
    :ivar channel: of its jobs
    :ivar quarantine: ``quarantine(env, lane, error)`` sets aside the one thing that breaks the road itself
    :ivar batch: how much one step takes
    :ivar seconds: then the job ends and wakes its lane again, so that nobody waits behind a long one
    """

    module: ModuleType
    channel: str
    quarantine: Callable
    batch: int = 50
    seconds: float = 20.0


#: what a lane's name begins with → its road
ROADS = {
    "in": Road(inbound, "root.trade.intake", partial(quarantine, inbound.ready)),
    # Partners take turns: a slow one has its jobs, like all others, but no job is long.
    "out": Road(outbound, "root.trade.send", partial(quarantine, outbound.ready), batch=100, seconds=5.0),
    "events": Road(relay, "root.trade.intake", relay.quarantine, batch=500),
}


class TradeLane(models.AbstractModel):
    """A lane is a route or a shard of it: the unit of asynchronous work. A job drains it, one at a time.

    Nothing about a lane is stored: its name stands on the messages, its lock is PostgreSQL's.
    """

    _name = "trade.lane"
    _description = "Lane of Trade Messages"

    # -- waking --------------------------------------------------------------------------------

    @api.model
    def _wake_after_commit(self, lanes, eta=None):
        """Wake lanes once the current transaction is committed; nothing happens when it is rolled back.

        :param datetime eta: see :meth:`_wake`
        """
        pending = self.env.cr.postcommit.data.setdefault("trade.lane.wake", {})
        if not pending:
            cr, registry = self.env.cr, self.env.registry
            self.env.cr.postcommit.add(lambda: self._wake_pending(cr, registry, pending))
        pending.setdefault(eta, set()).update(lanes)

    @staticmethod
    def _wake_pending(cr, registry, pending):
        try:
            for eta, lanes in pending.items():
                # The connection that has just committed is idle: the one question costs nothing else.
                idle = cr.connection.status == STATUS_READY
                asleep = _asleep(cr, lanes, eta) if idle else sorted(lanes)
                if idle:
                    cr.connection.rollback()
                if asleep:
                    with registry.cursor() as own:
                        api.Environment(own, api.SUPERUSER_ID, {})["trade.lane"]._wake(asleep, eta)
        except Exception:
            # The documents are safe; the scheduler wakes their lanes within a minute.
            _logger.exception("could not wake lanes %s", pending)
        finally:
            pending.clear()

    @api.model
    def _wake_asleep(self, lanes):
        """As :meth:`_wake`, for lanes that mostly have a job waiting already: one query finds that out."""
        self.env.cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        if asleep := _asleep(self.env.cr, lanes, None):
            self._wake(asleep)

    @api.model
    def _wake(self, lanes, eta=None):
        """Enqueue a drain job for every lane that has none waiting. Needs a transaction of its own, which
        becomes READ COMMITTED: what it looks at must be what is true now.

        A job that is waiting has not begun its transaction, so it will see everything committed by now.

        :param datetime eta: not before this instant (a retry, a probe); such a job does not count as waiting
        """
        self.env.cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        for lane in lanes:
            identity = _identity(lane, eta)
            # Whoever holds this lock is about to enqueue the very job we want.
            [(mine,)] = self.env.execute_query(
                SQL("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 1))", identity)
            )
            if not mine or not _asleep(self.env.cr, [lane], eta):
                continue
            self.with_delay(
                identity_key=identity,
                channel=self._road(lane).channel,
                eta=eta,
                description=f"Drain {lane}",
                max_retries=0,
            )._drain(lane)

    @api.model
    def _wake_ready(self, routes):
        """Wake the lanes of these routes that have work, after the commit."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT lane FROM trade_message"
                " WHERE route_id = ANY(%s) AND state IN ('received', 'queued')",
                routes.ids,
            )
        )
        self._wake_after_commit([lane for (lane,) in rows])

    @api.model
    def _cron_wake(self):
        """The net under lost wake-ups: every lane with due messages gets a job (cron, every minute)."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT m.lane FROM trade_message m"
                " JOIN trade_route r ON r.id = m.route_id JOIN trade_partner p ON p.id = r.trade_partner_id"
                " WHERE m.state IN ('received', 'queued') AND r.active AND r.mode <> 'stopped'"
                " AND p.state NOT IN ('suspended', 'closed')"
                " AND (m.not_before IS NULL OR m.not_before <= now() AT TIME ZONE 'UTC')"
            )
        )
        lanes = [lane for (lane,) in rows] + relay.due(self.env)
        self.env.cr.commit()
        self._wake(lanes)

    # -- draining ------------------------------------------------------------------------------

    @api.model
    def _drain(self, lane):
        """Job: work off the lane's ready messages until none is left or the time is up.

        May run twice and may be killed at any line: what was not committed is undone by PostgreSQL, what
        was sent but not recorded is sent again under the same key.
        """
        road = self._road(lane)
        deadline = time.monotonic() + road.seconds
        moved, last, size = 0, Step(0), road.batch
        with self._lock(lane) as env:
            if env is None:
                return "another worker is on this lane"
            while time.monotonic() < deadline:
                try:
                    last = self._retrying(env, road.module.step, lane, size)
                except (Conflict, OperationalError):
                    break  # others keep writing the same records: a later job finds it quieter
                except Exception as error:
                    # The pipeline itself broke. Find the message that breaks it and hold that one alone.
                    if size == 1:
                        self._retrying(env, road.quarantine, lane, error)
                    size = 1
                    continue
                moved += last.count
                if not last.count:
                    break
        if not last.blocked:
            # Covers what arrived after the last look and before the lock was released.
            self._rewake(lane)
        return f"{moved} messages"

    @staticmethod
    def _road(lane):
        return ROADS[lane.partition("/")[0]]

    @contextmanager
    def _lock(self, lane):
        """The lane's lock, on a connection of its own that outlives single transactions and dies with the
        worker; yields an environment on it, or ``None`` when somebody else drains."""
        with self.env.registry.cursor() as cr:
            cr.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [lane])
            [mine] = cr.fetchone()
            cr.commit()
            if not mine:
                yield None
                return
            try:
                yield api.Environment(cr, api.SUPERUSER_ID, {})
            finally:
                cr.rollback()
                cr.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [lane])
                cr.commit()

    @staticmethod
    def _retrying(env, step, *args):
        """One step in its own transaction(s); again when PostgreSQL reports a conflict."""
        for attempt in range(1, CONCURRENCY_TRIES + 1):
            try:
                result = step(env, *args)
                env.cr.commit()
                return result
            except Exception as error:
                env.cr.rollback()
                conflict = isinstance(error, Conflict) or (
                    isinstance(error, OperationalError) and error.pgcode in PG_CONCURRENCY_ERRORS_TO_RETRY
                )
                if not conflict or attempt == CONCURRENCY_TRIES:
                    raise
                time.sleep(random.uniform(0.0, 0.05 * 2**attempt))

    def _rewake(self, lane):
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            if self._road(lane).module.ready(env, lane, 1):
                cr.commit()
                env["trade.lane"]._wake([lane])

    # -- trying out ----------------------------------------------------------------------------

    @contextmanager
    def _rolled_back(self):
        """An environment on a connection of its own, in which anything may be done: all of it is rolled back.
        What the caller has not committed is not seen there."""
        with self.env.registry.cursor() as cr:
            try:
                yield api.Environment(cr, api.SUPERUSER_ID, {"trade_dry_run": True, "tracking_disable": True})
            finally:
                cr.rollback()

    @api.model
    def _dry_run(self, message_ids, prepare=None):
        """Run inbound messages in a transaction that is rolled back, on a connection of its own.

        :param prepare: called with the environment first, for example to add a mapping that is being tried
        :return: a dict per message: ``{message_id, state, reason, effects, error, notes}``
        """
        with self._rolled_back() as env:
            if prepare:
                prepare(env)
            return inbound.dry_run(env["trade.message"].browse(message_ids))

    @api.model
    def _dry_run_file(self, route, raw, filename=None):
        """Run a file, and every document in it, as if it had just come over a route; rolled back.

        :return: list of :class:`Tried`, at most ``TRIED``, and how many documents the file has
        """
        with self._rolled_back() as env:
            receipt = env["trade.message"]._receive(
                raw, route=route.with_env(env), scope="preview", key=uuid.uuid4().hex, filename=filename
            )
            file = env["trade.message"].browse(receipt.message_id)
            outcomes = inbound.dry_run(file)
            if file.child_ids:
                parts = file.child_ids.sorted("id")
                outcomes = [one for one in outcomes if one["state"] == "held"]
                outcomes += inbound.dry_run(parts[:TRIED])
            messages = env["trade.message"].browse(outcome["message_id"] for outcome in outcomes)
            tried = [
                Tried(message.display_name, inbound.line_count(message), outcome)
                for message, outcome in zip(messages, outcomes, strict=True)
            ]
            return tried, max(len(file.child_ids), 1)


def _identity(lane, eta):
    return f"trade.lane:{lane}" if eta is None else f"trade.lane:{lane}@{eta:%Y%m%d%H%M%S}"


def _asleep(cr, lanes, eta):
    """Those of the lanes that have no job waiting. Under load mostly none: then this one query is all."""
    identities = {_identity(lane, eta): lane for lane in sorted(lanes)}
    cr.execute(
        "SELECT identity_key FROM queue_job WHERE identity_key = ANY(%s)"
        " AND state IN ('pending', 'enqueued', 'wait_dependencies')",
        [list(identities)],
    )
    waiting = {identity for (identity,) in cr.fetchall()}
    return [lane for identity, lane in identities.items() if identity not in waiting]
