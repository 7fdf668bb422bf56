"""Gathers the segments of a message, and puts what its readers kept back to where it was."""

import re
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from ...errors import ValidationFailed
from .reading import Kept, Shape
from .syntax import parse
from .values import digits

#: syntax → what a tag looks like
_TAGS = {"edifact": re.compile("[A-Z]{3}"), "x12": re.compile("[A-Z][A-Z0-9]{1,2}")}
#: an entry: tag, elements, and whether it is one of the mapping's own
Entry = list


class Writing:
    """The segments of one message while it is written.

    Every scope (header, line, summary, party) is opened with its extensions and closed. In between come the
    mapping's own segments, each before its members; at the end the kept ones join them, and all stand in the
    standard's order.
    """

    def __init__(self, profile: Any):
        self.profile = profile
        self.segments: list[tuple[str, list[Any]]] = []
        self._scopes: list[_Scope] = []

    def open(self, shape: Shape, extensions: Mapping[str, Any] | None, *inside: str) -> None:
        """Begin a scope; a party's stands within another one.

        :param inside: where in the extensions the scope's own are.
        """
        for name in inside:
            extensions = (extensions or {}).get(name) or {}
        syntax = self.profile.separators.syntax
        self._scopes.append(_Scope(shape, extensions or {}, syntax))

    def close(self) -> None:
        """The scope is complete."""
        entries = self._scopes.pop().complete()
        if self._scopes:
            self._scopes[-1].entries += entries
        else:
            self.segments += [(tag, elements) for tag, elements, _own in entries]

    def kept(self, start: str) -> bool:
        """Whether a segment that starts so was kept in this scope, and so comes back as it was."""
        return any(text.startswith(start) for text in self._scopes[-1].texts)

    def add(self, tag: str, *elements: Any) -> None:
        """A segment; see :func:`.._edi.syntax.write` for what the elements may be."""
        if self._scopes:
            self._scopes[-1].entries.append([tag, list(elements), True])
        else:
            self.segments.append((tag, list(elements)))

    def written(self) -> list[tuple[str, list[Any]]]:
        """The segments of the message, without those the partner does not want (``omit_segments``)."""
        return [(tag, elements) for tag, elements in self.segments if self.profile.optional(tag)]

    def number(self, value: Any) -> str:
        """A number with the profile's decimal mark."""
        return digits(value, self.profile.separators.decimal)

    def unit(self, code: str) -> str:
        """The partner's code of a unit."""
        return self.profile.unit(code)


class _Scope:
    def __init__(self, shape: Shape, extensions: Mapping[str, Any], syntax: str):
        self.shape, self.syntax = shape, syntax
        self.entries: list[Entry] = []
        self.texts = _texts(extensions.get("segments"))
        self.groups = extensions.get("groups") or {}
        self.elements = extensions.get("elements") or {}

    def complete(self) -> list[Entry]:
        """All entries in the standard's order, with what was kept; in the scope around none is its own."""
        tag_of = itemgetter(0)
        own = list(self.shape.groups(self.entries, tag_of))
        if self.elements or self.groups:
            self._enrich(own)
        kept = list(self.shape.groups(map(self._kept, self.texts), tag_of))
        ordered = sorted([*own, *kept], key=lambda group: self.shape.rank(group[0][0]))
        return [[tag, elements, False] for group in ordered for tag, elements, _own in group]

    def _enrich(self, groups: list[list[Entry]]) -> None:
        names = Kept(self.shape)
        for group in groups:
            members: list[Entry] = []
            for tag, elements, own in group:
                if own:
                    key = names.key(tag, _first(elements))
                    for place, value in (self.elements.get(key) or {}).items():
                        _set(elements, place, value)
                    members += map(self._kept, _texts(self.groups.get(key)))
            group += members

    def _kept(self, text: str) -> Entry:
        segment = parse(text, self.syntax)
        if not _TAGS[self.syntax].fullmatch(segment.tag):
            reason = "its tag is none of this format"
            raise ValidationFailed("codec.cannot_carry", what=f"the segment {text[:60]}", reason=reason)
        return [segment.tag, segment.elements(), False]


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list | tuple) else []


def _first(elements: Iterable[Any]) -> str:
    for value in elements:
        return value if isinstance(value, str) else (value[0] if value else "") or ""
    return ""


def _set(elements: list[Any], place: str, value: Any) -> None:
    """Set ``{"3.2": value}``, or all repetitions of an element: ``{"3.*": [[…], […]]}``."""
    element, _dot, component = place.partition(".")
    if not element.isdecimal() or not 1 <= int(element) < 100:
        raise ValidationFailed("codec.cannot_carry", what=f"the element {place}", reason="it has no place")
    index = int(element) - 1
    elements += [""] * (index + 1 - len(elements))
    if component == "*":
        elements[index] = [tuple(map(str, part)) for part in value]
        return
    if not component.isdecimal() or not 1 <= int(component) < 100:
        raise ValidationFailed("codec.cannot_carry", what=f"the element {place}", reason="it has no place")
    before = elements[index]
    parts = [before or ""] if before is None or isinstance(before, str) else list(before)
    parts += [""] * (int(component) - len(parts))
    parts[int(component) - 1] = str(value)
    elements[index] = tuple(parts)
