from odoo import models


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    # Every batch of documents looks its vendor codes up here.
    _trade_code_idx = models.Index("(product_code) WHERE product_code IS NOT NULL")
