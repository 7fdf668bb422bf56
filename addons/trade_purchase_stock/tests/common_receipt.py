from odoo.addons.trade_purchase.tests.common import PurchaseCase


class ReceiptAdviceCase(PurchaseCase):
    """A vendor that is told of receipts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.profile.id,
                "connector_id": cls.connector.id,
                "direction": "out",
                "document_type": "receipt_advice",
            }
        )

    def receive_goods(self, order, *quantities, backorder=True):
        """Validate the open receipt of an order with these quantities."""
        picking = order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        for move, quantity in zip(picking.move_ids, quantities, strict=True):
            move.quantity = quantity
            move.picked = True
        skip = {"skip_backorder": True}
        if not backorder:
            skip["picking_ids_not_to_backorder"] = picking.ids
        picking.with_context(**skip).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def advices(self, picking):
        return self.env["trade.message"].search(
            [("res_model", "=", "stock.picking"), ("res_id", "=", picking.id), ("direction", "=", "out")],
            order="id",
        )

    def told(self, picking):
        """What leaves about a receipt now, as JSON values."""
        message = self.prepare(self.advices(picking)[-1])
        self.assertEqual(message.state, "queued", message.state_reason)
        message._set_state("sent", sent_at=message.received_at)
        return message.canonical

    def quantities(self, line):
        return {
            name.removesuffix("_quantity"): float(line[name]["value"])
            for name in ("received_quantity", "short_quantity", "oversupply_quantity", "rejected_quantity")
            if name in line
        }

    def wrong(self, picking, quantity, kind="damaged", **vals):
        return self.env["trade.discrepancy"].create(
            {
                "picking_id": picking.id,
                "order_line_id": picking.move_ids.purchase_line_id[0].id,
                "quantity": quantity,
                "kind": kind,
                **vals,
            }
        )
