"""References, prices, allowances, taxes, terms and totals, which many transaction sets share."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ....canonical import (
    AllowanceCharge,
    DeliveryTerms,
    DocumentReference,
    MonetaryTotal,
    PaymentTerms,
    Price,
    TaxCategory,
)
from ....canonical.base import plain
from ..._draft import Path
from ..._edi.syntax import Segment
from ..._edi.values import day, exact, implied, number
from ..._edi.writing import Writing
from ._base import Group, X12Reading, X12Takes
from ._dates import written_day

#: element 639 → how many, of what, a price is for; codes that are not here are for one of the line's unit
BASES = {"PN": ("10", ""), "HP": ("100", ""), "TP": ("1000", ""), "PP": ("1", "LBR")}
#: element 639 of a price that is not what is paid: suggested retail
NOT_PAID = frozenset({"SR"})
#: element 236 of prices that are
_PAID = frozenset({"CON", "NET", "UCP", "CUP", "INV", "PUR", "ACT"})
#: element 1300 ⇄ UNCL 5189 and 7161, where both mean the same
_SERVICES = {"D240": "FC", "D500": "HD", "C310": "95"}
_REASONS = {ours: code for code, ours in _SERVICES.items()}
_DEFINED = "ZZZZ"
#: element 963 → the scheme of a tax
_TAXES = {"VA": "VAT", "GS": "GST"}
_TAX_TYPES = {ours: code for code, ours in _TAXES.items()}
#: element 522 → the field of a ``MonetaryTotal``; T is the tax between two of them
TOTALS = {"1": "line_extension_amount", "N": "tax_exclusive_amount", "TT": "payable_amount"}
_TAX = "T"
#: the elements that are read here, for a set's ``takes``
TAKES = {
    "DTM": "1 2 3 4 5=19|20|RD8|RDT|D8 6",
    "REF": "1 2",
    "CUR": "1=BY 2",
    "SAC": "1 2 3=ZZ 4 5 6=Z 7 15",
    "TXI": "1 3 10",
    "AMT": "1 2",
    "FOB": "1=DF 2=ZZ 3 4=01 5 6=ZZ 7",
    "ITD": "1 12",
    "MSG": "1 2",
    "MTX": "2",
    "NTE": "1=GEN|ZZZ 2",
    "CTP": "2=CON 3 4 5",
}
_NUMBERED = X12Takes("1 2 3 4 7.1=LI 7.2")


# --- implied decimals (X12.6, type N2) ---------------------------------------------------------------
def cents(text: str) -> str:
    """An amount of type N2, such as SAC05 and TDS01: two decimals that are not written.

    Where the sender writes a decimal mark all the same, it counts.
    """
    return implied(text, 2) if text else ""


def written_cents(value: Decimal | None) -> str:
    """The other way round; what has more decimals cannot be said so, and is not read back."""
    return "" if value is None else plain((value * 100).quantize(Decimal(1)))


# --- references -----------------------------------------------------------------------------------
def read_reference(reading: X12Reading, path: Path, ref: Segment) -> None:
    """The document of a REF: its number."""
    reading.put((*path, "id"), ref(2), ref, 2)


def read_numbered(reading: X12Reading, path: Path, n9: Segment) -> None:
    """The document of an N9 without texts: its number, what it is, its date and the line in it."""
    reading.put((*path, "id"), n9(2), n9, 2)
    reading.put((*path, "document_description"), n9(3), n9, 3)
    reading.put((*path, "issue_date"), day(n9(4)) if n9(4) else None, n9, 4)
    if n9(7, 1) == "LI":
        reading.put((*path, "line_id"), n9(7, 2), n9, 7)
    key = reading.kept.key("N9", n9(1))
    if extras := _NUMBERED.extras(n9):
        reading.kept.elements[key] = extras


def write_references(out: Writing, kind: str, references: Sequence[DocumentReference | None]) -> None:
    """REF, or N9 for all of them where one has more than a number."""
    found = [reference for reference in references if reference]
    if not any(one.issue_date or one.document_description or one.line_id for one in found):
        for reference in found:
            out.add("REF", kind, reference.id)
        return
    for reference in found:
        _write_numbered(out, kind, reference)


def _write_numbered(out: Writing, kind: str, reference: DocumentReference) -> None:
    line = ("LI", reference.line_id) if reference.line_id else ""
    on = written_day(reference.issue_date, out)
    out.add("N9", kind, reference.id, reference.document_description, on, "", "", line)


# --- money ----------------------------------------------------------------------------------------
def read_currency(reading: X12Reading, cur: Segment) -> bool:
    """The currency of the document."""
    code = cur(2).upper()
    if not code or reading.draft.get(("document_currency_code",)) is not None:
        return False
    reading.currency = code
    reading.draft.put(("document_currency_code",), code, (cur, 2))
    return True


def write_currency(out: Writing, currency: str | None, who: str = "BY") -> None:
    """CUR; XXX is how a file that names no currency is read."""
    unsaid = out.profile.options.get("currency") or "XXX"
    if currency and not (currency == unsaid == "XXX"):
        out.add("CUR", who, currency)


def price_of(reading: X12Reading, text: str, basis: str, currency: str = "") -> dict[str, Any] | None:
    """A canonical ``Price`` of two elements: the price and what it is for (212, 639)."""
    if not text or basis in NOT_PAID:
        return None
    found: dict[str, Any] = {"price_amount": reading.amount(number(text), currency)}
    if basis in BASES:
        value, unit = BASES[basis]
        if not unit:
            line = reading.get("quantity") or {}
            unit = line.get("unit_code") or reading.gathered.get("unit") or reading.unit
        found["base_quantity"] = {"value": value, "unit_code": unit}
    return found


def read_ctp(reading: X12Reading, path: Path, ctp: Segment, currency: str = "") -> bool:
    """The price of a CTP, when it is the one that is paid and the line names no other."""
    if ctp(2) not in _PAID or not ctp(3) or ctp(6) or reading.has(*path):
        return False
    price: dict[str, Any] = {"price_amount": reading.amount(number(ctp(3)), currency)}
    if ctp(4):
        unit = (reading.get("quantity") or {}).get("unit_code") or reading.gathered.get("unit", "")
        price["base_quantity"] = {
            "value": number(ctp(4)),
            "unit_code": reading.unit_of(ctp(5), unit),
        }
    reading.put(path, price, ctp, 3)
    return True


def basis_of(price: Price | None, unit: str | None) -> str | None:
    """Element 639 that says what a price is for; ``None`` where none does, "" for one of the line's unit."""
    base = price.base_quantity if price else None
    if base is None:
        return ""
    for code, (value, ours) in BASES.items():
        if base.value == Decimal(value) and base.unit_code == (ours or unit):
            return code
    return None


