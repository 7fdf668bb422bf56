from odoo import api, fields, models
from odoo.tools.misc import format_date

from .trade_despatch import OPEN


class PurchaseOrder(models.Model):
    """What is announced of an order, on the order."""

    _inherit = "purchase.order"

    # Others who may read orders (accounting) may not read these.
    trade_despatch_ids = fields.Many2many(
        "trade.despatch",
        "trade_despatch_order_rel",
        string="Shipments",
        readonly=True,
        copy=False,
        groups="purchase.group_purchase_user,stock.group_stock_user,trade_core.group_trade_user",
    )
    trade_despatch_count = fields.Integer(
        compute="_compute_trade_despatch_count", compute_sudo=True, groups="base.group_user"
    )

    @api.depends("trade_despatch_ids")
    def _compute_trade_despatch_count(self):
        for order in self:
            order.trade_despatch_count = len(order.trade_despatch_ids)

    def button_cancel(self):
        """Goods that are on their way come nevertheless: whoever bought them is told."""
        result = super().button_cancel()
        cancelled = self.filtered(lambda order: order.state == "cancel")
        cancelled.order_line._trade_tell_unwanted()
        return result

    def action_trade_despatches(self):
        self.ensure_one()
        return self.env["trade.despatch"]._action_of(
            self.trade_despatch_ids, self.env._("Shipments of %s", self.name)
        )

    def action_trade_messages(self):
        """Also what came about its shipments."""
        action = super().action_trade_messages()
        if shipments := self.trade_despatch_ids.ids:
            action["domain"] = [
                "|", *(["&"] * (len(action["domain"]) - 1)), *action["domain"],
                "&", ("res_model", "=", "trade.despatch"), ("res_id", "in", shipments),
            ]  # fmt: skip
        return action

    def _trade_exchanged(self):
        """Also about their shipments; a problem that both wait for is one."""
        exchanged = super()._trade_exchanged()
        shipments = self.sudo().trade_despatch_ids
        about = self._trade_exchanged_about(shipments._name, shipments.ids)
        for order in self.sudo():
            for shipment in order.trade_despatch_ids.ids:
                if shipment in about:
                    count, problems = about[shipment]
                    total, known = exchanged.get(order._origin.id, (0, problems.browse()))
                    exchanged[order._origin.id] = (total + count, known | problems)
        return exchanged

    @api.depends("trade_despatch_ids.state", "trade_despatch_ids.eta")
    def _compute_trade_exchange(self):
        return super()._compute_trade_exchange()

    def _trade_steps(self, messages):
        """The shipments follow what was said."""
        steps = super()._trade_steps(messages)
        shipments = self.trade_despatch_ids.filtered(lambda one: one.state != "cancelled").sorted("id")
        return [*steps, *(self._trade_step_despatched(one) for one in shipments[-3:])]

    def _trade_step_despatched(self, shipment):
        _ = self.env._
        label, detail = _("Despatched"), shipment.number
        if shipment.despatched_on:
            label = _("Despatched %s", format_date(self.env, shipment.despatched_on, date_format="d MMM"))
        if shipment.state in OPEN and shipment.eta:
            detail = _("arrives %s", format_date(self.env, shipment.eta, date_format="d MMM"))
        elif shipment.state == "received":
            detail = _("received")
        late = shipment.is_late or shipment.trouble
        return {
            "label": label,
            "at": None,
            "detail": detail,
            "tone": "bad" if late else "done" if shipment.state == "received" else "wait",
            "target": f"shipment/{shipment.id}",
        }

    def action_trade_open(self, target):
        kind, _sep, record_id = target.partition("/")
        if kind != "shipment":
            return super().action_trade_open(target)
        return {
            "type": "ir.actions.act_window",
            "res_model": "trade.despatch",
            "res_id": int(record_id),
            "views": [(False, "form")],
        }
