"""The transaction sets that are mapped: one module each, found by looking into this folder.

See the docstring of :mod:`..x12` for how to add one.
"""

import importlib
import pkgutil
from functools import cache

from ....canonical import Document
from ....errors import ValidationFailed
from ._base import Transaction

__all__ = ["Transaction", "by_document", "by_set"]


@cache
def _all() -> tuple[Transaction, ...]:
    found: dict[type, Transaction] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        if not module.startswith("_"):
            loaded = importlib.import_module(f"{__name__}.{module}")
            for value in vars(loaded).values():
                ours = isinstance(value, type) and value.__module__ == loaded.__name__
                if ours and issubclass(value, Transaction):
                    found.setdefault(value, value())
    return tuple(found.values())


@cache
def _sets() -> dict[str, Transaction]:
    return {name: transaction for transaction in _all() for name in transaction.sets}


def by_set(name: str) -> Transaction | None:
    """What reads transaction sets of a type (ST01); TA1 counts as one."""
    return _sets().get(name)


def by_document(document: Document, profile) -> Transaction:
    """What writes a document.

    :param profile: the partner may prefer one of several sets.
    :raise ValidationFailed: ``codec.cannot_carry`` when no set says such a thing.
    """
    for transaction in _all():
        if transaction.group and transaction.writes(document) and transaction.suits(document, profile):
            return transaction
    what = f"a document of type {document.document_type}"
    raise ValidationFailed("codec.cannot_carry", what=what, reason="no transaction set is mapped for it")
