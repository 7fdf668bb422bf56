"""How far a document may be from what was agreed, and what happens within and beyond: for every engine that
compares (:mod:`.deviation` answers with orders, :mod:`.matching` invoices with orders and receipts).
"""

import datetime
import enum
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from .canonical.base import plain

#: what a policy rules about answers
ANSWER_DIMENSIONS = (
    "price",
    "quantity",
    "date",
    "split",
    "backorder",
    "rejected",
    "substituted",
    "added",
    "missing",
)
#: what a policy rules about invoices; their limits are explained in :mod:`.matching`
BILL_DIMENSIONS = ("price", "quantity", "receipt", "charges", "tax", "total", "unknown_line", "item")
_KNOWN = (*dict.fromkeys((*ANSWER_DIMENSIONS, *BILL_DIMENSIONS)),)


@functools.total_ordering
class Action(enum.Enum):
    """What happens to a deviation, in order of severity."""

    ACCEPT = "accept"
    NOTIFY = "notify"
    WAIT = "wait"
    """Something else has to come first; nobody is needed."""
    HOLD = "hold"
    REJECT = "reject"

    def __lt__(self, other: "Action") -> bool:
        return _SEVERITY[self] < _SEVERITY[other]


_SEVERITY = {action: severity for severity, action in enumerate(Action)}


@dataclass(frozen=True, slots=True)
class Rule:
    """What one dimension tolerates.

    A limit of ``None`` or 0 is not set. A deviation is *within* when every limit that is set is respected
    and at least one is set; a rule without limits tolerates nothing. The limits per dimension:

    - price: ``tolerance_percent`` of the asked price; ``tolerance_amount`` on the value of the line
      (difference per unit × asked quantity, in the order's currency). Up and down alike.
    - quantity: ``tolerance_percent`` of the asked quantity; ``tolerance_amount`` in the line's unit.
      Back-orders count as delivered. Up and down alike.
    - date: calendar days late and early; a direction whose limit is not set tolerates nothing.
    - split: days its deliveries may be late or early; both directions that occur must be within.
    - backorder: ``tolerance_percent`` and ``tolerance_amount`` of the quantity that follows later,
      ``tolerance_days_late`` of its date; without a date it is beyond a limit of days.
    - rejected, substituted, added, missing: no limits, always ``beyond``.
    """

    dimension: str
    tolerance_percent: Decimal | None = None
    tolerance_amount: Decimal | None = None
    tolerance_days_early: int | None = None
    tolerance_days_late: int | None = None
    within: Action = Action.ACCEPT
    beyond: Action = Action.HOLD

    def __post_init__(self):
        if self.dimension not in _KNOWN:
            raise ValueError(f"There is no dimension {self.dimension!r}; there are: {', '.join(_KNOWN)}")


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one route; a dimension without a rule is held.

    :raise ValueError: when two rules are for the same dimension.
    """

    rules: tuple[Rule, ...] = ()

    def __post_init__(self):
        if len({rule.dimension for rule in self.rules}) != len(self.rules):
            raise ValueError("A policy has at most one rule per dimension")

    def rule(self, dimension: str) -> Rule:
        """The rule for ``dimension``."""
        return next((rule for rule in self.rules if rule.dimension == dimension), None) or Rule(dimension)


@dataclass(frozen=True, slots=True)
class Deviation:
    """One difference between what was asked and what was answered.

    :param difference: answered minus asked: money per unit, quantity, or days (late is positive).
    :param percent: of what was asked, signed, to two decimals; ``None`` where there is no percentage.
    :param limit: the limits that applied, in plain words; empty when there are none.
    :param sentence: the whole deviation in plain words.
    """

    dimension: str
    asked: Decimal | datetime.date | str | None
    answered: Decimal | datetime.date | str | None
    action: Action
    sentence: str
    difference: Decimal | int | None = None
    percent: Decimal | None = None
    limit: str = ""
    within: bool = False

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "dimension": self.dimension,
            "asked": jsonable(self.asked),
            "answered": jsonable(self.answered),
            "difference": jsonable(self.difference),
            "percent": jsonable(self.percent),
            "limit": self.limit,
            "within": self.within,
            "action": self.action.value,
            "sentence": self.sentence,
        }


def limits_hold(
    limits: Iterable[tuple[Decimal | int | None, Fraction | int | None, str]],
) -> tuple[bool, str]:
    """Whether all limits that are set hold, and these limits in words."""
    found = [(limit, value, unit) for limit, value, unit in limits if limit]
    within = all(value is not None and abs(value) <= Fraction(limit) for limit, value, _unit in found)
    return bool(found) and within, " and ".join(
        f"{number_words(limit)} {unit}" for limit, _value, unit in found
    )


def worst(deviations: Iterable[Deviation]) -> Action:
    """The gravest action of all."""
    return max((deviation.action for deviation in deviations), default=Action.ACCEPT)


def limit_said(limit: str, within: bool) -> str:
    """The end of a sentence about a limit, empty without one."""
    if not limit:
        return ""
    return f", within the limit of {limit}" if within else f", limit {limit}"


def more_or_less(difference: Fraction, up: str, down: str) -> str:
    """``up`` for a difference above zero."""
    return up if difference > 0 else down


def percent_words(percent: Fraction) -> str:
    """A percentage without its sign."""
    rounded = abs(rounded_percent(percent))
    return f"{number_words(rounded)} %" if rounded else "less than 0.01 %"


def rounded_percent(percent: Fraction | None) -> Decimal | None:
    """To two decimals."""
    return None if percent is None else as_decimal(percent).quantize(Decimal("0.01"))


def as_decimal(value: Fraction) -> Decimal:
    """To twelve significant decimals; exact for everything that is a decimal."""
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return round(exact, 12).normalize() + 0


def number_words(value: Decimal | int | None) -> str:
    """Without trailing zeros and exponent."""
    if value is None:
        return "an unknown quantity"
    return plain(Decimal(value).normalize()) if value else "0"


def jsonable(value: Any) -> Any:
    """Decimals as text, days in ISO 8601."""
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, datetime.date) else value