def write_price(out: Writing, price: Price | None, unit: str | None) -> tuple[str, str]:
    """The two elements of a price in PO1, POC or IT1; a basis they cannot say is written as CTP.

    To be called before the line's segment is added; :func:`write_ctp` after it.
    """
    basis = basis_of(price, unit)
    if price is None or basis is None:
        return "", ""
    return out.number(price.price_amount.value), basis or out.profile.qualifiers["price"]


def write_ctp(out: Writing, price: Price | None, unit: str | None) -> None:
    """CTP, for a price whose basis the line's segment cannot say."""
    if price is not None and basis_of(price, unit) is None:
        base = price.base_quantity
        amount = out.number(price.price_amount.value)
        out.add("CTP", "", "CON", amount, out.number(base.value), out.unit(base.unit_code))


def read_totals(reading: X12Reading, path: Path, amt: Segment) -> bool:
    """An amount of the whole document."""
    draft, kind, text = reading.draft, amt(1), amt(2)
    if not text:
        return False
    if kind == _TAX:
        exclusive = draft.get((*path, "tax_exclusive_amount", "value"))
        if exclusive is None or draft.get((*path, "tax_inclusive_amount")) is not None:
            return False
        total = exact(exclusive) + exact(text)
        if not total.is_finite():
            return False
        draft.put((*path, "tax_inclusive_amount"), reading.amount(plain(total)), (amt, 2))
        return True
    field = TOTALS.get(kind)
    if not field or draft.get((*path, field)) is not None:
        return False
    draft.put((*path, field), reading.amount(number(text)), (amt, 2))
    return True


def write_totals(out: Writing, totals: MonetaryTotal | None) -> None:
    """AMT for every total there is."""
    if totals is None:
        return
    for kind, field in TOTALS.items():
        amount = getattr(totals, field)
        if amount:
            out.add("AMT", kind, out.number(amount.value))
        if kind == "N" and amount and totals.tax_inclusive_amount:
            out.add("AMT", _TAX, out.number(totals.tax_inclusive_amount.value - amount.value))


