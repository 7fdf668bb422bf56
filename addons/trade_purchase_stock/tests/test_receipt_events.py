from odoo.tests import tagged

from odoo.addons.trade_core.tests.common_events import EventCase
from odoo.addons.trade_purchase.tests.common import PurchaseCase

POSTED = "tradelane.receipt.posted.v1"


@tagged("post_install", "-at_install")
class TestReceiptEvents(EventCase, PurchaseCase):
    """What suppliers hear of what was received."""

    def receive_goods(self, picking, **quantities):
        for move in picking.move_ids:
            move.quantity = quantities.get(move.product_id.name, move.product_uom_qty)
        picking.move_ids.picked = True
        picking._action_done()
        return picking

    def quantities(self, line):
        return [line[name]["value"] for name in ("ordered", "received", "received_in_all", "outstanding")]

    def test_what_came_and_what_is_still_to_come(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        self.told()
        first = self.receive_goods(order.picking_ids, Desk=4)
        [(kind, data)] = self.told(first)
        self.assertEqual(kind, POSTED)
        self.assertEqual(self.last.trade_partner_id, order._trade_profile())
        self.assertEqual(data["receipt"], first.name)
        desk, shelf = data["lines"]
        self.assertEqual((desk["order"], desk["line"]), (order.name, order.order_line[0].trade_line_ref))
        self.assertEqual(desk["product"], {"name": "Desk", "code": "TT-DESK", "gtin": "4012345678901"})
        self.assertEqual(self.quantities(desk), ["10", "4", "4", "6"])
        self.assertEqual(self.quantities(shelf), ["5", "5", "5", "0"])
        rest = self.receive_goods(order.picking_ids - first)
        [(_kind, data)] = self.told(rest)
        self.assertEqual([self.quantities(line) for line in data["lines"]], [["10", "6", "10", "0"]])
        self.assertEqual(self.told(first, rest), [], "a fact is told once")

    def test_quantities_in_the_orders_unit(self):
        order = self.make_order((self.desk, 2, 1200.0), confirm=False)
        order.order_line.write(
            {"product_uom_id": self.env.ref("uom.product_uom_dozen").id, "price_unit": 1200.0}
        )
        order.button_confirm()
        self.receive_goods(
            order.picking_ids, Desk=12 if order.picking_ids.move_ids.product_uom.name == "Units" else 1
        )
        [(_kind, data)] = self.told(order.picking_ids[0])
        self.assertEqual(data["lines"][0]["received"], {"value": "1", "unit_code": "DZN"})
        self.assertEqual(self.quantities(data["lines"][0]), ["2", "1", "1", "1"])

    def test_more_than_ordered_leaves_nothing_outstanding(self):
        order = self.make_order()
        self.receive_goods(order.picking_ids, Desk=12)
        [(_kind, data)] = self.told(order.picking_ids)
        self.assertEqual(self.quantities(data["lines"][0]), ["10", "12", "12", "0"])

    def test_receipts_without_order_are_nobodys_news(self):
        order = self.make_order()
        picking = order.picking_ids.copy()
        picking.move_ids.purchase_line_id = False
        picking.action_confirm()
        self.receive_goods(picking)
        self.assertEqual(self.told(picking), [])

    def test_rolled_back(self):
        order = self.make_order()
        self.told()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.receive_goods(order.picking_ids)
            self.env.cr.flush()
            raise ZeroDivisionError
        self.assertEqual(self.told(order.picking_ids), [])

    def test_many_receipts_cost_no_query_each(self):
        def happen(number):
            pickings = self.env["stock.picking"].union(
                *(self.make_order().picking_ids for _ in range(number))
            )
            self.receive_goods(pickings)
            return pickings

        self.assertNoQueryEach(happen, many=12)
        self.assertEqual(self.types(*happen(12)), [POSTED] * 12)
