"""Errors that carry their meaning: class, code, sentence, remedy, place and who heals them.

Everything that can go wrong on a document's road is one of these; they become the problems that
people see, so each renders its own plain sentence from the :data:`CATALOGUE`.
"""

import datetime
import decimal
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .catalogue import CATALOGUE, Entry, register
from .partner_words import PHRASES, phrase, show, tell

__all__ = [
    "CATALOGUE",
    "AuthenticationFailed",
    "BusinessRefused",
    "DeviationHeld",
    "DuplicateContent",
    "DuplicateIgnored",
    "Entry",
    "Ignored",
    "InternalError",
    "MappingAmbiguous",
    "MappingMissing",
    "OutOfSequence",
    "PartnerDown",
    "Silence",
    "Superseded",
    "TradeError",
    "TradeErrors",
    "ValidationFailed",
    "phrase",
    "register",
    "rendered",
    "said",
    "show",
    "tell",
]

EXCEPTION_CLASSES = (
    "validation",
    "mapping",
    "business",
    "authentication",
    "partner_down",
    "duplicate",
    "sequence",
    "silence",
    "internal",
)


class TradeError(Exception):
    """Something on a document's road that a person or a partner has to know.

    :param code: dotted, a key of the :data:`CATALOGUE`: ``product.unknown``.
    :param pointer: the place: a JSON pointer ``/order_lines/2/item``, ``segment 12, element 3`` or
        ``row 4, column price``.
    :param subject: the thing whose fix heals the error, such as ``GTIN:04012345678901``; errors with
        the same class, code and subject are one problem.
    :param params: values for the sentence, see :func:`rendered`; kept JSON-able in ``params``. ``also`` is a
        further sentence.
    """

    exception_class = "internal"

    def __init__(self, code: str, *, pointer: str | None = None, subject: str | None = None, **params: Any):
        self.code = code
        self.pointer = pointer
        self.subject = subject
        self.params = {name: _jsonable(value) for name, value in params.items()}
        entry = CATALOGUE.get(code)
        self.message = _message(entry, self.params) if entry else _describe(code, self.params)
        self.remedy = rendered(entry.remedy, self.params) if entry else ""
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        place = f", pointer={self.pointer!r}" if self.pointer else ""
        return f"{type(self).__name__}({self.code!r}{place}, {self.params!r})"

    def __reduce__(self):
        return TradeError.from_dict, (self.as_dict(),)

    @property
    def errors(self) -> tuple["TradeError", ...]:
        """All errors this one stands for: itself, unless it is a :class:`TradeErrors`."""
        return (self,)

    @property
    def words(self) -> dict[str, Any]:
        """Its sentence for the place of a placeholder, see :func:`said`."""
        return {"code": self.code, "params": dict(self.params)}

    def as_dict(self) -> dict[str, Any]:
        """Everything about the error as JSON-able values; :meth:`from_dict` reads it back."""
        return {
            "type": type(self).__name__,
            "exception_class": self.exception_class,
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
            "pointer": self.pointer,
            "subject": self.subject,
            "params": dict(self.params),
        }

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> "TradeError":
        """The error that :meth:`as_dict` wrote.

        A code that is no longer in the catalogue (its addon is gone) keeps the sentences it had.
        """
        if values.get("errors"):
            return TradeErrors([TradeError.from_dict(error) for error in values["errors"]])
        error_type = _types().get(values.get("type", "")) or _first_type(values.get("exception_class"))
        error = error_type.__new__(error_type)
        TradeError.__init__(
            error,
            values["code"],
            pointer=values.get("pointer"),
            subject=values.get("subject"),
        )
        error.params = dict(values.get("params") or {})
        entry = CATALOGUE.get(error.code)
        if entry:
            error.message = _message(entry, error.params)
            error.remedy = rendered(entry.remedy, error.params)
        else:
            error.message = values.get("message") or _describe(error.code, error.params)
            error.remedy = values.get("remedy") or ""
        error.args = (error.message,)
        return error


class ValidationFailed(TradeError):
    """The document is malformed or contradicts itself; its sender has to correct it."""

    exception_class = "validation"


class MappingMissing(TradeError):
    """A code of the partner has no counterpart in Odoo yet."""

    exception_class = "mapping"


class MappingAmbiguous(TradeError):
    """A code of the partner fits several records in Odoo; a person chooses."""

    exception_class = "mapping"


class BusinessRefused(TradeError):
    """The document is understood, but the state of the business does not allow it."""

    exception_class = "business"


class DeviationHeld(BusinessRefused):
    """The partner's answer differs from what was asked by more than the policy accepts."""


