"""The catalogue of events as people read it: what a schema says as a table, an example made from it."""

from datetime import UTC, datetime
from typing import NamedTuple

from markupsafe import Markup

from odoo.addons.trade_kernel.events import envelope

_EXAMPLE_ID = "5f2c1a0e-8f5c-4f0e-9f3a-2f6f8c1d9b7e"
_EXAMPLE_TIME = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
_PLAIN = {"string": "text", "integer": "4", "number": "1.5", "boolean": "true"}
_FORMATS = {"date": "2026-03-16", "date-time": "2026-03-02T08:30:00+00:00", "uuid": _EXAMPLE_ID}


class Row(NamedTuple):
    """One field of an event's data."""

    path: str  # such as lines[].product.name
    kind: str
    required: bool
    meaning: str


def rows(schema):
    """The fields a JSON Schema allows, each once, in its own order, nested ones below their parent.

    :return: list of :class:`Row`
    """
    return list(_rows(schema, schema, ""))


def _rows(schema, root, prefix):
    required = set(schema.get("required", ()))
    for name, said in schema.get("properties", {}).items():
        plain, many = _resolve(said, root)
        path = f"{prefix}{name}{'[]' * many}"
        kind = "object" if "properties" in plain else _kind(plain)
        meaning = said.get("description") or plain.get("description", "")
        yield Row(path, "list of " + kind if many else kind, name in required, " ".join(meaning.split()))
        yield from _rows(plain, root, f"{path}.")


def _resolve(said, root):
    """What a schema says without references and alternatives to nothing: ``(schema, how many lists deep)``"""
    many = 0
    while True:
        if "$ref" in said:
            said = root.get("$defs", {})[said["$ref"].rpartition("/")[2]]
        elif "anyOf" in said:
            said = next((one for one in said["anyOf"] if one.get("type") != "null"), {})
        elif said.get("type") == "array":
            said, many = said.get("items", {}), many + 1
        else:
            return said, many


def _kind(schema):
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("format"):
        return {"date-time": "instant", "date": "day"}.get(schema["format"], schema["format"])
    if str(schema.get("pattern", "")).startswith("^-?[0-9]+"):
        return "decimal"
    return {"string": "text", "integer": "whole number", "boolean": "yes or no"}.get(
        schema.get("type"), schema.get("type", "anything")
    )


def example(schema):
    """Data as the schema allows it, made of its own examples."""
    return _example(schema, schema)


def _example(said, root):
    if "examples" in said:
        return said["examples"][0]
    if "$ref" in said:
        return _example(root["$defs"][said["$ref"].rpartition("/")[2]], root)
    if "anyOf" in said:
        return _example(next((one for one in said["anyOf"] if one.get("type") != "null"), {}), root)
    if "enum" in said:
        return said["enum"][0]
    if "const" in said:
        return said["const"]
    if said.get("type") == "array":
        return [_example(said.get("items", {}), root)]
    if "properties" in said:
        return {name: _example(one, root) for name, one in said["properties"].items()}
    if said.get("type") == "string":
        return _FORMATS.get(said.get("format"), _PLAIN["string"])
    return {"integer": 4, "number": 1.5, "boolean": True}.get(said.get("type"), {})


def cloud_event(name, model, schema, subject="P00042"):
    """A whole event of the type, as it is sent."""
    return envelope(
        id=_EXAMPLE_ID,
        type=name,
        source=f"/company/{model}",
        time=_EXAMPLE_TIME,
        subject=subject,
        partitionkey=f"{model},42",
        data=example(schema),
    )


def as_document(event):
    """An event as :class:`~.document_table.DocumentTable` lays out documents: its lines with the names lines
    have there, everything else by its own.

    :param dict event: in the JSON format of CloudEvents
    """
    data = event.get("data") or {}
    said = {name: value for name, value in data.items() if name != "lines"}
    return {
        "subject": event.get("subject"),
        **said,
        "event_lines": [_line(line) for line in data.get("lines", ())],
    }


def _line(line):
    product, price = line.get("product") or {}, line.get("price") or {}
    codes = {
        "sellers_item_identification": product.get("code"),
        "standard_item_identification": product.get("gtin"),
    }
    known = ("id", "number", "line", "product", "quantity", "price", "net_amount", "delivery_on")
    return {
        "id": line.get("number") or line.get("line") or "",
        "item": {"name": product.get("name")} | {name: {"id": code} for name, code in codes.items() if code},
        "quantity": line.get("quantity"),
        "price": price and {"price_amount": price["amount"], "base_quantity": price.get("base_quantity")},
        "line_extension_amount": line.get("net_amount"),
        "requested_delivery_period": line.get("delivery_on") and {"start_date": line["delivery_on"]},
        "extensions": {name: value for name, value in line.items() if name not in known},
    }


def as_table(schema, head):
    """The fields as an HTML table.

    :param head: the titles of its four columns
    """
    lines = Markup().join(
        Markup("<tr><td><code>%s</code></td><td>%s</td><td>%s</td><td>%s</td></tr>")
        % (row.path, row.kind, "✓" if row.required else "", row.meaning)
        for row in rows(schema)
    )
    titles = Markup().join(Markup("<th>%s</th>") % title for title in head)
    return Markup('<table class="table table-sm"><thead><tr>%s</tr></thead><tbody>%s</tbody></table>') % (
        titles,
        lines,
    )


def as_markdown(schema):
    """The fields as a Markdown table."""
    lines = ["| Field | Is a | Always | Meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{row.path}` | {row.kind} | {'yes' if row.required else ''} | {_cell(row.meaning)} |"
        for row in rows(schema)
    ]
    return "\n".join(lines)


def _cell(text):
    return text.replace("|", "\\|")
