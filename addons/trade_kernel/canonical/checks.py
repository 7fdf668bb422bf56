"""What documents check of their lines and amounts."""

from collections.abc import Iterable
from functools import cache
from typing import Any, get_args

from .base import Part, Problem, refused
from .parts import Amount


def duplicate_lines(lines: Iterable, field: str) -> Iterable[Problem]:
    """A problem for every line whose id another line had before it."""
    seen: set[str] = set()
    for index, line in enumerate(lines):
        if line.id in seen:
            yield (field, index, "id"), refused("line.duplicate", line=line.id), line.id
        seen.add(line.id)


def foreign_amounts(part: Part, currency: str, place: tuple = ()) -> Iterable[Problem]:
    """A problem for every amount within ``part`` that is not in ``currency``."""
    if isinstance(part, Amount):
        if part.currency_id != currency:
            error = refused("amount.currency", currency=part.currency_id, expected=currency)
            yield (*place, "currency_id"), error, part.currency_id
        return
    for name in _with_amounts(type(part)):
        value = getattr(part, name)
        if isinstance(value, tuple):
            for index, inner in enumerate(value):
                yield from foreign_amounts(inner, currency, (*place, name, index))
        elif value is not None:
            yield from foreign_amounts(value, currency, (*place, name))


@cache
def _with_amounts(part: type[Part]) -> tuple[str, ...]:
    """The fields that hold amounts, or parts that do."""
    return tuple(
        name for name, field in part.model_fields.items() if any(map(_has_amounts, _parts_of(field)))
    )


@cache
def _has_amounts(part: type[Part]) -> bool:
    return part is Amount or bool(_with_amounts(part))


def _parts_of(field: Any) -> list[type[Part]]:
    """The classes of parts that a field may hold."""
    found, waiting = [], [field.annotation]
    while waiting:
        hint = waiting.pop()
        waiting += get_args(hint)
        if isinstance(hint, type) and issubclass(hint, Part):
            found.append(hint)
    return found


__all__ = [
    "duplicate_lines",
    "foreign_amounts",
]
