from odoo import fields, models

from odoo.addons.trade_core.event_parts import Units, instant

from ..events import RECEIPT_POSTED, ReceiptPostedData


class StockPicking(models.Model):
    """Receipts of purchase orders are announced to the supplier of the order."""

    _inherit = "stock.picking"

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
        done = moves.filtered(lambda move: move.state == "done" and move.quantity and move.purchase_line_id)
        return done.with_prefetch(moves._prefetch_ids)
