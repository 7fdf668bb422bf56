import pytest

from .. import transitions
from ..errors import InternalError

ROADS = [
    ("inbound", None, "received"),
    ("inbound", "received", "applied"),
    ("inbound", "held", "received"),
    ("inbound", "held", "ignored"),
    ("outbound", None, "queued"),
    ("outbound", "sent", "queued"),
    ("outbound", "held", "acknowledged"),
]
BARRED = [
    ("inbound", None, "applied"),
    ("inbound", "applied", "received"),
    ("inbound", "applied", "applied"),
    ("inbound", "ignored", "held"),
    ("inbound", "held", "decoded"),
    ("inbound", "received", "sent"),
    ("outbound", "queued", "acknowledged"),
    ("outbound", "acknowledged", "queued"),
    ("outbound", "cancelled", "sent"),
    ("outbound", "nonsense", "sent"),
]


@pytest.mark.parametrize("direction, old, new", ROADS)
def test_a_message_goes_where_the_table_says(direction, old, new):
    transitions.check(direction, old, new)


@pytest.mark.parametrize("direction, old, new", BARRED)
def test_a_message_goes_nowhere_else(direction, old, new):
    with pytest.raises(InternalError) as caught:
        transitions.check(direction, old, new)
    assert caught.value.code == "state.forbidden"


def test_there_are_two_directions():
    with pytest.raises(InternalError, match="no direction sideways"):
        transitions.check("sideways", None, "received")


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_every_state_is_reached_and_ends_somewhere(direction):
    table = transitions.TABLES[direction]
    reached = {transitions.INITIAL[direction]}
    for _round in table:
        reached |= {new for old in reached for new in table[old]}
    assert reached == set(table)
    assert transitions.TERMINAL[direction] | transitions.OPEN[direction] == set(table)
    assert not transitions.TERMINAL[direction] & transitions.OPEN[direction]


def test_the_ends_of_the_road():
    assert transitions.TERMINAL == {
        "inbound": {"applied", "rejected", "ignored"},
        "outbound": {"acknowledged", "rejected", "cancelled"},
    }
