"""Reads a message group by group into a draft, and remembers what no field holds.

What remains is kept in ``extensions``, per scope (the header, a line, the summary, a party), so that writing
gives it back at its place:

- ``segments``: segments and groups that mean nothing to us, as they stand;
- ``groups``: members of groups we understand that mean nothing to us, by the group they are in;
- ``elements``: values in segments we understand, by segment, as ``{"3.2": "value"}``.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from ...errors import TradeError, ValidationFailed
from ...limits import Limits
from .._draft import Draft, Path
from .syntax import Segment, Separators
from .values import number, unit, zone

#: segments of one tag that are told apart by their first value; the others by their order alone
QUALIFIED = frozenset("DTM RFF MOA QTY FTX IMD LOC TAX REF AMT PID N9 G62".split())


#: what a method returns for a group it looks at later (:meth:`Reading.later`)
DEFERRED: list[Any] = []


class Takes:
    """The positions of a segment that a mapping reads.

    :param spec: ``"1 2.1-3 5=VAT"``: element 1, components 1 to 3 of element 2, and element 5 where it says
        nothing but VAT; ``5=VAT|GST`` where it says one of these.
    """

    def __init__(self, spec: str):
        self.positions: set[tuple[int, int]] = set()
        self.usual: dict[tuple[int, int], list[str]] = {}
        for part in spec.split():
            place, _equals, value = part.partition("=")
            element, _dot, components = place.partition(".")
            first, _dash, last = (components or "1").partition("-")
            for component in range(int(first), int(last or first) + 1):
                if value:
                    self.usual[int(element), component] = value.split("|")
                else:
                    self.positions.add((int(element), component))

        self._known: tuple[Separators | None, re.Pattern[str] | None] = (None, None)

    def extras(self, segment: Segment) -> dict[str, Any]:
        """What stands at other positions: ``{"3.2": value}``."""
        separators, pattern = self._known
        if separators is not segment.separators:
            separators, pattern = self._known = segment.separators, self._pattern(segment.separators)
        if segment.fits(pattern):
            return {}
        found: dict[str, Any] = {}
        positions, usual = self.positions, self.usual
        for element in range(1, len(segment) + 1):
            values = segment.repeated(element)
            if len(values) > 1:
                found[f"{element}.*"] = [list(value) for value in values]
                continue
            for component, value in enumerate(values[0], 1):
                place = (element, component)
                if value and place not in positions and value.strip() not in usual.get(place, ()):
                    found[f"{element}.{component}"] = value
        return found

    def _pattern(self, separators: Separators) -> re.Pattern[str]:
        """What a segment without anything else looks like: for nearly all of them one look is enough."""
        signs = re.escape("".join(filter(None, separators.special)))
        element, component = re.escape(separators.element), re.escape(separators.component)
        places = [*self.positions, *self.usual]
        last = max((one for one, _component in places), default=0)
        pattern = ""
        for place in range(last, 0, -1):
            most = max((part for one, part in places if one == place), default=1)
            parts = ""
            for part in range(most, 0, -1):
                value = f"[^{signs}]*" if (place, part) in self.positions else ""
                if (place, part) in self.usual:
                    value = "(?:" + "|".join(map(re.escape, self.usual[place, part])) + ")?"
                parts = f"{value}(?:{component}{parts})?" if parts else value
            pattern = f"(?:{element}{parts}{pattern})?"
        return re.compile(f"[^{signs}]*{pattern}", re.DOTALL)


class Shape:
    """How the segments of a scope belong together and follow each other.

    :param order: the tags in the order the standard gives them; others come last.
    :param members: per segment, those that may follow it and belong to it.
    """

    def __init__(self, order: str, members: Mapping[str, str]):
        self.text, self.groups_text = order, dict(members)
        self.members = {tag: frozenset(following.split()) for tag, following in members.items()}
        self._rank = {tag: rank for rank, tag in enumerate(order.split())}

    def rank(self, tag: str) -> int:
        """Where a group stands."""
        return self._rank.get(tag, len(self._rank))

    def groups(self, segments: Iterable[Any], tag_of: Callable[[Any], str]) -> Iterator[list[Any]]:
        """Segments, each with the members that follow it."""
        group: list[Any] = []
        allowed: frozenset[str] = frozenset()
        for segment in segments:
            tag = tag_of(segment)
            if group and tag in allowed:
                group.append(segment)
                continue
            if group:
                yield group
            group, allowed = [segment], self.members.get(tag, frozenset())
        if group:
            yield group


class Kept:
    """What of one scope no field holds."""

    __slots__ = ("counts", "elements", "found", "groups", "keys", "named", "seen", "shape")

    def __init__(self, shape: Shape):
        self.shape = shape
        self.found: list[tuple[int, list[str]]] = []
        self.groups: dict[str, list[str]] = {}
        self.elements: dict[str, dict[str, Any]] = {}
        self.counts: dict[tuple[str, str], int] = {}
        self.seen: list[Segment] = []
        self.keys: dict[int, str] = {}
        self.named = 0

    def keep(self, group: Sequence[Segment]) -> None:
        """Keep a whole group."""
        self.found.append((self.shape.rank(group[0].tag), [segment.portable for segment in group]))

    def key(self, tag: str, first: str) -> str:
        """What a segment is called among those of its scope."""
        first = first if tag in QUALIFIED else ""
        count = self.counts[tag, first] = self.counts.get((tag, first), 0) + 1
        return _key(tag, first, count)

    def note(self, segment: Segment, takes: Takes | None) -> None:
        """Remember what a segment says beyond its mapping."""
        self.seen.append(segment)
        if takes and (extras := takes.extras(segment)):
            self.elements[self.key_of(segment)] = extras

    def key_of(self, segment: Segment) -> str:
        """The key of a segment that was noted; few are asked for, so keys are made up to there only."""
        while id(segment) not in self.keys:
            one = self.seen[self.named]
            self.named += 1
            self.keys[id(one)] = self.key(one.tag, one(1))
        return self.keys[id(segment)]

    def understood(self, segment: Segment, takes: Takes | None) -> str:
        """Remember what a segment says beyond its mapping; its key."""
        self.note(segment, takes)
        return self.key_of(segment)

    def values(self) -> dict[str, Any]:
        """As it stands in ``extensions``: groups in the standard's order, so that writing changes nothing."""
        if not (self.found or self.groups or self.elements):
            return {}
        found = {
            "segments": [text for _rank, texts in sorted(self.found, key=itemgetter(0)) for text in texts],
            "groups": self.groups,
            "elements": self.elements,
        }
        return {name: value for name, value in found.items() if value}


