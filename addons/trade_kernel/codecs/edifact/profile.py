"""What a partner wants of the files we write: the options of the encoder, with their defaults."""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from ...errors import ValidationFailed
from .._edi.syntax import EDIFACT, Separators, without_repetition
from .._edi.values import zone
from ..base import option
from .charsets import CHARSETS

_VERSION = re.compile(r"(?:([A-Z0-9]{1,3})[. ]?)?(\d\d[AB])", re.IGNORECASE)
#: how items and parties are named, unless the profile says otherwise
QUALIFIERS = {
    "buyer": "IN",
    "seller": "SA",
    "manufacturer": "MF",
    "buyer_party": "BY",
    "seller_party": "SU",
    "invoicee_party": "IV",
    "delivery_party": "DP",
    "requested_date": "2",
    "promised_date": "69",
}


class Profile:
    """The options of the encoder, checked.

    Attributes:
        syntax_version: 1 to 4.
        release: of the directory, such as 96A; :meth:`since` compares.
    """

    def __init__(self, options: Mapping[str, Any]):
        self.options = options
        self.syntax_version = int(option(options, "syntax_version", (1, 2, 3, 4, "1", "2", "3", "4"), 3))
        self.charset = option(options, "charset", tuple(CHARSETS), None)
        self.version, self.release = self._version(options)
        self.association = _text(options, "association")
        self.agency = _text(options, "agency") or "UN"
        self.separators = self._separators(options.get("separators") or {})
        self.una = option(options, "una", ("auto", "always", "never"), "auto")
        self.line_end = {"": "", "none": "", "lf": "\n", "crlf": "\r\n", "\n": "\n", "\r\n": "\r\n"}[
            option(options, "line_ends", ("", "none", "lf", "crlf", "\n", "\r\n"), "")
        ]
        self.sender, self.receiver = _address(options, "sender"), _address(options, "receiver")
        self.interchange_reference = _text(options, "interchange_reference")
        self.group_reference = _text(options, "group_reference")
        self.message_references = _references(options)
        self.application_reference = _text(options, "application_reference")
        self.agreement = _text(options, "agreement")
        self.test = option(options, "test", (True, False), False)
        self.acknowledgement_requested = option(options, "acknowledgement_requested", (True, False), False)
        self.where: tzinfo = zone(options.get("timezone"))
        self.prepared_at = self._instant(options.get("prepared_at"))
        self.qualifiers = {**QUALIFIERS, "standard": "SRV" if self.since("01A") else "EN"}
        self.qualifiers |= _mapping(options, "qualifiers")
        # The table reads the partner's codes; what several of them mean is written as the first.
        self._units: dict[str, str] = {}
        for code, ours in _mapping(options, "units").items():
            self._units.setdefault(ours, code)

    def since(self, release: str) -> bool:
        """Whether the directory is that one or a later one: ``since("01B")``."""
        return _year(self.release) >= _year(release)

    def unit(self, code: str) -> str:
        """The partner's code of a unit."""
        return self._units.get(code, code)

    def optional(self, tag: str) -> bool:
        """Whether a segment that says nothing necessary is written: those of ``omit_segments`` are not."""
        return tag not in (self.options.get("omit_segments") or ())

    @staticmethod
    def _version(options: Mapping[str, Any]) -> tuple[str, str]:
        given = str(options.get("release") or "") or str(options.get("version") or "")
        match = _VERSION.fullmatch(given or "96A")
        if not match:
            raise ValidationFailed("codec.option", option="release", value=repr(given))
        version = match[1] or str(options.get("version") or "D")
        if _VERSION.fullmatch(version):
            version = "D"
        return version.upper(), match[2].upper()

    def _separators(self, given: Mapping[str, Any]) -> Separators:
        names = ("segment", "element", "component", "repetition", "release", "decimal")
        if not isinstance(given, Mapping) or set(given) - set(names):
            raise ValidationFailed("codec.option", option="separators", value=repr(given))
        usual = {"segment": "'", "element": "+", "component": ":", "release": "?", "decimal": "."}
        if self.syntax_version >= 4:
            usual["repetition"] = "*"
        values = {**usual, **{name: sign for name, sign in given.items() if sign}}
        signs = [sign for name, sign in values.items() if name != "decimal"]
        wrong = [
            sign for sign in signs if len(sign) != 1 or sign.isalnum() or sign in " \t\r\0" or ord(sign) > 126
        ]
        if wrong or len(set(signs)) < len(signs) or values["decimal"] not in (".", ","):
            raise ValidationFailed("codec.option", option="separators", value=repr(dict(given)))
        separators = Separators(**values)
        return separators if self.syntax_version >= 4 else without_repetition(separators)

    def _instant(self, given: Any) -> datetime | None:
        if given is None or given == "":
            return None
        try:
            instant = given if isinstance(given, datetime) else datetime.fromisoformat(given)
        except (TypeError, ValueError) as error:
            raise ValidationFailed("codec.option", option="prepared_at", value=repr(given)) from error
        return instant if instant.tzinfo else instant.replace(tzinfo=self.where)

    @property
    def service_string(self) -> str:
        """UNA, when it is needed or wanted."""
        signs = self.separators
        usual = EDIFACT if self.syntax_version >= 4 else without_repetition(EDIFACT)
        if self.una == "never" or (self.una == "auto" and signs == usual):
            return ""
        blank = " "
        return (
            f"UNA{signs.component}{signs.element}{signs.decimal}{signs.release or blank}"
            f"{signs.repetition or blank}{signs.segment}"
        )


def _year(release: str) -> tuple[int, str]:
    year = int(release[:2])
    return (year if year >= 88 else year + 100), release[2:]


def _text(options: Mapping[str, Any], name: str) -> str:
    value = options.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValidationFailed("codec.option", option=name, value=repr(value))
    return str(value).strip()


def _mapping(options: Mapping[str, Any], name: str) -> dict[str, str]:
    given = options.get(name) or {}
    if not isinstance(given, Mapping):
        raise ValidationFailed("codec.option", option=name, value=repr(given))
    return {str(key): str(value) for key, value in given.items()}


def _address(options: Mapping[str, Any], name: str) -> dict[str, str]:
    given = options.get(name)
    if isinstance(given, str):
        given = {"id": given}
    if given is not None and (not isinstance(given, Mapping) or not given.get("id")):
        raise ValidationFailed("codec.option", option=name, value=repr(given))
    return {key: str(value) for key, value in (given or {}).items() if value}


def _references(options: Mapping[str, Any]) -> list[str]:
    given = options.get("message_references") or []
    if isinstance(given, str | int):
        given = [given]
    if not isinstance(given, list | tuple):
        raise ValidationFailed("codec.option", option="message_references", value=repr(given))
    return [str(reference) for reference in given]
