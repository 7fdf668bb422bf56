from hypothesis import given
from hypothesis import strategies as st

from ..ratelimit import Bucket, RatePolicy, take

SIXTY = RatePolicy(per_minute=60, burst=3)


def test_a_burst_goes_at_once_then_one_per_second():
    bucket, waits = Bucket(), []
    for _call in range(4):
        bucket, wait = take(bucket, SIXTY, 100.0)
        waits.append(wait)
    assert waits == [0, 0, 0, 1]
    bucket, wait = take(bucket, SIXTY, 101.0)
    assert wait == 0


def test_without_a_limit_nothing_waits():
    bucket = Bucket()
    for _call in range(1000):
        bucket, wait = take(bucket, RatePolicy(), 0.0)
        assert wait == 0


def test_a_clock_set_back_gives_nothing_away():
    bucket, _wait = take(Bucket(), RatePolicy(60, 1), 100.0)
    assert take(bucket, RatePolicy(60, 1), 50.0)[1] == 1


def test_a_request_larger_than_the_burst_waits_for_a_full_bucket_and_is_paid_off_later():
    bucket, wait = take(Bucket(), SIXTY, 0.0, amount=10)
    assert wait == 0
    assert take(bucket, SIXTY, 0.0)[1] > 3


@given(st.floats(0.1, 6000), st.integers(1, 50), st.lists(st.floats(0, 30), min_size=1, max_size=60))
def test_who_waits_as_told_gets_through_and_the_rate_holds(per_minute, burst, pauses):
    policy, bucket, now, passed = RatePolicy(per_minute, burst), Bucket(), 0.0, 0
    for pause in pauses:
        now += pause
        bucket, wait = take(bucket, policy, now)
        if wait:
            now += wait
            bucket, wait = take(bucket, policy, now)
        assert wait == 0
        passed += 1
    assert passed <= burst + now * per_minute / 60 + 0.001
