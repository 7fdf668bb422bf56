from odoo.addons.trade_purchase.tests.common import WANTED, PurchaseCase

PALLET, CARTON_1, CARTON_2 = "340123450000000017", "340123450000000024", "340123450000000031"


class DespatchCase(PurchaseCase):
    """Despatch advices and shipment statuses of the vendor, as JSON values."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route_asn, cls.route_status = cls.env["trade.route"].create(
            [
                {
                    "trade_partner_id": cls.profile.id,
                    "connector_id": cls.connector.id,
                    "direction": "in",
                    "document_type": document_type,
                }
                for document_type in ("despatch_advice", "shipment_status")
            ]
        )

    @classmethod
    def advice(cls, number, *lines, order=None, eta=None, units=(), issued="2031-03-01", **header):
        """An advice as JSON values; see :meth:`goods`."""
        shipment = {"actual_despatch_date": issued, **header.pop("shipment", {})}
        if eta is not None:
            day = cls.days(eta).isoformat()
            shipment["estimated_delivery_period"] = {"end_date": day}
        return {
            "document_type": "despatch_advice",
            "id": number,
            "issue_date": issued,
            **({"order_reference": {"id": order.name}} if order else {}),
            "shipment": shipment,
            "transport_handling_units": list(units),
            "despatch_lines": list(lines),
            **header,
        }

    @staticmethod
    def goods(number, quantity, code="WC-1", unit="C62", ref=None, order=None, batches=(), **more):
        """One despatched line; ``batches`` are item instances."""
        reference = {"line_id": str(ref)} if ref else {}
        if order:
            reference["order_reference"] = {"id": order.name}
        item = {"sellers_item_identification": {"id": code}, "item_instance": list(batches)}
        return {
            "id": str(number),
            "delivered_quantity": {"value": str(quantity), "unit_code": unit},
            "item": item,
            **({"order_line_reference": reference} if reference else {}),
            **more,
        }

    @staticmethod
    def unit(name, *packed, parent=None):
        """A package; packed lines are ``(line, quantity)``."""
        return {
            "id": name,
            **({"parent_id": parent} if parent else {}),
            "packed_line": [
                {"line_id": str(line), "quantity": {"value": str(quantity), "unit_code": "C62"}}
                for line, quantity in packed
            ],
        }

    def announce(self, *advices):
        return self.process(*advices, route=self.route_asn)

    def announced(self, *advices):
        """The shipments of advices that must be applied."""
        messages = self.announce(*advices)
        for message in messages:
            self.assertApplied(message)
        return self.env["trade.despatch"].browse(messages.mapped("res_id"))

    def expected(self, order):
        """``[(day offset, quantity, receipt is announced)]`` of what is still to be received."""
        moves = order.order_line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        for move in moves:
            self.assertEqual(move.picking_code, "incoming")
            if move.product_id.tracking == "none":
                self.assertEqual(move.quantity, move.product_uom_qty, "what validating books")
            self.assertEqual(move.trade_despatch_id, move.picking_id.trade_despatch_id)
        return sorted(
            ((move.date.date() - WANTED.date()).days, move.product_uom_qty, bool(move.trade_despatch_id))
            for move in moves
        )

    def receive_all(self, picking):
        action = picking.button_validate()
        if isinstance(action, dict):
            wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
            wizard.process()
