"""How single values stand in UBL: dates, amounts, quantities, identifiers, codes."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from lxml import etree

from ...canonical.codes import COUNTRIES
from .._xml_table import TEXT, Kind, NotUnderstood
from .schemes import ITEM_SCHEMES, scheme

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
#: attributes that name the list a code is from, or the language of a text
NOISE = frozenset(
    """
    listID listAgencyID listAgencyName listName listVersionID listURI listSchemeURI
    languageID languageLocaleID
    schemeName schemeAgencyID schemeAgencyName schemeVersionID schemeDataURI schemeURI
    unitCodeListID unitCodeListAgencyID unitCodeListAgencyName currencyCodeListVersionID
    """.split()
)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d|T\S*)?", re.ASCII)
_CLOCK = re.compile(
    r"(?:\d{4}-\d\d-\d\dT)?(\d\d:\d\d:\d\d)(\.\d+)?\s*(Z|[+-]\d\d:\d\d)?", re.ASCII | re.IGNORECASE
)
#: where to look for the unit of a quantity that names none
_MAIN_QUANTITIES = (
    "Quantity",
    "InvoicedQuantity",
    "CreditedQuantity",
    "DeliveredQuantity",
    "ReceivedQuantity",
)


class Code(Kind):
    """A code: the scheme it is marked with is only the name of its list."""

    def knows(self, name, text):
        return name == "schemeID"


class Vat(Kind):
    """A number for taxes; its scheme is one of those for VAT."""

    def knows(self, name, text):
        return name == "schemeID" and ("VAT" in text.upper() or not text.strip())


class Absent(Kind):
    """A number that is "NA" where the schema wants one and there is none."""

    default = "NA"


class Means(Code):
    """UNCL 4461; the schema wants a code, and 1 is "not defined"."""

    default = "1"


class Day(Kind):
    """A date. Its zone, which XML Schema allows, moves no day."""

    def read(self, text, element, reading):
        match = _DAY.fullmatch(text)
        return match[1] if match else text


class Clock(Kind):
    """A time; without an offset it is in the zone of the route, on the day that stands before it."""

    def read(self, text, element, reading):
        match = _CLOCK.fullmatch(text)
        if not match:
            return text
        clock = match[1] + (match[2] or "")[:7]
        if match[3]:
            return clock + match[3].upper()
        try:
            stamp = datetime.combine(_day_of(element), time.fromisoformat(_six(clock)), reading.zone)
        except ValueError:
            return text
        return stamp.isoformat()[len("YYYY-MM-DDT") :].replace("+00:00", "Z")


def _six(clock: str) -> str:
    head, dot, fraction = clock.partition(".")
    return f"{head}.{fraction:0<6}" if dot else head


def _day_of(element: etree._Element) -> date:
    for other in (element.getprevious(), element.getroottree().getroot().find(f"{CBC}IssueDate")):
        match = _DAY.fullmatch((other.text or "").strip()) if other is not None else None
        if match:
            return date.fromisoformat(match[1])
    return date(2000, 1, 1)


class Whole(Kind):
    """A whole number."""

    def read(self, text, element, reading):
        return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else text


class Revision(Whole):
    """A revision; 0 is the one a document has without it."""

    default = "0"


class Indicator(Kind):
    """True or false."""

    def read(self, text, element, reading):
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)

    def write(self, value, writing):
        return "true" if value else "false", {}


class Money(Kind):
    """An amount; without a currency it is in the document's."""

    def read(self, text, element, reading):
        return {"value": text, "currency_id": element.get("currencyID") or reading.currency}

    def knows(self, name, text):
        return name == "currencyID"

    def write(self, value, writing):
        return value["value"], {"currencyID": value["currency_id"]}


class Quantity(Kind):
    """A quantity; without a unit it is in the one of its line."""

    def read(self, text, element, reading):
        return {"value": text, "unit_code": _unit(element, reading)}

    def knows(self, name, text):
        return name == "unitCode"

    def write(self, value, writing):
        return value["value"], {"unitCode": value["unit_code"]}


