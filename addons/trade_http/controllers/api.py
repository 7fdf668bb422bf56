"""``/trade/v1``: authenticate, store, commit, wake, answer. Nothing of a document is parsed here."""

import json
import logging
import re

from odoo import SUPERUSER_ID, api, http
from odoo.http import request
from psycopg2 import OperationalError

from odoo.addons.trade_core.pipeline.step import Conflict
from odoo.addons.trade_kernel import codecs, limits
from odoo.addons.trade_kernel.errors import BusinessRefused, DuplicateContent

from .. import gate, intake, problems
from ..problems import Refused
from ..resources import COLLECTIONS, INTAKES, ROOT
from ..status import status

_logger = logging.getLogger(__name__)

_KEY = re.compile(r"[\x21-\x7e]{1,255}")  # fits the index; what RFC 9110 lets a header carry
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")


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
        visit = self._enter()
        door = visit.door
        limits_left = intake.take(visit)
        if collection in INTAKES:
            gate.demand(visit, INTAKES[collection].scope)
        way = self._way(door, collection)
        content_type = self._content_type(way)
        key = self._key(visit.key)
        raw = self._body()
        if not raw:
            raise Refused(problems.EMPTY)
        receipt = intake.store(request.env, visit, way, raw, key, content_type, self._trace_id())
        if receipt.outcome == "running":
            raise Refused(problems.RUNNING, [("Retry-After", "1")])
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
        return self._json({"id": receipt.message_id, "status_url": url}, 202, [("Location", url), *limits_left])

    def _status(self, message_id):
        visit, limits_left = intake.admit(None, self._body)
        door = visit.door
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
        return self._json(body, 200, limits_left)

    # -- who, where, what ----------------------------------------------------------------------

    def _enter(self):
        return intake.enter(self._body)

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
            methods = (method,) if isinstance(method, str) else method
            if request.httprequest.method not in methods:
                raise Refused(problems.WRONG_METHOD, [("Allow", ", ".join(methods))])
            return handle(*args)
        except Refused as refused:
            return refused.response
        except gate.Denied as denied:
            return intake.refusal(denied)

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
