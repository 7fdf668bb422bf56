from odoo import api, models
from pydantic import ValidationError

from odoo.addons.trade_core.announcing import at_commit
from odoo.addons.trade_core.event_parts import Units, instant, money, product

from .. import events
from ..tools import local_day, net_price

#: what a change of makes a confirmed order say something else
_TOLD = {"partner_id", "date_order", "currency_id"}
_LINE_TOLD = {
    "name",
    "product_id",
    "product_qty",
    "product_uom_id",
    "price_unit",
    "discount",
    "date_planned",
    "tax_ids",
    "trade_line_ref",
}


class PurchaseOrder(models.Model):
    """What is announced of a purchase order, sent as a document or not."""

    _inherit = "purchase.order"

    def write(self, vals):
        result = super().write(vals)
        if not (_TOLD | self._trade_term_fields()).isdisjoint(vals):
            self._trade_touch()
        return result

    def _trade_touch(self):
        """Look at these orders before the commit: what a confirmed one says may have changed."""
        confirmed = self.filtered(lambda order: order.id and order.state == "purchase")
        if confirmed:
            at_commit(confirmed, "_trade_changes", dict.fromkeys(confirmed.ids, True))

    def _trade_changes(self, _notes):
        """What to announce, see :func:`~odoo.addons.trade_core.announcing.at_commit`: the orders that say
        something else than was announced last."""
        orders = self.filtered(lambda order: order.state == "purchase")
        told, data = orders._trade_told(), orders._trade_event_data()
        return {
            order.id: [(events.ORDER_CHANGED, order, order._trade_profile(), data[order.id])]
            for order in orders
            if data[order.id] != told.get(order.id)
        }

    def _trade_told(self):
        """``{order id: data}`` of what was announced last, as far as it can still be read."""
        Event = self.env["trade.event"].sudo()
        latest = Event._read_group(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("type", "in", (events.ORDER_CONFIRMED, events.ORDER_CHANGED)),
            ],
            ["res_id"],
            ["id:max"],
        )
        found = {}
        for event in Event.browse(event_id for _order, event_id in latest):
            try:
                found[event.res_id] = events.OrderData.model_validate(event.data)
            except ValidationError:
                continue  # written by an earlier version
        return found

    def _trade_announce(self, event_type):
        """Announce these orders now, in the current transaction.

        :return: the events, in the order of the records
        """
        if event_type == events.ORDER_CANCELLED:
            data = {order.id: order._trade_event_cancelled() for order in self}
        else:
            data = self._trade_event_data()
        return self.env["trade.event"]._emit_many(
            [(event_type, order, order._trade_profile(), data[order.id]) for order in self]
        )

    def _trade_event_data(self):
        """``{order id: OrderData}``; a product is called as the supplier's language has it."""
        orders = self.sudo()
        units = Units(orders.order_line._trade_sendable().product_uom_id)
        return {order.id: order._trade_event_order(units) for order in orders}

    def _trade_event_order(self, units):
        currency, lang = self.currency_id, self.partner_id.lang
        return events.OrderData(
            order=self.name,
            revision=self.trade_revision,
            supplier=self.partner_id.commercial_partner_id.name,
            ordered_at=instant(self.date_order),
            net_amount=money(self.amount_untaxed, currency),
            tax_amount=money(self.amount_tax, currency),
            total_amount=money(self.amount_total, currency),
            lines=tuple(line._trade_event_line(units, lang) for line in self.order_line._trade_sendable()),
        )

    def _trade_event_cancelled(self):
        return events.OrderCancelledData(
            order=self.name,
            revision=self.trade_revision,
            supplier=self.sudo().partner_id.commercial_partner_id.name,
        )


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._trade_touch()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not _LINE_TOLD.isdisjoint(vals):
            self.order_id._trade_touch()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders._trade_touch()
        return result

    def _trade_event_line(self, units, lang):
        currency = self.order_id.currency_id
        return events.OrderLineData(
            id=str(self.id),
            number=self.trade_line_ref or None,
            product=product(self.product_id.with_context(lang=lang)),
            quantity=units.measure(self.product_qty, self.product_uom_id),
            price=units.price(float(net_price(self)), self.product_uom_id, currency),
            net_amount=money(self.price_subtotal, currency),
            delivery_on=local_day(self.order_id, self.date_planned) if self.date_planned else None,
        )
