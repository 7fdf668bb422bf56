from odoo import models

from odoo.addons.trade_core.announcing import at_commit
from odoo.addons.trade_core.event_parts import product

from ..events import ReceivedLineData


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Receipts that this completes are looked at before the commit."""
        states = {
            picking.id: picking.state
            for picking in self.picking_id
            if picking.picking_type_code == "incoming"
        }
        done = super()._action_done(cancel_backorder=cancel_backorder)
        at_commit(self.env["stock.picking"], "_trade_received", states)
        return done

    def _trade_received_lines(self, units):
        """What these moves brought, by order line; what the supplier was asked for is in the order's unit."""
        return tuple(
            moves._trade_received_line(line, units)
            for line, moves in self.grouped("purchase_line_id").items()
            if line
        )

    def _trade_received_line(self, line, units):
        unit = line.product_uom_id
        now = sum(
            move.product_uom._compute_quantity(move.quantity, unit, rounding_method="HALF-UP")
            for move in self
        )
        return ReceivedLineData(
            order=line.order_id.name,
            line=line.trade_line_ref or None,
            product=product(self.product_id[:1].with_context(lang=line.order_id.partner_id.lang)),
            ordered=units.measure(line.product_qty, unit),
            received=units.measure(now, unit),
            received_in_all=units.measure(line.qty_received, unit),
            outstanding=units.measure(max(line.product_qty - line.qty_received, 0.0), unit),
        )
