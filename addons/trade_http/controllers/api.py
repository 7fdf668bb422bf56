"""``/trade/v1``: authenticate, store, commit, wake, answer. Nothing of a document is parsed here."""

import json
import logging
import re
import time
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, http
from odoo.http import request
from psycopg2 import OperationalError
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ, STATUS_READY

from odoo.addons.trade_core.pipeline.step import Conflict
from odoo.addons.trade_kernel import codecs, limits
from odoo.addons.trade_kernel.errors import BusinessRefused, DuplicateContent

from .. import gate, problems
from ..resources import COLLECTIONS, ROOT
from ..status import status

_logger = logging.getLogger(__name__)

_KEY = re.compile(r"[\x21-\x7e]{1,255}")  # fits the index; what RFC 9110 lets a header carry
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")
_SEEN_EVERY = 60  # seconds between two notes of "last seen" per worker and client
_last_seen = {}


class Refused(Exception):
    """The request is not taken; carries the answer."""

    def __init__(self, problem, headers=(), **extra):
        super().__init__(problem.title)
        self.response = problems.answer(problem, headers, **extra)


def max_bytes(env):
    """The largest document taken, in bytes. Decoding holds it in memory about ten times."""
    return int(
        env["ir.config_parameter"].sudo().get_param("trade_http.max_bytes") or limits.DEFAULT.max_bytes
    )


def _stream_limit(_controller):
    # One byte more than is taken: werkzeug cuts a chunked body silently at its limit, so we look beyond.
    return max_bytes(request.env) + 1


