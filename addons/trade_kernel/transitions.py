"""Which state a message may go to from which: the one table behind its one writer of state."""

from .errors import InternalError

INBOUND: dict[str, frozenset[str]] = {
    "received": frozenset({"decoded", "applied", "held", "rejected", "ignored"}),
    "decoded": frozenset({"applied", "held", "rejected", "ignored"}),
    "held": frozenset({"received", "applied", "rejected", "ignored"}),
    "applied": frozenset(),
    "rejected": frozenset(),
    "ignored": frozenset(),
}
OUTBOUND: dict[str, frozenset[str]] = {
    "queued": frozenset({"sent", "held", "cancelled"}),
    "sent": frozenset({"acknowledged", "rejected", "held", "queued"}),
    "held": frozenset({"queued", "cancelled", "acknowledged", "rejected"}),
    "acknowledged": frozenset(),
    "rejected": frozenset(),
    "cancelled": frozenset(),
}
TABLES = {"inbound": INBOUND, "outbound": OUTBOUND}

#: the state a message is created in, by direction
INITIAL = {"inbound": "received", "outbound": "queued"}
#: states nothing leaves, by direction
TERMINAL = {name: frozenset(s for s, onward in table.items() if not onward) for name, table in TABLES.items()}
#: states in which something still has to happen, by direction
OPEN = {name: frozenset(table) - TERMINAL[name] for name, table in TABLES.items()}


def check(direction: str, old: str | None, new: str) -> None:
    """Make sure that a message may go from ``old`` to ``new``.

    :param direction: ``inbound`` or ``outbound``.
    :param old: the state now; ``None`` for a message being created.
    :raise InternalError: ``state.forbidden`` when the table has no such step, ``state.direction`` when
        there is no such table.
    """
    table = TABLES.get(direction)
    if table is None:
        raise InternalError("state.direction", direction=direction)
    allowed = {INITIAL[direction]} if old is None else table.get(old, frozenset())
    if new not in allowed:
        raise InternalError("state.forbidden", direction=direction, old=old or "nothing", new=new)
