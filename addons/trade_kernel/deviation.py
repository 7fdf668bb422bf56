"""The one deviation engine: what an answer changes, and what the policy says about it.

The same rules decide for every format and channel. The engine is pure: it neither converts units (the
caller proves the factors) nor touches records. When several rules apply, the strictest one wins.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .answer import Answer, AnsweredDelivery, Asked, Factors, answers, price_differs, spoken, unit_price
from .canonical import Item, OrderResponse
from .canonical.base import plain
from .tolerance import (
    ANSWER_DIMENSIONS,
    Action,
    Deviation,
    Policy,
    Rule,
    as_decimal,
    limit_said,
    limits_hold,
    more_or_less,
    number_words,
    percent_words,
    rounded_percent,
    worst,
)

__all__ = [
    "ALWAYS_HELD",
    "DIMENSIONS",
    "Action",
    "Answer",
    "AnsweredDelivery",
    "Asked",
    "Assessment",
    "Deviation",
    "LineAssessment",
    "Policy",
    "Rule",
    "default_policy",
    "evaluate",
]

#: what a policy rules
DIMENSIONS = ANSWER_DIMENSIONS
#: what no policy can allow, because it cannot be compared or contradicts itself
ALWAYS_HELD = ("unit", "currency", "header", "unknown_line", "unclear", "answered_twice")


def default_policy() -> Policy:
    """Careful: money and goods need a person, a small shift of the date does not."""
    return Policy(
        (
            Rule("date", tolerance_days_early=3, tolerance_days_late=2, within=Action.NOTIFY),
            Rule("split", tolerance_days_early=3, tolerance_days_late=2, within=Action.NOTIFY),
            *(Rule(name) for name in DIMENSIONS if name not in ("date", "split")),
        )
    )


@dataclass(frozen=True, slots=True)
class LineAssessment:
    """One line: what was asked, what was answered, how they differ.

    ``asked`` is ``None`` for a line the answer adds or invents, ``answer`` when nothing was said yet.
    """

    asked: Asked | None
    answer: Answer | None
    deviations: tuple[Deviation, ...] = ()
    action: Action = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "action", worst(self.deviations))


@dataclass(frozen=True, slots=True)
class Assessment:
    """The whole answer: its lines, what its header contradicts, and the strictest action of all."""

    lines: tuple[LineAssessment, ...]
    header: tuple[Deviation, ...] = ()
    action: Action = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "action", worst(self.deviations))

    @property
    def deviations(self) -> tuple[Deviation, ...]:
        """All deviations, the header's first."""
        return self.header + tuple(deviation for line in self.lines for deviation in line.deviations)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able: the action, the header's deviations, and each line's by its id."""
        return {
            "action": self.action.value,
            "header": [deviation.as_dict() for deviation in self.header],
            "lines": [
                {
                    "line_id": line.asked and line.asked.line_id,
                    "kinds": list(line.answer.kinds) if line.answer else [],
                    "action": line.action.value,
                    "deviations": [deviation.as_dict() for deviation in line.deviations],
                }
                for line in self.lines
            ],
        }

    @property
    def summary(self) -> str:
        """The gravest deviations in one text; empty when nothing deviates."""
        grave = [part.sentence for part in self.deviations if part.action == self.action]
        more = f" And {len(grave) - 3} more." if len(grave) > 3 else ""
        return " ".join(grave[:3]) + more


def evaluate(
    policy: Policy, asked_lines: Sequence[Asked], response: OrderResponse, factors: Factors | None = None
) -> Assessment:
    """Compare ``response`` with what was asked and let ``policy`` decide.

    :param factors: how many asked units one answered unit is, by ``(asked line id, answered unit code)``;
        only for units whose conversion is proven. Any other unit is held.
    """
    lines = tuple(
        LineAssessment(asked, answer, tuple(_line_deviations(policy, asked, answer)))
        for asked, answer in answers(asked_lines, response, factors)
    )
    return Assessment(lines, tuple(_header_deviations(response, lines)))


def _line_deviations(policy: Policy, asked: Asked | None, answer: Answer | None) -> Iterable[Deviation]:
    if answer is None:
        return
    for obstacle in answer.obstacles:
        yield Deviation(obstacle.dimension, obstacle.asked, obstacle.answered, Action.HOLD, obstacle.sentence)
    if asked is None:
        if answer.kind == "added":
            item = _item_words(answer.item)
            words = f"The supplier added {number_words(answer.quantity)} {answer.unit} of {item}."
            yield _flat(policy, "added", None, item, words)
        return
    if answer.kind == "missing":
        yield _flat(policy, "missing", None, None, "The answer says nothing about this line.")
        return
    if "substituted" in answer.kinds:
        yield _substituted(policy, asked, answer)
    if answer.kind == "rejected":
        words = spoken(answer)
        sentence = f"The line is rejected: {words}" if words else "The line is rejected, no reason is given."
        yield _flat(policy, "rejected", asked.quantity, Decimal(0), sentence)
        return
    comparable = {obstacle.dimension for obstacle in answer.obstacles}.isdisjoint(("unit", "currency"))
    if comparable and price_differs(asked, answer):
        yield _price(policy, asked, answer)
    if answer.quantity is not None:
        yield from _quantity(policy, asked, answer)
        if answer.backorder_quantity:
            yield _backorder(policy, asked, answer)
    if "split" in answer.kinds:
        yield _split(policy, asked, answer)
    yield from _dates(policy.rule("date"), asked, answer.dated)


def _flat(policy: Policy, dimension: str, asked, answered, sentence: str) -> Deviation:
    return Deviation(dimension, asked, answered, policy.rule(dimension).beyond, sentence)


def _substituted(policy: Policy, asked: Asked, answer: Answer) -> Deviation:
    item = answer.substitute or answer.item
    ordered = ", ".join(f"{kind} {value}" for kind, value in sorted(asked.item_ids)) or None
    instead = f" instead of {ordered}" if ordered else ""
    sentence = f"Another item is offered: {_item_words(item)}{instead}."
    return _flat(policy, "substituted", ordered, _item_words(item), sentence)


def _price(policy: Policy, asked: Asked, answer: Answer) -> Deviation:
    answered_words = _price_words(answer.price, answer.price_base, answer.currency)
    if asked.unit_price is None:
        sentence = f"The answer names a price, {answered_words}; none was asked."
        return _flat(policy, "price", None, answer.price, sentence)
    rule = policy.rule("price")
    before = unit_price(asked.unit_price, asked.price_base)
    difference = unit_price(answer.price, answer.price_base) - before
    percent = difference / before * 100 if before else None
    currency = answer.currency or asked.currency or ""
    limits = [
        (rule.tolerance_percent, percent, "%"),
        (rule.tolerance_amount, difference * Fraction(asked.quantity), f"{currency} on the line".strip()),
    ]
    within, limit = limits_hold(limits)
    share = "changed"
    if percent is not None:
        share = f"{percent_words(percent)} {more_or_less(difference, 'above', 'below')} the order"
    asked_words = _price_words(asked.unit_price, asked.price_base, asked.currency)
    return Deviation(
        "price",
        asked.unit_price,
        answer.price,
        rule.within if within else rule.beyond,
        f"Price {share}, {answered_words} instead of {asked_words}{limit_said(limit, within)}.",
        as_decimal(difference),
        rounded_percent(percent),
        limit,
        within,
    )


def _quantity(policy: Policy, asked: Asked, answer: Answer) -> Iterable[Deviation]:
    difference = Fraction(answer.total_quantity) - Fraction(asked.quantity)
    if not difference:
        return
    rule = policy.rule("quantity")
    percent = difference / Fraction(asked.quantity) * 100 if asked.quantity else None
    limits = [(rule.tolerance_percent, percent, "%"), (rule.tolerance_amount, difference, asked.unit)]
    within, limit = limits_hold(limits)
    share = (
        f": {percent_words(percent)} {more_or_less(difference, 'more', 'less')}"
        if percent is not None
        else ""
    )
    total = f"{number_words(answer.total_quantity)} instead of {number_words(asked.quantity)} {asked.unit}"
    yield Deviation(
        "quantity",
        asked.quantity,
        answer.total_quantity,
        rule.within if within else rule.beyond,
        f"Quantity {total}{share}{limit_said(limit, within)}.",
        as_decimal(difference),
        rounded_percent(percent),
        limit,
        within,
    )


def _backorder(policy: Policy, asked: Asked, answer: Answer) -> Deviation:
    rule = policy.rule("backorder")
    later = Fraction(answer.backorder_quantity)
    percent = later / Fraction(asked.quantity) * 100 if asked.quantity else None
    days = (answer.backorder_date - asked.date).days if answer.backorder_date and asked.date else None
    limits = [
        (rule.tolerance_percent, percent, "%"),
        (rule.tolerance_amount, later, asked.unit),
        (rule.tolerance_days_late, days if days is None else max(days, 0), "days late"),
    ]
    within, limit = limits_hold(limits)
    when = f"expected on {answer.backorder_date}" if answer.backorder_date else "without a date"
    part = f"{number_words(answer.backorder_quantity)} of {number_words(asked.quantity)} {asked.unit}"
    return Deviation(
        "backorder",
        asked.date,
        answer.backorder_date,
        rule.within if within else rule.beyond,
        f"Back-order: {part} will follow later, {when}{limit_said(limit, within)}.",
        answer.backorder_quantity,
        rounded_percent(percent),
        limit,
        within,
    )


def _split(policy: Policy, asked: Asked, answer: Answer) -> Deviation:
    rule = policy.rule("split")
    shifts = list(_shifts(rule, asked, answer.dated))
    limits = [limit for limit, _days, _late in shifts if limit]
    known = bool(asked.date) and len(answer.dated) == len(answer.deliveries)
    ruled = bool(rule.tolerance_days_late or rule.tolerance_days_early)
    within = known and ruled and all(limit and abs(days) <= limit for limit, days, _late in shifts)
    words = ", ".join(f"{number_words(part.quantity)} {_day_words(part)}" for part in answer.deliveries)
    limit = ", ".join(_days_words(limit, late) for limit, _days, late in shifts if limit) if limits else ""
    return Deviation(
        "split",
        asked.date,
        answer.date,
        rule.within if within else rule.beyond,
        f"Delivered in {len(answer.deliveries)} parts: {words}{limit_said(limit, within)}.",
        None,
        None,
        limit,
        within,
    )


def _dates(rule: Rule, asked: Asked, deliveries: Sequence[AnsweredDelivery]) -> Iterable[Deviation]:
    for limit, days, late in _shifts(rule, asked, deliveries):
        within = bool(limit) and abs(days) <= limit
        limit_words = _days_words(limit, late) if limit else ""
        wanted = asked.date if late else asked.days[0]
        answered = wanted + datetime.timedelta(days)
        shift = f"{answered} instead of {wanted}: {_days_words(abs(days), late)}"
        yield Deviation(
            "date",
            wanted,
            answered,
            rule.within if within else rule.beyond,
            f"Delivery {shift}{limit_said(limit_words, within)}.",
            days,
            None,
            limit_words,
            within,
        )


def _shifts(
    rule: Rule, asked: Asked, deliveries: Sequence[AnsweredDelivery]
) -> Iterable[tuple[int | None, int, bool]]:
    """The limit and the signed days of the latest delivery if late, of the earliest one if early."""
    if not asked.date or not deliveries:
        return
    late = (max(part.latest for part in deliveries) - asked.date).days
    early = (min(part.earliest for part in deliveries) - asked.days[0]).days
    if late > 0:
        yield rule.tolerance_days_late, late, True
    if early < 0:
        yield rule.tolerance_days_early, early, False


def _header_deviations(response: OrderResponse, lines: Sequence[LineAssessment]) -> Iterable[Deviation]:
    """Where the header and the lines of the answer contradict each other."""
    code = response.order_response_code
    said = [line for line in lines if line.answer and line.answer.lines]

    def names(found):
        return ", ".join(line.asked.line_id if line.asked else line.answer.lines[0].id for line in found)

    def held(asked: str, found, words: str):
        sentence = f"The header {asked}, but {words} {names(found)}."
        return Deviation("header", code, names(found), Action.HOLD, sentence)

    changed = [line for line in lines if line.answer and line.answer.lines and _differs(line)]
    beyond = [line for line in changed if line.answer.obstacles or not _is_within(line)]
    if code == "AP" and beyond:
        yield held("accepts the whole order", beyond, "something else is said of line")
    elif code == "AB" and changed:
        yield held("only confirms receipt", changed, "there already is an answer for line")
    elif code == "RE":
        alive = [line for line in said if line.answer.kind != "rejected"]
        if alive:
            yield held("rejects the whole order", alive, "not line")
    elif code == "CA" and lines and not any(line.deviations for line in lines):
        words = " ".join(["The header says accepted with changes, but no line differs.", *response.note])
        yield Deviation("header", code, None, Action.NOTIFY, words)


def _is_within(line: LineAssessment) -> bool:
    """Whether the limits agree with who calls it accepted, as many do with a day that is a little later."""
    return all(deviation.within for deviation in line.deviations)


def _differs(line: LineAssessment) -> bool:
    return line.answer.kind != "accepted" or bool(line.answer.obstacles)


def _days_words(days: int, late: bool) -> str:
    return f"{days} day{'' if days == 1 else 's'} {'late' if late else 'early'}"


def _day_words(part: AnsweredDelivery) -> str:
    return f"on {part.latest}" if part.latest else "without a date"


def _item_words(item: Item | None) -> str:
    if item is None:
        return "an unnamed item"
    codes = ", ".join(f"{kind} {value}" for kind, value in item.identifiers)
    return f"{item.name} ({codes})" if item.name and codes else item.name or codes


def _price_words(price: Decimal, base: Decimal, currency: str | None) -> str:
    per = f" per {number_words(base)}" if base != 1 else ""
    return f"{plain(price)} {currency or ''}".strip() + per
