"""The price of a line, which more than one segment can say, in a currency that may follow it."""

from typing import Any

from ..._edi.syntax import Segment
from ._base import DEFERRED, Group, X12Reading
from ._terms import BASES, price_of, read_ctp


class PricedLines:
    """Reads the prices of lines, in a :class:`.LineTransaction`."""

    def read_price(self, reading: X12Reading, segment: Segment, element: int, written: str = "") -> None:
        """The price, when the line is complete: its currency may follow.

        :param written: the line's segment when it is written, as it stands in ``extensions``.
        """
        written = written or f"{segment.tag} {element}"
        reading.later(lambda: self._price(reading, segment, element, written))

    def _price(self, reading: X12Reading, segment: Segment, element: int, written: str) -> None:
        text, basis = segment(element), segment(element + 1)
        price = price_of(reading, text, basis, reading.gathered.get("currency", ""))
        if price:
            reading.put("price", price, segment, element)
        ctps: list[Group] = reading.gathered.get("prices", [])
        for group in ctps:
            done = read_ctp(reading, ("price",), group[0], reading.gathered.get("currency", ""))
            self.settle("line", reading, group, group[1:] if done else group)
        tag, _blank, place = written.partition(" ")
        extras = {}
        if text and not price:
            extras = {f"{place}.1": text, f"{int(place) + 1}.1": basis}
        elif basis and basis not in BASES and basis != reading.qualifiers["price"]:
            extras = {f"{int(place) + 1}.1": basis}
        extras = {place: value for place, value in extras.items() if value}
        if extras:
            reading.kept.elements[tag] = reading.kept.elements.get(tag, {}) | extras

    def line_cur(self, reading: X12Reading, group: Group) -> Group | None:
        """The currency of a line; where the document names none it is the document's."""
        cur = group[0]
        code = cur(2).upper()
        if not code or "currency" in reading.gathered:
            return group
        reading.gathered["currency"] = code
        if reading.draft.get(("document_currency_code",)) is None:
            reading.draft.put(("document_currency_code",), code, (cur, 2))
            reading.currency = code
        return group

    def line_ctp(self, reading: X12Reading, group: Group) -> Group | None:
        reading.gathered.setdefault("prices", []).append(group)
        return DEFERRED

    @staticmethod
    def in_currency(reading: X12Reading, currency: str | None) -> None:
        """What was read before the currency was known is in it too."""
        if reading.unnamed and currency and currency != "XXX":
            _in_currency(reading.draft.values, currency)


def _in_currency(values: Any, currency: str) -> None:
    if isinstance(values, dict):
        if values.get("currency_id") == "XXX":
            values["currency_id"] = currency
        for inner in values.values():
            _in_currency(inner, currency)
    elif isinstance(values, list):
        for inner in values:
            _in_currency(inner, currency)
