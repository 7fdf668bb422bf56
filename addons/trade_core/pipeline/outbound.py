"""The outbound road: record → canonical document → bytes → the partner.

Collecting and encoding is one committed step; each call to the partner is another: claim (committed), call
without an open transaction, record (committed). A worker that dies between call and record leaves a claim
behind; whoever drains the lane next sends again under the same key, by which the partner can tell.
"""

import base64
import hashlib
import logging
import random
import time
from datetime import timedelta

from odoo import fields
from odoo.tools import SQL
from psycopg2 import OperationalError

from odoo.addons.trade_kernel import codecs, retry
from odoo.addons.trade_kernel.canonical import canonical_digest
from odoo.addons.trade_kernel.errors import (
    BusinessRefused,
    PartnerDown,
    TradeError,
    ValidationFailed,
)
from odoo.addons.trade_kernel.redaction import redact_text

from ..transport import SendResult
from .failures import as_trade_error
from .step import Conflict, Step

_logger = logging.getLogger(__name__)

# Answers about what was sent; any other 3xx or 4xx is about where it was sent (RFC 9110, section 15.5).
ABOUT_THE_DOCUMENT = (400, 406, 409, 413, 415, 422)

RECORD_TRIES = 12


def ready(env, lane, limit):
    """Ids of the lane's messages that may go now, in order. A message waits for every earlier one about the
    same order that has not left yet: a change must never overtake its order."""
    rows = env.execute_query(
        SQL(
            """
        SELECT id FROM trade_message m
         WHERE lane = %s AND state = 'queued'
           AND (not_before IS NULL OR not_before <= now() AT TIME ZONE 'UTC')
           AND NOT EXISTS (
               SELECT 1 FROM trade_message earlier
                WHERE earlier.trade_partner_id = m.trade_partner_id AND earlier.thread = m.thread
                  AND earlier.direction = 'out' AND earlier.state IN ('queued', 'held')
                  AND earlier.route_id = m.route_id AND earlier.id < m.id)
         ORDER BY priority, id LIMIT %s""",
            lane,
            limit,
        )
    )
    return [message_id for (message_id,) in rows]


def step(env, lane, limit):
    """Prepare and send one batch of the lane; commits on its own, see the module's head."""
    messages = env["trade.message"].browse(ready(env, lane, limit))
    if not messages:
        return Step(0)
    route = messages[0].route_id
    if not route._is_running():
        return Step(0, blocked=True)
    messages = messages.with_company(route.company_id)
    prepare(messages.filtered(lambda message: not message.payload_digest))
    env.cr.commit()
    for message in messages.filtered(lambda message: message.state == "queued"):
        if not _send(message):
            return Step(0, blocked=True)
    return Step(len(messages))


# -- prepare -----------------------------------------------------------------------------------


def prepare(messages):
    """Collect and encode messages; one that cannot be is held alone."""
    for message in messages:
        started = time.perf_counter()
        try:
            with message.env.cr.savepoint():
                if message.document_type == "event":
                    message._prepare_event()
                else:
                    _encode(message)
        except OperationalError:
            raise
        except Exception as error:
            _hold(message, as_trade_error(error), started, "prepared")
        else:
            if message.state == "queued":
                message._log("prepared", ms=_ms(started))


def _encode(message):
    route = message.route_id
    record = message.env[message.res_model].browse(message.res_id).exists()
    if not record:
        raise BusinessRefused("record.gone", model=message.res_model, number=message.document_number)
    document = route._adapter()._collect(message, record)
    raw = codecs.get(message.codec).encode([document], route.codec_options)
    message.write(
        {
            "payload": base64.b64encode(raw),
            "payload_digest": hashlib.sha256(raw).hexdigest(),
            "payload_size": len(raw),
            "content_type": codecs.get(message.codec).media_types[0],
            "canonical": document.model_dump(mode="json", exclude_none=True),
            "canonical_digest": canonical_digest(document),
        }
    )


def _hold(message, error, started, stage):
    message._set_state("held", error.message, claimed_at=False)
    message._log(stage, "failed", _ms(started), error.message)
    message.env["trade.exception"]._report([(message, error)])


# -- send --------------------------------------------------------------------------------------


def _send(message):
    """Send one message.

    :return: whether the connector could be called; if not, the lane wakes when it can
    """
    env, connector = message.env, message.connector_id
    permit = connector._permit()
    env.cr.commit()
    if not permit.allowed:
        _wait(message, permit)
        env.cr.commit()
        return False
    call, attempt = _claim(message)
    env.cr.commit()
    if call is None:  # could not even be built: held with the reason
        return True
    started = time.perf_counter()
    try:
        result = call()
    except Exception as error:  # a transport's own fault must not leave the claim standing
        _logger.exception("transport of connector %s failed", connector.id)
        result = SendResult("retry", detail=redact_text(repr(error)), duration_ms=_ms(started))
    for again in range(1, RECORD_TRIES + 1):
        try:
            _record(message, attempt, result)
            env.cr.commit()
            break
        except (OperationalError, Conflict):
            # Somebody else wrote the same rows, such as the connector's circuit when many lanes fail at once;
            # what the partner said must not be lost for it.
            env.cr.rollback()
            if again == RECORD_TRIES:
                raise
            time.sleep(random.uniform(0.0, 0.01 * again))
    return True


