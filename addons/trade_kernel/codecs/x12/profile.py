"""What a partner wants of the files we write: the options of the encoder, with their defaults."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from ...errors import ValidationFailed
from .._edi.syntax import Separators
from .._edi.values import zone
from ..base import option
from .units import FROM_REC20, TO_REC20

_VERSION = re.compile(r"(\d{6})([A-Z0-9]{0,6})", re.IGNORECASE)
#: signs that separate unless the profile names its own; when a value holds one, the next that is free
_SIGNS = {
    "segment": "~\x1c",
    "element": "*|\x1d",
    "component": ":>\x1f",
    "repetition": "^\x1e",
}
#: the version from which on elements can repeat
_REPEATS = "004020"
#: the version from which on dates have their century
CENTURY = "004010"
#: how items, parties and dates are named, unless the profile says otherwise
QUALIFIERS = {
    "buyer": "BP",
    "seller": "VN",
    "manufacturer": "MG",
    "party": "92",
    "buyer_party": "BY",
    "seller_party": "SE",
    "invoicee_party": "BT",
    "delivery_party": "ST",
    "requested_date": "002",
    "promised_date": "067",
    "price": "",
    "available": "33",
    "on_hand": "17",
    "reserved": "27",
    "on_order": "63",
    "back_order": "BQ",
    "in_transit": "",
}
_LONGEST_ADDRESS = 15


def qualifiers(options: Mapping[str, Any]) -> dict[str, str]:
    """The qualifiers of a partner: the usual ones, but for those of the option ``qualifiers``."""
    return {**QUALIFIERS, **_mapping(options, "qualifiers")}


class Profile:
    """The options of the encoder, checked.

    Attributes:
        version: of the sets (GS08 without what follows the six digits); :meth:`since` compares.
        separators: those that are asked for; :meth:`separated` finds free ones for the others.
    """

    def __init__(self, options: Mapping[str, Any]):
        self.options = options
        self.version, self.association = self._version(options)
        self.interchange_version = _text(options, "interchange_version") or self.version[:5]
        self.agency = _text(options, "agency") or "X"
        self.implementation = _text(options, "implementation")
        self._given = self._separators(options.get("separators") or {})
        self.separators = self.separated(())
        self.line_end = {"": "", "none": "", "lf": "\n", "crlf": "\r\n", "\n": "\n", "\r\n": "\r\n"}[
            option(options, "line_ends", ("", "none", "lf", "crlf", "\n", "\r\n"), "")
        ]
        self.sender, self.receiver = _address(options, "sender"), _address(options, "receiver")
        self.group_sender, self.group_receiver = (
            _text(options, "group_sender"),
            _text(options, "group_receiver"),
        )
        self.authorization = _text(options, "authorization")
        self.security = _text(options, "security")
        self.interchange_reference = self._control(options, "interchange_reference")
        self.group_reference = self._control(options, "group_reference")
        self.message_references = _references(options)
        self.usage = option(options, "usage", ("P", "T", "I"), None)
        test = option(options, "test", (True, False), False)
        self.usage = self.usage or ("T" if test else "P")
        self.acknowledgement_requested = option(options, "acknowledgement_requested", (True, False), False)
        self.acknowledge_with = str(option(options, "acknowledge_with", ("997", "999", 997, 999), ""))
        self.where: tzinfo = zone(options.get("timezone"))
        self.prepared_at = self._instant(options.get("prepared_at"))
        self.encoding = _text(options, "encoding") or _text(options, "charset")
        self.qualifiers = qualifiers(options)
        #: document_type → the set it is written as, where several could say it
        self.sets = _mapping(options, "sets")
        # The table reads the partner's codes; what several of them mean is written as the first.
        self._units: dict[str, str] = {}
        for code, ours in _mapping(options, "units").items():
            self._units.setdefault(ours, code)

    def since(self, version: str) -> bool:
        """Whether the version is that one or a later one: ``since("004010")``."""
        return self.version >= version

    def unit(self, code: str) -> str:
        """The partner's code of a unit, or X12's (element 355).

        :raise ValidationFailed: ``codec.cannot_carry`` when there is none.
        """
        found = self._units.get(code) or FROM_REC20.get(code) or code
        if code not in self._units and (found == code and (len(code) != 2 or code in TO_REC20)):
            what = f"the unit {code}"
            raise ValidationFailed(
                "codec.cannot_carry", what=what, reason="X12 has no code for it; name one on the route"
            )
        return found

    def optional(self, tag: str) -> bool:
        """Whether a segment that says nothing necessary is written: those of ``omit_segments`` are not."""
        return tag not in (self.options.get("omit_segments") or ())

    def separated(self, values: Sequence[str]) -> Separators:
        """The separators for a file that holds ``values``: where the profile leaves it to us, those that
        occur in none."""
        text = "\n".join(values)
        signs = dict(self._given)
        repeats = self.version >= _REPEATS
        for name, usual in _SIGNS.items():
            if name in signs or (name == "repetition" and not repeats):
                continue
            free = [sign for sign in usual if sign not in text and sign not in signs.values()]
            signs[name] = free[0] if free else usual[0]
        return Separators(
            signs["segment"],
            signs["element"],
            signs["component"],
            signs.get("repetition") if repeats else None,
            None,
            ".",
            "x12",
        )

    @staticmethod
    def _version(options: Mapping[str, Any]) -> tuple[str, str]:
        given = str(options.get("version") or options.get("release") or "004010")
        match = _VERSION.fullmatch(given)
        if not match or not "002000" <= match[1] <= "008999":
            raise ValidationFailed("codec.option", option="version", value=repr(given))
        return match[1], (_text(options, "association") or match[2]).upper()

    @staticmethod
    def _separators(given: Any) -> dict[str, str]:
        """Those the profile names."""
        if not isinstance(given, Mapping) or set(given) - {*_SIGNS, "release", "decimal"}:
            raise ValidationFailed("codec.option", option="separators", value=repr(given))
        signs = {name: str(sign) for name, sign in given.items() if sign and name in _SIGNS}
        wrong = [
            sign
            for name, sign in signs.items()
            if len(sign) != 1
            or sign.isalnum()
            or sign in " \t\0"
            or ord(sign) > 126
            or (sign in "\r\n" and name != "segment")
        ]
        if wrong or len(set(signs.values())) < len(signs):
            raise ValidationFailed("codec.option", option="separators", value=repr(dict(given)))
        return signs

    @staticmethod
    def _control(options: Mapping[str, Any], name: str) -> str:
        value = _text(options, name)
        if value and not (value.isdecimal() and value.isascii() and len(value) <= 9):
            raise ValidationFailed("codec.option", option=name, value=repr(value))
        return value

    def _instant(self, given: Any) -> datetime | None:
        if given is None or given == "":
            return None
        try:
            instant = given if isinstance(given, datetime) else datetime.fromisoformat(given)
        except (TypeError, ValueError) as error:
            raise ValidationFailed("codec.option", option="prepared_at", value=repr(given)) from error
        return instant if instant.tzinfo else instant.replace(tzinfo=self.where)


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
    usable = given is None or (isinstance(given, Mapping) and given.get("id"))
    if not usable or (given and len(str(given["id"])) > _LONGEST_ADDRESS):
        raise ValidationFailed("codec.option", option=name, value=repr(given))
    return {key: str(value) for key, value in (given or {}).items() if value}


def _references(options: Mapping[str, Any]) -> list[str]:
    given = options.get("message_references") or []
    if isinstance(given, str | int):
        given = [given]
    if not isinstance(given, list | tuple):
        raise ValidationFailed("codec.option", option="message_references", value=repr(given))
    references = [str(reference).zfill(4) for reference in given]
    if any(not reference.isalnum() or len(reference) > 9 for reference in references):
        raise ValidationFailed("codec.option", option="message_references", value=repr(given))
    return references
