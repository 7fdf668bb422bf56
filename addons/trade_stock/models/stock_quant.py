from collections import defaultdict

from odoo import api, models

from odoo.addons.trade_core.announcing import at_commit

from ..events import AVAILABILITY_CHANGED

_FREE = {"quantity", "reserved_quantity", "location_id", "product_id"}


def added(earlier, later):
    """Both differences of one product together."""
    return {place: earlier.get(place, 0.0) + later.get(place, 0.0) for place in earlier | later}


class StockQuant(models.Model):
    """Every change of a quantity or a reservation is noted, as a difference, while somebody listens."""

    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        new = []
        if self.env["trade.event"]._wanted(AVAILABILITY_CHANGED):
            new = [
                (
                    self.env["product.product"].browse(vals.get("product_id")),
                    self.env["stock.location"].browse(vals.get("location_id")),
                    (vals.get("quantity") or 0.0) - (vals.get("reserved_quantity") or 0.0),
                )
                for vals in vals_list
            ]
        quants = super().create(vals_list)
        self._trade_note(new)
        return quants

    def write(self, vals):
        if _FREE.isdisjoint(vals) or not self.env["trade.event"]._wanted(AVAILABILITY_CHANGED):
            return super().write(vals)
        before = self._trade_free(-1)
        result = super().write(vals)
        self._trade_note(before + self._trade_free())
        return result

    def unlink(self):
        before = self._trade_free(-1) if self.env["trade.event"]._wanted(AVAILABILITY_CHANGED) else []
        result = super().unlink()
        self._trade_note(before)
        return result

    def _trade_free(self, sign=1):
        """``[(product, location, quantity nobody reserved)]``"""
        return [
            (quant.product_id, quant.location_id, sign * (quant.quantity - quant.reserved_quantity))
            for quant in self.sudo()
        ]

    def _trade_note(self, differences):
        """:param differences: ``[(product, location, difference)]``, looked at before the commit"""
        notes = defaultdict(lambda: defaultdict(float))
        for product, location, difference in differences:
            if warehouse := location.sudo().warehouse_id:
                notes[product.id][warehouse.id] += difference
        notes = {product_id: dict(places) for product_id, places in notes.items() if any(places.values())}
        at_commit(self.env["product.product"], "_trade_availability", notes, merge=added)
