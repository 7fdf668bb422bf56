"""What a partner wants of the files we write: the options of the encoder, with their defaults."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import ValidationFailed
from .._edi.profile import EdiProfile, bad_option, mapping
from .._edi.syntax import Separators
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


def qualifiers(options: Mapping[str, Any]) -> dict[str, str]:
    """The qualifiers of a partner: the usual ones, but for those of the option ``qualifiers``."""
    return {**QUALIFIERS, **mapping(options, "qualifiers")}


class Profile(EdiProfile):
    """The options of the encoder, checked.

    Attributes:
        version: of the sets (GS08 without what follows the six digits); :meth:`since` compares.
        separators: those that are asked for; :meth:`separated` finds free ones for the others.
    """

    longest_address = 15

    def __init__(self, options: Mapping[str, Any]):
        super().__init__(options)
        self.version, self.association = self._version()
        self.interchange_version = self.text("interchange_version") or self.version[:5]
        self.agency = self.text("agency") or "X"
        self.implementation = self.text("implementation")
        self._given = self._separators(options.get("separators") or {})
        self.separators = self.separated(())
        self.group_sender, self.group_receiver = self.text("group_sender"), self.text("group_receiver")
        self.authorization = self.text("authorization")
        self.security = self.text("security")
        self.interchange_reference = self._control("interchange_reference")
        self.group_reference = self._control("group_reference")
        self.message_references = self.references("message_references")
        self.usage = option(options, "usage", ("P", "T", "I"), None)
        test = option(options, "test", (True, False), False)
        self.usage = self.usage or ("T" if test else "P")
        self.acknowledge_with = str(option(options, "acknowledge_with", ("997", "999", 997, 999), ""))
        self.encoding = self.text("encoding") or self.text("charset")
        self.qualifiers = qualifiers(options)
        #: document_type → the set it is written as, where several could say it
        self.sets = mapping(options, "sets")

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

    def _version(self) -> tuple[str, str]:
        given = str(self.options.get("version") or self.options.get("release") or "004010")
        match = _VERSION.fullmatch(given)
        if not match or not "002000" <= match[1] <= "008999":
            raise bad_option("version", given)
        return match[1], (self.text("association") or match[2]).upper()

    @staticmethod
    def _separators(given: Any) -> dict[str, str]:
        """Those the profile names."""
        if not isinstance(given, Mapping) or set(given) - {*_SIGNS, "release", "decimal"}:
            raise bad_option("separators", given)
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
            raise bad_option("separators", dict(given))
        return signs

    def _control(self, name: str) -> str:
        value = self.text(name)
        if value and not (value.isdecimal() and value.isascii() and len(value) <= 9):
            raise bad_option(name, value)
        return value

    def references(self, name: str) -> list[str]:
        found = [reference.zfill(4) for reference in super().references(name)]
        if any(not reference.isalnum() or len(reference) > 9 for reference in found):
            raise bad_option(name, self.options[name])
        return found
