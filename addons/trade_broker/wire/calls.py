"""The calls a connector makes: publish one message, take what waits in a queue. They touch no database."""

import hashlib
import logging
import time
from typing import NamedTuple

from odoo.addons.trade_core.transport import Fetched, PollResult, SendResult

from .judge import is_lost_connection, judge
from .line import Line
from .pool import pool
from .wires import Letter, Target, Unroutable

_logger = logging.getLogger(__name__)

#: what one fetch takes at most, so that a full queue is read in turns with everything else
TAKE_COUNT, TAKE_BYTES = 100, 8_000_000


class Publish(NamedTuple):
    """The call that publishes one message."""

    line: Line
    target: Target
    letter: Letter

    def __call__(self):
        """:return: :class:`SendResult`; ok: the broker confirmed that it has the message"""
        started = time.perf_counter()
        try:
            _with_wire(self.line, lambda wire: wire.publish(self.target, self.letter))
        except Exception as error:  # every transport has its own; judge() knows them, and what they mean
            return judge(error, self.line, target=self.target, letter=self.letter, ms=_ms(started))
        return SendResult("ok", detail="", duration_ms=_ms(started))


class Take(NamedTuple):
    """The call that takes what waits in a queue."""

    line: Line
    queue: str
    declare: bool

    def __call__(self):
        """:return: :class:`PollResult`; its ``done`` acknowledges what was taken"""
        started = time.perf_counter()
        try:
            wire, taken = _with_wire(self.line, self._take, keep=True)
        except Exception as error:  # as above
            return PollResult(judge(error, self.line, queue=self.queue, ms=_ms(started)))
        said = f"{len(taken)} messages" if taken else ""
        return PollResult(
            SendResult("ok", detail=said, duration_ms=_ms(started)),
            tuple(fetched(one) for one in taken),
            done=Done(self.queue, wire, taken),
            more=len(taken) >= TAKE_COUNT or sum(len(one.body) for one in taken) >= TAKE_BYTES,
            silent=not taken,
        )

    def _take(self, wire):
        return wire, wire.take(self.queue, TAKE_COUNT, TAKE_BYTES, self.declare)


class Done:
    """Acknowledges what was taken, once it is stored. When that fails, the broker sends it again, and it is
    known by its key. Forgotten without being called, it gives the messages back."""

    def __init__(self, queue, wire, taken):
        self.queue, self.wire, self.taken = queue, wire, taken

    def __call__(self):
        wire, self.wire = self.wire, None
        try:
            for one in self.taken:
                one.acknowledge()
            if self.taken:
                wire.settle()
        except Exception as error:  # what is stored stays stored
            _logger.info("%s: %s messages were not acknowledged: %r", self.queue, len(self.taken), error)
            wire.close()
        else:
            pool.give_back(wire)

    def __del__(self):
        if self.wire:
            self.wire.close()


def fetched(taken):
    """A message as the pipeline stores it. Its key is what the sender called it; without a name it is known
    by its content and, where the sender wrote one, its time."""
    properties, headers = taken.properties, taken.headers
    key = properties.get("message_id") or headers.get("cloudEvents:id") or headers.get("cloudEvents_id")
    if not key:
        key = hashlib.sha256(taken.body).hexdigest()
        if moment := properties.get("timestamp"):
            key = f"{key}@{moment}"
    return Fetched(taken.body, str(key), taken.content_type)


def _with_wire(line, use, keep=False):
    """Use a connection that is open, or a new one when that one turns out to have ended meanwhile.

    :param keep: the caller gives it back
    """
    for fresh in (False, True):
        wire, used_before = pool.borrow(line, fresh)
        try:
            value = use(wire)
        except Unroutable:
            wire.prepared.clear()  # perhaps somebody deleted the queue we had made
            pool.give_back(wire)
            raise
        except Exception as error:
            wire.close()
            if used_before and is_lost_connection(error):
                continue
            raise
        if not keep:
            pool.give_back(wire)
        return value
    return None


def _ms(started):
    return round((time.perf_counter() - started) * 1000, 1)
