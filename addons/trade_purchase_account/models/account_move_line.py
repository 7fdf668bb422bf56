from odoo import fields, models


class AccountMoveLine(models.Model):
    """A line that credits a price alone: the quantity of its order line stays billed."""

    _inherit = "account.move.line"

    trade_price_line_id = fields.Many2one(
        "purchase.order.line",
        "Takes back the price of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )
