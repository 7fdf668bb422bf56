import base64
import functools
import hashlib
import io
import json
import random
from functools import partial
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL
from psycopg2.errors import LockNotAvailable

from .trade_message import NORMAL
from .trade_message_block import BLOCK, measured

# What a message has when it comes in, and what the hot path gives; the rest is empty.
_ALWAYS = {
    "direction": "'in'",
    "state": "'received'",
    "revision": "0",
    "priority": str(NORMAL),
    "attempt_count": "0",
}
_GIVEN = (
    "document_type",
    "trade_partner_id",
    "route_id",
    "connector_id",
    "company_id",
    "codec",
    "mode",
    "idempotency_scope",
    "idempotency_key",
    "trace_id",
    "payload",
    "payload_digest",
    "payload_size",
    "content_type",
    "lane",
    "timeline",
    "received_at",
)
_ONCE = "ON CONFLICT (idempotency_scope, direction, idempotency_key) DO NOTHING RETURNING id"
_PREPARE = (
    f"PREPARE trade_receive AS INSERT INTO trade_message ({', '.join(_ALWAYS)}, {', '.join(_GIVEN)},"
    f" create_date, write_date) VALUES ({', '.join(_ALWAYS.values())},"
    f" {', '.join(f'${number}' for number in range(1, len(_GIVEN) + 1))},"
    f" ${len(_GIVEN)}, ${len(_GIVEN)}) {_ONCE}"
)
_EXECUTE = f"EXECUTE trade_receive ({', '.join(['%s'] * len(_GIVEN))})"

_KNOWN = """
SELECT id, payload_digest = %(digest)s FROM trade_message
 WHERE idempotency_scope = %(scope)s AND direction = %(direction)s AND idempotency_key = %(key)s"""

# A trace id is no secret; uuid4 would ask the system for each one.
_random = partial(random.getrandbits, 128)


@functools.cache
def _columns(*names):
    """Column names as SQL; the same few for every message, and quoting them costs as much as sending them."""
    return SQL(", ").join(map(SQL.identifier, names))


class Receipt(NamedTuple):
    """What intake did with a document.

    :ivar outcome: ``stored``, ``known`` (the same content came under this key), ``conflict`` (other content
        did) or
        ``running`` (it is being stored by another request at this moment; only from ``_receive_alone``)
    """

    message_id: int
    outcome: str


class TradeMessage(models.Model):
    """Intake: one insert. Nothing is parsed, and nothing of the ORM's work is needed yet."""

    _inherit = "trade.message"

    @api.model
    def _receive(
        self,
        raw,
        *,
        route,
        scope,
        key,
        content_type=None,
        filename=None,
        trace_id=None,
        parent=None,
        original=None,
        priority=NORMAL,
        lane=None,
        more=None,
    ):
        """Store a document that arrived; nothing is parsed. The caller commits before it acknowledges. The
        lane is woken after the commit.

        :param raw: the document as it came: bytes, or an open binary file where it may be large
        :param route: ``trade.route`` of direction "in"
        :param str scope: whose keys ``key`` belongs to, for example ``client:7``
        :param str key: the transport's key: Idempotency-Key, webhook-id, file name and digest …
        :param str lane: whose work it is, unless the route's
        :param dict more: values of columns another addon has added, as the database takes them
        :return: :class:`Receipt`
        :raise psycopg2.errors.SerializationFailure: the same key is being stored at this instant by another
            transaction; roll back and ask again
        """
        now = fields.Datetime.now()
        file = io.BytesIO(raw) if isinstance(raw, bytes) else raw
        digest, size = measured(file)
        large = size > BLOCK
        raw = b"" if large else file.read()
        values = self._intake_values(raw, route, scope, key, content_type, trace_id, now) | {
            "direction": "in",
            "state": "received",
            "revision": 0,
            "payload_digest": digest,
            "payload_size": size,
            **({"payload": None} if large else {}),
            "filename": filename,
            "parent_id": parent.id if parent else None,
            "original_id": original.id if original else None,
            "priority": priority,
            "attempt_count": 0,
            "create_uid": self.env.uid,
            "write_uid": self.env.uid,
            "create_date": now,
            "write_date": now,
            # What belongs to a test is one, whatever the route does with others.
            **({"mode": "test"} if "test" in (parent and parent.mode, original and original.mode) else {}),
            **({"lane": lane} if lane else {}),
            **(more or {}),
        }
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO trade_message (%s) VALUES %s"
                " ON CONFLICT (idempotency_scope, direction, idempotency_key) DO NOTHING RETURNING id",
                _columns(*values),
                tuple(values.values()),
            )
        )
        if not rows:
            return self._known(scope, key, values["payload_digest"])
        if large:
            self.env["trade.message.block"]._store(rows[0][0], file)
        self.env["trade.lane"]._wake_after_commit([values["lane"]])
        return Receipt(rows[0][0], "stored")

    @api.model
    def _receive_alone(self, connection, raw, *, route, scope, key, content_type=None, trace_id=None):
        """As :meth:`_receive`, in one statement that is a transaction of its own: when this returns, the
        document is
        on the disk. The caller wakes the lane.

        :param connection: what runs statements in autocommit mode, remembers those that are prepared and
            waits for no lock long: whoever stores the same key at this moment holds one
        :param route: ``trade.route``, or what stands for one
        """
        values = self._intake_values(raw, route, scope, key, content_type, trace_id, fields.Datetime.now())
        try:
            rows = connection.query_prepared("trade_receive", _PREPARE, _EXECUTE, list(values.values()))
            outcome = "stored"
            if not rows:
                rows = connection.query(
                    _KNOWN,
                    {"scope": scope, "key": key, "digest": values["payload_digest"], "direction": "in"},
                )
                outcome = "known" if rows[0][1] else "conflict"
        except LockNotAvailable:
            return Receipt(0, "running")
        return Receipt(rows[0][0], outcome)

    @api.model
    def _intake_values(self, raw, route, scope, key, content_type, trace_id, now):
        return {
            "document_type": route.document_type,
            "trade_partner_id": route.trade_partner_id.id,
            "route_id": route.id,
            "connector_id": route.connector_id.id,
            "company_id": route.company_id.id,
            "codec": route.codec,
            "mode": "test" if route.mode == "test" else "live",
            "idempotency_scope": scope,
            "idempotency_key": key,
            "trace_id": trace_id or f"{_random():032x}",
            # As text: psycopg2 would send bytes in hex, twice as long.
            "payload": base64.b64encode(raw).decode(),
            "payload_digest": hashlib.sha256(raw).hexdigest(),
            "payload_size": len(raw),
            "content_type": content_type,
            "lane": f"in/{route.id}",
            "timeline": json.dumps([self._timeline_step("received")]),
            "received_at": now,
        }

    @api.model
    def _known(self, scope, key, digest, direction="in"):
        """The receipt for a key that is already stored, or ``None``."""
        params = {"scope": scope, "key": key, "digest": digest, "direction": direction}
        rows = self.env.execute_query(SQL(_KNOWN, **params))
        return Receipt(rows[0][0], "known" if rows[0][1] else "conflict") if rows else None
