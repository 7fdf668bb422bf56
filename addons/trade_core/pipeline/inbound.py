"""The inbound road: stored bytes → canonical document → plan → effects. One run handles a batch.

The promise is kept per message (ARCHITECTURE rules 2, 3, 4): applied whole or not at all, never twice, a
stale revision never over a newer one, a poison message held alone. Speed comes from the batch: it is
applied in one savepoint, and only when something unexpected happens is it undone and done again one by one.
"""

import logging
import time

from odoo import fields
from odoo.tools import SQL, groupby
from psycopg2 import OperationalError
from psycopg2.errors import UniqueViolation

from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.errors import (
    BusinessRefused,
    DuplicateContent,
    DuplicateIgnored,
    InternalError,
    Superseded,
    TradeError,
    TradeErrors,
    ValidationFailed,
)
from odoo.addons.trade_kernel.redaction import redact_text

from ..models.trade_adapter import Work
from ..models.trade_message import ANSWERS
from ..models.trade_route import AUTO, INTERCHANGE
from ..tools import iso_now
from . import effects, files
from .failures import as_trade_error
from .step import Conflict, Step

_logger = logging.getLogger(__name__)

#: bytes of a common document; one that is so many times as large counts so often in a batch
COMMON = 20_000
#: how many common documents a piece of a cut file counts for: it has up to a thousand lines
PART = 5


def ready(env, lane, limit):
    """Ids of the lane's messages that may run now: those a person asked for first, then as they came. Fewer
    than ``limit`` where they are large, because all of them are in memory at once."""
    rows = env.execute_query(
        SQL(
            """
        SELECT id FROM (
            SELECT id, row_number() OVER road AS place,
                   SUM(GREATEST(1, payload_size / %(size)s,
                                CASE WHEN parent_id > 0 AND payload_size > %(size)s THEN %(part)s END))
                       OVER road AS weight
              FROM (SELECT id, priority, payload_size, parent_id FROM trade_message
                     WHERE lane = %(lane)s AND state IN ('received', 'queued')
                       AND (not_before IS NULL OR not_before <= now() AT TIME ZONE 'UTC')
                     ORDER BY priority, id LIMIT %(limit)s) AS waiting
            WINDOW road AS (ORDER BY priority, id)) AS weighed
         WHERE place = 1 OR weight <= %(limit)s
         ORDER BY place""",
            lane=lane,
            limit=limit,
            size=COMMON,
            part=PART,
        )
    )
    return [message_id for (message_id,) in rows]


def step(env, lane, limit):
    """Process one batch of the lane in the current transaction; the caller commits."""
    messages = env["trade.message"].browse(ready(env, lane, limit))
    if not messages:
        return Step(0)
    route = messages[0].route_id
    if not route._is_running():
        return Step(0, blocked=True)  # stored and waiting; lifting the stop wakes the lane
    process(messages.with_company(route.company_id))
    return Step(len(messages))


def process(messages):
    """Run messages of one lane and record what happened to each."""
    works = _decode(messages)
    messages.env["trade.message"]._take_tests(works)
    for wave in _waves(works):
        # A partner's system on trial and its live one may send over the same route.
        _try([work for work in wave if work.message.mode == "test"])
        _run([work for work in wave if work.message.mode != "test"])
        _record(wave)


def dry_run(messages):
    """What processing would do to each message; the caller rolls everything back."""
    outcomes = []
    # Previewed test messages have ended; here they begin again (rolled back with the rest).
    again = SQL("UPDATE trade_message SET state = 'received' WHERE id = ANY(%s)", messages.ids)
    messages.env.cr.execute(again)
    messages.invalidate_recordset(["state"])
    for message in messages:
        works = _decode(message.with_company(message.company_id))
        for work in works:
            _run([work])
        outcomes += [_outcome(work) for work in works or [Work(message, notes=[message.state_reason])]]
    return outcomes


def line_count(message):
    """How many lines a read document has."""
    return sum(len(lines) for name, lines in (message.canonical or {}).items() if name.endswith("_lines"))


def _outcome(work):
    problem = work.error or work.ignored
    return {
        "message_id": work.message.id,
        "state": "held" if work.error else "ignored" if work.ignored else work.outcome,
        "reason": problem.message if problem else None,
        "error": problem.as_dict() if problem else None,
        "effects": work.effects,
        "notes": work.notes,
    }


# -- decode ------------------------------------------------------------------------------------


