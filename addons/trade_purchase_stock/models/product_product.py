from odoo import api, models

from odoo.addons.trade_kernel.identifiers import gtin_spellings


class ProductProduct(models.Model):
    """Stock that was kept under a GTIN gets its product when a product gets it as its barcode."""

    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        if any(vals.get("barcode") for vals in vals_list):
            products._learn_stock()
        return products

    def write(self, vals):
        former = self._stock_gtins() if "barcode" in vals else []
        result = super().write(vals)
        if "barcode" in vals:
            self._learn_stock(former)
        return result

    def _stock_gtins(self):
        return [one for product in self if product.barcode for one in gtin_spellings(product.barcode)]

    def _learn_stock(self, former=()):
        gtins = [*self._stock_gtins(), *former]
        self.env["trade.supplier.stock"]._learn(gtins, gtins)
