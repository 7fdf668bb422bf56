from odoo import fields, models


class TradeMessage(models.Model):
    _inherit = "trade.message"

    trade_remittance = fields.Json(
        "Told with it",
        readonly=True,
        prefetch=False,
        groups="base.group_system",
        help="What a remittance advice says, see trade_account/remittance.py.",
    )