def _decode(messages):
    works = []
    for message in messages:
        started = time.perf_counter()
        work = Work(message)
        try:
            codec = codec_of(message)
            if files.cut(message, codec):
                continue
            parts = list(codec.decode(message._raw(), message.route_id._codec_options()))
        except TradeError as error:
            work.error = error
        except Exception as error:
            # A codec must not raise anything else; should one do so, this message is held and no other.
            _logger.exception("codec %s failed on message %s", message.codec, message.id)
            work.error = InternalError("codec.crashed", codec=message.codec, detail=repr(error))
        else:
            if parts:
                message._was_read(codec, parts)
            if message.route_id.document_type == INTERCHANGE:
                work.error = files.distribute(message, codec, parts)
                if not work.error:
                    continue
            elif len(parts) > 1:
                _split(message, parts)
                continue
            elif not parts:
                work.error = ValidationFailed("file.empty")
            else:
                [part] = parts
                work.document = part.document
                if part.errors:
                    work.error = part.errors[0] if len(part.errors) == 1 else TradeErrors(part.errors)
                elif part.document.document_type != message.route_id.document_type:
                    work.error = BusinessRefused(
                        "document.unexpected",
                        found=part.document.document_type,
                        expected=message.route_id.document_type,
                    )
        work.steps.append(_step("decoded", started, work.error))
        works.append(work)
    return works


def codec_of(message):
    """What reads a message.

    :raise TradeError: nothing does
    """
    if message.codec == AUTO:
        return codecs.recognise(message._open().read(codecs.HEAD), message.filename, message.content_type)
    return codecs.get(message.codec)


def _split(message, parts):
    """A file with several documents: each becomes a message of its own, so that a bad one stops no other."""
    for number, part in enumerate(parts, 1):
        files.receive_part(message, number, part.raw, message.route_id, message.codec)
    files.conclude(message, len(parts))


def _waves(works):
    """Batches in which no two works are the same document or speak about the same order, so that each sees
    what the one before did."""
    while works:
        wave, rest, taken = [], [], set()
        for work in works:
            document = work.document
            keys = set()
            if document:
                keys = {document.business_key, *(("thread", thread) for thread in document.threads)}
            if keys & taken:
                rest.append(work)
            else:
                wave.append(work)
            taken |= keys  # also of those that wait: nothing may overtake them
        yield wave
        works = rest


# -- run ---------------------------------------------------------------------------------------


def _run(wave):
    """Plan and apply a wave; whatever goes wrong ends as ``error`` or ``ignored`` of its work alone."""
    if not wave:
        return
    env = wave[0].message.env
    documents = [work for work in wave if work.open]
    try:
        with env.cr.savepoint():
            _check_known(documents)
            by_adapter = [work for work in documents if work.open]
            for route, group in groupby(by_adapter, lambda work: work.message.route_id):
                _run_group(route, list(group))
    except Exception as error:
        if isinstance(error, OperationalError | Conflict):
            raise  # a conflict with another writer: the lane does the whole batch again
        if isinstance(error, UniqueViolation) and "trade_message" in str(error):
            raise Conflict from error  # the same document by another way at this instant: look again
        if len(documents) == 1:
            [work] = documents
            work.error = as_trade_error(error)
            work.effects, work.ignored = [], None
            return
        for work in documents:
            work.error = work.ignored = None
            work.effects, work.notes, work.evidence = [], [], []
            del work.steps[1:]
            _run([work])


def _run_group(route, works):
    adapter = route._adapter()
    started = time.perf_counter()
    adapter._plan(works)
    for work in works:
        work.steps.append(_step("mapped", started, work.error, len(works)))
    works = [work for work in works if work.open]
    if not works:
        return
    started = time.perf_counter()
    before = [effects.snapshot(adapter._watched(work)) for work in works]
    adapter._apply(works)
    route.env.flush_all()
    for work, old in zip(works, before, strict=True):
        work.effects = effects.compare(old, effects.snapshot(adapter._watched(work)))
        work.steps.append(_step("applied", started, work.error, len(works)))
        work.message._set_state(work.outcome, " ".join(work.notes) or None, **_identity(work))


def _try(wave):
    """Tests: preview each document and leave everything as it was."""
    for work in [work for work in wave if work.open]:
        savepoint = work.message.env.cr.savepoint()
        try:
            _run([work])
        finally:
            savepoint.close(rollback=True)
        if work.open:
            work.ignored = DuplicateIgnored("test.previewed")


def _check_known(works):
    """Rules 2 and 4: the same document again is ignored, other content under the same number is a problem,
    a revision older than the one applied is ignored."""
    for work, others in _others(works):
        document = work.document
        number, revision = document.document_number, document.revision
        for other in others:
            if other.id == work.message.original_id.id and other.state != "applied":
                continue  # its edited copy
            if other.revision == revision and (other.state != "held" or other.id < work.message.id):
                if other.canonical_digest == work.digest or _is_copy(work, other):
                    work.ignored = DuplicateIgnored("document.duplicate", number=number, other=other.id)
                else:
                    work.error = DuplicateContent(
                        "document.other_content", number=number, other=other.id, subject=document.business_key
                    )
            elif other.revision > revision and other.state == "applied":
                work.ignored = Superseded(
                    "document.superseded",
                    number=number,
                    revision=revision,
                    newer=other.revision,
                    other=other.id,
                )


def _is_copy(work, other):
    """Whether the same document came by another way already, in other words."""
    message = work.message
    return other.route_id != message.route_id and message.route_id._adapter()._is_copy(work, other)


