from odoo import fields, models


class TradeRoute(models.Model):
    _inherit = "trade.route"

    trade_bill_posting = fields.Selection(
        [("draft", "Draft bills"), ("post", "Posted bills")],
        "Matched invoices become",
        required=True,
        default="draft",
        help="What happens to an invoice of which every line agrees with order and receipt, or was decided.",
    )
