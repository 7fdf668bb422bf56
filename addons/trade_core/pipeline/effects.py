"""What a document changed: the watched fields of the watched records, before and after."""

from datetime import date, datetime

from odoo.tools import float_compare


def snapshot(watched):
    """Read watched records.

    :param watched: ``[(records, [field name, …]), …]``
    :return: ``{(model, id): {"name": display name, "values": {field: JSON value}}}``
    """
    state = {}
    for records, names in watched:
        for record in records:
            state[record._name, record.id] = {
                "name": record.display_name,
                "values": {name: _plain(record, name) for name in names},
                "fields": {name: record._fields[name] for name in names},
                "env": record.env,
            }
    return state


def compare(before, after):
    """The differences, one dict per field: ``{model, id, name, field, label, old, new, kind}``;
    ``kind`` is ``changed``, ``created`` or ``removed``."""
    changes = []
    for key in [*after, *(key for key in before if key not in after)]:
        old, new = before.get(key), after.get(key)
        kind = "changed" if old and new else "created" if new else "removed"
        shown = new or old
        for name, field in shown["fields"].items():
            was = old["values"].get(name) if old else None
            now = new["values"].get(name) if new else None
            if _same(was, now) or (kind == "created" and now in (None, False, "")):
                continue
            changes.append(
                {
                    "model": key[0],
                    "id": key[1],
                    "name": shown["name"],
                    "field": name,
                    "label": field._description_string(shown["env"]),
                    "old": was,
                    "new": now,
                    "kind": kind,
                }
            )
    return changes


def _plain(record, name):
    value = record[name]
    field = record._fields[name]
    if field.relational:
        return ", ".join(value.mapped("display_name")) or None
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if field.type == "selection":
        return dict(field._description_selection(record.env)).get(value)
    if value is False and field.type != "boolean":
        return None
    return value


def _same(was, now):
    if isinstance(was, float) and isinstance(now, float):
        return float_compare(was, now, precision_digits=6) == 0
    return was == now
