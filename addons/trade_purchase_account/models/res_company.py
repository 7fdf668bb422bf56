from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    trade_charge_product_id = fields.Many2one(
        "product.product",
        "Product for charges",
        check_company=True,
        help="Freight, surcharges, discounts and roundings on suppliers' invoices are booked on it.",
        groups="base.group_user",
    )
