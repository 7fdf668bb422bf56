"""The description of the API (OpenAPI 3.1), made of the registries, the items and the canonical models.

Nothing of it is written twice: what the controllers answer by is what is described.
"""

import copy
import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from odoo.addons.trade_kernel import codecs, events
from odoo.addons.trade_kernel.canonical import DOCUMENTS
from odoo.addons.trade_kernel.canonical.rules import RULES

from . import items, openapi_examples, parameters, problems
from .resources import DEPRECATED, INTAKES, READS, ROOT
from .scopes import SCOPES

OPENAPI = "3.1.0"
MEDIA_TYPE = "application/json"
_REF = "#/components/schemas/{model}"
_JSON = "application/json"
#: the codec of canonical documents as JSON
OWN_FORMAT = "canonical_json"

# What can happen with every request, with every document, and with everything that is read.
_ALWAYS = (
    problems.BAD_REQUEST,
    problems.DENIED,
    problems.FORBIDDEN,
    problems.TOO_MANY,
    problems.INTERNAL,
)
_DOCUMENT = (
    problems.BAD_PARAMETERS,
    problems.EMPTY,
    problems.NO_KEY,
    problems.BAD_KEY,
    problems.ENCODING_BROKEN,
    problems.NO_ROUTE,
    problems.TOO_SLOW,
    problems.RUNNING,
    problems.TOO_LARGE,
    problems.INFLATED,
    problems.MEDIA_TYPE_UNKNOWN,
    problems.ENCODING_UNKNOWN,
    problems.INVALID,
    problems.KEY_REUSED,
)
_READ = (problems.BAD_PARAMETERS, problems.NOT_FOUND)


class _Generator(GenerateJsonSchema):
    def field_title_should_be_set(self, schema) -> bool:
        return False


def description(reads=None, event_types=(), limits=None, formats=None) -> dict[str, Any]:
    """The whole document.

    :param reads: those there are in this database
    :param formats: document type → media types agreed on with anybody, beside our own JSON
    :param event_types: ``[{name, title, summary, scope, audience, schema, example}, …]``
    :param limits: name → value, of the server
    """
    reads = [READS[name] for name in sorted(READS)] if reads is None else reads
    schemas = _schemas(reads)
    paths: dict[str, Any] = {}
    for taken in INTAKES.values():
        paths.setdefault(f"/{taken.collection}", {})["post"] = _post(taken, formats or {})
    paths.setdefault("/documents", {})["post"] = _post_any(formats or {})
    paths["/messages/{id}"] = {"get": _get_message()}
    for read in reads:
        paths.setdefault(f"/{read.name}", {})["get"] = _get(read, event_types)
        if read.key:
            paths[f"/{read.name}/{{{read.key}}}"] = {"get": _get_one(read)}
    return {
        "openapi": OPENAPI,
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Tradelane API",
            "version": "1.0.0",
            "description": openapi_examples.INTRODUCTION,
        },
        "servers": [{"url": ROOT}],
        "tags": [
            {
                "name": "Send",
                "description": "Documents you send us. 202 means stored; what became of it is asked.",
            },
            {"name": "Read", "description": "What we have for you."},
        ],
        "paths": dict(sorted(paths.items())),
        "webhooks": {kind["name"]: _webhook(kind, schemas) for kind in event_types},
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "headers": _HEADERS,
            "securitySchemes": _SECURITY_SCHEMES,
        },
        "security": _SECURITY,
        "x-scopes": {name: scope.title for name, scope in SCOPES.items()},
        "x-rules": RULES,
        "x-limits": limits or {},
    }


# -- schemas -----------------------------------------------------------------------------------


