"""How business addons announce what happened: once per record and transaction, and never in a person's way.

What is announced is the difference between the beginning and the end of a transaction. Odoo runs its
pre-commit hooks whenever a savepoint begins or ends, so a record may be looked at several times before the
commit: what was written for it earlier in the same transaction, which nobody has seen, is then replaced.
"""

import logging
import traceback
from contextlib import contextmanager
from functools import partial

from psycopg2 import OperationalError

from odoo.addons.trade_kernel.errors import InternalError, TradeError

_logger = logging.getLogger(__name__)
_WRITTEN = "trade_core.announced"


def at_commit(records, method, notes, merge=lambda earlier, later: earlier):
    """Let ``method`` announce the records before the transaction commits.

    Call it after the change: in the middle of one a savepoint may begin, and then it would be looked at too
    early.

    :param str method: a method of the model, called with superuser rights on all of these records that still
        exist: ``method({record id: note})`` returns what there is to announce, ``{record id: [fact, …]}``,
        each fact as ``trade.event._emit_many`` takes it
    :param dict notes: ``{record id: note}``: how each record was before it changed
    :param merge: makes one note of two about one record; by default the earlier one counts
    """
    if not notes:
        return
    precommit = records.env.cr.precommit
    topic = (_WRITTEN, records._name, method)
    pending = precommit.data.get(topic)
    if pending is None:
        pending = precommit.data[topic] = {}
        precommit.add(partial(_announce, records.env(su=True)[records._name], method, merge, topic))
    for record_id, note in notes.items():
        pending[record_id] = merge(pending[record_id], note) if record_id in pending else note


def forget(cr):
    """What was announced so far belongs to an earlier transaction (for tests, which never commit)."""
    cr.cache.pop(_WRITTEN, None)


def _announce(model, method, merge, topic):
    cr = model.env.cr
    notes = cr.precommit.data.pop(topic)
    if cr.cache.get(_WRITTEN, (None,))[0] != cr.now():  # one and the same throughout a transaction
        cr.cache[_WRITTEN] = (cr.now(), {})
    written = cr.cache[_WRITTEN][1].setdefault(topic, {})
    again = {record_id: written.pop(record_id) for record_id in notes if record_id in written}
    # What a savepoint took back is gone, and what was noted with it does not count.
    events = model.env["trade.event"].union(*(events for _note, events in again.values())).exists()
    for record_id, (note, told) in again.items():
        if told & events:
            notes[record_id] = merge(note, notes[record_id])
    records = model.browse(sorted(notes)).exists()
    events.filtered(lambda event: event.res_id not in records._ids).unlink()
    for record_id, told in _write(records, method, notes, events.exists()).items():
        written[record_id] = (notes[record_id], told)


def _write(records, method, notes, replaced):
    """All records at once; when one of them fails, each for itself.

    :param replaced: events that no longer hold
    :return: ``{record id: events}``
    """
    env = records.env
    if not records:
        return {}
    try:
        with _savepoint(env):
            replaced.filtered(lambda event: event.res_id in records._ids).unlink()
            facts = getattr(records, method)({record.id: notes[record.id] for record in records})
            return _emit(env["trade.event"], facts)
    except OperationalError:
        raise
    except Exception as error:
        if len(records) > 1:
            found = {}
            for record in records:
                found |= _write(record, method, notes, replaced)
            return found
        _logger.exception("could not announce what happened to %s", records)
        env["trade.exception"]._open(_as_problem(records, error), company=_company(records))
        return {}


@contextmanager
def _savepoint(env):
    """A savepoint that does not run the other pre-commit hooks first: what happened first is told first."""
    env.flush_all()
    with env.cr.savepoint(flush=False):
        try:
            yield
            env.flush_all()
        except Exception:
            env.transaction.clear()
            raise


def _emit(Event, facts):
    """:return: ``{record id: events}``"""
    owners = [record_id for record_id, found in facts.items() for _fact in found]
    if not owners:
        return {}
    events = Event._emit_many([fact for found in facts.values() for fact in found])
    written = {}
    for record_id, event in zip(owners, events, strict=False):  # fewer when nobody listens any more
        written[record_id] = written.get(record_id, Event) | event
    return written


def _as_problem(record, error):
    """What keeps a record's news from partners and systems; what caused it does not stop the business."""
    return InternalError(
        "event.not_written",
        record=record.display_name,
        reason=error.message if isinstance(error, TradeError) else repr(error),
        trace="".join(traceback.format_exception(error)[-4:]),
        subject=f"{record._name}:{record.id}",
    )


def _company(record):
    return ("company_id" in record._fields and record.company_id) or record.env.company
