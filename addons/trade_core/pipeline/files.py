"""Files that hold several documents: each becomes a message of its own, so that a bad one stops no other.

A file that came over a route of one kind of document stays with that route. A file of any kind (a mailbox, a
value-added network, a supplier's folder) is distributed: who sent a document is read from its envelope, its
kind from its content, and it goes on over the route that was agreed for both.
"""

import json
from dataclasses import replace
from itertools import chain, islice

from odoo.addons.trade_kernel.codecs.base import limits_of
from odoo.addons.trade_kernel.errors import (
    BusinessRefused,
    MappingMissing,
    TradeError,
    TradeErrors,
    ValidationFailed,
)

from .. import limits
from ..models.trade_route import INTERCHANGE

#: a file of these kinds that has more bytes is cut; it has a thousand lines at least
CUT_FROM = 256_000


def cut(message, codec):
    """Pass a large file on in pieces, each of which is a file that is read alone; in constant memory.

    :return: whether it was; else it is to be read as a whole
    :raise TradeError: it can be read in no way
    """
    route, size = message.route_id, message.payload_size
    options = route._codec_options()
    most = limits_of(options).max_bytes
    # A file of any kind is distributed first, where it can be read: its parts are cut on their own routes.
    if not route._may_be_cut() or size <= (most if route.document_type == INTERCHANGE else CUT_FROM):
        return False
    lines = limits.of_file(message.env, "piece_lines")
    try:
        with message.env.cr.savepoint():  # what is wrong at its end is wrong with all of it
            return _cut(message, codec, codec.cut(message._open(), lines, options), size <= most)
    except TradeError:
        if size > most:
            raise
        return False  # read as a whole it says what is wrong with each document


def _cut(message, codec, pieces, readable):
    """:param readable: whether the file may be read as a whole, which it is where it is one piece"""
    head = list(islice(pieces, 2))
    if readable and len(head) < 2:
        return False
    number = 0
    for number, raw in enumerate(chain(head, pieces), 1):
        receive_part(message, number, raw, message.route_id, codec.name)
    options = message.route_id._codec_options()
    if outline := codec.outline(message._open(), options):
        message._was_read(codec, outlined(codec, outline, options))
    conclude(message, number)
    return True


def outlined(codec, outline, options):
    """What a file that was cut says of its documents: their envelopes, and whether they are read at all. What
    is wrong with their lines is told by the parts.

    :return: list of ``codecs.Decoded`` without documents, ``cut`` in their envelopes
    """
    return [
        replace(
            part,
            document=None,
            errors=tuple(error for error in part.errors if error.code.startswith("edi.")),
            envelope={**part.envelope, "cut": True},
        )
        for part in codec.decode(outline, options)
    ]


def receive_part(message, number, raw, route, codec):
    """Store one document of a file as a message; done twice, it is there once.

    :param int number: which one of the file, from 1
    :param bytes raw: a file that is read alone
    :param str codec: the name of what reads it
    """
    return message._receive(
        raw,
        route=route,
        # Their own scope: no key the sender chose may ever be taken for one of these.
        scope=f"part:{message.id}",
        key=str(number),
        content_type=message.content_type,
        filename=message.filename,
        trace_id=message.trace_id,
        parent=message,
        priority=message.priority,
        more={"codec": codec},
    )


def conclude(message, count):
    """The file itself is done: what is in it goes on alone."""
    message._set_state("decoded")
    message._set_state("applied", message.env._("Split into %s messages", count))
    message._log("split", note=str(count))


def distribute(message, codec, parts):
    """Pass each document of a file on to the route of its sender and kind.

    Whatever can go on does; replayed after the fix, the file passes on the rest.

    :return: what keeps some of them here, or ``None``
    """
    if not parts:
        return ValidationFailed("file.empty")
    errors, routes = [], {}
    for number, part in enumerate(parts, 1):
        kind = part.document.document_type if part.document else part.envelope.get("document_type")
        if not kind:
            errors.extend(part.errors)
            continue
        ends = [part.envelope.get("sender"), part.envelope.get("receiver")]
        road = (json.dumps(ends, sort_keys=True), kind)
        if road not in routes:
            routes[road] = _route(message, part.envelope, kind)
        if isinstance(routes[road], TradeError):
            errors.append(routes[road])
        else:
            receive_part(message, number, part.raw, routes[road], codec.name)
    errors = list(dict.fromkeys(errors))  # one sender's many documents have one reason
    if errors:
        return errors[0] if len(errors) == 1 else TradeErrors(errors)
    conclude(message, len(parts))
    return None


def _route(message, envelope, kind):
    """The route a document of a file belongs to, or the error that says why there is none."""
    try:
        partner = message._sender(envelope)
    except MappingMissing as error:
        return error
    route = message.env["trade.route"]._find(partner, "in", kind)
    if not route:
        subject = f"{partner.id}:{kind}"
        return BusinessRefused("file.no_route", subject=subject, partner=partner.name, document=kind)
    return route
