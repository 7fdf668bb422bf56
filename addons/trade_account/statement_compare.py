"""A supplier's statement beside our books: which line is which document of ours, and what is left between
the two balances.

Two kinds of statements come. One lists **what is open**: what we have matched with something that it does not
list (a payment, a credit note) lessens ours, and documents that are settled need no line. The other, with an
opening balance, lists **what happened** in its period: every document stands there in full, and what was
before is in the balance it begins with.

The differences of all rows add up to the difference of the balances, to the cent.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo.addons.trade_kernel.document_numbers import number_key

#: a number may begin again every year: the days of one document are closer than this
_SAME = 183
#: days between documents that may be the same although their numbers differ; between payments that are
_NEAR, _NEAR_PAYMENT = 31, 10

GOOD = ("agrees", "brought_forward")


@dataclass(eq=False)
class Line:
    """A line of the statement; ``amount`` is what we owe by it."""

    key: str
    kind: str | None
    number: str | None
    day: date | None
    amount: Decimal
    due: date | None = None


@dataclass(eq=False)
class Row:
    """One row of the comparison.

    :ivar key: says which row of a later comparison is the same one
    :ivar verdict: see ``trade.statement.line``
    :ivar evidence: ``(code, parameters)`` of the sentence beneath it
    """

    key: str
    verdict: str
    theirs: Decimal
    ours: Decimal
    line: Line | None = None
    item: object = None
    evidence: tuple = ()

    @property
    def difference(self):
        return self.theirs - self.ours


@dataclass
class Comparison:
    """:ivar ours: our balance on the day of the statement, with what it lists already"""

    rows: list
    theirs: Decimal
    ours: Decimal


def compare(lines, items, as_of, opening=None, closing=None, since=None):
    """
    :param lines: :class:`Line` each, without those that repeat the opening balance
    :param items: our documents, see :mod:`.statement_books`
    :param date as_of: the day of the closing balance
    :param opening: the opening balance, ``None`` when only what is open is listed
    :param closing: the closing balance, ``None``: what it all comes to
    :param date since: the first day of the period
    """
    found, proposed = _match(lines, items, as_of)
    by_line = {**found, **proposed}
    listed = set(by_line.values())
    counted = [item for item in items if not item.draft and (item.day <= as_of or item in listed)]
    later = {item.move_id for item in items} - {item.move_id for item in counted}
    amounts = _amounts(counted, by_line, later, opening is not None)
    rows = _listed(lines, by_line, amounts, set(proposed))
    rest = [item for item in counted if item not in listed]
    before = [item for item in rest if opening is not None and since and item.day < since]
    for item in rest:
        if item not in before and amounts[item]:
            rows.append(Row(f"ours:{item.move_id}", "not_listed", Decimal(0), amounts[item], item=item))
    if opening is not None:
        ours = sum((amounts[item] for item in before), Decimal(0))
        same = ours == opening
        rows.insert(0, Row("opening", "brought_forward" if same else "opening", opening, ours))
    told = (opening or 0) + sum((line.amount for line in lines), Decimal(0))
    theirs = told if closing is None else closing
    if theirs != told:
        rows.append(
            Row("arithmetic", "arithmetic", theirs - told, Decimal(0), evidence=("sum", {"told": told}))
        )
    return Comparison(rows, theirs, sum((amounts[item] for item in counted), Decimal(0)))


# -- which is which --------------------------------------------------------------------------------


def _fits(line, item):
    """Whether a line may be this document: it is of its kind, and on the same side of the account."""
    kind = line.kind if line.kind in ("invoice", "credit_note", "payment") else None
    side = not line.amount or (line.amount > 0) == (item.full > 0)
    return side and kind in (None, item.kind)


def _days(line, item):
    return abs((line.day - item.day).days) if line.day else 0


def _match(lines, items, as_of):
    """``({line: item} by number, {line: item} by amount and day)``"""
    by_key = defaultdict(list)
    for item in items:
        for key in item.keys:
            by_key[key].append(item)
    found = {}
    for line in lines:
        candidates = [
            item
            for item in by_key.get(number_key(line.number), ())
            if _fits(line, item) and _days(line, item) < _SAME
        ]
        if candidates:
            found[line] = min(
                candidates,
                key=lambda item: (item.draft, item.full != line.amount, _days(line, item), -item.move_id),
            )
    return _alike(lines, items, found, as_of)


def _alike(lines, items, found, as_of):
    """Add payments that are certainly the same, propose other documents that may be."""
    taken, proposed = set(found.values()), {}
    free = [item for item in items if item not in taken]
    by_amount, pairs = defaultdict(list), []
    for item in free:
        for amount in {item.full, item.open} - {0}:
            by_amount[amount].append(item)
    for line in lines:
        if line in found:
            continue
        for item in by_amount[line.amount]:
            near = _days(line, item) if line.day else abs((as_of - item.day).days)
            if _fits(line, item) and near <= _NEAR:
                pairs.append((near, line, item))
    choices = defaultdict(list)
    for near, line, item in pairs:
        if item.kind == "payment" and line.day and near <= _NEAR_PAYMENT:
            choices[line].append(item)
            choices[item].append(line)
    used = set()
    for _near, line, item in sorted(pairs, key=lambda pair: (pair[0], pair[2].draft, pair[2].move_id)):
        if line in used or item in used:
            continue
        used |= {line, item}
        certain = choices[line] == [item] and choices[item] == [line]
        (found if certain else proposed)[line] = item
    return found, proposed


# -- what is ours ----------------------------------------------------------------------------------


def _amounts(items, by_line, later, in_full):
    """``{item: what of it counts}``

    :param later: move ids of what happened after the day of the statement
    """
    here = {item.move_id for item in items}
    if in_full:
        # What was settled with something that is not on this account, such as a payment in another currency.
        return {item: _less(item, lambda other: other not in here and other not in later) for item in items}
    said = defaultdict(Decimal)
    for line, item in by_line.items():
        said[item] += line.amount
    # A payment or credit note that is listed in full was not matched with anything by them.
    alone = {
        item.move_id
        for item in said
        if item.full < 0 and said[item] != _less(item, lambda other: other not in later)
    }
    return {
        item: item.full
        if item.move_id in alone
        else _less(item, lambda other: other not in alone and other not in later)
        for item in items
    }


def _less(item, counts):
    """What is left of an item after what it was settled with, as far as that counts."""
    return item.full - sum((amount for other, amount in item.settled.items() if counts(other)), Decimal(0))


def _listed(lines, by_line, amounts, proposed):
    """A row for each line. Several lines of one document share what is ours of it."""
    left = {item: amounts.get(item, Decimal(0)) for item in by_line.values()}
    last = {item: line for line, item in by_line.items()}
    first, rows = {}, []
    for line in lines:
        item = by_line.get(line)
        if item is None:
            rows.append(Row(f"theirs:{line.key}", "unknown", line.amount, Decimal(0), line))
            continue
        part = left[item] if last[item] is line else _least(left[item], line.amount)
        left[item] -= part
        row = Row(f"theirs:{line.key}", "agrees", line.amount, part, line, item)
        row.verdict, row.evidence = _verdict(row, amounts, first.get(item), line in proposed)
        first.setdefault(item, line)
        rows.append(row)
    return rows


def _least(left, amount):
    """Of what is left, what a line takes."""
    if not left or (left > 0) != (amount > 0):
        return Decimal(0)
    return min(left, amount, key=abs)


def _verdict(row, amounts, before, proposed):
    line, item = row.line, row.item
    counts = amounts.get(item, Decimal(0))
    if item.draft:
        return "draft", ()
    if row.difference:
        if before:
            return "differs", ("twice", {"line": before.key})
        if not counts and item.settled:
            return "paid", ("settled", {"moves": list(item.settled)})
        if line.amount == item.full and item.settled:
            return "differs", ("partly", {"amount": item.full - counts, "moves": list(item.settled)})
        return "differs", ()
    if proposed:
        return "proposed", ("alike", {"days": _days(line, item)})
    if number_key(line.number) not in item.keys:
        return "agrees", ("alike", {"days": _days(line, item)})
    return "agrees", ()
