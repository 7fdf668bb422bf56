"""The life of an onboarding case and of its steps: which state follows which, and what a case still needs.

Two tables stand behind the two writers of state, as in :mod:`.transitions`; steps form a graph that runs in
parallel where it can.
"""

from collections.abc import Hashable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from .errors import BusinessRefused, InternalError, register

register(
    "onboarding.forbidden",
    "A case that is {old} cannot become {new}.",
    "Reload the page: somebody may have moved it meanwhile. From here it can become: {onward}.",
)
register(
    "onboarding.no_reason",
    "A case does not become {new} without a reason.",
    "Write in a sentence why; the partner's history keeps it.",
)
register(
    "onboarding.step_forbidden",
    "A step that is {old} cannot become {new}.",
    "Reload the page: somebody may have finished it meanwhile.",
)
register(
    "onboarding.open_steps",
    "{count} steps are still to be done: {steps}.",
    "Finish them, or waive them with a reason if you have the right to.",
)
register(
    "onboarding.cycle",
    "These steps wait for each other in a circle: {steps}.",
    "Take one of these dependencies out of the template.",
)
register(
    "onboarding.late",
    "{step} is needed to become {gate}, but it waits for {other}, which is only needed later, to become"
    " {later}.",
    "Need {other} earlier, or let {step} not wait for it.",
)

#: the road of a case, in order; what a case needs is tied to the state it opens
ROAD = ("invited", "profiled", "verified", "approved", "connected", "certified", "live")
_EARLY = ROAD[:-1]
_ASIDE = frozenset({"on_hold", "rejected"})

#: state → states a case may go to; before it is live it may be sent back to any state it has been through
CASE: dict[str, frozenset[str]] = {
    **{state: frozenset({ROAD[place + 1], *ROAD[:place]}) | _ASIDE for place, state in enumerate(_EARLY)},
    "live": frozenset({"suspended", "offboarded"}),
    "suspended": frozenset({"live", "offboarded"}),
    "on_hold": frozenset({*_EARLY, "rejected"}),
    "rejected": frozenset({"invited"}),
    "offboarded": frozenset(),
}


def needs_reason(old: str, new: str) -> bool:
    """Whether a case says why it goes from ``old`` to ``new``: always, except forward on the road and back
    from a pause."""
    return new not in ROAD or (old in ROAD and ROAD.index(new) < ROAD.index(old)) or old == "rejected"


#: state → states a step may go to
STEP: dict[str, frozenset[str]] = {
    "todo": frozenset({"waiting", "doing", "done", "failed", "waived"}),
    "waiting": frozenset({"todo", "doing", "done", "failed", "waived"}),
    "doing": frozenset({"todo", "waiting", "done", "failed", "waived"}),
    "failed": frozenset({"todo", "waiting", "doing", "done", "waived"}),
    "done": frozenset({"todo"}),
    "waived": frozenset({"todo"}),
}
#: states in which a step holds nothing up any more
SETTLED = frozenset({"done", "waived"})


class Need(NamedTuple):
    """A step, as far as the road is concerned."""

    gate: str  # the state of the road that is not reached without it
    state: str = "todo"
    blocking: bool = True
    after: frozenset[Hashable] = frozenset()  # keys of the steps it waits for


def check(old: str, new: str, reason: str | None = None) -> None:
    """Make sure that a case may go from ``old`` to ``new``.

    :raise BusinessRefused: ``onboarding.forbidden``, ``onboarding.no_reason``
    """
    if new not in CASE.get(old, ()):
        onward = ", ".join(sorted(CASE.get(old, ()))) or "nothing"
        raise BusinessRefused("onboarding.forbidden", old=old, new=new, onward=onward)
    if needs_reason(old, new) and not (reason or "").strip():
        raise BusinessRefused("onboarding.no_reason", new=new)


def check_step(old: str, new: str) -> None:
    """Make sure that a step may go from ``old`` to ``new``.

    :raise BusinessRefused: ``onboarding.step_forbidden``
    """
    if old not in STEP or new not in STEP:
        raise InternalError("state.forbidden", direction="onboarding step", old=old, new=new)
    if new not in STEP[old]:
        raise BusinessRefused("onboarding.step_forbidden", old=old, new=new)


def check_graph(needs: Mapping[Hashable, Need], name=str) -> None:
    """Make sure that every step of a graph can be done in time.

    :param name: key → what a person calls the step
    :raise BusinessRefused: ``onboarding.cycle``, ``onboarding.late``
    """
    try:
        TopologicalSorter({key: need.after & needs.keys() for key, need in needs.items()}).prepare()
    except CycleError as error:
        circle = " → ".join(name(key) for key in error.args[1])
        raise BusinessRefused("onboarding.cycle", steps=circle) from error
    for key, need in needs.items():
        for other in need.after & needs.keys():
            if ROAD.index(needs[other].gate) > ROAD.index(need.gate):
                raise BusinessRefused(
                    "onboarding.late",
                    step=name(key),
                    gate=need.gate,
                    other=name(other),
                    later=needs[other].gate,
                )


def ready(needs: Mapping[Hashable, Need]) -> set[Hashable]:
    """Keys of the unsettled steps that wait for no other step; what they wait for may have been waived."""
    return {
        key
        for key, need in needs.items()
        if need.state not in SETTLED
        and all(needs[other].state in SETTLED for other in need.after & needs.keys())
    }


def missing(needs: Mapping[Hashable, Need], new: str) -> list[Hashable]:
    """Keys of the blocking steps without which a case does not become ``new``, in the order given."""
    last = ROAD.index(new)
    return [
        key
        for key, need in needs.items()
        if need.blocking and need.state not in SETTLED and ROAD.index(need.gate) <= last
    ]


def next_state(state: str) -> str | None:
    """The state after ``state`` on the road; ``None`` at its end and beside it."""
    return ROAD[ROAD.index(state) + 1] if state in _EARLY else None


def order(needs: Mapping[Hashable, Need], first: Iterable[Hashable] = ()) -> list[Hashable]:
    """Keys in an order in which every step comes after those it waits for; of several possible ones the
    earlier gate first, then as in ``first``."""
    place = {key: number for number, key in enumerate(first)}
    sorter = TopologicalSorter({key: need.after & needs.keys() for key, need in needs.items()})
    sorter.prepare()
    ordered, possible = [], []
    while sorter.is_active():
        possible += sorter.get_ready()
        possible.sort(key=lambda key: (ROAD.index(needs[key].gate), place.get(key, len(place))))
        key = possible.pop(0)
        ordered.append(key)
        sorter.done(key)
    return ordered
