from odoo import fields, models


class TradeMessage(models.Model):
    _inherit = "trade.message"

    trade_excess_ids = fields.One2many("trade.despatch.excess", "message_id", readonly=True)
