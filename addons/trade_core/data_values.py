"""Values of fields as they are kept in a proposed change, compared, and shown to people."""

import hashlib
import json
import re

from odoo import fields, models
from odoo.tools import format_date, format_datetime

#: fields whose values are the same however they are written: spaces, dots, case
_LOOSE = frozenset({"vat", "acc_number", "company_registry"})
_LOOSE_TYPES = ("char", "text")


def plain(record, name, value):
    """``value`` as JSON takes it and ``write`` understands it; ``None`` for nothing.

    :raise ValueError: it is no value of this field
    :raise TypeError: it is no value of this field
    """
    field = record._fields[name]
    if field.type == "many2one" and not _is_id(value):
        raise ValueError(value)
    if isinstance(value, str) and field.type in _LOOSE_TYPES:
        value = value.strip()
    cached = field.convert_to_cache(value, record)
    return _json(field, field.convert_to_record(cached, record))


def _is_id(value):
    return not value or isinstance(value, models.BaseModel) or type(value) is int


def current(record, name):
    """What the field holds now, as :func:`plain` gives it."""
    return _json(record._fields[name], record[name])


def _json(field, value):
    if field.type == "many2one":
        return value.id or None
    if field.type == "boolean":
        return bool(value)
    if field.type == "date":
        return fields.Date.to_string(value) or None
    if field.type == "datetime":
        return fields.Datetime.to_string(value) or None
    if field.type in ("integer", "float", "monetary"):
        return value
    return str(value) if value else None


def same(name, one, other):
    """Whether two plain values say the same."""
    if name in _LOOSE and isinstance(one, str) and isinstance(other, str):
        return key_of(one) == key_of(other)
    return one == other


def key_of(text):
    """``text`` without what people write differently."""
    return re.sub(r"[\W_]+", "", text or "").upper()


def words(record, name, value):
    """A plain value for people, in the language of ``record``; empty for nothing."""
    field, env = record._fields[name], record.env
    if value is None or value == "":
        return ""
    if field.type == "many2one":
        found = env[field.comodel_name].sudo().with_context(active_test=False).browse(value).exists()
        return found.display_name or ""
    if field.type == "selection":
        return dict(field._description_selection(env)).get(value, str(value))
    if field.type == "boolean":
        return env._("Yes") if value else env._("No")
    if field.type == "date":
        return format_date(env, value)
    if field.type == "datetime":
        return format_datetime(env, value)
    return str(value)


def label(record, name):
    """What the field is called, in the language of ``record``."""
    return record._fields[name]._description_string(record.env)


def digest(*parts):
    """SHA-256 of plain values: the same for the same proposal."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
