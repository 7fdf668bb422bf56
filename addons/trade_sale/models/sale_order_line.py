from odoo import api, models

from odoo.addons.trade_core.announcing import at_commit
from odoo.addons.trade_core.event_parts import money, product

from .. import events

_TOLD = {"product_id", "product_uom_qty", "product_uom_id", "price_unit", "discount", "tax_ids"}


class SaleOrderLine(models.Model):
    """A line that changes is a change of its order."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        at_commit(lines.order_id, "_trade_events", lines.order_id._trade_states())
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not _TOLD.isdisjoint(vals):
            at_commit(self.order_id, "_trade_events", self.order_id._trade_states())
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        at_commit(orders, "_trade_events", orders._trade_states())
        return result

    def _trade_goods(self):
        """The lines partners are told about, the oldest first."""
        goods = self.filtered(
            lambda line: line.product_id and not line.display_type and not line.is_downpayment
        )
        return goods.sorted("id").with_prefetch(self._prefetch_ids)

    def _trade_say(self, units, lang):
        quantity, unit, currency = self.product_uom_qty, self.product_uom_id, self.currency_id
        gross = self.price_unit * (1 - self.discount / 100)  # of a line for nothing; taxes may be included
        return events.SalesOrderLineData(
            id=str(self.id),
            product=product(self.product_id.with_context(lang=lang)),
            quantity=units.measure(quantity, unit),
            price=units.price(self.price_subtotal / quantity if quantity else gross, unit, currency),
            net_amount=money(self.price_subtotal, currency),
        )
