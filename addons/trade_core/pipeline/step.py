"""What the lane and the two roads tell each other."""

from typing import NamedTuple


class Step(NamedTuple):
    """What one step of a drain did."""

    count: int  # messages that moved; 0 ends the drain
    blocked: bool = False  # messages are ready but must wait: whoever lifts the reason wakes the lane


class Conflict(Exception):
    """Another transaction did the same thing at this instant; do the batch again on a fresh snapshot."""
