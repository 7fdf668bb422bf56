from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.trade_core.event_parts import Units, product
from odoo.addons.trade_http.parameters import naive_utc
from odoo.addons.trade_kernel.identifiers import gtin_spellings

from ..reads import PriceParams, ProductPrice


class TradeApiReadPrices(models.AbstractModel):
    """The prices of the caller's own price list."""

    _name = "trade.api.read.prices"
    _inherit = ["trade.api.read"]
    _description = "Prices in the API"

    @api.model
    def _page(self, door, params, after, limit):
        domain = self._domain(door) & Domain("id", ">", int(after or 0))
        if params.code:
            domain &= self._coded(params.code)
        products = self.env["product.product"].search(domain, order="id", limit=limit)
        return self._items(door, products, params), str(products[-1].id) if len(products) == limit else None

    @api.model
    def _one(self, door, key):
        products = self.env["product.product"].search(self._domain(door) & self._coded([key]), limit=2)
        return self._items(door, products, PriceParams())[0] if len(products) == 1 else None

    @api.model
    def _domain(self, door):
        return Domain("sale_ok", "=", True) & Domain("company_id", "in", [False, door.company_id])

    @api.model
    def _coded(self, codes):
        spelled = {spelling for code in codes for spelling in gtin_spellings(code)}
        return Domain("default_code", "in", codes) | Domain("barcode", "in", list(spelled))

    @api.model
    def _items(self, door, products, params):
        customer = self.env["trade.partner"].browse(door.trade_partner_id).partner_id
        pricelist = customer.property_product_pricelist
        currency = pricelist.currency_id or self.env.company.currency_id
        when = naive_utc(params.at) if params.at else fields.Datetime.now()
        prices = pricelist._get_products_price(products, params.quantity, currency=currency, date=when)
        units = Units(products.uom_id)
        return [
            ProductPrice(
                product=product(one.with_context(lang=customer.lang)),
                price=units.price(prices[one.id], one.uom_id, currency),
                unit_code=units.measure(1.0, one.uom_id).unit_code,
            )
            for one in products
        ]