def _claim(message):
    """Mark the message as being sent and build the call while the database is at hand."""
    env = message.env
    if message.claimed_at:
        lost = env["trade.attempt"].search([("message_id", "=", message.id), ("outcome", "=", "started")])
        lost.write(
            {
                "outcome": "lost",
                "error": env._(
                    "The worker stopped before the answer was recorded; sent again under the same key."
                ),
            }
        )
    started = time.perf_counter()
    try:
        call = message.connector_id._trade_send(message)
    except TradeError as error:
        _hold(message, error, started, "sent")
        return None, None
    number = message.attempt_count + 1
    message.write({"claimed_at": fields.Datetime.now(), "attempt_count": number})
    attempt = env["trade.attempt"].create(
        {
            "message_id": message.id,
            "connector_id": message.connector_id.id,
            "company_id": message.company_id.id,
            "kind": "send",
            "number": number,
            "started_at": fields.Datetime.now(),
            "outcome": "started",
        }
    )
    env.flush_all()
    return call, attempt


def _record(message, attempt, result):
    now = fields.Datetime.now()
    connector = message.connector_id
    vals = {
        "outcome": result.outcome,
        "http_status": result.http_status,
        "duration_ms": result.duration_ms,
        "error": result.detail or False,
    }
    problem = connector._record_call(result)
    if result.outcome == "ok":
        _sent(message, result, now)
    elif result.outcome == "refused":
        # A wrong address refuses every document alike: that is one problem, not one per document.
        own_fault = result.http_status in ABOUT_THE_DOCUMENT
        error = ValidationFailed(
            "partner.refused",
            status=result.http_status,
            reason=result.detail,
            subject=message.business_key if own_fault else f"HTTP {result.http_status}",
        )
        _hold(message, error, None, "sent")
    else:
        _try_later(message, result, problem, vals)
    attempt.write(vals)


def _sent(message, result, now):
    waits = message.route_id.ack_expected == "response" and message.mode == "live"
    hours = message.route_id.ack_hours
    earlier = message.exception_id
    message._set_state(
        "sent",
        sent_at=now,
        receipt_at=now,
        claimed_at=False,
        not_before=False,
        ack_deadline=now + timedelta(hours=hours) if waits and hours else False,
    )
    message._log(
        "sent", ms=result.duration_ms, note=f"HTTP {result.http_status}" if result.http_status else None
    )
    answer = message._early_answer() if waits else message.browse()
    if answer:  # it came while our call was still being recorded
        message._set_state("acknowledged", answer_id=answer.id)
        message._log("answered", note=answer.display_name)
    elif not waits:
        message._set_state("acknowledged")
    earlier._refresh()


def _try_later(message, result, problem, attempt_vals):
    """Not delivered: wait and try again, or hold when the policy says enough. While the connector's circuit
    is open the message waits for the partner and does not use up its tries."""
    if problem:
        message._log("sent", "failed", result.duration_ms, result.detail)
        message.write({"claimed_at": False, "attempt_count": message.attempt_count - 1})
        problem._attach(message)
        return
    delay = retry.next_delay(
        message.connector_id._retry_policy(), message.attempt_count, result.retry_after, random.random
    )
    if delay is None:
        error = PartnerDown("partner.no_success", tries=message.attempt_count, reason=result.detail)
        _hold(message, error, None, "sent")
        return
    due = fields.Datetime.now() + timedelta(seconds=delay)
    attempt_vals["next_try_at"] = due
    message.write({"claimed_at": False, "not_before": due})
    message._log("sent", "retry", result.duration_ms, result.detail)
    message.env["trade.lane"]._wake_after_commit([message.lane], eta=due)


def _wait(message, permit):
    """The connector may not be called now: its messages wait, they do not fail one by one."""
    lane, env = message.lane, message.env
    if permit.waits_for_partner:
        problem = message.connector_id._open_problem()
        waiting = env["trade.message"].search(
            [("lane", "=", lane), ("state", "=", "queued"), ("exception_id", "!=", problem.id)]
        )
        problem._attach(waiting)
    if permit.not_before:
        env["trade.lane"]._wake_after_commit([lane], eta=permit.not_before)


def _ms(started):
    return None if started is None else round((time.perf_counter() - started) * 1000, 1)
