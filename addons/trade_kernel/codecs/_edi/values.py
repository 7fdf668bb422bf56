"""Numbers, dates and units as EDIFACT and X12 write them.

What cannot be read is handed back as it stands: the canonical document refuses it, with its place.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ...canonical.base import plain
from ...errors import ValidationFailed
from ...limits import MAX_NUMBER_CHARACTERS

_NUMBER = re.compile(r"[+-]?\d*(?:[.,]\d*)?-?", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)", re.ASCII)
_UNIT = re.compile("[A-Z0-9]{1,3}", re.ASCII)


# --- numbers --------------------------------------------------------------------------------------
def number(text: str) -> str:
    """A number with either decimal mark and its sign on either side, as ``Decimal`` reads it.

    Both standards allow the comma and the point and no thousands separators, whatever the file announces
    (ISO 9735-1, 10; X12.6, 3.5.1.2).
    """
    if text.replace(".", "", 1).isdecimal() and text.isascii():
        return text
    if not _NUMBER.fullmatch(text):
        return text
    if text.endswith("-"):
        text = "-" + text[:-1].lstrip("+")
    return text.replace(",", ".")


def exact(text: str) -> Decimal:
    """The number a text is; NaN when it is none, or one of more digits than a document may hold.

    ``Decimal`` reads more, such as 1E999999999, which has a billion digits once it is written out.
    """
    value = number(text)
    usable = len(value) <= MAX_NUMBER_CHARACTERS and _NUMBER.fullmatch(value)
    try:
        return Decimal(value) if usable else Decimal("NaN")
    except ArithmeticError:
        return Decimal("NaN")


def implied(text: str, decimals: int) -> str:
    """A number without a decimal mark, such as X12's type N2: ``implied("1250", 2)`` is ``"12.50"``."""
    value = exact(text)
    if not value.is_finite():
        return text
    return plain(value.scaleb(-decimals)) if "." not in number(text) else number(text)


def digits(value: Decimal, decimal: str = ".") -> str:
    """How a number is written."""
    text = plain(value)
    return text if decimal == "." else text.replace(".", decimal)


# --- units ----------------------------------------------------------------------------------------
def unit(text: str, known: dict[str, str] | None = None, default: str = "C62") -> str:
    """The unit of a code: Recommendation 20's, or what the partner's table makes of it.

    :param known: the partner's codes, upper case.
    :param default: without a code.
    """
    code = text.strip().upper()
    if not code:
        return default
    if known and code in known:
        return known[code]
    return code if _UNIT.fullmatch(code) else text


# --- dates and times ------------------------------------------------------------------------------
def zone(name: str | None) -> tzinfo:
    """The option ``timezone``: an IANA name, or an offset such as +01:00. Without it UTC.

    :raise ValidationFailed: ``codec.option``.
    """
    if not name or name == "UTC":
        return UTC
    try:
        if match := _OFFSET.fullmatch(name):
            sign, hours, minutes = match.groups()
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            return timezone(-offset if sign == "-" else offset)
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError) as error:
        raise ValidationFailed("codec.option", option="timezone", value=repr(name)) from error


def century(year: str) -> str:
    """A year of two digits with its century: 00 to 69 are this one's."""
    return ("20" if year < "70" else "19") + year