def _others(works):
    """Earlier messages that carry the same business key, for all works in one query."""
    if not works:
        return []
    Message = works[0].message.env["trade.message"]
    found = Message.search(
        [
            ("trade_partner_id", "in", list({work.message.trade_partner_id.id for work in works})),
            ("business_key", "in", list({work.document.business_key for work in works})),
            ("direction", "=", "in"),
            ("mode", "=", "live"),
            ("state", "in", ("applied", "held", "rejected")),
        ],
        order="id",
    ).grouped(lambda message: (message.trade_partner_id.id, message.business_key))
    nothing = Message.browse()
    return [
        (
            work,
            found.get((work.message.trade_partner_id.id, work.document.business_key), nothing) - work.message,
        )
        for work in works
    ]


# -- record ------------------------------------------------------------------------------------


def _identity(work):
    """What a read document says of itself, as message values."""
    document = work.document
    if document is None:
        return {}
    vals = {
        "document_type": document.document_type,
        "document_number": document.document_number,
        "revision": document.revision,
        "business_key": document.business_key,
        "thread": document.thread,
        "canonical": document.model_dump(mode="json", exclude_none=True),
        "canonical_digest": work.digest,
        "effects": work.effects,
        "evidence": work.evidence,
    }
    if work.amount is not None:
        vals.update(amount_total=work.amount, currency_id=work.currency.id)
    if work.record:
        vals.update(res_model=work.record._name, res_id=work.record.id)
    return vals


def _record(wave):
    """Write what became of each work that was not applied, and what follows for others."""
    env = wave[0].message.env
    problems = env["trade.exception"]
    earlier = problems.union(*(work.message.exception_id for work in wave))
    for work in wave:
        if work.ignored:
            work.message._set_state("ignored", work.ignored.message, **_identity(work))
        elif work.error:
            work.message._set_state("held", work.error.message, **_identity(work))
        work.message.timeline = [*(work.message.timeline or []), *work.steps]
    held = [work for work in wave if work.error]
    problems._report([(work.message, work.error) for work in held])
    for work in held:
        work.message._held_with(work.error)
    real = [
        work for work in held if work.document and work.message.mode == "live"
    ]  # nobody decides about a test
    for route, works in groupby(real, lambda work: work.message.route_id):
        if not isinstance(problem := _adapter_or_error(route), TradeError):
            problem._held(list(works))
    _attempts(env, wave)
    _link_answers(wave)
    _supersede([work for work in wave if work.open and work.document.revision])
    earlier._refresh()


def _adapter_or_error(route):
    try:
        return route._adapter()
    except TradeError as error:
        return error


def _attempts(env, wave):
    now = fields.Datetime.now()
    rows = []
    for work in wave:
        problem = work.error or work.ignored
        work.message.attempt_count += 1
        rows.append(
            {
                "message_id": work.message.id,
                "company_id": work.message.company_id.id,
                "kind": "process",
                "number": work.message.attempt_count,
                "started_at": now,
                "duration_ms": sum(step["ms"] or 0 for step in work.steps),
                "outcome": "held" if work.error else "ignored" if work.ignored else "ok",
                "error_code": problem.code if problem else False,
                "error": _technical(problem) if problem else False,
                "pointers": [e.pointer for e in problem.errors if e.pointer] if problem else False,
            }
        )
    env["trade.attempt"].create(rows)


def _technical(error):
    parts = [error.message, error.pointer, error.params.get("trace")]
    return redact_text("\n".join(part for part in parts if part))


def _link_answers(wave):
    """An answer that could be read closes the wait of what it answers, even when it is held for the buyer."""
    answers = {}
    for work in wave:
        if work.document and not work.ignored and work.message.mode == "live" and work.message._is_answer():
            for asked in ANSWERS.get(work.document.document_type, ()):
                answers[work.message.trade_partner_id.id, asked, work.document.thread] = work.message
    if not answers:
        return
    partners, types, threads = zip(*answers, strict=True)
    waiting = wave[0].message.search(
        [
            ("direction", "=", "out"),
            ("state", "=", "sent"),
            ("trade_partner_id", "in", partners),
            ("document_type", "in", types),
            ("thread", "in", threads),
        ]
    )
    for message in waiting:
        answer = answers.get((message.trade_partner_id.id, message.document_type, message.thread))
        if answer and answer._is_answer(message):
            message._set_state("acknowledged", answer_id=answer.id)
            message._log("answered", note=answer.display_name)
            message.exception_id._refresh()


def _supersede(works):
    """A newer revision that was applied makes older ones that still wait for somebody pointless."""
    for work, others in _others(works):
        older = others.filtered(
            lambda other, limit=work.document.revision: other.state == "held" and other.revision < limit
        )
        if older:
            older._set_state("ignored", older.env._("Superseded by revision %s", work.document.revision))
            older._log("superseded", note=work.message.display_name)
            older.exception_id._refresh()


def _step(stage, started, error=None, shared_by=1):
    return {
        "stage": stage,
        "at": iso_now(),
        "outcome": "failed" if error else "ok",
        "ms": round((time.perf_counter() - started) * 1000 / shared_by, 1),
        "note": error.message if error else None,
    }
