"""What a partner wants of the files we write: the options of the encoder, with their defaults."""

import re
from collections.abc import Mapping
from typing import Any

from .._edi.profile import EdiProfile, bad_option, mapping
from .._edi.syntax import EDIFACT, Separators, without_repetition
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


class Profile(EdiProfile):
    """The options of the encoder, checked.

    Attributes:
        syntax_version: 1 to 4.
        release: of the directory, such as 96A; :meth:`since` compares.
    """

    def __init__(self, options: Mapping[str, Any]):
        super().__init__(options)
        self.syntax_version = int(option(options, "syntax_version", (1, 2, 3, 4, "1", "2", "3", "4"), 3))
        self.charset = option(options, "charset", tuple(CHARSETS), None)
        self.version, self.release = self._version(options)
        self.association = self.text("association")
        self.agency = self.text("agency") or "UN"
        self.separators = self._separators(options.get("separators") or {})
        self.una = option(options, "una", ("auto", "always", "never"), "auto")
        self.interchange_reference = self.text("interchange_reference")
        self.group_reference = self.text("group_reference")
        self.message_references = self.references("message_references")
        self.application_reference = self.text("application_reference")
        self.agreement = self.text("agreement")
        self.test = option(options, "test", (True, False), False)
        self.qualifiers = {**QUALIFIERS, "standard": "SRV" if self.since("01A") else "EN"}
        self.qualifiers |= mapping(options, "qualifiers")

    def since(self, release: str) -> bool:
        """Whether the directory is that one or a later one: ``since("01B")``."""
        return _year(self.release) >= _year(release)

    @staticmethod
    def _version(options: Mapping[str, Any]) -> tuple[str, str]:
        given = str(options.get("release") or "") or str(options.get("version") or "")
        match = _VERSION.fullmatch(given or "96A")
        if not match:
            raise bad_option("release", given)
        version = match[1] or str(options.get("version") or "D")
        if _VERSION.fullmatch(version):
            version = "D"
        return version.upper(), match[2].upper()

    def _separators(self, given: Mapping[str, Any]) -> Separators:
        names = ("segment", "element", "component", "repetition", "release", "decimal")
        if not isinstance(given, Mapping) or set(given) - set(names):
            raise bad_option("separators", given)
        usual = {"segment": "'", "element": "+", "component": ":", "release": "?", "decimal": "."}
        if self.syntax_version >= 4:
            usual["repetition"] = "*"
        values = {**usual, **{name: sign for name, sign in given.items() if sign}}
        signs = [sign for name, sign in values.items() if name != "decimal"]
        wrong = [
            sign for sign in signs if len(sign) != 1 or sign.isalnum() or sign in " \t\r\0" or ord(sign) > 126
        ]
        if wrong or len(set(signs)) < len(signs) or values["decimal"] not in (".", ","):
            raise bad_option("separators", dict(given))
        separators = Separators(**values)
        return separators if self.syntax_version >= 4 else without_repetition(separators)

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
