"""What was asked and what was answered, in one comparable form.

A supplier may answer one line in many ways: by the header alone, in one line, in several lines, with part
deliveries, in another unit. :func:`answers` brings all of them into one :class:`Answer` per asked line,
with what was left unsaid filled in as asked, and names what cannot be compared.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from .canonical import Item, OrderLine, OrderResponse, OrderResponseLine, Period, Price, Quantity
from .canonical.order_response import ADDED, CHANGED, NOT_ACCEPTED

#: what an answer can be, the gravest first; an answer may be several at once
KINDS = ("rejected", "missing", "added", "substituted", "backorder", "split", "changed", "accepted")

#: ISO 4217 for no currency: the answer's format names none, so that of the order is meant
UNSAID_CURRENCY = "XXX"

#: how many asked units one answered unit is, by asked line and answered unit code
Factors = Mapping[tuple[str, str], Decimal]


@dataclass(frozen=True, slots=True)
class Asked:
    """One line as it was ordered.

    :param quantity: in ``unit``, a code of UN/ECE Recommendation 20.
    :param unit_price: net price of ``price_base`` units; ``None`` when no price was named.
    :param date: the day the goods are wanted; the last one of a span that starts on ``earliest_date``.
    :param item_ids: ``(kind, value)`` pairs as :attr:`Item.identifiers` gives them; name all codes the
        product is known by, so that an answer under another known code is not taken for another item.
    """

    line_id: str
    quantity: Decimal
    unit: str
    unit_price: Decimal | None = None
    currency: str | None = None
    date: datetime.date | None = None
    item_ids: frozenset[tuple[str, str]] = frozenset()
    price_base: Decimal = Decimal(1)
    earliest_date: datetime.date | None = None

    @property
    def days(self) -> tuple[datetime.date | None, datetime.date | None]:
        """The first and the last day the goods are wanted."""
        return self.earliest_date or self.date, self.date

    @classmethod
    def from_order_line(cls, line: OrderLine, currency: str | None = None) -> "Asked":
        """The line as the canonical order says it."""
        amount = line.price and line.price.price_amount
        period = line.requested_delivery_period
        return cls(
            line_id=line.id,
            quantity=line.quantity.value,
            unit=line.quantity.unit_code,
            unit_price=amount.value if amount else None,
            currency=amount.currency_id if amount else currency,
            date=period.latest if period else None,
            item_ids=frozenset(line.item.identifiers),
            price_base=line.price.base if line.price else Decimal(1),
            earliest_date=period.earliest if period else None,
        )


@dataclass(frozen=True, slots=True)
class AnsweredDelivery:
    """One part delivery: how much of the line, between which days (both included)."""

    quantity: Decimal
    earliest: datetime.date | None = None
    latest: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that keeps an answer from being compared; always held."""

    dimension: str
    asked: str | None
    answered: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one line, in the unit that was asked.

    :param kinds: all that apply, of :data:`KINDS`, the gravest first; the first one is ``kind``.
    :param quantity: what will come, back-orders not counted; ``None`` when it cannot be told in ``unit``.
    :param price: net price of ``price_base`` units; ``None`` when the answer names none.
    :param date: the last day of the last delivery; ``None`` when neither side named one.
    :param deliveries: at least one unless the quantity is 0 or unknown.
    :param lines: the response's lines this was read from; empty when the header alone answered.
    """

    kinds: tuple[str, ...]
    quantity: Decimal | None
    unit: str
    price: Decimal | None = None
    price_base: Decimal = Decimal(1)
    currency: str | None = None
    date: datetime.date | None = None
    deliveries: tuple[AnsweredDelivery, ...] = ()
    backorder_quantity: Decimal = Decimal(0)
    backorder_date: datetime.date | None = None
    item: Item | None = None
    substitute: Item | None = None
    reason_code: str | None = None
    note: tuple[str, ...] = ()
    lines: tuple[OrderResponseLine, ...] = ()
    obstacles: tuple[Obstacle, ...] = field(default=(), compare=False)

    @property
    def kind(self) -> str:
        """The gravest of ``kinds``."""
        return self.kinds[0]

    @property
    def total_quantity(self) -> Decimal | None:
        """What will come sooner or later, back-orders counted."""
        return None if self.quantity is None else self.quantity + self.backorder_quantity

    @property
    def dated(self) -> tuple[AnsweredDelivery, ...]:
        """The deliveries that name a day."""
        return tuple(delivery for delivery in self.deliveries if delivery.latest)


def answers(
    asked_lines: Sequence[Asked], response: OrderResponse, factors: Factors | None = None
) -> list[tuple[Asked | None, Answer | None]]:
    """Every asked line with its answer, then what the response says beyond them.

    An answer is ``None`` where the response, by its code AB, says nothing yet. Lines the response adds, or
    that refer to lines never asked, have ``None`` for the asked line.
    """
    by_reference: dict[str, list[OrderResponseLine]] = {}
    beyond: list[OrderResponseLine] = []
    known = {asked.line_id for asked in asked_lines}
    for line in response.order_lines:
        reference = line.order_line_reference
        if reference and reference.line_id in known and line.line_status_code != ADDED:
            by_reference.setdefault(reference.line_id, []).append(line)
        else:
            beyond.append(line)
    period = response.delivery and response.delivery.promised_delivery_period
    found: list[tuple[Asked | None, Answer | None]] = []
    for asked in asked_lines:
        lines = by_reference.get(asked.line_id)
        if lines:
            found.append((asked, _read(asked, lines, period, factors or {})))
        else:
            found.append((asked, _unsaid(asked, response, period)))
    return found + [(None, _beyond(line, period)) for line in beyond]


def _unsaid(asked: Asked, response: OrderResponse, period: Period | None) -> Answer | None:
    """The answer to a line the response does not mention: its header speaks for it."""
    code = response.order_response_code
    if code == "AB":
        return None
    if code == "RE":
        return Answer(("rejected",), Decimal(0), asked.unit, note=response.note)
    delivery = _delivery(asked.quantity, period, asked)
    answer = Answer((), asked.quantity, asked.unit, date=delivery.latest, deliveries=(delivery,))
    whole = code == "AP" or (period and not response.order_lines)
    return replace(answer, kinds=_kinds(asked, answer) if whole else ("missing",))


def _beyond(line: OrderResponseLine, period: Period | None) -> Answer:
    """A line nobody asked for."""
    unit = line.quantity.unit_code if line.quantity else ""
    quantity = line.quantity.value if line.quantity else None
    price = line.price
    period = line.promised_delivery_period or period
    kind, obstacles = "added", ()
    if line.line_status_code != ADDED:
        reference = line.order_line_reference.line_id
        sentence = f"The answer speaks of line {reference}, which the order does not have."
        kind, obstacles = "changed", (Obstacle("unknown_line", None, reference, sentence),)
    return Answer(
        (kind,),
        quantity,
        unit,
        price=price.price_amount.value if price else None,
        price_base=price.base if price else Decimal(1),
        currency=price.price_amount.currency_id if price else None,
        date=period.latest if period else None,
        item=line.item,
        substitute=line.seller_substituted_item,
        reason_code=line.reason_code,
        note=line.note,
        lines=(line,),
        obstacles=obstacles,
    )


class _Units:
    """Reads quantities of one line in the unit that was asked, and remembers those it could not read."""

    def __init__(self, asked: Asked, factors: Factors):
        self.asked, self.factors = asked, factors
        self.foreign: set[str] = set()

    def factor(self, unit: str) -> Decimal:
        if unit == self.asked.unit:
            return Decimal(1)
        factor = self.factors.get((self.asked.line_id, unit))
        if not factor:
            self.foreign.add(unit)
            return Decimal(1)
        return factor

    def read(self, quantity: Quantity) -> Decimal:
        return quantity.value * self.factor(quantity.unit_code)


def _read(
    asked: Asked, lines: Sequence[OrderResponseLine], header_period: Period | None, factors: Factors
) -> Answer:
    units = _Units(asked, factors)
    live = [line for line in lines if line.line_status_code != NOT_ACCEPTED]
    note = tuple(text for line in lines for text in line.note)
    reason = next((line.reason_code for line in lines if line.reason_code), None)
    common = {"note": note, "reason_code": reason, "lines": tuple(lines)}
    substitute = next((line.seller_substituted_item for line in lines if line.seller_substituted_item), None)
    if not live:
        kinds = ("rejected", "substituted") if substitute else ("rejected",)
        return Answer(kinds, Decimal(0), asked.unit, substitute=substitute, **common)

    deliveries: list[AnsweredDelivery] = []
    backorder, backorder_date = Decimal(0), None
    for line in live:
        if line.maximum_backorder_quantity:
            backorder += units.read(line.maximum_backorder_quantity)
            later = line.backorder_delivery_period
            backorder_date = max(filter(None, (backorder_date, later and later.latest)), default=None)
        period = line.promised_delivery_period or header_period
        if line.deliveries:
            whole = _quantity(line, asked, units)
            for part in line.deliveries:
                size = units.read(part.quantity) if part.quantity else whole
                deliveries.append(_delivery(size, part.promised_delivery_period or period, asked))
        else:
            deliveries.append(_delivery(_quantity(line, asked, units), period, asked))
    deliveries = [delivery for delivery in deliveries if delivery.quantity]
    price, price_obstacles = _price(asked, live, units)
    quantity = sum((delivery.quantity for delivery in deliveries), Decimal(0))
    answer = Answer(
        (),
        None if units.foreign else quantity,
        asked.unit,
        date=max((delivery.latest for delivery in deliveries if delivery.latest), default=asked.date),
        deliveries=tuple(deliveries),
        backorder_quantity=backorder,
        backorder_date=backorder_date,
        item=next((line.item for line in live if line.item), None),
        substitute=substitute,
        obstacles=(*_unit_obstacles(asked, units), *price_obstacles, *_repeated(asked, lines)),
        **price,
        **common,
    )
    answer = replace(answer, kinds=_kinds(asked, answer))
    return replace(answer, obstacles=(*answer.obstacles, *_unclear(answer)))


def _quantity(line: OrderResponseLine, asked: Asked, units: _Units) -> Decimal:
    """What the line confirms now; unsaid means all that was asked and is not back-ordered."""
    if line.quantity:
        return units.read(line.quantity)
    if line.maximum_backorder_quantity:
        return max(asked.quantity - units.read(line.maximum_backorder_quantity), Decimal(0))
    return asked.quantity


def _delivery(quantity: Decimal, period: Period | None, asked: Asked) -> AnsweredDelivery:
    if period is None:
        return AnsweredDelivery(quantity, *asked.days)
    return AnsweredDelivery(quantity, period.earliest, period.latest)


def _price(asked: Asked, live: Iterable[OrderResponseLine], units: _Units) -> tuple[dict, list[Obstacle]]:
    """The answered price for ``price_base`` asked units, and what keeps it from being compared."""
    priced = [(line.price, line.quantity) for line in live if line.price]
    if not priced:
        return {}, []
    price, quantity = priced[0]
    base = _price_base(price, quantity, asked, units)
    amount = price.price_amount
    obstacles = []
    for other, other_quantity in priced[1:]:
        other_base = _price_base(other, other_quantity, asked, units)
        same = unit_price(other.price_amount.value, other_base) == unit_price(amount.value, base)
        if not same or other.price_amount.currency_id != amount.currency_id:
            sentence = f"The line is answered with two prices, {amount} and {other.price_amount}."
            obstacles.append(Obstacle("answered_twice", None, str(other.price_amount), sentence))
            break
    currency = amount.currency_id
    if currency == UNSAID_CURRENCY:
        currency = asked.currency or currency
    if asked.currency and currency != asked.currency:
        sentence = f"The answered price is in {amount.currency_id}, the order in {asked.currency}."
        obstacles.append(Obstacle("currency", asked.currency, amount.currency_id, sentence))
    return {"price": amount.value, "price_base": base, "currency": currency}, obstacles


def _price_base(price: Price, quantity: Quantity | None, asked: Asked, units: _Units) -> Decimal:
    if price.base_quantity:
        return price.base * units.factor(price.base_quantity.unit_code)
    return units.factor(quantity.unit_code) if quantity else Decimal(1)


def _unit_obstacles(asked: Asked, units: _Units) -> list[Obstacle]:
    return [
        Obstacle(
            "unit",
            asked.unit,
            unit,
            f"The unit differs: the answer is in {unit}, the order in {asked.unit}, "
            "and nothing proves how they convert.",
        )
        for unit in sorted(units.foreign)
    ]


def _repeated(asked: Asked, lines: Sequence[OrderResponseLine]) -> list[Obstacle]:
    """Several lines may share the quantity of one asked line, but only if each names its part."""
    if len(lines) == 1:
        return []
    if all(line.quantity for line in lines) and not any(line.seller_substituted_item for line in lines):
        return []
    ids = " and ".join(line.id for line in lines)
    sentence = f"The line is answered {len(lines)} times (lines {ids} of the answer), not part by part."
    return [Obstacle("answered_twice", None, ids, sentence)]


def _unclear(answer: Answer) -> list[Obstacle]:
    """A line marked as changed whose change, if there is one, stands in words only."""
    marked = [line for line in answer.lines if line.line_status_code == CHANGED]
    if not marked or answer.kind != "accepted":
        return []
    words = spoken(answer)
    if words:
        sentence = f"The line is marked as changed, but only in words: {words}"
    elif all(
        line.quantity or line.price or line.promised_delivery_period or line.deliveries for line in marked
    ):
        return []  # what it names is what was asked
    else:
        sentence = "The line is marked as changed, but does not say what changed."
    return [Obstacle("unclear", None, words or None, sentence)]


def spoken(answer: Answer) -> str:
    """The reason and the notes of an answer, as one text."""
    return " ".join([*([f"reason {answer.reason_code}"] if answer.reason_code else []), *answer.note])


def _kinds(asked: Asked, answer: Answer) -> tuple[str, ...]:
    kinds = set()
    days = {(delivery.earliest, delivery.latest) for delivery in answer.deliveries}
    moved = asked.date and any(
        earliest and latest and (earliest < asked.days[0] or latest > asked.date) for earliest, latest in days
    )
    total = answer.total_quantity
    if total is not None and not total:
        kinds.add("rejected")
    if answer.substitute or not same_item(asked, answer.item):
        kinds.add("substituted")
    if answer.backorder_quantity:
        kinds.add("backorder")
    if len(days) > 1:
        kinds.add("split")
    if total != asked.quantity or price_differs(asked, answer) or moved:
        kinds.add("changed")
    return tuple(kind for kind in KINDS if kind in kinds) or ("accepted",)


def same_item(asked: Asked, item: Item | None) -> bool:
    """Whether nothing says that ``item`` is another product than the one asked for.

    One identifier in common proves it is the same; without a kind of identifier that both sides name,
    the reference to the line counts.
    """
    if item is None:
        return True
    answered = set(item.identifiers)
    if answered & asked.item_ids:
        return True
    return not {kind for kind, _value in answered} & {kind for kind, _value in asked.item_ids}


def price_differs(asked: Asked, answer: Answer) -> bool:
    """Whether the answer names another price, compared exactly, per unit."""
    if answer.price is None:
        return False
    if asked.unit_price is None or (asked.currency and answer.currency != asked.currency):
        return True
    if answer.price_base == asked.price_base:
        return answer.price != asked.unit_price
    return unit_price(answer.price, answer.price_base) != unit_price(asked.unit_price, asked.price_base)


def unit_price(price: Decimal, base: Decimal) -> Fraction:
    """The exact price of one unit."""
    return Fraction(price) if base == 1 else Fraction(price) / Fraction(base)
