from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    trade_onboarding_vat_service = fields.Char(
        "Register of VAT numbers",
        config_parameter="trade_onboarding.vat_service",
        help="The address of a service that speaks as the REST interface of VIES does. Empty: VAT numbers are"
        " only checked by their form and check digits.",
    )
