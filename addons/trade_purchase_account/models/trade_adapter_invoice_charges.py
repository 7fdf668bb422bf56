import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

from odoo import models

from odoo.addons.trade_kernel.matching import Billed, Charge

from ..bill_plan import CHARGE, Part
from ..bill_spread import agreed_price

_WORD = re.compile(r"[^\W\d_]{4,}")


class TradeAdapterInInvoice(models.AbstractModel):
    """Freight and charges that were ordered: compared with, and billed or credited on, the order's own line
    for them."""

    _inherit = "trade.adapter.in.invoice"

    def _agreed_charges(self, work, parts, spread):
        """
        :param parts: what the lines of the document bill
        :param spread: what they leave of the orders' lines
        """
        charges = self._charges(work)
        if not spread.orders:
            return Agreed(parts, charges)
        loose = {part.key for part in parts if not part.order_line and _is_charge(part.product, work)}
        if not (loose or charges):
            return Agreed(parts, charges)
        book = _Book(self, work, spread)
        agreed = Agreed([], [])
        for part in parts:
            share = part.key in loose and book.share(part.line.item.name, part.billed.amount)
            agreed.parts.append(agreed.on(part, *share) if share else part)
        for number, charge in enumerate(charges, 1):
            if share := book.share(charge.name, charge.amount):
                agreed.parts.append(agreed.on(_part_of(f"{CHARGE}{number}", charge), *share))
            else:
                agreed.others.append(charge)
        return agreed

    def _unagreed(self, work, lines):
        """The charges on the whole document for which the order has no line."""
        keys = {line.key for line in lines}
        return [
            charge for number, charge in enumerate(self._charges(work), 1) if f"{CHARGE}{number}" not in keys
        ]

    def _charge_products(self, company):
        """What freight and charges are ordered as."""
        products = company.trade_charge_product_id
        if "delivery.carrier" in self.env:
            products |= (
                self.env["delivery.carrier"]
                .sudo()
                .search(self.env["delivery.carrier"]._check_company_domain(company))
                .product_id
            )
        return products


@dataclass
class Agreed:
    """
    :ivar parts: what the document bills, charges included that are on its orders
    :ivar others: charges nobody ordered
    :ivar order_lines: those of charges
    """

    parts: list[Part]
    others: list[Charge]
    order_lines: set[models.BaseModel] = field(default_factory=set)

    def on(self, part, order_line, quantity):
        """A charge on its order line; it bills a part of that, whatever unit the document counts it in."""
        self.order_lines.add(order_line)
        billed = replace(part.billed, key=order_line, quantity=quantity, charge=False)
        product = order_line.product_id.browse()
        return replace(part, order_line=order_line, product=product, billed=billed)

    def without_receipt(self, ordered):
        """Nobody receives freight."""
        return {
            line: replace(one, on_receipt=False) if line in self.order_lines else one
            for line, one in ordered.items()
        }


class _Book:
    """The order lines for charges, and how much of them is left to bill (of a credit note: to credit) while a
    document is gone through.

    A credit note takes back what was billed, at the price it was billed at: not of order lines nobody billed.
    """

    def __init__(self, adapter, work, spread):
        self.products = adapter._charge_products(work.message.company_id)
        lines = spread.orders.order_line.filtered(
            lambda line: line.product_id and not line.display_type and not line.is_downpayment
        )
        self.left = {line: spread.left(line) for line in lines}
        self.credit = adapter._is_credit
        prices = {
            line: adapter._billed_price(line, spread.corrected, spread.batch)
            if self.credit
            else agreed_price(line)
            for line in lines
            if line.product_id.type == "service" and not spread.taken.get(line)
        }
        self.prices = {line: price for line, price in prices.items() if price is not None}
        #: whether this document bills the last of the goods
        self.is_last = not any(
            left > 0 for line, left in self.left.items() if line.product_id.type != "service"
        )

    def share(self, name, amount):
        """
        :return: ``(order line, how much of it this charge bills)``, ``None`` when there is no such line
        """
        line = amount > 0 and self._line_for(name, Fraction(amount))
        if not line:
            return None
        quantity = self._quantity(line, Fraction(amount))
        self.left[line] -= quantity
        return line, quantity

    def _line_for(self, name, amount):
        """The line for freight and charges; else a service that is called like the charge or is open with
        exactly its amount."""
        known = [line for line in self.prices if line.product_id in self.products]
        fitting = known or [
            line
            for line in self.prices
            if _words(name) & _words(f"{line.name} {line.product_id.name}")
            or self.left[line] * self.prices[line] == amount
        ]
        named = [line for line in fitting if _words(name) & _words(f"{line.name} {line.product_id.name}")]
        for pool in (named, fitting):
            if open_lines := [line for line in pool if self.left[line] > 0]:
                return open_lines[0]
        return fitting[0] if fitting else None

    def _quantity(self, line, amount):
        """All that is left, unless goods are still to be billed: then the part the charge is worth. A credit
        note takes back a part at any time: of what was billed above the agreed price, if that is enough."""
        price, left = self.prices[line], self.left[line]
        above = price - agreed_price(line)
        if self.credit and 0 < amount <= left * above:
            return amount / above
        if left <= 0 or (price and (self.credit or not self.is_last) and amount < left * price):
            return amount / price if price else Fraction(1)
        return left


def _part_of(key, charge):
    """A charge on the whole document, as it is billed."""
    billed = Billed(
        id=key, key=None, quantity=Fraction(1), amount=charge.amount, item=charge.name, rates=charge.rates
    )
    return Part(key, None, None, None, billed)


def _is_charge(product, work):
    """What no code names, or what charges are booked on."""
    return not product or product == work.message.company_id.trade_charge_product_id


def _words(text):
    return set(_WORD.findall((text or "").casefold()))
