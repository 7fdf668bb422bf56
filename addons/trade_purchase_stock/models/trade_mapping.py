from odoo import api, models


class TradeMapping(models.Model):
    """Stock that was kept under a code gets its product when somebody says what the code means."""

    _inherit = "trade.mapping"

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._learn_stock()
        return mappings

    def write(self, vals):
        codes = self._stock_codes()
        result = super().write(vals)
        if vals.keys() & _MEANING:
            self._learn_stock(codes)
        return result

    def unlink(self):
        codes = self._stock_codes()
        result = super().unlink()
        self.env["trade.supplier.stock"]._learn(codes, codes)
        return result

    def _stock_codes(self):
        return self.filtered(lambda mapping: mapping.kind == "product").mapped("code")

    def _learn_stock(self, former=()):
        codes = [*self._stock_codes(), *former]
        self.env["trade.supplier.stock"]._learn(codes, codes)


_MEANING = {
    "kind",
    "scheme",
    "code",
    "product_id",
    "res_id",
    "trade_partner_id",
    "state",
    "active",
    "valid_from",
    "valid_to",
}
