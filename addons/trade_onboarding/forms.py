"""What a step asks for and what came of it; the same for our screens and for the partner's pages."""

import math
from datetime import date
from typing import NamedTuple

_TRUE = {"1", "true", "yes", "on"}


class Field(NamedTuple):
    """One thing a step asks for."""

    name: str
    label: str
    type: str = "char"  # char, text, email, date, integer, float, boolean, selection, many, file
    required: bool = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # of a selection, or of many
    group: str = ""  # the field group of ``trade.data.owner`` it belongs to
    ours: bool = False  # the partner neither sees nor fills it


class Finding(NamedTuple):
    """What a check found."""

    level: str  # error: not accepted; warning: accepted, a person should look; ok: evidence that it is right
    text: str
    field: str | None = None
    remedy: str = ""
    record: tuple[str, int, str] | None = None  # model, id, name of what it speaks of; only we see the link

    def as_dict(self):
        return self._asdict()


def coerce(field, value):
    """A value as it is kept (JSON), from what a form sends.

    :raise ValueError: it is no such value
    """
    if value is None or value is False and field.type != "boolean":
        return None
    if isinstance(value, str):
        value = value.strip()
        if not value and field.type != "boolean":
            return None
    match field.type:
        case "boolean":
            return value if isinstance(value, bool) else str(value).lower() in _TRUE
        case "integer":
            return int(value)
        case "float":
            number = float(str(value).replace(",", "."))
            if not math.isfinite(number):
                raise ValueError(value)
            return number
        case "date":
            return date.fromisoformat(str(value)[:10]).isoformat()
        case "selection":
            if str(value) not in dict(field.choices):
                raise ValueError(value)
            return str(value)
        case "many":
            chosen = [str(one) for one in ([value] if isinstance(value, str | int) else value)]
            if not set(chosen) <= dict(field.choices).keys():
                raise ValueError(value)
            return chosen or None
        case "file":
            return int(value)
        case "email":
            if "@" not in value or " " in value:
                raise ValueError(value)
            return value
    return str(value)


def ids(value):
    """The ids of records that were chosen: of a selection, or of many."""
    return [int(one) for one in ([value] if isinstance(value, str) else value or [])]


def words(field, value):
    """A kept value as a person reads it; what a file is called is up to the caller."""
    if value is None:
        return ""
    if field.type == "selection":
        return dict(field.choices).get(value, value)
    if field.type == "many":
        return ", ".join(dict(field.choices).get(one, one) for one in value)
    return str(value)
