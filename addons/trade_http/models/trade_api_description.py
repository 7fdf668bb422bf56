import json
from pathlib import Path

from markupsafe import Markup
from odoo import api, models, tools
from odoo.tools import SQL

from odoo.addons.trade_core import limits as core_limits
from odoo.addons.trade_core.models.trade_route import AUTO
from odoo.addons.trade_kernel import codecs

from .. import limits, openapi, openapi_page, parameters
from ..resources import DEPRECATED, READS

_STYLE = Path(__file__).parent.parent / "static" / "src" / "docs" / "docs.css"


class TradeApiDescription(models.AbstractModel):
    """The API as this database offers it: the OpenAPI document, and the page people read."""

    _name = "trade.api.description"
    _description = "Description of the API"

    @api.model
    def _document(self):
        """:return: the OpenAPI document, JSON as bytes"""
        return self._made("json", self._fingerprint())

    @api.model
    def _page(self):
        """:return: the page, HTML as bytes"""
        return self._made("html", self._fingerprint())

    @api.model
    def _fingerprint(self):
        """What the description depends on beyond the code."""
        [(count, latest)] = self.env.execute_query(
            SQL("SELECT count(*), max(write_date)::text FROM trade_event_type WHERE active")
        )
        limits, formats = tuple(self._limits().values()), tuple(sorted(self._formats().items()))
        return (count, latest, limits, formats, tuple(READS), tuple(sorted(DEPRECATED)))

    @api.model
    @tools.ormcache("form", "fingerprint")
    def _made(self, form, fingerprint):
        document = self._describe()
        if form == "json":
            return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        values = {**openapi_page.page(document), "style": Markup(_STYLE.read_text(encoding="utf-8"))}
        html = self.env["ir.qweb"]._render("trade_http.api_docs", values)
        return b"<!DOCTYPE html>\n" + str(html).encode()

    @api.model
    def _describe(self):
        event_types = self.env["trade.event.type"].search([("audience", "!=", "internal")], order="name")
        return openapi.description(
            reads=[READS[name] for name in sorted(READS) if READS[name].model_name in self.env],
            event_types=[
                {
                    "name": kind.name,
                    "title": kind.title,
                    "summary": kind.summary,
                    "scope": kind.scope,
                    "audience": kind.audience,
                    "schema": kind.schema,
                    "example": kind.example,
                }
                for kind in event_types
            ],
            limits=self._limits(),
            formats=self._formats(),
        )

    @api.model
    def _formats(self):
        """What is agreed on with anybody: document type → media types, sorted."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT document_type, codec FROM trade_route WHERE active AND direction = 'in'"
                " ORDER BY document_type, codec"
            )
        )
        codecs_by_name = {codec.name: [codec] for codec in codecs.available()}
        codecs_by_name[AUTO] = codecs.available()
        found = {}
        for document_type, name in rows:
            for codec in codecs_by_name.get(name, ()):
                found.setdefault(document_type, set()).update(codec.media_types)
        return {document_type: tuple(sorted(media_types)) for document_type, media_types in found.items()}

    @api.model
    def _limits(self):
        """What is taken at most, in words: ``{what: how much}``."""
        most = limits.setting(self.env, limits.MAX_BYTES)
        most_in_file = core_limits.of(self.env)
        return {
            "Size of a request": f"{most:,} bytes",
            "Size of a request, decompressed": f"{most:,} bytes, and at most "
            f"{limits.setting(self.env, 'trade_http.max_ratio')} times the compressed size",
            "Time for a request to arrive": f"{limits.setting(self.env, 'trade_http.body_seconds')} seconds",
            "Documents in one file": f"{most_in_file.max_documents:,}",
            "Lines of one document": f"{most_in_file.max_lines:,}",
            "Depth of JSON": f"{most_in_file.max_depth} levels",
            "Waiting for an outcome": f"{parameters.MAX_WAIT} seconds, few requests at a time",
            "Items of one page": "1,000; 100 unless said otherwise",
            "Idempotency keys": "kept as long as the documents are, at least 24 hours",
        }
