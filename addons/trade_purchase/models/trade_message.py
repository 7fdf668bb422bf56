from odoo import fields, models


class TradeMessage(models.Model):
    _inherit = "trade.message"

    trade_answer_ids = fields.One2many("trade.purchase.answer", "message_id", readonly=True)
    trade_receipt_only = fields.Boolean(
        "Only confirms receipt",
        readonly=True,
        help="The supplier has the order; the answer is still to come.",
    )

    trade_said = fields.Json(
        "Said with it",
        readonly=True,
        prefetch=False,
        help="What an order that is sent says beyond itself: {notes, line_notes, answer}.",
    )

    def _trade_settle(self):
        """Run held answers again whose every line is decided by now; they are applied as decided.

        :return: an action that tells the buyer, and goes back to the order when nothing is left to decide,
            unless the context says ``trade_stay``
        """
        messages = self.sudo()
        ready = messages.filtered(lambda message: message.trade_answer_ids._is_decided())
        ready._replay()
        close = {"type": "ir.actions.act_window_close"}
        if ready != messages:
            return close
        order = messages.trade_answer_ids.order_id[:1]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Decided. %s is updated in a moment.", order.name),
                "next": close if self.env.context.get("trade_stay") else order.action_trade_open_order(),
            },
        }
