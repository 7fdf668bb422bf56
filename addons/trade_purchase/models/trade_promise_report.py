from odoo import api, fields, models
from odoo.tools import SQL

OUTCOMES = [
    ("open", "Not due yet"),
    ("overdue", "Overdue"),
    ("on_time", "On time"),
    ("late", "Late"),
    ("refused", "Refused"),
]


class TradePromiseReport(models.Model):
    """How far suppliers do what they were asked and what they promised: one row per order line that a
    supplier was asked for. What each figure means: docs/documents/promise.md.

    The figures are 100 or 0 for a line, and empty while it is not decided; their average is the rate.
    """

    _name = "trade.promise.report"
    _description = "Supplier Reliability"
    _auto = False
    _order = "asked_date desc, id desc"
    _rec_name = "order_line_id"
    _depends = {
        "purchase.order": ["state", "partner_id", "date_approve", "user_id"],
        "purchase.order.line": [
            "order_id", "product_id", "product_qty", "product_uom_id", "company_id",
            "trade_asked_date", "trade_asked_qty", "trade_answered", "trade_first_promised_date",
            "trade_first_promised_qty", "trade_promised_date", "trade_promised_qty",
        ],
        "product.supplierinfo": ["delay", "partner_id", "product_tmpl_id", "product_id", "company_id"],
        "trade.promise": ["kind", "quantity", "date", "order_line_id", "number"],
    }  # fmt: skip

    order_id = fields.Many2one("purchase.order", readonly=True)
    order_line_id = fields.Many2one("purchase.order.line", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    category_id = fields.Many2one("product.category", "Product category", readonly=True)
    partner_id = fields.Many2one("res.partner", "Vendor", readonly=True)
    user_id = fields.Many2one("res.users", "Buyer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    product_uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)

    confirmed_on = fields.Date("Ordered", readonly=True)
    asked_date = fields.Date("Asked for", readonly=True)
    first_promised_date = fields.Date("First promised", readonly=True)
    promised_date = fields.Date("Promised now", readonly=True)
    due = fields.Date(
        readonly=True, help="The day promised first; before there is a promise, the day asked for."
    )
    first_receipt = fields.Date("First receipt", readonly=True)
    last_receipt = fields.Date("Last receipt", readonly=True)
    completed_on = fields.Date("Complete", readonly=True)

    asked_qty = fields.Float("Asked quantity", digits="Product Unit", readonly=True)
    first_promised_qty = fields.Float("First promised quantity", digits="Product Unit", readonly=True)
    received_qty = fields.Float("Received quantity", digits="Product Unit", readonly=True)
    received_by_asked = fields.Float("Received by the asked day", digits="Product Unit", readonly=True)
    received_by_promise = fields.Float(
        "Received by the first promised day", digits="Product Unit", readonly=True
    )
    promise_count = fields.Integer("Promises", readonly=True)

    otif_asked = fields.Float("On time in full, asked (%)", digits=(16, 1), readonly=True, aggregator="avg")
    otif_promised = fields.Float(
        "On time in full, promised (%)", digits=(16, 1), readonly=True, aggregator="avg"
    )
    first_promise_kept = fields.Float(
        "First promise kept (%)", digits=(16, 1), readonly=True, aggregator="avg"
    )
    decided_asked = fields.Boolean(readonly=True)
    decided_promised = fields.Boolean(readonly=True)
    days_late = fields.Float(
        digits=(16, 1), readonly=True, aggregator="avg", help="Of what is complete; negative: early."
    )
    days_overdue = fields.Float(
        digits=(16, 1), readonly=True, aggregator="avg", help="Of what is not complete, until today."
    )
    lead_time = fields.Float("Lead time (days)", digits=(16, 1), readonly=True, aggregator="avg")
    lead_time_agreed = fields.Float(
        "Agreed lead time (days)", digits=(16, 1), readonly=True, aggregator="avg"
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT fact.*,
                   CASE WHEN fact.otif_promised IS NULL AND NOT fact.taken_back THEN NULL
                        WHEN fact.taken_back THEN 0 ELSE fact.otif_promised END AS first_promise_kept,
                   fact.otif_asked IS NOT NULL AS decided_asked,
                   fact.otif_promised IS NOT NULL AS decided_promised,
                   fact.completed_on - fact.confirmed_on AS lead_time,
                   fact.completed_on - fact.due AS days_late,
                   CASE WHEN fact.completed_on IS NULL AND fact.due < %(today)s AND NOT fact.refused
                        THEN %(today)s - fact.due END AS days_overdue,
                   CASE WHEN fact.refused THEN 'refused'
                        WHEN fact.completed_on <= fact.due THEN 'on_time'
                        WHEN fact.completed_on IS NOT NULL THEN 'late'
                        WHEN fact.due < %(today)s THEN 'overdue'
                        ELSE 'open' END AS outcome
              FROM (%(facts)s) fact
            """,
            today=fields.Date.context_today(self),
            facts=self._sql_facts(),
        )

    def _sql_facts(self):
        """One row per order line: what was asked, promised and received of it, and until when."""
        return SQL(
            """
            SELECT line.id, line.id AS order_line_id, line.order_id, line.product_id, template.categ_id
                       AS category_id, vendor.commercial_partner_id AS partner_id, orders.user_id,
                   line.company_id, line.product_uom_id, orders.date_approve::date AS confirmed_on,
                   line.trade_asked_date AS asked_date, line.trade_asked_qty AS asked_qty,
                   line.trade_first_promised_date AS first_promised_date,
                   line.trade_first_promised_qty AS first_promised_qty,
                   line.trade_promised_date AS promised_date,
                   COALESCE(line.trade_first_promised_date, line.trade_asked_date) AS due,
                   COALESCE(line.trade_answered AND line.trade_promised_qty = 0, false) AS refused,
                   ledger.promise_count, ledger.first_receipt, ledger.last_receipt, ledger.completed_on,
                   ledger.received_qty, ledger.received_by_asked, ledger.received_by_promise,
                   COALESCE(line.trade_promised_qty < line.trade_first_promised_qty
                            OR ledger.latest_promise > line.trade_first_promised_date, false) AS taken_back,
                   CASE WHEN ledger.received_by_asked >= line.trade_asked_qty THEN 100
                        WHEN line.trade_asked_date < %(today)s THEN 0
                        WHEN line.trade_answered AND line.trade_promised_qty = 0 THEN 0 END AS otif_asked,
                   CASE WHEN line.trade_first_promised_date IS NULL
                          OR line.trade_first_promised_qty = 0 THEN NULL
                        WHEN ledger.received_by_promise >= line.trade_first_promised_qty THEN 100
                        WHEN line.trade_first_promised_date < %(today)s THEN 0 END AS otif_promised,
                   agreed.delay AS lead_time_agreed
              FROM purchase_order_line line
              JOIN purchase_order orders ON orders.id = line.order_id AND orders.state = 'purchase'
              JOIN res_partner vendor ON vendor.id = orders.partner_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN LATERAL (%(ledger)s) ledger ON true
              LEFT JOIN LATERAL (%(agreed)s) agreed ON true
             WHERE line.trade_asked_date IS NOT NULL
               AND (line.product_qty > 0 OR (line.trade_answered AND line.trade_promised_qty = 0))
            """,
            today=fields.Date.context_today(self),
            ledger=self._sql_ledger(),
            agreed=self._sql_agreed(),
        )

    def _sql_ledger(self):
        """What the ledger says about one ``line``, added up."""
        received = SQL("entry.kind = 'received'")
        return SQL(
            """
            SELECT COALESCE(sum(entry.quantity) FILTER (WHERE %(received)s), 0) AS received_qty,
                   COALESCE(sum(entry.quantity) FILTER (
                       WHERE %(received)s AND entry.date <= line.trade_asked_date), 0) AS received_by_asked,
                   COALESCE(sum(entry.quantity) FILTER (
                       WHERE %(received)s AND entry.date <= line.trade_first_promised_date), 0)
                       AS received_by_promise,
                   min(entry.date) FILTER (WHERE %(received)s AND entry.quantity > 0) AS first_receipt,
                   max(entry.date) FILTER (WHERE %(received)s AND entry.quantity > 0) AS last_receipt,
                   min(entry.date) FILTER (
                       WHERE %(received)s AND line.product_qty > 0 AND entry.sum_so_far >= line.product_qty)
                       AS completed_on,
                   max(entry.date) FILTER (WHERE entry.kind = 're_promised') AS latest_promise,
                   count(DISTINCT entry.number) FILTER (WHERE NOT %(received)s) AS promise_count
              FROM (SELECT each.kind, each.date, each.quantity, each.number,
                           sum(each.quantity) OVER (PARTITION BY each.kind ORDER BY each.date, each.id)
                               AS sum_so_far
                      FROM trade_promise each
                     WHERE each.order_line_id = line.id
                       AND each.kind IN ('first_promised', 're_promised', 'received')) entry
            """,
            received=received,
        )

    def _sql_agreed(self):
        """The lead time in days that the vendor's price list of today says for one ``line``."""
        return SQL(
            """
            SELECT seller.delay
              FROM product_supplierinfo seller
             WHERE seller.product_tmpl_id = product.product_tmpl_id
               AND seller.partner_id IN (orders.partner_id, vendor.commercial_partner_id)
               AND (seller.product_id IS NULL OR seller.product_id = product.id)
               AND (seller.company_id IS NULL OR seller.company_id = line.company_id)
             ORDER BY seller.product_id NULLS LAST, seller.sequence, seller.min_qty DESC, seller.id
             LIMIT 1
            """
        )

    @api.readonly
    def action_open_order(self):
        """The order a line belongs to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "purchase.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }
