"""The purchase order as ORDERS and ORDCHG say it, whole or changed."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import Order, OrderLine
from ..._edi.reading import DEFERRED, Reading
from ..._edi.writing import Writing
from ._base import Group
from ._items import line_code
from ._lines import LineMessage
from ._parties import read_place, write_place
from ._references import read_reference, write_reference
from ._terms import (
    TAKES,
    read_allowance,
    read_delivery_terms,
    read_note,
    read_payment_terms,
    read_period,
    read_price,
    read_tax,
    read_totals,
    write_allowances,
    write_currency,
    write_delivery_terms,
    write_notes,
    write_period,
    write_price,
    write_tax,
    write_totals,
)

#: 2005 → which side of the requested period it is
REQUESTED = {"2": "both", "10": "both", "64": "start", "63": "end", "69": "both", "358": "both"}
_VALIDITY = {"273": "both", "36": "end", "157": "start"}
#: 1153 → a reference of the document
_REFERENCES = {"CT": "contract", "AAG": "quotation_document_reference"}
_FURTHER = "ACE"
#: 5125 of the price that is paid; AAB is the gross price, which is paid when nothing is taken off
_NET, _GROSS = ("AAA", "INV", "CAL"), "AAB"
#: 5387 of prices that are not what is paid
_NOT_PAID = frozenset({"SRP", "RTP"})


class PricedLines:
    """Reads price and amount of a line, in a :class:`LineMessage`."""

    def line_moa(self, reading: Reading, group: Group) -> Group | None:
        moa = group[0]
        if moa(1) not in ("203", "66") or not moa(1, 2) or reading.has("line_extension_amount"):
            return group
        reading.put("line_extension_amount", reading.amount(moa(1, 2), moa(1, 3)), moa, 1, 2)
        return None

    def line_pri(self, reading: Reading, group: Group) -> Group | None:
        pri = group[0]
        if pri(1) in _NET and not reading.has("price"):
            return self._price(reading, group)
        if pri(1) == _GROSS and pri(1, 4) not in _NOT_PAID:
            reading.later(lambda: self._gross_price(reading, group))
            return DEFERRED
        return group

    def _price(self, reading: Reading, group: Group) -> Group:
        pri, left, currency = group[0], group[1:], reading.currency
        for segment in group[1:]:
            if segment.tag == "CUX" and segment(1, 2):
                reading.currency = segment(1, 2).upper()
        unit = (reading.get("quantity") or {}).get("unit_code")
        done = read_price(reading, ("price",), pri, unit)
        reading.currency = currency
        return left if done else group

    def _gross_price(self, reading: Reading, group: Group) -> None:
        """The gross price, unless there is a net one or something is taken off."""
        off = any(not one.get("charge_indicator") for one in reading.get("allowance_charge") or ())
        left = group if off or reading.has("price") else self._price(reading, group)
        self.settle("line", reading, group, left)


class OrderMessage(PricedLines, LineMessage):
    """What ORDERS and ORDCHG have in common."""

    sender: ClassVar = "buyer_customer_party"
    receiver: ClassVar = "seller_supplier_party"
    parties: ClassVar[Mapping[str, str]] = {
        **LineMessage.parties,
        "IV": "accounting_customer_party",
        "BT": "accounting_customer_party",
        "SMA": "originator_customer_party",
        "FW": "freight_forwarder_party",
        "CA": "freight_forwarder_party",
    }
    takes: ClassVar = {**TAKES, "BGM": "1.1 2.1 2.3 3.1", "SCC": "1=1", "RFF": "1.1-4"}
    needs_currency: ClassVar = True
    needs_parties: ClassVar = True

    # -- header ------------------------------------------------------------------------------------
    def header_bgm(self, reading: Reading, group: Group) -> Group | None:
        bgm = group[0]
        if reading.has("id"):
            return group
        reading.put("id", bgm(2), bgm, 2)
        reading.put("order_type_code", bgm(1), bgm, 1)
        revision = bgm(2, 3)
        if revision.isdecimal():
            reading.put("sequence_number", int(revision[:9]), bgm, 2, 3)
        elif bgm(3) == "5":
            reading.put("sequence_number", 1, bgm, 3)
        return None

    def header_dtm(self, reading: Reading, group: Group) -> Group | None:
        dtm = group[0]
        if side := REQUESTED.get(dtm(1)):
            done = read_period(reading, ("delivery", "requested_delivery_period"), dtm, side)
        elif side := _VALIDITY.get(dtm(1)):
            done = read_period(reading, ("validity_period",), dtm, side)
        else:
            return super().header_dtm(reading, group)
        return None if done else group

    def header_ftx(self, reading: Reading, group: Group) -> Group | None:
        path = ("payment_terms", "note") if group[0](1) == "AAB" else ("note",)
        return None if read_note(reading, path, group[0]) else group

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        rff, kind, value = group[0], group[0](1), group[0](1, 2)
        if self.read_revision(reading, rff):
            return group[1:]
        if not value:
            return group
        if kind == "CR" and not reading.has("buyer_reference"):
            reading.put("buyer_reference", value, rff, 1, 2)
            return group[1:]
        field = _REFERENCES.get(kind)
        if field and not reading.has(field):
            return read_reference(reading, (field,), group)
        if kind == _FURTHER:
            index = len(reading.get("additional_document_reference") or ())
            return read_reference(reading, ("additional_document_reference", index), group)
        return group

    def header_tod(self, reading: Reading, group: Group) -> Group | None:
        return read_delivery_terms(reading, ("delivery_terms",), group)

    def header_pat(self, reading: Reading, group: Group) -> Group | None:
        return read_payment_terms(reading, ("payment_terms",), group)

    def header_alc(self, reading: Reading, group: Group) -> Group | None:
        return read_allowance(reading, ("allowance_charge",), group)

    # -- lines -------------------------------------------------------------------------------------
    def line_qty(self, reading: Reading, group: Group) -> Group | None:
        qty, kind = group[0], group[0](1)
        if kind == "21" and not reading.has("quantity"):
            reading.put("quantity", reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
            return None
        if kind in ("1", "12", "113"):
            reading.later(lambda: self._other_quantity(reading, group))
            return DEFERRED
        if kind == "59" and qty(1, 2) and not reading.has("item", "pack_quantity"):
            reading.put(("item", "pack_quantity"), reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
            return None
        return group

    def _other_quantity(self, reading: Reading, group: Group) -> None:
        """What is ordered when no QTY+21 says so."""
        qty = group[0]
        known = reading.has("quantity")
        if not known:
            reading.put("quantity", reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
        self.settle("line", reading, group, group if known else [])

    def line_dtm(self, reading: Reading, group: Group) -> Group | None:
        dtm = group[0]
        side = REQUESTED.get(dtm(1))
        done = side and read_period(reading, ("requested_delivery_period",), dtm, side)
        return None if done else group

    def line_tax(self, reading: Reading, group: Group) -> Group | None:
        tax = read_tax(group[0])
        if tax is None:
            return group
        reading.draft.append((*reading.path, "tax_category"), tax, (group[0],))
        return group[1:]

    def line_alc(self, reading: Reading, group: Group) -> Group | None:
        return read_allowance(reading, ("allowance_charge",), group)

    def line_loc(self, reading: Reading, group: Group) -> Group | None:
        """A share of the line for one place: LOC, QTY, DTM."""
        loc = group[0]
        if loc(1) != "7" or not loc(2):
            return group
        place = {"id": loc(2), "scheme_id": "0088"} if loc(2, 3) == "9" else {"id": loc(2)}
        location = {"id": place, "name": loc(2, 4)} if loc(2, 4) else {"id": place}
        return self._share(reading, group, {"delivery_location": location})

    def line_scc(self, reading: Reading, group: Group) -> Group | None:
        """A share of the line for one date: SCC, QTY, DTM."""
        return self._share(reading, group, {})

    def _share(self, reading: Reading, group: Group, values: dict[str, Any]) -> Group:
        path, left, empty = ("delivery", len(reading.get("delivery") or ())), [], not values
        for name, value in values.items():
            reading.put((*path, name), value, group[0], 2)
        for segment in group[1:]:
            if segment.tag == "QTY" and segment(1, 2) and not reading.has(*path, "quantity"):
                unit = segment(1, 3) or (reading.get("quantity") or {}).get("unit_code") or ""
                reading.put((*path, "quantity"), reading.quantity(segment(1, 2), unit), segment, 1, 2)
                empty = False
            elif segment.tag == "DTM" and (side := REQUESTED.get(segment(1))):
                done = read_period(reading, (*path, "requested_delivery_period"), segment, side)
                empty = empty and not done
                left += [] if done else [segment]
            else:
                left.append(segment)
        return group if empty else left

    def line_nad(self, reading: Reading, group: Group) -> Group | None:
        if group[0](1) not in self.places or reading.has("delivery"):
            return group
        return read_place(reading, (*reading.path, "delivery", 0), group)

    def summary_moa(self, reading: Reading, group: Group) -> Group | None:
        return None if read_totals(reading, ("anticipated_monetary_total",), group[0]) else group

    # -- writing -----------------------------------------------------------------------------------
    def write_header(self, out: Writing, document: Order, purpose: str) -> None:
        """Everything before the first line."""
        out.open(self.shape("header"), document.extensions)
        out.add("BGM", document.order_type_code or self.code, self.numbered(out, document), purpose)
        self.write_dates(out, document)
        write_notes(out, document.note)
        terms = document.payment_terms
        if terms:
            write_notes(out, terms.note, "AAB")
        self.write_references(out, document)
        self.write_parties(out, document)
        if not out.kept("CUX"):
            write_currency(out, document.document_currency_code)
        if terms and terms.id:
            out.add("PAT", "1", (terms.id,))
        write_delivery_terms(out, document.delivery_terms)
        write_allowances(out, document.allowance_charge)
        out.close()

    def write_dates(self, out: Writing, document: Order) -> None:
        """DTM."""
        qualifiers = out.profile.qualifiers
        super().write_dates(out, document)
        delivery = document.delivery
        write_period(out, delivery and delivery.requested_delivery_period, qualifiers["requested_date"])
        validity = document.validity_period
        only_end = validity and validity.start_date is None
        write_period(out, validity, "36" if only_end else "273", "157", "36")

    def write_references(self, out: Writing, document: Order) -> None:
        """RFF."""
        self.write_revision(out, document)
        if document.buyer_reference:
            out.add("RFF", ("CR", document.buyer_reference))
        for kind, field in _REFERENCES.items():
            write_reference(out, getattr(document, field), kind)
        for reference in document.additional_document_reference:
            write_reference(out, reference, _FURTHER)

    def write_line(self, out: Writing, line: OrderLine, action: str = "") -> None:
        """LIN and what follows it."""
        out.open(self.shape("line"), line.extensions)
        out.add("LIN", line.id, action, line_code(out, line.item))
        if line.item:
            self.write_item(out, line.item)
        if line.quantity:
            out.add("QTY", ("21", out.number(line.quantity.value), out.unit(line.quantity.unit_code)))
        pack = line.item and line.item.pack_quantity
        if pack:
            out.add("QTY", ("59", out.number(pack.value), out.unit(pack.unit_code)))
        requested = out.profile.qualifiers["requested_date"]
        write_period(out, line.requested_delivery_period, requested)
        amount = line.line_extension_amount
        if amount:
            out.add("MOA", ("203", out.number(amount.value), amount.currency_id))
        write_notes(out, line.note)
        write_price(out, line.price)
        for share in line.delivery:
            self._write_share(out, share, requested)
        for tax in line.tax_category:
            write_tax(out, tax)
        write_allowances(out, line.allowance_charge)
        out.close()

    def _write_share(self, out: Writing, share: Any, requested: str) -> None:
        location, quantity, period = share.delivery_location, share.quantity, share.requested_delivery_period
        if location and (location.address or location.id is None or share.delivery_party):
            write_place(out, out.profile.qualifiers["delivery_party"], location, share.delivery_party)
            return
        if location:
            agency = "9" if location.id.scheme_id == "0088" else ""
            out.add("LOC", "7", (location.id.id, "", agency, location.name))
        else:
            out.add("SCC", "1")
        if quantity:
            out.add("QTY", ("21", out.number(quantity.value), out.unit(quantity.unit_code)))
        write_period(out, period, requested)

    def write_summary(self, out: Writing, document: Order) -> None:
        write_totals(out, document.anticipated_monetary_total)
