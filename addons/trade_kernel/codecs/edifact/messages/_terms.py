"""Dates, prices, amounts, taxes, allowances and terms, which many messages share."""

from datetime import time
from typing import Any

from ....canonical import AllowanceCharge, DeliveryTerms, Document, MonetaryTotal, Period, Price, TaxCategory
from ..._draft import Path
from ..._edi.reading import Reading
from ..._edi.syntax import Segment
from ..._edi.texts import NAME, TEXT, full, joined, lines, pieces
from ..._edi.values import moment, number, period, unit, written, written_period
from ..._edi.writing import Writing

#: 5025 → the field of a ``MonetaryTotal``; of several the first is written
TOTALS = {
    "79": "line_extension_amount",
    "260": "allowance_total_amount",
    "259": "charge_total_amount",
    "125": "tax_exclusive_amount",
    "128": "tax_inclusive_amount",
    "77": "tax_inclusive_amount",
    "113": "prepaid_amount",
    "165": "payable_rounding_amount",
    "86": "payable_amount",
    "9": "payable_amount",
}
#: 5025 of an allowance or charge
_ALLOWED = frozenset({"8", "23", "204", "131"})
#: the positions that are read here, for a message's ``takes``
TAKES = {
    "BGM": "1.1 2.1 3.1",
    "DTM": "1.1-3",
    "FTX": "1 2 4.1-5 5",
    "CUX": "1.1=2 1.2 1.3=9",
    "PRI": "1.1-2 1.5-6",
    "MOA": "1.1-3",
    "TAX": "1=7 2.1 5.4 6",
    "ALC": "1 2.1-2 5.1 5.4-5",
    "PCD": "1.1=3 1.2",
    "TOD": "1=3 3.1 3.4-5",
    "LOC": "1 2.1 2.3=9 2.4",
    "PAT": "1=1 2.1 2.4-5",
    "QTY": "1.1-3",
    "RFF": "1.1-2",
    "IMD": "1 2=DSC 3.4-5",
    "LIN": "1 2 3.1-2",
}


# --- dates ----------------------------------------------------------------------------------------
def read_issued(reading: Reading, dtm: Segment) -> None:
    """When the document was issued."""
    on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
    reading.draft.put(("issue_date",), on, (dtm, 1, 2))
    reading.draft.put(("issue_time",), at, (dtm, 1, 2))


def write_issued(out: Writing, document: Document) -> None:
    """DTM+137."""
    out.add("DTM", ("137", *written(document.issue_date, document.issue_time, out.profile.where)))


def read_period(reading: Reading, path: Path, dtm: Segment, side: str = "both") -> bool:
    """Put a date or period at ``path`` of the scope, unless there is one.

    :param side: ``start`` or ``end`` where the qualifier says which of the two it is.
    """
    if not dtm(1, 2):
        return False
    found = period(dtm(1, 2), dtm(1, 3), reading.where)
    if side == "both":
        if reading.has(*path):
            return False
        reading.put(path, found, dtm, 1, 2)
        return True
    if reading.has(*path, f"{side}_date"):
        return False
    reading.put((*path, f"{side}_date"), found.get("end_date"), dtm, 1, 2)
    reading.put((*path, f"{side}_time"), found.get("end_time"), dtm, 1, 2)
    return True


def write_period(out: Writing, value: Period | None, both: str, start: str = "64", end: str = "63") -> None:
    """A period: one DTM where one can say it, else one for each end."""
    if value is None:
        return
    if whole := written_period(value, out.profile.where):
        out.add("DTM", (both, *whole))
    elif value.start_date is None:
        out.add("DTM", (both, *_written(value.end_date, value.end_time, out)))
    else:
        out.add("DTM", (start, *_written(value.start_date, value.start_time, out)))
        if value.end_date:
            out.add("DTM", (end, *_written(value.end_date, value.end_time, out)))


def _written(on: Any, at: time | None, out: Writing) -> tuple[str, str]:
    return written(on, at, out.profile.where)


