from odoo import fields, models

from odoo.addons.trade_core.pipeline.failures import aside


class StockPicking(models.Model):
    """A receipt is told to the supplier when it is done, and again when more is found wrong with it."""

    _inherit = "stock.picking"

    trade_discrepancy_ids = fields.One2many(
        "trade.discrepancy", "picking_id", "Discrepancies", groups="base.group_user"
    )
    trade_return_of_ids = fields.One2many(
        "trade.discrepancy", "return_id", "Returned because of", groups="base.group_user"
    )
    trade_discrepancy_count = fields.Integer(
        compute="_compute_trade_advice", compute_sudo=True, groups="base.group_user"
    )
    trade_message_count = fields.Integer(
        compute="_compute_trade_advice", compute_sudo=True, groups="base.group_user"
    )
    trade_from_supplier = fields.Boolean(
        compute="_compute_trade_advice", compute_sudo=True, groups="base.group_user"
    )

    def _compute_trade_advice(self):
        counts = dict(
            self.env["trade.message"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
            )
        )
        for picking in self:
            picking.trade_message_count = counts.get(picking._origin.id, 0)
            picking.trade_discrepancy_count = len(picking.trade_discrepancy_ids)
            picking.trade_from_supplier = picking.picking_type_code == "incoming" and bool(
                picking.move_ids.purchase_line_id
            )

    # -- telling -----------------------------------------------------------------------------------

    def _action_done(self):
        result = super()._action_done()
        self.trade_discrepancy_ids._check_quantity()
        self.filtered(lambda picking: picking.state == "done")._trade_tell()
        return result

    def _trade_tell(self):
        """Queue the receipt advice of receipts whose supplier has a route for it. What goes wrong is a
        problem of the exchange, never of the warehouse."""
        for picking in self:
            orders = picking._trade_told_lines().order_id
            if picking.picking_type_code != "incoming" or not orders:
                continue
            route = orders[0]._trade_route_of("receipt_advice")
            if not route:
                continue
            about = {"company": picking.company_id, "trade_partner": route.trade_partner_id, "route": route}
            with aside(self.env, f"queue the receipt advice of {picking.name}", **about):
                picking._trade_queue_advice(route, orders)

    def _trade_queue_advice(self, route, orders):
        last = self._trade_last_advice()
        if last.state in ("queued", "held") and not last.canonical_digest:
            return  # it is still to be written, and says what there is to say then
        if last:
            adapter = route._adapter()
            if last.canonical_digest == adapter._digest(last, self):
                return
        self.env["trade.message"]._queue(
            route,
            self,
            document_number=self.name,
            revision=last.revision + 1 if last else 0,
            amount=sum(orders.mapped("amount_total")),
            currency=orders[0].currency_id,
        )

    def _trade_last_advice(self):
        return self.env["trade.message"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("direction", "=", "out"),
                ("document_type", "=", "receipt_advice"),
                ("state", "!=", "cancelled"),
            ],
            order="id desc",
            limit=1,
        )  # fmt: skip

    def _trade_tell_again(self):
        """More is known about receipts that were told already."""
        self.filtered(lambda picking: picking.state == "done")._trade_tell()

    # -- what there is to say ----------------------------------------------------------------------

    def _trade_advice_number(self):
        """The number of the despatch advice that announced this receipt, if one did."""
        return self.sudo().trade_despatch_id.number or None

    def _trade_quantity(self, moves, line):
        """What moves brought, in the order line's unit."""
        unit = line.product_uom_id
        return sum(
            move.product_uom._compute_quantity(move.quantity, unit, rounding_method="HALF-UP")
            for move in moves
        )

    def _trade_short(self, line):
        """How much of what this receipt should have brought of an order line did not come."""
        unit = line.product_uom_id
        # Without a back-order the demand stays with what came; with one it went there.
        own = self.move_ids.filtered(lambda move: move.purchase_line_id == line)
        rests = [(move, max(move.product_uom_qty - move.quantity, 0.0)) for move in own]
        later = self.backorder_ids.move_ids.filtered(lambda move: move.purchase_line_id == line)
        rests += [(move, move.product_uom_qty) for move in later if move.state != "done"]
        return sum(
            move.product_uom._compute_quantity(quantity, unit, rounding_method="HALF-UP")
            for move, quantity in rests
        )

    def _trade_told_lines(self):
        """The order lines to speak of: what came, then those of which nothing came that was expected here."""
        came = self._trade_received_moves().purchase_line_id
        later = self.backorder_ids.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        expected = (self.move_ids | later).filtered(lambda move: not move._is_purchase_return())
        missed = (expected.purchase_line_id - came).filtered(
            lambda line: (
                line.product_uom_id.compare(line.product_qty, line.qty_received) > 0
                and line.product_uom_id.compare(self._trade_short(line), 0.0) > 0
            )
        )
        return came | missed

    def _trade_over(self, line, received):
        """How much of what this receipt brought of an order line is more than was ordered: what was there
        before it leaves less to come, what came after it or went back changes nothing.

        :param received: what it brought, in the order line's unit
        """
        before = sum(
            self._trade_quantity(moves, line)
            for picking, moves in line.move_ids.grouped("picking_id").items()
            if picking != self and picking._trade_came_at() < self._trade_came_at()
            for moves in [moves & picking._trade_received_moves()]
        )
        return min(max(before + received - line.product_qty, 0.0), received)

    def _trade_came_at(self):
        """Receipts in the order in which they came."""
        return (self.date_done or fields.Datetime.now(), self.id)

    # -- what people press -------------------------------------------------------------------------

    def button_validate(self):
        self.trade_return_of_ids._check_authorised()
        return super().button_validate()

    def action_trade_discrepancies(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Discrepancies of %s", self.name),
            "res_model": "trade.discrepancy",
            "view_mode": "list,form",
            "domain": [("picking_id", "=", self.id)],
            "context": {"default_picking_id": self.id},
        }

    def action_trade_report_discrepancy(self):
        self.ensure_one()
        lines = self.move_ids.purchase_line_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What is wrong?"),
            "res_model": "trade.discrepancy",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_picking_id": self.id,
                "default_order_line_id": lines.id if len(lines) == 1 else False,
            },
        }

    def action_trade_messages(self):
        return self.env["trade.message"]._action_about(self)
