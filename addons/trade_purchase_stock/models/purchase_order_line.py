from datetime import date, timedelta

from odoo import api, fields, models
from odoo.tools import groupby

from odoo.addons.trade_purchase.tools import at_day

from .trade_despatch import OPEN


class PurchaseOrderLine(models.Model):
    """Receipts follow the promise: when it moves, when it is split, and when its quantity changes."""

    _inherit = "purchase.order.line"

    trade_despatch_line_ids = fields.One2many(
        "trade.despatch.line", "order_line_id", readonly=True, groups="base.group_user"
    )

    def write(self, vals):
        if "product_qty" not in vals:
            return super().write(vals)
        # What is announced is one receipt again afterwards, only the rest grows or shrinks.
        despatches = self.sudo().move_ids.trade_despatch_id
        despatches = despatches.filtered(lambda one: not one._is_touched())
        despatches._release()
        # Odoo takes the difference out of one receipt and would return the rest to the supplier.
        self.filtered(lambda one: len(one.trade_schedule or []) > 1)._trade_gather_receipts()
        before = {line: line.product_qty for line in self}
        result = super().write(vals)
        despatches._arrange()
        self.filtered(
            lambda line: line.product_uom_id.compare(line.product_qty, before[line]) < 0
        )._trade_tell_unwanted()
        return result

    def _trade_tell_unwanted(self):
        """Tell the buyers which goods are on their way although they are not ordered any more."""
        announced = self.sudo().trade_despatch_line_ids.filtered(
            lambda one: one.despatch_id.state in OPEN and not one.received and one.expected > 0
        )
        for (despatch, line), parts in groupby(announced, lambda one: (one.despatch_id, one.order_line_id)):
            unit, coming = line.product_uom_id, sum(part.expected for part in parts)
            wanted = 0.0 if line.order_id.state == "cancel" else line.product_qty - line.qty_received
            if unit.compare(coming, wanted) > 0:
                despatch._tell_unwanted(line, coming, max(wanted, 0.0))

    def _update_move_date_deadline(self, new_date):
        """While an answer is applied, all receipts of these lines move in one write, and those that were
        planned for their deadline stay planned for it: Odoo itself moves the deadline only, and forecasts
        and the warehouse's plan would go on with the day that no longer holds."""
        if not self.env.context.get("trade_promise"):
            return super()._update_move_date_deadline(new_date)
        moves = self._trade_free_moves()  # what is announced comes when the shipment arrives
        moves.picking_id._track_discard()  # the answer's own record says what it moved
        punctual = moves.filtered(lambda move: move.date == move.date_deadline)
        punctual.write({"date_deadline": new_date, "date": new_date})
        (moves - punctual).write({"date_deadline": new_date})
        others = self.filtered(lambda line: not line._trade_open_moves())
        return super(PurchaseOrderLine, others)._update_move_date_deadline(new_date)

    def _trade_open_moves(self):
        """What is still to be received."""
        return self.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.product_id == move.purchase_line_id.product_id
                and move.location_dest_id.usage != "supplier"
                and not move.origin_returned_move_id
            )
        ).sorted(lambda move: (move.date, move.id))

    @api.model
    def _prepare_purchase_order_line_from_procurement(
        self, product_id, product_qty, product_uom, location_dest_id, name, origin, company_id, values, po
    ):
        """An order that a further product joins must be placed in time for it, as its vendor was measured."""
        vals = super()._prepare_purchase_order_line_from_procurement(
            product_id, product_qty, product_uom, location_dest_id, name, origin, company_id, values, po
        )
        supplier = values.get("supplier")
        if supplier and supplier._trade_more_days() > 0:
            wanted = po.date_planned or fields.Datetime.to_datetime(vals["date_planned"])
            latest = wanted - timedelta(days=supplier.delay + supplier._trade_more_days())
            if latest.date() < po.date_order.date():
                po.date_order = latest
        return vals

    def _trade_free_moves(self):
        """What is still to be received and belongs to no announced shipment; nobody is receiving it now."""
        moves = self._trade_open_moves()
        return moves.filtered(lambda move: not move.trade_despatch_id and not move.picked)

    # -- several deliveries ----------------------------------------------------------------------

    def _trade_schedule_receipts(self, schedule):
        """Make the open receipts of this line match the promised deliveries, each on its day.

        :param schedule: as ``trade_schedule`` keeps it: ``[{qty, date (ISO day or None), backorder}]``
        """
        self.ensure_one()
        moves = self._trade_free_moves()
        wanted = self._trade_still_to_come(schedule)
        if not moves or not wanted or self._trade_is_being_received():
            return
        if self._trade_matches(moves, wanted):
            return
        base = self._trade_gather_receipts()
        base._do_unreserve()  # else the first receipt would go on to bring what the later ones do
        unit, product_unit = self.product_uom_id, self.product_id.uom_id
        parts = []
        for quantity, when in wanted[1:]:
            size = unit._compute_quantity(quantity, product_unit, rounding_method="HALF-UP")
            for vals in base._split(min(size, base.product_qty)):
                picking = self._trade_receipt_on(when, base.picking_id)
                parts.append({**vals, "date": when, "date_deadline": when, "picking_id": picking.id})
        base.write({"date": wanted[0][1], "date_deadline": wanted[0][1]})
        later = self.env["stock.move"].create(parts)._action_confirm(merge=False)
        (base | later)._action_assign()

    def _trade_still_to_come(self, schedule):
        """``[(quantity, instant)]`` in the order of their days, without what was received or announced."""
        order, received = self.order_id, self.qty_received + self._trade_announced_qty()
        by_day = {}
        for part in schedule:
            day = date.fromisoformat(part["date"]) if part["date"] else None
            when = at_day(order, day, self.date_planned) if day else self.date_planned
            by_day[when] = by_day.get(when, 0.0) + part["qty"]
        found = []
        for when, quantity in sorted(by_day.items()):
            arrived = min(quantity, received)
            received -= arrived
            if self.product_uom_id.compare(quantity - arrived, 0.0) > 0:
                found.append((quantity - arrived, when))
        return found

    def _trade_announced_qty(self):
        """What open shipments bring, in this line's unit."""
        moves = self._trade_open_moves().filtered("trade_despatch_id")
        return sum(
            move.product_uom._compute_quantity(move.product_uom_qty, self.product_uom_id) for move in moves
        )

    def _trade_is_being_received(self):
        """Whether somebody receives it just now, not counting announced shipments."""
        return any(move.picked and not move.trade_despatch_id for move in self._trade_open_moves())

    def _trade_matches(self, moves, wanted):
        """Whether the receipts are as wanted already."""
        if len(moves) != len(wanted):
            return False
        return all(
            move.date_deadline == when
            and not self.product_uom_id.compare(
                move.product_uom._compute_quantity(move.product_uom_qty, self.product_uom_id), quantity
            )
            for move, (quantity, when) in zip(moves, wanted, strict=True)
        )

    def _trade_gather_receipts(self):
        """All open receipts of each line in one, on the line's day; announced shipments stay as they are.

        :return: the one move of each line
        """
        bases, gathered, surplus = self.env["stock.move"], {}, self.env["stock.move"]
        for line in self:
            moves = line._trade_free_moves()
            base, others = moves[:1], moves[1:]
            bases |= base
            if others and not line._trade_is_being_received():
                gathered[base] = sum(
                    move.product_uom._compute_quantity(move.product_uom_qty, base.product_uom)
                    for move in moves
                )
                surplus |= others
        if not surplus:
            return bases
        emptied = surplus.picking_id
        surplus._clean_merged()
        surplus._action_cancel()
        surplus.sudo().unlink()
        for base, total in gathered.items():
            day = base.purchase_line_id.date_planned
            base.write({"product_uom_qty": total, "date": day, "date_deadline": day})
        self.env["stock.move"].union(*gathered)._action_assign()
        emptied.filtered(
            lambda picking: not picking.move_ids and not picking.trade_despatch_id
        ).sudo().unlink()
        return bases

    def _trade_receipt_on(self, when, first):
        """The receipt of this order for a later delivery: another one of that day, else a new one."""
        order = self.order_id
        others = order.picking_ids.filtered(
            lambda picking: (
                picking != first
                and not picking.trade_despatch_id
                and picking.state not in ("done", "cancel")
                and picking.picking_type_id == first.picking_type_id
                and picking.move_ids
                and set(picking.move_ids.mapped("date_deadline")) == {when}
            )
        )
        return others[:1] or self.env["stock.picking"].create(order._prepare_picking())
