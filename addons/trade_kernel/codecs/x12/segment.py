"""Segments of X12, where an element is one value unless a mapping asks for its components."""

import re
from typing import Any

from .._edi.reading import Takes
from .._edi.syntax import Segment, Separators


class X12Segment(Segment):
    """A segment whose elements are simple.

    In X12 few elements are composite, and many senders put a component separator into names and texts. Only
    a mapping that knows a composite names a component; everybody else gets the whole value.
    """

    __slots__ = ("_plain",)

    def __init__(self, raw: str, number: int, separators: Separators, marks: Any = None):
        super().__init__(raw, number, separators, marks)
        self._plain: list[str] | None = None

    def __call__(self, element: int, component: int = 0, repetition: int = 0) -> str:
        """A value without surrounding blanks; "" when it is absent.

        :param component: counted from 1; 0 is the whole element.
        :param repetition: counted from 1; 0 with component 0 is everything that stands there.
        """
        if component or repetition:
            return super().__call__(element, component or 1, repetition or 1)
        plain = self._plain or self._whole()
        return plain[element] if element < len(plain) else ""

    def _whole(self) -> list[str]:
        raw = self._raw
        if "\n" in raw:
            raw = raw.replace("\r", "").replace("\n", "")
        self._plain = [value.strip() for value in raw.split(self._separators.element)]
        return self._plain


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
            values = _repeated(segment, element)
            if len(values) > 1:
                found[f"{element}.*"] = values
                continue
            for component, part in enumerate(values[0], 1):
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


def _repeated(segment: Segment, element: int) -> list[list[str]]:
    """The components of every repetition of an element."""
    value, separators = segment.escaped(element), segment.separators
    sign = separators.repetition
    values = value.split(sign) if sign and sign in value else [value]
    return [one.split(separators.component) for one in values]
