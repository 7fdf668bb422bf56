"""The road of other people's events: stored bytes → envelope → rule → what the rule says.

An event is a letter in its sender's own envelope. This road reads the envelope only: what kind of event it
is, which one, about what. The rule for its kind says what follows: hand the document in it on to a route,
fetch the record it is about, or nothing. From there on it is a document like any other.
"""

import hashlib
import logging
from collections import Counter
from dataclasses import dataclass, field

from odoo import fields
from odoo.tools import SQL
from psycopg2 import OperationalError

from odoo.addons.trade_core import limits
from odoo.addons.trade_core.pipeline.failures import as_trade_error
from odoo.addons.trade_core.pipeline.failures import quarantine as hold_first
from odoo.addons.trade_core.pipeline.inbound import _technical, ready
from odoo.addons.trade_core.pipeline.step import Step
from odoo.addons.trade_kernel import hook_envelope
from odoo.addons.trade_kernel.errors import (
    BusinessRefused,
    DuplicateIgnored,
    Ignored,
    MappingMissing,
    TradeError,
    ValidationFailed,
)

_logger = logging.getLogger(__name__)

#: the type of an event that says nothing of its type
NO_TYPE = "(none)"


@dataclass
class Look:
    """One event on its way through one run."""

    message: object
    envelope: hook_envelope.Envelope | None = None
    type: str = NO_TYPE
    event_id: str | None = None
    rule: object = None
    error: TradeError | None = None  # held with this
    ignored: TradeError | None = None  # ignored with this reason
    note: str | None = None  # applied: what was done
    lane: str | None = None  # goes on there
    record: str | None = None  # the record it is about, when that is fetched
    child_id: int | None = None  # the message it was handed on as
    polled: set = field(default_factory=set)

    @property
    def open(self):
        return self.error is None and self.ignored is None


def step(env, lane, limit):
    """Work off one batch of the lane in the current transaction; the caller commits."""
    messages = env["trade.message"].browse(ready(env, lane, limit))
    if not messages:
        return Step(0)
    connector = messages[0].connector_id
    if not connector.active or connector.paused:
        return Step(0, blocked=True)  # stored and waiting; going on wakes the lane
    process(messages.with_company(connector.company_id))
    return Step(len(messages))


def quarantine(env, lane, error):
    """Hold the first message of the lane, which broke the road itself."""
    hold_first(ready, env, lane, error)


def process(messages):
    """Look at events of one connector and do what its rules say, each as a whole or not at all.

    :return: list of :class:`Look`
    """
    env = messages.env
    try:
        with env.cr.savepoint():
            looks = _look(messages)
            _do(looks)
    except OperationalError:
        raise
    except Exception as error:
        if len(messages) > 1:
            return [look for message in messages for look in process(message)]
        looks = [Look(messages, error=as_trade_error(error))]
    _record(looks)
    return looks


# -- the envelope ------------------------------------------------------------------------------


def _look(messages):
    """Type, id and rule of each event, and whether it came before."""
    connector = messages[0].connector_id
    looks = []
    for message in messages:
        look = Look(message)
        looks.append(look)
        try:
            look.envelope = hook_envelope.read(message._raw(), message.content_type, limits.of(message.env))
        except ValidationFailed as error:
            look.error = error
            error.subject = f"hook:{connector.id}"
            continue
        headers = message.hook_headers or {}
        look.type = connector._hook_name(look.envelope, headers, "type") or NO_TYPE
        look.event_id = connector._hook_name(look.envelope, headers, "id")
        message.write({"hook_type": look.type, "hook_event": look.event_id})
    _drop_known(connector, looks)
    for look in looks:
        if look.open:
            look.rule = connector._hook_rule(look.type)
            if not look.rule:
                look.error = type_unknown(connector, look.type)
    return looks


def type_unknown(connector, name):
    """One problem for each connector and type, however many events wait for it."""
    return MappingMissing(
        "hook.type_unknown",
        subject=f"hook:{connector.id}:{name}",
        connector=connector.name,
        hook_connector=connector.id,
        type=name,
    )


def _drop_known(connector, looks):
    """Their own id says it: the event came before, with whatever bytes. The first one counts."""
    wanted = {(look.type, look.event_id) for look in looks if look.open and look.event_id}
    if not wanted:
        return
    env = looks[0].message.env
    env["trade.message"].flush_model(["hook_type", "hook_event"])
    first = {
        (name, event_id): message_id
        for name, event_id, message_id in env.execute_query(
            SQL(
                """
            SELECT hook_type, hook_event, min(id) FROM trade_message m
             WHERE connector_id = %s AND hook_event = ANY(%s)
               AND NOT EXISTS (SELECT 1 FROM trade_message copy WHERE copy.original_id = m.id)
             GROUP BY 1, 2""",
                connector.id,
                [event_id for _type, event_id in wanted],
            )
        )
    }
    for look in looks:
        other = first.get((look.type, look.event_id)) if look.event_id else None
        if look.open and other is not None and other < look.message.id:
            look.ignored = DuplicateIgnored("hook.duplicate", event=look.event_id, other=other)


# -- what the rule says ------------------------------------------------------------------------


def _do(looks):
    for look in looks:
        if look.open:
            try:
                _ACTIONS[look.rule.action](look)
            except TradeError as error:
                look.error = error