# --- texts ----------------------------------------------------------------------------------------
def read_note(reading: Reading, path: Path, ftx: Segment) -> bool:
    """A free text: FTX after FTX of one kind is one note, line by line."""
    if any(part.strip() for part in ftx.composite(3)):
        return False  # a coded text
    parts, before = ftx.composite(4)[:5], reading.previous
    text = joined(parts, TEXT)
    where = (*reading.path, *path)
    notes = reading.draft.get(where) or []
    goes_on = before is not None and before.tag == "FTX" and before(1) == ftx(1) and before(2) == ftx(2)
    if goes_on and notes and before.number == ftx.number - 1 and not before(3):
        between = "" if full(before.composite(4)) else "\n"
        notes[-1] += between + text
        return True
    if not text.strip():
        return False
    # Not stripped as other values are: a blank at the end may belong to a text that goes on.
    reading.draft.put((*where, len(notes)), text, (ftx, 4))
    notes = reading.draft.get(where)
    notes[-1] = text
    return True


def write_notes(out: Writing, notes: tuple[str, ...], kind: str = "AAI") -> None:
    """Notes as FTX; every other one is marked (4453) so that they stay apart."""
    for index, note in enumerate(notes):
        for parts in lines(note):
            out.add("FTX", kind, "1" if index % 2 else "", "", parts)


# --- money ----------------------------------------------------------------------------------------
def read_currency(reading: Reading, cux: Segment) -> bool:
    """The currency of the document."""
    code = cux(1, 2).upper()
    if not code or reading.draft.get(("document_currency_code",)) is not None:
        return False
    reading.currency = code
    reading.draft.put(("document_currency_code",), code, (cux, 1, 2))
    return True


def write_currency(out: Writing, currency: str | None, kind: str = "9") -> None:
    """CUX; XXX is how a file that names no currency is read.

    :param kind: 6343, what it is the currency of.
    """
    unsaid = out.profile.options.get("currency") or "XXX"
    if currency and not (currency == unsaid == "XXX"):
        out.add("CUX", ("2", currency, kind))


def read_price(reading: Reading, path: Path, pri: Segment, quantity_unit: str | None) -> bool:
    """The price in a PRI: of so many of a unit, or of one."""
    price = priced(reading, pri, quantity_unit)
    if price is None:
        return False
    reading.put(path, price, pri, 1, 2)
    return True


def priced(reading: Reading, pri: Segment, quantity_unit: str | None = None) -> dict[str, Any] | None:
    """The ``Price`` in a PRI, if there is one."""
    value, basis, code = pri(1, 2), pri(1, 5), pri(1, 6)
    if not value:
        return None
    price: dict[str, Any] = {"price_amount": reading.amount(value)}
    if code or (basis and basis != "1"):
        ours = unit(code, reading.units, quantity_unit or reading.options.get("unit") or "C62")
        price["base_quantity"] = {"value": number(basis or "1"), "unit_code": ours}
    return price


def write_price(out: Writing, price: Price | None, kind: str = "AAA") -> None:
    """PRI."""
    if price is None:
        return
    base = price.base_quantity
    basis = (out.number(base.value), out.unit(base.unit_code)) if base else ()
    out.add("PRI", (kind, out.number(price.price_amount.value), "", "", *basis))


def read_totals(reading: Reading, path: Path, moa: Segment) -> bool:
    """An amount of the whole document."""
    field = TOTALS.get(moa(1))
    if not field or not moa(1, 2) or reading.draft.get((*path, field)) is not None:
        return False
    reading.draft.put((*path, field), reading.amount(moa(1, 2), moa(1, 3)), (moa, 1, 2))
    return True


def write_totals(out: Writing, totals: MonetaryTotal | None) -> None:
    """MOA for every total there is."""
    done: set[str] = set()
    for kind, field in TOTALS.items():
        amount = totals and getattr(totals, field)
        if amount and field not in done:
            done.add(field)
            out.add("MOA", (kind, out.number(amount.value), amount.currency_id))


def read_tax(tax: Segment) -> dict[str, str] | None:
    """The tax of a TAX, when it is one."""
    if tax(1) not in ("7", "5"):
        return None
    found = {"id": tax(6), "percent": number(tax(5, 4)), "tax_scheme_id": tax(2)}
    found = {name: value for name, value in found.items() if value}
    return found or None


def write_tax(out: Writing, tax: TaxCategory) -> None:
    """TAX."""
    percent = "" if tax.percent is None else out.number(tax.percent)
    out.add("TAX", "7", tax.tax_scheme_id, "", "", ("", "", "", percent), tax.id)


