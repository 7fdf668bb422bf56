"""The messages that are mapped: one module each, found by looking into this folder.

See the docstring of :mod:`..edifact` for how to add one.
"""

import importlib
import pkgutil
from functools import cache

from ....canonical import Document
from ....errors import ValidationFailed
from ._base import Message

__all__ = ["Message", "by_document", "by_type"]


@cache
def _all() -> tuple[Message, ...]:
    found: dict[type, Message] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        if not module.startswith("_"):
            loaded = importlib.import_module(f"{__name__}.{module}")
            for value in vars(loaded).values():
                if (
                    isinstance(value, type)
                    and issubclass(value, Message)
                    and value.__module__ == loaded.__name__
                ):
                    found.setdefault(value, value())
    return tuple(found.values())


@cache
def _types() -> dict[str, Message]:
    return {name: message for message in _all() for name in message.types}


def by_type(name: str) -> Message | None:
    """What reads messages of a type (UNH 0065)."""
    return _types().get(name)


def by_document(document: Document) -> Message:
    """What writes a document.

    :raise ValidationFailed: ``codec.cannot_carry`` when no message says such a thing.
    """
    for message in _all():
        if message.writes(document):
            return message
    what = f"a document of type {document.document_type}"
    raise ValidationFailed("codec.cannot_carry", what=what, reason="no message is mapped for it")
