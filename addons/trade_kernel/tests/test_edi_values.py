from datetime import UTC, date, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..canonical import Period
from ..codecs._edi.values import (
    clock,
    day,
    digits,
    implied,
    moment,
    number,
    period,
    unit,
    written,
    written_period,
    zone,
)
from ..errors import ValidationFailed
from .strategies import days, times

BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("12", "12"),
        ("12.50", "12.50"),
        ("12,50", "12.50"),
        ("5-", "-5"),
        ("-5,1", "-5.1"),
        ("1.000,5", "1.000,5"),
        ("abc", "abc"),
    ],
)
def test_numbers(text, expected):
    assert number(text) == expected


def test_implied_decimals():
    assert [implied("1250", 2), implied("-5", 2), implied("12.5", 2), implied("x", 2)] == [
        "12.50",
        "-0.05",
        "12.5",
        "x",
    ]
    assert digits(Decimal("1E+3"), ",") == "1000"
    assert digits(Decimal("1.50"), ",") == "1,50"


def test_units():
    assert [unit("pce"), unit(""), unit("ST", {"ST": "H87"}), unit("Stück")] == ["PCE", "C62", "H87", "Stück"]


@pytest.mark.parametrize(
    "text, code, expected",
    [
        ("20260331", "102", ("2026-03-31", None)),
        ("260331", "101", ("2026-03-31", None)),
        ("310326", "2", ("2026-03-31", None)),
        ("202603311430", "203", ("2026-03-31", "14:30:00+02:00")),
        ("202603310000", "203", ("2026-03-31", None)),
        ("20260331000000", "204", ("2026-03-31", "00:00:00+02:00")),
        ("20260331", "204", ("2026-03-31", None)),
        ("20260331", "", ("2026-03-31", None)),
        ("20260331143015", "102", ("2026-03-31", "14:30:15+02:00")),
        ("202603311430-0530", "205", ("2026-03-31", "14:30:00-05:30")),
        ("202603311430UTC", "303", ("2026-03-31", "14:30:00+00:00")),
        ("20260331143015+03", "304", ("2026-03-31", "14:30:15+03:00")),
        ("202603312400", "203", ("2026-03-31", "23:59:00+02:00")),
        ("soon", "102", ("soon", None)),
        ("19999715", "102", ("1999-97-15", None)),
    ],
)
def test_moments(text, code, expected):
    assert moment(text, code, BRUSSELS) == expected


@pytest.mark.parametrize(
    "text, code, expected",
    [
        ("2026030120260331", "718", ("2026-03-01", "2026-03-31")),
        ("20260301-20260331", "718", ("2026-03-01", "2026-03-31")),
        ("20260301-20260331", "711", ("2026-03-01", "2026-03-31")),
        ("202610", "616", ("2026-03-02", "2026-03-08")),
        ("202602", "610", ("2026-02-01", "2026-02-28")),
        ("2026", "602", ("2026-01-01", "2026-12-31")),
        ("20260331", "102", (None, "2026-03-31")),
        ("202699", "616", (None, "202699")),
        ("202613", "610", (None, "202613")),
    ],
)
def test_periods(text, code, expected):
    found = period(text, code)
    assert (found.get("start_date"), found.get("end_date")) == expected


def test_a_period_with_times():
    assert period("202603011200202603311300", "719") == {
        "start_date": "2026-03-01",
        "start_time": "12:00:00+00:00",
        "end_date": "2026-03-31",
        "end_time": "13:00:00+00:00",
    }


def test_dates_and_times_of_x12():
    assert [day("20260331"), day("260331"), day("700101"), day("x")] == [
        "2026-03-31",
        "2026-03-31",
        "1970-01-01",
        "x",
    ]
    assert clock("2026-03-31", "1430", BRUSSELS) == "14:30:00+02:00"
    assert clock("2026-03-31", "14301525") == "14:30:15.250000+00:00"
    assert [clock("2026-03-31", "9930"), clock("nonsense", "1430"), clock("2026-03-31", "x")] == [
        "9930",
        "1430",
        "x",
    ]


def test_zones():
    assert zone(None) is UTC
    assert zone("+05:30") == timezone(timedelta(hours=5, minutes=30))
    assert zone("Europe/Brussels") == BRUSSELS
    for name in ("Mars/Olympus", "../etc/passwd", "+99:00"):
        with pytest.raises(ValidationFailed) as caught:
            zone(name)
        assert caught.value.code == "codec.option"


@given(days, times, st.sampled_from((UTC, BRUSSELS, timezone(timedelta(hours=-9)))))
def test_what_is_written_is_the_same_instant(on, at, where):
    at = at.replace(microsecond=0)
    text, code = written(on, at, where)
    day_read, time_read = moment(text, code, where)
    assert (day_read, time.fromisoformat(time_read)) == (on.isoformat(), at)
    assert moment(*written(on, None)) == (on.isoformat(), None)


def test_periods_are_written():
    both = Period(start_date=date(2026, 3, 1), end_date=date(2026, 3, 31))
    assert written_period(both) == ("2026030120260331", "718")
    assert written_period(Period(end_date=date(2026, 3, 31))) is None
