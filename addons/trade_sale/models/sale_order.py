from odoo import api, models
from pydantic import ValidationError

from odoo.addons.trade_core.announcing import at_commit
from odoo.addons.trade_core.event_parts import Units, instant, money

from .. import events

#: what a change of makes a confirmed order say something else; lines see sale_order_line.py
_TOLD = {"partner_id", "client_order_ref", "commitment_date", "date_order"}


class SaleOrder(models.Model):
    """What happens to a sales order is announced once per transaction, as it is at its end."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        confirmed = orders.filtered(lambda order: order.state == "sale")  # imported, or made by other systems
        at_commit(confirmed, "_trade_events", dict.fromkeys(confirmed.ids, "draft"))
        return orders

    def write(self, vals):
        moves = "state" in vals
        before = self._trade_states(moves) if moves or not _TOLD.isdisjoint(vals) else {}
        result = super().write(vals)
        at_commit(self, "_trade_events", before)
        return result

    def _trade_states(self, moves=False):
        """``{order id: state}`` of confirmed orders, which are looked at before the commit.

        :param moves: also of those that are not confirmed yet
        """
        return {order.id: order.state for order in self if order.id and (moves or order.state == "sale")}

    def _trade_events(self, before):
        """What to announce.

        :param dict before: the state of each order when the transaction began
        :return: see :func:`~odoo.addons.trade_core.announcing.at_commit`
        """
        moved = self.filtered(lambda order: (order.state == "sale") != (before[order.id] == "sale"))
        still = self.filtered(lambda order: order.state == "sale" == before[order.id])
        if not (moved or still):
            return {}
        partners = self.env["trade.partner"]._for_partners(
            (order.partner_id, order.company_id) for order in moved | still
        )
        data = (moved | still).filtered(lambda order: order.state == "sale")._trade_data()
        told = still._trade_told()
        found = {}
        for order in moved | still:
            if order.state != "sale":
                kind, says = events.ORDER_CANCELLED, order._trade_cancelled()
            elif order in moved:
                kind, says = events.ORDER_CONFIRMED, data[order.id]
            elif data[order.id] != told.get(order.id):
                kind, says = events.ORDER_CHANGED, data[order.id]
            else:
                continue
            partner = partners[order.partner_id.id, order.company_id.id]
            found[order.id] = [(kind, order, partner, says)]
        return found

    def _trade_told(self):
        """``{order id: data}`` of what was announced last, as far as it can still be read."""
        latest = self.env["trade.event"]._read_group(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("type", "in", (events.ORDER_CONFIRMED, events.ORDER_CHANGED)),
            ],
            ["res_id"],
            ["id:max"],
        )
        found = {}
        for event in self.env["trade.event"].browse(event_id for _order, event_id in latest):
            try:
                found[event.res_id] = events.SalesOrderData.model_validate(event.data)
            except ValidationError:
                continue  # written by an earlier version
        return found

    def _trade_data(self):
        """``{order id: data}``; a product is called as the customer's language has it."""
        lines = self.order_line._trade_goods()
        units = Units(lines.product_uom_id)
        return {order.id: order._trade_say(units) for order in self}

    def _trade_say(self, units):
        lang = self.partner_id.lang
        return events.SalesOrderData(
            order=self.name,
            customer_reference=self.client_order_ref or None,
            ordered_at=instant(self.date_order),
            delivery_at=instant(self.commitment_date),
            net_amount=money(self.amount_untaxed, self.currency_id),
            tax_amount=money(self.amount_tax, self.currency_id),
            total_amount=money(self.amount_total, self.currency_id),
            lines=tuple(line._trade_say(units, lang) for line in self.order_line._trade_goods()),
        )

    def _trade_cancelled(self):
        return events.SalesOrderCancelledData(
            order=self.name, customer_reference=self.client_order_ref or None
        )
