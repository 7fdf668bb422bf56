import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ..circuit import Circuit, CircuitPolicy, may_call, on_failure, on_probe, on_success, wait_until

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
POLICY = CircuitPolicy(failures=3, window_seconds=60, cooldown_seconds=30, max_cooldown_seconds=120)


def at(seconds):
    return START + timedelta(seconds=seconds)


def failing(circuit, *moments):
    for seconds in moments:
        circuit = on_failure(circuit, POLICY, at(seconds))
    return circuit


def probe_fails(circuit, seconds):
    assert may_call(circuit, at(seconds))
    return failing(on_probe(circuit, POLICY, at(seconds)), seconds)


def test_failures_in_a_row_open_it_and_calls_wait():
    circuit = failing(Circuit(), 0, 1)
    assert may_call(circuit, at(1))
    circuit = failing(circuit, 2)
    assert circuit.state == "open"
    assert not may_call(circuit, at(31))
    assert wait_until(circuit, at(3)) == at(32)


def test_a_success_in_between_forgets_the_failures():
    circuit = failing(on_success(failing(Circuit(), 0, 1), at(2)), 3, 4)
    assert circuit.state == "closed"


def test_failures_long_ago_do_not_count():
    assert failing(Circuit(), 0, 1, 100).state == "closed"


def test_one_probe_goes_through_and_the_others_wait():
    circuit = failing(Circuit(), 0, 1, 2)
    assert may_call(circuit, at(32))
    circuit = on_probe(circuit, POLICY, at(32))
    assert circuit.state == "half_open"
    assert not may_call(circuit, at(33))


def test_a_probe_that_never_came_back_does_not_block_for_ever():
    circuit = on_probe(failing(Circuit(), 0, 1, 2), POLICY, at(32))
    assert may_call(circuit, at(62))


def test_a_good_probe_closes_it():
    circuit = on_success(on_probe(failing(Circuit(), 0, 1, 2), POLICY, at(32)), at(33))
    assert circuit.state == "closed"
    assert may_call(circuit, at(33))
    assert failing(circuit, 34, 35).state == "closed"


def test_each_bad_probe_doubles_the_rest_up_to_the_longest():
    circuit = failing(Circuit(), 0, 1, 2)
    rests = []
    for _time in range(4):
        seconds = (circuit.probe_at - START).total_seconds()
        circuit = probe_fails(circuit, seconds)
        rests.append((circuit.probe_at - circuit.opened_at).total_seconds())
    assert rests == [60, 120, 120, 120]


def test_a_partner_that_flaps_rests_longer_and_a_steady_one_starts_afresh():
    closed = on_success(on_probe(failing(Circuit(), 0, 1, 2), POLICY, at(32)), at(33))
    soon = failing(closed, 40, 41, 42)
    assert soon.openings == 2
    late = failing(closed, 400, 401, 402)
    assert late.openings == 1


def test_a_straggler_does_not_prolong_the_rest():
    circuit = failing(Circuit(), 0, 1, 2)
    assert failing(circuit, 20) == circuit


@given(st.lists(st.tuples(st.sampled_from(["call", "ok", "fail"]), st.integers(0, 100))))
def test_whatever_happens_it_can_be_stored_and_a_call_is_possible_again(steps):
    circuit, seconds = Circuit(), 0
    for step, passed in steps:
        seconds += passed
        if step == "call" and may_call(circuit, at(seconds)):
            circuit = on_probe(circuit, POLICY, at(seconds))
        elif step == "ok":
            circuit = on_success(circuit, at(seconds))
        elif step == "fail":
            circuit = on_failure(circuit, POLICY, at(seconds))
        assert Circuit.from_dict(json.loads(json.dumps(circuit.as_dict()))) == circuit
        assert len(circuit.failures) <= POLICY.failures
    assert may_call(circuit, at(seconds + POLICY.max_cooldown_seconds))


def test_nothing_stored_means_closed():
    assert Circuit.from_dict(None) == Circuit.from_dict({}) == Circuit()
