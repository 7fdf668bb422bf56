import csv
import io
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.trade_kernel.identifiers import GTIN

from ..supply import Key, Ratios

KINDS = [
    ("available", "Available"),
    ("on_hand", "On hand"),
    ("reserved", "Reserved"),
    ("on_order", "On order"),
    ("in_transit", "On its way to them"),
    ("back_order", "Back-order"),
]
#: columns of what is copied in, in their order
COLUMNS = (
    *Key._fields,
    "quantity",
    "product_qty",
    "item_name",
    "gtin",
    "product_id",
    "report_id",
    "message_id",
    "as_of",
)
# What one report says about an item, a place, a kind and an order line replaces all that was said before.
_SUBJECT = ("item_code", "item_scheme", "location", "kind", "order_ref", "line_ref")
_TEXTS = ("location", "order_ref", "line_ref")


class TradeSupplierStock(models.Model):
    """What suppliers say they have, by item, place and day. Written in bulk by the adapter alone, a million
    rows at a time: no log fields, and indexes only for what a person looks for.
    """

    _name = "trade.supplier.stock"
    _description = "Supplier's Stock"
    _order = "id desc"
    _rec_name = "item_code"
    _log_access = False

    trade_partner_id = fields.Many2one(
        "trade.partner", "Supplier", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", "Our company", required=True, readonly=True)
    item_code = fields.Char("Their item", required=True, readonly=True)
    item_scheme = fields.Char("Whose code", required=True, readonly=True)
    item_name = fields.Char("Their description", readonly=True)
    gtin = fields.Char("GTIN", readonly=True)
    product_id = fields.Many2one(
        "product.product", readonly=True, ondelete="set null", help="Empty while nobody knows the item."
    )
    location = fields.Char("Place", required=True, readonly=True, default="")
    kind = fields.Selection(KINDS, "What", required=True, readonly=True)
    available_from = fields.Date("From", readonly=True, help="Empty: now.")
    order_ref = fields.Char("Order", required=True, readonly=True, default="")
    line_ref = fields.Char("Order line", required=True, readonly=True, default="")
    quantity = fields.Float(digits=0, readonly=True, help="As the supplier counts it.", aggregator=None)
    unit_code = fields.Char("Unit", required=True, readonly=True)
    product_qty = fields.Float(
        "In our unit", digits="Product Unit", readonly=True, help="Empty while the unit is not known."
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Our unit")
    as_of = fields.Datetime("Said", required=True, readonly=True)
    report_id = fields.Many2one("trade.supplier.report", required=True, readonly=True)
    message_id = fields.Many2one("trade.message", readonly=True)
    fresh_at = fields.Datetime(
        "True for", compute="_compute_fresh", help="The newest report that says so, or says nothing else."
    )
    age = fields.Char(compute="_compute_fresh")
    is_stale = fields.Boolean("Too old", compute="_compute_fresh", search="_search_is_stale")

    _unique_key = models.UniqueIndex(
        "(trade_partner_id, item_code, item_scheme, location, kind, order_ref, line_ref, unit_code,"
        " COALESCE(available_from, '0001-01-01'::date))"
    )
    _product_idx = models.Index("(product_id, trade_partner_id) WHERE product_id IS NOT NULL")
    _unknown_idx = models.Index("(company_id, id) WHERE product_id IS NULL")
    _item_idx = models.Index("(item_code varchar_pattern_ops)")
    _gtin_idx = models.Index("(gtin) WHERE gtin IS NOT NULL")
    _kind_idx = models.Index("(kind, id) WHERE kind != 'available'")
    _order_idx = models.Index("(order_ref) WHERE order_ref != ''")
    _report_idx = models.Index("(report_id)")

    # -- age -------------------------------------------------------------------------------------

    @api.depends("as_of", "report_id")
    def _compute_fresh(self):
        routes = self.sudo().report_id.route_id
        confirmed = self.env["trade.supplier.report"].sudo()._confirmed(routes)
        now = fields.Datetime.now()
        for row in self:
            route = row.sudo().report_id.route_id
            row.fresh_at = max(row.as_of, confirmed.get(route.id, row.as_of))
            row.age = self._age(now - row.fresh_at)
            limit = route.stock_max_age
            row.is_stale = bool(limit) and now - row.fresh_at > timedelta(hours=limit)

    @api.model
    def _age(self, delta):
        """How long ago something was said, in words."""
        minutes = max(int(delta.total_seconds() // 60), 0)
        if minutes < 60:
            return self.env._("%s min ago", minutes)
        if minutes < 48 * 60:
            return self.env._("%s h ago", minutes // 60)
        return self.env._("%s days ago", minutes // (24 * 60))

    def _search_is_stale(self, operator, value):
        if operator != "in":
            return NotImplemented
        # By their ids: of a few reports, or none, the database then knows that they have few rows, or none.
        reports = (
            self.env["trade.supplier.report"]
            .sudo()
            .search(self.env["trade.route"].sudo()._stale_stock_domain())
        )
        stale = fields.Domain("report_id", "in", reports.ids)
        return fields.Domain.OR(stale if wanted else ~stale for wanted in value)

    def action_open(self):
        """Where it comes from for what is not known; else the product."""
        self.ensure_one()
        if self.product_id:
            return self.product_id._get_records_action()
        return self.report_id._get_records_action()

    # -- writing ---------------------------------------------------------------------------------

    @api.model
    def _store(self, trade_partner, rows):
        """Write what was said, past the ORM; what a newer report said stays. Lines of one report add up.

        :param rows: tuples of :data:`COLUMNS`, no two with the same key
        """
        if not rows:
            return
        cr, names = self.env.cr, SQL(", ").join(map(SQL.identifier, COLUMNS))
        self.flush_model()
        cr.execute(
            "CREATE TEMP TABLE trade_supplier_said (item_code varchar, item_scheme varchar, location varchar,"
            " kind varchar, order_ref varchar, line_ref varchar, unit_code varchar, available_from date,"
            " quantity numeric, product_qty numeric, item_name varchar, gtin varchar, product_id integer,"
            " report_id integer, message_id integer, as_of timestamp) ON COMMIT DROP"
        )
        file = io.StringIO()
        csv.writer(file).writerows(rows)
        file.seek(0)
        cr.copy_expert(
            f"COPY trade_supplier_said FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({', '.join(_TEXTS)}))", file
        )
        cr.execute(
            SQL(
                """
            INSERT INTO trade_supplier_stock AS t (trade_partner_id, company_id, %(names)s)
            SELECT %(partner)s, %(company)s, %(names)s FROM trade_supplier_said
                ON CONFLICT (trade_partner_id, item_code, item_scheme, location, kind, order_ref, line_ref,
                             unit_code, COALESCE(available_from, '0001-01-01'::date))
                DO UPDATE SET
                   quantity = excluded.quantity
                            + CASE WHEN t.report_id = excluded.report_id THEN t.quantity ELSE 0 END,
                   product_qty = excluded.product_qty
                            + CASE WHEN t.report_id = excluded.report_id THEN t.product_qty ELSE 0 END,
                   item_name = excluded.item_name, gtin = excluded.gtin, product_id = excluded.product_id,
                   report_id = excluded.report_id, message_id = excluded.message_id, as_of = excluded.as_of
             WHERE (t.as_of, t.report_id) <= (excluded.as_of, excluded.report_id)""",
                names=names,
                partner=trade_partner.id,
                company=trade_partner.company_id.id,
            )
        )
        self._drop_replaced(trade_partner)
        cr.execute("DROP TABLE trade_supplier_said")
        self.invalidate_model(flush=False)

    def _drop_replaced(self, trade_partner):
        """The day an item is there from, or its unit, is another one now: the row of the former goes.

        One look into the index per row: a plain join makes the planner, which knows nothing of the rows said,
        read and sort all that is known of the supplier, for every batch of a large report."""
        same = SQL(" AND ").join(
            SQL("t.%s = n.%s", SQL.identifier(name), SQL.identifier(name)) for name in _SUBJECT
        )
        self.env.cr.execute(
            SQL(
                """
            DELETE FROM trade_supplier_stock WHERE id = ANY(ARRAY(
                SELECT former.id FROM trade_supplier_said n CROSS JOIN LATERAL (
                    SELECT t.id FROM trade_supplier_stock t
                     WHERE t.trade_partner_id = %s AND %s
                       AND (t.as_of, t.report_id) < (n.as_of, n.report_id) OFFSET 0) AS former))""",
                trade_partner.id,
                same,
            )
        )

    @api.model
    def _drop_older(self, report, siblings):
        """A snapshot is complete: what was said before it, and is not in it, is not there."""
        place = SQL("AND location = %s", report.location) if report.location else SQL()
        self.env.cr.execute(
            SQL(
                "DELETE FROM trade_supplier_stock WHERE report_id IN ("
                " SELECT id FROM trade_supplier_report WHERE trade_partner_id = %s"
                " AND (as_of, id) < (%s, %s) AND NOT id = ANY(%s)) %s",
                report.trade_partner_id.id,
                report.as_of,
                report.id,
                siblings.ids,
                place,
            )
        )
        self.invalidate_model(flush=False)

    # -- items that become known -------------------------------------------------------------------

    @api.model
    def _learn(self, codes=(), gtins=()):
        """What codes mean has changed: rows that were kept under them get their product anew.

        :param codes: item codes, as suppliers write them
        :param gtins: the same for GTINs, in any spelling
        """
        codes, gtins = list(set(codes)), list(set(gtins))
        if not codes and not gtins:
            return
        rows = self.sudo().search(["|", ("item_code", "in", codes), ("gtin", "in", gtins)])
        for trade_partner, kept in rows.grouped("trade_partner_id").items():
            kept._learn_of(trade_partner)

    def _learn_of(self, trade_partner):
        resolver = self.env["trade.mapping"]._resolver(trade_partner, trade_partner.company_id)
        found = resolver.products([(row._identifiers(), row.item_name) for row in self])
        ratios = Ratios(resolver, {row.unit_code for row in self}, found)
        changed = []
        for row, product_id in zip(self, found, strict=True):
            ratio = ratios.of(row.unit_code, product_id)
            changed.append((row.id, product_id, None if ratio is None else float(ratio)))
        ids, products, factors = map(list, zip(*changed, strict=True))
        self.env.cr.execute(
            SQL(
                "UPDATE trade_supplier_stock t SET product_id = n.product_id,"
                " product_qty = t.quantity * n.factor::numeric"
                " FROM unnest(%s::int[], %s::int[], %s::float8[]) AS n(id, product_id, factor)"
                " WHERE t.id = n.id",
                ids,
                products,
                factors,
            )
        )
        self.invalidate_recordset(["product_id", "product_qty"], flush=False)

    def _identifiers(self):
        pairs = [] if self.item_scheme == "name" else [(self.item_scheme, self.item_code)]
        return [*pairs, (GTIN, self.gtin)] if self.gtin and self.item_scheme != GTIN else pairs
