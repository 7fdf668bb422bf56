from odoo import models


class TradeAdapterInOrderResponse(models.AbstractModel):
    _inherit = "trade.adapter.in.order_response"

    def _watched(self, work):
        """See :meth:`trade.adapter._watched`: also what is still to be received, and when."""
        goods = work.record.order_line.filtered(lambda line: not line.display_type)
        return [*super()._watched(work), (goods._trade_open_moves(), ["product_uom_qty", "date"])]

    def _schedule(self, promises):
        """Several deliveries of a line are several receipts."""
        result = super()._schedule(promises)
        for line, promise in promises.items():
            # Whole lines follow by their date alone, see _update_move_date_deadline.
            if len(promise["schedule"]) > 1 or len(line.trade_schedule or []) > 1:
                line._trade_schedule_receipts(promise["schedule"])
        return result
