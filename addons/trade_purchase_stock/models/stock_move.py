from odoo import fields, models

from odoo.addons.trade_core.announcing import at_commit
from odoo.addons.trade_core.event_parts import product
from odoo.addons.trade_purchase.models.purchase_order_line_promise import RECEIVING

from ..events import ReceivedLineData


class StockMove(models.Model):
    _inherit = "stock.move"

    trade_despatch_id = fields.Many2one(
        "trade.despatch",
        "Announced with",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )

    def _action_done(self, cancel_backorder=False):
        """Receipts that this completes are looked at before the commit; what moves brought or took back of
        order lines stands in the promise ledger at once."""
        states = {
            picking.id: picking.state
            for picking in self.picking_id
            if picking.picking_type_code == "incoming"
        }
        pickings = self.picking_id
        orders = pickings.purchase_id | pickings.return_id.purchase_id
        lines = orders.order_line | self.purchase_line_id  # unexpected goods find a line of the order
        if not lines or self.env.context.get(RECEIVING):
            done = super()._action_done(cancel_backorder=cancel_backorder)
        else:
            before = lines._trade_received_now()
            doing = self.with_context(**{RECEIVING: True})
            done = super(StockMove, doing)._action_done(cancel_backorder=cancel_backorder)
            done = done.with_env(self.env)
            received = (lines | done.purchase_line_id)._trade_received_since(before)
            lines._trade_note_received(received, done._trade_sources())
        done._trade_despatch_done()
        at_commit(self.env["stock.picking"], "_trade_received", states)
        return done

    def _trade_despatch_done(self):
        """Note what of announced shipments was received."""
        done = self.filtered(lambda move: move.state == "done").sudo()
        done.move_line_ids.trade_despatch_line_id.received = True
        done.trade_despatch_id._check_received()

    def _trade_done_order_lines(self):
        """The order lines whose goods these moves brought already."""
        return self.filtered(lambda move: move.state == "done").purchase_line_id

    def _trade_sources(self):
        """``{order line: {transfer: quantity in the line's unit}}``, what goes back is negative."""
        sources = {}
        for move in self.filtered(lambda one: one.state == "done" and one.picking_id):
            line = move.purchase_line_id.sudo()
            if move.product_id != line.product_id:
                continue  # a part of what was ordered: the kit as a whole is counted
            quantity = move.product_uom._compute_quantity(
                move.quantity, line.product_uom_id, rounding_method="HALF-UP"
            )
            shares = sources.setdefault(line, {})
            signed = -quantity if move._is_purchase_return() else quantity
            shares[move.picking_id] = shares.get(move.picking_id, 0.0) + signed
        return sources

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
