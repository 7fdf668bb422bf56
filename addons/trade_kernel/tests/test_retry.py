from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..retry import RetryPolicy, classify_status, next_delay, parse_retry_after

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
STEADY = RetryPolicy(max_attempts=5, base_seconds=10, factor=2, max_seconds=60, jitter=0)


def test_each_wait_is_longer_up_to_the_longest_and_then_it_ends():
    waits = [next_delay(STEADY, attempt, None, lambda: 0.5) for attempt in range(1, 6)]
    assert waits == [10, 20, 40, 60, None]


def test_messages_that_failed_together_come_back_apart():
    policy = RetryPolicy(base_seconds=10, factor=2, jitter=0.5)
    assert next_delay(policy, 1, None, lambda: 0.0) == 10
    assert next_delay(policy, 1, None, lambda: 1.0) == 5


@given(
    attempt=st.integers(0, 10**6),
    retry_after=st.none() | st.floats(-10, 1e9),
    chance=st.floats(0, 1),
    jitter=st.floats(0, 1),
)
def test_a_wait_is_never_shorter_than_asked_for_and_never_endless(attempt, retry_after, chance, jitter):
    policy = RetryPolicy(max_attempts=10**7, jitter=jitter)
    delay = next_delay(policy, attempt, retry_after, lambda: chance)
    assert 0 <= delay <= policy.max_retry_after_seconds * 1.1
    assert delay >= min(retry_after or 0, policy.max_retry_after_seconds)


def test_a_schedule_says_the_waits_and_how_many_tries_there_are():
    policy = RetryPolicy(max_attempts=2, base_seconds=1, max_seconds=7, jitter=0, schedule=(5, 300, 1800))
    assert [next_delay(policy, attempt, None, lambda: 0.5) for attempt in range(1, 5)] == [5, 300, 1800, None]
    assert policy.tries == 4


@given(
    schedule=st.lists(st.floats(0, 1e6), min_size=1, max_size=20).map(tuple),
    attempt=st.integers(0, 40),
    retry_after=st.none() | st.floats(-10, 1e9),
    chance=st.floats(0, 1),
    jitter=st.floats(0, 1),
    others=st.tuples(st.integers(1, 50), st.floats(0.1, 1e5), st.floats(1, 10)),
)
def test_a_schedule_is_kept_within_its_jitter_whatever_else_is_set(
    schedule, attempt, retry_after, chance, jitter, others
):
    tries, base, factor = others
    policy = RetryPolicy(tries, base, factor, jitter=jitter, schedule=schedule)
    delay = next_delay(policy, attempt, retry_after, lambda: chance)
    if attempt > len(schedule):
        assert delay is None
        return
    planned = schedule[max(attempt, 1) - 1]
    asked = min(max(retry_after or 0, 0), policy.max_retry_after_seconds)
    assert delay >= planned * (1 - jitter) * (1 - 1e-9)
    assert delay >= asked
    assert delay <= max(planned, asked * 1.1)


@pytest.mark.parametrize(
    "header, seconds",
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 02 Mar 2026 12:01:30 GMT", 90),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("Mon, 02 Mar 2026 13:01:30 +0100", 90),
        ("Mon, 02 Mar 2026 12:01:30", 90),
        ("", None),
        (None, None),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("٣", None),
        ("Mon, 99 Mar 2026 12:01:30 GMT", None),
    ],
)
def test_retry_after(header, seconds):
    assert parse_retry_after(header, NOW) == seconds


@given(st.text())
def test_no_retry_after_header_breaks_anything(header):
    seconds = parse_retry_after(header, NOW)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    "status, meaning",
    [
        (200, "ok"),
        (202, "ok"),
        (204, "ok"),
        (408, "retry"),
        (425, "retry"),
        (429, "retry"),
        (500, "retry"),
        (503, "retry"),
        (599, "retry"),
        (401, "auth"),
        (403, "auth"),
        (301, "refused"),
        (304, "refused"),
        (400, "refused"),
        (404, "refused"),
        (409, "refused"),
        (410, "refused"),
        (422, "refused"),
        (100, "refused"),
    ],
)
def test_what_a_status_means(status, meaning):
    assert classify_status(status) == meaning
