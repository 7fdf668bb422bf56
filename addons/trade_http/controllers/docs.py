"""The description of the API, for everybody: what there is to call is no secret, what it answers is."""

from odoo import SUPERUSER_ID, http
from odoo.http import request
from werkzeug.http import parse_etags
from werkzeug.wrappers import Response

from .. import openapi, reads
from ..machine import ROUTE
from ..resources import ROOT
from .api import TradeApi

# The page brings everything with it and may load and run nothing else.
_POLICY = "; ".join(
    ("default-src 'none'", "style-src 'unsafe-inline'", "base-uri 'none'", "form-action 'none'")
    + ("frame-ancestors 'none'",)
)


class TradeDocs(TradeApi):
    @http.route(f"{ROOT}/openapi.json", **{**ROUTE, "readonly": True})
    def openapi(self):
        """The OpenAPI document."""
        return self._answer({"GET": lambda: self._public("_document", openapi.MEDIA_TYPE)})

    @http.route([f"{ROOT}/docs", f"{ROOT}/docs/"], **{**ROUTE, "readonly": True})
    def docs(self):
        """The page people read."""
        policy = ("Content-Security-Policy", _POLICY)
        return self._answer({"GET": lambda: self._public("_page", "text/html; charset=utf-8", policy)})

    @staticmethod
    def _public(method, media_type, *headers):
        env = request.env(user=SUPERUSER_ID, context={"lang": "en_US"})
        raw = getattr(env["trade.api.description"], method)()
        tag = reads.etag(raw)
        headers = [("ETag", f'"{tag}"'), ("Cache-Control", "public, max-age=300"), *headers]
        if parse_etags(request.httprequest.headers.get("If-None-Match")).contains_weak(tag):
            return Response(status=304, headers=headers)
        return Response(raw, headers=[("Content-Type", media_type), *headers])
