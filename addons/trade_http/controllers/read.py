"""``GET /trade/v1/…``: whatever is registered to be read, see ``resources.py``."""

from functools import partial

from odoo import SUPERUSER_ID, http
from odoo.http import request
from psycopg2.extensions import STATUS_READY, TRANSACTION_STATUS_IDLE

from .. import intake, parameters, problems, reads
from ..problems import Refused
from ..resources import INTAKES, READS, ROOT
from .api import TradeApi


class TradeReads(TradeApi):
    """One address may take documents and answer reads: ``POST /orders`` and ``GET /orders``."""

    @http.route()
    def documents(self, collection, **query):
        read = self._read(collection)
        if read is None or request.httprequest.method == "POST":
            return super().documents(collection, **query)
        methods = ("GET", "HEAD", "POST") if collection in INTAKES else ("GET", "HEAD")
        return self._answer(methods, self._list, read)

    @http.route(f"{ROOT}/<string:collection>/<path:key>", **TradeApi._OPTIONS)
    def document(self, collection, key, **_query):
        """``GET``: one element of what is read."""
        read = self._read(collection)
        if read is None or not read.key:
            return problems.answer(problems.NOT_FOUND)
        return self._answer(("GET", "HEAD"), self._one, read, key)

    @staticmethod
    def _read(name):
        read = READS.get(name)
        return read if read and read.model_name in request.env else None

    def _list(self, read):
        visit, limits = intake.admit(read.scope, self._body)
        door = visit.door
        env = self._fresh(door)
        params = self._params(read.params, {"after": partial(reads.place_of, env, read, door)})
        if read.kind == "one":
            body = env[read.model_name]._read_one(read, door, None)
            if body is None:
                raise Refused(problems.NOT_FOUND)
        else:
            try:
                body = reads.page(env, read, door, params, self._peek())
            except parameters.ParameterErrors as error:
                raise self._invalid(error) from None
            limits = [*limits, *reads.link_next(read, params, body)]
        return reads.respond(request.httprequest, reads.plain(body), limits)

    def _one(self, read, key):
        visit, limits = intake.admit(read.scope, self._body)
        self._params(parameters.Params)
        door = visit.door
        item = self._fresh(door)[read.model_name]._read_one(read, door, key, peek=self._peek())
        if item is None:
            raise Refused(problems.NOT_FOUND)
        return reads.respond(request.httprequest, reads.plain(item), limits)

    # -- around --------------------------------------------------------------------------------

    @staticmethod
    def _peek():
        return request.httprequest.method == "HEAD"

    def _params(self, params, checks=None):
        try:
            return parameters.read(params, request.httprequest.args, checks)
        except parameters.ParameterErrors as error:
            raise self._invalid(error) from None

    @staticmethod
    def _invalid(error):
        return Refused(problems.BAD_PARAMETERS, errors=error.errors)

    @staticmethod
    def _fresh(door):
        """Superuser's environment in the caller's company, in READ COMMITTED: what a lock was waited for is
        seen. (In a test the one transaction goes on.)"""
        cr = request.env.cr
        if cr.connection.status != STATUS_READY:
            cr.rollback()
        if cr.connection.get_transaction_status() == TRANSACTION_STATUS_IDLE:
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        context = {"allowed_company_ids": [door.company_id]}
        return request.env(user=SUPERUSER_ID, context=context)
