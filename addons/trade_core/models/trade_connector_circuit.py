from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from odoo import fields, models
from odoo.tools import SQL
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo.addons.trade_kernel import circuit as circuits
from odoo.addons.trade_kernel import ratelimit
from odoo.addons.trade_kernel.circuit import Circuit
from odoo.addons.trade_kernel.errors import AuthenticationFailed, PartnerDown, TradeError

from ..tools import notice
from ..transport import Permit

#: the codes of the one problem a connector has that cannot be called
CODES = {"partner_down": "partner.down", "authentication": "partner.credentials"}
SETUP_CODES = (
    "connector.address_missing",
    "credential.missing",
    "credential.malformed",
    "credential.key_missing",
    "credential.key_malformed",
    "credential.key_wrong",
)
#: when to look again whether a person has set up what is missing; changes in Odoo wake the lanes at once
LOOK_AGAIN = timedelta(minutes=5)
#: how long a 429 without Retry-After keeps everybody back
DEFAULT_WAIT_SECONDS = 30.0


class TradeConnector(models.Model):
    """Whether a partner may be called now, and what its answers say about that."""

    _inherit = "trade.connector"

    def _permit(self, count=1):
        """Ask for calls. A transaction of its own decides, so that workers see what the others took.

        A yes takes tokens of the rate limit and, when the circuit is not closed, is the one probe. Must not
        be asked while the current transaction has changed the connector itself.

        :param int count: how many calls are wanted; fewer may be granted
        :return: :class:`~..transport.Permit`
        """
        self.ensure_one()
        with self._own_transaction() as connector:
            return connector._permit_now(count)

    def _give_back(self, count):
        """Calls that were granted and not made."""
        self.ensure_one()
        if not self.rate_per_minute:
            return
        with self._own_transaction() as connector:
            connector.env.cr.execute(
                "UPDATE trade_connector_bucket SET tokens = least(tokens + %s, %s) WHERE connector_id = %s",
                [count, float(connector.burst), connector.id],
            )

    @contextmanager
    def _own_transaction(self):
        with self.env.registry.cursor() as cr:
            # What counts is what others committed while we waited for the lock, not what was there before.
            if cr.connection.get_transaction_status() == TRANSACTION_STATUS_IDLE:
                cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            yield self.with_env(self.env(cr=cr)).sudo()

    def _permit_now(self, count):
        now = fields.Datetime.now()
        row = self._lock_row()
        if not row["active"] or row["paused"]:
            return Permit(False, reason=row.get("pause_reason") or self.env._("The connector is paused."))
        circuit = _circuit(row)
        if not circuits.may_call(circuit, now):
            return Permit(
                False, circuits.wait_until(circuit, now), row["circuit_reason"], waits_for_partner=True
            )
        if row["wait_until"] and row["wait_until"] > now:
            return Permit(False, row["wait_until"], self.env._("The partner asked us to wait."))
        if reason := self._check_setup(row):
            return Permit(False, now + LOOK_AGAIN, reason, waits_for_partner=True)
        if circuit.state != "closed":
            count = 1
        granted, wait = self._take_tokens(row, count)
        if not granted:
            # A second more than needed costs nothing; one less is a call for nothing.
            later = now + timedelta(seconds=int(wait) + 1)
            return Permit(False, later, self.env._("As many calls were made as the partner allows."))
        if circuit.state != "closed":
            self._write_circuit(circuits.on_probe(circuit, self._policy(row), now))
        return Permit(True, count=granted)

    def _check_setup(self, row):
        """What a person must set up before anything can be sent, in words; documents wait for it together."""
        error = self._setup_error()
        if error and (row["circuit_class"], row["circuit_reason"]) != ("setup", error.message):
            self.write({"circuit_class": "setup", "circuit_reason": error.message})
            self.flush_recordset()
        return error and error.message

    def _setup_error(self):
        try:
            self._check_ready()
        except TradeError as error:
            return error
        return None

    def _lock_row(self, always=False):
        """The connector's row as it is now; locked unless its circuit is closed, when nothing is written."""
        columns = SQL(
            "active, paused, pause_reason, rate_per_minute, burst, wait_until, circuit_state, circuit_class,"
            " circuit_failures, circuit_openings, circuit_opened_at, circuit_probe_at, circuit_reason,"
            " circuit_threshold, circuit_window, circuit_cooldown, circuit_cooldown_max"
        )
        query = SQL("SELECT %s FROM trade_connector WHERE id = %s", columns, self.id)
        self.flush_recordset()
        row = None if always else self._fetch_row(query)
        if row is None or row["circuit_state"] != "closed":
            row = self._fetch_row(SQL("%s FOR NO KEY UPDATE", query))
        return row

    def _fetch_row(self, query):
        self.env.cr.execute(query)
        return self.env.cr.dictfetchone() or {"active": False, "paused": True, "circuit_state": "closed"}

    def _take_tokens(self, row, count):
        """Take calls from the bucket, on the database's clock, which is the same for every worker.

        :return: ``(how many were taken, seconds to wait)``; the seconds count when none was
        """
        if not row["rate_per_minute"]:
            return count, 0.0
        policy = ratelimit.RatePolicy(float(row["rate_per_minute"]), row["burst"])
        cr = self.env.cr
        look = (
            "SELECT tokens, at, extract(epoch FROM clock_timestamp())::float8 FROM trade_connector_bucket"
            " WHERE connector_id = %s FOR NO KEY UPDATE"
        )
        cr.execute(look, [self.id])
        if not cr.rowcount:
            cr.execute(
                "INSERT INTO trade_connector_bucket (connector_id) VALUES (%s) ON CONFLICT DO NOTHING",
                [self.id],
            )
            cr.execute(look, [self.id])
        [(tokens, at, now)] = cr.fetchall()
        bucket = ratelimit.refill(ratelimit.Bucket(tokens or 0.0, at), policy, now)
        granted = max(min(count, int(bucket.tokens)), 1)
        bucket, wait = ratelimit.take(bucket, policy, now, granted)
        cr.execute(
            "UPDATE trade_connector_bucket SET tokens = %s, at = %s WHERE connector_id = %s",
            [bucket.tokens, bucket.at, self.id],
        )
        return (0, wait) if wait > 0 else (granted, 0.0)

    # -- what came of a call ---------------------------------------------------------------------

    def _record_calls(self, results):
        """Learn from the calls of a batch, in their order: :meth:`_record_call` is asked about every call
        that did not simply succeed, and once about each row of those that did.

        :param results: list of :class:`~..transport.SendResult`
        :return: the connector's problem when it is resting now, else an empty recordset
        """
        problem, last = self.env["trade.exception"], len(results) - 1
        for index, result in enumerate(results):
            if result.outcome != "ok" or index == last or results[index + 1].outcome != "ok":
                problem = self._record_call(result)
        return problem

    def _record_call(self, result):
        """Learn from a call; part of the transaction that records its outcome.

        :param result: :class:`~..transport.SendResult`
        :return: the connector's problem when it is resting now, else an empty recordset
        """
        self.ensure_one()
        nothing = self.env["trade.exception"]
        connector = self.sudo()
        if result.outcome in ("ok", "refused"):  # refused: the partner answered
            connector._recovered(connector._lock_row())
            return nothing
        row = connector._lock_row(always=True)
        connector._obey(result)
        if result.http_status == 429:
            return nothing  # they are well, we are too fast
        return connector._failed(row, result)

    def _heal(self):
        """The connection was proven to work: what waits for it goes on."""
        for connector in self:
            connector._recovered(connector._lock_row())

    def _recovered(self, row):
        circuit = circuits.on_success(_circuit(row), fields.Datetime.now())
        if circuit == _circuit(row) and not row["circuit_class"]:
            return
        self._write_circuit(circuit, circuit_class=False, circuit_reason=False)
        if row["circuit_class"]:
            self._circuit_problems()._auto_resolve(self.env._("%s answers again.", self.display_name))
            self._wake_lanes(at_once=True)

    def _failed(self, row, result):
        now = fields.Datetime.now()
        policy, before = self._policy(row), _circuit(row)
        refused = result.outcome == "auth"
        if refused:  # more tries with the same credentials may lock us out
            policy = replace(policy, failures=1)
        circuit = circuits.on_failure(before, policy, now)
        opened = circuit.state == "open" and (before.state != "open" or circuit.opened_at != before.opened_at)
        if not opened:
            if circuit != before:
                self._write_circuit(circuit)
            return self._open_problem() if circuit.state == "open" else self.env["trade.exception"]
        kind = "authentication" if refused else "partner_down"
        reason = self._reason(before, circuit, result, now)
        self._write_circuit(circuit, circuit_class=kind, circuit_reason=reason)
        other = self._circuit_problems().filtered(lambda problem: problem.code != CODES[kind])
        if other:
            other._auto_resolve(self.env._("It is something else now: %s", reason))
        return self._open_problem(result.http_status)

    def _reason(self, before, circuit, result, now):
        """Why it rests, in words: ``5 failures in 3 min; last: … did not answer within 30 s.``"""
        said = (result.detail or (f"HTTP {result.http_status}" if result.http_status else "")).rstrip(".")[
            :300
        ]
        if result.outcome == "auth":
            return self.env._("Refuses our credentials: %s", said)
        if before.state == "half_open":
            return self.env._("The probe failed: %s", said)
        if now - circuit.failures[0] < timedelta(seconds=1):
            return self.env._(
                "%(count)s failures at once; last: %(said)s", count=len(circuit.failures), said=said
            )
        span = self._duration(now - circuit.failures[0])
        return self.env._(
            "%(count)s failures in %(time)s; last: %(said)s",
            count=len(circuit.failures),
            time=span,
            said=said,
        )

    def _obey(self, result):
        """Keep every call back as long as the partner asked, not only the document that was told."""
        asked = result.retry_after
        if asked is None and result.http_status == 429:
            asked = DEFAULT_WAIT_SECONDS
        if asked:
            seconds = min(asked, self._retry_policy().max_retry_after_seconds)
            until = fields.Datetime.now() + timedelta(seconds=int(seconds) + 1)
            if not self.wait_until or self.wait_until < until:
                self.wait_until = until

    # -- the problem people see ------------------------------------------------------------------

    def _open_problem(self, status=None):
        """The one problem of a connector that cannot be called, created when it is missing.

        :return: ``trade.exception``
        """
        self.ensure_one()
        connector = self.sudo()
        error = connector._circuit_error(status)
        found = connector._circuit_problems().filtered(lambda problem: problem.code == error.code)
        return found or connector.env["trade.exception"]._open(
            error,
            company=connector.company_id,
            trade_partner=connector.trade_partner_id,
            connector=connector,
        )

    def _circuit_problems(self):
        return self.env["trade.exception"].search(
            [
                ("connector_id", "=", self.id),
                ("is_open", "=", True),
                ("code", "in", [*CODES.values(), *SETUP_CODES]),
            ]
        )

    def _circuit_error(self, status):
        if self.circuit_class == "setup" and (error := self._setup_error()):
            return error
        who = self.trade_partner_id.name or self.display_name
        subject = f"connector:{self.id}"
        if self.circuit_class == "authentication":
            return AuthenticationFailed(
                "partner.credentials", partner=who, status=status or "?", subject=subject
            )
        reason = (self.circuit_reason or "").rstrip(".")
        return PartnerDown("partner.down", partner=who, detail=reason, subject=subject)

    def _credential_changed(self, credential, version):
        """Who changed a secret and when stands in the connector's history; the secret does not. If the
        partner had refused the earlier one, one document tries the new one now."""
        for connector in self:
            words = self.env._(
                "%(name)s: version %(number)s was set.", name=credential.name, number=version.number
            )
            connector.message_post(body=words)
            if connector.circuit_class in ("setup", "authentication"):
                connector.sudo()._try_again()

    def _try_again(self):
        """Something was put right: let one document see, without waiting for the next probe."""
        self._lock_row()
        self.write({"circuit_probe_at": fields.Datetime.now(), "wait_until": False})
        return self._wake_lanes(at_once=True)

    def action_probe(self):
        """Do not wait for the next probe: send one document now, or test the connection when none waits."""
        self.ensure_one()
        if not self.env.user.has_group("trade_core.group_trade_user"):
            self.check_access("write")
        connector = self.sudo()
        if connector._try_again():
            message = self.env._("One document is sent now. The connector shows what came of it.")
            return notice(message)
        steps = connector._run_test()
        return self._show_test(steps)

    def _wake_lanes(self, at_once=False):
        """Wake the lanes that wait for these connectors.

        :param bool at_once: also the documents whose own next try would be later
        :return: the lanes
        """
        self.env["trade.message"].flush_model(["state", "not_before"])
        if at_once:
            self.env.cr.execute(
                SQL(
                    "UPDATE trade_message SET not_before = NULL WHERE id IN (SELECT id FROM trade_message"
                    " WHERE connector_id = ANY(%s) AND state = 'queued' AND not_before IS NOT NULL"
                    " FOR NO KEY UPDATE SKIP LOCKED)",
                    self.ids,
                )
            )
            self.env["trade.message"].invalidate_model(["not_before"])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT lane FROM trade_message WHERE connector_id = ANY(%s) AND state = 'queued'",
                self.ids,
            )
        )
        lanes = [lane for (lane,) in rows]
        if lanes:
            self.env["trade.lane"]._wake_after_commit(lanes)
        return lanes

    # -- the circuit in the row --------------------------------------------------------------------

    def _policy(self, row):
        return circuits.CircuitPolicy(
            row["circuit_threshold"],
            row["circuit_window"],
            row["circuit_cooldown"],
            row["circuit_cooldown_max"],
        )

    def _write_circuit(self, circuit, **vals):
        self.write(
            {
                "circuit_state": circuit.state,
                "circuit_failures": [moment.isoformat() for moment in circuit.failures] or False,
                "circuit_openings": circuit.openings,
                "circuit_opened_at": circuit.opened_at or False,
                "circuit_probe_at": circuit.probe_at or False,
                **vals,
            }
        )
        self.flush_recordset()


def _circuit(row):
    return Circuit(
        state=row["circuit_state"],
        failures=tuple(map(datetime.fromisoformat, row["circuit_failures"] or ())),
        opened_at=row["circuit_opened_at"],
        probe_at=row["circuit_probe_at"],
        openings=row["circuit_openings"] or 0,
    )
