import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .. import onboarding
from ..errors import BusinessRefused, InternalError
from ..onboarding import CASE, ROAD, SETTLED, STEP, Need

MOVES = list(itertools.product(CASE, CASE))


@pytest.mark.parametrize("old, new", MOVES)
def test_a_case_goes_where_the_table_says_and_nowhere_else(old, new):
    if new in CASE[old]:
        onboarding.check(old, new, "because")
    else:
        with pytest.raises(BusinessRefused, match=f"that is {old} cannot become {new}"):
            onboarding.check(old, new, "because")


def test_the_road_is_walked_step_by_step():
    for old, new in itertools.pairwise(ROAD):
        onboarding.check(old, new)
        assert onboarding.next_state(old) == new
        later = set(ROAD[ROAD.index(new) + 1 :])
        assert not later & CASE[old]
    assert onboarding.next_state("live") is None
    assert onboarding.next_state("on_hold") is None


@pytest.mark.parametrize(
    "old, new, needed",
    [
        ("invited", "profiled", False),
        ("certified", "live", False),
        ("certified", "connected", True),
        ("approved", "on_hold", True),
        ("on_hold", "approved", False),
        ("verified", "rejected", True),
        ("rejected", "invited", True),
        ("live", "suspended", True),
        ("suspended", "live", False),
        ("live", "offboarded", True),
    ],
)
def test_what_is_not_the_normal_way_says_why(old, new, needed):
    assert onboarding.needs_reason(old, new) is needed
    if needed:
        with pytest.raises(BusinessRefused) as caught:
            onboarding.check(old, new, "  ")
        assert caught.value.code == "onboarding.no_reason"


def test_every_state_of_a_case_is_reached():
    reached = {"invited"}
    for _round in CASE:
        reached |= {new for old in reached for new in CASE[old]}
    assert reached == set(CASE)


@pytest.mark.parametrize("old, new", list(itertools.product(STEP, STEP)))
def test_a_step_goes_where_the_table_says_and_nowhere_else(old, new):
    if new in STEP[old]:
        onboarding.check_step(old, new)
    else:
        with pytest.raises(BusinessRefused) as caught:
            onboarding.check_step(old, new)
        assert caught.value.code == "onboarding.step_forbidden"


def test_a_state_that_does_not_exist_is_our_mistake():
    with pytest.raises(InternalError):
        onboarding.check_step("todo", "nonsense")


def test_a_circle_is_named():
    needs = {"a": Need("profiled", after=frozenset("b")), "b": Need("profiled", after=frozenset("a"))}
    with pytest.raises(BusinessRefused, match="(a → b → a|b → a → b)"):
        onboarding.check_graph(needs)


def test_a_step_does_not_wait_for_one_that_is_needed_later():
    needs = {"bank": Need("profiled", after=frozenset({"test"})), "test": Need("certified")}
    with pytest.raises(BusinessRefused, match="bank is needed to become profiled, but it waits for test"):
        onboarding.check_graph(needs)


def test_steps_run_in_parallel_where_they_can():
    needs = {
        "legal": Need("profiled"),
        "bank": Need("profiled"),
        "vat": Need("verified", after=frozenset({"legal"})),
        "approve": Need("approved", after=frozenset({"vat", "bank"})),
    }
    assert onboarding.ready(needs) == {"legal", "bank"}
    needs["legal"] = needs["legal"]._replace(state="waived")
    assert onboarding.ready(needs) == {"bank", "vat"}
    needs["vat"] = needs["vat"]._replace(state="failed")
    assert onboarding.ready(needs) == {"bank", "vat"}


def test_what_does_not_block_holds_nothing_up():
    needs = {"legal": Need("profiled"), "logo": Need("profiled", blocking=False), "vat": Need("verified")}
    assert onboarding.missing(needs, "profiled") == ["legal"]
    assert onboarding.missing(needs, "verified") == ["legal", "vat"]
    assert onboarding.missing(needs, "invited") == []


@st.composite
def graphs(draw):
    """Steps that wait only for earlier ones and never for one that is needed later."""
    gates = sorted(draw(st.lists(st.sampled_from(ROAD[1:]), min_size=1, max_size=12)), key=ROAD.index)
    return {
        number: Need(
            gate,
            draw(st.sampled_from(list(STEP))),
            draw(st.booleans()),
            frozenset(draw(st.sets(st.integers(0, number - 1), max_size=3))) if number else frozenset(),
        )
        for number, gate in enumerate(gates)
    }


@given(graphs())
def test_whoever_does_what_is_ready_comes_to_the_end(needs):
    onboarding.check_graph(needs)
    ordered = onboarding.order(needs)
    assert sorted(ordered) == sorted(needs)
    assert all(ordered.index(other) < ordered.index(key) for key in needs for other in needs[key].after)
    for _round in needs:
        for key in onboarding.ready(needs):
            needs[key] = needs[key]._replace(state="done")
    assert all(need.state in SETTLED for need in needs.values())
    assert not onboarding.missing(needs, "live")
