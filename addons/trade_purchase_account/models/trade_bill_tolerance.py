from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.trade_kernel.matching import careful
from odoo.addons.trade_kernel.tolerance import BILL_DIMENSIONS, Action, Policy, Rule

WITHIN = [("accept", "Accept"), ("notify", "Accept and note")]
BEYOND = [
    ("notify", "Accept and note"),
    ("wait", "Wait"),
    ("hold", "Hold for a decision"),
    ("reject", "Refuse the invoice"),
]
_WITHOUT_CATEGORY = ("charges", "total")
_WITHOUT_LIMITS = ("unknown_line", "item")


class TradeBillTolerance(models.Model):
    """How far one kind of difference on an invoice may go, for one supplier, one category, both or all.

    The most specific row counts: supplier and category, then supplier, then category, then all. A category
    counts for those below it, the nearest first.
    """

    _name = "trade.bill.tolerance"
    _description = "Invoice Tolerance"
    _order = "dimension, trade_partner_id, category_id, id"
    _rec_name = "dimension"

    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", "Only for", index=True, help="Empty: for all our companies.")
    trade_partner_id = fields.Many2one(
        "trade.partner", "Supplier", index="btree_not_null", ondelete="cascade",
        help="Empty: for all suppliers.",
    )  # fmt: skip
    category_id = fields.Many2one(
        "product.category", "Product category", index="btree_not_null", ondelete="cascade",
        help="Empty: for all products.",
    )  # fmt: skip
    dimension = fields.Selection(
        [
            ("price", "Price"),
            ("quantity", "More than ordered"),
            ("receipt", "More than received"),
            ("charges", "Freight and charges"),
            ("tax", "Tax"),
            ("total", "Does not add up"),
            ("unknown_line", "Line nobody ordered"),
            ("item", "Another item"),
        ],
        "When this differs",
        required=True,
    )
    tolerance_percent = fields.Float(
        "Up to %",
        digits=(16, 3),
        help="Price: of the agreed price. Quantity: of what was ordered. Charges: of the goods. Tax: of the"
        " tax expected. 0: no such limit.",
    )
    tolerance_amount = fields.Float(
        "Up to",
        digits=(16, 2),
        help="Quantity: in the order line's unit. All others: in the invoice's currency, for the line or the"
        " document. 0: no such limit. Every limit that is set must hold.",
    )
    within = fields.Selection(WITHIN, "Within the limits", required=True, default="accept")
    beyond = fields.Selection(BEYOND, required=True, default="hold")
    has_limits = fields.Boolean(compute="_compute_has_limits")

    _one_per_scope = models.UniqueIndex(
        "(dimension, COALESCE(company_id, 0), COALESCE(trade_partner_id, 0), COALESCE(category_id, 0))"
        " WHERE active",
        "There is already a limit for this difference, supplier and category. Change that one.",
    )
    _positive = models.Constraint(
        "CHECK (tolerance_percent >= 0 AND tolerance_amount >= 0)",
        "A limit cannot be below zero; zero means: no such limit.",
    )
    _document_wide = models.Constraint(
        "CHECK (category_id IS NULL OR dimension NOT IN ('charges', 'total'))",
        "Charges and totals are about the whole invoice: leave the category empty.",
    )
    _wait_for_receipts = models.Constraint(
        "CHECK (beyond != 'wait' OR dimension = 'receipt')",
        "Only what was not received yet can wait. Choose something else for this difference.",
    )

    @api.depends("dimension")
    def _compute_has_limits(self):
        for one in self:
            one.has_limits = one.dimension not in _WITHOUT_LIMITS

    @api.onchange("dimension")
    def _onchange_dimension(self):
        if self.dimension in _WITHOUT_CATEGORY:
            self.category_id = False
        if not self.has_limits:
            self.tolerance_percent = self.tolerance_amount = 0
        if self.dimension == "receipt":
            self.beyond = "wait"
        elif self.beyond == "wait":
            self.beyond = "hold"

    def _rule(self):
        self.ensure_one()
        return Rule(
            self.dimension,
            tolerance_percent=Decimal(str(self.tolerance_percent)),
            tolerance_amount=Decimal(str(self.tolerance_amount)),
            within=Action(self.within),
            beyond=Action(self.beyond),
        )

    @api.model
    def _policies(self, trade_partner, company):
        """:return: a function from a product category (empty: the document) to the kernel's ``Policy``"""
        rows = self.sudo().search(
            [
                ("company_id", "in", (company.id, False)),
                ("trade_partner_id", "in", (trade_partner.id, False)),
            ]
        )
        default, known = careful(), {}

        def policy(category):
            if category.id not in known:
                known[category.id] = rows._most_specific(category, default)
            return known[category.id]

        return policy

    def _most_specific(self, category, default):
        path = [int(part) for part in (category.parent_path or "").split("/") if part]

        def rank(row):
            depth = path.index(row.category_id.id) + 1 if row.category_id else 0
            return bool(row.trade_partner_id), depth, bool(row.company_id)

        rules = []
        for dimension in BILL_DIMENSIONS:
            fitting = self.filtered(
                lambda row, dimension=dimension: (
                    row.dimension == dimension and (not row.category_id or row.category_id.id in path)
                )
            )
            rules.append(max(fitting, key=rank)._rule() if fitting else default.rule(dimension))
        return Policy(tuple(rules))
