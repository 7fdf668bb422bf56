from odoo import models

from odoo.addons.trade_core.announcing import at_commit
from odoo.addons.trade_core.event_parts import product

from ..events import ShipmentLineData


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Transfers that this completes are looked at before the commit."""
        states = {picking.id: picking.state for picking in self.picking_id if picking._trade_is_shipment()}
        done = super()._action_done(cancel_backorder=cancel_backorder)
        at_commit(self.env["stock.picking"], "_trade_dispatched", states)
        return done

    def _trade_say(self, units):
        """The line of a shipment, in the receiver's language."""
        told = self.product_id.with_context(lang=self.picking_id._trade_receiver().lang)
        return ShipmentLineData(
            product=product(told),
            quantity=units.measure(self.quantity, self.product_uom),
            lots=tuple(self.move_line_ids.lot_id.mapped("name")),
        )