def _ignore(look):
    look.ignored = Ignored("hook.ignored", type=look.type, reason=look.rule.reason or "")


def _hand_on(look):
    """The document in the event, exactly as it was written, becomes a message on the rule's route."""
    message, rule, route = look.message, look.rule, look.rule.route_id
    _check_route(look)
    raw = message._raw() if not rule.pointer else look.envelope.part(rule.pointer)
    if raw is None:
        raise ValidationFailed(
            "hook.no_document", pointer=rule.pointer, type=look.type, subject=f"hook:rule:{rule.id}"
        )
    digest = hashlib.sha256(raw).hexdigest()
    receipt = message._receive(
        raw,
        route=route,
        scope=f"hook-part:{message.connector_id.id}",
        key=f"{route.id}:{look.type}|{look.event_id}" if look.event_id else f"{route.id}:{digest}",
        content_type=_content_type(message, rule, raw),
        trace_id=message.trace_id,
        parent=message,
        priority=message.priority,
    )
    look.child_id = receipt.message_id
    if receipt.outcome != "stored":
        look.ignored = DuplicateIgnored("hook.same_document", other=receipt.message_id)
        return
    look.note = message.env._("Handed on as #%s", receipt.message_id)


def _content_type(message, rule, raw):
    """Of a part: JSON, unless it was a text with a document of another format in it."""
    if not rule.pointer:
        return message.content_type
    return "application/json" if raw.lstrip()[:1] in (b"{", b"[") else None


def _check_route(look):
    route = look.rule.route_id
    if not route.active or route.direction != "in":
        raise BusinessRefused("hook.no_route", type=look.type, subject=f"hook:rule:{look.rule.id}")


def _fetch(look):
    """Only a signal: what it is about is asked for, on the lane of the connector that is asked."""
    rule = look.rule
    _check_route(look)
    pointer = rule.record_pointer or look.message.connector_id.hook_record_pointer or ""
    look.record = look.envelope.text(pointer) if pointer else None
    if not (look.record or "").strip("."):  # nothing, or dots that would lead to another address
        raise ValidationFailed(
            "hook.no_record", pointer=pointer or "-", type=look.type, subject=f"hook:rule:{rule.id}"
        )
    look.lane = f"fetch/{rule.fetch_connector_id.id}"


def _poll(look):
    """Only a signal: the route asks now instead of at its next appointed time."""
    route = look.rule.route_id
    _check_route(look)
    if not route.poll:
        raise BusinessRefused("hook.no_poll", route=route.name, subject=f"hook:rule:{look.rule.id}")
    look.polled.add(route)
    look.note = look.message.env._("New documents are asked for: %s", route.name)


_ACTIONS = {"process": _hand_on, "fetch": _fetch, "poll": _poll, "ignore": _ignore}


# -- record ------------------------------------------------------------------------------------


def _record(looks):
    """Write what became of each event, and what follows for others."""
    env = looks[0].message.env
    problems = env["trade.exception"]
    earlier = problems.union(*(look.message.exception_id for look in looks))
    came_now = any(not look.message.attempt_count for look in looks)
    _count_types(looks)
    for look in looks:
        message, error = look.message, look.error or look.ignored
        note = error.message if error else look.note or look.record
        stage = "fetch asked" if look.lane else "understood"
        message._log(stage, "failed" if look.error else "ok", note=note)
        if look.error:
            message._set_state("held", look.error.message)
        elif look.ignored:
            message._set_state("ignored", look.ignored.message)
        elif look.lane:
            message.write(
                {
                    "lane": look.lane,
                    "hook_record": look.record,
                    "hook_rule_id": look.rule.id,
                    "hook_tries": 0,
                }
            )
        else:
            message._set_state("applied", look.note)
    _attempts(env, looks)
    lanes = {look.lane for look in looks if look.open and look.lane}
    if lanes:
        env["trade.lane"]._wake_after_commit(lanes)
    routes = env["trade.route"].union(*(route for look in looks if look.open for route in look.polled))
    if routes:
        routes._poll_soon()
    problems._report([(look.message, look.error) for look in looks if look.error])
    earlier._refresh()
    if came_now:
        env["trade.api.denial"]._hook_got_in(looks[0].message.connector_id)


def _count_types(looks):
    """New events are counted by type; those that run again were counted."""
    counts = Counter(look.type for look in looks if look.envelope and not look.message.attempt_count)
    if counts:
        last = {look.type: look.message for look in looks}
        looks[0].message.env["trade.hook.type"]._seen(looks[0].message.connector_id, counts, last)


def _attempts(env, looks):
    now = fields.Datetime.now()
    rows = []
    for look in looks:
        if look.open and look.lane:
            continue  # tried when it is fetched
        problem = look.error or look.ignored
        look.message.attempt_count += 1
        rows.append(
            {
                "message_id": look.message.id,
                "company_id": look.message.company_id.id,
                "kind": "process",
                "number": look.message.attempt_count,
                "started_at": now,
                "outcome": "held" if look.error else "ignored" if look.ignored else "ok",
                "error_code": problem.code if problem else False,
                "error": _technical(problem) if problem else False,
                "pointers": [problem.pointer] if problem and problem.pointer else False,
            }
        )
    env["trade.attempt"].create(rows)
