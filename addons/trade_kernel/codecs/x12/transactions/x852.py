"""852: what a retailer sold, received and holds, item by item and place by place."""

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from ....canonical import ProductActivity, ProductActivityLine
from ..._edi.syntax import Segment
from ..._edi.values import exact
from ..._edi.writing import Writing
from ._activity import ORDER, ActivityTransaction, place_group, write_place
from ._base import DEFERRED, SUMMARY, Group, Shape, X12Reading, own_number
from ._batches import write_batch
from ._dates import moment, written_day
from ._reports import REPORT_GROUPS, write_revision

#: element 305 (XQ01): for information
_NOTICE = "H"
#: element 374 (ZA04): when it happened
_ON = "007"
#: the code of an activity that is not said
_UNSAID = "ZZ"


class ProductActivityReport(ActivityTransaction):
    """LIN begins an item, each ZA a line; where a SDQ follows, each of its places."""

    sets: ClassVar = ("852",)
    beginning: ClassVar = "XQ"
    activities: ClassVar[Mapping[str, str]] = {
        "QS": "sales",
        "QU": "returns",
        "QZ": "transfer",
        "QT": "adjustment",
    }
    parties: ClassVar[Mapping[str, str]] = {
        "BY": "sender_party",
        "FR": "sender_party",
        "VN": "receiver_party",
        "SU": "receiver_party",
        "SE": "receiver_party",
        "TO": "receiver_party",
    }
    takes: ClassVar[Mapping[str, str]] = {
        "XQ": "1=H 2 3",
        "ZA": "1 2 3 4=007 5 6=PO 7",
        "N9": "1 2 3 4 5 6",
    }
    shapes: ClassVar[Mapping[str, Shape]] = {
        "header": Shape("XQ XPO N9 REF PER CUR DTM MSG N1", REPORT_GROUPS),
        "line": Shape(
            "LIN CTP PID PO4 PKG MEA DTM REF AMT QTY UIT MAN N1 SDQ ZA N9 MSG",
            REPORT_GROUPS | {"ZA": "SDQ QTY AMT UIT", "CTP": "DTM"},
        ),
        SUMMARY: Shape("CTT", {}),
    }

    # -- header ------------------------------------------------------------------------------------
    def header_xq(self, reading: X12Reading, group: Group) -> Group | None:
        xq = group[0]
        if reading.has("activity_period"):
            return group
        first, last = (moment(xq(place), "", "", reading.where)[0] if xq(place) else "" for place in (2, 3))
        found = {"start_date": first, "end_date": last} if last else {"end_date": first}
        if first or last:
            reading.put(("activity_period",), {side: on for side, on in found.items() if on}, xq, 2)
        return None

    def header_n1(self, reading: X12Reading, group: Group) -> Group | None:
        """A place here is the one of the lines that follow."""
        if place_group(group) and not reading.state.get("place_of_all"):
            reading.state["place_of_all"] = group
            return DEFERRED
        return super().header_n1(reading, group)

    # -- lines -------------------------------------------------------------------------------------
    def line_lin(self, reading: X12Reading, group: Group) -> Group | None:
        left = super().line_lin(reading, group)
        reading.state |= {"own_place": None, "price": None}
        return left

    def line_n1(self, reading: X12Reading, group: Group) -> Group | None:
        """Before a ZA, the place of this item; behind it, the place of the items that follow."""
        if not place_group(group):
            return group
        reading.state["place_of_all" if reading.has("quantity") else "own_place"] = group
        return DEFERRED

    def line_loc(self, reading: X12Reading, group: Group) -> Group | None:
        return group

    def line_ctp(self, reading: X12Reading, group: Group) -> Group | None:
        if not group[0](3) or reading.state["price"] or reading.has("quantity") or len(group) > 1:
            return group
        reading.state["price"] = group[0]
        return DEFERRED

    def line_za(self, reading: X12Reading, group: Group) -> Group | None:
        za, sdqs = group[0], [one for one in group[1:] if one.tag == "SDQ"]
        found = [(sdq, share) for sdq in sdqs for share in self.shares(reading, sdq) or ()]
        summed = sum((exact(sdq(element)) for sdq, (element, _place) in found), Decimal(0))
        if za(2) and found and summed != exact(za(2)):
            found = []  # the places are not all there is: they stay with the whole
        read = {id(sdq) for sdq, _share in found}
        left = [one for one in group[1:] if id(one) not in read]
        if not found:
            self._line_of(reading, za)
            reading.put("quantity", reading.quantity(za(2), za(3)), za, 2)
            self._describe(reading, za, left, whole=True)
            return DEFERRED
        for sdq, (element, place) in found:
            self._line_of(reading, sdq)
            reading.put("quantity", reading.quantity(sdq(element), sdq(1) or za(3)), sdq, element)
            reading.put("activity_location", place, sdq, element - 1)
            key = reading.kept.key("N1", "")
            if "scheme_id" not in place["id"] and sdq(2) not in ("", reading.qualifiers["party"]):
                reading.kept.elements[key] = {"3.1": sdq(2)}
            self._describe(reading, za, left, whole=False)
            left = []
        return DEFERRED

    def _line_of(self, reading: X12Reading, segment: Segment) -> None:
        if reading.has("quantity"):
            self.again(reading, segment)

    def _describe(self, reading: X12Reading, za: Segment, left: Group, *, whole: bool) -> None:
        """What a ZA says of its lines.

        :param whole: whether its quantity is the line's, not the sum of several.
        """
        self.activity(reading, za(1).upper(), za)
        if za(5):
            on = moment(za(5), "", "", reading.where)[0]
            reading.put(("activity_period",), {"end_date": on}, za, 5)
        if za(6) == ORDER:
            reading.put(("order_reference", "id"), za(7), za, 7)
        self.put_price(reading, reading.state["price"])
        self.put_place(reading, reading.state["own_place"] or reading.state.get("place_of_all"))
        key = reading.kept.key("ZA", "")
        extras = {f"{place}.1": za(place) for place in range(8, len(za) + 1) if za(place)}
        if za(6) and za(6) != ORDER:
            extras |= {"6.1": za(6), "7.1": za(7)}
        if za(4) and not (za(5) and za(4) == _ON):
            extras["4.1"] = za(4)
        if extras:
            reading.kept.elements[key] = extras
        if left:
            reading.kept.groups.setdefault(key, []).extend(one.portable for one in left)

    # -- after the last segment ----------------------------------------------------------------------
    def finish(self, reading: X12Reading) -> None:
        if reading.draft.get(("id",)) is None:
            reading.draft.put(("id",), own_number(reading, None))
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: ProductActivity, out: Writing) -> None:
        period = document.activity_period
        if period and (period.start_time or period.end_time or not period.end_date):
            raise self.cannot("the time of the report", "XQ says a day, or from one to another")
        days = (written_day(period.start_date or period.end_date, out),) if period else ()
        if period and period.start_date:
            days = (*days, written_day(period.end_date, out))
        out.open(self.shape("header"), document.extensions)
        out.add("XQ", _NOTICE, *days)
        self.write_own(out, document)
        write_revision(out, document)
        self.write_currency(out, document)
        self.write_end(out, document)
        for line in document.activity_lines:
            self._write_line(out, line)
        self.close(out, document, len(document.activity_lines))

    def _write_line(self, out: Writing, line: ProductActivityLine) -> None:
        period, order = line.activity_period, line.order_reference
        if period and (period.start_date or period.end_time):
            raise self.cannot(f"the time of line {line.id}", "ZA says one day")
        out.open(self.shape("line"), line.extensions)
        self.write_item(out, line.id, line.item)
        self.write_price(out, line)
        write_batch(out, line.item)
        write_place(out, line)
        when = (_ON, written_day(period.end_date, out)) if period else ("", "")
        ordered = (ORDER, order.id) if order else ("", "")
        quantity = (out.number(line.quantity.value), out.unit(line.quantity.unit_code))
        out.add("ZA", self.written_activity(line, _UNSAID), *quantity, *when, *ordered)
        out.close()
