"""The description as people read it: what the page's template shows, worked out of the OpenAPI document."""

import json
import re

from markupsafe import Markup, escape

from . import problems
from .resources import ROOT

_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_METHODS = ("post", "get")
_BODY_EXAMPLE = "document.json"
_MOST_VALUES = 20  # of a field; longer lists, such as that of all currencies, stand in the OpenAPI document


def page(document):
    """What the template ``trade_http.api_docs`` needs.

    :param document: of :func:`.openapi.description`
    """
    schemas = document["components"]["schemas"]
    operations = [
        _operation(method, path, part)
        for path, item in document["paths"].items()
        for method in _METHODS
        if (part := item.get(method))
    ]
    groups = [
        {
            "name": tag["name"],
            "text": rich(tag["description"]),
            "operations": [operation for operation in operations if tag["name"] in operation["tags"]],
        }
        for tag in document["tags"]
    ]
    return {
        "title": document["info"]["title"],
        "version": document["info"]["version"],
        "introduction": rich(document["info"]["description"]),
        "root": ROOT,
        "groups": groups,
        "events": [_event(name, item["post"]) for name, item in document["webhooks"].items()],
        "schemas": [_schema(name, schema) for name, schema in schemas.items()],
        "problems": problems.available(),
        "scopes": document["x-scopes"],
        "rules": document["x-rules"],
        "limits": document["x-limits"],
        "headers": {
            name: rich(header["description"]) for name, header in document["components"]["headers"].items()
        },
        "deprecated": [operation for operation in operations if operation["deprecation"]],
    }


def rich(text):
    """Plain text with ``code`` and strong words, in paragraphs, as HTML."""
    safe = str(escape(text or ""))
    safe = _STRONG.sub(r"<strong>\1</strong>", _CODE.sub(r"<code>\1</code>", safe))
    return Markup("<br/><br/>").join(Markup(part) for part in safe.split("\n\n"))  # escaped above


def pretty(value):
    return json.dumps(value, indent=2, ensure_ascii=False)


# -- operations --------------------------------------------------------------------------------


def _operation(method, path, part):
    body = part.get("requestBody", {}).get("content", {})
    return {
        "id": part["operationId"],
        "method": method.upper(),
        "path": f"{ROOT}{path}",
        "title": part["summary"],
        "text": rich(part["description"]),
        "tags": part["tags"],
        "scope": part.get("x-scope"),
        "deprecation": part.get("x-deprecation"),
        "parameters": [_parameter(param) for param in part["parameters"]],
        "media_types": list(body),
        "body": [
            kind for content in body.values() if "schema" in content for kind in types(content["schema"])
        ],
        "curl": _curl(method, path, part),
        "answers": [
            {
                "status": status,
                "text": rich(answer["description"]),
                "types": _answer_types(answer),
                "example": _answer_example(answer),
                "headers": list(answer.get("headers", {})),
                "good": status < "400",
                "problems": [
                    problem
                    for problem in problems.available()
                    if str(problem.status) == status and problem.name in part["x-problems"]
                ],
            }
            for status, answer in sorted(part["responses"].items())
        ],
    }


def _parameter(param):
    schema = param["schema"]
    bounds = []
    if "minimum" in schema or "maximum" in schema:
        bounds.append(f"{schema.get('minimum', '…')} to {schema.get('maximum', '…')}")
    if "default" in schema:
        bounds.append(f"default {json.dumps(schema['default'])}")
    if schema.get("maxLength"):
        bounds.append(f"at most {schema['maxLength']} characters")
    return {
        "name": param["name"],
        "where": param["in"],
        "required": param.get("required", False),
        "types": types(schema),
        "bounds": ", ".join(bounds),
        "text": rich(param.get("description", "")),
    }


def _answer_types(answer):
    for content in answer.get("content", {}).values():
        return types(content.get("schema", {}))
    return []


def _answer_example(answer):
    for content in answer.get("content", {}).values():
        if "example" in content:
            return pretty(content["example"])
    return None


def _curl(method, path, part):
    filled = path
    for param in part["parameters"]:
        if param["in"] == "path":
            filled = filled.replace("{" + param["name"] + "}", str(param.get("example", "…")))
    lines = [f'curl "$URL{ROOT}{filled}"', '  -H "Authorization: Bearer $KEY"']
    if method == "post":
        lines += [
            '  -H "Idempotency-Key: $(uuidgen)"',
            '  -H "Content-Type: application/json"',
            f"  --data-binary @{_BODY_EXAMPLE}",
        ]
    return " \\\n".join(lines)


# -- schemas -----------------------------------------------------------------------------------


def types(schema):
    """The types of a value: ``[{text, link}]``, the link to a schema of this page or ``None``."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return [{"text": name, "link": f"#schema-{name}"}]
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            found = [kind for part in schema[word] for kind in types(part)]
            return list({kind["text"]: kind for kind in found}.values())
    if "const" in schema:
        return [{"text": json.dumps(schema["const"]), "link": None}]
    if "enum" in schema and len(schema["enum"]) <= _MOST_VALUES:
        return [{"text": json.dumps(value), "link": None} for value in schema["enum"]]
    kind = schema.get("type", "anything")
    if kind == "array":
        return [{**one, "text": f"{one['text']} …"} for one in types(schema.get("items", {}))]
    if isinstance(kind, list):
        return [{"text": one, "link": None} for one in kind]
    return [{"text": schema.get("format", kind), "link": None}]


def _schema(name, schema):
    return {
        "name": name,
        "text": rich(schema.get("description", "")),
        "fields": _fields(schema),
        "example": pretty(schema["examples"][0]) if schema.get("examples") else None,
    }


def _fields(schema):
    required = schema.get("required", ())
    return [
        {
            "name": name,
            "required": name in required,
            "types": types(part),
            "text": rich(part.get("description", "")),
        }
        for name, part in schema.get("properties", {}).items()
    ]


def _event(name, operation):
    [content] = operation["requestBody"]["content"].values()
    data = content["schema"]["allOf"][1]["properties"]["data"]
    return {
        "name": name,
        "title": operation["summary"],
        "text": rich(operation["description"]),
        "scope": operation["x-scope"],
        "audience": operation["x-audience"],
        "fields": _fields(data),
        "example": pretty(content["example"]) if "example" in content else None,
    }