def day(text: str) -> str:
    """CCYYMMDD or YYMMDD as an ISO date."""
    if len(text) == 6 and text.isdecimal():
        text = century(text[:2]) + text[2:]
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdecimal() else text


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, in ISO 8601."""
    try:
        return bool(date.fromisoformat(text)) and len(text) == 10
    except ValueError:
        return False


def clock(on: str, text: str, where: tzinfo = UTC) -> str:
    """HHMM, HHMMSS or HHMMSSDD on an ISO day as an ISO time with its offset."""
    if text.isdecimal() and len(text) in (4, 6, 7, 8):
        if text.startswith("24") and not text.strip("240"):
            text = "2359"  # the end of the day, not the beginning of the next one
        iso = f"{text[:2]}:{text[2:4]}"
        if len(text) > 4:
            iso += f":{text[4:6]}"
        if len(text) > 6:
            iso += f".{text[6:]:0<2}0000"
        try:
            stamp = datetime.combine(date.fromisoformat(on), time.fromisoformat(iso), where)
        except ValueError:
            return text
        return stamp.isoformat()[len("YYYY-MM-DDT") :]
    return text


#: UN/EDIFACT 2379 → how a moment is written: Y, M, D, h, m, s digits; z offset or zone
_MOMENTS = {
    "2": "DDMMYY",
    "3": "MMDDYY",
    "4": "DDMMYYYY",
    "101": "YYMMDD",
    "102": "YYYYMMDD",
    "201": "YYMMDDhhmm",
    "202": "YYMMDDhhmmss",
    "203": "YYYYMMDDhhmm",
    "204": "YYYYMMDDhhmmss",
    "205": "YYYYMMDDhhmmz",
    "301": "YYMMDDhhmmz",
    "302": "YYMMDDhhmmssz",
    "303": "YYYYMMDDhhmmz",
    "304": "YYYYMMDDhhmmssz",
}
_PERIODS = {
    "705": "YYMMDDhhmm",
    "706": "YYYYMMDDhhmm",
    "707": "YYMMDD",
    "711": "YYYYMMDD",
    "713": "YYMMDDhhmm",
    "717": "YYMMDD",
    "718": "YYYYMMDD",
    "719": "YYYYMMDDhhmm",
}
#: where no or another format is given than the value has
_BY_LENGTH = {6: "YYMMDD", 8: "YYYYMMDD", 10: "YYMMDDhhmm", 12: "YYYYMMDDhhmm", 14: "YYYYMMDDhhmmss"}
_ZONES = {"UTC": "+0000", "GMT": "+0000", "Z": "+0000", "CET": "+0100", "CES": "+0200", "EST": "-0500"}


def moment(text: str, code: str = "", where: tzinfo = UTC) -> tuple[str, str | None]:
    """A day and, when it is said, the time, in ISO 8601.

    :param code: of the format (UN/EDIFACT 2379); when the value does not fit it, its length decides.
    :param where: the zone of a time that names none.
    """
    text = text.strip()
    if code == "102" and len(text) == 8 and text.isdecimal():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}", None
    layout = _MOMENTS.get(code)
    if layout is None or not _fits(text, layout):
        layout = _BY_LENGTH.get(len(text), "YYYYMMDD") if text.isdecimal() else None
    if layout is None:
        return text, None
    return _read(text, layout, where, midnight=code == "204" or "z" in layout)


def _fits(text: str, layout: str) -> bool:
    if layout.endswith("z"):
        return len(text) > len(layout) and text[: len(layout) - 1].isdecimal()
    return len(text) == len(layout) and text.isdecimal()


def _read(text: str, layout: str, where: tzinfo, *, midnight: bool = False) -> tuple[str, str | None]:
    """:param midnight: whether 0000 is a time; many systems fill with zeros what they do not know."""
    found = {name: "" for name in "YMDhms"}
    for name, character in zip(layout.removesuffix("z"), text, strict=False):
        found[name] += character
    year = century(found["Y"]) if len(found["Y"]) == 2 else found["Y"]
    on = f"{year}-{found['M']}-{found['D']}"
    at = found["h"] + found["m"] + found["s"]
    if not at or (not midnight and not at.strip("0")):
        return on, None
    if layout.endswith("z"):
        given = text[len(layout) - 1 :].strip().upper()
        given = _ZONES.get(given, given)
        if len(given) == 3 and given[0] in "+-":
            given += "00"
        try:
            where = zone(given)
        except ValidationFailed:
            return on, text
    return on, clock(on, at, where)


def period(text: str, code: str = "", where: tzinfo = UTC) -> dict[str, str | None]:
    """A stretch of time as the values of a canonical ``Period``; a moment is its end.

    Weeks (616), months (610) and years (602) are their first to their last day.
    """
    text = text.strip()
    if layout := _PERIODS.get(code):
        return _stretch(text, layout, where)
    if code in ("616", "716") and len(text.replace("-", "")) in (6, 12):
        return _weeks(text.replace("-", ""))
    if code in ("610", "710") and len(text.replace("-", "")) in (6, 12):
        return _months(text.replace("-", ""))
    if code == "602" and len(text) == 4 and text.isdecimal():
        return {"start_date": f"{text}-01-01", "end_date": f"{text}-12-31"}
    if len(text) == 16 and text.isdecimal():
        return _stretch(text, "YYYYMMDD", where)
    on, at = moment(text, code, where)
    return {"end_date": on, "end_time": at} if at else {"end_date": on}


def _stretch(text: str, layout: str, where: tzinfo) -> dict[str, str | None]:
    first, dash, last = text.partition("-")
    if not dash:
        half = len(text) // 2
        first, last = text[:half], text[half:]
    found: dict[str, str | None] = {}
    for name, value in (("start", first.strip()), ("end", last.strip())):
        if not value:
            continue
        on, at = _read(value, layout, where) if _fits(value, layout) else (value, None)
        found[f"{name}_date"] = on
        if at:
            found[f"{name}_time"] = at
    return found


def _weeks(text: str) -> dict[str, str | None]:
    try:
        first = date.fromisocalendar(int(text[:4]), int(text[4:6]), 1)
        last = date.fromisocalendar(int(text[-6:-2]), int(text[-2:]), 7)
    except ValueError:
        return {"end_date": text}
    return {"start_date": first.isoformat(), "end_date": last.isoformat()}


def _months(text: str) -> dict[str, str | None]:
    try:
        first = date(int(text[:4]), int(text[4:6]), 1)
        last = date(int(text[-6:-2]), int(text[-2:]), 1)
        last = (last.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):
        return {"end_date": text}
    return {"start_date": first.isoformat(), "end_date": last.isoformat()}


def written(on: date, at: time | None, where: tzinfo = UTC) -> tuple[str, str]:
    """A moment and its format code (2379), which :func:`moment` reads back as the same instant.

    :param where: the zone that both sides think of when none is written.
    """
    if at is None:
        return f"{on:%Y%m%d}".zfill(8), "102"
    stamp = datetime.combine(on, at)
    text = f"{stamp:%Y%m%d%H%M}".zfill(12)
    if stamp.utcoffset() == stamp.replace(tzinfo=where).utcoffset():
        if not at.second and (at.hour or at.minute):
            return text, "203"
        return f"{text}{at.second:02}", "204"
    if at.second:
        # Format 304 names a zone by three characters, which is enough for whole hours.
        hours = round((at.utcoffset() or timedelta(0)) / timedelta(hours=1))
        for hour in (hours, hours - 1, hours + 1):
            if abs(hour) < 15:
                moved = stamp.astimezone(timezone(timedelta(hours=hour)))
                if moved.date() == on:
                    return f"{moved:%Y%m%d%H%M%S}".zfill(14) + f"{hour:+03}", "304"
    offset = stamp.strftime("%z")[:5]
    return text + offset, "205"


def written_period(values, where: tzinfo = UTC) -> tuple[str, str] | None:
    """A canonical ``Period`` of two days as one value, where both have no times; else ``None``."""
    if values.start_date and values.end_date and not (values.start_time or values.end_time):
        return f"{values.start_date:%Y%m%d}".zfill(8) + f"{values.end_date:%Y%m%d}".zfill(8), "718"
    return None
