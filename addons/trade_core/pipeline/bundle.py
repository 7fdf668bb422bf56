"""Several documents in one file: what a partner wants at 16:00, all orders in one interchange.

The documents stay messages of their own, with their own number, answer and deadline; the file is one more
message, which alone is sent. A document that cannot be written is held alone and is not in the file.
"""

import base64
import hashlib
import logging
import time

from odoo import fields
from psycopg2 import OperationalError

from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.canonical import canonical_digest
from odoo.addons.trade_kernel.errors import TradeError

from ..models.trade_route import INTERCHANGE
from .failures import as_trade_error

_logger = logging.getLogger(__name__)

MOST = 500  # documents in one file


def gather(messages, hold):
    """Put what is due of one route into a file.

    :param messages: queued ones of one lane; files that could not leave yet may be among them
    :param hold: ``hold(message, error, started)`` keeps one that cannot be written
    :return: the files that are to be sent
    """
    files = messages.filtered(lambda message: message.document_type == INTERCHANGE)
    parts, documents = messages - files, {}
    for message in parts:
        started = time.perf_counter()
        try:
            with message.env.cr.savepoint():
                documents[message] = _collect(message)
        except OperationalError:
            raise
        except Exception as error:
            hold(message, as_trade_error(error), started)
    while documents:
        try:
            with messages.env.cr.savepoint():
                return files | _write(documents)
        except TradeError as error:
            bad = _unwritable(documents)
            if not bad:  # each alone can be written, all together cannot
                bad = dict.fromkeys(documents, error)
            for message, reason in bad.items():
                del documents[message]
                hold(message, reason, None)
    return files


def _collect(message):
    record = message._record_to_send()
    document = message.route_id._adapter()._collect(message, record)
    message.write(
        {
            "canonical": document.model_dump(mode="json", exclude_none=True),
            "canonical_digest": canonical_digest(document),
        }
    )
    return document


def _write(documents):
    """:return: the file's message"""
    parts = next(iter(documents)).union(*documents)
    first = parts[0]
    file = first._queue(
        first.route_id,
        first.browse(),
        document_number=fields.Datetime.now().strftime("%Y%m%d-%H%M%S"),
        document_type=INTERCHANGE,
        lane=first.lane,
    )
    parts.parent_id = file
    raw = codecs.get(first.codec).encode(list(documents.values()), file._write_options(parts))
    file.write(
        {
            "payload": base64.b64encode(raw),
            "payload_digest": hashlib.sha256(raw).hexdigest(),
            "payload_size": len(raw),
            "content_type": codecs.get(first.codec).media_types[0],
            "not_before": False,
        }
    )
    file._log("prepared", note=file.env._("%s documents", len(parts)))
    for message in parts:
        message._log("prepared", note=file.display_name)
    return file


def _unwritable(documents):
    """``{message: error}`` of the documents that cannot be written, not even alone."""
    found = {}
    for message, document in documents.items():
        savepoint = message.env.cr.savepoint()  # the numbers it takes are given back
        try:
            codecs.get(message.codec).encode([document], message._write_options())
        except TradeError as error:
            found[message] = error
        finally:
            savepoint.close(rollback=True)
    return found


def keep_pieces(file):
    """A file has left: each document keeps its own piece of it, as it was sent."""
    children = file.child_ids.filtered(lambda message: not message.payload_digest).sorted("id")
    try:
        pieces = [
            part.raw for part in codecs.get(file.codec).decode(file._raw(), file.route_id._codec_options())
        ]
    except TradeError:
        _logger.exception("the file %s cannot be read back", file.id)
        return
    if len(pieces) != len(children):
        return
    for message, raw in zip(children, pieces, strict=True):
        message.write(
            {
                "payload": base64.b64encode(raw),
                "payload_digest": hashlib.sha256(raw).hexdigest(),
                "payload_size": len(raw),
                "content_type": file.content_type,
            }
        )
