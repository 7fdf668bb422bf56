"""The seller's answer to an order as 855 and 865 say it: what ACK after ACK says of a line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from ....canonical import OrderResponse, OrderResponseLine, Period, Quantity
from ....canonical.base import plain
from ..._draft import Path
from ..._edi.syntax import Segment
from ..._edi.values import exact, number
from ..._edi.writing import Writing
from ..profile import CENTURY
from ._base import DEFERRED, GROUPS, SUMMARY, Group, Shape, X12Reading, X12Takes, own_number
from ._dates import (
    ECHOED,
    PROMISED,
    gather,
    moment,
    read_dtm,
    read_period,
    write_issue_time,
    write_period,
    written_day,
)
from ._items import codes, pairs, read_codes, write_codes, write_descriptions
from ._lines import LineTransaction
from ._orders import REVISION, read_schedule, summed
from ._prices import PricedLines
from ._terms import write_ctp, write_currency, write_price
from ._texts import write_notes
from .x860 import NUMBER

#: element 587 (BAK02, BCA02) → UNCL 4343; codes that are not here are judged by what the lines say
RESPONSES = {
    "AC": "CA",
    "AD": "AP",
    "AK": "AP",
    "AT": "AP",
    "AE": "AB",
    "AH": "AB",
    "RD": "RE",
    "RF": "RE",
    "RJ": "RE",
}
#: the other way round, for an answer with lines and for one without
_WRITTEN = {"AP": ("AD", "AT"), "CA": ("AC", "AC"), "RE": ("RD", "RJ"), "AB": ("AH", "AH")}
#: element 668 (ACK01): accepted as ordered; accepted with changes; follows later; not accepted. All others
#: say that nothing is decided yet: the price or date is pending (IE, SP), the item on hold (IF, IH, IW)
_ACCEPTED = frozenset({"IA", "AC", "AR", "AA"})
_CHANGED = frozenset({"IQ", "IP", "IC", "DR", "IS", "BP"})
_LATER, _PARTLY, _SUBSTITUTED = "IB", "BP", "IS"
_REJECTED = frozenset({"IR", "ID", *(f"R{count}" for count in range(1, 9))})
#: of those, the one that says no more than the status of the line
_PLAIN = frozenset({"IR"})
#: element 374 of the dates in ACK04, as DTM's
_DATES = {code: side for level in (*PROMISED, *ECHOED) for code, side in level.items()}
_FIRST_PAIR, _AGENCY, _REASON = 7, 27, 29
#: the seller's number of a line
_LINE = "LI"
#: a reference that names nothing has words alone, such as why a line is rejected
_WORDS = "ZZ"
_SAID = X12Takes("1=ZZ 3")

HEADER = Shape(
    "BAK BCA CUR REF PER TAX FOB CTP PAM CSH SAC ITD DIS DTM LDT LIN SI PID MEA PWK PKG TD1 TD5 TD3 TD4 "
    "MAN TXI AMT N9 NTE MSG MTX N1 LM SPI ADV",
    GROUPS,
)
LINE = Shape(
    "PO1 POC LIN SI CUR CN1 PO3 CTP PAM MEA PID PWK PO4 REF PER SAC IT8 CSH ITD DIS TAX FOB SDQ IT3 DTM TC2 "
    "TD1 TD5 TD3 TD4 MAN MSG SPI TXI CTB QTY ACK SCH LDT N9 NTE MTX N1 SLN AMT LM",
    GROUPS | {"ACK": "DTM"},
)


@dataclass(eq=False)
class _Part:
    """One ACK of a line, and the dates that follow it."""

    group: Group
    taken: list[Segment] = field(default_factory=list)

    @property
    def ack(self) -> Segment:
        return self.group[0]

    @property
    def code(self) -> str:
        return self.ack(1).upper()


class AnswerTransaction(PricedLines, LineTransaction):
    """What 855 and 865 have in common."""

    documents: ClassVar[tuple[str, ...]] = ("order_response",)
    sender: ClassVar[str] = "seller_supplier_party"
    receiver: ClassVar[str] = "buyer_customer_party"
    owner: ClassVar[str] = "seller"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "header": HEADER,
        "line": LINE,
        SUMMARY: Shape("CTT AMT", GROUPS),
    }
    takes: ClassVar[Mapping[str, str]] = {
        "CUR": "1=SE|BY 2",
        "ACK": "1 2 3 4 5 " + " ".join(map(str, range(_FIRST_PAIR, 27))) + " 27=ZZ 29",
        "SCH": "1 2 5 6 7 8 9 10",
        "PO1": " ".join(map(str, range(1, 26))),
        "POC": "1 2=AI|DI|NC|CA 3 " + " ".join(map(str, range(5, 28))),
    }

    # -- header ------------------------------------------------------------------------------------
    def read_response(self, reading: X12Reading, segment: Segment, element: int) -> None:
        """What is said to the order as a whole."""
        reading.put("order_response_code", RESPONSES.get(segment(element).upper()), segment, element)

    def header_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        path: Path = {
            NUMBER: ("id",),
            "VN": ("order_reference", "sales_order_id"),
            REVISION: ("sequence_number",),
        }.get(ref(1), ())
        if not path or not ref(2) or reading.has(*path):
            return group
        if ref(1) == REVISION:
            if not ref(2).isdecimal():
                return group
            reading.put(path, int(ref(2)[:9]), ref, 2)
        else:
            reading.put(path, ref(2), ref, 2)
        return group[1:]

    def header_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        path = ("delivery", "promised_delivery_period")
        if gather(self, reading, "header", path, group, *PROMISED, *ECHOED):
            return DEFERRED
        return super().header_dtm(reading, group)

    # -- lines -------------------------------------------------------------------------------------
    def answer(self, reading: X12Reading, segment: Segment, **elements: int) -> None:
        """Begin a line: its number, item and price; what its quantity means is decided at its end.

        :param elements: where ``quantity``, ``unit``, ``price`` and the ``first`` item qualifier stand.
        """
        self.begin_line(reading, segment)
        parts: list[_Part] = []
        reading.gathered |= {"parts": parts, "unit": reading.unit_of(segment(elements["unit"]))}
        _unique(reading)
        read_codes(reading, (*reading.path, "item"), segment, elements["first"], self.owner)
        reading.later(lambda: self._conclude(reading, segment, parts, elements))
        self.read_price(reading, segment, elements["price"])

    def line_ack(self, reading: X12Reading, group: Group) -> Group | None:
        reading.gathered["parts"].append(_Part(group))
        return DEFERRED

    def line_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        path = ("promised_delivery_period",)
        return DEFERRED if gather(self, reading, "line", path, group, *PROMISED, *ECHOED) else group

    def line_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        if ref(3) and not ref(2) and ref(1) == _WORDS and not _SAID.extras(ref):
            notes = (*reading.path, "note")
            reading.draft.put((*notes, len(reading.draft.get(notes, ()))), ref(3), (ref,))
            return group[1:]
        if ref(1) != _LINE or not ref(2) or "own" in reading.gathered:
            return group
        reading.gathered["own"] = True
        reading.put("id", ref(2), ref, 2)
        return group[1:]

    def line_sch(self, reading: X12Reading, group: Group) -> Group | None:
        """A part delivery."""
        sch = group[0]
        if not sch(1) or sch(3) or sch(4):
            return group
        path = ("deliveries", len(reading.get("deliveries") or ()))
        return group[1:] if read_schedule(reading, path, sch, "promised_delivery_period") else group

    # -- what the ACKs of a line come to ------------------------------------------------------------
    def _conclude(
        self, reading: X12Reading, head: Segment, parts: list[_Part], elements: Mapping[str, int]
    ) -> None:
        coming = [part for part in parts if part.code in _ACCEPTED | _CHANGED]
        later = [part for part in parts if part.code == _LATER]
        said = {*coming, *later}
        others = [part for part in parts if part not in said]
        ordered = reading.quantity(head(elements["quantity"]), head(elements["unit"]))
        if parts or reading.has("deliveries"):
            self._coming(reading, coming)
            self._backorder(reading, later, coming, ordered)
            self._ordered(reading, head, ordered, elements)
        else:
            reading.put("quantity", ordered, head, elements["quantity"])
        for part in coming:
            self._item(reading, part)
        reason = self._reason(reading, coming, others)
        written = dict.fromkeys([*coming, *later[:1]] or ([reason] if reason else []))
        for part in written:
            self.settle("line", reading, part.group, [one for one in part.group[1:] if one not in part.taken])
            if part is reason:
                _keep_amount(reading, part.ack)
        for part in parts:
            if part not in written:
                self.settle("line", reading, part.group, part.group)
        self._status(reading, head, parts, coming, later, others)

    def _coming(self, reading: X12Reading, coming: list[_Part]) -> None:
        """What is delivered: one quantity, or several, each with its date."""
        counted = [part for part in coming if part.ack(2)]
        if len(counted) > 1 and not reading.has("deliveries"):
            for index, part in enumerate(counted):
                quantity = self._quantity(reading, part.ack)
                reading.put(("deliveries", index, "quantity"), quantity, part.ack, 2)
                self._date(reading, part, ("deliveries", index, "promised_delivery_period"))
        else:
            for part in counted[:1]:
                reading.put("quantity", self._quantity(reading, part.ack), part.ack, 2)
            for part in coming:
                self._date(reading, part, ("promised_delivery_period",))
        deliveries = reading.get("deliveries") or ()
        if deliveries and not reading.has("quantity"):
            total = summed([delivery["quantity"] for delivery in deliveries])
            reading.draft.put((*reading.path, "quantity"), total)

    def _quantity(self, reading: X12Reading, ack: Segment) -> dict[str, str]:
        return {
            "value": number(ack(2)),
            "unit_code": reading.unit_of(ack(3), reading.gathered.get("unit", "")),
        }

    def _date(self, reading: X12Reading, part: _Part, path: Path) -> None:
        ack = part.ack
        if ack(5):
            found = moment(ack(5), "", "", reading.where)
            read_period(reading, path, found, (ack, 5), _DATES.get(ack(4), "both"))
        for levels in (PROMISED, ECHOED):
            for level in levels:
                for dtm in part.group[1:]:
                    said = dtm.tag == "DTM" and dtm(1) in level
                    if said and dtm not in part.taken and read_dtm(reading, path, dtm, level[dtm(1)]):
                        part.taken.append(dtm)

    def _backorder(
        self,
        reading: X12Reading,
        later: list[_Part],
        coming: list[_Part],
        ordered: dict[str, str] | None,
    ) -> None:
        for part in later[:1]:
            quantity = self._quantity(reading, part.ack) if part.ack(2) else ordered
            reading.put("maximum_backorder_quantity", quantity, part.ack, 2 if part.ack(2) else 1)
            self._date(reading, part, ("backorder_delivery_period",))
        partly = [part for part in coming if part.code == _PARTLY]
        now = reading.get("quantity")
        if later or not partly or not now or not ordered or now["unit_code"] != ordered["unit_code"]:
            return
        rest = exact(ordered["value"]) - exact(now["value"])
        if rest.is_finite() and rest > 0:
            quantity = {"value": plain(rest), "unit_code": now["unit_code"]}
            reading.put("maximum_backorder_quantity", quantity, partly[0].ack, 2)

    def _ordered(
        self,
        reading: X12Reading,
        head: Segment,
        ordered: dict[str, str] | None,
        elements: Mapping[str, int],
    ) -> None:
        """What was ordered, when it is not just the sum of what comes: the line has no field for it."""
        if ordered is None:
            return
        said = [reading.get(name) for name in ("quantity", "maximum_backorder_quantity")]
        said = [one for one in said if one]
        total = sum((exact(one["value"]) for one in said), Decimal(0))
        same = said and total == exact(ordered["value"])
        if same and all(one["unit_code"] == ordered["unit_code"] for one in said):
            return
        kept = {
            f"{elements[name]}.1": head(elements[name])
            for name in ("quantity", "unit")
            if head(elements[name])
        }
        reading.kept.elements[head.tag] = reading.kept.elements.get(head.tag, {}) | kept

    def _item(self, reading: X12Reading, part: _Part) -> None:
        """The item of an ACK: the one that is delivered instead, or further numbers of the same."""
        if not any(pairs(part.ack, _FIRST_PAIR)):
            return
        name = "seller_substituted_item" if part.code == _SUBSTITUTED else "item"
        read_codes(reading, (*reading.path, name), part.ack, _FIRST_PAIR, "seller")

    def _reason(self, reading: X12Reading, coming: list[_Part], others: list[_Part]) -> _Part | None:
        """Why something does not come as ordered, and the ACK of those that do not come that says so."""
        telling = next((part for part in others if part.code not in _PLAIN), others[0] if others else None)
        for part in [*coming, *others]:
            if part.ack(_REASON):
                reading.put("reason_code", part.ack(_REASON), part.ack, _REASON)
                return telling
        if telling and telling.code not in _PLAIN:
            reading.put("reason_code", telling.code, telling.ack, 1)
        return telling

    def _status(
        self,
        reading: X12Reading,
        head: Segment,
        parts: list[_Part],
        coming: list[_Part],
        later: list[_Part],
        others: list[_Part],
    ) -> None:
        code = reading.draft.get(("order_response_code",))
        if not parts:
            says = any(reading.has(name) for name in ("quantity", "price", "deliveries"))
            status = "7" if code == "RE" else "5" if code == "AP" or says else "3"
        elif not coming and not later and all(part.code in _REJECTED for part in others):
            status = "7"
        elif coming and not later and not others and all(part.code in _ACCEPTED for part in coming):
            status = "5"
        else:
            status = "3"
        reading.put("line_status_code", reading.gathered.get("status", status), head)
        if reading.get("line_status_code") != "1" and not reading.has("order_line_reference"):
            reference = reading.gathered.get("reference") or reading.get("id")
            reading.put(("order_line_reference", "line_id"), reference, head, 1)

    # -- after the last segment --------------------------------------------------------------------
    def finish(self, reading: X12Reading) -> None:
        draft = reading.draft
        if draft.get(("order_response_code",)) is None:
            # Without a code only those lines are answered that are there.
            draft.put(("order_response_code",), "CA" if draft.get(("order_lines",)) else "AB")
        if draft.get(("id",)) is None:
            number_ = draft.get(("order_reference", "sales_order_id")) or draft.get(("order_reference", "id"))
            draft.put(("id",), own_number(reading, number_))
        super().finish(reading)
        self.in_currency(reading, draft.get(("document_currency_code",)))

    # -- writing -----------------------------------------------------------------------------------
    def response_code(self, document: OrderResponse) -> str:
        """BAK02 or BCA02."""
        return _WRITTEN[document.order_response_code][0 if document.order_lines else 1]

    def write_answer(self, document: OrderResponse, out: Writing) -> None:
        """Everything behind the first segment."""
        write_currency(out, document.document_currency_code, "SE")
        out.add("REF", NUMBER, document.id)
        if document.sequence_number:
            out.add("REF", REVISION, str(document.sequence_number))
        write_issue_time(out, document)
        promised = out.profile.qualifiers["promised_date"]
        delivery = document.delivery
        write_period(out, delivery and delivery.promised_delivery_period, promised, "196", "197")
        write_notes(out, document.note)
        self.write_parties(out, document)
        out.close()
        for line in document.order_lines:
            self.write_line(out, line)
        self.close(out, document, len(document.order_lines))

    def write_head(
        self, out: Writing, line: OrderResponseLine, quantity: tuple[str, str], price: tuple[str, str]
    ) -> None:
        """PO1 or POC."""
        raise NotImplementedError

    def write_line(self, out: Writing, line: OrderResponseLine) -> None:
        """PO1 or POC, what follows it, and an ACK for everything it says of its quantities and dates."""
        out.open(self.shape("line"), line.extensions)
        amounts = [one for one in (line.quantity, line.maximum_backorder_quantity) if one]
        unit = amounts[0].unit_code if amounts else None
        ordered = ("", "")
        if amounts and len({one.unit_code for one in amounts}) == 1:
            ordered = (out.number(sum(one.value for one in amounts)), out.unit(unit))
        self.write_head(out, line, ordered, write_price(out, line.price, unit))
        write_codes(out, line.item)
        write_ctp(out, line.price, unit)
        write_descriptions(out, line.item)
        reference = line.order_line_reference
        if reference is None or reference.line_id != line.id:
            out.add("REF", _LINE, line.id)
        self._write_parts(out, line)
        write_notes(out, line.note)
        out.close()

    def _write_parts(self, out: Writing, line: OrderResponseLine) -> None:
        code, reason = self._code(line)
        substitute = codes(out, line.seller_substituted_item)
        parts = [(one.quantity, one.promised_delivery_period) for one in line.deliveries]
        if len(parts) == 1 and (parts[0][0] is None or line.quantity is None):
            raise self.cannot(f"the one delivery of line {line.id}", "it does not say how much")
        if len(parts) == 1:
            write_single_schedule(self, out, line)
            parts = [(line.quantity, line.promised_delivery_period)]
        elif not parts:
            parts = [(line.quantity, line.promised_delivery_period)]
        elif line.promised_delivery_period:
            write_period(
                out, line.promised_delivery_period, out.profile.qualifiers["promised_date"], "196", "197"
            )
        nothing_now = line.maximum_backorder_quantity and not line.deliveries and parts[0] == (None, None)
        if not (nothing_now and not substitute and not reason and code in _CHANGED):
            for quantity, period in parts:
                self._write_ack(out, code, quantity, period, substitute, reason)
                reason = ""
        if line.maximum_backorder_quantity:
            period = line.backorder_delivery_period
            self._write_ack(out, _LATER, line.maximum_backorder_quantity, period, [], "")
        elif line.backorder_delivery_period:
            raise self.cannot("a date of a back-order", "it does not say how much")

    def _code(self, line: OrderResponseLine) -> tuple[str, str]:
        """ACK01, and the reason where the code does not say it."""
        status, reason = line.line_status_code, line.reason_code or ""
        if status == "7" and reason in _REJECTED - _PLAIN:
            return reason, ""
        if status == "3" and _undecided(line):
            return reason, ""
        if status == "7":
            return "IR", reason
        if status in ("5", "1"):
            return (_SUBSTITUTED if line.seller_substituted_item else "IA"), reason
        if line.seller_substituted_item:
            return _SUBSTITUTED, reason
        changed = [
            code
            for code, value in (
                ("IQ", line.quantity or line.deliveries),
                ("IP", line.price),
                ("DR", line.promised_delivery_period),
            )
            if value
        ]
        return (changed[0] if len(changed) == 1 else "IC"), reason

    def _write_ack(
        self,
        out: Writing,
        code: str,
        quantity: Quantity | None,
        period: Period | None,
        items: list[str],
        reason: str,
    ) -> None:
        amount = (out.number(quantity.value), out.unit(quantity.unit_code)) if quantity else ("", "")
        simple = period and period.start_date is None and period.end_time is None
        simple = simple and out.profile.since(CENTURY)
        promised = out.profile.qualifiers["promised_date"]
        on = (promised, written_day(period.end_date, out)) if simple else ("", "")
        values: list[Any] = [code, *amount, *on, "", *items]
        if reason:
            values += [""] * (_AGENCY - 1 - len(values)) + ["ZZ", "", reason]
        out.add("ACK", *values)
        if period and not simple:
            write_period(out, period, promised, "196", "197")


def _undecided(line: OrderResponseLine) -> bool:
    """Whether the line says nothing but a code of X12 (ACK01) that means no decision."""
    code = line.reason_code or ""
    if len(code) != 2 or not code.isalnum() or not code.isupper():
        return False
    if code in _ACCEPTED | _CHANGED | _REJECTED | {_LATER}:
        return False
    coming = (line.quantity, line.promised_delivery_period, line.deliveries, line.maximum_backorder_quantity)
    return not any(coming) and not line.seller_substituted_item


def write_single_schedule(transaction: AnswerTransaction, out: Writing, line: OrderResponseLine) -> None:
    """SCH, where a line has one delivery besides its quantity."""
    delivery = line.deliveries[0]
    period = delivery.promised_delivery_period
    quantity = delivery.quantity
    values = [out.number(quantity.value), out.unit(quantity.unit_code), "", ""]
    if period:
        if period.start_date or period.end_time:
            raise transaction.cannot("a delivery in a period", "SCH says a day only")
        values += [out.profile.qualifiers["promised_date"], written_day(period.end_date, out)]
    out.add("SCH", *values)


def _unique(reading: X12Reading) -> None:
    """Several lines may answer the same line of the order: their own numbers differ."""
    numbers: dict[str, int] = reading.state.setdefault("numbers", {})
    given = number = reading.get("id")
    reading.gathered["reference"] = given
    while number in numbers:
        numbers[given] += 1
        number = f"{given}/{numbers[given]}"
    numbers[number] = 1
    if number != given:
        reading.put_all({"id": number})


def _keep_amount(reading: X12Reading, ack: Segment) -> None:
    """How much of a line is not accepted or undecided: what does not come has no field."""
    kept = {f"{element}.1": ack(element) for element in (2, 3, 4, 5) if ack(element)}
    if kept:
        key = reading.kept.key_of(ack)
        reading.kept.elements[key] = reading.kept.elements.get(key, {}) | kept
