"""Prices of a catalogue's item: CTP and what follows it, both ways.

Element 236 says what kind of price it is; canonical kinds are UNCL 5387 and 5375. CTP03 is the price of one
unit, so CTP04 is from which quantity on it holds; how much else a price is for is said by CTP09 or CTP11. A
CTP04 of one that stands alone only says the unit.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ....canonical import CataloguePrice
from ..._edi.values import exact, number
from ..._edi.writing import Writing
from ._base import Group, X12Reading, X12Takes
from ._dates import read_dtm, write_dtm
from ._terms import BASES, read_allowance, write_allowances

#: element 236 ⇄ UNCL 5387 and 5375; of several for one, the first is written
_KINDS = {
    "NET": "AAA",
    "UCP": "AAA",
    "CUP": "AAA",
    "ACT": "AAA",
    "CON": "CON",
    "LPR": "AAB",
    "CAT": "AAB",
    "MSR": "MSR",
    "RTL": "RTP",
    "WHL": "WH",
    "RES": "RES",
    "PRO": "PRP",
}
_CODES = {ours: code for code, ours in reversed(_KINDS.items())}
#: of no kind, from this quantity on
_BEGINNING = "PBQ"
#: element 639: for one of the unit in CTP05
_EACH = "PE"
#: element 374: from when on a price or an item holds, and until when; the first of each is written
VALIDITY = {"007": "start", "196": "start", "092": "start", "036": "end", "197": "end", "093": "end"}
START, END = "007", "036"
_CTP = X12Takes("2 3 4 5 9 11")


def price_kind(code: str) -> tuple[str, str]:
    """The kind of element 236, and the code it is written with."""
    code = code.upper()
    if code == _BEGINNING:
        return "", _BEGINNING
    kind = _KINDS.get(code, code)
    return kind, _CODES.get(kind, kind)


def read_prices(reading: X12Reading, groups: Sequence[Group], keep: Callable[[Group], None]) -> None:
    """Put all prices of an item; ``keep`` gets the CTP that name none.

    :param groups: every CTP with what follows it.
    """
    ranges: dict[str, set[str]] = {}
    for group in groups:
        ctp = group[0]
        ranges.setdefault(ctp(2), set()).add(ctp(4))
    for group in groups:
        ctp = group[0]
        if not ctp(3):
            keep(group)
            continue
        several = len(ranges[ctp(2)]) > 1
        index = len(reading.get("prices") or ())
        path = ("prices", index)
        reading.put((*path, "price"), _price(reading, group, several), ctp, 3)
        kind, written = price_kind(ctp(2))
        reading.put((*path, "price_type_code"), kind, ctp, 2)
        if ctp(4) and _from(ctp, several):
            reading.put((*path, "minimum_quantity"), _quantity(reading, ctp(4), ctp(5)), ctp, 4)
        key = reading.kept.key("CTP", "")
        extras = _CTP.extras(ctp)
        if written != ctp(2):
            extras["2.1"] = ctp(2)
        if ctp(2) == _BEGINNING and not ctp(4):
            extras["2.1"] = _BEGINNING
        if ctp(9) and ctp(9) not in (*BASES, _EACH):
            extras["9.1"] = ctp(9)
        if extras:
            reading.kept.elements[key] = extras
        for one in group[1:]:
            if not _qualified(reading, path, one):
                reading.kept.groups.setdefault(key, []).append(one.portable)


def _from(ctp: Any, several: bool) -> bool:
    """Whether CTP04 is from which quantity on the price holds."""
    return several or bool(ctp(9) or ctp(11)) or ctp(2).upper() == _BEGINNING or exact(ctp(4)) != 1


def _price(reading: X12Reading, group: Group, several: bool) -> dict[str, Any]:
    ctp, currency = group[0], reading.gathered.get("currency", "")
    for one in group[1:]:
        if one.tag == "CUR" and one(2):
            currency = one(2)
    found: dict[str, Any] = {"price_amount": reading.amount(number(ctp(3)), currency)}
    if ctp(11):
        found["base_quantity"] = _quantity(reading, ctp(11), ctp(5))
    elif ctp(9) in BASES:
        value, unit = BASES[ctp(9)]
        unit = unit or reading.unit_of(ctp(5), reading.get("orderable_unit") or "")
        found["base_quantity"] = {"value": value, "unit_code": unit}
    elif ctp(4) and not _from(ctp, several):
        found["base_quantity"] = _quantity(reading, ctp(4), ctp(5))
    elif ctp(5) and not ctp(4):
        found["base_quantity"] = _quantity(reading, "1", ctp(5))
    return found


def _quantity(reading: X12Reading, value: str, unit: str) -> dict[str, str]:
    return {
        "value": number(value),
        "unit_code": reading.unit_of(unit, reading.get("orderable_unit") or ""),
    }


def _qualified(reading: X12Reading, path: tuple, one: Any) -> bool:
    """What follows a CTP: its currency, when it holds, what comes off it."""
    if one.tag == "CUR":
        return bool(one(2)) and len(one) == 2 and one(1) == "SE"
    if one.tag == "DTM" and one(1) in VALIDITY:
        plain = one(1) in (START, END) and not one(5) and not one(6)
        return plain and read_dtm(reading, (*path, "validity_period"), one, VALIDITY[one(1)])
    if one.tag == "SAC" and not X12Takes("1 2 3=ZZ 4 5 6=Z 7 15").extras(one):
        before, reading.currency = (
            reading.currency,
            reading.get(*path, "price", "price_amount", "currency_id"),
        )
        done = read_allowance(reading, (*path, "allowance_charge"), [one]) == []
        reading.currency = before
        return done
    return False


# --- writing --------------------------------------------------------------------------------------
def write_prices(out: Writing, prices: Sequence[CataloguePrice], usual: str) -> None:
    """CTP for every price.

    :param usual: the currency of prices that name none.
    """
    for one in prices:
        base, least = one.price.base_quantity, one.minimum_quantity
        kind = one.price_type_code or ""
        code = _CODES.get(kind, kind)
        amount = out.number(one.price.price_amount.value)
        alone = sum((other.price_type_code or "") == kind for other in prices) == 1
        shared = least or base
        unit = out.unit(shared.unit_code) if shared else ""
        if base and base.value == 1 and not least and alone:
            out.add("CTP", "", code, amount, out.number(base.value), unit)
        else:
            basis = _EACH if least and not base else ""
            multiple = out.number(base.value) if base else ""
            start = out.number(least.value) if least else ""
            out.add("CTP", "", code, amount, start, unit, "", "", "", basis, "", multiple)
        _write_rest(out, one, usual)


def _write_rest(out: Writing, one: CataloguePrice, usual: str) -> None:
    currency, period = one.price.price_amount.currency_id, one.validity_period
    if currency != usual:
        out.add("CUR", "SE", currency)
    write_allowances(out, one.allowance_charge)
    if period and period.start_date:
        write_dtm(out, START, period.start_date, period.start_time)
    if period and period.end_date:
        write_dtm(out, END, period.end_date, period.end_time)
