from odoo import fields, models


class TradeMessage(models.Model):
    _inherit = "trade.message"

    portal_link_id = fields.Many2one(
        "trade.portal.link",
        "By the link",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Sent with it, or used to say this on the order's page.",
    )
