"""What a despatch advice says, cut to what lies where: per line, batch and package."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from odoo import models

from odoo.addons.trade_kernel.errors import BusinessRefused


@dataclass
class Part:
    """So much of one batch of one line in one package."""

    key: str  # the line's number in the advice
    quantity: Fraction  # in the order line's unit
    order_line: models.BaseModel
    package: str | None = None
    lot: str | None = None
    expiry: object = None
    best_before: object = None


@dataclass
class Plan:
    """An advice with everything found.

    :ivar refused: ``{order line: how much of it nobody wants}``
    """

    despatch: models.BaseModel
    parts: list[Part] = field(default_factory=list)
    ends: models.BaseModel | None = None  # order lines of which nothing follows
    excess: list[dict] = field(default_factory=list)
    refused: dict = field(default_factory=dict)
    withdraws: bool = False
    refs: dict = field(default_factory=dict)  # {order: {line number: order line}}
    packages: dict = field(default_factory=dict)  # {SSCC: packages that were announced under it}

    @cached_property
    def totals(self):
        """``{order line: quantity}``, exactly; once all parts are known."""
        found = {}
        for part in self.parts:
            found[part.order_line] = found.get(part.order_line, Fraction(0)) + part.quantity
        return found


@dataclass(eq=False)
class Load:
    """What of a shipment goes to one place.

    :ivar taken: ``{order line: [(open move, quantity in the product's unit)]}``
    """

    despatch: models.BaseModel
    taken: dict
    receipt: models.BaseModel | None = None

    @property
    def order(self):
        """One of its orders: all of them are received in the same way."""
        return next(iter(self.taken)).order_id

    @cached_property
    def sizes(self):
        """``{move: quantity}`` of all its lines"""
        return {move: size for moves in self.taken.values() for move, size in moves}


def cut(document, line, order_line, quantity, convert):
    """The parts of one line.

    :param quantity: of the line, in the order line's unit
    :param convert: turns a canonical quantity of this line into the order line's unit
    :raise BusinessRefused: the packages hold more than the line announces
    """
    batches = _batches(line, quantity, convert)
    parts, number = [], 0
    for package, wanted in _packed(document, line, quantity, convert):
        while wanted > 0 and number < len(batches):
            instance, left = batches[number]
            taken = min(wanted, left)
            parts.append(_part(line, order_line, taken, package, instance))
            wanted -= taken
            batches[number] = (instance, left - taken)
            if taken == left:
                number += 1
    return parts


def _part(line, order_line, quantity, package, instance):
    if instance is None:
        return Part(line.id, quantity, order_line, package)
    return Part(
        line.id,
        quantity,
        order_line,
        package,
        instance.serial_id or instance.lot_number_id,
        instance.expiry_date,
        instance.best_before_date,
    )


def _batches(line, quantity, convert):
    """``[(instance or None, quantity)]`` that add up to the line: serial numbers are one piece each, a batch
    without a quantity is the rest."""
    found, left = [], quantity
    for instance in line.item.item_instance:
        said = convert(instance.quantity) if instance.quantity else None
        size = said if said is not None else Fraction(1) if instance.serial_id else left
        size = min(size, left)
        if size > 0:
            found.append((instance, size))
            left -= size
    return [*found, (None, left)] if left > 0 else found


def _packed(document, line, quantity, convert):
    """``[(package or None, quantity)]`` that add up to the line."""
    left, found, open_ended = quantity, [], []
    for unit in document.transport_handling_units:
        for packed in unit.packed_line:
            if packed.line_id != line.id:
                continue
            if packed.quantity is None:
                open_ended.append(unit.id)
                continue
            size = convert(packed.quantity)
            left -= size
            found.append((unit.id, size))
    if left < 0:
        raise BusinessRefused(
            "despatch.packed_too_much",
            line=line.id,
            quantity=str(line.delivered_quantity),
            subject=document.document_number,
        )
    if left > 0:
        found.append((open_ended[0] if open_ended else None, left))
    return found
