from odoo import fields, models
from odoo.exceptions import UserError


class TradeMessageAcknowledge(models.TransientModel):
    """The partner confirmed by other means: close the message, with who and why."""

    _name = "trade.message.acknowledge"
    _description = "Acknowledge by Hand"

    message_id = fields.Many2one("trade.message", required=True, readonly=True, ondelete="cascade")
    reason = fields.Char("How did they confirm?", required=True)

    def action_acknowledge(self):
        self.ensure_one()
        self.message_id.check_access("read")
        self.message_id._check_operator()
        if not self.reason.strip():
            raise UserError(self.env._("Say how they confirmed: by phone with whom, or by which mail."))
        self.message_id.sudo()._acknowledge_by_hand(self.reason.strip())
        return {"type": "ir.actions.act_window_close"}
