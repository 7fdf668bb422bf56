from odoo import models
from odoo.tools import groupby

from odoo.addons.trade_purchase.tools import at_day

from ..despatch_plan import Load

_QUIET = {"tracking_disable": True, "mail_notify_force_send": False, "mail_create_nosubscribe": True}
_ENDED = ("done", "cancel")


class TradeDespatch(models.Model):
    """What is announced is one receipt, whatever orders it is of; the rest stays where it was (see
    docs/adr/0034-a-shipment-is-one-receipt.md). All shipments of a batch are arranged together."""

    _inherit = "trade.despatch"

    def _arrange(self):
        """Bring what is announced together in one receipt per place it goes to."""
        for company, despatches in self.with_context(**_QUIET).grouped("company_id").items():
            for part in despatches.with_company(company)._apart():
                part._arrange_together()

    def _apart(self):
        """Cut these into parts within which no two share an order or a receipt: each of those is to see what
        the one before it did."""
        left = self
        self.line_ids.order_line_id.order_id.picking_ids.move_ids.mapped("state")  # of all at once
        while left:
            part, taken = [], set()
            for despatch in left:
                orders = despatch.line_ids.order_line_id.order_id
                receipts = (orders.picking_ids | despatch.picking_ids).filtered(_is_open)
                keys = {*orders, *receipts}
                if taken.isdisjoint(keys):
                    part.append(despatch.id)
                taken |= keys  # also of those that wait: nothing may overtake them
            yield self.browse(part)
            left -= self.browse(part)

    def _arrange_together(self):
        loads = self._loads()
        self._choose_receipts(loads)
        emptied = self._bring(loads)
        self.move_ids.picking_id._track_discard()  # the shipment itself says when it arrives
        self.order_ids.mapped("name")  # of all at once
        for load in loads:
            load.despatch._mark(load)
        (emptied | self.picking_ids).filtered(lambda picking: not picking.move_ids).sudo().unlink()
        self._plan_moves()
        self._pack()

    def _mark(self, load):
        """The receipt says which shipment it is."""
        names = dict.fromkeys(line.order_id.name for line in load.taken)
        vals = {"trade_despatch_id": self.id, "origin": ", ".join(names)}
        if "carrier_tracking_ref" in load.receipt._fields and self.tracking:
            vals["carrier_tracking_ref"] = self.tracking
        load.receipt.write(vals)

    # -- what is brought -------------------------------------------------------------------------

    def _loads(self):
        """What of each shipment goes to which place."""
        expected = self._expected()
        order_lines = self.line_ids.order_line_id
        order_lines.move_ids.picking_id.move_ids.mapped("state")  # of all at once
        need = {
            (despatch, line): line.product_uom_id._compute_quantity(
                quantity, line.product_id.uom_id, rounding_method="HALF-UP"
            )
            for (despatch, line), quantity in expected.items()
            if line.product_id.type == "consu"
        }
        order_lines.browse(
            line.id
            for (_despatch, line), size in need.items()
            if line.product_id.uom_id.compare(size, 0.0) > 0 and not line._trade_free_moves()
        )._create_or_update_picking()  # their receipts were cancelled or deleted
        taken = {(despatch, line): despatch._take(line, size) for (despatch, line), size in need.items()}
        # What Odoo forgets on the way is read again of all moves at once, because all are of one recordset.
        moves = {move: move for move in self.env["stock.move"].union(*_moves(taken.values()))}
        loads = []
        for (despatch, _place), keys in groupby(need, lambda key: (key[0], _place_of(key[1].order_id))):
            load = {key[1]: [(moves[move], size) for move, size in taken[key]] for key in keys}
            loads.append(Load(despatch, load))
        return loads

    def _expected(self):
        """``{(shipment, order line): quantity in the line's unit}`` of what is not received yet; 0 of what is
        received already."""
        found = {}
        announced = self.line_ids.filtered("order_line_id")
        order_lines = {line: line for line in announced.order_line_id}
        for line in announced:
            key = (line.despatch_id, order_lines[line.order_line_id])
            found[key] = found.get(key, 0.0) + (0.0 if line.received else line.expected)
        return found

    def _take(self, order_line, need):
        """Which open moves of an order line bring what is announced.

        :param need: in the product's unit
        :return: ``[(move, quantity in the product's unit)]``
        """
        unit, moves = order_line.product_id.uom_id, order_line._trade_free_moves()
        own = moves.filtered(lambda move: move.picking_id.trade_despatch_id == self)
        taken = []
        for move in own + (moves - own):
            if unit.compare(need, 0.0) <= 0:
                break
            size = min(need, move.product_qty)
            taken.append((move, size))
            need -= size
        return taken

    # -- the receipts ----------------------------------------------------------------------------

    def _choose_receipts(self, loads):
        """The receipt of each load: the shipment's own, one of which all is announced, else a new one."""
        missing = []
        for load in loads:
            load.receipt = load.despatch._receipt(load)
            if not load.receipt:
                missing.append(load)
        vals = [load.order._prepare_picking() for load in missing]
        new = self.env["stock.picking"].create(vals)
        for load, receipt in zip(missing, new, strict=True):
            load.receipt = receipt

    def _receipt(self, load):
        sizes = load.sizes
        same = self.picking_ids.filtered(
            lambda one: _is_open(one) and one.picking_type_id == load.order.picking_type_id
        )

        def is_whole(picking):
            moves = picking.move_ids.filtered(lambda move: move.state != "cancel")
            return not picking.trade_despatch_id and all(
                move in sizes and not move.product_id.uom_id.compare(sizes[move], move.product_qty)
                for move in moves
            )

        pickings = self.env["stock.move"].union(*sizes).picking_id
        return same[:1] or pickings.filtered(is_whole).sorted("id")[:1]

    def _bring(self, loads):
        """Bring what was taken into the receipts, one move for each order line.

        :return: the receipts it was taken from
        """
        Move = self.env["stock.move"]
        moves = Move.union(*(move for load in loads for move in load.sizes))
        sources = moves.picking_id
        parts = self._cut_off(loads)
        more = {}
        for load in loads:
            for taken in load.taken.values():
                [base, *others] = [parts[move] for move, _size in taken] or [Move]
                if others:
                    more[base] = Move.union(*others)
        self._join(more)
        extra = self._extra_moves(loads)
        for load in loads:
            bases = [parts[taken[0][0]] if taken else extra[load, line] for line, taken in load.taken.items()]
            Move.union(*bases).write({"trade_despatch_id": load.despatch.id})
        return sources

    def _cut_off(self, loads):
        """Moves of exactly what is taken, in the receipts; the rest of a move stays where it is, or leaves
        the receipt.

        :return: ``{move: what of it is in the receipt}``
        """
        Move = self.env["stock.move"]
        parts, whole, partly = {}, [], []
        for load in loads:
            for move, size in load.sizes.items():
                if move.product_id.uom_id.compare(move.product_qty - size, 0.0) > 0:
                    partly.append((load, move, size))
                else:
                    parts[move] = move
                    if move.picking_id != load.receipt:  # else it is as it should be, by far the usual case
                        whole.append((load, move))
        loose = Move.union(*(move for _load, move in whole), *(move for _load, move, _size in partly))
        loose._do_unreserve()
        for load, found in groupby(whole, lambda one: one[0]):
            Move.union(*(move for _load, move in found)).write({"picking_id": load.receipt.id})
        return parts | self._split(partly)

    def _split(self, partly):
        """Cut moves in two.

        :param partly: ``[(load, move, size of what goes in the load's receipt)]``
        :return: ``{move: what of it is in the receipt}``
        """
        if not partly:
            return {}
        Move = self.env["stock.move"]
        stays = [move.picking_id == load.receipt for load, move, _size in partly]
        rests = self._rest_receipts(
            [(load, move) for (load, move, _size), stay in zip(partly, stays, strict=True) if stay]
        )
        vals_list = []
        for (load, move, size), stay in zip(partly, stays, strict=True):
            [vals] = move._split(move.product_qty - size if stay else size)
            vals["picking_id"] = rests[load, move.purchase_line_id.order_id] if stay else load.receipt.id
            if stay:
                vals["date"] = move.date_deadline or move.purchase_line_id.date_planned
            vals_list.append(vals)
        new = Move.create(vals_list)
        parts, left, arrived = {}, Move, Move
        for (_load, move, _size), stay, part in zip(partly, stays, new, strict=True):
            parts[move] = move if stay else part
            if stay:
                left |= part
            else:
                arrived |= part
        gone = Move.union(*(move for move, part in parts.items() if move != part))
        (left._action_confirm(merge=True) | gone)._action_assign()
        arrived._action_confirm(merge=False)
        return parts

    def _rest_receipts(self, staying):
        """Where the rest of an order goes that is not with the shipment.

        :return: ``{(load, order): receipt id}``
        """
        found, missing = {}, []
        for load, move in staying:
            order = move.purchase_line_id.order_id
            if (load, order) in found:
                continue
            others = order.picking_ids.filtered(
                lambda one, load=load: (
                    one != load.receipt
                    and _is_open(one)
                    and not one.trade_despatch_id
                    and one.picking_type_id == load.receipt.picking_type_id
                )
            )
            found[load, order] = others[:1].id
            if not others:
                missing.append((load, order))
        new = self.env["stock.picking"].create([order._prepare_picking() for _load, order in missing])
        return found | dict(zip(missing, new.ids, strict=True))

    def _join(self, more):
        """Make one move of several.

        :param more: ``{move: the moves that become part of it}``
        """
        if not more:
            return
        quantities = {
            base: sum(
                part.product_uom._compute_quantity(part.product_uom_qty, base.product_uom) for part in others
            )
            for base, others in more.items()
        }
        joined = self.env["stock.move"].union(*more.values())
        joined._clean_merged()
        joined._action_cancel()
        joined.sudo().unlink()
        for base, quantity in quantities.items():
            base.product_uom_qty += quantity

    def _extra_moves(self, loads):
        """Accepted although nothing of the line is open any more.

        :return: ``{(load, order line): move}``
        """
        keys = [(load, line) for load in loads for line, taken in load.taken.items() if not taken]
        if not keys:
            return {}
        expected = self._expected()
        vals = [
            line._prepare_stock_move_vals(
                load.receipt,
                line._get_stock_move_price_unit(),
                expected[load.despatch, line],
                line.product_uom_id,
            )
            for load, line in keys
        ]
        moves = self.env["stock.move"].create(vals)
        moves._action_confirm(merge=False)
        return dict(zip(keys, moves, strict=True))

    def _plan_moves(self):
        """The warehouse expects the goods on the day they arrive; the deadline stays what was promised."""
        days = {}
        for move in self.move_ids:
            line, eta = move.purchase_line_id, move.trade_despatch_id.eta
            if eta and move.state not in _ENDED:
                days.setdefault(at_day(line.order_id, eta, line.date_planned), []).append(move.id)
        for day, ids in days.items():
            moves = self.move_ids.browse(ids)
            moves.filtered(lambda move, day=day: move.date != day).date = day

    # -- taking back -----------------------------------------------------------------------------

    def _release(self):
        """Let go of everything that is not received yet: the receipts are as if nothing was announced."""
        moves = self.with_context(**_QUIET).move_ids.filtered(_is_open)
        if not moves:
            return
        moves._do_unreserve()
        moves.write({"trade_despatch_id": False})
        for day, late in moves.grouped(lambda move: move.date_deadline or move.date).items():
            late.filtered(lambda move, day=day: move.date != day).date = day
        moves._action_assign()

    def _forget(self):
        """Withdrawn: what was announced is expected with the rest of its order again."""
        self._release()
        self.picking_ids.filtered(_is_open).write({"trade_despatch_id": False})
        self._drop_packages()
        lines = self.line_ids.order_line_id
        scheduled = lines.filtered(lambda line: len(line.trade_schedule or []) > 1)
        (lines - scheduled)._trade_gather_receipts()
        for line in scheduled:
            line._trade_schedule_receipts(line.trade_schedule)


def _is_open(record):
    """Whether a receipt or move is still to be done."""
    return record.state not in _ENDED


def _moves(taken):
    return [move for moves in taken for move, _size in moves]


def _place_of(order):
    return order.picking_type_id, order._get_destination_location()
