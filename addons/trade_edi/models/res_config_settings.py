from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    trade_edifact_id = fields.Char(related="company_id.trade_edifact_id", readonly=False)
    trade_x12_id = fields.Char(related="company_id.trade_x12_id", readonly=False)
