from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.trade_core.announcing import at_commit
from odoo.addons.trade_core.event_parts import Units, instant

from .. import events


class StockPicking(models.Model):
    """Shipments are announced when they leave and when they arrive."""

    _inherit = "stock.picking"

    trade_delivered_at = fields.Datetime("Delivered on", readonly=True, copy=False, groups="base.group_user")
    trade_delivery_proof = fields.Char(
        "Proof of delivery",
        readonly=True,
        copy=False,
        help="Who took it, or what the carrier gave as proof.",
        groups="base.group_user",
    )

    def action_trade_delivered(self):
        """Ask when the shipments arrived."""
        self._trade_check_arrival()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("trade_stock.trade_shipment_delivered_action"),
            "context": {"default_picking_ids": self.ids, "dialog_size": "medium"},
        }

    def _trade_check_arrival(self):
        """:raise UserError: one of them cannot have arrived yet, or is no shipment"""
        self.check_access("write")
        for picking in self:
            if picking.state != "done" or not picking._trade_is_shipment():
                raise UserError(
                    self.env._(
                        "%(shipment)s has not left. Validate the delivery first; then say when it arrived.",
                        shipment=picking.name,
                    )
                )

    def _trade_delivered(self, at=None, proof=None):
        """These shipments arrived. The first time counts; saying it again changes nothing.

        :param datetime at: naive UTC; now when nobody knows
        :param str proof: who took it, or the carrier's proof
        :return: those for which it is news
        """
        arrived = self.filtered(
            lambda one: one.state == "done" and one._trade_is_shipment() and not one.trade_delivered_at
        )
        if arrived:
            arrived.write(
                {
                    "trade_delivered_at": at or fields.Datetime.now(),
                    "trade_delivery_proof": proof,
                }
            )
        at_commit(arrived, "_trade_arrived", dict.fromkeys(arrived.ids))
        return arrived

    # -- what is announced -----------------------------------------------------------------------

    def _trade_is_shipment(self):
        """Whether goods leave us, or our supplier for our customer."""
        return self.picking_type_code in ("outgoing", "dropship")

    def _trade_receiver(self):
        """The contact whose trading profile is told."""
        return self.partner_id

    def _trade_received_by(self, contact):
        """The domain of transfers whose receiver is this contact or belongs to it."""
        return Domain("partner_id", "child_of", contact.id)

    def _trade_order(self):
        """``(our number, the receiver's number)`` of the order it belongs to."""
        return self.origin or None, None

    def _trade_dispatched(self, before):
        """What to announce.

        :param dict before: the state of each transfer when the transaction began
        :return: see :func:`~odoo.addons.trade_core.announcing.at_commit`
        """
        left = self.filtered(lambda one: one.state == "done" != before[one.id])
        moves = left.move_ids
        units = Units(moves.product_uom)
        return left._trade_facts(
            events.SHIPMENT_DISPATCHED,
            lambda picking: events.ShipmentDispatchedData(
                **picking._trade_say(),
                dispatched_at=instant(picking.date_done or fields.Datetime.now()),
                lines=tuple(move._trade_say(units) for move in picking._trade_shipped()),
            ),
        )

    def _trade_arrived(self, _notes):
        """What to announce, see :func:`~odoo.addons.trade_core.announcing.at_commit`."""
        return self.filtered("trade_delivered_at")._trade_facts(
            events.SHIPMENT_DELIVERED,
            lambda picking: events.ShipmentDeliveredData(
                **picking._trade_say(),
                delivered_at=instant(picking.trade_delivered_at),
                proof=picking.trade_delivery_proof or None,
            ),
        )

    def _trade_facts(self, event_type, say):
        receivers = {picking: picking._trade_receiver() for picking in self}
        partners = self.env["trade.partner"]._for_partners(
            (receiver, picking.company_id) for picking, receiver in receivers.items() if receiver
        )
        nobody = self.env["trade.partner"]
        return {
            picking.id: [
                (
                    event_type,
                    picking,
                    partners.get((receiver.id, picking.company_id.id), nobody),
                    say(picking),
                )
            ]
            for picking, receiver in receivers.items()
        }

    def _trade_say(self):
        """What every event about a shipment says."""
        order, reference = self._trade_order()
        to_supplier = self.location_dest_id.usage == "supplier"
        return {
            "shipment": self.name,
            "purpose": "return" if to_supplier else "delivery",
            "order": order,
            "customer_reference": reference,
            **self._trade_carrier(),
        }

    def _trade_carrier(self):
        """How it travels, as far as the installed addons know (``stock_delivery`` does)."""
        if "carrier_tracking_ref" not in self._fields:
            return {}
        return {
            "carrier": self.carrier_id.name or None,
            "tracking_reference": self.carrier_tracking_ref or None,
        }

    def _trade_shipped(self):
        moves = self.move_ids
        done = moves.filtered(lambda move: move.state == "done" and move.quantity)
        return done.with_prefetch(moves._prefetch_ids)
