from odoo import models


class TradeAdapterInOrderResponse(models.AbstractModel):
    _inherit = "trade.adapter.in.order_response"

    def _apply(self, works):
        """See :meth:`trade.adapter._apply`: certificates that came along are kept."""
        result = super()._apply(works)
        self.env["trade.certificate"].sudo()._came_with(works)
        return result


class TradeAdapterInDespatchAdvice(models.AbstractModel):
    _inherit = "trade.adapter.in.despatch_advice"

    def _apply(self, works):
        """See :meth:`trade.adapter._apply`: certificates that came along are kept."""
        result = super()._apply(works)
        self.env["trade.certificate"].sudo()._came_with(works)
        return result
