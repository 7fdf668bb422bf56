from odoo import api, models
from odoo.fields import Domain

from odoo.addons.trade_core.event_parts import Units, product

from ..reads import Availability, WarehouseAvailability


class TradeApiReadAvailability(models.AbstractModel):
    """What is free of the products we sell; the same for every partner that may read it."""

    _name = "trade.api.read.availability"
    _inherit = ["trade.api.read.products"]
    _description = "Availability in the API"

    @api.model
    def _domain(self, door):
        """What is sold, and kept in stock."""
        return (
            Domain("sale_ok", "=", True)
            & Domain("is_storable", "=", True)
            & Domain("company_id", "in", [False, door.company_id])
        )

    @api.model
    def _items(self, door, products, params=None):
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
