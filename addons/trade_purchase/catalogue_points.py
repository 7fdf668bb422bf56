"""What a line of a catalogue says about prices: one point per quantity break and period."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

#: UNCL 5387 and 5375 of prices nobody here pays: recommended to those who sell on, or only for information
NOT_OURS = frozenset({"SRP", "RTP", "MSR", "AAE", "INF"})
#: of a price that has its allowances in it already
NET = "AAA"
GROSS = "AAB"
_DISCOUNT_DIGITS = 2
NONE = Decimal(0)


class Point(NamedTuple):
    """A price, from when until when, from which quantity on.

    :ivar amount: for ``base`` times ``unit``, before ``discount`` percent
    :ivar unit: code; ``None``: whatever the item is bought in
    :ivar stated: whether ``minimum`` is a quantity break; else it is the least that can be ordered
    """

    amount: Decimal
    currency: str
    base: Decimal
    unit: str | None
    discount: Decimal
    minimum: Decimal
    minimum_unit: str | None
    stated: bool
    start: date | None
    end: date | None


def points(document, line):
    """:return: list of :class:`Point`, in the order of the line"""
    said = [price for price in line.prices if price.price_type_code not in NOT_OURS]
    if len(said) == 1:
        return [_point(document, line, said[0])]
    net = {_level(price) for price in said if price.price_type_code != GROSS}
    said = [price for price in said if price.price_type_code != GROSS or _level(price) not in net]
    return [_point(document, line, price) for price in said]


def _level(price):
    period, least = price.validity_period, price.minimum_quantity
    return (least and (least.value, least.unit_code), period and (period.start_date, period.end_date))


def _point(document, line, said):
    price, least = said.price, said.minimum_quantity
    stated = least is not None
    if not stated:
        least = line.minimum_order_quantity
    amount, discount = _discounted(said)
    start = end = None
    for period in (said.validity_period, line.validity_period, document.validity_period):
        if period:
            start, end = start or period.start_date, end or period.end_date
    return Point(
        amount=amount,
        currency=price.price_amount.currency_id,
        base=price.base,
        unit=price.base_quantity.unit_code if price.base_quantity else line.orderable_unit,
        discount=discount,
        minimum=least.value if least else NONE,
        minimum_unit=least.unit_code if least else None,
        stated=stated,
        start=start,
        end=end,
    )


def _discounted(said):
    """The price, and the discount in percent where one as Odoo keeps it says the same; else it is in the
    price."""
    amount = said.price.price_amount.value
    if said.price_type_code == NET or not said.allowance_charge:
        return amount, NONE
    left = Decimal(1)
    for one in said.allowance_charge:
        sign = 1 if one.charge_indicator else -1
        if one.multiplier_factor_numeric is not None:
            left *= 1 + sign * one.multiplier_factor_numeric / 100
        elif one.amount:
            amount += sign * one.amount.value
    discount = (1 - left) * 100
    if 0 <= discount == round(discount, _DISCOUNT_DIGITS):
        return amount, discount
    return amount * left, NONE