def _schemas(reads):
    documents = [DOCUMENTS[taken.document_type] for taken in INTAKES.values()]
    documents += [DOCUMENTS[name] for read in reads for name in read.document_types]
    models = [items.Status, items.Stored, items.CloudEvent, items.Problem, *documents]
    models += [read.item for read in reads]
    wanted = dict.fromkeys((model, "validation") for model in models)
    _map, merged = models_json_schema(list(wanted), ref_template=_REF, schema_generator=_Generator)
    schemas = merged["$defs"]
    for document in dict.fromkeys(documents):
        # Without a type nobody could tell what the document is, so it is required though it has a default.
        schema = schemas[document.__name__]
        schema["required"] = ["document_type", *schema.get("required", ())]
        schema["examples"] = openapi_examples.DOCUMENTS.get(document.__name__, [])
    return schemas


def _ref(model):
    return {"$ref": _REF.format(model=model.__name__)}


def _page(read):
    return {
        "type": "object",
        "required": ["items", "next", "more"],
        "properties": {
            "items": {"type": "array", "items": _ref(read.item)},
            "next": {
                "type": ["string", "null"],
                "description": "Where to go on, as `after`. "
                + ("Keep it: also at the end." if read.feed else "None at the end."),
            },
            "more": {"type": "boolean", "description": "Whether to ask again at once."},
        },
    }


# -- operations --------------------------------------------------------------------------------


def _operation(name, title, text, scope, tag, params, responses, found):
    operation = {
        "operationId": name,
        "tags": [tag],
        "summary": title,
        "description": text,
        "parameters": params,
        "responses": {**responses, **_refusals([*_ALWAYS, *found])},
        "x-problems": [problem.name for problem in sorted({*_ALWAYS, *found}, key=lambda one: one.status)],
    }
    if scope:
        operation["x-scope"] = scope
    if deprecation := DEPRECATED.get(name):
        operation["deprecated"] = True
        operation["x-deprecation"] = {
            "since": deprecation.since.isoformat(),
            "sunset": deprecation.sunset and deprecation.sunset.isoformat(),
            "successor": deprecation.successor,
            "note": deprecation.note,
        }
        for status in operation["responses"].values():
            status.setdefault("headers", {}).update(_headers("Deprecation", "Sunset", "Link"))
        operation["responses"].update(_refusals([problems.GONE]))
    return operation


def _post(taken, formats):
    words = taken.document_type.replace("_", " ")
    return _operation(
        taken.operation,
        f"Send {words}s",
        f"Stores one {words} or a file of several. It is read after the answer; wait for the outcome with "
        "`wait`, or ask later under `status_url`. The format is the one we agreed on.",
        taken.scope,
        "Send",
        [*_query(parameters.PushParams), *_DOCUMENT_HEADERS],
        _taken(),
        _DOCUMENT,
    ) | {"requestBody": _body([taken.document_type], formats)}


def _post_any(formats):
    return _operation(
        "post_documents",
        "Send any document",
        "Stores a document of any kind and format we agreed on. The kind follows from the media type; when "
        "that leaves several, `type` says which.",
        None,
        "Send",
        [*_query(parameters.AnyDocumentParams), *_DOCUMENT_HEADERS],
        _taken(),
        [*_DOCUMENT, problems.AMBIGUOUS],
    ) | {"requestBody": _body([taken.document_type for taken in INTAKES.values()], formats)}


def _body(document_types, formats):
    """Our own JSON with its schema, and what else was agreed on."""
    own = codecs.get(OWN_FORMAT).media_types
    one = [_ref(DOCUMENTS[document_type]) for document_type in document_types]
    content = {media_type: {} for media_type in own}
    content[_JSON] = {"schema": one[0] if len(one) == 1 else {"anyOf": one}}
    for document_type in document_types:
        for media_type in formats.get(document_type, ()):
            content.setdefault(media_type, {})
    text = "The document, in the format we agreed on. It fits its schema and keeps the rules in `x-rules`."
    return {"required": True, "description": text, "content": content}


