from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    trade_charge_product_id = fields.Many2one(
        related="company_id.trade_charge_product_id", readonly=False, domain="[('purchase_ok', '=', True)]"
    )
