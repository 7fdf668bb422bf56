"""The road of signals: an event said that a record changed, and the record is asked for.

One call for all signals about the same record that wait together; what arrives while a call is under way is
asked for once more, since the answer may be older. Calls are made without an open transaction, obey the
connector's limits and circuit, and are tried again as patiently as its policy says. A worker that dies before
the answer is recorded asks again: asking changes nothing at the partner's.
"""

import hashlib
import logging
import random
import secrets
import time
from datetime import timedelta
from urllib.parse import quote

from odoo import fields
from odoo.tools import SQL
from psycopg2 import OperationalError

from odoo.addons.trade_core import limits
from odoo.addons.trade_core.connectors import rest
from odoo.addons.trade_core.pipeline.failures import as_trade_error
from odoo.addons.trade_core.pipeline.failures import quarantine as hold_first
from odoo.addons.trade_core.pipeline.inbound import ready
from odoo.addons.trade_core.pipeline.outbound import RECORD_TRIES
from odoo.addons.trade_core.pipeline.step import Conflict, Step
from odoo.addons.trade_core.transport import SendResult
from odoo.addons.trade_kernel import hook_envelope, retry
from odoo.addons.trade_kernel.errors import DuplicateIgnored, PartnerDown, TradeError, ValidationFailed
from odoo.addons.trade_kernel.redaction import redact_text

_logger = logging.getLogger(__name__)


def step(env, lane, limit):
    """Fetch the records one batch of signals is about; commits on its own, see the module's head."""
    messages = env["trade.message"].browse(ready(env, lane, limit))
    if not messages:
        return Step(0)
    done = env["trade.message"]
    for message in messages:
        if message in done:
            continue
        signals = _together(message)
        if not _fetch(signals.with_company(message.company_id)):
            return Step(len(done), blocked=True)
        done |= signals
    return Step(len(done))


def quarantine(env, lane, error):
    """Hold the first signal of the lane, which broke the road itself."""
    hold_first(ready, env, lane, error)


def _together(message):
    """All signals that wait for the same record, this one included."""
    rows = message.env.execute_query(
        SQL(
            "SELECT id FROM trade_message WHERE lane = %s AND state = 'received'"
            " AND hook_rule_id = %s AND hook_record = %s ORDER BY id",
            message.lane,
            message.hook_rule_id.id,
            message.hook_record,
        )
    )
    return message.browse([message_id for (message_id,) in rows])


# -- the call ----------------------------------------------------------------------------------


def _fetch(signals):
    """One call for these signals.

    :return: whether the connector could be called; if not, the lane wakes when it can
    """
    env, rule = signals.env, signals[0].hook_rule_id
    connector = rule.fetch_connector_id
    if not rule.active or rule.action != "fetch" or not connector:
        _reconsider(signals)
        env.cr.commit()
        return True
    permit = connector._permit()
    env.cr.commit()
    if not permit.allowed:
        _wait(signals, connector, permit)
        env.cr.commit()
        return False
    try:
        line, url = _call(connector, rule, signals[0].hook_record)
    except TradeError as error:
        _hold(signals, error)
        env.cr.commit()
        return True
    env.cr.commit()
    headers = {"Accept": "application/json, */*;q=0.5", **rest.trace_headers(signals[0].trace_id)}
    started, clock = fields.Datetime.now(), time.perf_counter()
    try:
        result, reply = rest.call(line, "GET", url, headers=headers, limit=rest.POLL_LIMIT)
    except Exception as error:  # a fault of ours must not leave the signals without an end
        _logger.exception("fetching over connector %s failed", connector.id)
        detail, spent = redact_text(repr(error)), round((time.perf_counter() - clock) * 1000, 1)
        result, reply = SendResult("retry", detail=detail, duration_ms=spent), None
    for again in range(1, RECORD_TRIES + 1):
        try:
            _record(signals, connector, result, reply, started)
            env.cr.commit()
            break
        except (OperationalError, Conflict):
            env.cr.rollback()
            if again == RECORD_TRIES:
                raise
            time.sleep(random.uniform(0.0, 0.01 * again))
    return True


def _call(connector, rule, record):
    """
    :raise TradeError: the connector is not set up
    """
    line = connector._rest_line(f"fetch-{secrets.token_hex(8)}")
    return line, connector._rest_url(rule.fetch_path.replace("{id}", quote(record, safe="")))


def _reconsider(signals):
    """The rule has changed since: the events are looked at again."""
    for connector, messages in signals.grouped("connector_id").items():
        lane = f"hook/{connector.id}"
        messages.write({"lane": lane, "hook_rule_id": False, "hook_record": False, "not_before": False})
        signals.env["trade.lane"]._wake_after_commit([lane])


