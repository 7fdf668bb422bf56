"""The outbound road: record → canonical document → bytes → the partner.

Collecting and encoding is one committed step; calling the partner is another, for a batch of documents:
claim all (committed), call one after the other without an open transaction, record all (committed). The
first call that must be tried again ends the batch. A worker that dies between call and record leaves claims
behind; whoever drains the lane next sends again under the same keys, by which the partner can tell.
"""

import base64
import hashlib
import json
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import fields, models
from odoo.tools import SQL
from psycopg2 import OperationalError

from odoo.addons.trade_kernel import codecs, retry
from odoo.addons.trade_kernel.canonical import canonical_digest
from odoo.addons.trade_kernel.errors import (
    PartnerDown,
    TradeError,
    ValidationFailed,
)
from odoo.addons.trade_kernel.redaction import redact_text

from ..transport import SendResult
from . import bundle
from .failures import as_trade_error
from .step import Conflict, Step

_logger = logging.getLogger(__name__)

# Answers about what was sent; any other 3xx or 4xx is about where it was sent (RFC 9110, section 15.5).
ABOUT_THE_DOCUMENT = (400, 406, 409, 413, 415, 422)

RECORD_TRIES = 12
BATCH_BYTES = 8 * 1024 * 1024  # payloads of one batch together; a larger document goes alone
BATCH_SECONDS = 5.0  # no call of a batch begins later


@dataclass(slots=True)
class Delivery:
    """One message of a batch; what is needed while no database is at hand."""

    message: models.BaseModel
    thread: str | None
    number: int  # of the try
    call: Callable[[], SendResult]
    started_at: datetime | None = None  # naive UTC; None: it was not called
    result: SendResult | None = None


