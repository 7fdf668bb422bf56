from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.trade_core.event_parts import Units, product
from odoo.addons.trade_http.parameters import naive_utc

from ..reads import PriceParams, ProductPrice


class TradeApiReadPrices(models.AbstractModel):
    """The prices of the caller's own price list."""

    _name = "trade.api.read.prices"
    _inherit = ["trade.api.read.products"]
    _description = "Prices in the API"

    @api.model
    def _domain(self, door):
        return Domain("sale_ok", "=", True) & Domain("company_id", "in", [False, door.company_id])

    @api.model
    def _items(self, door, products, params=None):
        params = params or PriceParams()
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
