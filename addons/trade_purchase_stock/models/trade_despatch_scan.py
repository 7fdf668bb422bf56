from odoo import models
from odoo.exceptions import UserError

from odoo.addons.trade_kernel.identifiers import SSCC, wrong_digit

from ..scanning import sscc_of


class TradeDespatchUnit(models.Model):
    """Receiving by scanning: one label books the whole package, with all packages in it."""

    _inherit = "trade.despatch.unit"

    def _scanned(self, text, despatches, company):
        """The package a label stands on.

        :param despatches: the shipments it may belong to
        :raise UserError: it is none of these
        """
        name = sscc_of(text or "")
        if not name:
            raise UserError(self.env._("Scan or type the number of a package."))
        found = self.sudo().search(
            [("name", "=", name), ("company_id", "=", company.id), ("despatch_id.state", "!=", "cancelled")],
            order="id desc",
        )
        own = found.filtered(lambda unit: unit.despatch_id in despatches)
        if own:
            return own[0]
        if found:
            raise UserError(
                self.env._(
                    "Package %(package)s belongs to shipment %(shipment)s (%(orders)s). Open its receipt.",
                    package=name,
                    shipment=found[0].despatch_id.number,
                    orders=", ".join(found[0].despatch_id.order_ids.mapped("name")),
                )
            )
        doubt = wrong_digit(SSCC, name)
        raise UserError(
            self.env._(
                "Nobody announced package %(package)s. %(doubt)sEnter what is in it by hand, or ask the "
                "supplier.",
                package=name,
                doubt=f"{doubt} " if doubt else "",
            )
        )

    def _book(self, picking):
        """Book everything in this package and the packages within it as found.

        :param picking: where to look first
        :return: ``{"message", "type"}`` for the person who scans
        """
        self.ensure_one()
        units = self._within()
        lines = units.line_ids.filtered(lambda line: line.expected > 0)
        open_lines = lines.filtered(lambda line: not line.received)
        if not lines:
            raise UserError(self.env._("Nothing is announced in package %s; enter what is in it.", self.name))
        if not open_lines:
            raise UserError(self.env._("Package %s was received already.", self.name))
        booked = self.env["trade.despatch.line"]
        nameless = self.env["trade.despatch.line"]
        for line in open_lines:
            found = line.move_line_ids.filtered(lambda one: one.state not in ("done", "cancel"))
            if found and all(found.mapped("picked")):
                continue
            if not found:
                move = line._open_move(picking)
                if not line._is_ready(move):
                    nameless |= line
                    continue
                self.despatch_id._make_packages()
                found = self.env["stock.move.line"].sudo().create(line._move_line_vals(move))
            found.with_env(self.env).sudo(False).check_access("write")
            found.write({"picked": True})
            booked |= line
        return self._booked_words(booked, nameless, len(units))

    def _booked_words(self, booked, nameless, packages):
        if nameless:
            names = ", ".join(nameless.product_id.mapped("display_name"))
            text = self.env._("Package %(package)s: enter the serial numbers of %(products)s.",
                              package=self.name, products=names)  # fmt: skip
            return {"message": text, "type": "warning"}
        if not booked:
            return {"message": self.env._("Package %s is booked already.", self.name), "type": "warning"}
        goods = ", ".join(
            f"{sum(lines.mapped('expected')):g} {product.uom_id.name} {product.display_name}"
            if lines.product_uom_id == product.uom_id
            else f"{sum(lines.mapped('expected')):g} {lines.product_uom_id[:1].name} {product.display_name}"
            for product, lines in booked.grouped("product_id").items()
        )
        text = self.env._("Booked %(package)s: %(goods)s.", package=self.name, goods=goods)
        if packages > 1:
            text = self.env._("%(text)s %(count)s packages within.", text=text, count=packages - 1)
        return {"message": text, "type": "success"}


class TradeDespatchLine(models.Model):
    _inherit = "trade.despatch.line"

    def _open_move(self, picking):
        """The move that goods of this line can still be booked on.

        :raise UserError: there is none
        """
        moves = self.order_line_id._trade_open_moves()
        here = moves.filtered(lambda move: move.picking_id == picking)
        own = moves.filtered(lambda move: move.trade_despatch_id == self.despatch_id)
        if move := (here or own or moves)[:1]:
            return move
        raise UserError(
            self.env._(
                "%(product)s of %(order)s is not expected any more; enter it by hand.",
                product=self.product_id.display_name,
                order=self.order_id.name,
            )
        )


class TradeDespatch(models.Model):
    _inherit = "trade.despatch"

    def action_trade_scan(self, text):
        """Book the package whose label was scanned; see :meth:`.trade.despatch.unit._book`."""
        self.ensure_one()
        self.env["stock.move.line"].check_access("write")
        unit = self.env["trade.despatch.unit"]._scanned(text, self.sudo(), self.company_id)
        return unit._book(self.picking_ids[:1])


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def action_trade_scan(self, text):
        """Book the package whose label was scanned, of this receipt or of a shipment of its orders."""
        self.ensure_one()
        self.env["stock.move.line"].check_access("write")
        moves = self.sudo().move_ids
        despatches = self.sudo().trade_despatch_id | moves.purchase_line_id.order_id.trade_despatch_ids
        unit = self.env["trade.despatch.unit"]._scanned(text, despatches, self.company_id)
        return unit._book(self.sudo())
