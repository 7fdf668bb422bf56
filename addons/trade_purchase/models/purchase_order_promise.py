from odoo import fields, models

_READERS = "purchase.group_purchase_user,trade_core.group_trade_user"


class PurchaseOrder(models.Model):
    """The promise ledger as the order shows it."""

    _inherit = "purchase.order"

    trade_promise_ids = fields.One2many(
        "trade.promise", "order_id", "Promise ledger", readonly=True, groups=_READERS
    )
    trade_promise_count = fields.Integer(compute="_compute_trade_promise_count", groups=_READERS)

    def _compute_trade_promise_count(self):
        counts = dict(
            self.env["trade.promise"]._read_group([("order_id", "in", self.ids)], ["order_id"], ["__count"])
        )
        for order in self:
            order.trade_promise_count = counts.get(order._origin, 0)

    def action_trade_promises(self):
        """The history of the order's lines, line by line."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("trade_purchase.trade_promise_action")
        return {
            **action,
            "name": self.env._("Ledger of %s", self.name),
            "domain": [("order_id", "=", self.id)],
            "context": {"search_default_group_line": 1},
        }

    def _trade_receipt_arrived(self):
        """Something of these orders was received: documents that waited for it go on."""
        if not self:
            return
        pairs = [(order.partner_id, order.company_id) for order in self]
        partners = self.env["trade.partner"].sudo()._for_partners(pairs)
        subjects = {}
        for order in self:
            if profile := partners[order.partner_id.id, order.company_id.id]:
                subjects.setdefault(profile, []).append(f"receipt:{order.name}")
        for profile, names in subjects.items():
            self.env["trade.exception"]._arrived(profile, names)