# --- allowances and taxes ----------------------------------------------------------------------------
def read_allowance(reading: X12Reading, path: Path, group: Group) -> Group | None:
    """Append the allowance or charge of a SAC to the list at ``path`` of the scope."""
    sac = group[0]
    if sac(1) not in ("A", "C"):
        return group
    code = _SERVICES.get(sac(2), sac(2))
    values = {
        "charge_indicator": sac(1) == "C",
        "allowance_charge_reason_code": sac(4) or (code if code != _DEFINED else ""),
        "allowance_charge_reason": sac(15),
        "multiplier_factor_numeric": number(sac(7)),
        "amount": reading.amount(cents(sac(5)) or _rated(reading, sac)),
    }
    values = {name: value for name, value in values.items() if value not in ("", None)}
    reading.draft.append((*reading.path, *path), values, (sac,))
    return group[1:]


def _rated(reading: X12Reading, sac: Segment) -> str:
    """The amount of a rate: for the quantity in SAC10, or that of the line when it is in the same unit."""
    if not sac(8) or sac(7):
        return ""
    many = sac(10)
    if not many:
        line = reading.get("quantity") or {}
        many = line.get("value", "") if sac(9) and line.get("unit_code") == reading.unit_of(sac(9)) else ""
    amount = exact(sac(8)) * exact(many)
    return plain(amount.quantize(Decimal("0.01"))) if amount.is_finite() and abs(amount) < 10**15 else ""


def write_allowances(out: Writing, allowances: tuple[AllowanceCharge, ...]) -> None:
    """SAC."""
    for one in allowances:
        code = one.allowance_charge_reason_code or ""
        service = _REASONS.get(code, code)
        known = len(service) == 4 and service[0].isalpha() and service[1:].isdecimal()
        percent = "" if one.multiplier_factor_numeric is None else out.number(one.multiplier_factor_numeric)
        out.add(
            "SAC",
            "C" if one.charge_indicator else "A",
            service if known else _DEFINED,
            "ZZ" if code and not known else "",
            code if code and not known else "",
            written_cents(one.amount and one.amount.value),
            "Z" if percent else "",
            percent,
            *[""] * 7,
            one.allowance_charge_reason,
        )


def read_tax(reading: X12Reading, txi: Segment) -> dict[str, str] | None:
    """The tax of a TXI: its kind, its rate and, where both sides use them, the category of UNCL 5305."""
    kind = txi(1)
    if not kind:
        return None
    found = {"id": txi(10), "percent": number(txi(3)), "tax_scheme_id": _TAXES.get(kind, kind)}
    return {name: value for name, value in found.items() if value}


def write_tax(out: Writing, tax: TaxCategory, amount: str = "", basis: str = "") -> None:
    """TXI."""
    percent = "" if tax.percent is None else out.number(tax.percent)
    kind = _TAX_TYPES.get(tax.tax_scheme_id or "", tax.tax_scheme_id)
    out.add("TXI", kind, amount, percent, "", "", "", "", basis, "", tax.id)


# --- terms ----------------------------------------------------------------------------------------
def read_delivery_terms(reading: X12Reading, path: Path, fob: Segment) -> bool:
    """FOB: the term (Incoterms), in words what else was agreed, and the place."""
    if reading.has(*path) or not (fob(5) or fob(3)):
        return False
    reading.put((*path, "id"), fob(5), fob, 5)
    reading.put((*path, "special_terms"), fob(3), fob, 3)
    reading.put((*path, "delivery_location", "name"), fob(7), fob, 7)
    return True


def write_delivery_terms(out: Writing, terms: DeliveryTerms | None) -> None:
    """FOB."""
    if terms is None:
        return
    place = terms.delivery_location and terms.delivery_location.name
    words = ("ZZ", terms.special_terms) if terms.special_terms else ("", "")
    term = ("01", terms.id) if terms.id else ("", "")
    out.add("FOB", "DF", *words, *term, "ZZ" if place else "", place)


def read_payment_terms(reading: X12Reading, path: Path, itd: Segment) -> bool:
    """ITD: the code and the words of the terms; what is reckoned from days stays as it stands."""
    if not (itd(1) or itd(12)) or (itd(1) and reading.has(*path)):
        return False
    reading.put((*path, "id"), itd(1), itd, 1)
    reading.draft.append((*reading.path, *path, "note"), itd(12), (itd, 12))
    return True


def write_payment_terms(transaction: Any, out: Writing, terms: PaymentTerms | None) -> None:
    """ITD: one for the code and the first note, one for each other note."""
    if terms is None:
        return
    if terms.id and len(terms.id) != 2:
        raise transaction.cannot(f"the payment terms {terms.id}", "X12 has codes of two characters for them")
    for index, note in enumerate(terms.note or ("",)):
        out.add("ITD", "" if index else terms.id, *[""] * 10, note)
