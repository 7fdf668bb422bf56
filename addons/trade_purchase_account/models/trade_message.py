from odoo import fields, models

_MATCHED = ("invoice", "credit_note")


class TradeMessage(models.Model):
    """Invoices that came, and how they stand."""

    _inherit = "trade.message"

    trade_match_ids = fields.One2many("trade.bill.match", "trade_message_id", readonly=True)

    def _set_state(self, state, reason=None, **vals):
        """When an invoice is booked or refused, its supplier may have to know."""
        result = super()._set_state(state, reason, **vals)
        if state in ("applied", "rejected"):
            invoices = self.filtered(
                lambda message: message.direction == "in" and message.document_type in _MATCHED
            )
            invoices.sudo().trade_match_ids._standing_changed()
        return result

    def _standing(self):
        return super()._standing() or self.sudo().trade_match_ids[:1].standing or None