def _taken():
    stored = {"schema": {"anyOf": [_ref(items.Status), _ref(items.Stored)]}}
    return {
        "200": {
            "description": "With `wait`: what became of it.",
            "headers": _headers("Location", "RateLimit", "RateLimit-Policy"),
            "content": {_JSON: {"schema": _ref(items.Status)}},
        },
        "202": {
            "description": "Stored. With `wait`: its status so far.",
            "headers": _headers("Location", "Trade-Wait", "RateLimit", "RateLimit-Policy"),
            "content": {_JSON: stored | {"example": openapi_examples.STORED}},
        },
    }


def _get_message():
    identifier = {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "As the answer to the document said it.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 4711,
    }
    return _operation(
        "get_message",
        "Ask what became of a document",
        "Its state, everything that is wrong with it and what to do about that, and what we answered.",
        None,
        "Read",
        [identifier, *_query(parameters.StatusParams), _IF_NONE_MATCH],
        _found(_ref(items.Status), openapi_examples.STATUS, "Trade-Wait"),
        _READ,
    )


def _get(read, event_types):
    params = _query(read.params)
    for param in params:
        if param["name"] == "after":
            param["schema"]["format"] = f"{read.name}-cursor"
        if read.name == "events" and param["name"] == "type" and event_types:
            param["schema"]["items"] = {"type": "string", "enum": [kind["name"] for kind in event_types]}
    schema = _page(read) if read.kind == "list" else _ref(read.item)
    example = openapi_examples.PAGES.get(read.name)
    more = ["Link"] if read.kind == "list" else []
    return _operation(
        read.operation,
        read.title,
        read.summary,
        read.scope,
        "Read",
        [*params, _IF_NONE_MATCH],
        _found(schema, example, *more, *(["Trade-Wait"] if read.wait else []))
        | (_TOO_LONG if any(param["schema"].get("type") == "array" for param in params) else {}),
        _READ,
    )


