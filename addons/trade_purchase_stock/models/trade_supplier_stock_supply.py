from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date, formatLang


@dataclass
class Supply:
    """What one supplier says of one product, in the product's unit.

    :ivar now: what can be had today; ``None``: nothing was said about it
    :ivar later: day → how much more from then on
    :ivar back_order: how much waits for goods, of no named order
    :ivar unread: kinds of which a part is in a unit that is not known, so that it is not in the quantities
    :ivar fresh_at: since when it is known to be so, naive UTC
    """

    now: float | None = None
    later: dict[date, float] = field(default_factory=lambda: defaultdict(float))
    back_order: float = 0.0
    fresh_at: datetime | None = None
    is_stale: bool = False
    kinds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    unread: set[str] = field(default_factory=set)

    def add(self, kind, day, quantity, unread, fresh_at, is_stale):
        """One quantity that was said; ``quantity`` is ``None`` where its unit is not known, ``unread`` says
        whether there is more in such a unit."""
        self.is_stale |= is_stale
        self.fresh_at = min(filter(None, (self.fresh_at, fresh_at)))
        if unread:
            self.unread.add(kind)
        if quantity is None:
            return
        if day:
            self.later[day] += quantity
        else:
            self.kinds[kind] += quantity

    def settle(self):
        """Free stock is what they call so; else what lies there and is not reserved."""
        if "available" in self.kinds:
            self.now = self.kinds["available"]
        elif "on_hand" in self.kinds and "reserved" not in self.unread:
            self.now = self.kinds["on_hand"] - self.kinds.get("reserved", 0.0)
        elif self.later:
            self.now = 0.0
        self.back_order = self.kinds.get("back_order", 0.0)
        return self

    @property
    def is_more(self):
        """Whether they have more than what can be counted."""
        counted = "available" if "available" in self.kinds else "on_hand"
        return self.now is not None and counted in self.unread

    @property
    def best(self):
        """Everything they have or will have."""
        return (self.now or 0.0) + sum(self.later.values())


class TradeSupplierStock(models.Model):
    """What buyers are shown of it: beside the vendor, the order line and the replenishment."""

    _inherit = "trade.supplier.stock"

    @api.model
    def _supply(self, products, company):
        """What suppliers say of these products; two queries. Who calls an item by its barcode now and by the
        supplier's code before says the same again, and not more of it.

        :return: ``{(product id, commercial partner id): Supply}``
        """
        self.env["trade.supplier.report"].flush_model()
        today = fields.Date.context_today(self)
        rows = self.env.execute_query(
            SQL(
                """
            WITH said AS (
                SELECT s.*, max(s.as_of) OVER (PARTITION BY %(subject)s) AS newest,
                       max(s.as_of) OVER (PARTITION BY %(subject)s, s.item_scheme) AS newest_so
                  FROM trade_supplier_stock s
                 WHERE s.product_id = ANY(%(products)s) AND s.company_id = %(company)s AND s.order_ref = ''
                   AND s.kind IN ('available', 'on_hand', 'reserved', 'back_order'))
            SELECT s.product_id, vendor.commercial_partner_id, s.kind,
                   CASE WHEN s.available_from > %(today)s THEN s.available_from END AS day,
                   sum(s.product_qty)::float8, bool_or(s.product_qty IS NULL), min(s.as_of),
                   report.route_id
              FROM said s
              JOIN trade_supplier_report report ON report.id = s.report_id
              JOIN trade_partner p ON p.id = s.trade_partner_id
              JOIN res_partner vendor ON vendor.id = p.partner_id
             WHERE s.newest_so = s.newest
               AND (s.kind = 'available' OR s.available_from IS NULL OR s.available_from <= %(today)s)
             GROUP BY 1, 2, 3, 4, report.route_id""",
                subject=SQL("s.product_id, s.trade_partner_id, s.kind, s.location"),
                today=today,
                products=products.ids,
                company=company.id,
            )
        )
        ages = self._ages({(row[-2], row[-1]) for row in rows})
        found = defaultdict(Supply)
        for product_id, vendor_id, kind, day, quantity, unread, as_of, route_id in rows:
            found[product_id, vendor_id].add(kind, day, quantity, unread, *ages[as_of, route_id])
        return {key: supply.settle() for key, supply in found.items()}

    @api.model
    def _had(self, company):
        """Ids of the products with reordering rules that some supplier has today."""
        points = self.env["stock.warehouse.orderpoint"].sudo().search([("company_id", "=", company.id)])
        supplies = self._supply(points.product_id, company)
        return list(
            {product_id for (product_id, _vendor), supply in supplies.items() if (supply.now or 0) > 0}
        )

    @api.model
    def _ages(self, pairs):
        """``{(as of, route id): (known to be so since, whether that is too old)}``"""
        routes = self.env["trade.route"].sudo().browse({route_id for _as_of, route_id in pairs if route_id})
        confirmed = self.env["trade.supplier.report"].sudo()._confirmed(routes)
        limits = {route.id: timedelta(hours=route.stock_max_age) for route in routes}
        now, found = fields.Datetime.now(), {}
        for as_of, route_id in pairs:
            fresh_at, limit = max(as_of, confirmed.get(route_id, as_of)), limits.get(route_id)
            found[as_of, route_id] = fresh_at, bool(limit) and now - fresh_at > limit
        return found

    @api.model
    def _supply_words(self, supply, unit):
        """``120 Units, 50 from 12/10/2026 · 3 h ago``; empty when nothing was said.

        :param unit: ``uom.uom`` of the product
        """
        if not supply:
            return False
        if supply.now is None:
            what = self.env._("in a unit that is not known")
            if supply.back_order:
                what = self.env._("%s on back-order", self._number(supply.back_order, unit))
        else:
            what = self._number(supply.now, unit)
        for day, quantity in sorted(supply.later.items()):
            more = self._number(quantity, unit)
            what = self.env._(
                "%(so_far)s, %(more)s from %(day)s",
                so_far=what,
                more=more,
                day=format_date(self.env, day),
            )
        if supply.is_more:
            what = self.env._("%s, more in a unit that is not known", what)
        return f"{what} · {self._age(fields.Datetime.now() - supply.fresh_at)}"

    @api.model
    def _number(self, quantity, unit):
        digits = 0 if unit.compare(quantity, round(quantity)) == 0 else 2
        return f"{formatLang(self.env, quantity, digits=digits)} {unit.name}"

    @api.model
    def _back_orders(self, orders):
        """Rows that suppliers relate to these orders.

        :return: ``{order name: rows}``
        """
        rows = self.sudo().search([("order_ref", "in", orders.mapped("name")), ("kind", "=", "back_order")])
        return rows.grouped("order_ref")
