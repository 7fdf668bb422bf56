"""ORDRSP: the seller's answer to an order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from ....canonical import Item, OrderResponse, OrderResponseLine, Period
from ....canonical.base import plain
from ..._edi.reading import DEFERRED, Reading
from ..._edi.syntax import Segment
from ..._edi.values import exact
from ..._edi.writing import Writing
from ._base import Group
from ._items import line_code, read_codes, write_codes, write_descriptions
from ._lines import LineMessage, read_order_reference, write_order_reference
from ._orders import PricedLines
from ._terms import TAKES, read_period, write_currency, write_notes, write_period, write_price

#: 4343 or else 1225 of BGM → UNCL 4343 as canonical responses use it
_RESPONSES = {"AP": "AP", "AD": "AP", "RE": "RE", "CA": "CA", "AC": "CA", "AI": "CA", "AB": "AB", "AJ": "AB"}
_PURPOSES = {"29": "AP", "27": "RE", "4": "CA", "12": "RE"}
_WRITTEN = {"AP": ("29",), "RE": ("27",), "CA": ("4",), "AB": ("9", "AB")}
#: 1229 → the status of an answered line; one that names none is judged by what else it says
_STATUS = {
    "1": "1",
    "2": "7",
    "3": "3",
    "4": "5",
    "5": "5",
    "6": "3",
    "7": "7",
    "10": "7",
    "11": "5",
    "24": "3",
    "25": "3",
    "42": "42",
}
#: 2005 of dates that are promised; the others only count where there is none of these
_PROMISED = {"69": "both", "67": "both", "17": "both", "76": "both", "55": "both", "64": "start", "63": "end"}
_ECHOED = frozenset({"2", "10", "358"})
#: 6063 of quantities that will come, the surest first
_COMING = ("113", "12", "66", "131")
_ORDERED, _BACKORDER = ("21", "1"), "83"
_PACK = "59"
_REASON = "ACD"


@dataclass
class _Part:
    """A quantity of a line, and the dates that follow it."""

    group: Group
    dates: list[Group] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.group[0](1)


class Ordrsp(PricedLines, LineMessage):
    """The response code comes from BGM 4343 or 1225; without one, what each line says counts."""

    types: ClassVar = ("ORDRSP",)
    documents: ClassVar = ("order_response",)
    code: ClassVar = "231"
    sender: ClassVar = "seller_supplier_party"
    receiver: ClassVar = "buyer_customer_party"
    speaker: ClassVar = "seller"
    takes: ClassVar[Mapping[str, str]] = {
        **TAKES,
        "BGM": "1.1=231 2.1 2.3 3.1 4.1",
        "FTX": "1 2 3.1 4.1-5 5",
        "SCC": "1=1",
        "RFF": "1.1-4",
    }

    # -- header ------------------------------------------------------------------------------------
    def header_bgm(self, reading: Reading, group: Group) -> Group | None:
        bgm = group[0]
        if reading.has("id"):
            return group
        reading.put("id", bgm(2), bgm, 2)
        if bgm(2, 3).isdecimal():
            reading.put("sequence_number", int(bgm(2, 3)[:9]), bgm, 2, 3)
        code = _RESPONSES.get(bgm(4)) or _PURPOSES.get(bgm(3))
        reading.put("order_response_code", code, bgm, 4 if bgm(4) in _RESPONSES else 3)
        return None

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        if self.read_revision(reading, group[0]):
            return group[1:]
        return read_order_reference(reading, group)

    def header_dtm(self, reading: Reading, group: Group) -> Group | None:
        dtm = group[0]
        path = ("delivery", "promised_delivery_period")
        if side := _PROMISED.get(dtm(1)):
            return None if read_period(reading, path, dtm, side) else group
        if dtm(1) in _ECHOED:
            reading.later(lambda: self._echoed_date(reading, group))
            return DEFERRED
        return super().header_dtm(reading, group)

    def _echoed_date(self, reading: Reading, group: Group) -> None:
        """A requested date: the promised one, unless that is said too."""
        said = reading.has("delivery", "promised_delivery_period")
        name = "requested_delivery_period" if said else "promised_delivery_period"
        done = read_period(reading, ("delivery", name), group[0])
        self.settle("header", reading, group, [] if done else group)

    # -- lines -------------------------------------------------------------------------------------
    def line_lin(self, reading: Reading, group: Group) -> Group | None:
        super().line_lin(reading, group)
        lin = group[0]
        parts: list[_Part] = []
        dates: list[Group] = []
        shares: list[Group] = []
        reading.state = {"parts": parts, "dates": dates, "shares": shares}
        reading.later(lambda: self._conclude(reading, lin, parts, dates, shares))
        return None

    def line_qty(self, reading: Reading, group: Group) -> Group | None:
        qty, kind = group[0], group[0](1)
        if kind == _PACK and qty(1, 2) and reading.has("item") and not reading.has("item", "pack_quantity"):
            reading.put(("item", "pack_quantity"), reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
            return group[1:]
        if not qty(1, 2) or kind not in (*_COMING, *_ORDERED, _BACKORDER):
            return group
        reading.state["parts"].append(_Part(group))
        return DEFERRED

    def line_dtm(self, reading: Reading, group: Group) -> Group | None:
        dtm, before, parts = group[0], reading.previous, reading.state["parts"]
        if dtm(1) not in _PROMISED and dtm(1) not in _ECHOED:
            return group
        last = parts and (parts[-1].dates[-1] if parts[-1].dates else parts[-1].group)
        if last and last[0] is before:
            parts[-1].dates.append(group)
        else:
            reading.state["dates"].append(group)
        return DEFERRED

    def line_scc(self, reading: Reading, group: Group) -> Group | None:
        if not any(segment.tag == "QTY" and segment(1, 2) for segment in group):
            return group
        reading.state["shares"].append(group)
        return DEFERRED

    def line_pia(self, reading: Reading, group: Group) -> Group | None:
        pia = group[0]
        path = reading.path
        if pia(1) == "3":
            read_codes(reading, (*path, "seller_substituted_item"), pia, self.speaker)
            return None
        if pia(1) == "4":
            # What LIN names is the substitute, what PIA names was ordered.
            values = reading.draft.get(path)
            if "item" in values and "seller_substituted_item" not in values:
                values["seller_substituted_item"] = values.pop("item")
            read_codes(reading, (*path, "item"), pia, "buyer")
            return None
        return super().line_pia(reading, group)

    def line_ftx(self, reading: Reading, group: Group) -> Group | None:
        ftx = group[0]
        if ftx(3) and not any(ftx.composite(4)) and not reading.has("reason_code"):
            if not any(ftx.composite(3)[1:]) and ftx(1) == _REASON:
                reading.put("reason_code", ftx(3), ftx, 3)
                return None
        return super().line_ftx(reading, group)

    def line_ajt(self, reading: Reading, group: Group) -> Group | None:
        ajt = group[0]
        if not ajt(1) or reading.has("reason_code"):
            return group
        reading.put("reason_code", ajt(1), ajt, 1)
        return group[1:]

    def line_rff(self, reading: Reading, group: Group) -> Group | None:
        rff, kind = group[0], group[0](1)
        line = rff(1, 3) if kind == "ON" else rff(1, 2) if kind == "LI" else ""
        if not line or reading.has("order_line_reference"):
            return group
        if kind == "ON":
            order = reading.draft.get(("order_reference", "id"))
            if order is None:
                reading.draft.put(("order_reference", "id"), rff(1, 2), (rff, 1, 2))
            elif rff(1, 2) and rff(1, 2) != order:
                reading.refuse("edi.several_orders", rff, 1, 2, order=order, other=rff(1, 2))
                return group
        reading.put(("order_line_reference", "line_id"), line, rff, 1, 3 if kind == "ON" else 2)
        return group[1:]

    def _conclude(
        self, reading: Reading, lin: Segment, parts: list[_Part], dates: list[Group], shares: list[Group]
    ) -> None:
        """The line is complete: what of its quantities and dates counts."""
        coming = self._coming(parts)
        backorders = [part for part in parts if part.kind == _BACKORDER]
        used = {id(part) for part in (*coming, *backorders[:1])}
        for part in parts:
            if id(part) not in used:
                self._keep(reading, part.group, *part.dates)
        for part in backorders[:1]:
            if coming and part.dates and not any(one.dates for one in coming):
                # All quantities, then the dates: the first one is when the rest comes.
                dates.insert(0, part.dates.pop(0))
            self._backorder(reading, part)
        if len(coming) == 1:
            self._quantity(reading, coming[0].group)
            dates[:0] = coming[0].dates
        elif coming:
            self._parts(reading, coming)
        for share in shares:
            self._share(reading, share)
        self._dates(reading, dates)
        self._status(reading, lin)

    def _coming(self, parts: list[_Part]) -> list[_Part]:
        """The quantities that will come: what is ordered only counts where nothing is back-ordered."""
        kinds = {part.kind for part in parts}
        for kind in _COMING:
            if kind in kinds:
                return [part for part in parts if part.kind == kind]
        if _BACKORDER in kinds:
            return []
        return [part for part in parts if part.kind in _ORDERED][:1]

    def _keep(self, reading: Reading, *groups: Group) -> None:
        for group in groups:
            self.settle("line", reading, group, group)

    def _taken(self, reading: Reading, *groups: Group) -> None:
        for group in groups:
            self.settle("line", reading, group, [])

    def _quantity(self, reading: Reading, group: Group) -> None:
        qty = group[0]
        reading.put("quantity", reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
        self._taken(reading, group)

    def _backorder(self, reading: Reading, part: _Part) -> None:
        qty = part.group[0]
        reading.put("maximum_backorder_quantity", reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
        self._taken(reading, part.group)
        for group in part.dates:
            side = _PROMISED.get(group[0](1), "both")
            done = read_period(reading, ("backorder_delivery_period",), group[0], side)
            (self._taken if done else self._keep)(reading, group)

    def _parts(self, reading: Reading, parts: list[_Part]) -> None:
        """Several quantities, each with its date."""
        total, unit = Decimal(0), ""
        for index, part in enumerate(parts):
            qty = part.group[0]
            quantity = reading.quantity(qty(1, 2), qty(1, 3))
            reading.put(("deliveries", index, "quantity"), quantity, qty, 1, 2)
            unit = unit or quantity["unit_code"]
            total += exact(quantity["value"])
            self._taken(reading, part.group)
            for group in part.dates:
                path = ("deliveries", index, "promised_delivery_period")
                done = read_period(reading, path, group[0], _PROMISED.get(group[0](1), "both"))
                (self._taken if done else self._keep)(reading, group)
        if total.is_finite():
            quantity = {"value": plain(total), "unit_code": unit}
            reading.put("quantity", quantity, parts[0].group[0], 1, 2)

    def _share(self, reading: Reading, group: Group) -> None:
        """SCC, QTY, DTM: a part delivery, or what is back-ordered."""
        qty = next(segment for segment in group if segment.tag == "QTY" and segment(1, 2))
        unit = qty(1, 3) or (reading.get("quantity") or {}).get("unit_code") or ""
        quantity = reading.quantity(qty(1, 2), unit)
        if qty(1) == _BACKORDER:
            if reading.has("maximum_backorder_quantity"):
                self._keep(reading, group)
                return
            reading.put("maximum_backorder_quantity", quantity, qty, 1, 2)
            path: tuple[Any, ...] = ("backorder_delivery_period",)
        else:
            index = len(reading.get("deliveries") or ())
            reading.put(("deliveries", index, "quantity"), quantity, qty, 1, 2)
            path = ("deliveries", index, "promised_delivery_period")
        left = []
        for segment in group[1:]:
            known = segment.tag == "DTM" and (segment(1) in _PROMISED or segment(1) in _ECHOED)
            side = _PROMISED.get(segment(1), "both")
            if segment is not qty and not (known and read_period(reading, path, segment, side)):
                left.append(segment)
        self.settle("line", reading, group, left)

    def _dates(self, reading: Reading, dates: list[Group]) -> None:
        """The promised date; a requested one only where no other is promised."""
        path = ("promised_delivery_period",)
        promised = [group for group in dates if group[0](1) in _PROMISED]
        for group in promised:
            done = read_period(reading, path, group[0], _PROMISED[group[0](1)])
            (self._taken if done else self._keep)(reading, group)
        for group in dates:
            if group[0](1) not in _PROMISED:
                known = reading.has(*path) or reading.has("deliveries")
                done = not known and read_period(reading, path, group[0])
                (self._taken if done else self._keep)(reading, group)

    def _status(self, reading: Reading, lin: Segment) -> None:
        action = lin(2)
        status = _STATUS.get(action, action)
        if not action:
            code = reading.draft.get(("order_response_code",))
            fields = (
                "quantity",
                "price",
                "promised_delivery_period",
                "deliveries",
                "maximum_backorder_quantity",
            )
            says = any(reading.has(name) for name in fields)
            # A line that says nothing at all is for a person to look at.
            status = "7" if code == "RE" and not says else "5" if code == "AP" or says else "3"
        reading.put("line_status_code", status, lin, 2)
        if status != "1" and not reading.has("order_line_reference"):
            reading.put(("order_line_reference", "line_id"), reading.get("id"), lin, 1)

    def finish(self, reading: Reading) -> None:
        draft = reading.draft
        if draft.get(("order_response_code",)) is None:
            # Without a code only those lines are answered that are there.
            draft.put(("order_response_code",), "CA" if draft.get(("order_lines",)) else "AB")
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: OrderResponse, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        out.add("BGM", self.code, self.numbered(out, document), *_WRITTEN[document.order_response_code])
        self.write_dates(out, document)
        delivery = document.delivery
        if delivery:
            write_period(out, delivery.promised_delivery_period, out.profile.qualifiers["promised_date"])
            write_period(out, delivery.requested_delivery_period, "2", "2", "2")
        write_notes(out, document.note)
        self.write_revision(out, document)
        write_order_reference(out, document.order_reference)
        self.write_parties(out, document)
        if not out.kept("CUX"):
            write_currency(out, document.document_currency_code)
        out.close()
        for line in document.order_lines:
            self.write_line(out, line)
        self.close(out, document, len(document.order_lines))

    def write_line(self, out: Writing, line: OrderResponseLine) -> None:
        """LIN and what follows it."""
        out.open(self.shape("line"), line.extensions)
        out.add("LIN", line.id, line.line_status_code, line_code(out, line.item))
        if line.item:
            write_codes(out, line.item)
        if line.seller_substituted_item:
            self._write_substitute(out, line.seller_substituted_item)
        if line.item:
            write_descriptions(out, line.item)
        if line.quantity:
            out.add("QTY", ("113", out.number(line.quantity.value), out.unit(line.quantity.unit_code)))
        pack = line.item and line.item.pack_quantity
        if pack:
            out.add("QTY", (_PACK, out.number(pack.value), out.unit(pack.unit_code)))
        write_period(out, line.promised_delivery_period, out.profile.qualifiers["promised_date"])
        amount = line.line_extension_amount
        if amount:
            out.add("MOA", ("203", out.number(amount.value), amount.currency_id))
        write_notes(out, line.note)
        if line.reason_code:
            out.add("FTX", _REASON, "", line.reason_code)
        write_price(out, line.price)
        reference = line.order_line_reference
        if reference and (reference.line_id != line.id or line.line_status_code == "1"):
            out.add("RFF", ("LI", reference.line_id))
        for delivery in line.deliveries:
            self._write_delivery(out, delivery.quantity, delivery.promised_delivery_period, "113")
        later = line.maximum_backorder_quantity
        if later:
            self._write_delivery(out, later, line.backorder_delivery_period, _BACKORDER)
        elif line.backorder_delivery_period:
            raise self.cannot("a date of a back-order", "it does not say how much")
        out.close()

    @staticmethod
    def _write_substitute(out: Writing, item: Item) -> None:
        if line_code(out, item):
            out.add("PIA", "3", line_code(out, item))
        write_codes(out, item, "3", "3")

    def _write_delivery(self, out: Writing, quantity: Any, period: Period | None, kind: str) -> None:
        if quantity is None:
            raise self.cannot("a delivery", "it does not say how much")
        out.add("SCC", "1")
        out.add("QTY", (kind, out.number(quantity.value), out.unit(quantity.unit_code)))
        write_period(out, period, out.profile.qualifiers["promised_date"])
