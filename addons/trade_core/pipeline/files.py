"""Files that hold several documents: each becomes a message of its own, so that a bad one stops no other.

A file that came over a route of one kind of document stays with that route. A file of any kind (a mailbox, a
value-added network, a supplier's folder) is distributed: who sent a document is read from its envelope, its
kind from its content, and it goes on over the route that was agreed for both.
"""

import json

from odoo.addons.trade_kernel.errors import (
    BusinessRefused,
    MappingMissing,
    TradeError,
    TradeErrors,
    ValidationFailed,
)


def receive_part(message, number, part, route, codec):
    """Store one document of a file as a message; done twice, it is there once.

    :param int number: which one of the file, from 1
    :param part: ``codecs.Decoded`` with ``raw``
    :param str codec: the name of what reads it
    """
    return message._receive(
        part.raw,
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
        road = (json.dumps(part.envelope.get("sender"), sort_keys=True), kind)
        if road not in routes:
            routes[road] = _route(message, part.envelope, kind)
        if isinstance(routes[road], TradeError):
            errors.append(routes[road])
        else:
            receive_part(message, number, part, routes[road], codec.name)
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
