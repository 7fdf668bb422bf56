"""Proof that quantity, price and amount of a line agree, under the factors that are known.

Every adapter that takes over quantities in a partner's units asks here. Fractions throughout: nothing is
rounded but the amount, to the decimals of its currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from .canonical import Amount, Price, Quantity
from .canonical.base import plain

#: how many of our unit one of each other unit is, by its code
Ratios = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Line:
    """What a document says of one line.

    :param price: without a base quantity it is for one unit of ``quantity``.
    :param amount: net, with ``charges`` added and ``allowances`` taken off.
    """

    quantity: Quantity
    price: Price
    amount: Amount
    allowances: Decimal = Decimal(0)
    charges: Decimal = Decimal(0)

    @property
    def price_unit(self) -> str:
        """The code of the unit the price is for."""
        return self.price.base_quantity.unit_code if self.price.base_quantity else self.quantity.unit_code

    @property
    def units(self) -> tuple[str, ...]:
        """The codes whose ratios are needed: none when quantity and price are in one unit."""
        codes = (self.quantity.unit_code, self.price_unit)
        return () if codes[0] == codes[1] else codes


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a line's amount is what its quantity and price make.

    :param holds: ``None`` when a ratio is missing.
    :param expected: the amount they make, rounded; ``None`` when it cannot be told.
    :param words: the arithmetic as one sentence without its full stop.
    :param implied: how many of our unit the one unknown unit would have to be for the amount to be right.
    """

    holds: bool | None
    expected: Decimal | None
    words: str
    implied: Fraction | None = None


def prove(line: Line, ratios: Ratios, unit: str, *, decimals: int = 2) -> Proof:
    """Check a line's amount.

    :param ratios: of all units that are known; our own with 1.
    :param unit: what people call our unit.
    :param decimals: of the currency; an amount that is given with more is compared with these.
    """
    missing = sorted({code for code in line.units if code not in ratios})
    if missing:
        return Proof(None, None, _unknown(line, missing), _implied(line, ratios, missing))
    places = max(decimals, -line.amount.value.as_tuple().exponent)
    exact = _net(line, ratios) + Fraction(line.charges) - Fraction(line.allowances)
    expected = _rounded(exact, places)
    # Half a unit either way: whether a half is rounded up or to even is the partner's choice.
    holds = abs(exact - Fraction(line.amount.value)) <= Fraction(1, 2 * 10**places)
    words = f"{_steps(line, ratios, unit)} = {_money(expected, line)}"
    if not holds:
        words += f", the line says {_money(line.amount.value, line)}"
    return Proof(holds, expected, words)


def _net(line: Line, ratios: Ratios) -> Fraction:
    quantity, base = Fraction(line.quantity.value), Fraction(line.price.base)
    if line.units:
        quantity *= ratios[line.quantity.unit_code]
        base *= ratios[line.price_unit]
    return quantity * Fraction(line.price.price_amount.value) / base


def _implied(line: Line, ratios: Ratios, missing: list[str]) -> Fraction | None:
    """Solve for the one ratio that is missing."""
    price = Fraction(line.price.price_amount.value)
    amount = Fraction(line.amount.value) + Fraction(line.allowances) - Fraction(line.charges)
    quantity, base = Fraction(line.quantity.value), Fraction(line.price.base)
    if len(missing) > 1 or not (price and amount > 0 and quantity):
        return None
    if missing[0] == line.quantity.unit_code:
        return amount * base * ratios[line.price_unit] / (price * quantity)
    return quantity * ratios[line.quantity.unit_code] * price / (amount * base)


# -- in words --------------------------------------------------------------------------------------


def _steps(line: Line, ratios: Ratios, unit: str) -> str:
    """``10 CT × 24 = 240 Units at 1.25 EUR / Units + 5 charges``"""
    code, text = line.quantity.unit_code, _quantity(line.quantity)
    if line.units and ratios[code] != 1:
        total = Fraction(line.quantity.value) * ratios[code]
        text += f" × {number(ratios[code])} = {number(total)} {unit}"
    text += f" at {_price(line, ratios, unit)}"
    if line.charges:
        text += f" + {number(Fraction(line.charges))} charges"
    if line.allowances:
        text += f" − {number(Fraction(line.allowances))} allowances"
    return text


def _price(line: Line, ratios: Ratios, unit: str) -> str:
    amount, code, base = line.price.price_amount, line.price_unit, line.price.base
    per = f"{number(Fraction(base))} " if base != 1 else ""
    ours = line.units and ratios.get(code) == 1
    text = f"{_money(amount.value, line)} / {per}{unit if ours else code}"
    if line.units and not ours and code in ratios:
        text += f" of {number(ratios[code])} {unit}"
    return text


def _unknown(line: Line, missing: list[str]) -> str:
    price = _price(line, {}, "")
    said = f"{_quantity(line.quantity)} at {price}, the line says {_money(line.amount.value, line)}"
    return f"{said}; how much one {' or one '.join(missing)} is, is not known"


def _quantity(quantity: Quantity) -> str:
    return f"{number(Fraction(quantity.value))} {quantity.unit_code}"


def _money(value: Decimal, line: Line) -> str:
    return f"{plain(value)} {line.amount.currency_id}"


def number(value: Fraction) -> str:
    """A number as people write it: no trailing zeros; a fraction where it has no end, or a long one."""
    rounded = _rounded(value, 12)
    if Fraction(rounded) != value:
        return f"{value.numerator}/{value.denominator}"
    return f"{rounded:f}".rstrip("0").rstrip(".")  # exactly: to normalize would round to 28 digits


def _rounded(value: Fraction, places: int) -> Decimal:
    with localcontext() as context:
        context.prec = 60 + places
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
