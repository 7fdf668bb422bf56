from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    trade_edifact_id = fields.Char(
        "Our EDIFACT id",
        help="What our files say in UNB: qualifier and id, such as 14:4012345000009.",
        groups="base.group_user",
    )
    trade_x12_id = fields.Char(
        "Our X12 id",
        help="What our files say in ISA: qualifier and id, such as ZZ:TRADELANE.",
        groups="base.group_user",
    )
