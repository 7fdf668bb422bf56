"""One line of an invoice that bills several order lines: how much of it is for which, to the last cent."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .tolerance import as_decimal

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Open:
    """What of an order line can still be billed (or, on a credit note, credited).

    :param left: in all; :param ready: of this, what nothing is waited for: received and not billed.
    """

    key: Hashable
    left: Fraction
    ready: Fraction = _ZERO


def share(quantity: Fraction, lines: Sequence[Open]) -> list[tuple[Hashable, Fraction]]:
    """Share a quantity out: what is ready first, then what is left, each in the given order. What is over
    stays with the last line that got something, where it is seen as too much.

    >>> share(Fraction(10), [Open("a", Fraction(6)), Open("b", Fraction(6), Fraction(6))])
    [('a', Fraction(4, 1)), ('b', Fraction(6, 1))]
    """
    given = dict.fromkeys((line.key for line in lines), _ZERO)
    for limit in (lambda line: min(line.ready, line.left), lambda line: line.left):
        for line in lines:
            part = min(quantity, limit(line) - given[line.key])
            if part > 0:
                given[line.key] += part
                quantity -= part
    used = [key for key, part in given.items() if part] or list(given)[:1]
    if quantity and used:
        given[used[-1]] += quantity
    return [(key, given[key]) for key in used]


def portions(amount: Decimal, quantities: Sequence[Fraction], *, decimals: int = 2) -> list[Decimal]:
    """An amount in proportion to quantities: each less than a cent from its exact part, together the amount.

    >>> portions(Decimal("10.00"), [Fraction(1)] * 3)
    [Decimal('3.34'), Decimal('3.33'), Decimal('3.33')]
    """
    cent = Decimal(1).scaleb(-decimals)
    total = sum(quantities, _ZERO)
    cents = Fraction(amount) / Fraction(cent)
    exact = [cents * quantity / total for quantity in quantities]
    whole = [part.__floor__() for part in exact]
    rest = cents - sum(whole)  # below one cent each; not whole when the amount itself is not
    first = sorted(range(len(exact)), key=lambda index: (whole[index] - exact[index], index))
    for index in first[: rest.__floor__()]:
        whole[index] += 1
    parts = [part * cent for part in whole]
    parts[first[0]] += as_decimal(rest - rest.__floor__()) * cent
    return parts
