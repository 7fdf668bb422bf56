"""Segments of X12, where an element is one value unless a mapping asks for its components."""

import re
from typing import Any

from .._edi.reading import Takes
from .._edi.syntax import Segment


class X12Segment(Segment):
    """A segment whose elements are simple.

    In X12 few elements are composite, and many senders put a component separator into names and texts. Only
    a mapping that knows a composite names a component; everybody else gets the whole value.
    """

    __slots__ = ()

    def __call__(self, element: int, component: int = 0, repetition: int = 0) -> str:
        """A value without surrounding blanks; "" when it is absent.

        :param component: counted from 1; 0 is the whole element.
        :param repetition: counted from 1; 0 with component 0 is everything that stands there.
        """
        elements = self._elements or self._split()
        if element >= len(elements):
            return ""
        if component or repetition:
            return super().__call__(element, component or 1, repetition or 1)
        value = elements[element]
        if "\n" in value:
            value = value.replace("\r", "").replace("\n", "")
        return value.strip()


class X12Takes(Takes):
    """The elements of a segment that a mapping reads: ``"1 2 5=PE|EA 4.1-2"``, whole unless it says more."""

    def __init__(self, spec: str):
        super().__init__(spec)
        self.whole = {int(part.partition("=")[0]) for part in spec.split() if "." not in part}
        self._patterns: dict[str, re.Pattern[str]] = {}

    def extras(self, segment: Segment) -> dict[str, Any]:
        """What stands elsewhere: ``{"3.1": value}``."""
        element_sign = segment.separators.element
        pattern = self._patterns.get(element_sign)
        if pattern is None:
            pattern = self._patterns[element_sign] = self._expression(element_sign)
        if segment.fits(pattern):
            return {}
        found: dict[str, Any] = {}
        for element in range(1, len(segment) + 1):
            value = segment(element)
            if not value:
                continue
            if element in self.whole:
                usual = self.usual.get((element, 1))
                if usual is not None and value not in usual:
                    found[f"{element}.1"] = value
                continue
            count = segment.repetitions(element)
            if count > 1:
                found[f"{element}.*"] = [
                    list(segment.composite(element, repetition)) for repetition in range(1, count + 1)
                ]
                continue
            for component, part in enumerate(segment.composite(element), 1):
                place = (element, component)
                if part.strip() in ("", *self.usual.get(place, ())) or place in self.positions:
                    continue
                found[f"{element}.{component}"] = part
        return found

    def _expression(self, sign: str) -> re.Pattern[str]:
        """What a segment without anything else looks like: for nearly all of them one look is enough."""
        sign, pattern = re.escape(sign), ""
        for element in range(max(self.whole, default=0), 0, -1):
            value = ""
            if element in self.whole:
                usual = self.usual.get((element, 1))
                value = f"[^{sign}]*" if usual is None else "(?:" + "|".join(map(re.escape, usual)) + ")?"
            pattern = f"(?:{sign}{value}{pattern})?"
        return re.compile(f"[^{sign}]*{pattern}", re.DOTALL)
