"""What the lane and the two roads tell each other."""

from typing import NamedTuple

from odoo.exceptions import ConcurrencyError


class Step(NamedTuple):
    """What one step of a drain did."""

    count: int  # messages that moved; 0 ends the drain
    blocked: bool = False  # messages are ready but must wait: whoever lifts the reason wakes the lane


class Conflict(ConcurrencyError):
    """Another transaction did the same thing at this instant; do it again on a fresh snapshot.

    Lanes do so themselves; when a person's click met it, Odoo does.
    """