def ready(env, lane, limit):
    """Ids of the lane's messages that may go now, in order. A message never overtakes an earlier one about
    the same order that has not left yet: it waits for it, or goes in the same batch after it."""
    rows = env.execute_query(
        SQL(
            """
        SELECT id FROM trade_message m
         WHERE lane = %s AND state = 'queued'
           AND parent_id IS NULL  -- else it is in a file, which is sent
           AND (not_before IS NULL OR not_before <= now() AT TIME ZONE 'UTC')
           AND NOT EXISTS (
               SELECT 1 FROM trade_message earlier
                WHERE earlier.trade_partner_id = m.trade_partner_id AND earlier.thread = m.thread
                  AND earlier.direction = 'out' AND earlier.state IN ('queued', 'held')
                  AND earlier.id < m.id
                  AND (earlier.route_id = m.route_id
                       OR (earlier.document_type <> 'event' AND m.document_type <> 'event'))
                  -- else it is due as well, and comes before this one below
                  AND (earlier.state = 'held' OR earlier.not_before > now() AT TIME ZONE 'UTC'
                       OR earlier.priority <> m.priority OR earlier.lane <> m.lane))
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
    count = len(messages)
    if route.bundle:
        due = messages.browse(ready(env, lane, bundle.MOST))
        messages = bundle.gather(
            due, lambda message, error, started: _hold(message, error, started, "prepared")
        )
        count = len(due)
    prepare(messages.filtered(lambda message: not message.payload_digest))
    env.cr.commit()
    batch = _batch(messages)
    if not batch:
        return Step(count)  # all of them are held
    permit = batch.connector_id._permit(len(batch))
    env.cr.commit()
    if not permit.allowed:
        _wait(batch[0], permit)
        return Step(0, blocked=True)
    batch = batch[: permit.count]
    deliveries = _claim(batch)
    env.cr.commit()
    _call(deliveries)
    _keep(env, deliveries)
    if unused := permit.count - sum(delivery.result is not None for delivery in deliveries):
        batch.connector_id._give_back(unused)
    return Step(count)


def _batch(messages):
    """Those that can go together: one connector, not too much at once, nothing after a document of the same
    order that is held."""
    connector = messages[:1].connector_id
    ids, size, stopped = [], 0, set()
    for message in messages:
        if message.connector_id != connector:
            break
        if message.state == "held":
            stopped.add(message.thread)
        if message.state != "queued" or (message.thread and message.thread in stopped):
            continue
        size += message.payload_size
        if ids and size > BATCH_BYTES:
            break
        ids.append(message.id)
    return messages.browse(ids)


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
            _hold_unprepared(message, as_trade_error(error), started)
        else:
            if message.state == "queued":
                message._log("prepared", ms=_ms(started))


def _encode(message):
    encode(message, message.route_id._adapter()._collect(message, message._record_to_send()))


def encode(message, document):
    """Write ``document`` as what the message says; it leaves so, and is not collected again."""
    raw = codecs.get(message.codec).encode([document], message._write_options())
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


def _hold_unprepared(message, error, started):
    _hold(message, error, started, "prepared")


def _hold(message, error, started, stage):
    message._set_state("held", error.message, claimed_at=False)
    message._log(stage, "failed", _ms(started), error.message)
    message.env["trade.exception"]._report([(message, error)])


# -- send --------------------------------------------------------------------------------------


def _claim(messages):
    """Mark messages as being sent and build the calls while the database is at hand; one whose call cannot
    even be built is held with the reason.

    :return: list of :class:`Delivery`
    """
    env = messages.env
    started = time.perf_counter()
    lost = messages.filtered("claimed_at")
    if lost:
        error = env._("The worker stopped before an answer was recorded; sent again under the same key.")
        _insert_attempts(
            env,
            [
                {
                    **_attempt(message, message.attempt_count, message.claimed_at),
                    "outcome": "lost",
                    "error": error,
                }
                for message in lost
            ],
        )
    deliveries, stopped = [], set()
    for message, call in messages.connector_id._trade_sends(messages):
        if message.thread and message.thread in stopped:
            continue
        if isinstance(call, TradeError):
            stopped.add(message.thread)
            _hold(message, call, started, "sent")
        else:
            deliveries.append(Delivery(message, message.thread, message.attempt_count + 1, call))
    env.flush_all()
    env.cr.execute(
        SQL(
            "UPDATE trade_message SET claimed_at = %s, attempt_count = coalesce(attempt_count, 0) + 1"
            " WHERE id = ANY(%s)",
            fields.Datetime.now(),
            [delivery.message.id for delivery in deliveries],
        )
    )
    messages.invalidate_recordset(["claimed_at", "attempt_count"], flush=False)
    return deliveries


def _call(deliveries):
    """Call the partner, one delivery after the other; no transaction is open meanwhile. What is not reached
    keeps ``result`` ``None``."""
    deadline, stopped = time.monotonic() + BATCH_SECONDS, set()
    for delivery in deliveries:
        if delivery.thread and delivery.thread in stopped:
            continue
        delivery.started_at = fields.Datetime.now()
        started = time.perf_counter()
        try:
            delivery.result = delivery.call()
        except Exception as error:  # a transport's own fault must not leave the claims standing
            _logger.exception("a transport failed")
            detail = redact_text(repr(error))
            delivery.result = SendResult("retry", detail=detail, duration_ms=_ms(started))
        if delivery.result.outcome == "refused":
            stopped.add(delivery.thread)
        if (
            delivery.result.outcome in ("retry", "auth")
            or delivery.result.stop
            or time.monotonic() > deadline
        ):
            return


def _keep(env, deliveries):
    """Record what came of a batch, and commit."""
    for again in range(1, RECORD_TRIES + 1):
        try:
            _record(env, deliveries)
            env.cr.commit()
            return
        except (OperationalError, Conflict):
            # Somebody else wrote the same rows, such as the connector's circuit when many lanes fail at once;
            # what the partner said must not be lost for it.
            env.cr.rollback()
            if again == RECORD_TRIES:
                raise
            time.sleep(random.uniform(0.0, 0.01 * again))


def _record(env, deliveries):
    called = [delivery for delivery in deliveries if delivery.result is not None]
    _take_back(env, [delivery.message.id for delivery in deliveries if delivery.result is None])
    if not called:
        return
    connector = called[0].message.connector_id
    problem = connector._record_calls([delivery.result for delivery in called])
    attempts = {delivery.message.id: _attempt_of(delivery) for delivery in called}
    _sent(env, [one for one in called if one.result.outcome == "ok" and one.message.state == "queued"])
    for delivery in called:
        message, result = delivery.message, delivery.result
        if message.state == "cancelled":  # by a person, while it was on its way
            message.claimed_at = False
            message._log("sent", "ok" if result.outcome == "ok" else "failed", result.duration_ms)
        elif result.outcome == "refused":
            _hold(message, _refusal(message, result), None, "sent")
        elif result.outcome != "ok":
            _try_later(message, result, problem, attempts[message.id])
    _insert_attempts(env, list(attempts.values()))


def _refusal(message, result):
    # A wrong address refuses every document alike: that is one problem, not one per document. So does a
    # receiver that does not understand a type of event.
    subject = message.event_id.type if message.document_type == "event" else message.business_key
    if result.http_status not in ABOUT_THE_DOCUMENT:
        subject = f"HTTP {result.http_status}"
    return ValidationFailed(
        "partner.refused", status=result.http_status, reason=result.detail, subject=subject
    )


def _take_back(env, ids):
    """These were claimed and not called: no try was made."""
    if ids:
        env.cr.execute(
            SQL(
                "UPDATE trade_message SET claimed_at = NULL, attempt_count = attempt_count - 1"
                " WHERE id = ANY(%s)",
                ids,
            )
        )
        env["trade.message"].browse(ids).invalidate_recordset(["claimed_at", "attempt_count"], flush=False)


def _sent(env, deliveries):
    """The partner has taken these."""
    if not deliveries:
        return
    messages = env["trade.message"].union(*(delivery.message for delivery in deliveries))
    earlier = messages.exception_id
    for file in messages.filtered("child_ids"):
        bundle.keep_pieces(file)
        file._set_state("sent", claimed_at=False, not_before=False)
        file._set_state("acknowledged")
        messages += file.child_ids.filtered(lambda message: message.state == "queued") - file
    messages = messages.filtered(lambda message: message.state == "queued")
    events = messages.filtered(lambda message: message.document_type == "event")
    documents = messages - events
    waiting = documents.filtered(
        lambda message: message.mode == "live" and message.route_id.ack_expected != "transport"
    )
    for route, group in waiting.grouped("route_id").items():
        due = fields.Datetime.now() + timedelta(hours=route.ack_hours) if route.ack_hours else False
        group._set_state("sent", claimed_at=False, not_before=False, ack_deadline=due)
    if done := documents - waiting:
        done._set_state("sent", claimed_at=False, not_before=False, ack_deadline=False)
        done._set_state("acknowledged")
    events._set_told()
    _note_sent(env, deliveries)
    for message in _maybe_answered(waiting):
        if answer := message._early_answer():  # it came while our call was still being recorded
            message._set_state("acknowledged", answer_id=answer.id)
            message._log("answered", note=answer.display_name)
    earlier._refresh()


def _note_sent(env, deliveries):
    """When each was taken, on its row and in its timeline: one statement, for nothing is computed from it."""
    Message = env["trade.message"]
    messages = Message.union(*(delivery.message | delivery.message.child_ids for delivery in deliveries))
    messages.flush_recordset(["timeline"])
    rows = []
    for delivery in deliveries:
        result = delivery.result
        note = f"HTTP {result.http_status}" if result.http_status else None
        taken = delivery.started_at + timedelta(milliseconds=result.duration_ms)
        step = Message._timeline_step("sent", ms=result.duration_ms, note=note)
        rows += [
            (message.id, taken.replace(microsecond=0), json.dumps([step]))
            for message in delivery.message | delivery.message.child_ids
        ]
    ids, taken, steps = map(list, zip(*rows, strict=True))
    env.cr.execute(
        SQL(
            "UPDATE trade_message m SET sent_at = v.taken, receipt_at = v.taken,"
            " timeline = coalesce(m.timeline, '[]'::jsonb) || v.step::jsonb"
            " FROM unnest(%s, %s::timestamp[], %s) AS v(id, taken, step) WHERE m.id = v.id",
            ids,
            taken,
            steps,
        )
    )
    messages.invalidate_recordset(["sent_at", "receipt_at", "timeline"], flush=False)


def _maybe_answered(messages):
    """Those about whose order something came in; only they can have an early answer."""
    if not messages:
        return messages
    messages.flush_recordset()
    found = messages.env["trade.message"].search_fetch(
        [
            ("direction", "=", "in"),
            ("trade_partner_id", "in", messages.trade_partner_id.ids),
            ("thread", "in", messages.mapped("thread")),
            ("received_at", ">=", min(messages.mapped("received_at"))),
        ],
        ["thread"],
    )
    threads = set(found.mapped("thread"))
    return messages.filtered(lambda message: message.thread in threads)


def _attempt(message, number, started_at):
    return {
        "message_id": message.id,
        "connector_id": message.connector_id.id,
        "company_id": message.company_id.id,
        "kind": "send",
        "number": number,
        "started_at": started_at,
    }


def _attempt_of(delivery):
    result = delivery.result
    return {
        **_attempt(delivery.message, delivery.number, delivery.started_at),
        "outcome": result.outcome,
        "http_status": result.http_status,
        "duration_ms": result.duration_ms,
        "error": result.detail or None,
    }


def _insert_attempts(env, attempts):
    env["trade.attempt"]._insert(attempts)


def _try_later(message, result, problem, attempt):
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
    attempt["next_try_at"] = due
    message.write({"claimed_at": False, "not_before": due})
    message._log("sent", "retry", result.duration_ms, result.detail)
    message.env["trade.lane"]._wake_after_commit([message.lane], eta=due)


def _wait(message, permit):
    """The connector may not be called now: its messages wait, they do not fail one by one."""
    lane, env = message.lane, message.env
    if permit.waits_for_partner:
        problem = message.connector_id._open_problem()
        if message.document_type == "event":
            _attach_lane(env, lane, problem)
        else:
            waiting = env["trade.message"].search(
                [("lane", "=", lane), ("state", "=", "queued"), ("exception_id", "!=", problem.id)]
            )
            problem._attach(waiting)
    if permit.not_before:
        env["trade.lane"]._wake_after_commit([lane], eta=permit.not_before)


def _attach_lane(env, lane, problem):
    """Let the events of a lane wait for a problem, however many they are."""
    env["trade.message"].flush_model(["lane", "state", "exception_id"])
    where = SQL("lane = %s AND state = 'queued' AND exception_id IS DISTINCT FROM %s", lane, problem.id)
    earlier = env.execute_query(SQL("SELECT DISTINCT exception_id FROM trade_message WHERE %s", where))
    if earlier:
        env.cr.execute(SQL("UPDATE trade_message SET exception_id = %s WHERE %s", problem.id, where))
        env["trade.message"].invalidate_model(["exception_id"], flush=False)
        (problem | problem.browse(found for (found,) in earlier if found))._refresh()


def _ms(started):
    return None if started is None else round((time.perf_counter() - started) * 1000, 1)
