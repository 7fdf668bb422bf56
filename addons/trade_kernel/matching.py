"""The three-way match: what an invoice bills beside what was ordered, received and billed before.

Pure: the caller finds the order lines and proves the units; everything here is in the units of the order.
What differs is a :class:`~.tolerance.Deviation` with its arithmetic in words, and the policy of the line says
what happens. The limits per dimension:

- price: ``tolerance_percent`` of the agreed price; ``tolerance_amount`` on the value of the line. A lower
  price is in our favour and only noted.
- quantity: what is billed beyond what was ordered, in percent of what was ordered, or in the line's unit.
- receipt: what is billed beyond what was received, likewise. Waits while more is expected.
- charges: freight and others nobody agreed, in percent of the goods, or in money. Discounts are only noted.
- tax: the difference in money, or in percent of the tax that was expected.
- total: figures that do not add up; the difference in money. Nothing is tolerated unless it is said.
- unknown_line, item: no limits, always ``beyond``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .invoice_sums import Sum
from .proof import number
from .tolerance import (
    Action,
    Deviation,
    Policy,
    Rule,
    as_decimal,
    limit_said,
    limits_hold,
    more_or_less,
    percent_words,
    rounded_percent,
    worst,
)

#: what no policy can allow, because it cannot be compared
ALWAYS_HELD = ("currency", "bank", "duplicate", "order", "self_billing")
_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Ordered:
    """What an order line stands at, in its own unit.

    :param label: how people call the line: ``P00012 line 1``.
    :param unit: what people call its unit.
    :param price: agreed net price of one unit; :param billed_price: what one unit was billed at so far.
    :param billed: by bills before this document, credit notes taken off.
    :param rates: of its taxes in percent; ``None`` when they are no percentages.
    :param on_receipt: what was received is to be paid, not what was ordered.
    :param expecting: more may still be received.
    """

    label: str
    unit: str
    quantity: Fraction
    price: Fraction
    received: Fraction = _ZERO
    billed: Fraction = _ZERO
    billed_price: Fraction | None = None
    rates: tuple[Fraction, ...] | None = None
    on_receipt: bool = True
    expecting: bool = True


@dataclass(frozen=True, slots=True)
class Billed:
    """A line of the invoice in the unit of its order line.

    :param key: the order line's, as the caller numbers them; ``None``: it is on no order we know.
    :param amount: net, with the line's allowances and charges.
    :param rates: of its taxes in percent; ``None`` when the line names none.
    :param other: the item that is billed, when it is not the ordered one.
    :param charge: freight or another service nobody ordered.
    :param exact: the amount before it was rounded, when this is a part of a line; all parts have its id.
    """

    id: str
    key: object | None
    quantity: Fraction
    amount: Decimal
    item: str = ""
    rates: tuple[Fraction, ...] | None = None
    other: str = ""
    charge: bool = False
    exact: Fraction | None = None

    @property
    def value(self) -> Fraction:
        """What prices are compared with: a part's rounding is nobody's price."""
        return Fraction(self.amount) if self.exact is None else self.exact


@dataclass(frozen=True, slots=True)
class Charge:
    """Something on the whole document: freight, a discount (below zero)."""

    name: str
    amount: Decimal
    rates: tuple[Fraction, ...] | None = None


@dataclass(frozen=True, slots=True)
class LineMatch:
    """One line of the invoice beside its order line.

    :param before: what was billed before this line, lines of the same document included.
    :param is_price: a credit note's line that only takes back too high a price; the quantity stays billed.
    """

    billed: Billed
    ordered: Ordered | None
    before: Fraction
    deviations: tuple[Deviation, ...]
    arithmetic: str
    is_price: bool = False
    action: Action = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "action", worst(self.deviations))


@dataclass(frozen=True, slots=True)
class Match:
    """The whole document; ``header`` is what concerns no single line."""

    lines: tuple[LineMatch, ...]
    header: tuple[Deviation, ...]
    action: Action = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "action", worst(self.deviations))

    @property
    def deviations(self) -> tuple[Deviation, ...]:
        """All deviations, the header's first."""
        return self.header + tuple(one for line in self.lines for one in line.deviations)


def careful() -> Policy:
    """Nothing is tolerated; what was not received yet waits for it."""
    return Policy((Rule("receipt", beyond=Action.WAIT),))


