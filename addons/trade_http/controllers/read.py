"""``GET /trade/v1/…``: whatever is registered to be read, see ``resources.py``."""

from functools import partial

from odoo import SUPERUSER_ID, http
from odoo.http import request
from odoo.modules import module
from psycopg2.extensions import STATUS_READY, TRANSACTION_STATUS_IDLE

from .. import intake, lifecycle, parameters, problems, reads, waiting
from ..machine import ROUTE
from ..problems import Refused
from ..resources import READS, ROOT
from .api import TradeApi


class TradeReads(TradeApi):
    """One address may take documents and answer reads: ``POST /orders`` and ``GET /orders``."""

    @http.route(f"{ROOT}/<string:collection>/<path:key>", **ROUTE)
    def element(self, collection, key):
        """``GET``: one element of what is read."""
        read = self._read(collection)
        return self._answer({"GET": partial(self._one, read, key)} if read and read.key else {})

    def _collection(self, name):
        handlers = super()._collection(name)
        if read := self._read(name):
            handlers["GET"] = partial(self._list if read.kind == "list" else self._only, read)
        return handlers

    @staticmethod
    def _read(name):
        read = READS.get(name)
        return read if read and read.model_name in request.env else None

    def _list(self, read):
        visit, headers = intake.admit(read.scope, self._body)
        headers += lifecycle.use(visit, read.operation)
        door = visit.door
        check = partial(reads.place_of, request.env, read, door)
        params = self._params(read.params, {"after": check})
        if read.wait and params.wait:
            there_is_more = partial(self._there_is_more, read, door, params)
            _found, waited = waiting.until(there_is_more, params.wait)
            headers = headers if waited else [*headers, waiting.BUSY]
        try:
            body = reads.page(self._fresh(door), read, door, params, self._peek())
        except parameters.ParameterErrors as error:
            raise Refused(problems.BAD_PARAMETERS, errors=error.errors) from None
        headers = [*headers, *reads.link_next(read, params, body)]
        return reads.respond(request.httprequest, body, headers)

    def _only(self, read):
        visit, headers = intake.admit(read.scope, self._body)
        headers += lifecycle.use(visit, read.operation)
        self._params(read.params)
        return self._element(read, visit.door, None, headers)

    def _one(self, read, key):
        visit, headers = intake.admit(read.scope, self._body)
        headers += lifecycle.use(visit, read.one_operation)
        self._params(parameters.Params)
        if "\x00" in key:  # PostgreSQL keeps no such text, so nothing is called so
            raise Refused(problems.NOT_FOUND)
        return self._element(read, visit.door, key, headers)

    def _element(self, read, door, key, headers):
        item = self._fresh(door)[read.model_name]._read_one(read, door, key, peek=self._peek())
        if item is None:
            raise Refused(problems.NOT_FOUND)
        return reads.respond(request.httprequest, reads.plain(item), headers)

    # -- around --------------------------------------------------------------------------------

    @staticmethod
    def _there_is_more(read, door, params, env):
        env = env(user=SUPERUSER_ID, context={"allowed_company_ids": [door.company_id]})
        env.invalidate_all(flush=False)
        return bool(reads.page(env, read, door, params.model_copy(update={"limit": 1}), peek=True)["items"])

    @staticmethod
    def _peek():
        return request.httprequest.method == "HEAD"

    @staticmethod
    def _fresh(door):
        """Superuser's environment in the caller's company, in READ COMMITTED: what a lock was waited for is
        seen. (In a test the one transaction goes on.)"""
        cr = request.env.cr
        if cr.connection.status != STATUS_READY and not module.current_test:
            cr.rollback()
        if cr.connection.get_transaction_status() == TRANSACTION_STATUS_IDLE:
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        return request.env(user=SUPERUSER_ID, context={"allowed_company_ids": [door.company_id]})
