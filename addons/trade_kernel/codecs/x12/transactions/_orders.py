"""The purchase order as 850, 860 and 875 say it, whole or changed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from ....canonical import Delivery, Order, OrderLine
from ..._draft import Path
from ..._edi.syntax import Segment
from ..._edi.values import digits, exact
from ..._edi.writing import Writing
from ._base import DEFERRED, GROUPS, SUMMARY, Group, Shape, X12Reading
from ._dates import (
    REQUESTED,
    gather,
    moment,
    read_dtm,
    read_period,
    write_issue_time,
    write_period,
    written_moment,
)
from ._items import codes, read_codes, write_codes, write_descriptions
from ._lines import LineTransaction
from ._parties import SCHEMES, names_nobody, read_place, write_place, written_identifier
from ._prices import PricedLines
from ._terms import (
    read_allowance,
    read_delivery_terms,
    read_numbered,
    read_payment_terms,
    read_reference,
    read_tax,
    read_totals,
    write_allowances,
    write_ctp,
    write_currency,
    write_delivery_terms,
    write_payment_terms,
    write_price,
    write_references,
    write_tax,
    write_totals,
)
from ._texts import read_notes, write_notes

#: element 92 ⇄ UNTDID 1001: an order, a blanket order, a release of one; codes that are not here are orders
ORDER = "220"
TYPES = {"SA": ORDER, "BK": "221", "RL": "226"}
WRITTEN_TYPES = {ours: code for code, ours in TYPES.items()}
#: element 374 → which side of the period in which the order can be accepted
_VALIDITY = {"001": "end", "007": "start"}
#: element 128 → a reference of the document; of one for further ones
REFERENCES = {"CT": "contract", "PR": "quotation_document_reference"}
_FURTHER, _CUSTOMERS, REVISION = "DD", "CR", "V0"
#: the elements of a SDQ: pairs of place and quantity
_SDQ_FIRST, _SDQ_PAIRS = 3, 10

#: the elements that are read here, for a set's ``takes``
TAKES = {
    "SDQ": " ".join(map(str, range(1, 23))),
    "SCH": "1 2 5 6 7 8 9 10",
    "QTY": "1=38 2 3",
}
HEADER = Shape(
    "BEG BCH G50 CUR REF PER TAX FOB CTP PAM CSH TC2 SAC ITD DIS INC DTM LDT LIN SI PID MEA PWK PKG TD1 TD5 "
    "TD3 TD4 MAN PCT CTB TXI AMT N9 NTE MSG MTX N1 LM SPI ADV",
    GROUPS,
)
LINE = Shape(
    "PO1 POC G68 LIN SI CUR CN1 PO3 CTP PAM MEA PID PWK PO4 REF PER SAC IT8 CSH ITD DIS INC TAX FOB SDQ IT3 "
    "DTM TC2 TD1 TD5 TD3 TD4 PCT MAN MSG SPI TXI CTB QTY SCH LDT N9 NTE MTX N1 SLN AMT LM",
    GROUPS,
)
TOTALS = Shape("CTT AMT", GROUPS)


class OrderTransaction(PricedLines, LineTransaction):
    """What 850, 860 and 875 have in common."""

    group: ClassVar[str] = "PO"
    sender: ClassVar[str] = "buyer_customer_party"
    receiver: ClassVar[str] = "seller_supplier_party"
    parties: ClassVar[Mapping[str, str]] = {
        **LineTransaction.parties,
        "BT": "accounting_customer_party",
        "EN": "originator_customer_party",
        "FW": "freight_forwarder_party",
        "CA": "freight_forwarder_party",
    }
    shapes: ClassVar[Mapping[str, Shape]] = {"header": HEADER, "line": LINE, SUMMARY: TOTALS}
    takes: ClassVar[Mapping[str, str]] = TAKES
    needs_currency: ClassVar[bool] = True
    needs_parties: ClassVar[bool] = True

    # -- header ------------------------------------------------------------------------------------
    def header_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        kind, value = ref(1), ref(2)
        if not value:
            return group
        if kind == _CUSTOMERS and not reading.has("buyer_reference"):
            reading.put("buyer_reference", value, ref, 2)
        elif kind == REVISION and value.isdecimal() and not reading.has("sequence_number"):
            reading.put("sequence_number", int(value[:9]), ref, 2)
        elif (field := REFERENCES.get(kind)) and not reading.has(field):
            read_reference(reading, (field,), ref)
        elif kind == _FURTHER:
            index = len(reading.get("additional_document_reference") or ())
            read_reference(reading, ("additional_document_reference", index), ref)
        else:
            return group
        return group[1:]

    def header_n9(self, reading: X12Reading, group: Group) -> Group | None:
        n9 = group[0]
        path: Path = ()
        if len(group) == 1 and n9(2):
            field = REFERENCES.get(n9(1))
            if field and not reading.has(field):
                path = (field,)
            elif n9(1) == _FURTHER:
                path = (
                    "additional_document_reference",
                    len(reading.get("additional_document_reference") or ()),
                )
        if not path:
            return read_notes(reading, "header", group)
        read_numbered(reading, path, n9)
        return DEFERRED

    def header_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        dtm = group[0]
        if side := _VALIDITY.get(dtm(1)):
            return None if read_dtm(reading, ("validity_period",), dtm, side) else group
        path = ("delivery", "requested_delivery_period")
        if gather(self, reading, "header", path, group, *REQUESTED):
            return DEFERRED
        return super().header_dtm(reading, group)

    def header_fob(self, reading: X12Reading, group: Group) -> Group | None:
        return None if read_delivery_terms(reading, ("delivery_terms",), group[0]) else group

    def header_itd(self, reading: X12Reading, group: Group) -> Group | None:
        return None if read_payment_terms(reading, ("payment_terms",), group[0]) else group

    def header_sac(self, reading: X12Reading, group: Group) -> Group | None:
        return read_allowance(reading, ("allowance_charge",), group)

    # -- lines -------------------------------------------------------------------------------------
    def read_line(self, reading: X12Reading, segment: Segment, quantity: int, price: int, first: int) -> None:
        """Begin a line with its quantity, price and item.

        :param quantity: the element of the quantity; the unit follows it.
        :param price: the element of the price; its basis follows it.
        :param first: the element of the first item qualifier.
        """
        self.begin_line(reading, segment)
        found = reading.quantity(segment(quantity), segment(quantity + 1))
        reading.put("quantity", found, segment, quantity)
        read_codes(reading, (*reading.path, "item"), segment, first, self.owner)
        self.read_price(reading, segment, price)

    def read_type(self, reading: X12Reading, segment: Segment, element: int) -> None:
        """What kind of order it is."""
        reading.put("order_type_code", TYPES.get(segment(element), ORDER), segment, element)

    def line_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        path = ("requested_delivery_period",)
        return DEFERRED if gather(self, reading, "line", path, group, *REQUESTED) else group

    def line_sac(self, reading: X12Reading, group: Group) -> Group | None:
        return read_allowance(reading, ("allowance_charge",), group)

    def line_txi(self, reading: X12Reading, group: Group) -> Group | None:
        tax = read_tax(reading, group[0])
        if tax is None or group[0](2):
            return group
        reading.draft.append((*reading.path, "tax_category"), tax, (group[0],))
        return None

    def line_amt(self, reading: X12Reading, group: Group) -> Group | None:
        amt = group[0]
        if amt(1) != "1" or not amt(2) or reading.has("line_extension_amount"):
            return group
        amount = reading.amount(amt(2), reading.gathered.get("currency", ""))
        reading.put("line_extension_amount", amount, amt, 2)
        return group[1:]

    def line_sdq(self, reading: X12Reading, group: Group) -> Group | None:
        """Shares of the line for places: pairs of place and quantity."""
        sdq = group[0]
        scheme = SCHEMES.get(sdq(2).upper())
        known = scheme or sdq(2) in ("", reading.qualifiers["party"])
        quantities = [sdq(element + 1) for element in range(_SDQ_FIRST, len(sdq) + 1, 2)]
        if not known or not quantities or not all(quantities) or sdq(23):
            return group
        for index, element in enumerate(range(_SDQ_FIRST, len(sdq) + 1, 2)):
            path = ("delivery", len(reading.get("delivery") or ()))
            place = {"id": sdq(element), "scheme_id": scheme} if scheme else {"id": sdq(element)}
            reading.put((*path, "delivery_location"), {"id": place}, sdq, element)
            reading.put((*path, "quantity"), reading.quantity(quantities[index], sdq(1)), sdq, element + 1)
        return None

    def line_sch(self, reading: X12Reading, group: Group) -> Group | None:
        """A share of the line for one date."""
        sch = group[0]
        if not sch(1) or sch(3) or sch(4):
            return group
        path = ("delivery", len(reading.get("delivery") or ()))
        return group[1:] if read_schedule(reading, path, sch, "requested_delivery_period") else group

    def line_n1(self, reading: X12Reading, group: Group) -> Group | None:
        """A share of the line for one place, with its quantity and date when they are said."""
        if group[0](1).upper() not in self.places or names_nobody(group):
            return group
        schedules = [segment for segment in group if segment.tag == "SCH" and segment(1)]
        quantities = [segment for segment in group if segment.tag == "QTY" and segment(2)]
        path: Path = ("delivery", len(reading.get("delivery") or ()))
        taken: list[Segment] = []
        if len(schedules) == 1 and not schedules[0](3):
            taken = schedules
        elif not schedules and len(quantities) == 1:
            taken = quantities
        # What they say beyond that stays with the place.
        taken = [segment for segment in taken if not self._takes[segment.tag].extras(segment)]
        rest = [segment for segment in group if segment not in taken]
        if not read_place(reading, (*reading.path, *path), rest):
            return group
        for segment in taken:
            if segment.tag == "SCH":
                read_schedule(reading, path, segment, "requested_delivery_period")
            else:
                reading.put((*path, "quantity"), self._share(reading, segment), segment, 2)
        return None

    def _share(self, reading: X12Reading, qty: Segment) -> dict[str, str] | None:
        unit = qty(3) or (reading.get("quantity") or {}).get("unit_code") or ""
        return reading.quantity(qty(2), unit)

    def summary_amt(self, reading: X12Reading, group: Group) -> Group | None:
        done = read_totals(reading, ("anticipated_monetary_total",), group[0])
        return group[1:] if done else group

    # -- after the last segment --------------------------------------------------------------------
    def finish(self, reading: X12Reading) -> None:
        super().finish(reading)
        self.in_currency(reading, reading.draft.get(("document_currency_code",)))
        for index, line in enumerate(reading.draft.get((self.field,), ())):
            shares = [share.get("quantity") for share in line.get("delivery", ())]
            if "quantity" not in line and all(shares):
                # A line that only says how much goes where is the sum of that.
                reading.draft.put((self.field, index, "quantity"), summed(shares))

    # -- writing -----------------------------------------------------------------------------------
    def write_header(self, out: Writing, document: Order) -> None:
        """Everything between the first segment and the first line."""
        write_currency(out, document.document_currency_code)
        write_delivery_terms(out, document.delivery_terms)
        write_allowances(out, document.allowance_charge)
        write_payment_terms(self, out, document.payment_terms)
        write_issue_time(out, document)
        self.write_dates(out, document)
        self.write_references(out, document)  # a date behind an N9 would belong to it
        write_notes(out, document.note)
        self.write_parties(out, document)

    def write_references(self, out: Writing, document: Order) -> None:
        """REF and N9."""
        if document.buyer_reference:
            out.add("REF", _CUSTOMERS, document.buyer_reference)
        for kind, field in REFERENCES.items():
            write_references(out, kind, [getattr(document, field)])
        write_references(out, _FURTHER, document.additional_document_reference)

    def write_revision(self, out: Writing, document: Order) -> None:
        """REF with the revision, where the set's first segment has no place for it."""
        if document.sequence_number:
            out.add("REF", REVISION, str(document.sequence_number))

    def write_dates(self, out: Writing, document: Order) -> None:
        """DTM."""
        delivery, validity = document.delivery, document.validity_period
        requested = out.profile.qualifiers["requested_date"]
        write_period(out, delivery and delivery.requested_delivery_period, requested)
        write_period(out, validity, "001", "007", "001")

    def write_line(self, out: Writing, line: OrderLine, tag: str, *between: str) -> None:
        """PO1 or POC and what follows it.

        :param between: the elements between the line's number and its quantity.
        """
        out.open(self.shape("line"), line.extensions)
        quantity, item = line.quantity, line.item
        unit = quantity.unit_code if quantity else None
        amounts = (out.number(quantity.value), out.unit(unit)) if quantity else ("", "")
        left = ("",) if tag == "POC" else ()  # what is left to receive, between quantity and unit
        price = write_price(out, line.price, unit)
        out.add(tag, line.id, *between, amounts[0], *left, amounts[1], *price, *codes(out, item))
        write_codes(out, item)
        write_ctp(out, line.price, unit)
        write_descriptions(out, item)
        write_allowances(out, line.allowance_charge)
        write_period(out, line.requested_delivery_period, out.profile.qualifiers["requested_date"])
        for tax in line.tax_category:
            write_tax(out, tax)
        self._write_shares(out, line)
        write_notes(out, line.note)
        amount = line.line_extension_amount
        if amount:
            out.add("AMT", "1", out.number(amount.value))
        out.close()

    def _write_shares(self, out: Writing, line: OrderLine) -> None:
        """Shares of the line: SDQ where all are a place and a quantity, else SCH or N1 for each."""
        shares = line.delivery
        plain = [_plain_share(share, out) for share in shares]
        if shares and all(plain) and len({share.quantity.unit_code for share in shares}) == 1:
            kinds = {kind for kind, _place in plain}
            if len(kinds) == 1:
                self._write_sdq(out, shares, kinds.pop())
                return
        for share in shares:
            if share.delivery_location or share.delivery_party:
                role = out.profile.qualifiers["delivery_party"]
                self._write_place_share(out, share, role)
            else:
                write_schedule(self, out, share, "requested_delivery_period", "requested_date")

    def _write_sdq(self, out: Writing, shares: tuple[Delivery, ...], kind: str) -> None:
        unit = out.unit(shares[0].quantity.unit_code)
        for start in range(0, len(shares), _SDQ_PAIRS):
            values: list[str] = []
            for share in shares[start : start + _SDQ_PAIRS]:
                values += [share.delivery_location.id.id, out.number(share.quantity.value)]
            out.add("SDQ", unit, kind, *values)

    def _write_place_share(self, out: Writing, share: Delivery, role: str) -> None:
        write_place(out, role, share.delivery_location, share.delivery_party)
        quantity = share.quantity
        if share.requested_delivery_period:
            write_schedule(self, out, share, "requested_delivery_period", "requested_date")
        elif quantity:
            out.add("QTY", "38", out.number(quantity.value), out.unit(quantity.unit_code))

    def write_summary(self, out: Writing, document: Order) -> None:
        write_totals(out, document.anticipated_monetary_total)


