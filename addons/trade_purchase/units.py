"""Answers in the units of the order: exactly, or not at all."""

from decimal import Inexact
from fractions import Fraction

from odoo.addons.trade_kernel.canonical import Amount, Price, Quantity
from odoo.addons.trade_kernel.proof import number
from odoo.addons.trade_kernel.units import exact


def unit_codes(line):
    """All unit codes a response line uses."""
    quantities = [line.quantity, line.maximum_backorder_quantity, line.price and line.price.base_quantity]
    quantities += [delivery.quantity for delivery in line.deliveries]
    return {quantity.unit_code for quantity in quantities if quantity}


def convert_line(line, ratios, own):
    """A response line with all its quantities and its price in the unit ``own``.

    :param dict ratios: how many ``own`` one unit of each code of the line is
    :raise Inexact: something has no exact value in ``own``
    """
    if all(code == own and ratio == 1 for code, ratio in ratios.items()):
        return line
    return line.model_copy(update=_converted(line, ratios, own))


def inexact_words(line, ratios, unit):
    """Why a line has no exact value in our unit, with the arithmetic.

    :param unit: what people call our unit
    """
    said = line.quantity or line.maximum_backorder_quantity or (line.price and line.price.base_quantity)
    value, ratio = Fraction(said.value), ratios[said.unit_code]
    return f"{number(value)} {said.unit_code} × {number(ratio)} = {number(value * ratio)} {unit}"


def _converted(line, ratios, own):
    def quantity(said):
        return Quantity(value=exact(Fraction(said.value) * ratios[said.unit_code]), unit_code=own)

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
        return Price(price_amount=amount, base_quantity=Quantity(value=exact(base), unit_code=own))
    except Inexact:
        one = exact(Fraction(amount.value) / base)
        return Price(price_amount=Amount(value=one, currency_id=amount.currency_id))
