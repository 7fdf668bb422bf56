from odoo import fields, models
from odoo.exceptions import UserError


class TradeShipmentDelivered(models.TransientModel):
    """A person says when shipments arrived; whoever waits for that is told."""

    _name = "trade.shipment.delivered"
    _description = "Shipment Delivered"

    picking_ids = fields.Many2many("stock.picking", string="Shipments", required=True, readonly=True)
    delivered_at = fields.Datetime("Delivered on", required=True, default=fields.Datetime.now)
    proof = fields.Char("Proof of delivery")

    def action_confirm(self):
        self.ensure_one()
        if self.delivered_at > fields.Datetime.now():
            raise UserError(self.env._("This day is still to come. Say when the goods really arrived."))
        self.picking_ids._trade_check_arrival()
        self.picking_ids._trade_delivered(self.delivered_at, (self.proof or "").strip() or None)
        return {"type": "ir.actions.act_window_close"}
