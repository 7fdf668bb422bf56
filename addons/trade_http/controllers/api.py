"""``/trade/v1``: authenticate, store, commit, wake, answer. Nothing of a document is parsed here."""

import json
import logging
import re
from functools import partial

from odoo import SUPERUSER_ID, api, http
from odoo.http import request
from odoo.tools import SQL
from psycopg2 import OperationalError
from werkzeug.wrappers import Response

from odoo.addons.trade_core.models.trade_route import AUTO
from odoo.addons.trade_core.pipeline.step import Conflict
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.errors import BusinessRefused, DuplicateContent

from .. import gate, intake, lifecycle, limits, parameters, problems, reads, waiting
from ..machine import ROUTE
from ..parameters import AnyDocumentParams, PushParams, StatusParams
from ..problems import Refused
from ..resources import INTAKES, ROOT
from ..status import invalid, status

_logger = logging.getLogger(__name__)

_KEY = re.compile(r"[\x21-\x7e]{1,255}")  # fits the index; what RFC 9110 lets a header carry
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")
_METHODS = ("GET", "HEAD", "POST")
#: the collection for documents of any kind
ANY = "documents"


class TradeApi(http.Controller):
    @http.route(f"{ROOT}/<string:collection>", **ROUTE)
    def collection(self, collection):
        """``POST``: take a document. 202 with ``{id, status_url}`` once it is committed."""
        return self._answer(self._collection(collection))

    @http.route(f"{ROOT}/messages/<int:message_id>", **ROUTE)
    def message(self, message_id):
        """``GET``: what became of a document; only for the partner who sent it."""
        return self._answer({"GET": partial(self._status, message_id)})

    def _collection(self, name):
        """What may be done with a collection: method → what does it."""
        if name == ANY:
            return {"POST": self._push_any}
        taken = INTAKES.get(name)
        return {"POST": partial(self._push, taken)} if taken else {}

    # -- documents in --------------------------------------------------------------------------

    def _push(self, taken):
        visit = intake.enter(self._body)
        headers = intake.take(visit)
        gate.demand(visit, taken.scope)
        headers += lifecycle.use(visit, taken.operation)
        key = self._key(visit.key)
        way = visit.door.ways.get(taken.document_type)
        if not way:
            self._no_route(visit, taken.document_type)
        return self._store(visit, way, key, self._params(PushParams), headers)

    def _push_any(self):
        visit = intake.enter(self._body)
        headers = intake.take(visit)
        params = self._params(AnyDocumentParams)
        key = self._key(visit.key)
        way, scope = self._find_way(visit, params and params.type)
        gate.demand(visit, scope)
        headers += lifecycle.use(visit, "post_documents")
        return self._store(visit, way, key, params, headers)

    def _find_way(self, visit, document_type):
        """The caller's route for a document whose kind only its media type tells, and the scope it needs."""
        scopes = {taken.document_type: taken.scope for taken in INTAKES.values()}
        ways = {name: way for name, way in visit.door.ways.items() if name in scopes}
        if document_type is not None:
            ways = {name: way for name, way in ways.items() if name == document_type}
        if not ways:
            self._no_route(visit, (document_type or ANY)[:64])
        media_types = {name: _media_types(way) for name, way in ways.items()}
        found = [name for name in ways if request.httprequest.mimetype in media_types[name]]
        if not found:
            accepted = dict.fromkeys(media_type for names in media_types.values() for media_type in names)
            raise Refused(problems.MEDIA_TYPE_UNKNOWN, [("Accept", ", ".join(accepted))])
        allowed = [name for name in found if scopes[name] in visit.door.scopes] or found[:1]
        if len(allowed) > 1:
            choices = sorted(allowed)
            raise Refused(problems.AMBIGUOUS, detail=f"It may be: {', '.join(choices)}.", choices=choices)
        return ways[allowed[0]], scopes[allowed[0]]

    def _no_route(self, visit, document_type):
        error = BusinessRefused(
            "http.no_route", subject=document_type, client=visit.door.name, document=document_type
        )
        self._tell(error, visit.door)
        raise Refused(problems.NO_ROUTE)

    def _store(self, visit, way, key, params, headers):
        door = visit.door
        content_type = self._content_type(way)
        raw = limits.unpack(request.env, request.httprequest, self._body())
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
        headers = [("Location", url), *headers]
        if params is not None and params.wait:
            return self._outcome(receipt.message_id, params.wait, headers)
        return self._json({"id": receipt.message_id, "status_url": url}, 202, headers)

    def _outcome(self, message_id, seconds, headers):
        """Wait for what becomes of a document and answer with that; 202 while it is open."""
        settled, waited = waiting.until(partial(_settled, message_id), seconds)
        message = request.env(user=SUPERUSER_ID)["trade.message"].browse(message_id)
        body = status(message, self._url)
        headers = headers if waited else [*headers, waiting.BUSY]
        if settled and (errors := invalid(message)):
            url = self._url(message_id)
            raise Refused(problems.INVALID, headers, id=message_id, status_url=url, errors=errors)
        done = settled and not (message | message.child_ids).filtered(lambda one: one.state == "held")
        return self._json(body, 200 if done else 202, headers)

    # -- what became of them -------------------------------------------------------------------

    def _status(self, message_id):
        visit, headers = intake.admit(None, self._body)
        headers += lifecycle.use(visit, "get_message")
        params = self._params(StatusParams)
        door = visit.door
        mine = [
            ("id", "=", message_id),
            ("company_id", "=", door.company_id),
            ("direction", "=", "in"),
            ("mode", "=", "test" if door.test else "live"),
        ]
        if not door.internal:
            mine.append(("trade_partner_id", "=", door.trade_partner_id))
        message = request.env(user=SUPERUSER_ID)["trade.message"].search(mine)
        if not message:
            raise Refused(problems.NOT_FOUND)
        if params and params.wait:
            _found, waited = waiting.until(partial(_settled, message_id), params.wait)
            headers = headers if waited else [*headers, waiting.BUSY]
            message.invalidate_recordset()
        return reads.respond(request.httprequest, status(message, self._url), headers)

    # -- of a request --------------------------------------------------------------------------

    @staticmethod
    def _params(params, checks=None):
        """The query's parameters, ``None`` when there are none and none are needed."""
        given = request.httprequest.args
        if not given and issubclass(params, PushParams):
            return None
        try:
            return parameters.read(params, given, checks)
        except parameters.ParameterErrors as error:
            raise Refused(problems.BAD_PARAMETERS, errors=error.errors) from None

    def _content_type(self, way):
        media_types = _media_types(way)
        if request.httprequest.mimetype not in media_types:
            raise Refused(problems.MEDIA_TYPE_UNKNOWN, [("Accept", ", ".join(media_types))])
        return request.httprequest.headers.get("Content-Type", "")[:200]

    def _key(self, key):
        key = key or request.httprequest.headers.get("Idempotency-Key", "").strip()
        if not key:
            raise Refused(problems.NO_KEY)
        if not _KEY.fullmatch(key):
            raise Refused(problems.BAD_KEY)
        return key

    @staticmethod
    def _body():
        """The raw bytes; werkzeug keeps them, so that signature and message see the same."""
        return limits.read_body(request.env, request.httprequest)

    @staticmethod
    def _trace_id():
        match = _TRACEPARENT.fullmatch(request.httprequest.headers.get("traceparent", ""))
        return match and match[1]

    # -- around --------------------------------------------------------------------------------

    def _answer(self, handlers):
        """:param handlers: method → what answers it; ``GET`` answers ``HEAD``, too"""
        method = request.httprequest.method
        if not handlers:
            return problems.answer(problems.NOT_FOUND)
        methods = [name for name in _METHODS if name in handlers or (name == "HEAD" and "GET" in handlers)]
        allow = ("Allow", ", ".join([*methods, "OPTIONS"]))
        if method == "OPTIONS":
            # No CORS headers: keys and secrets belong to a server, never into a page in a browser.
            return Response(status=204, headers=[allow])
        try:
            if method not in methods:
                raise Refused(problems.WRONG_METHOD, [allow])
            return handlers["GET" if method == "HEAD" else method]()
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
        return Response(
            json.dumps(body),
            status=code,
            headers=[("Content-Type", "application/json"), ("Cache-Control", "no-store"), *headers],
        )


def _media_types(way):
    """What a route takes: of its format, or of all of them when the content tells which one it is."""
    if way.codec == AUTO:
        return tuple(dict.fromkeys(name for codec in codecs.available() for name in codec.media_types))
    return codecs.get(way.codec).media_types


def _settled(message_id, env):
    """Whether nothing more happens to a document by itself, nor to any of those its file held."""
    [(waits,)] = env.execute_query(
        SQL(
            "SELECT count(*) FROM trade_message WHERE (id = %(id)s OR parent_id = %(id)s)"
            " AND state IN ('received', 'decoded')",
            id=message_id,
        )
    )
    return not waits
