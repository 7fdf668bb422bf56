"""Answers in the units of the order: exactly, or not at all."""

from decimal import Decimal, DivisionByZero, Inexact, InvalidOperation, localcontext
from fractions import Fraction

from odoo.addons.trade_kernel.canonical import Amount, Price, Quantity

#: UN/ECE Recommendation 20, "mutually defined": stands for a unit without code; nobody answers in it
OTHER_UNIT = "ZZ"


def unit_codes(line):
    """All unit codes a response line uses."""
    quantities = [line.quantity, line.maximum_backorder_quantity, line.price and line.price.base_quantity]
    quantities += [delivery.quantity for delivery in line.deliveries]
    return {quantity.unit_code for quantity in quantities if quantity}


def unit_ratio(unit, asked):
    """How many ``asked`` one ``unit`` is, or ``None`` when they do not measure the same.

    :param unit: ``uom.uom`` record, like ``asked``
    :return: Fraction
    """
    if not unit._has_common_reference(asked):
        return None
    return Fraction(repr(unit.factor)) / Fraction(repr(asked.factor))


def convert_line(line, ratios, own):
    """A response line with all its quantities and its price in the unit ``own``.

    :param dict ratios: how many ``own`` one unit of each other code is
    :return: the line itself where nothing is foreign, or where something has no exact value
    """
    if not ratios:
        return line
    try:
        return line.model_copy(update=_converted(line, {own: Fraction(1), **ratios}, own))
    except (Inexact, KeyError):
        return line


def _converted(line, ratios, own):
    def quantity(said):
        return Quantity(value=_exact(Fraction(said.value) * ratios[said.unit_code]), unit_code=own)

    changed = {
        name: quantity(getattr(line, name))
        for name in ("quantity", "maximum_backorder_quantity")
        if getattr(line, name)
    }
    changed["deliveries"] = tuple(
        delivery.model_copy(update={"quantity": quantity(delivery.quantity)})
        if delivery.quantity
        else delivery
        for delivery in line.deliveries
    )
    if line.price:
        changed["price"] = _price(line, ratios, own)
    return changed


def _price(line, ratios, own):
    """The same price for ``own``: of as many units as it was said for, or else of one."""
    price, amount = line.price, line.price.price_amount
    said_for = price.base_quantity or line.quantity
    base = Fraction(price.base) * (ratios[said_for.unit_code] if said_for else 1)
    try:
        return Price(price_amount=amount, base_quantity=Quantity(value=_exact(base), unit_code=own))
    except Inexact:
        one = _exact(Fraction(amount.value) / base)
        return Price(price_amount=Amount(value=one, currency_id=amount.currency_id))


def _exact(number) -> Decimal:
    """:raise Inexact: the number has no exact decimal notation that a document may carry"""
    with localcontext() as context:
        context.prec = 27
        context.traps[Inexact] = context.traps[InvalidOperation] = context.traps[DivisionByZero] = True
        value = Decimal(number.numerator) / Decimal(number.denominator)
    if value.as_tuple().exponent < -12:
        raise Inexact
    return value
