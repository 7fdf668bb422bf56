"""What is billed: references, terms, taxes and totals of 810 and 812."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ....canonical import Invoice, MonetaryTotal, TaxTotal
from ....canonical.base import plain
from ..._draft import Path
from ..._edi.syntax import Segment
from ..._edi.values import day, exact, number
from ..._edi.writing import Writing
from ._base import DEFERRED, Group, X12Reading, X12Takes
from ._dates import written_day
from ._terms import cents, read_numbered, read_tax, write_references, write_tax, write_totals, written_cents

#: element 128 → the list of references it belongs to and what is written for it
_LISTS = {
    "OI": ("billing_reference", "OI"),
    "IV": ("billing_reference", "OI"),
    "PK": ("despatch_document_reference", "PK"),
    "SI": ("despatch_document_reference", "PK"),
    "RV": ("receipt_document_reference", "RV"),
    "CT": ("contract_document_reference", "CT"),
    "DD": ("additional_document_reference", "DD"),
}
_LISTED = {field: kind for field, kind in _LISTS.values()}
#: where it stands which set something came in, where that is not the usual one
SET = "set"
#: element 333 (ITD02): days count from the invoice
_FROM_INVOICE = ("3", "")
#: element 963: all taxes
_ALL = "TX"
_REF = X12Takes("1 2")
#: the elements that are read here
TAKES = {"ITD": "1 6 12", "TXI": "1 2 3 8 10", "TDS": "1", "PAM": "4 5", "SAC": "1 2 3=ZZ 4 5 6=Z 7 15"}


# --- references -----------------------------------------------------------------------------------
def read_listed(reading: X12Reading, group: Group) -> Group | None:
    """A further document that a REF, or an N9 without texts, names; the group when it names none."""
    ref = group[0]
    field, written = _LISTS.get(ref(1).upper(), ("", ""))
    if not field or not ref(2) or len(group) > 1:
        return group
    index = len(reading.get(field) or ())
    if ref.tag == "N9":
        if ref(1) != written:
            return group
        read_numbered(reading, (field, index), ref)
        return DEFERRED
    reading.put((field, index), {"id": ref(2)}, ref, 2)
    extras = _REF.extras(ref) | ({"1.1": ref(1)} if ref(1) != written else {})
    if extras:
        reading.kept.elements[f"REF+{written}" + (f"#{index + 1}" if index else "")] = extras
    return DEFERRED


def write_listed(out: Writing, document: Invoice) -> None:
    """REF, or N9, for all of them."""
    for field, kind in _LISTED.items():
        write_references(out, kind, getattr(document, field))


# --- terms ----------------------------------------------------------------------------------------
def read_terms(reading: X12Reading, itd: Segment) -> bool:
    """ITD: the code and the words of the terms, and when to pay; what else it says stays as it stands."""
    due = day(itd(6)) if itd(6) else _reckoned(reading, itd)
    if (itd(1) and reading.has("payment_terms")) or not (itd(1) or itd(12) or due):
        return False
    if due and reading.has("due_date"):
        return False
    reading.put(("payment_terms", "id"), itd(1), itd, 1)
    reading.draft.append(("payment_terms", "note"), itd(12), (itd, 12))
    reading.put("due_date", due, itd, 6 if itd(6) else 7)
    return True


def _reckoned(reading: X12Reading, itd: Segment) -> str:
    """The day that is so many days after the invoice's."""
    issued = reading.draft.get(("issue_date",))
    if not (issued and itd(7).isdecimal() and len(itd(7)) < 4 and itd(2) in _FROM_INVOICE):
        return ""
    try:
        return (date.fromisoformat(issued) + timedelta(days=int(itd(7)))).isoformat()
    except ValueError:
        return ""


def write_terms(transaction: Any, out: Writing, document: Invoice) -> None:
    """ITD: one for the code, the date and the first note, one for each other note."""
    terms, due = document.payment_terms, document.due_date
    if terms and terms.id and len(terms.id) != 2:
        raise transaction.cannot(f"the payment terms {terms.id}", "X12 has codes of two characters for them")
    notes = (terms and terms.note) or ("",)
    if not (due or (terms and (terms.id or terms.note))):
        return
    for index, note in enumerate(notes):
        first = not index
        code = terms.id if terms and first else ""
        on = written_day(due, out) if first else ""
        out.add("ITD", code, "", "", "", "", on, *[""] * 5, note)


# --- taxes and totals -----------------------------------------------------------------------------
def read_taxes(reading: X12Reading, txi: Segment) -> bool:
    """A tax of the whole document; all of them add up to its taxes."""
    tax = read_tax(reading, txi)
    if tax is None or not txi(2):
        return False
    taxes: list[Any] = reading.state.setdefault("taxes", [])
    subtotal = {"tax_amount": reading.amount(number(txi(2))), "tax_category": tax}
    if txi(8):
        subtotal["taxable_amount"] = reading.amount(number(txi(8)))
    taxes.append((subtotal, txi))
    return True


def settle_taxes(reading: X12Reading) -> None:
    """The taxes of the document, with their sum."""
    taxes: list[tuple[dict[str, Any], Segment]] = reading.state.get("taxes", [])
    if not taxes:
        return
    path: Path = ("tax_total", 0)
    first, place = taxes[0]
    if len(taxes) == 1 and first["tax_category"] == {"tax_scheme_id": _ALL} and "taxable_amount" not in first:
        reading.draft.put((*path, "tax_amount"), first["tax_amount"], (place, 2))
        return
    total = sum((exact(subtotal["tax_amount"]["value"]) for subtotal, _txi in taxes), Decimal(0))
    if total.is_finite():
        amount = {**first["tax_amount"], "value": plain(total)}
        reading.draft.put((*path, "tax_amount"), amount, (place, 2))
    for index, (subtotal, txi) in enumerate(taxes):
        reading.draft.put((*path, "tax_subtotal", index), subtotal, (txi, 2))


