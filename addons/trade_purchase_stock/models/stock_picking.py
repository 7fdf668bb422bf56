from odoo import api, fields, models

from odoo.addons.trade_core.event_parts import Units, instant

from ..events import RECEIPT_POSTED, ReceiptPostedData


class StockPicking(models.Model):
    """Receipts of purchase orders are announced to the supplier of the order."""

    _inherit = "stock.picking"

    trade_despatch_id = fields.Many2one(
        "trade.despatch",
        "Announced with",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )

    trade_scan = fields.Char(
        "Scan a package", store=False, help="See the widget trade_scan.", groups="base.group_user"
    )
    trade_can_scan = fields.Boolean(
        compute="_compute_trade_can_scan", compute_sudo=True, groups="base.group_user"
    )

    @api.depends("trade_despatch_id", "move_ids.purchase_line_id")
    def _compute_trade_can_scan(self):
        """Packages are known of the receipt's shipment, or of one of its orders'."""
        orders = self.move_ids.purchase_line_id.order_id
        packed = orders.filtered(lambda order: order.trade_despatch_ids.unit_ids)
        for picking in self:
            here = picking.move_ids.purchase_line_id.order_id & packed
            picking.trade_can_scan = bool(picking.trade_despatch_id.unit_ids or here)

    def action_trade_despatch(self):
        self.ensure_one()
        return self.trade_despatch_id._action_of(self.trade_despatch_id, self.trade_despatch_id.number)

    def _trade_received(self, before):
        """What to announce.

        :param dict before: the state of each transfer when the transaction began
        :return: see :func:`~odoo.addons.trade_core.announcing.at_commit`
        """
        done = self.filtered(lambda one: one.state == "done" != before[one.id])
        moves = {picking: picking._trade_received_moves() for picking in done}
        received = done.filtered(lambda picking: moves[picking])
        if not received:
            return {}
        orders = {picking: moves[picking].purchase_line_id.order_id for picking in received}
        partners = self.env["trade.partner"]._for_partners(
            (orders[picking][0].partner_id, picking.company_id) for picking in received
        )
        units = Units(received.move_ids.purchase_line_id.product_uom_id)
        return {
            picking.id: [
                (
                    RECEIPT_POSTED,
                    picking,
                    partners[orders[picking][0].partner_id.id, picking.company_id.id],
                    ReceiptPostedData(
                        receipt=picking.name,
                        received_at=instant(picking.date_done or fields.Datetime.now()),
                        lines=moves[picking]._trade_received_lines(units),
                    ),
                )
            ]
            for picking in received
        }

    def _trade_received_moves(self):
        moves = self.move_ids
        done = moves.filtered(
            lambda move: (
                move.state == "done"
                and move.quantity
                and move.purchase_line_id
                and not move._is_purchase_return()
            )
        )
        return done.with_prefetch(moves._prefetch_ids)
