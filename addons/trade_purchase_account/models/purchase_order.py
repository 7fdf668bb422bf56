from odoo import api, fields, models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    trade_match_ids = fields.Many2many(
        "trade.bill.match", "trade_bill_match_order_rel", "order_id", "match_id", "Invoices received",
        readonly=True, copy=False, groups="purchase.group_purchase_user,account.group_account_invoice",
    )  # fmt: skip
    trade_match_count = fields.Integer(
        compute="_compute_trade_match_count", compute_sudo=True, groups="base.group_user"
    )
    trade_match_open = fields.Boolean(
        compute="_compute_trade_match_count", compute_sudo=True, groups="base.group_user"
    )

    @api.depends("trade_match_ids.state")
    def _compute_trade_match_count(self):
        for order in self:
            order.trade_match_count = len(order.trade_match_ids)
            order.trade_match_open = any(
                match.state in ("to_decide", "disputed") for match in order.trade_match_ids
            )

    def action_trade_matches(self):
        """The invoices and credit notes that came about this order."""
        self.ensure_one()
        return self.trade_match_ids._get_records_action(name=self.env._("Invoices of %s", self.name))


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    trade_price_credit_ids = fields.One2many(
        "account.move.line",
        "trade_price_line_id",
        "Prices taken back",
        readonly=True,
        groups="base.group_user",
    )

    def _trade_expects_more(self):
        """Whether more of this line may still be received."""
        self.ensure_one()
        if "move_ids" not in self._fields or self.qty_received_method != "stock_moves":
            return self.product_uom_id.compare(self.qty_received, self.product_qty) < 0
        return any(move.state not in ("done", "cancel") for move in self.move_ids)
