from odoo import fields, models


class TradeMessage(models.Model):
    _inherit = "trade.message"

    trade_match_ids = fields.One2many("trade.bill.match", "trade_message_id", readonly=True)
