"""A circuit breaker as pure functions of its history and the clock.

A connector whose partner fails again and again is left alone for a while: its messages wait instead of
failing one by one. After the cooldown one probe is let through; its outcome closes the circuit or
opens it for longer. Instants are datetimes, all naive UTC or all aware, as the caller prefers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class CircuitPolicy:
    """Open after ``failures`` failures in a row within ``window_seconds``.

    The first cooldown takes ``cooldown_seconds``; each repeated opening doubles it, up to
    ``max_cooldown_seconds``.
    """

    failures: int = 5
    window_seconds: float = 300.0
    cooldown_seconds: float = 60.0
    max_cooldown_seconds: float = 3600.0


@dataclass(frozen=True, slots=True)
class Circuit:
    """The state of one circuit.

    :param state: ``closed`` (calls flow), ``open`` (calls wait) or ``half_open`` (one probe is out).
    :param failures: instants of the failures since the last success.
    :param opened_at: when it last opened.
    :param probe_at: when the next probe may go; in ``half_open``, when a probe that never came back
        (its process was killed) counts as lost.
    :param openings: how often it opened without a lasting recovery in between.
    """

    state: str = "closed"
    failures: tuple[datetime, ...] = ()
    opened_at: datetime | None = None
    probe_at: datetime | None = None
    openings: int = 0

    def as_dict(self) -> dict[str, Any]:
        """JSON-able; instants in ISO 8601."""
        return {
            "state": self.state,
            "failures": [moment.isoformat() for moment in self.failures],
            "opened_at": self.opened_at and self.opened_at.isoformat(),
            "probe_at": self.probe_at and self.probe_at.isoformat(),
            "openings": self.openings,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any] | None) -> "Circuit":
        """Read what :meth:`as_dict` wrote; nothing means a fresh, closed circuit."""
        if not values:
            return cls()
        opened_at, probe_at = values.get("opened_at"), values.get("probe_at")
        return cls(
            state=values["state"],
            failures=tuple(map(datetime.fromisoformat, values.get("failures") or ())),
            opened_at=datetime.fromisoformat(opened_at) if opened_at else None,
            probe_at=datetime.fromisoformat(probe_at) if probe_at else None,
            openings=values.get("openings") or 0,
        )


def may_call(circuit: Circuit, now: datetime) -> bool:
    """Whether a call may go out now. Unless the circuit is closed, :func:`on_probe` must follow a yes."""
    return circuit.state == "closed" or circuit.probe_at is None or now >= circuit.probe_at


def wait_until(circuit: Circuit, now: datetime) -> datetime | None:
    """When to look again, or ``None`` when a call may go out now."""
    return None if may_call(circuit, now) else circuit.probe_at


def on_probe(circuit: Circuit, policy: CircuitPolicy, now: datetime) -> Circuit:
    """The circuit once a call that :func:`may_call` allowed goes out.

    Store it before calling: it keeps every other call back until the probe's outcome is known.
    """
    if circuit.state == "closed":
        return circuit
    return replace(circuit, state="half_open", probe_at=now + _cooldown(policy, max(circuit.openings, 1)))


def on_success(circuit: Circuit, now: datetime) -> Circuit:
    """The circuit after a call that got an answer: closed, with its failures forgotten."""
    if circuit.state == "closed":
        return replace(circuit, failures=()) if circuit.failures else circuit
    # ``openings`` stays: if it soon opens again, the partner is flapping and gets a longer rest.
    return replace(circuit, state="closed", failures=(), probe_at=now)


def on_failure(circuit: Circuit, policy: CircuitPolicy, now: datetime) -> Circuit:
    """The circuit after a call that got no answer, or one that means "later"."""
    if circuit.state == "half_open":
        return _opened(circuit, policy, now)
    if circuit.state == "open":
        return circuit  # a straggler that had started before it opened
    window = timedelta(seconds=policy.window_seconds)
    failures = (*(moment for moment in circuit.failures if now - moment <= window), now)
    circuit = replace(circuit, failures=failures[-policy.failures :])
    return _opened(circuit, policy, now) if len(failures) >= policy.failures else circuit


def _opened(circuit: Circuit, policy: CircuitPolicy, now: datetime) -> Circuit:
    calm = timedelta(seconds=policy.max_cooldown_seconds)
    lasting = circuit.state == "closed" and (circuit.probe_at is None or now - circuit.probe_at > calm)
    openings = 1 if lasting else circuit.openings + 1
    return replace(
        circuit,
        state="open",
        failures=circuit.failures if circuit.state == "closed" else (),
        opened_at=now,
        probe_at=now + _cooldown(policy, openings),
        openings=openings,
    )


def _cooldown(policy: CircuitPolicy, openings: int) -> timedelta:
    seconds = policy.cooldown_seconds * 2 ** min(openings - 1, 32)
    return timedelta(seconds=min(seconds, policy.max_cooldown_seconds))
