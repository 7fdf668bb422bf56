import random
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from psycopg2 import OperationalError

from odoo.addons.trade_kernel import retry
from odoo.addons.trade_kernel.errors import DuplicateContent, PartnerDown, TradeError, ValidationFailed

from ..pipeline.failures import as_trade_error
from ..pipeline.step import Conflict
from ..tools import notice
from ..transport import PollResult, SendResult

RECORD_TRIES = 12
TELL_AFTER = 3  # failed fetches in a row before people are told
#: problems that are over when a fetch works
HEALED = ("connector.refused", "poll.failing", "connector.transport_missing")

# Polling runs on a connection of its own, like a lane (docs/adr/0001).
# pylint: disable=invalid-commit


class TradeRoute(models.Model):
    """Fetching what partners keep for us."""

    _inherit = "trade.route"

    transport = fields.Selection(related="connector_id.transport")
    connector_paused = fields.Boolean(related="connector_id.paused")
    connector_environment = fields.Selection(related="connector_id.environment")
    poll_etag = fields.Char(copy=False, readonly=True, help="What the partner called its last answer.")
    poll_failures = fields.Integer("Failed fetches in a row", copy=False, readonly=True)

    _poll_interval_range = models.Constraint(
        "CHECK (NOT poll OR poll_interval >= 1)", "Fetch every minute at most."
    )
    _poll_due_idx = models.Index("(poll_next) WHERE poll AND active")

    def action_poll_now(self):
        """Fetch now instead of at the next appointed time."""
        self.ensure_one()
        if not self.env.user.has_group("trade_core.group_trade_user"):
            self.check_access("write")
        if not self.poll:
            raise UserError(self.env._("Switch polling on first; the partner may also send by itself."))
        route, now = self.sudo(), fields.Datetime.now()
        # Earlier than what was asked for before: a fetch that is running must see that it was asked again,
        # also within the same second.
        asked = route.poll_next
        route.poll_next = asked - timedelta(seconds=1) if asked and asked <= now else now
        self._wake_poll_after_commit()
        return notice(self.env._("Fetching. What comes appears under Messages."))

    # -- waking ----------------------------------------------------------------------------------

    @api.model
    def _cron_poll(self):
        """Enqueue a fetch for every route that is due and has none waiting (cron, every minute)."""
        rows = self.env.execute_query(
            SQL(
                "SELECT r.id FROM trade_route r JOIN trade_connector c ON c.id = r.connector_id"
                " WHERE r.poll AND r.active AND r.direction = 'in' AND c.active AND c.paused IS NOT TRUE"
                " AND (r.poll_next IS NULL OR r.poll_next <= now() AT TIME ZONE 'UTC') ORDER BY r.poll_next"
            )
        )
        self.env.cr.commit()
        self.browse([route_id for (route_id,) in rows])._wake_poll()

    def _wake_poll_after_commit(self):
        registry, ids = self.env.registry, self.ids

        def wake():
            with registry.cursor() as cr:
                api.Environment(cr, api.SUPERUSER_ID, {})["trade.route"].browse(ids)._wake_poll()

        self.env.cr.postcommit.add(wake)

    def _wake_poll(self):
        """Enqueue a fetch unless one waits; needs a transaction of its own (see ``trade.lane._wake``)."""
        self.env.cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        for route in self:
            identity = f"trade.poll:{route.id}"
            [(mine,)] = self.env.execute_query(
                SQL("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 1))", identity)
            )
            if mine and not self.env.execute_query(
                SQL(
                    "SELECT 1 FROM queue_job WHERE identity_key = %s"
                    " AND state IN ('pending', 'enqueued', 'wait_dependencies') LIMIT 1",
                    identity,
                )
            ):
                route.with_delay(
                    identity_key=identity,
                    channel="root.trade.intake",
                    description=f"Fetch {route.name}",
                    max_retries=0,
                )._poll()

    # -- fetching --------------------------------------------------------------------------------

    def _poll(self):
        """Job: ask the partner once for new documents and store them.

        May run twice and may be killed at any line: the cursor moves in the transaction that stores the
        documents, and a document that is offered again is known by its key.
        """
        self.ensure_one()
        with self.env["trade.lane"]._lock(f"poll/{self.id}") as env:
            if env is None:
                return "another worker is fetching"
            route = self.with_env(env)
            if not route._may_poll():
                return "not due"
            permit = route.connector_id._permit()
            env.cr.commit()
            if not permit.allowed:
                if permit.waits_for_partner:
                    route.connector_id._open_problem()
                route.poll_next = permit.not_before or route._next_regular()
                env.cr.commit()
                return permit.reason
            return route._poll_once()

    def _may_poll(self):
        route = self.exists()
        due = not route.poll_next or route.poll_next <= fields.Datetime.now()
        return route.poll and due and route._is_running()

    def _poll_once(self):
        cr, started, asked_for = self.env.cr, fields.Datetime.now(), self.poll_next
        try:
            call = self.connector_id._trade_poll(self)
        except TradeError as error:
            self._poll_blocked(error)
            cr.commit()
            return error.message
        cr.commit()
        try:
            poll = call()
        except Exception as error:  # a transport's own fault: shown, and tried again later
            poll = PollResult(SendResult("retry", detail=as_trade_error(error).message))
        for again in range(1, RECORD_TRIES + 1):
            try:
                self.invalidate_recordset(["poll_next"])
                stored = self._poll_record(poll, started, again=self.poll_next != asked_for)
                cr.commit()
                break
            except (OperationalError, Conflict):
                # Somebody else wrote the same rows; do it again on what is true now.
                cr.rollback()
                if again == RECORD_TRIES:
                    raise
                time.sleep(random.uniform(0.0, 0.01 * again))
        if poll.result.outcome == "ok" and poll.done:
            poll.done()
        return f"{stored} new documents"

    def _poll_record(self, poll, started, again=False):
        """Store what came and when to ask next, in one transaction.

        :param bool again: somebody asked for it while the call was under way: its answer may be too old
        :return: how many documents were new
        """
        result, connector = poll.result, self.connector_id
        if not poll.silent:
            self.env["trade.attempt"].create(
                {
                    "connector_id": connector.id,
                    "company_id": self.company_id.id,
                    "kind": "poll",
                    "number": self.poll_failures + 1,
                    "started_at": started,
                    "duration_ms": result.duration_ms,
                    "outcome": result.outcome,
                    "http_status": result.http_status,
                    "error": result.detail or False,
                }
            )
        resting = connector._record_call(result)
        if result.outcome != "ok":
            self._poll_failed(result, resting)
            return 0
        receipts = [self._store(document) for document in poll.documents]
        stored = sum(receipt.outcome == "stored" for receipt in receipts)
        moved = poll.cursor is not None and poll.cursor != self.poll_cursor
        more = again or poll.more or (moved and bool(poll.documents))  # there may be another page
        conflicts = [
            document.key
            for document, receipt in zip(poll.documents, receipts, strict=True)
            if receipt.outcome == "conflict"
        ]
        self._settle_problems(conflicts)
        self.write(
            {
                "poll_cursor": poll.cursor if moved else self.poll_cursor,
                # An answer to another question has another tag.
                "poll_etag": False if moved else poll.etag or self.poll_etag,
                "poll_failures": 0,
                "poll_next": fields.Datetime.now() if more else self._next_regular(),
            }
        )
        if more:
            self._wake_poll_after_commit()
        return stored

    def _store(self, document):
        receipt = self.env["trade.message"]._receive(
            document.raw,
            route=self,
            scope=f"connector:{self.connector_id.id}",
            key=document.key,
            content_type=document.content_type,
            filename=document.filename,
        )
        if document.beside and receipt.outcome != "conflict":
            self.env["trade.message"].browse(receipt.message_id)._keep_beside(document.beside)
        return receipt

    def _next_regular(self):
        return fields.Datetime.now() + timedelta(minutes=max(self.poll_interval, 1))

    # -- when it does not work -------------------------------------------------------------------

    def _poll_failed(self, result, resting):
        """Ask again later: at the next appointed time, or later still when it fails again and again."""
        failures = self.poll_failures + 1
        policy = self.connector_id._retry_policy()
        delay = retry.next_delay(policy, failures, result.retry_after, random.random)
        later = fields.Datetime.now() + timedelta(seconds=policy.max_seconds if delay is None else delay)
        self.write({"poll_failures": failures, "poll_next": max(later, self._next_regular())})
        if resting:
            return  # the connector's own problem says so
        connector = self.connector_id.display_name
        reason = result.detail or f"HTTP {result.http_status}"
        if result.outcome == "refused":
            error = ValidationFailed(
                "connector.refused", connector=connector, reason=reason, subject=f"poll:{self.id}"
            )
            self._open_problem(error)
        elif failures >= TELL_AFTER:  # too seldom for the circuit to notice
            error = PartnerDown(
                "poll.failing", connector=connector, times=failures, reason=reason, subject=f"poll:{self.id}"
            )
            self._open_problem(error)

    def _poll_blocked(self, error):
        """It could not even be asked."""
        self.write({"poll_failures": self.poll_failures + 1, "poll_next": self._next_regular()})
        self._open_problem(error)

    def _open_problem(self, error):
        self.env["trade.exception"]._open(
            error,
            company=self.company_id,
            trade_partner=self.trade_partner_id,
            route=self,
            connector=self.connector_id,
        )

    def _settle_problems(self, conflicts):
        """A fetch that worked resolves what earlier ones complained about."""
        if conflicts:
            self._open_problem(
                DuplicateContent(
                    "poll.conflict",
                    connector=self.connector_id.display_name,
                    key=conflicts[0],
                    subject=f"poll:{self.id}:{conflicts[0]}",
                )
            )
        if not self.poll_failures:
            return
        problems = self.env["trade.exception"].search(
            [("route_id", "=", self.id), ("is_open", "=", True), ("code", "in", HEALED)]
        )
        problems._auto_resolve(self.env._("Documents could be fetched again."))
