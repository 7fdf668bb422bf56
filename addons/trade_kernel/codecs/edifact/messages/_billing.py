"""What invoices say of taxes and totals, of who pays whom, when and how."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ....canonical import Invoice, Party, PaymentMeans, TaxTotal
from ..._edi.reading import DEFERRED, Reading, Takes
from ..._edi.syntax import Segment, parse
from ..._edi.texts import NAME, joined
from ..._edi.values import exact, moment
from ..._edi.writing import Writing
from ._base import Group, Message
from ._terms import read_tax, write_tax

#: 5025 → the field of a ``MonetaryTotal``, the surest first
TOTALS = {
    "79": "line_extension_amount",
    "260": "allowance_total_amount",
    "259": "charge_total_amount",
    "389": "tax_exclusive_amount",
    "125": "tax_exclusive_amount",
    "388": "tax_inclusive_amount",
    "77": "tax_inclusive_amount",
    "39": "tax_inclusive_amount",
    "128": "tax_inclusive_amount",
    "113": "prepaid_amount",
    "165": "payable_rounding_amount",
    "9": "payable_amount",
    "86": "payable_amount",
    "139": "payable_amount",
}
#: those that are written, before and since EN 16931's version
_OLDER = ("79", "260", "259", "125", "77", "113", "165", "86")
_EN16931 = ("79", "260", "259", "389", "388", "113", "165", "9")
_SINCE = "14B"
#: 5025 of a tax, of all taxes, and of what is taxed
_TAX, _ALL_TAXES, _TAXED = ("124", "150", "161"), ("176", "124", "150"), "125"
#: 2005 of the day by which to pay
DUE = ("13", "140", "265")
#: 4279 of the terms that hold when nothing else is agreed
_BASIC = frozenset({"1", "3", ""})
#: 3035 of the payer's banks, and of those between
PAYERS = frozenset({"PB", "BI", "OR", "I1", "I2"})
#: what amounts may differ by when they were rounded, and those beyond which nobody reckons
_CENT, _LARGE = Decimal("0.01"), Decimal(10) ** 15
_ACCOUNT = Takes("1=RB 2.1 3.1")
#: the positions that are read here, for a message's ``takes``
TAKES = {
    "PAI": "1.3",
    "PYT": "1=1 2.1 2.4-5",
    "CUX": "1.1=2 1.2 1.3=4|9|10|11",
    "MOA": "1.1-3",
}


def gather(
    message: Message,
    scope: str,
    reading: Reading,
    group: Group,
    sort: tuple[str, Sequence[str]],
    put: Callable[[Reading, Segment], bool],
) -> Group:
    """Of several segments that say nearly the same the first of their kinds counts; the others are kept.

    :param sort: what they are called together, and their first values, the surest first.
    :param put: puts the value of one, unless there is one already.
    """
    name, kinds = sort
    if group[0](1) not in kinds or not group[0](1, 2):
        return group
    gathered = reading.state.setdefault(name, [])
    if not gathered:

        def conclude() -> None:
            del reading.state[name]
            for one in sorted(gathered, key=lambda each: kinds.index(each[0](1))):
                message.settle(scope, reading, one, one[1:] if put(reading, one[0]) else one)

        reading.later(conclude)
    gathered.append(group)
    return DEFERRED


# --- who is paid, and how -------------------------------------------------------------------------
def account_reader(reading: Reading) -> dict[str, Any]:
    """What reads FII in the group of who is paid."""

    def read(fii: Segment) -> bool:
        if fii(1) in PAYERS:
            return False
        found = {"payee_financial_account": fii(2), "financial_institution": fii(3)}
        found = {name: value for name, value in found.items() if value}
        if found:
            reading.draft.append(("payment_means",), found, (fii,))
        return bool(found)

    return {"FII": (read, _ACCOUNT)}


def put_means(reading: Reading) -> None:
    """How to pay (PAI) and what to quote (RFF+PQ), with every account there is."""
    code, quote = reading.state.get("means"), reading.state.get("quote")
    count = len(reading.draft.get(("payment_means",), ()))
    for index in range(count or bool(code or quote)):
        for name, found in (("payment_means_code", code), ("payment_id", quote)):
            if found:
                reading.draft.put(("payment_means", index, name), *found)


def accounts(means: Iterable[PaymentMeans]) -> list[tuple[Any, ...]]:
    """FII of a party's group."""
    found = []
    for one in means:
        if one.payee_financial_account or one.financial_institution:
            found.append(("FII", "RB", (one.payee_financial_account,), (one.financial_institution,)))
    return found


def named_accounts(party: Party | None) -> bool:
    """Whether more was said of a party's accounts, which goes back to where it was."""
    elements = party.extensions.get("elements") if party else None
    return isinstance(elements, Mapping) and any(key.startswith("FII") for key in elements)


