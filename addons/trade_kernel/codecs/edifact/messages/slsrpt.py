"""SLSRPT: what was sold, and where."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, ClassVar

from ....canonical import Location, Period, ProductActivity, ProductActivityLine
from ..._draft import Path
from ..._edi.cutting import Lines
from ..._edi.reading import DEFERRED, Reading, Shape
from ..._edi.syntax import Segment
from ..._edi.writing import Writing
from ._base import HEADER, SUMMARY, Group
from ._items import line_code
from ._lines import read_order_reference, write_order_reference
from ._parties import read_location
from ._reports import ReportMessage, location, place_of, read_side, write_span
from ._terms import TAKES, priced, write_currency, write_price

#: 6063 → what happened; of several codes the first is written. What no code is known for is told by its code
_KINDS = {
    "153": "sales",
    "25": "sales",
    "47": "sales",
    "55": "sales",
    "212": "sales",
    "61": "returns",
    "210": "returns",
    "218": "returns",
    "219": "returns",
    "156": "transfer",
    "213": "transfer",
    "214": "transfer",
    "191": "adjustment",
}
_CODES = {kind: code for code, kind in reversed(_KINDS.items())}
#: 6063 of a quantity that is not said to be anything
_PLAIN = "1"
#: 2005 → which side of the time it is about it is; the day of the sales counts more than those of the report
_SOLD = "356"
_TIMES = {
    _SOLD: "both",
    "90": "start",
    "91": "end",
    "194": "start",
    "206": "end",
    "158": "start",
    "159": "end",
}
#: 3227 of a shop, 3035 of one
_SHOP, _SHOPS = "162", frozenset({"ST", "DP"})
#: 5125 of what customers pay
_RETAIL = "AAE"


class Slsrpt(ReportMessage):
    """Lines stand below the shop they are about (LOC) and its days; a LIN of several quantities is as many
    lines.
    """

    types: ClassVar = ("SLSRPT",)
    documents: ClassVar = ("product_activity",)
    code: ClassVar = "73"
    field: ClassVar = "activity_lines"
    speaker: ClassVar = "seller"
    sender: ClassVar = "sender_party"
    receiver: ClassVar = "receiver_party"
    parties: ClassVar[Mapping[str, str]] = {
        "BY": "sender_party",
        "MS": "sender_party",
        "FR": "sender_party",
        "SE": "sender_party",
        "DS": "sender_party",
        "SU": "receiver_party",
        "MR": "receiver_party",
        "VN": "receiver_party",
    }
    starts: ClassVar = {"LIN": "line", "LOC": "place"}
    cut: ClassVar = Lines("LIN", frozenset({"LOC"}), frozenset({"UNS", "CNT"}), ("BGM", 2))
    takes: ClassVar = {
        **TAKES,
        "BGM": "1.1=73 2.1 2.3 3.1=9",
        "RFF": "1.1-4",
        "CUX": "1.1=2 1.2 1.3=10|9|4|8",
        "LOC": "1 2.1 2.3=9|16|10 2.4",
        "PRI": "1.1=AAE 1.2 1.5-6",
    }
    shapes: ClassVar = {
        "header": Shape(HEADER.text, HEADER.groups_text | {"NAD": "FII RFF DTM DOC CTA COM"}),
        "place": Shape("LOC DTM", {}),
        "line": Shape(
            # What is kept of the line stands before its quantity: behind it, it would be one of that.
            "LIN PIA IMD PAC RFF DOC ALI MOA PRI GIN FTX DTM MKS NAD QTY",
            {"RFF": "DTM", "PRI": "CUX", "QTY": "MKS NAD", "NAD": "CTA COM", "DOC": "DTM"},
        ),
        "summary": SUMMARY,
    }

    # -- header ------------------------------------------------------------------------------------
    def header_dtm(self, reading: Reading, group: Group) -> Group | None:
        side = _TIMES.get(group[0](1))
        if side and read_side(reading, ("activity_period",), group[0], side):
            return None
        return super().header_dtm(reading, group)

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        return group[1:] if self.read_revision(reading, group[0]) else group

    def header_cux(self, reading: Reading, group: Group) -> Group | None:
        code = group[0](1, 2).upper()
        if not code or "currency" in reading.state:
            return group
        reading.currency = reading.state["currency"] = code
        return group[1:]

    def header_nad(self, reading: Reading, group: Group) -> Group | None:
        """The shop of all lines that name none is kept as it stands, too."""
        if group[0](1) in _SHOPS and "shop" not in reading.state:
            read_location(reading, ("shop",), group)
            shop = reading.draft.values.pop("shop", None) or {}
            reading.state["shop"] = {name: shop[name] for name in ("id", "name") if name in shop}
            return group
        return super().header_nad(reading, group)

    # -- shops -------------------------------------------------------------------------------------
    def place_loc(self, reading: Reading, group: Group) -> Group | None:
        loc, lines = group[0], str(len(reading.draft.get((self.field,), ())))
        known = reading.draft.get(("extensions", "places", lines)) is not None
        reading.begin((), self.shape("place"), "places", f"{lines}+" if known else lines)
        reading.state["shop"] = location(loc)
        reading.state["days"] = {}
        reading.state["dates"] = dates = []
        reading.later(lambda: self._days(reading, dates))
        if loc(1) != _SHOP and loc(1):
            reading.draft.put(("extensions", "places", lines, "qualifier"), loc(1))
        return None

    def place_dtm(self, reading: Reading, group: Group) -> Group | None:
        if group[0](1) not in _TIMES:
            return group
        reading.state["dates"].append(group)
        return DEFERRED

    def _days(self, reading: Reading, dates: list[Group]) -> None:
        """The shop is complete: the days its lines are about."""
        sold = [group for group in dates if group[0](1) == _SOLD]
        for group in sold + [group for group in dates if group not in sold]:
            dtm, left = group[0], group
            if not sold or group is sold[0]:
                done = read_side(reading, ("days",), dtm, _TIMES[dtm(1)])
                left = [] if done else group
            self.settle("place", reading, group, left)
        reading.state["days"] = reading.draft.values.pop("days", None)
        places = reading.state.setdefault("places", [])
        lines = len(reading.draft.get((self.field,), ()))
        places.append((lines, reading.state["shop"], reading.state["days"]))

    # -- lines -------------------------------------------------------------------------------------
    def lines_of(self, reading: Reading) -> int:
        return reading.state.get("count", 0)

    def line_lin(self, reading: Reading, group: Group) -> Group | None:
        reading.end()  # the line before becomes several where it has several quantities
        super().line_lin(reading, group)
        reading.state["count"] = self.lines_of(reading) + 1
        quantities: list[Group] = []
        reading.state["quantities"] = quantities
        for field, name in (("activity_location", "shop"), ("activity_period", "days")):
            if value := reading.state.get(name):
                reading.put((field,), deepcopy(value), group[0])
        reading.later(lambda: self._conclude(reading, quantities))
        return None

    def line_qty(self, reading: Reading, group: Group) -> Group | None:
        if not group[0](1, 2):
            return group
        reading.state["quantities"].append(group)
        return DEFERRED

    def line_pri(self, reading: Reading, group: Group) -> Group | None:
        """The first price; others are kept."""
        currency = reading.currency
        cux = next((one for one in group[1:] if one.tag == "CUX" and one(1, 2)), None)
        if cux:
            reading.currency = cux(1, 2).upper()
        price = None if reading.has("price") else priced(reading, group[0])
        reading.currency = currency
        if price is None:
            return group
        reading.put("price", price, group[0], 1, 2)
        return [one for one in group[1:] if one is not cux]

    def line_rff(self, reading: Reading, group: Group) -> Group | None:
        """The order it was sold from; other references are kept."""
        if group[0](1) not in ("ON", "VN") or group[0](1, 3):
            return group
        values, known = reading.draft.values, reading.get("order_reference")
        if group[0](1) == "VN" and not known:
            return group
        values["order_reference"] = known or {}
        left = read_order_reference(reading, group)
        reading.put("order_reference", values.pop("order_reference") or None, group[0], 1, 2)
        return left

    def _conclude(self, reading: Reading, quantities: list[Group]) -> None:
        """The line is complete: each quantity of something that happened is a line."""
        known = [group for group in quantities if group[0](1) in _KINDS]
        known = known or [group for group in quantities if group[0](1) == _PLAIN][:1] or quantities[:1]
        first, number = reading.path, reading.get("id")
        line = reading.draft.get(first) if len(known) > 1 else {}
        alone = deepcopy({name: value for name, value in line.items() if name != "extensions"})
        for group in quantities:
            if group not in known:
                self.settle("line", reading, group, group)
        for index, group in enumerate(known):
            if index:
                if group[1:]:
                    reading.kept.keep(group[1:])
                self._further(reading, deepcopy(alone), group[0], number)
            else:
                _activity(reading, first, group[0])
                self.settle("line", reading, group, group[1:])

    def _further(self, reading: Reading, values: dict[str, Any], qty: Segment, number: str) -> None:
        """A line for one more quantity; what is kept is kept with the first one."""
        path = (self.field, reading.draft.line(self.field, (qty,)))
        reading.draft.get(path).update(values)
        reading.draft.put((*path, "id"), self.unique(reading, number), (qty,))
        _activity(reading, path, qty)

    def _behind(self, reading: Reading) -> None:
        """Shops behind each line, which no standard knows, are those of the lines before them."""
        lines, places = reading.draft.get((self.field,), ()), reading.state.get("places", ())
        if not lines or [place[0] for place in places] != list(range(1, len(lines) + 1)):
            return
        for line, (_number, shop, days) in zip(lines, places, strict=True):
            for name, value in (("activity_location", shop), ("activity_period", days)):
                line.pop(name, None)
                if value:
                    line[name] = deepcopy(value)
        kept = reading.draft.get(("extensions", "places")) or {}
        moved = {str(int(number) - 1): value for number, value in kept.items()}
        kept.clear()
        kept.update(moved)

    def finish(self, reading: Reading) -> None:
        self._behind(reading)
        super().finish(reading)
        currency, lines = reading.state.get("currency"), reading.draft.get((self.field,), ())
        used = next((line["price"] for line in lines if line.get("price")), None)
        if currency and (not used or used["price_amount"]["currency_id"] != currency):
            reading.draft.put(("extensions", "currency"), currency)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: ProductActivity, out: Writing) -> None:
        prices = (line.price for line in document.activity_lines if line.price)
        first = next((price.price_amount.currency_id for price in prices), None)
        currency = document.extensions.get("currency") or first
        out.open(self.shape("header"), document.extensions)
        self.write_start(out, document, self.code, "9")
        self.write_parties(out, document)
        write_currency(out, currency, "10")
        out.close()
        places = document.extensions.get("places")
        places = places if isinstance(places, Mapping) else {}
        before: tuple[Location | None, Period | None] = (None, None)
        for index, line in enumerate(document.activity_lines):
            where = (line.activity_location, line.activity_period)
            if where != before or str(index) in places:
                self._write_place(out, *where, places.get(str(index)) or {})
                before = where
            self._write_line(out, line, currency or "XXX")
        last = str(len(document.activity_lines))
        if last in places:
            self._write_place(out, None, None, places[last])
        self.write_end(out, document)

    def write_dates(self, out: Writing, document: ProductActivity) -> None:
        super().write_dates(out, document)
        _write_days(out, document.activity_period)

    def _write_place(
        self, out: Writing, place: Location | None, days: Period | None, kept: Mapping[str, Any]
    ) -> None:
        """Where and when; without a place it says that the lines below have none."""
        out.open(self.shape("place"), kept)
        out.add("LOC", str(kept.get("qualifier") or _SHOP), place_of(place) if place else "")
        _write_days(out, days)
        out.close()

    def _write_line(self, out: Writing, line: ProductActivityLine, usual: str) -> None:
        """LIN and what follows it.

        :param usual: the currency of prices that name none.
        """
        out.open(self.shape("line"), line.extensions)
        out.add("LIN", line.id, "", line_code(out, line.item))
        self.write_item(out, line.item)
        write_order_reference(out, line.order_reference)
        if line.price:
            write_price(out, line.price, _RETAIL)
            if line.price.price_amount.currency_id != usual:
                out.add("CUX", ("2", line.price.price_amount.currency_id, "10"))
        kind = line.activity_type_code
        code = line.extensions.get("quantity_qualifier")
        if _KINDS.get(code) is None or _KINDS[code] != kind:
            code = _CODES.get(kind, kind) or _PLAIN
        out.add("QTY", (code, out.number(line.quantity.value), out.unit(line.quantity.unit_code)))
        out.close()


def _activity(reading: Reading, path: Path, qty: Segment) -> None:
    """How much of what happened."""
    code = qty(1)
    kind = _KINDS.get(code) or ("" if code == _PLAIN else code)
    reading.draft.put((*path, "quantity"), reading.quantity(qty(1, 2), qty(1, 3)), (qty, 1, 2))
    reading.draft.put((*path, "activity_type_code"), kind, (qty, 1))
    if kind != code and kind and _CODES[kind] != code:
        reading.draft.put((*path, "extensions", "quantity_qualifier"), code)


def _write_days(out: Writing, days: Period | None) -> None:
    if days and days.start_date is None:
        write_span(out, days, "90", _SOLD)
    else:
        write_span(out, days, "90", "91")
