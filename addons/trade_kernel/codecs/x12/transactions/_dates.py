"""Dates, times and periods: DTM, SCH and ACK to canonical periods and back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

from ....canonical import Document, Period
from ....errors import ValidationFailed
from ..._draft import Path
from ..._edi.syntax import Segment
from ..._edi.values import clock, day, zone
from ..._edi.writing import Writing
from ..profile import CENTURY
from ._base import Group, X12Reading

#: element 623, as far as it names a place or a fixed distance; numbers are hours from UTC
_ZONES = {
    "UT": 0,
    "GM": 0,
    "TS": -4,
    "TD": -3,
    "ES": -5,
    "ED": -4,
    "CS": -6,
    "CD": -5,
    "MS": -7,
    "MD": -6,
    "PS": -8,
    "PD": -7,
    "AS": -9,
    "AD": -8,
    "HS": -10,
}
_PLACES = {
    "TT": "America/Halifax",
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "AT": "America/Anchorage",
    "HT": "Pacific/Honolulu",
    "NT": "America/St_Johns",
}
#: element 1250 of a period
_DAYS, _MINUTES = "RD8", "RDT"

#: element 374 → which side of a period it is; what stands first counts where it is said
REQUESTED: Sequence[Mapping[str, str]] = (
    {"002": "both", "064": "start", "063": "end"},
    {"010": "both", "037": "start", "038": "end"},
)
PROMISED: Sequence[Mapping[str, str]] = (
    {"067": "both", "069": "both", "017": "both", "196": "start", "197": "end"},
    {"068": "both", "079": "both", "018": "both", "011": "both"},
)
#: dates that a seller repeats from the order; they count where no other is promised
ECHOED: Sequence[Mapping[str, str]] = ({"002": "both", "064": "start", "063": "end"}, {"010": "both"})


def zone_of(code: str, default: tzinfo) -> tzinfo:
    """The zone of element 623; a code that is not known is the sender's own time."""
    code = code.upper()
    if code in _ZONES:
        return timezone(timedelta(hours=_ZONES[code]))
    if code in _PLACES:
        try:
            return zone(_PLACES[code])
        except ValidationFailed:  # this system has no such zone
            return default
    if code.isdecimal() and 1 <= int(code) <= 24:
        hours = int(code)
        return timezone(timedelta(hours=hours if hours <= 12 else hours - 25))
    return default


def moment(on: str, at: str, code: str, default: tzinfo) -> tuple[str, str | None]:
    """A day and, when it is said, the time, in ISO 8601. 0000 without a zone is what systems fill in."""
    if not at or (not code and not at.strip("0")):
        return day(on), None
    return day(on), clock(day(on), at, zone_of(code, default))


def read_moment(reading: X12Reading, segment: Segment, first: int, zoned: bool = True) -> Any:
    """The day and time in three elements from ``first`` on: date, time, zone; old dates add a century.

    :param zoned: whether a zone follows the time.
    """
    on = segment(first)
    if zoned and len(on) == 6 and segment.tag == "DTM":
        century = segment(first + 3)
        if len(century) == 2 and century.isdecimal():
            on = century + on
    code = segment(first + 2) if zoned else ""
    return moment(on, segment(first + 1), code, reading.where)


def span(kind: str, text: str, where: tzinfo) -> dict[str, str | None] | None:
    """A period in one value (elements 1250, 1251) as the values of a canonical ``Period``."""
    first, _dash, last = text.partition("-")
    if kind == "D8" and len(text) == 8:
        return {"end_date": day(text)}
    if kind == "RD8" and len(first) == len(last) == 8:
        return {"start_date": day(first), "end_date": day(last)}
    if kind == _MINUTES and len(first) == len(last) == 12:
        found: dict[str, str | None] = {}
        for side, value in (("start", first), ("end", last)):
            found[f"{side}_date"] = day(value[:8])
            found[f"{side}_time"] = clock(day(value[:8]), value[8:], where)
        return found
    return None


# --- reading --------------------------------------------------------------------------------------
def read_period(
    reading: X12Reading,
    path: Path,
    found: tuple[str, str | None] | Mapping[str, Any],
    place: tuple,
    side: str = "both",
) -> bool:
    """Put a date or period at ``path`` of the scope, unless there is one.

    :param found: a day with its time, or the values of a period.
    :param side: ``start`` or ``end`` where the qualifier says which of the two it is.
    """
    if isinstance(found, Mapping):
        if reading.has(*path):
            return False
        reading.put(path, dict(found), *place)
        return True
    on, at = found
    if side == "both":
        if reading.has(*path):
            return False
        reading.put(path, {"end_date": on, "end_time": at} if at else {"end_date": on}, *place)
        return True
    if reading.has(*path, f"{side}_date"):
        return False
    reading.put((*path, f"{side}_date"), on, *place)
    reading.put((*path, f"{side}_time"), at, *place)
    return True


def read_dtm(reading: X12Reading, path: Path, dtm: Segment, side: str = "both") -> bool:
    """The date, or the period, of a DTM; of a G62, whose time stands behind its qualifier."""
    if dtm.tag == "G62":
        said = moment(dtm(2), dtm(4), dtm(5), reading.where)
        return read_period(reading, path, said, (dtm, 2), side)
    if dtm(2):
        return read_period(reading, path, read_moment(reading, dtm, 2), (dtm, 2), side)
    found = span(dtm(5), dtm(6), reading.where) if dtm(6) else None
    return bool(found) and read_period(reading, path, found, (dtm, 6), side)


