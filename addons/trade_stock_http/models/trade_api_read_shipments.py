from odoo import api, models
from odoo.fields import Domain

from odoo.addons.trade_core.event_parts import Units, instant
from odoo.addons.trade_http.parameters import naive_utc

from ..reads import ShipmentOut


class TradeApiReadShipments(models.AbstractModel):
    """A partner's own shipments: those whose events it is told."""

    _name = "trade.api.read.shipments"
    _inherit = ["trade.api.read"]
    _description = "Shipments in the API"

    @api.model
    def _page(self, door, params, after, limit):
        domain = self._domain(door)
        if after:
            domain &= Domain("id", "<", int(after))
        if params.since:
            domain &= Domain("date_done", ">=", naive_utc(params.since))
        pickings = self.env["stock.picking"].search(domain, order="id desc", limit=limit)
        return self._items(door, pickings), str(pickings[-1].id) if len(pickings) == limit else None

    @api.model
    def _one(self, door, key):
        pickings = self.env["stock.picking"].search(self._domain(door) & Domain("name", "=", key), limit=1)
        return next(iter(self._items(door, pickings)), None)

    @api.model
    def _domain(self, door):
        """What may be this caller's; :meth:`_items` looks at each of them once more. A client that is only
        being tried out is shown nothing real."""
        domain = (
            Domain("state", "=", "done")
            & Domain("picking_type_id.code", "in", ("outgoing", "dropship"))
            & Domain("company_id", "=", 0 if door.test else door.company_id)
        )
        if not door.internal:
            contact = self.env["trade.partner"].browse(door.trade_partner_id).partner_id
            domain &= self.env["stock.picking"]._trade_received_by(contact)
        return domain

    @api.model
    def _items(self, door, pickings):
        receivers = {picking: picking._trade_receiver() for picking in pickings}
        profiles = self.env["trade.partner"]._for_partners(
            (receiver, picking.company_id) for picking, receiver in receivers.items() if receiver
        )
        nobody = self.env["trade.partner"]
        units = Units(pickings.move_ids.product_uom)
        return [
            self._item(picking, units)
            for picking, receiver in receivers.items()
            if door.internal
            or profiles.get((receiver.id, picking.company_id.id), nobody).id == door.trade_partner_id
        ]

    @api.model
    def _item(self, picking, units):
        return ShipmentOut(
            **picking._trade_say(),
            dispatched_at=instant(picking.date_done or picking.write_date.replace(microsecond=0)),
            delivered_at=instant(picking.trade_delivered_at or None),
            proof=picking.trade_delivery_proof or None,
            lines=[move._trade_say(units) for move in picking._trade_shipped()],
        )
