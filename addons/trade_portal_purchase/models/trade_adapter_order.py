from odoo import models

from odoo.addons.trade_core.mapping.units import OTHER_UNIT
from odoo.addons.trade_kernel.canonical import Item
from odoo.addons.trade_kernel.errors import MappingMissing

from .trade_connector import PAGES

_BY_NAME = "trade_by_name"  # in the context: people read it, no code is needed


class TradeAdapterOutOrder(models.AbstractModel):
    """An order that people read names its products and units; nobody has to know their codes."""

    _inherit = "trade.adapter.out.order"

    def _values(self, message, order):
        read_by_people = message.connector_id.transport == PAGES
        adapter = self.with_context(**{_BY_NAME: True}) if read_by_people else self
        return super(TradeAdapterOutOrder, adapter)._values(message, order)

    def _unit_code(self, line, resolver, place):
        if not self.env.context.get(_BY_NAME):
            return super()._unit_code(line, resolver, place)
        return resolver.code_of("uom", line.product_uom_id) or OTHER_UNIT

    def _item(self, line, resolver, place):
        try:
            return super()._item(line, resolver, place)
        except MappingMissing:
            if not self.env.context.get(_BY_NAME):
                raise
        product = line.product_id.with_context(lang=line.order_id.partner_id.lang or self.env.lang)
        return Item(name=product.name, description=(line.name or "").strip() or None)