# --- when to pay ----------------------------------------------------------------------------------
def read_due(reading: Reading, dtm: Segment) -> bool:
    """The day by which to pay."""
    on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
    if dtm(1) not in DUE or at or not on or reading.draft.get(("due_date",)) is not None:
        return False
    reading.draft.put(("due_date",), on, (dtm, 1, 2))
    return True


def read_terms(message: Message, reading: Reading, group: Group) -> Group:
    """PAT or PYT: the day by which to pay, the terms' code and words, and how to pay."""
    pat, left, path = group[0], [], ("payment_terms",)
    text = joined(pat.composite(2)[3:5], NAME).strip()
    named = bool(pat(2) or text)
    if pat(1) not in _BASIC or (pat(2) and reading.has(*path, "id")):
        return group
    for segment in group[1:]:
        if segment.tag == "PAI" and segment(1, 3) and "means" not in reading.state:
            reading.state["means"] = segment(1, 3), (segment, 1, 3)
        elif segment.tag != "DTM" or not read_due(reading, segment):
            left.append(segment)
    if len(left) == len(group) - 1 and (left or not named or any(pat.composite(3))):
        reading.state.setdefault("agreed", []).append(group)
        return group
    reading.put((*path, "id"), pat(2), pat, 2)
    if text:
        reading.draft.append((*path, "note"), text, (pat, 2, 4))
    return left


def put_agreed(reading: Reading) -> None:
    """The day by which to pay, reckoned from so many days after the invoice, when no day is said."""
    issued = reading.draft.get(("issue_date",))
    if reading.draft.get(("due_date",)) is not None:
        return
    for group in reading.state.get("agreed", ()):
        if due := _reckoned(group, issued):
            reading.draft.put(("due_date",), due, (group[0], 3))
            return


def _reckoned(group: Group, issued: str | None) -> str | None:
    """PAT+1++5:3:D:30: 30 days after the date of the invoice, without any condition."""
    pat = group[0]
    reference, relation, unit, count = (pat(3, component) for component in (1, 2, 3, 4))
    usual = pat(1) == "1" and reference == "5" and relation in ("3", "")
    if not usual or not count.isdecimal() or len(count) > 3 or any(one.tag == "PCD" for one in group):
        return None
    try:
        start = date.fromisoformat(issued or "")
        if unit in ("D", "CD", "W"):
            return (start + timedelta(int(count) * (7 if unit == "W" else 1))).isoformat()
        return _months_after(start, int(count)).isoformat() if unit == "M" else None
    except (ValueError, OverflowError):
        return None


