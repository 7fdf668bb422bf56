from odoo import models
from odoo.fields import Domain


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _trade_receiver(self):
        """Whoever ordered, also when the goods go to somebody else."""
        return self.sale_id.partner_id or super()._trade_receiver()

    def _trade_received_by(self, contact):
        ordered = Domain("sale_id.partner_id", "child_of", contact.id)
        return ordered | (Domain("sale_id", "=", False) & super()._trade_received_by(contact))

    def _trade_order(self):
        order = self.sale_id
        return (order.name, order.client_order_ref or None) if order else super()._trade_order()