def _unit(element: etree._Element, reading: Any) -> str:
    code = (element.get("unitCode") or "").strip()
    if not code:
        code = next(filter(None, _units_around(element, reading.root)), "C62")
    return unit(code, reading.units)


def unit(code: str, units: Mapping[str, str]) -> str:
    """A code of Recommendation 20.

    :param units: the partner's codes, which come first.
    """
    upper = code.upper()
    return units.get(code) or units.get(upper) or upper


def _units_around(element: etree._Element, root: etree._Element):
    for parent in element.iterancestors():
        if parent is root:
            return
        for name in _MAIN_QUANTITIES:
            for other in parent.iterchildren(CBC + name):
                yield (other.get("unitCode") or "").strip()


class Unit(Kind):
    """A unit alone."""

    def read(self, text, element, reading):
        return unit(text, reading.units) if len(text) <= 3 else reading.units.get(text, text)


class Days(Kind):
    """A stretch of time in days."""

    def read(self, text, element, reading):
        unit = (element.get("unitCode") or "DAY").strip().upper()
        if unit == "WEE" and text.isdecimal():
            return str(int(text) * 7)
        if unit not in ("DAY", "D", "DAYS"):
            raise NotUnderstood
        return text

    def knows(self, name, text):
        return name == "unitCode"

    def write(self, value, writing):
        return value, {"unitCode": "DAY"}


class Identifier(Kind):
    """An identifier with its scheme, when it is one that is known."""

    schemes: frozenset[str] = frozenset()

    def scheme(self, word: str) -> str | None:
        return "0160" if word.strip().upper() in self.schemes else scheme(word)

    def read(self, text, element, reading):
        word = element.get("schemeID") or ""
        found = self.scheme(word) if word else None
        return {"id": text, "scheme_id": found} if found else {"id": text}

    def knows(self, name, text):
        return name == "schemeID" and bool(not text.strip() or self.scheme(text))

    def write(self, value, writing):
        return value["id"], {"schemeID": value["scheme_id"]} if value.get("scheme_id") else {}


class ItemIdentifier(Identifier):
    """The number of an item."""

    schemes = frozenset(ITEM_SCHEMES)


class Country(Kind):
    """A country; one that ISO 3166 does not know is kept as it stands."""

    def read(self, text, element, reading):
        code = {"UK": "GB", "EL": "GR"}.get(text.upper(), text.upper())
        if code not in COUNTRIES:
            raise NotUnderstood
        return code


class File(Kind):
    """A file in base64, without the line ends it may have."""

    def read(self, text, element, reading):
        return "".join(text.split())

    def knows(self, name, text):
        return name in ("format", "encodingCode", "characterSetCode", "uri")


class MediaType(Kind):
    """Of a file; the schema wants one."""

    default = "application/octet-stream"


class Codes(Kind):
    """A code that has another name in canonical documents.

    :param words: UBL's code → ours; the first one that means a name is written.
    :param also: more that are read, in lower case.
    :param strict: whether another one is an error, instead of being kept as it stands.
    """

    def __init__(
        self, words: Mapping[str, str], also: Mapping[str, str] | None = None, *, strict: bool = False
    ):
        self._read = {key.lower(): value for key, value in {**words, **(also or {})}.items()}
        self._write = {value: key for key, value in reversed(words.items())}
        self._strict = strict

    def read(self, text, element, reading):
        found = self._read.get(text.lower())
        if found is None and not self._strict:
            raise NotUnderstood
        return found or text

    def knows(self, name, text):
        return name == "schemeID"

    def write(self, value, writing):
        if value not in self._write:
            raise NotUnderstood
        return self._write[value], {}


CODE, DAY, CLOCK, MONEY, QUANTITY = Code(), Day(), Clock(), Money(), Quantity()
IDENTIFIER, ITEM_IDENTIFIER, COUNTRY = Identifier(), ItemIdentifier(), Country()
ABSENT, WHOLE, REVISION, INDICATOR, UNIT, DAYS = Absent(), Whole(), Revision(), Indicator(), Unit(), Days()
FILE, MEDIA_TYPE, VAT, MEANS = File(), MediaType(), Vat(), Means()
NUMBER = TEXT