def _key(tag: str, first: str, count: int) -> str:
    name = f"{tag}+{first}" if tag in QUALIFIED else tag
    return name if count == 1 else f"{name}#{count}"


class Reading:
    """One message while it is read.

    Attributes:
        path: of the scope that is read: ``()`` for the header and the summary, ``("order_lines", 3)``.
        currency: of amounts that name none.
        where: the zone of times that name none.
    """

    def __init__(
        self,
        document_type: str,
        envelope: Mapping[str, Any],
        options: Mapping[str, Any],
        limits: Limits,
        shape: Shape,
        start: str = "segment 1 UNH",
    ):
        self.draft = Draft(document_type, start)
        self.envelope, self.options, self.limits = envelope, options, limits
        self.where = zone(options.get("timezone"))
        units = options.get("units") or {}
        if not isinstance(units, Mapping):
            raise ValidationFailed("codec.option", option="units", value=repr(units))
        self.units = {str(code).upper(): str(ours) for code, ours in units.items()}
        self.currency: str = str(options.get("currency") or "XXX").upper()
        self.unit: str = str(options.get("unit") or "C62")
        self.path: Path = ()
        self.kept = Kept(shape)
        self.previous: Segment | None = None
        #: what a message's mapping notes down within a scope
        self.state: dict[str, Any] = {}
        self._inside: Path = ()
        self._values: dict[str, Any] | None = None
        self._later: list[Callable[[], None]] = []

    # -- scopes ----------------------------------------------------------------------------------
    def begin(self, path: Path, shape: Shape, *inside: str) -> None:
        """What follows belongs to ``path``; what is left over goes into its extensions, below ``inside``."""
        self.end()
        self.path, self.kept, self._inside = path, Kept(shape), inside
        self._values = None

    def inside(self, *names: str) -> None:
        """What is left over of this scope goes below these names: known only after it began."""
        self._inside = names

    @property
    def left_over(self) -> Path:
        """Where that is."""
        return (*self.path, "extensions", *self._inside)

    def later(self, action: Callable[[], None]) -> None:
        """Do something when the scope is complete: when it is known what else it says."""
        self._later.append(action)

    def end(self) -> None:
        """The scope is complete."""
        actions, self._later = self._later, []
        for action in actions:
            action()
        self.save(self.path, self.kept, *self._inside)

    def save(self, path: Path, kept: Kept, *inside: str) -> None:
        """Put what was kept into the extensions of ``path``."""
        for name, value in kept.values().items():
            self.draft.put((*path, "extensions", *inside, name), value)

    # -- values ----------------------------------------------------------------------------------
    def put(self, path: Path | str, value: Any, segment: Segment, *place: int) -> None:
        """Put a value of the scope: ``put("id", segment(1), segment, 1)``."""
        if isinstance(path, str):
            if value is None:
                return
            if isinstance(value, str):
                value = value.strip()
                if not value:
                    return
            values = self._values
            if values is None:
                values = self._scope()
            values[path] = value
            self.draft.came_from((*self.path, path), (segment, *place))
            return
        self.draft.put((*self.path, *path), value, (segment, *place))

    def _scope(self) -> dict[str, Any]:
        """The values of the scope that is read."""
        if self.draft.get(self.path) is None:
            self.draft.put(self.path, {})
        self._values = self.draft.get(self.path)
        return self._values

    def put_all(self, values: Mapping[str, Any]) -> None:
        """Put values that stand nowhere in the message."""
        for name, value in values.items():
            self.draft.put((*self.path, name), value)

    def get(self, *path: str | int) -> Any:
        """What was put there in this scope."""
        values: Any = self._values
        if values is None:
            values = self.draft.get(self.path)
        try:
            for step in path:
                values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
        return values

    def has(self, *path: str | int) -> bool:
        """Whether something was put there in this scope."""
        return self.get(*path) is not None

    def fail(self, error: TradeError) -> None:
        """An error the message's mapping found; its pointer is complete."""
        self.draft.fail(error)

    def refuse(self, code: str, segment: Segment, *place: int, **params: Any) -> None:
        """The same, at a segment."""
        self.fail(ValidationFailed(code, pointer=segment.place(*place), **params))

    def amount(self, text: str, currency: str = "") -> dict[str, str] | None:
        """A canonical ``Amount``."""
        return {"value": number(text), "currency_id": currency.upper() or self.currency} if text else None

    def quantity(self, text: str, code: str = "") -> dict[str, str] | None:
        """A canonical ``Quantity``; without a unit it is the option ``unit``, else C62 (one)."""
        if not text:
            return None
        return {"value": number(text), "unit_code": unit(code, self.units, self.unit)}
