"""``/trade/hooks/<public id>``: verify over the raw bytes, store, commit, wake, answer.

Nothing is parsed here but the question of a handshake.
"""

import hashlib
import json
import logging
import uuid

from odoo import http
from odoo.http import request
from odoo.tools import SQL
from werkzeug.wrappers import Response

from .. import hooks, intake, limits, problems
from ..machine import ROUTE
from ..problems import Refused
from .api import TradeApi

_logger = logging.getLogger(__name__)


class TradeHooks(http.Controller):
    """Where portals, marketplaces and carriers push what happened, in their own shape."""

    @http.route(f"{hooks.ROOT}/<string:public_id>", **ROUTE)
    def hook(self, public_id):
        """``POST``: take an event. ``GET``: answer a handshake, where the connector has one."""
        door = hooks.find(request.env["trade.connector"]._hook_door, public_id)
        try:
            if request.httprequest.method == "GET":
                return self._question(door)
            if request.httprequest.method != "POST":
                raise Refused(problems.WRONG_METHOD, [("Allow", "POST")])
            return self._event(door)
        except Refused as refused:
            return refused.response
        except hooks.HookDenied as denied:
            return self._denied(denied)

    def _question(self, door):
        if door is None:
            raise hooks.HookDenied("unknown")
        answer = door.challenge and door.challenge.on_get(request.httprequest.args, door.secrets, door.words)
        if not answer:
            raise hooks.HookDenied("handshake", door)
        return self._text(answer.body, 200, answer.content_type)

    def _event(self, door):
        raw = TradeApi._body()
        headers = request.httprequest.headers
        challenge = door and door.challenge
        if challenge and not challenge.signed:
            answer = challenge.on_post(raw, door.secrets, False)
            if answer:
                return self._text(answer.body, door.status, answer.content_type)
        hooks.enter(door, headers, raw, request.httprequest.remote_addr or "")
        if challenge:
            answer = challenge.on_post(raw, door.secrets, True)
            if answer:
                return self._text(answer.body, 200, answer.content_type)
        raw = limits.unpack(request.env, request.httprequest, raw)
        if not raw:
            raise Refused(problems.EMPTY)
        self._store(door, headers, raw)
        return self._text(door.body, door.status)

    def _store(self, door, headers, raw):
        """Store an event; when this returns it is on the disk.

        An id that comes again is the same event. A body without an id is the same one only as long as the
        first still waits: the same few words may announce another change later.
        """
        kept = door.kept_headers(headers)
        key, is_id = door.key(kept, raw)
        with intake.statement_by_statement() as env:
            receipt = self._receive(env, door, headers, kept, raw, key)
            if receipt.outcome == "conflict":
                # Their id again with other bytes: kept as well, and compared where it can be read.
                self._receive(env, door, headers, kept, raw, f"{key}#{hashlib.sha256(raw).hexdigest()}")
            elif receipt.outcome == "known" and not is_id and not self._waits(env, receipt.message_id):
                self._receive(env, door, headers, kept, raw, f"{key}#{uuid.uuid4().hex}")

    @staticmethod
    def _receive(env, door, headers, kept, raw, key):
        receipt = env["trade.message"]._receive(
            raw,
            route=door.way,
            scope=door.scope,
            key=key,
            content_type=headers.get("Content-Type", "")[:200] or None,
            trace_id=TradeApi._trace_id(),
            lane=door.lane,
            more={"hook_headers": json.dumps(kept)} if kept else None,
        )
        env.cr.commit()  # stored, then acknowledged; this also wakes the lane
        return receipt

    @staticmethod
    def _waits(env, message_id):
        query = SQL("SELECT state = 'received' FROM trade_message WHERE id = %s", message_id)
        return env.execute_query(query) == [(True,)]

    @staticmethod
    def _text(body, status, content_type="text/plain"):
        headers = [
            ("Content-Type", f"{content_type}; charset=utf-8"),
            ("Cache-Control", "no-store"),
        ]
        return Response(body, status=status, headers=headers)

    @staticmethod
    def _denied(denied):
        httprequest, door = request.httprequest, denied.door
        request.env["trade.api.denial"]._note_hook(
            request.db, denied, httprequest.remote_addr or "", httprequest.method
        )
        _logger.warning(
            "denied: %s from %s, %s %r: %s",
            f"connector {door.connector_id} ({door.name})" if door else "unknown webhook address",
            httprequest.remote_addr,
            httprequest.method,
            httprequest.path[:60],
            denied,
        )
        return problems.answer(problems.DENIED)
