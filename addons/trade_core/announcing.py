"""How business addons announce what happened: once per record and transaction, and never in a person's way.

What is announced is the difference between the beginning and the end of a transaction. Odoo runs its
pre-commit hooks whenever a savepoint begins or ends, so a record may be looked at several times before the
commit: what was written for it earlier in the same transaction, which nobody has seen, is then replaced.
"""

import logging
import traceback
from functools import partial

from psycopg2 import OperationalError

from odoo.addons.trade_kernel.errors import InternalError, TradeError

_logger = logging.getLogger(__name__)
_WRITTEN = "trade_core.announced"


def at_commit(records, method, notes, merge=lambda earlier, later: earlier):
    """Let ``method`` announce the records before the transaction commits.

    :param str method: a method of the model, called with superuser rights on all of these records that still
        exist: ``method({record id: note})`` returns what ``trade.event._emit_many`` takes, each for one of
        the records
    :param dict notes: ``{record id: note}``: how each record was before it changed
    :param merge: makes one note of two about one record; by default the earlier one counts
    """
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
    earlier = {record_id: written.pop(record_id) for record_id in notes if record_id in written}
    replaced = model.env["trade.event"].browse(
        event_id for _note, event_ids in earlier.values() for event_id in event_ids
    )
    if replaced := replaced.exists():  # else a savepoint took them back, and what was noted with them
        for record_id, (note, event_ids) in earlier.items():
            if set(event_ids) & set(replaced.ids):
                notes[record_id] = merge(note, notes[record_id])
    records = model.browse(sorted(notes)).exists()
    if not (records or replaced):
        return
    for event in _write(records, method, notes, replaced):
        written.setdefault(event.res_id, (notes[event.res_id], []))[1].append(event.id)


def _write(records, method, notes, replaced):
    """All records at once; when one of them fails, each for itself.

    :return: the events
    """
    env = records.env
    try:
        with env.cr.savepoint():
            replaced.filtered(lambda event: event.res_id in notes).unlink()
            facts = getattr(records, method)({record.id: notes[record.id] for record in records})
            return env["trade.event"]._emit_many(facts) if facts else env["trade.event"]
    except OperationalError:
        raise
    except Exception as error:
        if len(records) > 1:
            events = env["trade.event"]
            for record in records:
                mine = replaced.exists().filtered(lambda event, record=record: event.res_id == record.id)
                events |= _write(record, method, notes, mine)
            return events
        _logger.exception("could not announce what happened to %s", records)
        env["trade.exception"]._open(_as_problem(records, error), company=_company(records))
        return env["trade.event"]


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
