"""What the data of business events is made of: products, quantities, amounts and instants."""

from datetime import UTC

from pydantic import AwareDatetime, Field

from odoo.addons.trade_kernel.events import DecimalText, EventData, decimal_text
from odoo.addons.trade_kernel.identifiers import normal_gtin

from .mapping import units

Instant = AwareDatetime
#: decimals of the net price of one unit
PRICE_DECIMALS = 6


class Product(EventData):
    """A product, by what it is known by outside."""

    name: str = Field(examples=["Oak table"])
    code: str | None = Field(None, description="our code of it", examples=["TAB-1"])
    gtin: str | None = Field(None, examples=["4012345678901"])


class Measure(EventData):
    """A quantity with its unit; negative where something is taken back."""

    value: DecimalText
    unit_code: str = Field(description="UN/ECE Recommendation 20", examples=["C62"])


class Money(EventData):
    """An amount with all decimals of its currency."""

    value: DecimalText
    currency_id: str = Field(description="ISO 4217", examples=["EUR"])


class UnitPrice(EventData):
    """The price of one unit, or of ``base_quantity``."""

    amount: Money
    base_quantity: Measure | None = None


def product(record):
    """:param record: ``product.product`` or ``product.template``, in the language it shall be told in"""
    barcode = record.barcode
    return Product(
        name=record.name,
        code=record.default_code or None,
        gtin=barcode if normal_gtin(barcode or "") else None,
    )


def money(value, currency):
    """:param value: a float of Odoo, rounded here"""
    return Money(
        value=decimal_text(currency.round(value), currency.decimal_places), currency_id=currency.name
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
        made_of = {int(part) for uom in uoms for part in (uom.parent_path or "").split("/") if part}
        self._codes = units.codes(uoms.browse(made_of))
        self._digits = uoms.env["decimal.precision"].precision_get("Product Unit")

    def measure(self, value, uom):
        """A quantity in its unit; a unit nobody else knows (a pallet of ours) in what it is made of."""
        told = self._told(uom)
        if told == uom:
            number = decimal_text(decimal_text(value, self._digits))
            return Measure(value=number, unit_code=self._codes.get(uom.id, units.OTHER_UNIT))
        in_told = units.as_fraction(value) * units.ratio(uom, told)
        return Measure(value=decimal_text(float(in_told)), unit_code=self._codes[told.id])

    def price(self, value, uom, currency):
        """The price of one ``uom``, or of as many others as it contains where :meth:`measure` converts."""
        return UnitPrice(
            amount=Money(value=decimal_text(decimal_text(value, PRICE_DECIMALS)), currency_id=currency.name),
            base_quantity=None if self._told(uom) == uom else self.measure(1.0, uom),
        )

    def _told(self, uom):
        told = uom
        while told.id not in self._codes and told.relative_uom_id:
            told = told.relative_uom_id
        return told if told.id in self._codes else uom