def _wait(signals, connector, permit):
    env, lane = signals.env, signals[0].lane
    if permit.waits_for_partner:
        waiting = env["trade.message"].search([("lane", "=", lane), ("state", "=", "received")])
        problem = connector._open_problem()
        problem._attach(waiting.filtered(lambda message: message.exception_id != problem))
    if permit.not_before:
        env["trade.lane"]._wake_after_commit([lane], eta=permit.not_before)


# -- what came of it ---------------------------------------------------------------------------


def _record(signals, connector, result, reply, started):
    env = signals.env
    for message in signals:
        message.attempt_count += 1
        message.hook_tries += 1
    attempt = {
        "message_id": signals[0].id,
        "connector_id": connector.id,
        "company_id": signals[0].company_id.id,
        "kind": "poll",
        "number": signals[0].attempt_count,
        "started_at": started,
        "duration_ms": result.duration_ms,
        "outcome": result.outcome,
        "http_status": result.http_status,
        "error": result.detail or False,
    }
    resting = connector._record_call(result)
    if result.outcome == "ok":
        _store(signals, reply)
    elif result.outcome == "refused":
        status = result.http_status
        _hold(
            signals,
            ValidationFailed(
                "hook.fetch_refused",
                record=signals[0].hook_record,
                status=status,
                reason=result.detail,
                connector=connector.display_name,
                subject=f"hook:rule:{signals[0].hook_rule_id.id}:HTTP {status}",
            ),
        )
    else:
        attempt["next_try_at"] = _try_later(signals, connector, result, resting)
    env["trade.attempt"].create(attempt)


def _store(signals, reply):
    """The record as it is now becomes a message on the rule's route, unless it is what came last."""
    first, rule = signals[0], signals[0].hook_rule_id
    try:
        raw = _document(rule, reply)
    except TradeError as error:
        _hold(signals, error)
        return
    last = first.search(
        [("hook_rule_id", "=", rule.id), ("hook_record", "=", first.hook_record), ("route_id", "!=", False)],
        order="id desc",
        limit=1,
    )
    problems, env = signals.exception_id, signals.env
    if last.payload_digest == hashlib.sha256(raw).hexdigest():
        same = DuplicateIgnored("hook.nothing_new", record=first.hook_record, other=last.id)
        signals._set_state("ignored", same.message)
        signals._log("fetched", note=same.message)
    else:
        receipt = first._receive(
            raw,
            route=rule.route_id,
            scope=f"fetched:{rule.id}",
            key=f"{first.id}:{first.attempt_count}",
            content_type=reply.headers.get("Content-Type", "")[:200] or None,
            trace_id=first.trace_id,
            parent=first,
            priority=first.priority,
            more={"hook_rule_id": rule.id, "hook_record": first.hook_record},
        )
        note = env._("Fetched as #%s", receipt.message_id)
        signals._set_state("applied", note)
        signals._log("fetched", note=note)
    problems._refresh()


def _document(rule, reply):
    """
    :raise TradeError: there is no document in the answer
    """
    if not reply.whole:
        raise ValidationFailed("file.too_large", size=len(reply.body), limit=rest.POLL_LIMIT)
    raw = reply.body
    if rule.pointer and raw:
        media_type = reply.headers.get("Content-Type")
        raw = hook_envelope.read(raw, media_type, limits.of(rule.env)).part(rule.pointer)
    if not raw:
        raise ValidationFailed(
            "hook.no_document", pointer=rule.pointer or "-", type=rule.pattern, subject=f"hook:rule:{rule.id}"
        )
    return raw


def _hold(signals, error):
    """Held until a person acts; then the event is looked at again, by the rule as it is then."""
    env = signals.env
    signals._log("fetched", "failed", note=error.message)
    for connector, messages in signals.grouped("connector_id").items():
        messages.write({"lane": f"hook/{connector.id}"})
    signals._set_state("held", error.message)
    env["trade.exception"]._report([(message, error) for message in signals])


def _try_later(signals, connector, result, resting):
    """Wait and try again, or hold when the policy says enough; while the connector rests, that is no try.

    :return: when it is tried again, or ``False``
    """
    env, lane = signals.env, signals[0].lane
    signals._log("fetched", "retry", result.duration_ms, result.detail)
    if resting:
        for message in signals:
            message.hook_tries -= 1
        resting._attach(signals)
        return False
    tries = max(signals.mapped("hook_tries"))
    delay = retry.next_delay(connector._retry_policy(), tries, result.retry_after, random.random)
    if delay is None:
        error = PartnerDown(
            "hook.fetch_failed", record=signals[0].hook_record, tries=tries, reason=result.detail
        )
        _hold(signals, as_trade_error(error))
        return False
    due = fields.Datetime.now() + timedelta(seconds=delay)
    signals.write({"not_before": due})
    env["trade.lane"]._wake_after_commit([lane], eta=due)
    return due