class AuthenticationFailed(TradeError):
    """Credentials or a signature were refused, by us or by the partner."""

    exception_class = "authentication"


class PartnerDown(TradeError):
    """The partner's system does not answer; waiting helps."""

    exception_class = "partner_down"


class DuplicateContent(TradeError):
    """The same key came with other content."""

    exception_class = "duplicate"


class OutOfSequence(TradeError):
    """A predecessor is missing, or the document came too early."""

    exception_class = "sequence"


class Silence(TradeError):
    """Something expected did not come in time."""

    exception_class = "silence"


class InternalError(TradeError):
    """A defect in the program."""

    exception_class = "internal"


class Ignored(TradeError):
    """Not a problem: the message ends as ``ignored`` with this sentence as its reason."""

    exception_class = "duplicate"


class DuplicateIgnored(Ignored):
    """The same content was received before; the first answer stands."""


class Superseded(Ignored):
    """A newer revision was applied already."""

    exception_class = "sequence"


class TradeErrors(TradeError):
    """Several errors found at once.

    Class, code, pointer and subject are those of the first one; ``errors`` holds all of them.

    :raise ValueError: when ``errors`` is empty.
    """

    def __init__(self, errors: Iterable[TradeError]):
        found = tuple(part for error in errors for part in error.errors)
        if not found:
            raise ValueError("TradeErrors needs at least one error")
        first = found[0]
        super().__init__(first.code, pointer=first.pointer, subject=first.subject)
        self._errors = found
        self.exception_class = first.exception_class
        self.params = dict(first.params)
        self.remedy = first.remedy
        self.message = first.message
        if len(found) > 1:
            self.message = f"{len(found)} problems: " + " ".join(error.message for error in found)
        self.args = (self.message,)

    @property
    def errors(self) -> tuple[TradeError, ...]:
        return self._errors

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "errors": [error.as_dict() for error in self.errors]}


def _types() -> dict[str, type[TradeError]]:
    found, waiting = {}, [TradeError]
    while waiting:
        cls = waiting.pop()
        found[cls.__name__] = cls
        waiting.extend(cls.__subclasses__())
    found.pop("TradeErrors")
    return found


def _first_type(exception_class: str | None) -> type[TradeError]:
    if exception_class not in EXCEPTION_CLASSES:
        return InternalError
    return next(cls for cls in TradeError.__subclasses__() if cls.exception_class == exception_class)


class _Params(dict):
    def __missing__(self, key):
        return "?"


def said(code: str, **params: Any) -> dict[str, Any]:
    """A sentence, or words of :func:`.partner_words.phrase`, for the place of a placeholder."""
    return {"code": code, "params": {name: _jsonable(value) for name, value in params.items()}}


def _here(code: str, params: Mapping[str, Any]) -> str:
    """The words of a code for people here."""
    if template := PHRASES.get(code) or (code in CATALOGUE and CATALOGUE[code].message):
        return rendered(template, params)
    return _describe(code, params)


def rendered(
    template: str, params: Mapping[str, Any], say: Callable[[str, Mapping[str, Any]], str] = _here
) -> str:
    """A sentence with its values; a placeholder without a value is a question mark.

    :param params: name → value: a text, a number, a list of such, or what :func:`said` gives
    :param say: code, its params → the words that stand for it in the sentence
    """
    return template.format_map(_Params({name: _words(value, say) for name, value in params.items()}))


def _message(entry: Entry, params: Mapping[str, Any]) -> str:
    also = params.get("also")
    return rendered(entry.message, params) + (f" {_words(also)}" if also else "")


def _describe(code: str, params: Mapping[str, Any]) -> str:
    sentence = code.replace(".", " ").replace("_", " ").capitalize()
    details = ", ".join(f"{name} {_words(value)}" for name, value in params.items() if name != "also")
    return f"{sentence}: {details}." if details else f"{sentence}."


def _words(value: Any, say: Callable[[str, Mapping[str, Any]], str] = _here) -> str:
    if isinstance(value, list):
        return ", ".join(_words(part, say) for part in value)
    if isinstance(value, Mapping) and isinstance(value.get("code"), str):
        return say(value["code"], value.get("params") or {})
    return str(value)


def _jsonable(value: Any) -> Any:
    """``value`` as JSON can carry it; decimals as text, unknown things as their ``str``."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        # Neither a NUL nor half a surrogate pair could be stored.
        return value.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()
    if isinstance(value, decimal.Decimal):
        return format(value, "f") if value.is_finite() and abs(value.adjusted()) < 50 else str(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _jsonable(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        parts = [_jsonable(part) for part in value]
        return sorted(parts, key=str) if isinstance(value, set | frozenset) else parts
    return str(value)