def gather(
    transaction: Any,
    reading: X12Reading,
    scope: str,
    path: Path,
    group: Group,
    *levels: Mapping[str, str],
) -> bool:
    """Put off a DTM of one of these levels until the scope is complete: the first level that occurs counts.

    :return: whether it is one of theirs; then the method returns ``DEFERRED``.
    """
    dtm = group[0]
    code = dtm(1)
    if not any(code in level for level in levels) or not (dtm(2) or dtm(6)):
        return False
    found: list[Group] | None = reading.gathered.get(path)
    if found is None:
        found = reading.gathered[path] = []
        reading.later(lambda: _decide(transaction, reading, scope, path, found, levels))
    found.append(group)
    return True


def _decide(
    transaction: Any,
    reading: X12Reading,
    scope: str,
    path: Path,
    found: list[Group],
    levels: Sequence[Mapping[str, str]],
) -> None:
    counting: Mapping[str, str] = {}
    if not reading.has(*path):
        counting = next(level for level in levels if any(group[0](1) in level for group in found))
    taken = [
        group
        for group in found
        if group[0](1) in counting and read_dtm(reading, path, group[0], counting[group[0](1)])
    ]
    for group in [*taken, *(group for group in found if group not in taken)]:
        transaction.settle(scope, reading, group, [] if group in taken else group)


def read_issued(reading: X12Reading, place: tuple, on: str, at: str = "", code: str = "") -> None:
    """When the document was issued."""
    iso, clocked = moment(on, at, code, reading.where)
    reading.draft.put(("issue_date",), iso, place)
    reading.draft.put(("issue_time",), clocked, place)


def read_issue_time(reading: X12Reading, dtm: Segment) -> bool:
    """The time of issue in a DTM of its own (097), when the set's first segment only says the day."""
    on, at = read_moment(reading, dtm, 2)
    if dtm(1) != "097" or not at or reading.draft.get(("issue_date",)) not in (None, on):
        return False
    reading.draft.put(("issue_date",), on, (dtm, 2))
    reading.draft.put(("issue_time",), at, (dtm, 3))
    return True


def issued_by_envelope(reading: X12Reading) -> None:
    """Without a date of its own a document was issued when its envelope was made."""
    prepared = reading.envelope.get("group_prepared_at") or reading.envelope.get("prepared_at")
    if prepared and not reading.draft.get(("issue_date",)):
        reading.draft.put(("issue_date",), prepared[:10], "GS, element 4")


# --- writing --------------------------------------------------------------------------------------
def written_day(on: date | None, out: Writing) -> str:
    """CCYYMMDD, or YYMMDD before 004010."""
    if on is None:
        return ""
    return f"{on:%Y%m%d}".zfill(8)[0 if out.profile.since(CENTURY) else 2 :]


def written_moment(on: date, at: time | None, out: Writing) -> tuple[str, str, str]:
    """Date, time and zone, which :func:`moment` reads back as the same instant."""
    if at is None:
        return written_day(on, out), "", ""
    stamp = datetime.combine(on, at)
    offset, code = stamp.utcoffset() or timedelta(0), ""
    if offset != stamp.replace(tzinfo=out.profile.where).utcoffset() or not (
        at.hour or at.minute or at.second
    ):
        stamp, code = _zoned(stamp, offset)
    text = f"{stamp:%H%M}"
    if stamp.second or stamp.microsecond:
        text += f"{stamp:%S}"
    if stamp.microsecond:
        text += f"{stamp.microsecond // 10000:02}"
    return written_day(stamp.date(), out), text, code


def _zoned(stamp: datetime, offset: timedelta) -> tuple[datetime, str]:
    """The instant at whole hours from UTC, on the same day, with the code of that zone."""
    nearest = round(offset / timedelta(hours=1))
    hours = sorted(range(-12, 13), key=lambda hour: abs(hour - nearest))
    for hour in hours:
        moved = stamp.astimezone(timezone(timedelta(hours=hour)))
        if moved.date() == stamp.date():
            return moved, "UT" if hour == 0 else f"{hour if hour > 0 else hour + 25:02}"
    return stamp.astimezone(UTC), "UT"  # no zone of X12 has that day: it is not read back, and told


def write_dtm(out: Writing, code: str, on: date, at: time | None = None) -> None:
    """DTM with one moment."""
    day_, time_, zone_ = written_moment(on, at, out)
    century = "" if out.profile.since(CENTURY) else f"{on.year // 100:02}"
    out.add("DTM", code, day_, time_, zone_, century)


def write_period(
    out: Writing, value: Period | None, both: str, start: str | None = "064", end: str | None = "063"
) -> None:
    """A period: one DTM where one can say it, else one for each end."""
    if value is None:
        return
    first, last = value.start_date, value.end_date
    if first is None:
        write_dtm(out, both, last, value.end_time)
    elif last and not (value.start_time or value.end_time) and out.profile.since(CENTURY) and start == "196":
        out.add("DTM", both, "", "", "", _DAYS, f"{first:%Y%m%d}-{last:%Y%m%d}")
    else:
        write_dtm(out, start, first, value.start_time)
        if last:
            write_dtm(out, end, last, value.end_time)


def write_issue_time(out: Writing, document: Document) -> None:
    """DTM 097, where the set's first segment says the day only."""
    if document.issue_time:
        write_dtm(out, "097", document.issue_date, document.issue_time)
