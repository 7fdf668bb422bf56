from odoo import api, models
from odoo.fields import Domain

from odoo.addons.trade_core.event_parts import Units, product
from odoo.addons.trade_kernel.identifiers import gtin_spellings

from ..reads import Availability, WarehouseAvailability


class TradeApiReadAvailability(models.AbstractModel):
    """What is free of the products we sell; the same for every partner that may read it."""

    _name = "trade.api.read.availability"
    _inherit = ["trade.api.read"]
    _description = "Availability in the API"

    @api.model
    def _page(self, door, params, after, limit):
        domain = self._domain(door) & Domain("id", ">", int(after or 0))
        if params.code:
            domain &= self._coded(params.code)
        products = self.env["product.product"].search(domain, order="id", limit=limit)
        return self._items(door, products), str(products[-1].id) if len(products) == limit else None

    @api.model
    def _one(self, door, key):
        products = self.env["product.product"].search(self._domain(door) & self._coded([key]), limit=2)
        return self._items(door, products)[0] if len(products) == 1 else None

    @api.model
    def _domain(self, door):
        """What is sold, and kept in stock."""
        return (
            Domain("sale_ok", "=", True)
            & Domain("is_storable", "=", True)
            & Domain("company_id", "in", [False, door.company_id])
        )

    @api.model
    def _coded(self, codes):
        spelled = {spelling for code in codes for spelling in gtin_spellings(code)}
        return Domain("default_code", "in", codes) | Domain("barcode", "in", list(spelled))

    @api.model
    def _items(self, door, products):
        partner = self.env["trade.partner"].browse(door.trade_partner_id)
        units, lang = Units(products.uom_id), partner.partner_id.lang
        found = products._trade_free_by_warehouse(self.env["res.company"].browse(door.company_id))
        return [
            Availability(
                product=product(one.with_context(lang=lang)),
                available=units.measure(sum(max(value, 0.0) for value in free.values()), one.uom_id),
                warehouses=[
                    WarehouseAvailability(
                        warehouse=place.code, available=units.measure(max(value, 0.0), one.uom_id)
                    )
                    for place, value in free.items()
                    if value > 0
                ],
            )
            for one, free in found.items()
        ]
