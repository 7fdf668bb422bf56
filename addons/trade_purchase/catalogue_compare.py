"""The lines of catalogues beside the vendor prices Odoo has: what is new, what changes, what stays.

One :class:`Comparer` per batch of documents of one partner: everything is looked up at once, nothing is
written. How what comes out is kept, decided and applied: ``trade.catalogue``.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Inexact
from fractions import Fraction
from typing import NamedTuple

from odoo import fields
from odoo.tools import SQL, format_date

from odoo.addons.trade_kernel.errors import BusinessRefused, MappingAmbiguous, MappingMissing
from odoo.addons.trade_kernel.proof import number
from odoo.addons.trade_kernel.units import exact

from .catalogue_points import points

#: decimals of a price that has no exact value in our unit
ROUNDED = 10
#: prices and quantities are the same when they differ by less than this part of them
SAME = 1e-9
ONE = Fraction(1)


class Info(NamedTuple):
    """A vendor price of Odoo."""

    id: int
    template: int
    product: int | None
    minimum: float
    uom: int
    price: float
    discount: float
    currency: int
    start: date | None
    end: date | None
    delay: int

    @property
    def net(self):
        return self.price * (1 - self.discount / 100)

    def in_force(self, day):
        return (self.start is None or self.start <= day) and (self.end is None or self.end >= day)


class Target(NamedTuple):
    """What an item is to us: a variant, or all variants of a product (``product`` is ``None``)."""

    template: int
    product: int | None
    uom: int
    alone: bool  # the product has no other variant


class Change(NamedTuple):
    """A row of ``trade.catalogue.change``, in its column's names."""

    line: str
    line_index: int
    scheme: str | None
    code: str | None
    name: str | None
    kind: str
    product_id: int | None = None
    product_tmpl_id: int | None = None
    supplierinfo_id: int | None = None
    min_qty: float | None = None
    product_uom_id: int | None = None
    currency_id: int | None = None
    old_currency_id: int | None = None
    old_price: float | None = None
    old_discount: float | None = None
    price: float | None = None
    discount: float | None = None
    percent: float | None = None
    delay: int | None = None
    date_start: date | None = None
    date_end: date | None = None
    note: str | None = None
    flag: str | None = None
    blocked: bool = False


class Compared:
    """What came out for one document.

    :ivar changes: list of :class:`Change`
    :ivar unchanged: how many lines say what Odoo has
    :ivar seen: ids of the vendor prices that stay as they are
    :ivar first_day: the first day a price of it holds
    """

    def __init__(self):
        self.changes, self.seen, self.unchanged, self.first_day = [], [], 0, None

    def holds_from(self, day):
        self.first_day = min(day, self.first_day or day)