def write_taxes(transaction: Any, out: Writing, totals: tuple[TaxTotal, ...]) -> None:
    """TXI."""
    if len(totals) > 1:
        raise transaction.cannot("taxes in several currencies", "X12 says them once")
    for total in totals:
        for subtotal in total.tax_subtotal:
            amount = subtotal.tax_amount
            if amount is None:
                raise transaction.cannot("a tax", "it does not say how much it is")
            taxable = subtotal.taxable_amount
            basis = out.number(taxable.value) if taxable else ""
            write_tax(out, subtotal.tax_category, out.number(amount.value), basis)
        if not total.tax_subtotal and total.tax_amount:
            out.add("TXI", _ALL, out.number(total.tax_amount.value))


def read_total(reading: X12Reading, tds: Segment) -> None:
    """TDS: what is to be paid."""
    amount = reading.amount(cents(tds(1)))
    reading.draft.put(("legal_monetary_total", "payable_amount"), amount, (tds, 1))


def write_total(transaction: Any, out: Writing, totals: MonetaryTotal | None) -> None:
    """TDS."""
    if totals is None or totals.payable_amount is None:
        raise transaction.cannot("an invoice without an amount to pay", "TDS needs one")
    out.add("TDS", written_cents(totals.payable_amount.value))


def write_amounts(out: Writing, totals: MonetaryTotal) -> None:
    """AMT for the other totals."""
    write_totals(out, totals.model_copy(update={"payable_amount": None}))


# --- credit ---------------------------------------------------------------------------------------
def turn(reading: X12Reading, field: str) -> None:
    """A credit whose amounts are below zero says the same as one whose amounts are not: that is taken back.

    Lines are turned when they are below zero as a whole, too.
    """
    values = reading.draft.values
    total = values.get("legal_monetary_total") or {}
    if not _below(total.get("payable_amount")):
        return
    _negate_all(total)
    for tax in values.get("tax_total", ()):
        _negate_all(tax)
        for subtotal in tax.get("tax_subtotal", ()):
            _negate_all(subtotal)
    lines = values.get(field, ())
    if sum(map(_worth, lines), Decimal(0)) < 0:
        for line in lines:
            price = (line.get("price") or {}).get("price_amount")
            if _below(price):
                _negate(price)
            elif line.get("quantity"):
                _negate(line["quantity"])
            for amount in (line.get("line_extension_amount"), *_amounts(line)):
                if amount:
                    _negate(amount)
    for amount in _amounts(values):
        if _below(amount):
            _negate(amount)


def _below(amount: Mapping[str, str] | None) -> bool:
    """Whether an amount is below zero."""
    value = exact(amount["value"]) if amount else Decimal(0)
    return value.is_finite() and value < 0


def _amounts(values: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    return [one["amount"] for one in values.get("allowance_charge", ()) if one.get("amount")]


def _worth(line: Mapping[str, Any]) -> Decimal:
    price = (line.get("price") or {}).get("price_amount") or {}
    value = exact(price.get("value", "")) * exact((line.get("quantity") or {}).get("value", ""))
    return value if value.is_finite() else Decimal(0)


def _negate_all(amounts: Mapping[str, Any]) -> None:
    for value in amounts.values():
        if isinstance(value, dict) and "currency_id" in value:
            _negate(value)


def signed(value: dict[str, str] | None) -> dict[str, str] | None:
    """An amount or quantity that counts against the others."""
    if value:
        _negate(value)
    return value


def _negate(value: dict[str, str]) -> None:
    found = exact(value["value"])
    if found.is_finite():
        value["value"] = plain(-found) if found else value["value"]


# --- what need not be said --------------------------------------------------------------------------
def reduced(document: Invoice) -> Invoice:
    """Without what follows from the rest: sums of allowances and charges, totals of nothing."""
    kind = "381" if document.document_type == "credit_note" else "380"
    changed: dict[str, Any] = {"invoice_type_code": document.invoice_type_code or kind}
    if SET in document.extensions:
        said = {name: value for name, value in document.extensions.items() if name != SET}
        changed["extensions"] = said
    totals = document.legal_monetary_total
    if totals:
        sums = {
            "allowance_total_amount": _sum(document, False),
            "charge_total_amount": _sum(document, True),
            "prepaid_amount": Decimal(0),
            "payable_rounding_amount": Decimal(0),
        }
        amounts = {name: getattr(totals, name) for name in sums}
        said = {name: None for name, value in amounts.items() if value and value.value == sums[name]}
        changed["legal_monetary_total"] = totals.model_copy(update=said)
    if len(document.tax_total) == 1 and document.tax_total[0].tax_subtotal:
        total = document.tax_total[0]
        taxes = [one.tax_amount for one in total.tax_subtotal]
        if total.tax_amount is None and all(taxes):
            value = sum((tax.value for tax in taxes), Decimal(0))
            amount = taxes[0].model_copy(update={"value": value})
            changed["tax_total"] = (total.model_copy(update={"tax_amount": amount}),)
    return document.model_copy(update=changed)


def _sum(document: Invoice, charge: bool) -> Decimal:
    found = [one.amount for one in document.allowance_charge if one.charge_indicator is charge]
    return sum((amount.value for amount in found if amount), Decimal(0))
