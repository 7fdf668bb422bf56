from odoo import Command
from odoo.tests import tagged

from odoo.addons.trade_stock.tests.common import StockCase


@tagged("post_install", "-at_install")
class TestShipmentsOfOrders(StockCase):
    """Whoever ordered hears of the shipment, with the numbers of the order."""

    def make_order(self, **vals):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "client_order_ref": "PO-77",
                "order_line": [Command.create({"product_id": self.table.id, "product_uom_qty": 3})],
                **vals,
            }
        )
        order.action_confirm()
        return order

    def test_order_is_told_to_whoever_ordered(self):
        elsewhere, _profile = self.make_partner("Gate 4")
        order = self.make_order(partner_shipping_id=elsewhere.id)
        picking = order.picking_ids
        self.assertEqual(picking.partner_id, elsewhere)
        self.ship(picking)
        [(_kind, data)] = self.told(picking)
        self.assertEqual((data["order"], data["customer_reference"]), (order.name, "PO-77"))
        self.assertEqual(self.last.trade_partner_id, self.profile)

    def test_order_and_shipment_of_one_transaction(self):
        order = self.make_order()
        self.ship(order.picking_ids)
        kinds = [kind.split(".")[1:3] for kind, _data in self.told(order, order.picking_ids)]
        self.assertEqual(kinds, [["sales_order", "confirmed"], ["shipment", "dispatched"]])

    def test_delivered_quantities_are_no_change_of_the_order(self):
        order = self.make_order()
        self.told()
        self.ship(order.picking_ids)
        self.assertEqual(self.told(order), [])