class Matcher:
    """Compares the documents of one currency.

    :param policy: the rules for an order line by its key, or for the whole document (``None``).
    """

    def __init__(
        self, policy: Callable[[object | None], Policy], currency: str, *, decimals: int = 2, credit=False
    ):
        self.policy, self.currency, self.decimals, self.credit = policy, currency, decimals, credit

    def match(
        self,
        ordered: dict[object, Ordered],
        lines: Sequence[Billed],
        charges: Sequence[Charge] = (),
        wrong: Sequence[Sum] = (),
        tax: Decimal | None = None,
        known: Sequence[Deviation] = (),
    ) -> Match:
        """
        :param wrong: figures that do not add up
        :param tax: what the document charges; ``None`` when it does not say
        :param known: what the caller found out: another currency, another bank account, …
        """
        matches, billed = [], {key: one.billed for key, one in ordered.items()}
        for line in lines:
            one = ordered.get(line.key)
            before = billed.get(line.key, _ZERO)
            match = self._line(line, one, before)
            if one and not match.is_price:
                billed[line.key] = before + (-line.quantity if self.credit else line.quantity)
            matches.append(match)
        header = [*known, *self._wrong(wrong)]
        header += self._charges(matches, charges)
        header += self._tax(matches, charges, tax)
        return Match(tuple(matches), tuple(header))

    # -- one line ---------------------------------------------------------------------------------

    def _line(self, line: Billed, ordered: Ordered | None, before: Fraction) -> LineMatch:
        if ordered is None:
            words = f"{line.item} is on none of the orders: {self._money(line.amount)}."
            found = [] if line.charge else [self._flat("unknown_line", line.key, line.item, words)]
            return LineMatch(line, None, before, tuple(found), "")
        found, is_price = [], False
        if line.other:
            words = f"{line.other} is billed, {line.item} was ordered on {ordered.label}."
            found.append(self._flat("item", line.key, line.other, words))
        if self.credit:
            is_price = self._takes_back_price(line, ordered)
            found += self._credit_price(line, ordered, is_price)
            found += [] if is_price else self._credit_quantity(line, ordered, before)
        else:
            found += self._price(line, ordered)
            found += self._quantity(line, ordered, before)
            found += self._receipt(line, ordered, before)
        found += self._rates(line, ordered)
        return LineMatch(line, ordered, before, tuple(found), self._arithmetic(line, ordered), is_price)

    def _flat(self, dimension: str, key, billed: str, sentence: str) -> Deviation:
        return Deviation(dimension, None, billed, self.policy(key).rule(dimension).beyond, sentence)

    def _arithmetic(self, line: Billed, ordered: Ordered) -> str:
        """``12 × 10.50 = 126.00 EUR billed, 12 × 10.00 = 120.00 EUR agreed``"""
        agreed = self._round(line.quantity * ordered.price)
        return (
            f"{self._times(line.quantity, _each(line))} = {self._money(line.amount)} billed,"
            f" {self._times(line.quantity, ordered.price)} = {self._money(agreed)} agreed"
        )

    def _price(self, line: Billed, ordered: Ordered) -> Iterable[Deviation]:
        exact = line.quantity * ordered.price
        if abs(line.value - exact) <= self._half:
            return
        difference = Fraction(line.amount) - Fraction(self._round(exact))
        percent = difference / exact * 100 if exact else None
        agreed, billed = as_decimal(ordered.price), as_decimal(_each(line))
        rule = self.policy(line.key).rule("price")
        limits = [
            (rule.tolerance_percent, percent, "%"),
            (rule.tolerance_amount, difference, f"{self.currency} on the line"),
        ]
        within, limit = limits_hold(limits)
        action = rule.within if within else rule.beyond
        if difference < 0:
            action, within = min(action, Action.NOTIFY), True
        share = f" ({percent_words(percent)})" if percent is not None else ""
        words = (
            f"{self._arithmetic(line, ordered)}: {self._money(abs(as_decimal(difference)))}{share}"
            f" {more_or_less(difference, 'more', 'less')}"
        )
        yield Deviation(
            "price", agreed, billed, action, words + limit_said(limit, within) + ".",
            as_decimal(difference), rounded_percent(percent), limit, within,
        )  # fmt: skip

    def _quantity(self, line: Billed, ordered: Ordered, before: Fraction) -> Iterable[Deviation]:
        excess = min(before + line.quantity - ordered.quantity, line.quantity)
        if line.quantity > 0 and excess > 0:
            words = f"{self._so_far(line, ordered, before)}, {_count(ordered.quantity, ordered.unit)} ordered"
            yield self._beyond("quantity", line, ordered, ordered.quantity, excess, words, "too many")

    def _receipt(self, line: Billed, ordered: Ordered, before: Fraction) -> Iterable[Deviation]:
        excess = min(before + line.quantity - ordered.received, line.quantity)
        if not (ordered.on_receipt and line.quantity > 0 and excess > 0):
            return
        words = f"{self._so_far(line, ordered, before)}, {_count(ordered.received, ordered.unit)} received"
        found = self._beyond("receipt", line, ordered, ordered.received, excess, words, "not received")
        if found.action is Action.WAIT and not ordered.expecting:
            ending = found.sentence.removesuffix(".") + ", and no more is expected."
            found = replace(found, action=Action.HOLD, sentence=ending)
        yield found

    def _beyond(self, dimension, line, ordered, allowed, excess, words, called) -> Deviation:
        rule = self.policy(line.key).rule(dimension)
        percent = excess / ordered.quantity * 100 if ordered.quantity else None
        limits = [(rule.tolerance_percent, percent, "%"), (rule.tolerance_amount, excess, ordered.unit)]
        within, limit = limits_hold(limits)
        worth = self._round(excess * _each(line))
        return Deviation(
            dimension,
            as_decimal(allowed),
            as_decimal(line.quantity),
            rule.within if within else rule.beyond,
            f"{words}: {_count(excess, ordered.unit)} {called}, worth {self._money(worth)}"
            f"{limit_said(limit, within)}.",
            as_decimal(excess),
            rounded_percent(percent),
            limit,
            within,
        )

    def _so_far(self, line: Billed, ordered: Ordered, before: Fraction) -> str:
        now = _count(line.quantity, ordered.unit)
        if not before:
            return f"{now} billed"
        total = _count(before + line.quantity, ordered.unit)
        return f"{_short(before)} billed before + {_short(line.quantity)} = {total}"

    # -- credit notes -----------------------------------------------------------------------------

    def _takes_back_price(self, line: Billed, ordered: Ordered) -> bool:
        """Whether no more is credited than was billed above the agreed price."""
        if ordered.billed_price is None or ordered.billed_price <= ordered.price or not line.quantity:
            return False
        above = line.quantity * (ordered.billed_price - ordered.price)
        return line.value <= above + self._half

    def _credit_price(self, line: Billed, ordered: Ordered, is_price: bool) -> Iterable[Deviation]:
        billed = ordered.price if ordered.billed_price is None else ordered.billed_price
        due = line.quantity * (billed - ordered.price if is_price else billed)
        difference = Fraction(line.amount) - Fraction(self._round(due))
        if abs(line.value - due) <= self._half:
            return
        rule = self.policy(line.key).rule("price")
        percent = difference / due * 100 if due else None
        limits = [
            (rule.tolerance_percent, percent, "%"),
            (rule.tolerance_amount, difference, f"{self.currency} on the line"),
        ]
        within, limit = limits_hold(limits)
        action = rule.within if within else rule.beyond
        if difference > 0:
            action, within = min(action, Action.NOTIFY), True
        why = "billed above the agreed price" if is_price else "billed"
        each = billed - ordered.price if is_price else billed
        words = (
            f"{self._times(line.quantity, _each(line))} = {self._money(line.amount)} credited,"
            f" {self._times(line.quantity, each)} = {self._money(self._round(due))} {why}:"
            f" {self._money(abs(as_decimal(difference)))} {more_or_less(difference, 'more', 'less')}"
        )
        sentence = words + limit_said(limit, within) + "."
        yield Deviation(
            "price", as_decimal(each), as_decimal(_each(line)), action, sentence,
            as_decimal(difference), rounded_percent(percent), limit, within,
        )  # fmt: skip

    def _credit_quantity(self, line: Billed, ordered: Ordered, before: Fraction) -> Iterable[Deviation]:
        excess = line.quantity - max(before, _ZERO)
        if line.quantity > 0 and excess > 0:
            words = f"{_count(line.quantity, ordered.unit)} credited, {_count(before, ordered.unit)} billed"
            yield self._beyond("quantity", line, ordered, before, excess, words, "too many")

    # -- the document -----------------------------------------------------------------------------

    def _rates(self, line: Billed, ordered: Ordered) -> Iterable[Deviation]:
        if line.rates is None or ordered.rates is None:
            return
        said, agreed = sorted(filter(None, line.rates)), sorted(filter(None, ordered.rates))
        if said == agreed:
            return
        difference = self._round(Fraction(line.amount) * (sum(said) - sum(agreed)) / 100)
        expected = self._round(Fraction(line.amount) * sum(agreed) / 100)
        words = (
            f"{_rates_words(said)} billed, {_rates_words(agreed)} on {ordered.label}:"
            f" of {self._money(line.amount)} that is"
        )
        yield self._tax_deviation(line.key, expected, expected + difference, words)

    def _tax(self, matches, charges, tax) -> Iterable[Deviation]:
        """The tax of the document beside what our rates make, unless a line has another rate anyway."""
        if tax is None or any(one.dimension == "tax" for match in matches for one in match.deviations):
            return
        bases: dict[Fraction, Fraction] = {}
        lines: dict[tuple[object, Fraction], Fraction] = {}  # parts of one line are rounded together
        for part, amount, rates in self._taxed(matches, charges):
            if rates is None:
                return
            for rate in rates:
                bases[rate] = bases.get(rate, _ZERO) + Fraction(amount)
                lines[part, rate] = lines.get((part, rate), _ZERO) + Fraction(amount)
        by_line = sum((Fraction(self._round(base * rate / 100)) for (_, rate), base in lines.items()), _ZERO)
        exact = sum((base * rate / 100 for rate, base in bases.items()), _ZERO)
        # Whether a half is rounded up or to even is the partner's choice, once for every rate.
        slack = self._half * sum(1 for rate in bases if rate)
        if abs(exact - Fraction(tax)) <= slack or tax == self._round(by_line):
            return
        expected = self._round(exact)
        parts = " + ".join(
            f"{number(rate)} % of {self._money(self._round(base))}" for rate, base in bases.items() if rate
        )
        words = f"{parts or 'No tax'} is {self._money(expected)}, the document says {self._money(tax)}:"
        yield self._tax_deviation(None, expected, tax, words)

    def _taxed(self, matches, charges):
        for match in matches:
            ours = match.ordered.rates if match.ordered else match.billed.rates
            yield match.billed.id, match.billed.amount, match.billed.rates if ours is None else ours
        for number_, charge in enumerate(charges):
            yield number_, charge.amount, charge.rates

    def _tax_deviation(self, key, expected: Decimal, said: Decimal, words: str) -> Deviation:
        rule, difference = self.policy(key).rule("tax"), said - expected
        percent = Fraction(difference) / Fraction(expected) * 100 if expected else None
        limits = [(rule.tolerance_percent, percent, "%"), (rule.tolerance_amount, difference, self.currency)]
        within, limit = limits_hold(limits)
        return Deviation(
            "tax",
            expected,
            said,
            rule.within if within else rule.beyond,
            f"{words} {self._money(abs(difference))} {more_or_less(difference, 'more', 'less')}"
            f"{limit_said(limit, within)}.",
            difference,
            rounded_percent(percent),
            limit,
            within,
        )

    def _charges(self, matches, charges) -> Iterable[Deviation]:
        extra = [Charge(m.billed.item, m.billed.amount) for m in matches if m.billed.charge and not m.ordered]
        parts = [*extra, *charges]
        if not parts:
            return
        goods = sum((m.billed.amount for m in matches if m.ordered), Decimal(0))
        total = sum((part.amount for part in parts), Decimal(0))
        rule = self.policy(None).rule("charges")
        percent = Fraction(total) / Fraction(goods) * 100 if goods else None
        limits = [
            (rule.tolerance_percent, percent, "% of the goods"),
            (rule.tolerance_amount, total, self.currency),
        ]
        within, limit = limits_hold(limits)
        action = rule.within if within else rule.beyond
        if (total > 0) is self.credit or not total:  # in our favour
            action, within = min(action, Action.NOTIFY), True
        named = ", ".join(f"{part.name} {self._money(part.amount)}" for part in parts)
        words = f"Nobody agreed: {named}{limit_said(limit, within)}."
        yield Deviation(
            "charges", Decimal(0), total, action, words, total, rounded_percent(percent), limit, within
        )

    def _wrong(self, wrong: Sequence[Sum]) -> Iterable[Deviation]:
        rule = self.policy(None).rule("total")
        for one in wrong:
            within, limit = limits_hold([(rule.tolerance_amount, one.difference, self.currency)])
            yield Deviation(
                "total", one.expected, one.said, rule.within if within else rule.beyond,
                one.words + limit_said(limit, within) + ".", one.difference, None, limit, within,
            )  # fmt: skip

    # -- numbers ----------------------------------------------------------------------------------

    @property
    def _half(self) -> Fraction:
        return Fraction(1, 2 * 10**self.decimals)

    def _round(self, value: Fraction) -> Decimal:
        return as_decimal(Fraction(value)).quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)

    def _money(self, value: Decimal) -> str:
        return f"{self._round(Fraction(value)):f} {self.currency}"

    def _times(self, quantity: Fraction, price: Fraction) -> str:
        return f"{_short(quantity)} × {_price(price, self.decimals)}"


def _each(line: Billed) -> Fraction:
    """What one unit is billed at, net of everything on the line."""
    return Fraction(line.amount) / line.quantity if line.quantity else Fraction(line.amount)


def _count(value: Fraction, unit: str) -> str:
    return f"{_short(value)} {unit}"


def _short(value: Fraction) -> str:
    """Exactly when that has an end, else to six decimals."""
    text = number(value)
    return text if "/" not in text else f"{float(value):.6f}".rstrip("0")


def _price(value: Fraction, decimals: int) -> str:
    exact = as_decimal(value)
    places = min(max(decimals, -exact.as_tuple().exponent), 6)
    return f"{exact:.{places}f}"


def _rates_words(rates: Sequence[Fraction]) -> str:
    return " and ".join(f"{number(rate)} % tax" for rate in rates) or "No tax"
