"""What partners say about a code in the documents that wait for it: the lines in question, readable."""

from decimal import Decimal, InvalidOperation

from markupsafe import Markup

_ROWS = 8


def about(messages, kind, code, params):
    """The lines of waiting documents that use a code.

    :param messages: ``trade.message`` whose canonical form is known
    :param kind: of the mapping: ``product``, ``uom`` …
    :param params: of the error; its ``identifiers`` name the product too
    :return: ``[{"document", "line", "texts": [name, description …], "extras": {name: value}, "quantity",
        "price"}]``; all values are texts, at most :data:`_ROWS` lines
    """
    codes = {code, params.get("text")} | {value for _scheme, value in params.get("identifiers") or []}
    codes = {one for one in codes if one}
    found = []
    for message in messages:
        for line in _lines(message.canonical or {}):
            item = (
                _item(line, codes)
                if kind == "product"
                else (line.get("item") or {})
                if _uses(line, code)
                else None
            )
            if item is not None:
                found.append(_statement(message, line, item))
                if len(found) == _ROWS:
                    return found
    return found


def as_table(env, said):
    """The lines as an HTML table; everything from outside is escaped."""
    head = (env._("Document"), env._("Line"), env._("Item"), env._("Quantity"), env._("Price"))
    rows = [
        (
            one["document"],
            one["line"],
            Markup("<br/>").join(
                [*one["texts"], *(f"{name}: {value}" for name, value in one["extras"].items())]
            ),
            one["quantity"],
            one["price"],
        )
        for one in said
    ]
    return Markup(
        '<table class="table table-sm mb-0"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    ).format(
        head=Markup().join(Markup("<th>{}</th>").format(cell) for cell in head),
        body=Markup().join(
            Markup("<tr>{}</tr>").format(Markup().join(Markup("<td>{}</td>").format(cell) for cell in row))
            for row in rows
        ),
    )


def _lines(document):
    for name, value in document.items():
        if name.endswith("_lines") and isinstance(value, list):
            yield from value


def _item(line, codes):
    """The item of the line that is called by one of the codes."""
    for name in ("item", "seller_substituted_item"):
        item = line.get(name)
        if item and codes & {item.get("name"), *(_id(value) for value in item.values())}:
            return item
    return None


def _id(value):
    return value.get("id") if isinstance(value, dict) else None


def _uses(part, code):
    """Whether a code stands anywhere within a part of a document."""
    if isinstance(part, dict):
        return any(_uses(value, code) for value in part.values())
    if isinstance(part, list):
        return any(_uses(value, code) for value in part)
    return part == code


def _statement(message, line, item):
    reference = (line.get("order_line_reference") or {}).get("line_id")
    quantity = line.get("quantity") or {}
    return {
        "document": message.document_number or message.thread or f"#{message.id}",
        "line": reference or line.get("id") or "",
        "texts": [text for text in dict.fromkeys((item.get("name"), item.get("description"))) if text],
        "extras": {str(name): str(value) for name, value in (item.get("extensions") or {}).items()},
        "quantity": f"{_plain(quantity.get('value'))} {quantity.get('unit_code', '')}".strip(),
        "price": _price(line.get("price") or {}),
    }


def _price(price):
    amount = price.get("price_amount")
    if not amount:
        return ""
    words = f"{_plain(amount['value'])} {amount['currency_id']}"
    base = price.get("base_quantity")
    return f"{words} / {_plain(base['value'])} {base['unit_code']}" if base else words


def _plain(value):
    """Without trailing zeros, as people write numbers."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return ""
    return format(number.normalize() if number else Decimal(0), "f")
