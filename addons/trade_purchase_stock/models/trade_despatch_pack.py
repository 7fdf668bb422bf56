from datetime import datetime, time

from odoo import models

from odoo.addons.trade_purchase.tools import bulk_update


class TradeDespatch(models.Model):
    """What the warehouse will find is prepared in the receipts: packages, batches and quantities."""

    _inherit = "trade.despatch"

    def _pack(self):
        """Prepare the receipts of these shipments, all at once. What Odoo prepared just so is kept."""
        self._make_packages()
        moves = self.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        moves.move_line_ids.mapped("quantity")  # of all at once
        wanted = self._wanted(moves)
        kept = {}
        for move, vals_list in wanted.items():
            lines = move.move_line_ids
            if len(lines) == len(vals_list) == 1 and _is_prepared(lines, vals_list[0]):
                kept[lines.id] = {"trade_despatch_line_id": vals_list[0]["trade_despatch_line_id"]}
        lines = moves.move_line_ids.browse(kept)
        bulk_update(lines, kept)
        self.line_ids.invalidate_recordset(["move_line_ids"], flush=False)
        moves -= lines.move_id
        moves._do_unreserve()
        self.env["stock.move.line"].create([vals for move in moves for vals in wanted[move]])
        moves._recompute_state()
        moves._action_assign()

    def _wanted(self, moves):
        """``{move: values of the lines it is to have}``"""
        parts = self.line_ids.filtered(lambda line: not line.received).grouped(
            lambda line: (line.despatch_id, line.order_line_id)
        )
        nothing = self.env["trade.despatch.line"]
        return {
            move: [
                line._move_line_vals(move)
                for line in parts.get((move.trade_despatch_id, move.purchase_line_id), nothing)
                if line._is_ready(move)
            ]
            for move in moves
        }

    def _make_packages(self):
        new = self.unit_ids.filtered(lambda unit: not unit.package_id)
        packages = self.env["stock.package"].create([{"name": unit.name} for unit in new])
        for unit, package in zip(new, packages, strict=True):
            unit.package_id = package
        placed = self.unit_ids.filtered("parent_id")
        for parent, units in placed.grouped(lambda unit: unit.parent_id.package_id).items():
            units.package_id.filtered(
                lambda one, parent=parent: one.parent_package_id != parent and one.package_dest_id != parent
            ).package_dest_id = parent

    def _drop_packages(self):
        """Delete the packages nothing ever came in."""
        packages = self.unit_ids.package_id.sudo()
        if not packages:
            return
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


def _is_prepared(line, vals):
    """Whether a line of a receipt is as it is to be, whatever announced it."""
    same = ("move_id", "picking_id", "product_uom_id", "location_id", "location_dest_id", "result_package_id")
    return (
        not (line.lot_id or line.lot_name or vals.get("lot_name"))
        and not (line.package_id or line.owner_id or line.picked)
        and not line.product_uom_id.compare(line.quantity, vals["quantity"])
        and all(line[name].id == vals[name] for name in same)
    )
