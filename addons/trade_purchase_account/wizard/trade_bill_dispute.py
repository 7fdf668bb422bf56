from odoo import fields, models
from odoo.exceptions import UserError


class TradeBillDispute(models.TransientModel):
    """Why lines of an invoice are disputed: the text the supplier reads."""

    _name = "trade.bill.dispute"
    _description = "Dispute Lines of an Invoice"

    line_ids = fields.Many2many("trade.bill.match.line", readonly=True)
    reason = fields.Text("Text to the supplier", required=True)

    def action_dispute(self):
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say what is wrong, so that the supplier can put it right."))
        return self.line_ids._decide("dispute", self.reason.strip())
