from odoo import fields, models


class TradeMessage(models.Model):
    _inherit = "trade.message"

    mail_id = fields.Many2one("trade.mail", readonly=True, ondelete="restrict", index="btree_not_null")