def read_allowance(reading: Reading, path: Path, group: list[Segment]) -> list[Segment]:
    """Append the allowance or charge of an ALC group to the list at ``path`` of the scope."""
    alc = group[0]
    if alc(1) not in ("A", "C"):
        return group
    reason = joined(alc.composite(5)[3:5], NAME) or alc(2)
    values: dict[str, Any] = {
        "charge_indicator": alc(1) == "C",
        "allowance_charge_reason_code": alc(5) or alc(2, 2),
        "allowance_charge_reason": reason,
    }
    left: list[Segment] = []
    for segment in group[1:]:
        if segment.tag == "PCD" and segment(1, 2) and "multiplier_factor_numeric" not in values:
            values["multiplier_factor_numeric"] = number(segment(1, 2))
        elif segment.tag == "MOA" and segment(1) in _ALLOWED and "amount" not in values:
            values["amount"] = reading.amount(segment(1, 2), segment(1, 3))
        elif segment.tag == "MOA" and segment(1) == "25" and "base_amount" not in values:
            values["base_amount"] = reading.amount(segment(1, 2), segment(1, 3))
        elif segment.tag == "TAX" and (tax := read_tax(segment)):
            values.setdefault("tax_category", []).append(tax)
        else:
            left.append(segment)
    values = {name: value for name, value in values.items() if value not in ("", None)}
    reading.draft.append((*reading.path, *path), values, (alc,))
    return left


def write_allowances(out: Writing, allowances: tuple[AllowanceCharge, ...]) -> None:
    """ALC groups."""
    for one in allowances:
        code = one.allowance_charge_reason_code or ""
        # Numbers are codes of 5189, letters codes of 7161; where EN 16931 tells them apart, so do we.
        coded = ("", code) if code.isdecimal() else ""
        reason = pieces(one.allowance_charge_reason, NAME, 2) if one.allowance_charge_reason else ()
        service = ("" if coded else code, "", "", *reason)
        out.add("ALC", "C" if one.charge_indicator else "A", coded, "", "", service)
        if one.multiplier_factor_numeric is not None:
            out.add("PCD", ("3", out.number(one.multiplier_factor_numeric)))
        for kind, amount in (("23" if one.charge_indicator else "204", one.amount), ("25", one.base_amount)):
            if amount:
                out.add("MOA", (kind, out.number(amount.value), amount.currency_id))
        for tax in one.tax_category:
            write_tax(out, tax)


# --- terms ----------------------------------------------------------------------------------------
def read_delivery_terms(reading: Reading, path: Path, group: list[Segment]) -> list[Segment]:
    """TOD: who carries cost and risk, and at which place that changes."""
    tod = group[0]
    text = joined(tod.composite(3)[3:5], TEXT).strip()
    if reading.has(*path) or not (tod(3) or text):
        return group
    reading.put((*path, "id"), tod(3), tod, 3)
    reading.put((*path, "special_terms"), text, tod, 3, 4)
    left = []
    for loc in group[1:]:
        place = {"id": {"id": loc(2)} if loc(2) else None, "name": loc(2, 4)}
        place = {name: value for name, value in place.items() if value}
        if loc.tag == "LOC" and loc(1) == "1" and place and not reading.has(*path, "delivery_location"):
            if loc(2) and loc(2, 3) == "9":
                place["id"]["scheme_id"] = "0088"
            reading.put((*path, "delivery_location"), place, loc, 2)
        else:
            left.append(loc)
    return left


def write_delivery_terms(out: Writing, terms: DeliveryTerms | None) -> None:
    """TOD and the place."""
    if terms is None:
        return
    text = pieces(terms.special_terms, TEXT, 2) if terms.special_terms else ()
    out.add("TOD", "3", "", (terms.id, "", "", *text))
    place = terms.delivery_location
    if place:
        agency = "9" if place.id and place.id.scheme_id == "0088" else ""
        out.add("LOC", "1", (place.id.id if place.id else "", "", agency, place.name))


def read_payment_terms(reading: Reading, path: Path, group: list[Segment]) -> list[Segment]:
    """PAT: the code or words of the terms; what is reckoned from days and percents is kept as it stands."""
    pat = group[0]
    text = joined(pat.composite(2)[3:5], NAME).strip()
    if (
        len(group) > 1
        or pat(3, 1)
        or any(pat.composite(3))
        or not (pat(2) or text)
        or reading.has(*path, "id")
    ):
        return group
    reading.put((*path, "id"), pat(2), pat, 2)
    if text:
        reading.draft.append((*reading.path, *path, "note"), text, (pat, 2, 4))
    return []