def _get_one(read):
    key = {"name": read.key, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    if read.key == "number":
        key["example"] = "PO00042"
    return _operation(
        read.one_operation,
        f"{read.title}: one by its {read.key}",
        f"One element by its {read.key}.",
        read.scope,
        "Read",
        [key, _IF_NONE_MATCH],
        _found(_ref(read.item), openapi_examples.ONES.get(read.name)),
        _READ,
    )


def _found(schema, example, *headers):
    content = {"schema": schema} | ({"example": example} if example else {})
    return {
        "200": {
            "description": "Here it is.",
            "headers": _headers("ETag", *headers, "RateLimit", "RateLimit-Policy"),
            "content": {_JSON: content},
        },
        "304": {
            "description": "You have it already: the entity tag is the same.",
            "headers": _headers("ETag"),
        },
    }


def _refusals(found):
    by_status: dict[str, list] = {}
    for problem in dict.fromkeys(found):
        by_status.setdefault(str(problem.status), []).append(problem)
    return {
        status: {
            "description": " ".join(problem.title for problem in group),
            **({"headers": _headers("Retry-After")} if status in ("409", "429") else {}),
            "content": {
                problems.MEDIA_TYPE: {
                    "schema": _ref(items.Problem),
                    "examples": {
                        problem.name: {"summary": problem.title, "value": problems.body(problem)}
                        for problem in group
                    },
                }
            },
        }
        for status, group in sorted(by_status.items())
    }


def _webhook(kind, schemas):
    """An event as it is delivered or read from the feed."""
    data = _hoisted(kind["schema"] or {}, schemas)
    return {
        "post": {
            "operationId": f"event_{kind['name'].replace('.', '_')}",
            "summary": kind["title"],
            "description": kind["summary"],
            "x-scope": kind["scope"],
            "x-audience": kind["audience"],
            "requestBody": {
                "content": {
                    events.MEDIA_TYPE: {
                        "schema": {
                            "allOf": [
                                _ref(items.CloudEvent),
                                {
                                    "properties": {
                                        "type": {"const": kind["name"]},
                                        "data": data,
                                    }
                                },
                            ]
                        },
                        **({"example": kind["example"]} if kind["example"] else {}),
                    }
                }
            },
            "responses": {"204": {"description": "You have it."}},
        }
    }


def _hoisted(schema, schemas):
    """A schema whose parts stand among the components; one whose name means something else there, under the
    name of what it belongs to."""
    schema = copy.deepcopy(schema)
    parts = schema.pop("$defs", {})
    names = {
        name: name if schemas.get(name, part) == part else f"{schema.get('title', 'Event')}{name}"
        for name, part in parts.items()
    }
    text = json.dumps({"schema": schema, "parts": parts})
    for name, new in names.items():
        text = text.replace(f'"#/$defs/{name}"', f'"{_REF.format(model=new)}"')
    found = json.loads(text)
    schemas.update({names[name]: part for name, part in found["parts"].items()})
    return found["schema"]


# -- parameters --------------------------------------------------------------------------------


def _query(params):
    schema = params.model_json_schema(schema_generator=_Generator)
    return [
        _parameter(name, part, name in schema.get("required", ()))
        for name, part in schema["properties"].items()
    ]


def _parameter(name, part, required):
    # An absent parameter is absent: there is no way to write null in a query.
    choices = [choice for choice in part.pop("anyOf", ()) if choice.get("type") != "null"]
    part = {**(choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {}), **part}
    text = part.pop("description", None)
    if part.get("default", 0) is None:
        part.pop("default")
    parameter = {"name": name, "in": "query", "required": required, "schema": part}
    return parameter | ({"description": text} if text else {})


# Said by the web server, before anything of ours sees the request.
_TOO_LONG = {"414": {"description": "The address is too long. Ask for fewer at a time."}}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of the answer you have: when it is still the same, 304 comes without a body.",
    "schema": {"type": "string"},
    "example": '"0f343b0931126a20f133d67c2b018a3b"',
}
_DOCUMENT_HEADERS = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        # No example: who copies one sends the key of somebody's earlier document.
        "description": "A new random key for each document, such as a UUID, and the same for every try of "
        "the same document. A signed request has it in `webhook-id` instead.",
        "schema": {
            "type": "string",
            "format": "idempotency-key",
            "minLength": 1,
            "maxLength": 255,
            "pattern": "^[\\x21-\\x7e]+$",
        },
    },
    {
        "name": "traceparent",
        "in": "header",
        "description": "W3C Trace Context; its trace id names the document in our log. A malformed one is "
        "passed over.",
        "schema": {"type": "string"},
        "example": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    },
]


def _headers(*names):
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _header(text, schema_type="string"):
    return {"description": text, "schema": {"type": schema_type}}


_HEADERS = {
    "ETag": _header("Changes when the content does.") | {"required": True},
    "Location": _header("Where to ask what became of the document."),
    "Link": _header(
        '`rel="next"`: the next page. `deprecation`, `sunset`, `successor-version`: where to read on.'
    ),
    "Trade-Wait": _header("`busy`: too many requests wait already, so this one was answered at once."),
    "Retry-After": _header("Seconds to wait before the next try."),
    "RateLimit": _header('How many requests are left, and when there are more: `"client";r=99;t=12`.'),
    "RateLimit-Policy": _header('How many requests there are in how many seconds: `"client";q=100;w=60`.'),
    "Deprecation": _header(
        "Since when the operation should not be used any more: `@` and seconds (RFC 9745)."
    ),
    "Sunset": _header("From when on it may be gone (RFC 8594)."),
}
_SECURITY_SCHEMES = {
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "tlk_…",
        "description": "The API key we gave you: `Authorization: Bearer tlk_…`.",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token (RFC 9068) from your identity provider, when we agreed on one.",
    },
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "A signature over `webhook-id`, `webhook-timestamp` and the raw body, as Standard "
        "Webhooks defines it, together with these two headers.",
    },
    "client": {
        "type": "apiKey",
        "in": "header",
        "name": "Trade-Client",
        "description": "The client id that signs.",
    },
}
_SECURITY = [{"apiKey": []}, {"token": []}, {"signature": [], "client": []}]
