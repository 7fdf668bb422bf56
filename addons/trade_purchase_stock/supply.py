"""What a supplier's stock report says, as plain values: which report, and its lines added up."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from odoo.tools import SQL

from odoo.addons.trade_kernel.errors import MappingAmbiguous, MappingMissing
from odoo.addons.trade_kernel.identifiers import GTIN

_END_OF_DAY = time(23, 59, 59)
_RANK = {"seller": 0, GTIN: 1, "manufacturer": 2}


class Key(NamedTuple):
    """What one quantity is about; the columns of the table's unique index, in their order."""

    item_code: str
    item_scheme: str
    location: str
    kind: str
    order_ref: str
    line_ref: str
    unit_code: str
    available_from: date | None


class Said(NamedTuple):
    """What a report says about a key."""

    quantity: Decimal
    product_qty: Decimal | float | None  # in the product's unit, where it and the unit are known
    item_name: str | None
    gtin: str | None
    product_id: int | None

    def plus(self, other: "Said") -> "Said":
        """Lines of one report about the same add up: batches, or parts of a place."""
        known = self.product_qty is not None and other.product_qty is not None
        return other._replace(
            quantity=self.quantity + other.quantity,
            product_qty=float(self.product_qty) + float(other.product_qty) if known else None,
        )


class Ratios:
    """How many of a product's unit one of a partner's units is, for many products at once.

    :param resolver: of the partner
    :param codes: unit codes that will be asked for
    :param product_ids: the same for products; ``None`` is none
    """

    def __init__(self, resolver, codes: Iterable[str], product_ids: Iterable[int | None]):
        self._factors, self._env = resolver.factors, resolver.env
        self._factors.prefetch(set(codes))
        wanted = list(set(product_ids) - {None})
        self._env["product.template"].flush_model(["uom_id"])
        self._uoms = dict(
            self._env.execute_query(
                SQL(
                    "SELECT p.id, t.uom_id FROM product_product p JOIN product_template t"
                    " ON t.id = p.product_tmpl_id WHERE p.id = ANY(%s)",
                    wanted,
                )
            )
        )
        self._known: dict[tuple, Any] = {}

    def of(self, code: str, product_id: int | None):
        """A ``Fraction``; ``None`` where it is not known."""
        uom_id = self._uoms.get(product_id)
        if uom_id is None:
            return None
        for key in ((code, uom_id, None), (code, uom_id, product_id)):
            if key in self._known:
                return self._known[key]
        product = self._env["product.product"].browse(product_id)
        general = False
        try:
            factor = self._factors.of(code, self._env["uom.uom"].browse(uom_id), product)
            ratio, general = factor.ratio, factor.is_defined
        except (MappingMissing, MappingAmbiguous):
            ratio = None
        self._known[code, uom_id, None if general else product_id] = ratio
        return ratio

    def converted(self, quantity: Decimal, code: str, product_id: int | None):
        """``quantity`` in the product's unit; ``None`` where that is not known."""
        ratio = self.of(code, product_id)
        if ratio is None or ratio == 1:
            return None if ratio is None else quantity
        return float(quantity * ratio.numerator / ratio.denominator)


def as_of(document, received_at: datetime) -> datetime:
    """The instant a report is true for, naive UTC; never later than it was received.

    A report that names only its day was true when it came, or at the end of that day when it came later.
    """
    period = document.inventory_period
    if period:
        day, at = period.latest, period.latest_time
    else:
        day, at = document.issue_date, document.issue_time
    instant = datetime.combine(day, at or _END_OF_DAY.replace(tzinfo=UTC))
    return min(instant.astimezone(UTC).replace(tzinfo=None, microsecond=0), received_at)


def identity(item) -> tuple[str, str, str | None]:
    """``(scheme, code, GTIN)`` a supplier's item is kept under: their own code, else the next best."""
    own, standard = item.sellers_item_identification, item.standard_item_identification
    gtin = standard.id if standard and standard.scheme_id in (None, GTIN) else None
    if own:
        return "seller", own.id, gtin
    pairs = item.identifiers
    if not pairs:
        return "name", item.name, None
    scheme, code = min(pairs, key=lambda pair: _RANK.get(pair[0], 3))
    return scheme, code, gtin


def told(document) -> Iterable[tuple[Key, Any]]:
    """``(key, line)`` of every line of a report."""
    header = document.inventory_location
    everywhere = _code(header)
    for line in document.inventory_lines:
        scheme, code, _gtin = identity(line.item)
        reference = line.order_line_reference
        order = reference and reference.order_reference
        yield (
            Key(
                code,
                scheme,
                _code(line.inventory_location) if line.inventory_location else everywhere,
                line.quantity_type_code,
                order.id if order else "",
                (reference and reference.line_id) or "",
                line.quantity.unit_code,
                line.availability_date,
            ),
            line,
        )


def scope(document) -> str:
    """The place a whole report speaks about; empty: all places."""
    return _code(document.inventory_location)


def _code(location) -> str:
    if not location:
        return ""
    return (location.id.id if location.id else None) or location.name or ""
