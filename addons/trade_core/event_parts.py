"""What the data of business events is made of: products, quantities, amounts and instants."""

from datetime import UTC
from fractions import Fraction

from pydantic import AwareDatetime

from odoo.addons.trade_kernel.canonical import Amount, Price
from odoo.addons.trade_kernel.canonical.base import Number, UnitCode
from odoo.addons.trade_kernel.events import EventData

from .mapping import gtin, units
from .tools import decimal

Instant = AwareDatetime
#: decimals of the net price of one unit
PRICE_DECIMALS = 6
#: UN/ECE Recommendation 20, "mutually defined": of a unit that has no code, nor is made of one that has
OTHER_UNIT = "ZZ"
_CONVERTED_DECIMALS = 6


class Product(EventData):
    """A product, by what it is known by outside."""

    name: str
    code: str | None = None
    """The code of the company that announces it."""
    gtin: str | None = None


class Measure(EventData):
    """A quantity with its unit; negative where something is taken back."""

    value: Number
    unit_code: UnitCode
    """UN/ECE Recommendation 20."""


def product(record):
    """:param record: ``product.product``, in the language it shall be told in"""
    barcode = record.barcode
    return Product(
        name=record.name,
        code=record.default_code or None,
        gtin=barcode if gtin.normal(barcode or "") else None,
    )


def amount(value, currency):
    """An amount with all decimals of its currency."""
    return Amount(
        value=f"{currency.round(value) + 0.0:.{currency.decimal_places}f}", currency_id=currency.name
    )


def instant(naive):
    """A naive UTC instant of Odoo, with its offset; ``None`` when there is none."""
    return naive.replace(tzinfo=UTC) if naive else None


class Units:
    """The codes of all units one batch needs, looked up at once.

    :param uoms: ``uom.uom`` records
    """

    def __init__(self, uoms):
        uoms = uoms.sudo()
        family = uoms.browse(
            {int(part) for uom in uoms for part in (uom.parent_path or "").split("/") if part}
        )
        self._codes = units.codes(family | uoms)
        self._digits = uoms.env["decimal.precision"].precision_get("Product Unit")

    def measure(self, value, uom):
        """A quantity in its unit; a unit nobody else knows (a pallet of ours) in what it is made of."""
        told = self._told(uom)
        if told == uom:
            return Measure(value=decimal(value, self._digits), unit_code=self._codes.get(uom.id, OTHER_UNIT))
        number = float(Fraction(repr(value)) * self._ratio(uom, told))
        return Measure(value=decimal(number, _CONVERTED_DECIMALS), unit_code=self._codes[told.id])

    def price(self, value, uom, currency):
        """The price of one ``uom``; of as many others as it contains where :meth:`measure` converts."""
        told = self._told(uom)
        return Price(
            price_amount=Amount(value=decimal(value, PRICE_DECIMALS), currency_id=currency.name),
            base_quantity=None if told == uom else self.measure(1.0, uom).model_dump(),
        )

    def _told(self, uom):
        told = uom
        while told.id not in self._codes and told.relative_uom_id:
            told = told.relative_uom_id
        return told if told.id in self._codes else uom

    @staticmethod
    def _ratio(uom, told):
        return Fraction(repr(uom.factor)) / Fraction(repr(told.factor))
