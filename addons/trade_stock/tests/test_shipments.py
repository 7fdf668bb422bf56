from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import StockCase

DISPATCHED = "tradelane.shipment.dispatched.v1"
DELIVERED = "tradelane.shipment.delivered.v1"


@tagged("post_install", "-at_install")
class TestShipments(StockCase):
    """What customers hear of their shipments."""

    def test_dispatched_when_the_delivery_is_done(self):
        chair = self.make_product("Chair", barcode="4012345678901")
        self.stock(chair, 10)
        picking = self.make_delivery((self.table, 3), (chair, 2.5))
        self.assertEqual(self.told(picking), [])
        self.ship(picking)
        [(kind, data)] = self.told(picking)
        self.assertEqual(kind, DISPATCHED)
        self.assertEqual(self.last.trade_partner_id, self.profile)
        self.assertEqual(
            (data["shipment"], data["purpose"], data["order"]), (picking.name, "delivery", "S00042")
        )
        self.assertEqual(data["dispatched_at"], picking.date_done.isoformat() + "Z")
        self.assertEqual(
            data["lines"],
            [
                {
                    "product": {"name": "Table", "code": "TAB"},
                    "quantity": {"value": "3", "unit_code": "C62"},
                    "lots": [],
                },
                {
                    "product": {"name": "Chair", "gtin": "4012345678901"},
                    "quantity": {"value": "2.5", "unit_code": "C62"},
                    "lots": [],
                },
            ],
        )
        self.assertEqual(self.told(picking), [], "a fact is told once")

    def test_carrier_and_tracking_reference_where_they_are_known(self):
        picking = self.make_delivery()
        if "carrier_tracking_ref" in picking._fields:
            picking.carrier_tracking_ref = "JD0146"
            self.ship(picking)
            self.assertEqual(self.told(picking)[0][1]["tracking_reference"], "JD0146")
        else:
            self.ship(picking)
            self.assertNotIn("tracking_reference", self.told(picking)[0][1])

    def test_part_now_and_the_rest_later(self):
        picking = self.make_delivery()
        picking.move_ids.quantity = 2
        self.ship(picking)
        [(_kind, data)] = self.told(picking)
        self.assertEqual(data["lines"][0]["quantity"]["value"], "2")
        rest = self.env["stock.picking"].search([("backorder_id", "=", picking.id)])
        self.assertEqual(self.told(rest), [])
        self.ship(rest)
        [(_kind, data)] = self.told(rest)
        self.assertEqual(data["lines"][0]["quantity"]["value"], "1")

    def test_lots(self):
        drill = self.make_product("Drill", tracking="lot")
        lot = self.env["stock.lot"].create({"name": "L-1", "product_id": drill.id})
        self.env["stock.quant"]._update_available_quantity(drill, self.shelf, 5, lot_id=lot)
        picking = self.ship(self.make_delivery((drill, 2)))
        self.assertEqual(self.told(picking)[0][1]["lines"][0]["lots"], ["L-1"])

    def test_receipts_and_internal_moves_are_no_shipments(self):
        place = self.env["stock.location"].create({"name": "Bin", "location_id": self.shelf.id})
        inside = self.ship(self.make_delivery(kind=self.warehouse.int_type_id, destination=place))
        self.assertEqual(self.told(inside), [])

    def test_goods_that_go_back_to_a_supplier(self):
        back = self.ship(self.make_delivery(destination=self.env.ref("stock.stock_location_suppliers")))
        self.assertEqual(self.told(back)[0][1]["purpose"], "return")

    def test_rolled_back(self):
        picking = self.make_delivery()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.ship(picking)
            self.env.cr.flush()
            raise ZeroDivisionError
        self.assertEqual(self.told(picking), [])
        self.ship(picking)
        self.assertEqual(len(self.told(picking)), 1)

    def test_many_shipments_cost_no_query_each(self):
        def happen(number):
            deliveries = (self.make_delivery((self.table, 1)) for _ in range(number))
            return self.ship(self.env["stock.picking"].union(*deliveries))

        self.assertNoQueryEach(happen, many=15)
        self.assertEqual(self.types(*happen(15)), [DISPATCHED] * 15)

    # -- delivered ---------------------------------------------------------------------------------

    def test_delivered_is_told_once_with_its_proof(self):
        picking = self.ship(self.make_delivery())
        self.told(picking)
        arrived = datetime(2031, 5, 2, 8, 30)
        self.assertEqual(picking._trade_delivered(arrived, "J. Doe"), picking)
        [(kind, data)] = self.told(picking)
        self.assertEqual(kind, DELIVERED)
        self.assertEqual(self.last.trade_partner_id, self.profile)
        self.assertEqual((data["delivered_at"], data["proof"]), ("2031-05-02T08:30:00Z", "J. Doe"))
        self.assertEqual((data["shipment"], data["order"]), (picking.name, "S00042"))
        self.assertFalse(picking._trade_delivered(datetime(2031, 5, 3), "again"))
        self.assertEqual(self.told(picking), [])
        self.assertEqual((picking.trade_delivered_at, picking.trade_delivery_proof), (arrived, "J. Doe"))

    def test_what_has_not_left_cannot_arrive(self):
        picking = self.make_delivery()
        self.assertFalse(picking._trade_delivered())
        self.assertEqual(self.told(picking), [])
        with self.assertRaisesRegex(UserError, "has not left"):
            picking.action_trade_delivered()

    def test_sent_and_arrived_at_once_keep_their_order(self):
        picking = self.ship(self.make_delivery())
        picking._trade_delivered()
        self.assertEqual(self.types(picking), [DISPATCHED, DELIVERED])

    def test_person_says_when_it_arrived(self):
        clerk = new_test_user(self.env, "trade_clerk", "stock.group_stock_user")
        pickings = self.ship(self.make_delivery() | self.make_delivery())
        self.told()
        arrived = fields.Datetime.now() - timedelta(days=1)
        wizard = Form.from_action(self.env(user=clerk), pickings.with_user(clerk).action_trade_delivered())
        wizard.delivered_at = arrived
        wizard.proof = "gate 4"
        wizard.save().action_confirm()
        self.assertEqual(self.types(*pickings), [DELIVERED, DELIVERED])
        self.assertEqual(set(pickings.mapped("trade_delivered_at")), {arrived})

    def test_nothing_arrives_tomorrow_and_strangers_say_nothing(self):
        picking = self.ship(self.make_delivery())
        wizard = self.env["trade.shipment.delivered"].create(
            {"picking_ids": picking.ids, "delivered_at": fields.Datetime.now() + timedelta(days=1)}
        )
        with self.assertRaisesRegex(UserError, "still to come"):
            wizard.action_confirm()
        stranger = new_test_user(self.env, "trade_stranger", "base.group_user")
        with self.assertRaises(AccessError):
            picking.with_user(stranger).action_trade_delivered()
        self.assertFalse(picking.trade_delivered_at)