def _months_after(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    following = date(year, month + 1, 1).replace(day=28) + timedelta(days=4)
    last = following - timedelta(days=following.day)
    return last.replace(day=min(start.day, last.day))


def write_terms(out: Writing, document: Invoice) -> None:
    """PAI or the PYT that has it; PAT or PYT with the day by which to pay."""
    tag = "PYT" if out.profile.since(_SINCE) else "PAT"
    terms, means = document.payment_terms, document.payment_means
    due = None if _agreed(document) else document.due_date
    code = means[0].payment_means_code if means else None
    if code and tag == "PAT":
        out.add("PAI", ("", "", code))
    if due or (terms and terms.id):
        out.add(tag, "1", (terms.id,) if terms and terms.id else "")
        if due:
            out.add("DTM", (DUE[0], f"{due:%Y%m%d}".zfill(8), "102"))
    if code and tag == "PYT":
        out.add("PYT", "1")
        out.add("PAI", ("", "", code))


def _agreed(document: Invoice) -> bool:
    """Whether the terms that came along say the same day."""
    kept = document.extensions.get("segments")
    group: Group = []
    groups = []
    for text in kept if isinstance(kept, list | tuple) else ():
        if isinstance(text, str) and text.startswith(("PAT+", "PYT+")):
            group = [parse(text)]
            groups.append(group)
        elif isinstance(text, str) and text.startswith("PCD+") and group:
            group.append(parse(text))
    issued = document.issue_date.isoformat()
    days = (_reckoned(group, issued) for group in groups)
    first = next((day for day in days if day), None)
    return document.due_date is not None and first == document.due_date.isoformat()


# --- taxes and totals -----------------------------------------------------------------------------
def gather_totals(message: Message, reading: Reading, group: Group) -> Group:
    """A total: of several kinds that say nearly the same the surest counts."""
    gathered = reading.state.setdefault("totals", [])
    if not gathered:
        reading.later(lambda: _conclude_totals(message, reading, gathered))
    gathered.append(group)
    return DEFERRED


def _conclude_totals(message: Message, reading: Reading, gathered: list[Group]) -> None:
    order = {kind: rank for rank, kind in enumerate([*_ALL_TAXES, *TOTALS])}
    for group in sorted(gathered, key=lambda one: order.get(one[0](1), len(order))):
        done = _read_total(reading, group[0])
        message.settle("summary", reading, group, group[1:] if done else group)


def _read_total(reading: Reading, moa: Segment) -> bool:
    kind, value = moa(1), moa(1, 2)
    if not value:
        return False
    amount = reading.amount(value, moa(1, 3))
    if kind in _ALL_TAXES:
        known = reading.draft.get(("tax_total", 0, "tax_amount"))
        if known is None:
            reading.draft.put(("tax_total", 0, "tax_amount"), amount, (moa, 1, 2))
            return True
        other = known["currency_id"] != amount["currency_id"]
        if other and reading.draft.get(("tax_total", 1)) is None:
            reading.draft.put(("tax_total", 1, "tax_amount"), amount, (moa, 1, 2))
            return True
        return False
    field = TOTALS.get(kind)
    path = ("legal_monetary_total", field)
    if not field or reading.draft.get(path) is not None:
        return False
    reading.draft.put(path, amount, (moa, 1, 2))
    return True


def read_subtotal(reading: Reading, group: Group) -> Group:
    """TAX and its amounts: what one tax comes to."""
    category = read_tax(group[0])
    if category is None:
        return group
    values: dict[str, Any] = {"tax_category": category}
    left: Group = []
    for moa in group[1:]:
        field = "tax_amount" if moa(1) in _TAX else "taxable_amount" if moa(1) == _TAXED else None
        if moa.tag == "MOA" and field and field not in values and moa(1, 2):
            values[field] = reading.amount(moa(1, 2), moa(1, 3))
        else:
            left.append(moa)
    reading.draft.append(("tax_total", 0, "tax_subtotal"), values, (group[0],))
    return left


def write_totals(out: Writing, document: Invoice) -> None:
    """MOA of the whole document, and TAX with its amounts."""
    totals = document.legal_monetary_total
    for kind in _EN16931 if out.profile.since(_SINCE) else _OLDER:
        amount = totals and getattr(totals, TOTALS[kind])
        if amount:
            out.add("MOA", (kind, out.number(amount.value), amount.currency_id))
    for total in document.tax_total:
        if total.tax_amount:
            amount = total.tax_amount
            out.add("MOA", (_ALL_TAXES[0], out.number(amount.value), amount.currency_id))
    for total in document.tax_total[:1]:
        _write_subtotals(out, total)


def _write_subtotals(out: Writing, total: TaxTotal) -> None:
    for one in total.tax_subtotal:
        write_tax(out, one.tax_category)
        for kind, amount in ((_TAXED, one.taxable_amount), (_TAX[0], one.tax_amount)):
            if amount:
                out.add("MOA", (kind, out.number(amount.value), amount.currency_id))


# --- allowances of a line -------------------------------------------------------------------------
def within_price(groups: list[Group], gross: str, net: str, pieces: Decimal) -> bool:
    """Whether allowances and charges only say how the net price comes from the gross one.

    EANCOM's net price has them in it (PRI+AAA), that of EN 16931 has not.

    :param pieces: how many times the price is billed.
    """
    before, after = exact(gross), exact(net)
    if not (before.is_finite() and after.is_finite() and pieces.is_finite()) or before == after:
        return False
    amounts = [_signed(group, "MOA") for group in groups]
    percents = [_signed(group, "PCD") for group in groups]
    if None not in amounts and abs((before - after) * pieces + sum(amounts)) <= _CENT:
        return True
    return None not in percents and abs(before * (1 + sum(percents) / 100) - after) <= _CENT


def _signed(group: Group, tag: str) -> Decimal | None:
    """What is taken off (below zero) or added."""
    for segment in group[1:]:
        value = exact(segment(1, 2)) if segment.tag == tag else None
        if value is not None and value.is_finite() and abs(value) < _LARGE:
            return -value if group[0](1) == "A" else value
    return None


# --- currencies -----------------------------------------------------------------------------------
def name_currency(reading: Reading) -> None:
    """Without CUX: the currency of the amounts that name one, when they all name the same."""
    values = reading.draft.values
    if values.get("document_currency_code") is not None or reading.currency != "XXX":
        return
    amounts = list(_amounts(values))
    named = {amount["currency_id"] for amount in amounts} - {"XXX"}
    if len(named) == 1:
        reading.currency = named.pop()
        for amount in amounts:
            amount["currency_id"] = reading.currency


def _amounts(value: Any) -> Iterable[dict[str, str]]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            if "currency_id" in one:
                yield one
            else:
                waiting += (part for name, part in one.items() if name != "extensions")
