"""How single values stand in cXML: moments, money, units, domains of identifiers."""

import re
from datetime import UTC, date, datetime, time

from ...canonical.codes import COUNTRIES
from .._xml_table import Kind, NotUnderstood

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: attributes that say in which language a text is
NOISE = frozenset({LANG})
#: how somebody's address book calls an address, and what a number's country is called
NAMES_OF = {
    ("PostalAddress", "name"),
    ("Phone", "name"),
    ("Email", "name"),
    ("CountryCode", "isoCountryCode"),
}
#: the domain of a credential or reference → ISO 6523
DOMAINS = {"DUNS": "0060", "GLN": "0088", "EANID": "0088", "GTIN": "0160", "EAN-13": "0160", "UPC": "0160"}
_WRITTEN = {"0060": "DUNS", "0088": "GLN", "0160": "GTIN"}
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?", re.ASCII | re.IGNORECASE
)


def domain(scheme: str | None) -> str | None:
    """What a scheme is called here."""
    return _WRITTEN.get(scheme or "")


def moment(text: str, zone) -> tuple[str, str | None]:
    """Day and time; midnight is no time: many systems write it where they only know the day."""
    match = _MOMENT.fullmatch(text)
    if not match:
        return text, None
    day, clock, fraction, offset = match.groups()
    if clock is None or not clock.strip("0:"):
        return day, None
    clock = f"{clock}:00" if len(clock) == 5 else clock
    clock += (fraction or "")[:7]
    if offset:
        offset = offset.upper()
        return day, clock + (offset if offset == "Z" or ":" in offset else f"{offset[:3]}:{offset[3:]}")
    try:
        head, dot, rest = clock.partition(".")
        at = time.fromisoformat(f"{head}.{rest:0<6}" if dot else head)
        stamp = datetime.combine(date.fromisoformat(day), at, zone)
    except ValueError:
        return day, clock
    return day, stamp.isoformat()[len("YYYY-MM-DDT") :].replace("+00:00", "Z")


def written(day: str, clock: str | None, zone=UTC) -> str:
    """A day and a time as one moment; without a time midnight, in the zone of the route."""
    if clock:
        return f"{day}T{clock}"
    try:
        return datetime.combine(date.fromisoformat(day), time(), zone).isoformat()
    except ValueError:
        return day


class Moment(Kind):
    """A day and perhaps a time.

    :param day: the name of the value for the day; :param clock: for the time.
    """

    def __init__(self, day: str, clock: str):
        self._day, self._clock = day, clock

    def read(self, text, element, reading):
        day, clock = moment(text, reading.zone)
        return {self._day: day, self._clock: clock} if clock else {self._day: day}

    def write(self, value, writing):
        if self._day not in value:
            raise NotUnderstood
        return written(value[self._day], value.get(self._clock)), {}


class Day(Kind):
    """A day, of a moment."""

    def read(self, text, element, reading):
        return moment(text, reading.zone)[0]

    def write(self, value, writing):
        return written(value, None), {}


class Money(Kind):
    """An amount; without a currency it is in the document's. Thousands may be grouped."""

    def read(self, text, element, reading):
        value = text.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text) else text
        return {"value": value, "currency_id": element.get("currency") or reading.currency}

    def knows(self, name, text):
        return name == "currency"

    def write(self, value, writing):
        return value["value"], {"currency": value["currency_id"]}


class Unit(Kind):
    """A unit of measure, UN/CEFACT's codes."""

    def read(self, text, element, reading):
        upper = text.upper()
        return reading.units.get(text) or reading.units.get(upper) or upper


class Scheme(Kind):
    """The domain an identifier is unique in, when it is one that has a scheme."""

    def read(self, text, element, reading):
        found = DOMAINS.get(text.upper())
        if found is None:
            raise NotUnderstood
        return found

    def write(self, value, writing):
        if value not in _WRITTEN:
            raise NotUnderstood
        return _WRITTEN[value], {}


class Country(Kind):
    """A country; one that ISO 3166 does not know is kept as it stands."""

    def read(self, text, element, reading):
        code = {"UK": "GB"}.get(text.upper(), text.upper())
        if code not in COUNTRIES:
            raise NotUnderstood
        return code


class Version(Kind):
    """A revision; the first one has none."""

    def read(self, text, element, reading):
        if text.isdecimal() and text.isascii() and len(text) < 7:
            return int(text) or None
        raise NotUnderstood

    def write(self, value, writing):
        if not value:
            raise NotUnderstood
        return str(value), {}


class Words(Kind):
    """A word that has another name in canonical documents; another one is kept.

    :param words: cXML's → ours; the first that means a name is written.
    """

    def __init__(self, words):
        self._read = {key.lower(): value for key, value in words.items()}
        self._write = {value: key for key, value in reversed(words.items())}

    def read(self, text, element, reading):
        if text.lower() not in self._read:
            raise NotUnderstood
        return self._read[text.lower()]

    def write(self, value, writing):
        if value not in self._write:
            raise NotUnderstood
        return self._write[value], {}


class CountryName(Kind):
    """A country's name: nothing new beside its code, which some write here."""

    def read(self, text, element, reading):
        if element.get("isoCountryCode"):
            return None
        return Country().read(text, element, reading)

    def knows(self, name, text):
        return name == "isoCountryCode" and not text.strip()


ISSUED, UNTIL = Moment("issue_date", "issue_time"), Moment("end_date", "end_time")
MONEY, UNIT, SCHEME, COUNTRY, VERSION = Money(), Unit(), Scheme(), Country(), Version()
COUNTRY_NAME, DAY = CountryName(), Day()