class TradeApi(http.Controller):
    _OPTIONS = {
        "type": "http",
        "auth": "none",
        "csrf": False,
        "readonly": False,
        "save_session": False,
        "max_content_length": _stream_limit,
    }

    @http.route(f"{ROOT}/<string:collection>", **_OPTIONS)
    def documents(self, collection, **_query):
        """``POST``: take a document. 202 with ``{id, status_url}`` once it is committed."""
        return self._answer("POST", self._push, collection)

    @http.route(f"{ROOT}/messages/<int:message_id>", **_OPTIONS)
    def message(self, message_id, **_query):
        """``GET``: what became of a document; only for the partner who sent it."""
        return self._answer("GET", self._status, message_id)

    # -- the two requests ----------------------------------------------------------------------

    def _push(self, collection):
        door, key = self._enter()
        way = self._way(door, collection)
        content_type = self._content_type(way)
        key = self._key(key)
        raw = self._body()
        if not raw:
            raise Refused(problems.EMPTY)
        with self._statement_by_statement() as env:
            receipt = env["trade.message"]._receive(
                raw,
                route=way,
                scope=door.scope,
                key=key,
                content_type=content_type,
                trace_id=self._trace_id(),
            )
            env.cr.commit()  # stored, then acknowledged; this also wakes the lane
            self._seen(env, door)
        if receipt.outcome == "conflict":
            error = DuplicateContent(
                "http.key_reused",
                subject=f"{door.scope}:{key}",
                client=door.name,
                key=key,
                other=receipt.message_id,
            )
            self._tell(error, door, way)
            raise Refused(problems.KEY_REUSED)
        url = self._url(receipt.message_id)
        return self._json({"id": receipt.message_id, "status_url": url}, 202, [("Location", url)])

    def _status(self, message_id):
        door, _key = self._enter()
        env = request.env(user=SUPERUSER_ID)
        message = env["trade.message"].search(
            [
                ("id", "=", message_id),
                ("trade_partner_id", "=", door.trade_partner_id),
                ("company_id", "=", door.company_id),
                ("direction", "=", "in"),
            ]
        )
        if not message:
            raise Refused(problems.NOT_FOUND)
        body = status(message, self._url)
        with self._statement_by_statement() as env:
            self._seen(env, door)
        return self._json(body, 200)

    # -- who, where, what ----------------------------------------------------------------------

    def _enter(self):
        find = request.env["trade.api.client"]._door
        return gate.enter(find, request.httprequest.headers, self._body)

    def _way(self, door, collection):
        document_type = COLLECTIONS.get(collection)
        if not document_type:
            raise Refused(problems.NOT_FOUND)
        way = door.ways.get(document_type)
        if not way:
            error = BusinessRefused(
                "http.no_route", subject=document_type, client=door.name, document=document_type
            )
            self._tell(error, door)
            raise Refused(problems.NO_ROUTE)
        return way

    def _content_type(self, way):
        headers = request.httprequest.headers
        given = headers.get("Content-Type", "")
        media_types = codecs.get(way.codec).media_types
        if (
            request.httprequest.mimetype not in media_types
            or headers.get("Content-Encoding", "identity").lower() != "identity"
        ):
            raise Refused(problems.MEDIA_TYPE_UNKNOWN, [("Accept", ", ".join(media_types))])
        return given[:200]

    def _key(self, key):
        key = key or request.httprequest.headers.get("Idempotency-Key", "").strip()
        if not key:
            raise Refused(problems.NO_KEY)
        if not _KEY.fullmatch(key):
            raise Refused(problems.BAD_KEY)
        return key

    def _body(self):
        """The raw bytes; werkzeug keeps them, so that signature and message see the same."""
        limit = request.httprequest.max_content_length - 1
        raw = request.httprequest.get_data(parse_form_data=False)
        if len(raw) > limit:
            raise Refused(problems.TOO_LARGE, detail=f"At most {limit} bytes are taken.")
        return raw

    @staticmethod
    def _trace_id():
        match = _TRACEPARENT.fullmatch(request.httprequest.headers.get("traceparent", ""))
        return match and match[1]

    # -- around --------------------------------------------------------------------------------

    def _answer(self, method, handle, *args):
        try:
            if request.httprequest.method != method:
                raise Refused(problems.WRONG_METHOD, [("Allow", method)])
            return handle(*args)
        except Refused as refused:
            return refused.response
        except gate.Denied as denied:
            _logger.warning(
                "denied: client %s from %s, %s %r: %s",
                denied.client or "unknown",
                request.httprequest.remote_addr,
                request.httprequest.method,
                request.httprequest.path,
                denied.why,
            )
            return problems.answer(problems.DENIED)

    @staticmethod
    @contextmanager
    def _statement_by_statement():
        """An environment in which every statement is a transaction of its own, at READ COMMITTED.

        A document is one insert, so nothing more is needed, and four round trips to the database are saved.
        Two requests with one key at the same instant: the second insert waits for the first and then finds
        its message. Under Odoo's REPEATABLE READ it would fail and be tried again after a random sleep.

        There is no user: what arrives was made by none of ours.
        """
        connection = request.env.cr.connection
        if connection.status != STATUS_READY:
            request.env.cr.rollback()
        plain = connection.status == STATUS_READY  # never so in a test, whose one transaction goes on
        if plain:
            # First, or psycopg2 would carry Odoo's isolation level over into each statement.
            connection.set_session(isolation_level="DEFAULT", readonly="DEFAULT")
            connection.autocommit = True
        try:
            yield request.env
        finally:
            if plain:
                connection.autocommit = False
                connection.set_isolation_level(ISOLATION_LEVEL_REPEATABLE_READ)

    @staticmethod
    def _tell(error, door, way=None):
        """Let somebody know about a refused document, on the desk, in a transaction of its own."""
        try:
            with request.env.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["trade.exception"]._open(
                    error,
                    company=env["res.company"].browse(door.company_id),
                    trade_partner=env["trade.partner"].browse(door.trade_partner_id),
                    route=env["trade.route"].browse(way.id) if way else None,
                )
        except (Conflict, OperationalError):  # another request reports the same problem: it is known
            _logger.info("not counted again: %s", error)

    @staticmethod
    def _seen(env, door):
        slot, now = (env.cr.dbname, door.client_id), time.monotonic()
        if now - _last_seen.get(slot, -_SEEN_EVERY) >= _SEEN_EVERY:
            _last_seen[slot] = now
            env["trade.api.client"]._touch(door.client_id)
            env.cr.commit()

    @staticmethod
    def _url(message_id):
        # Without scheme and host: behind proxies we may be wrong about them, the caller is not.
        return f"{ROOT}/messages/{message_id}"

    @staticmethod
    def _json(body, code, headers=()):
        return http.Response(
            json.dumps(body),
            status=code,
            headers=[("Content-Type", "application/json"), ("Cache-Control", "no-store"), *headers],
        )
