from odoo import api, models
from odoo.fields import Domain

from odoo.addons.trade_kernel.identifiers import gtin_spellings


class TradeApiReadProducts(models.AbstractModel):
    """What the API says about products, one item each, found by our code or by GTIN.

    Inherit it with :meth:`_domain` and :meth:`_items`; parameters may have ``code``, a list.
    """

    _name = "trade.api.read.products"
    _inherit = ["trade.api.read"]
    _description = "Products in the API"

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
        return self._items(door, products)[0] if len(products) == 1 else None

    @api.model
    def _coded(self, codes):
        spelled = {spelling for code in codes for spelling in gtin_spellings(code)}
        return Domain("default_code", "in", codes) | Domain("barcode", "in", list(spelled))

    @api.model
    def _domain(self, door):
        """Which products this caller may read."""
        raise NotImplementedError

    @api.model
    def _items(self, door, products, params=None):
        """:param params: of the read; ``None``: an element is read by its key"""
        raise NotImplementedError
