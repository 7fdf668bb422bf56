"""Answering what is read: pages with cursors, entity tags, and what is new since the last time."""

import hashlib
import json
from urllib.parse import urlencode

from pydantic import BaseModel
from werkzeug.http import parse_etags
from werkzeug.wrappers import Response

from . import cursors
from .resources import ROOT

# A caller's cache may keep an answer, and must ask whether it is still true; nobody else's may.
_HEADERS = (("Cache-Control", "private, no-cache"), ("Vary", "Authorization, Trade-Client"))


def page(env, read, door, params, peek=False):
    """One page of a list.

    :param env: superuser's
    :return: ``{"items", "next", "more"}``
    :raise parameters.ParameterErrors: when the read itself refuses a parameter
    """
    after = None if params.after is None else place_of(env, read, door, params.after)
    items, place = env[read.model_name]._read_page(read, door, params, after, params.limit, peek=peek)
    more = len(items) >= params.limit if read.feed else place is not None
    following = None if place is None else cursors.seal(_secret(env), _owner(read, door), place)
    return {"items": [plain(item) for item in items], "next": following, "more": more}


def place_of(env, read, door, cursor):
    """Where a cursor leads to.

    :raise ValueError: with a sentence, when it is none of this caller's
    """
    try:
        return cursors.unseal(_secret(env), _owner(read, door), cursor)
    except ValueError:
        raise ValueError(
            "This is no cursor of this list. Take it from the answer before, or leave it out."
        ) from None


def _secret(env):
    return env["ir.config_parameter"].sudo().get_param("database.secret")


def _owner(read, door):
    mode = "test" if door.test else "live"
    return f"{door.company_id}/{door.trade_partner_id}/{mode}/{read.name}"


def plain(item):
    """An item as JSON takes it."""
    return item.model_dump(mode="json", by_alias=True) if isinstance(item, BaseModel) else item


def link_next(read, params, answer):
    """The header that leads to the next page, when there is one."""
    if not answer["more"]:
        return []
    query = params.model_dump(mode="json", exclude_defaults=True) | {"after": answer["next"]}
    return [("Link", f'<{ROOT}/{read.name}?{urlencode(query, doseq=True)}>; rel="next"')]


def as_json(body):
    """An answer's bytes; the same for the same content."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def etag(raw):
    """The entity tag of an answer, without quotes."""
    return hashlib.sha256(raw).hexdigest()[:32]


def respond(httprequest, body, headers=()):
    """The answer with its entity tag, or 304 when the caller has it already (RFC 9110, section 13.1.2)."""
    raw = as_json(body)
    tag = body.get("etag") or etag(raw)
    headers = [*_HEADERS, ("ETag", f'"{tag}"'), *headers]
    if parse_etags(httprequest.headers.get("If-None-Match")).contains_weak(tag):
        return Response(status=304, headers=headers)
    return Response(raw, status=200, headers=[("Content-Type", "application/json"), *headers])
