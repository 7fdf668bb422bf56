from odoo import api, fields, models

_MEANING = {"product_code", "product_id", "product_tmpl_id", "partner_id", "company_id"}


class ProductSupplierinfo(models.Model):
    """What the vendor has of it; and a vendor code that is entered tells what stock kept under it is."""

    _inherit = "product.supplierinfo"

    trade_supply = fields.Char("At the vendor", compute="_compute_trade_supply", groups="base.group_user")
    trade_supply_stale = fields.Boolean(compute="_compute_trade_supply", groups="base.group_user")
    trade_supply_none = fields.Boolean(compute="_compute_trade_supply", groups="base.group_user")

    @api.depends("partner_id", "product_id", "product_tmpl_id")
    def _compute_trade_supply(self):
        Stock = self.env["trade.supplier.stock"].sudo()
        for company, infos in self.grouped(lambda info: info.company_id or self.env.company).items():
            products = {
                info: info.product_id or info.product_tmpl_id.product_variant_ids[:1] for info in infos
            }
            found = Stock._supply(self.env["product.product"].union(*products.values()), company)
            for info, product in products.items():
                supply = found.get((product.id, info.partner_id.commercial_partner_id.id))
                info.trade_supply = Stock._supply_words(supply, product.uom_id)
                info.trade_supply_stale = bool(supply) and supply.is_stale
                info.trade_supply_none = bool(supply) and not supply.now

    @api.model_create_multi
    def create(self, vals_list):
        infos = super().create(vals_list)
        self.env["trade.supplier.stock"]._learn(infos._stock_codes())
        return infos

    def write(self, vals):
        codes = self._stock_codes() if vals.keys() & _MEANING else []
        result = super().write(vals)
        if vals.keys() & _MEANING:
            self.env["trade.supplier.stock"]._learn([*codes, *self._stock_codes()])
        return result

    def unlink(self):
        codes = self._stock_codes()
        result = super().unlink()
        self.env["trade.supplier.stock"]._learn(codes)
        return result

    def _stock_codes(self):
        return [code for code in self.mapped("product_code") if code]
