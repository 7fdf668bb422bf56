from odoo import models

from odoo.addons.trade_kernel.canonical import Identifier, Location


class TradeAdapterOutOrder(models.AbstractModel):
    _inherit = "trade.adapter.out.order"

    def _delivery_partner(self, order):
        """The drop-ship address, else the warehouse's own one."""
        warehouse = order.picking_type_id.warehouse_id
        return order.dest_address_id or warehouse.partner_id or super()._delivery_partner(order)

    def _delivery_code(self, order, resolver):
        """What the supplier calls our warehouse."""
        warehouse = order.picking_type_id.warehouse_id
        if order.dest_address_id or not warehouse:
            return super()._delivery_code(order, resolver)
        code = resolver.code_of("warehouse", warehouse)
        return Identifier(id=code) if code else super()._delivery_code(order, resolver)

    def _delivery_terms(self, order):
        terms = super()._delivery_terms(order)
        if not (terms and order.incoterm_location):
            return terms
        return terms.model_copy(update={"delivery_location": Location(name=order.incoterm_location)})
