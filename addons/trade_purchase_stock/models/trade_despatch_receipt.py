from datetime import datetime, time

from odoo import models

from odoo.addons.trade_purchase.tools import at_day

_QUIET = {"tracking_disable": True, "mail_notify_force_send": False, "mail_create_nosubscribe": True}


class TradeDespatch(models.Model):
    """What is announced is one receipt, whatever orders it is of; the rest stays where it was (see
    docs/adr/0034-a-shipment-is-one-receipt.md)."""

    _inherit = "trade.despatch"

    # -- arranging -------------------------------------------------------------------------------

    def _arrange(self):
        """Bring what is announced together in one receipt per place it goes to."""
        for despatch in self.with_context(**_QUIET):
            despatch = despatch.with_company(despatch.company_id)
            lines = despatch.line_ids.order_line_id.filtered(lambda line: line.product_id.type == "consu")
            for place in lines.order_id.grouped(
                lambda order: (order.picking_type_id, order._get_destination_location())
            ).values():
                despatch._arrange_at(lines.filtered(lambda line, here=place: line.order_id in here))
            despatch.picking_ids.filtered(lambda picking: not picking.move_ids).sudo().unlink()
            despatch._plan_moves()
            despatch._pack()

    def _arrange_at(self, order_lines):
        taken = {line: self._take(line) for line in order_lines}
        receipt = self._receipt(taken)
        emptied = self.env["stock.picking"]
        for line, moves in taken.items():
            emptied |= self._bring(line, moves, receipt)
        emptied = emptied - receipt
        emptied.filtered(lambda picking: not picking.move_ids).sudo().unlink()
        names = dict.fromkeys(order_lines.order_id.mapped("name"))
        receipt.write({"trade_despatch_id": self.id, "origin": ", ".join(names)})
        if "carrier_tracking_ref" in receipt._fields and self.tracking:
            receipt.carrier_tracking_ref = self.tracking

    def _take(self, order_line):
        """Which open moves of an order line bring what is announced.

        :return: ``[(move, quantity in the product's unit)]``
        """
        unit = order_line.product_id.uom_id
        need = order_line.product_uom_id._compute_quantity(
            self._expected(order_line), unit, rounding_method="HALF-UP"
        )
        moves = order_line._trade_free_moves()
        if not moves and unit.compare(need, 0.0) > 0:
            order_line._create_or_update_picking()  # its receipt was cancelled or deleted
            moves = order_line._trade_free_moves()
        own = moves.filtered(lambda move: move.picking_id.trade_despatch_id == self)
        taken = []
        for move in own + (moves - own):
            if unit.compare(need, 0.0) <= 0:
                break
            size = min(need, move.product_qty)
            taken.append((move, size))
            need -= size
        return taken

    def _expected(self, order_line):
        lines = self.line_ids.filtered(lambda line: line.order_line_id == order_line and not line.received)
        return sum(lines.mapped("expected"))

    def _receipt(self, taken):
        """The receipt of this shipment: its own, one of which everything is announced, else a new one."""
        sizes = {move: size for moves in taken.values() for move, size in moves}
        order = next(iter(taken)).order_id
        pickings = self.env["stock.move"].union(*sizes).picking_id
        same = self.picking_ids.filtered(
            lambda one: one.state not in ("done", "cancel") and one.picking_type_id == order.picking_type_id
        )

        def is_whole(picking):
            moves = picking.move_ids.filtered(lambda move: move.state != "cancel")
            return not picking.trade_despatch_id and all(
                move in sizes and not move.product_id.uom_id.compare(sizes[move], move.product_qty)
                for move in moves
            )

        found = same[:1] or pickings.filtered(is_whole).sorted("id")[:1]
        return found or self.env["stock.picking"].create(order._prepare_picking())

    def _bring(self, order_line, moves, receipt):
        """Bring what was taken of one order line into the receipt, as one move.

        :return: the receipts it was taken from
        """
        sources = self.env["stock.move"].union(*(move for move, _size in moves)).picking_id
        base = self.env["stock.move"]
        for move, size in moves:
            part = self._cut_off(move, size, receipt)
            if not base:
                base = part
                continue
            more = part.product_uom._compute_quantity(part.product_uom_qty, base.product_uom)
            part._clean_merged()
            part._action_cancel()
            part.sudo().unlink()
            base.product_uom_qty += more
        if not base:
            base = self._extra_move(order_line, receipt)
        base.trade_despatch_id = self
        return sources

    def _cut_off(self, move, size, receipt):
        """A move of exactly ``size`` in the receipt; the rest of ``move`` stays, or leaves the receipt."""
        rest = move.product_qty - size
        whole = move.product_id.uom_id.compare(rest, 0.0) <= 0
        if whole and move.picking_id == receipt:
            return move  # by far the usual case, and letting go of what is prepared is expensive
        move._do_unreserve()
        if not whole:
            stays = move.picking_id == receipt
            [vals] = move._split(rest if stays else size)
            picking = self._rest_receipt(move, receipt) if stays else receipt
            new = self.env["stock.move"].create({**vals, "picking_id": picking.id})
            if stays:
                new.date = new.date_deadline or move.purchase_line_id.date_planned
            new = new._action_confirm(merge=stays)
            (new if stays else move)._action_assign()
            return move if stays else new
        move.picking_id = receipt
        return move

    def _rest_receipt(self, move, receipt):
        order = move.purchase_line_id.order_id
        others = order.picking_ids.filtered(
            lambda one: (
                one != receipt
                and one.state not in ("done", "cancel")
                and not one.trade_despatch_id
                and one.picking_type_id == receipt.picking_type_id
            )
        )
        return others[:1] or self.env["stock.picking"].create(order._prepare_picking())

    def _extra_move(self, order_line, receipt):
        """Accepted although nothing of the line is open any more."""
        vals = order_line._prepare_stock_move_vals(
            receipt,
            order_line._get_stock_move_price_unit(),
            self._expected(order_line),
            order_line.product_uom_id,
        )
        return self.env["stock.move"].create(vals)._action_confirm(merge=False)

    def _plan_moves(self):
        """The warehouse expects the goods on the day they arrive; the deadline stays what was promised."""
        for despatch in self.filtered("eta"):
            open_moves = despatch.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
            for line, moves in open_moves.grouped("purchase_line_id").items():
                moves.date = at_day(line.order_id, despatch.eta, line.date_planned)

    # -- packing ---------------------------------------------------------------------------------

    def _pack(self):
        """Prepare what the warehouse will find: packages, batches and quantities."""
        for despatch in self:
            despatch._make_packages()
            moves = despatch.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
            moves._do_unreserve()
            vals = []
            for move in moves:
                lines = despatch.line_ids.filtered(
                    lambda line, move=move: line.order_line_id == move.purchase_line_id and not line.received
                )
                vals += [line._move_line_vals(move) for line in lines if line._is_ready(move)]
            self.env["stock.move.line"].create(vals)
            moves._recompute_state()
            moves._action_assign()

    def _make_packages(self):
        new = self.unit_ids.filtered(lambda unit: not unit.package_id)
        packages = self.env["stock.package"].create([{"name": unit.name} for unit in new])
        for unit, package in zip(new, packages, strict=True):
            unit.package_id = package
        for unit in self.unit_ids.filtered("parent_id"):
            package, parent = unit.package_id, unit.parent_id.package_id
            if package.parent_package_id != parent and package.package_dest_id != parent:
                package.package_dest_id = parent

    # -- taking back -----------------------------------------------------------------------------

    def _release(self):
        """Let go of everything that is not received yet: the receipts are as if nothing was announced."""
        for despatch in self.with_context(**_QUIET):
            moves = despatch.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
            moves._do_unreserve()
            moves.write({"trade_despatch_id": False})
            for move in moves:
                move.date = move.date_deadline or move.date
            moves._action_assign()

    def _forget(self):
        """Withdrawn: what was announced is expected with the rest of its order again."""
        self._release()
        pickings = self.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        pickings.write({"trade_despatch_id": False})
        self._drop_packages()
        for line in self.line_ids.order_line_id:
            if len(line.trade_schedule or []) > 1:
                line._trade_schedule_receipts(line.trade_schedule)
            else:
                line._trade_gather_receipts()

    def _drop_packages(self):
        """Delete the packages nothing ever came in."""
        packages = self.unit_ids.package_id.sudo()
        used = self.env["stock.move.line"].sudo().search([("result_package_id", "in", packages.ids)])
        unused = packages.filtered(lambda one: not one.quant_ids) - used.result_package_id
        unused.package_dest_id = False
        (unused - unused.filtered("child_package_ids")).unlink()


class TradeDespatchLine(models.Model):
    _inherit = "trade.despatch.line"

    def _is_ready(self, move):
        """Whether there is something to prepare; pieces with serial numbers only where they are known."""
        wanted = self.product_uom_id.compare(self.expected, 0.0) > 0
        return wanted and (move.product_id.tracking != "serial" or bool(self.lot))

    def _move_line_vals(self, move):
        self.ensure_one()
        vals = {
            "move_id": move.id,
            "picking_id": move.picking_id.id,
            "product_id": move.product_id.id,
            "product_uom_id": self.product_uom_id.id,
            "location_id": move.location_id.id,
            "location_dest_id": move.location_dest_id.id,
            "company_id": move.company_id.id,
            "quantity": self.expected,
            "result_package_id": self.unit_id.package_id.id,
            "trade_despatch_line_id": self.id,
            "picked": False,
        }
        if self.lot and move.product_id.tracking != "none":
            vals["lot_name"] = self.lot
            expires = "expiration_date" in self.env["stock.move.line"]._fields
            if expires and self.expiry and move.product_id.use_expiration_date:
                vals["expiration_date"] = datetime.combine(self.expiry, time(12))
        return vals