class Comparer:
    """
    :param resolver: of the partner whose catalogues these are
    :param date today: as the company sees it
    """

    def __init__(self, resolver, today):
        self.resolver, self.today = resolver, today
        self.env, self.company = resolver.env, resolver.company
        self._ratios, self._rates, self._currencies = {}, {}, {}
        self._targets, self._infos = {}, defaultdict(list)
        self._digits = self.env["decimal.precision"].precision_get("Product Unit")

    # -- looking up --------------------------------------------------------------------------------

    def prefetch(self, lines):
        """Look up the items, units, products and vendor prices of all these lines."""
        resolver = self.resolver
        resolver.prefetch(
            "product",
            {pair for line in lines for pair in resolver.pairs(line.item.identifiers, line.item.name)},
        )
        codes = {line.orderable_unit for line in lines}
        for line in lines:
            for said in line.prices:
                for quantity in (
                    said.minimum_quantity,
                    said.price.base_quantity,
                    line.minimum_order_quantity,
                ):
                    if quantity:
                        codes.add(quantity.unit_code)
        resolver.factors.prefetch(codes - {None})
        self._load_targets(resolver.prefetched("product"))
        self._load_infos({target.template for target in self._targets.values()})
        self._load_currencies()

    def _load_targets(self, product_ids):
        self.env["product.product"].flush_model(["product_tmpl_id", "active"])
        self.env["product.template"].flush_model(["uom_id"])
        rows = self.env.execute_query(
            SQL(
                """
            SELECT p.id, p.product_tmpl_id, t.uom_id,
                   NOT EXISTS (SELECT FROM product_product o
                                WHERE o.product_tmpl_id = t.id AND o.active AND o.id <> p.id)
              FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id
             WHERE p.id = ANY(%s)""",
                list(product_ids),
            )
        )
        self._targets |= {row[0]: Target(row[1], row[0], row[2], row[3]) for row in rows}

    def _load_infos(self, template_ids):
        self.env["product.supplierinfo"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
            SELECT s.id, s.product_tmpl_id, s.product_id, s.min_qty, s.product_uom_id, s.price,
                   COALESCE(s.discount, 0), s.currency_id, s.date_start, s.date_end, s.delay
              FROM product_supplierinfo s
             WHERE s.product_tmpl_id = ANY(%s) AND %s
             ORDER BY s.date_start NULLS FIRST, s.id DESC""",
                list(template_ids),
                of_vendor(self.env, self.resolver.partner, self.company),
            )
        )
        self._infos = defaultdict(list)
        for row in rows:
            self._infos[row[1]].append(Info(*row))

    def _load_currencies(self):
        found = self.env["res.currency"].search([])
        self._currencies = {currency.name: currency.id for currency in found}

    # -- comparing ---------------------------------------------------------------------------------

    def compare(self, document, wanted=None):
        """
        :param wanted: only the lines at these positions
        :return: :class:`Compared`
        :raise BusinessRefused: ``catalogue.currency``: prices in a currency that is not used here
        """
        found = Compared()
        lines = [
            (index, line, line.item.identifiers)
            for index, line in enumerate(document.catalogue_lines)
            if wanted is None or index in wanted
        ]
        products = self.resolver.products([(pairs, line.item.name) for _index, line, pairs in lines])
        for (index, line, pairs), product_id in zip(lines, products, strict=True):
            scheme, code = _told_as(pairs)
            self._line(found, document, line, product_id, (line.id, index, scheme, code, line.item.name))
        return found

    def _line(self, found, document, line, product_id, about):
        try:
            target = self._targets[product_id] if product_id else self._target(line.item)
        except (MappingMissing, MappingAmbiguous) as error:
            line_id, index, scheme, code, name = about
            scheme, code = error.params.get("key") or (scheme, code)
            found.changes.append(Change(line_id, index, scheme, code, name, "unknown", note=error.message))
            return
        infos = [info for info in self._infos[target.template] if _concerns(info, target)]
        changes, seen = [], []
        try:
            if "delete" in (line.action_code, document.action_code):
                self._ended(found, about, target, infos, document, line, changes)
            else:
                for point in points(document, line):
                    self._point(found, about, target, infos, line, point, changes, seen)
        except (MappingMissing, MappingAmbiguous) as error:
            changes = [
                Change(
                    *about,
                    "unknown",
                    product_id=target.product,
                    product_tmpl_id=target.template,
                    note=error.message,
                )
            ]
            seen = []
        found.changes += changes
        found.seen += seen
        found.unchanged += not changes

    def _target(self, item):
        """Of an item that is no one product."""
        try:
            product, _evidence = self.resolver.product(item.identifiers, name=item.name)
        except MappingAmbiguous as error:
            return self._all_variants(error)
        return self._targets[product.id]

    def _all_variants(self, error):
        """A code that stands on the price of all variants means all of them.

        :raise MappingAmbiguous: it names different products
        """
        targets = [self._targets.get(product_id) for product_id in error.params["candidate_ids"]]
        templates = {target and target.template for target in targets}
        if len(templates) == 1 and None not in templates:
            [template] = templates
            if any(info.product is None for info in self._infos[template]):
                return targets[0]._replace(product=None)
        raise error

    def _ended(self, found, about, target, infos, document, line, changes):
        periods = (line.validity_period, document.validity_period)
        last = next((period.end_date for period in periods if period and period.end_date), None)
        start = next((period.start_date for period in periods if period and period.start_date), None)
        day = last + timedelta(1) if last else max(start or self.today, self.today)
        for info in infos:
            if info.in_force(day):
                changes.append(ended(about, target.product, info, day))
        found.holds_from(max(day, self.today))

    def _point(self, found, about, target, infos, line, point, changes, seen):
        if point.end and point.end < self.today:
            return  # it is over
        day = max(point.start or self.today, self.today)
        found.holds_from(day)
        if target.product and not target.alone:
            own = [info for info in infos if info.product]
            shared, infos = [info for info in infos if not info.product], own or infos
            infos = infos if own else shared
        info = self._match(target, infos, point, day)
        uom = info.uom if info else target.uom
        price, flag = self._price(target, point, uom)
        change = Change(
            *about,
            "new",
            product_id=target.product,
            product_tmpl_id=target.template,
            min_qty=self._minimum(target, point, uom),
            product_uom_id=uom,
            currency_id=self._currency(point.currency),
            price=price,
            discount=float(point.discount),
            delay=int(line.lead_time_days) if line.lead_time_days is not None else None,
            date_start=point.start and day,
            date_end=point.end,
            flag=flag,
        )
        if info:
            change = self._beside(change, info, point, day)
            if not change:
                seen.append(info.id)
                return
            if target.product and not target.alone and info.product is None:
                change = change._replace(blocked=True, flag=self._words("shared"))
        elif infos:
            change = change._replace(note=self._words("another quantity"))
        if not change.price and change.kind != "other":
            change = change._replace(flag=self._words("zero"))
        changes.append(change)

    def _match(self, target, infos, point, day):
        """The vendor price a point speaks about: that of its quantity which holds then, or held last."""
        level = [info for info in infos if self._is_minimum(target, point, info)]
        if not (level or point.stated):
            level = [info for info in infos if info.minimum in (0, 1)]
            if not level and len(infos) == 1:
                level = infos
        current = [info for info in level if info.in_force(day)]
        if current:
            return current[-1]
        past = [info for info in level if info.end and info.end < day]
        return max(past, key=lambda info: info.end, default=None)

    def _is_minimum(self, target, point, info):
        minimum = self._minimum(target, point, info.uom)
        return abs(minimum - info.minimum) <= SAME * max(1, minimum) or (
            minimum in (0, 1) and info.minimum in (0, 1)
        )

    def _beside(self, change, info, point, day):
        """``change`` as what becomes of ``info``; ``None``: nothing."""
        current = info.in_force(day)
        net = change.price * (1 - change.discount / 100)
        if info.currency == change.currency_id:
            rate = 1.0
        else:
            rate = self._rate(info.currency, change.currency_id)
        old = info.net * rate
        same = rate == 1.0 and info.currency == change.currency_id
        same = same and abs(net - old) <= SAME * max(abs(net), abs(old))
        if same and change.min_qty in (0, 1) and info.minimum in (0, 1):
            change = change._replace(min_qty=info.minimum)
        notes, flag = self._others(change, info, point, day, current)
        if same and current and not notes:
            return None
        change = change._replace(
            kind="other" if same and current else "price",
            supplierinfo_id=info.id,
            old_price=info.price,
            old_discount=info.discount,
            old_currency_id=info.currency,
            percent=round((net / old - 1) * 100, 4) if old else None,  # "at most 2 %" means 2.00 %, too
            delay=info.delay if change.delay is None else change.delay,
            note=" ".join(notes) or None,
            flag=change.flag or flag,
        )
        if change.kind == "other":
            end = point.end if point.end or point.start else info.end
            return change._replace(
                price=info.price, discount=info.discount, percent=0.0, date_start=info.start, date_end=end
            )
        if not current and change.date_start is None:
            change = change._replace(date_start=day)  # what ended stays ended
        if info.currency != change.currency_id:
            change = change._replace(flag=self._words("currency"))
        return change

    def _others(self, change, info, point, day, current):
        """What else changes, in words, and why a person should look."""
        _, notes, flag = self.env._, [], None
        if change.delay is not None and change.delay != info.delay:
            notes.append(_("Lead time %(old)s → %(new)s days.", old=info.delay, new=change.delay))
        if change.min_qty != info.minimum and {change.min_qty, info.minimum} != {0, 1}:
            old, new = number(Fraction(repr(info.minimum))), number(Fraction(repr(change.min_qty)))
            flag = _("The least quantity becomes %(new)s, it was %(old)s.", old=old, new=new)
            notes.append(flag)
        if current and (point.end or point.start) and point.end != info.end:
            shown = [format_date(self.env, end) if end else _("open") for end in (info.end, point.end)]
            notes.append(_("Valid until %(old)s → %(new)s.", old=shown[0], new=shown[1]))
        return notes, flag

    def _words(self, what):
        _ = self.env._
        return {
            "shared": lambda: _(
                "The vendor price is one for all variants. Give each variant its own, then look again."
            ),
            "another quantity": lambda: _("A new quantity break."),
            "zero": lambda: _("The new price is 0."),
            "currency": lambda: _("The currency changes."),
        }[what]()

    # -- units, money ------------------------------------------------------------------------------

    def _ratio(self, target, code, uom):
        """How many ``uom`` one ``code`` of the item is."""
        if code is None:
            return ONE
        own = (code, uom, target.template, target.product)
        ratio = self._ratios.get((code, uom)) or self._ratios.get(own)
        if ratio is None:
            product = self.env["product.product"].browse(target.product or ())
            if not product:
                product = self.env["product.template"].browse(target.template).product_variant_ids[:1]
            factor = self.resolver.factors.of(code, self.env["uom.uom"].browse(uom), product)
            ratio = factor.ratio
            self._ratios[(code, uom) if factor.is_defined else own] = ratio
        return ratio

    def _price(self, target, point, uom):
        """What one ``uom`` costs, and why that is not exact."""
        ratio = self._ratio(target, point.unit, uom)
        if ratio == 1:
            if point.base == 1:
                return float(point.amount), None
            base = Fraction(point.base)
        else:
            base = Fraction(point.base) * ratio
        value = Fraction(point.amount) / base
        try:
            return float(exact(value)), None
        except Inexact:
            words = self.env._(
                "%(amount)s for %(base)s is no exact price of one %(unit)s.",
                amount=f"{point.amount:f} {point.currency}",
                base=number(base),
                unit=self.env["uom.uom"].browse(uom).name,
            )
            return round(float(value), ROUNDED), words

    def _minimum(self, target, point, uom):
        if not point.minimum:
            return 0.0
        ratio = self._ratio(target, point.minimum_unit, uom)
        if ratio == 1:
            return float(point.minimum)
        return round(float(Fraction(point.minimum) * ratio), self._digits)

    def _currency(self, name):
        currency = self._currencies.get(name)
        if currency is None:
            raise BusinessRefused("catalogue.currency", currency=name, subject=name)
        return currency

    def _rate(self, old, new):
        key = (old, new)
        if key not in self._rates:
            Currency = self.env["res.currency"]
            self._rates[key] = Currency._get_conversion_rate(
                Currency.browse(old), Currency.browse(new), self.company, self.today
            )
        return self._rates[key]


def of_vendor(env, trade_partner, company, alias="s"):
    """The condition for vendor prices of a partner that a catalogue may speak about."""
    table = SQL.identifier(alias)
    condition = SQL(
        "%s.partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id = %s)"
        " AND (%s.company_id IS NULL OR %s.company_id = %s)",
        table,
        trade_partner.partner_id.commercial_partner_id.id,
        table,
        table,
        company.id,
    )
    if "purchase_requisition_line_id" in env["product.supplierinfo"]._fields:
        # What was agreed in a blanket order is no matter of price lists.
        condition = SQL("%s AND %s.purchase_requisition_line_id IS NULL", condition, table)
    return condition


def today_of(company):
    """The day it is where a company is."""
    return fields.Date.context_today(company.with_context(tz=company.partner_id.tz or "UTC"))


def ended(about, product, info, day):
    """The change that ends a vendor price: ``day`` is the first on which it does not hold."""
    return Change(
        *about,
        "ended",
        product_id=info.product or product,
        product_tmpl_id=info.template,
        supplierinfo_id=info.id,
        min_qty=info.minimum,
        product_uom_id=info.uom,
        currency_id=info.currency,
        old_currency_id=info.currency,
        old_price=info.price,
        old_discount=info.discount,
        date_end=day - timedelta(1),
    )


def _told_as(pairs):
    """The code of an item that a person is shown: the supplier's own, where there is one."""
    for pair in pairs:
        if pair[0] == "seller":
            return pair
    return pairs[0] if pairs else (None, None)


def _concerns(info, target):
    if target.product is None:
        return info.product is None
    return info.product in (None, target.product)