def read_schedule(reading: X12Reading, path: Path, sch: Segment, field: str) -> bool:
    """The quantity and the dates of a SCH; one date is when, two are from and to."""
    unit = sch(2)
    quantity = reading.quantity(sch(1), unit)
    if not unit and quantity and (line := reading.get("quantity")):
        quantity["unit_code"] = line["unit_code"]
    dates = [(element, sch(element)) for element in (5, 8) if sch(element + 1)]
    if len(dates) == 2 and not (dates[0][1] == "064" and dates[1][1] == "063"):
        return False
    reading.put((*path, "quantity"), quantity, sch, 1)
    for element, kind in dates:
        on, at = moment(sch(element + 1), sch(element + 2), "", reading.where)
        side = {"064": "start", "063": "end"}.get(kind, "both") if len(dates) == 2 else "both"
        read_period(reading, (*path, field), (on, at), (sch, element + 1), side)
    return True


def schedule(transaction: Any, out: Writing, share: Any, field: str, qualifier: str) -> list[str]:
    """The elements of a SCH."""
    quantity, period = share.quantity, getattr(share, field)
    if quantity is None:
        raise transaction.cannot("a delivery", "it does not say how much")
    values = [out.number(quantity.value), out.unit(quantity.unit_code), "", ""]
    if period is None:
        return values
    kind = out.profile.qualifiers[qualifier]
    if period.start_date and period.end_date:
        sides = (("064", period.start_date, period.start_time), ("063", period.end_date, period.end_time))
    else:
        sides = ((kind, period.end_date, period.end_time),)
        if period.end_date is None:
            raise transaction.cannot("a period without an end", "SCH has no place for it")
    for code, on, at in sides:
        day, time, zone = written_moment(on, at, out)
        if zone:
            raise transaction.cannot(f"the time {at}", "SCH has no place for a zone; set the route's")
        values += [code, day, time]
    return values


def write_schedule(transaction: Any, out: Writing, share: Any, field: str, qualifier: str) -> None:
    """SCH."""
    out.add("SCH", *schedule(transaction, out, share, field, qualifier))


def _plain_share(share: Delivery, out: Writing) -> tuple[str, str] | None:
    """Qualifier and number of the place, when the share has nothing but a place and a quantity."""
    location = share.delivery_location
    if not (location and location.id and share.quantity):
        return None
    others = (location.name, location.address, share.requested_delivery_period, share.delivery_party)
    more = (share.id, share.promised_delivery_period, share.actual_delivery_date)
    if any(others) or any(more):
        return None
    return written_identifier(location.id.id, location.id.scheme_id, out.profile.qualifiers)


def summed(quantities: list[dict[str, str]]) -> dict[str, str] | None:
    """The sum of quantities in one unit; ``None`` when there is none."""
    if not quantities or len({one["unit_code"] for one in quantities}) != 1:
        return None
    total = sum((exact(one["value"]) for one in quantities), Decimal(0))
    if not total.is_finite():
        return None
    return {"value": digits(total), "unit_code": quantities[0]["unit_code"]}
