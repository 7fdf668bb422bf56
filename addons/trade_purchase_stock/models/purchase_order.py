from odoo import api, fields, models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    # Columns of the order lines are there when they have something to say.
    trade_supply_shown = fields.Boolean(compute="_compute_trade_supply_shown", groups="base.group_user")
    trade_back_order_shown = fields.Boolean(compute="_compute_trade_supply_shown", groups="base.group_user")

    @api.depends("order_line.trade_supply", "order_line.trade_back_order")
    def _compute_trade_supply_shown(self):
        for order in self:
            order.trade_supply_shown = any(order.order_line.mapped("trade_supply"))
            order.trade_back_order_shown = any(order.order_line.mapped("trade_back_order"))

    def _trade_term_fields(self):
        """Also where the goods go, and from where on they are ours."""
        return super()._trade_term_fields() | {"picking_type_id", "incoterm_location"}
