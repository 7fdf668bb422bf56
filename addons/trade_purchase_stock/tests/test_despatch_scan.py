from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CARTON_1, CARTON_2, PALLET, DespatchCase


@tagged("post_install", "-at_install")
class TestDespatchScan(DespatchCase):
    """Receiving by scanning the labels of packages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse_user = new_test_user(cls.env, "trade_warehouse", "stock.group_stock_user")

    def setUp(self):
        super().setUp()
        self.order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        units = [
            self.unit(PALLET, (2, 5)),
            self.unit(CARTON_1, (1, 6), parent=PALLET),
            self.unit(CARTON_2, (1, 4)),
        ]
        self.despatch = self.announced(
            self.advice(
                "D-1",
                self.goods(1, 10, ref=1),
                self.goods(2, 5, "WC-2", ref=2),
                order=self.order,
                units=units,
            )
        )
        self.receipt = self.despatch.picking_ids.with_user(self.warehouse_user)

    def picked(self):
        lines = self.despatch.move_ids.move_line_ids.filtered("picked")
        return sorted((line.product_id.name, line.quantity) for line in lines)

    def test_scanning_a_pallet_books_all_that_is_on_it(self):
        said = self.receipt.action_trade_scan(PALLET)
        self.assertEqual(said["type"], "success")
        self.assertIn("Desk", said["message"])
        self.assertEqual(self.picked(), [("Desk", 6), ("Shelf", 5)])
        again = self.receipt.action_trade_scan(CARTON_1)
        self.assertIn("booked already", again["message"])

    def test_what_was_not_scanned_is_a_backorder_and_can_be_scanned_later(self):
        self.receipt.action_trade_scan(PALLET)
        self.receive_all(self.despatch.picking_ids)
        desks, shelves = self.order.order_line
        self.assertEqual((desks.qty_received, shelves.qty_received), (6, 5))
        backorder = self.order.picking_ids.filtered(lambda one: one.state == "assigned")
        self.assertFalse(backorder.trade_despatch_id)
        with self.assertRaisesRegex(UserError, "received already"):
            backorder.action_trade_scan(PALLET)
        backorder.with_user(self.warehouse_user).action_trade_scan(CARTON_2)
        self.receive_all(backorder)
        self.assertEqual(desks.qty_received, 10)
        carton = self.env["stock.package"].search([("name", "=", CARTON_2)])
        self.assertEqual(carton.quant_ids.quantity, 4)

    def test_labels_as_scanners_read_them(self):
        for text in (f"(00){CARTON_2}", f"00{CARTON_2}", f"]C100{CARTON_2}", f" {CARTON_2}\n"):
            self.despatch.move_ids.move_line_ids.picked = False
            self.despatch.with_user(self.warehouse_user).action_trade_scan(text)
            self.assertEqual(self.picked(), [("Desk", 4)])

    def test_the_warehouse_sees_the_whole_shipment(self):
        despatch = self.despatch.with_user(self.warehouse_user)
        view = despatch.get_view(view_type="form")
        names = {name for name in view["models"]["trade.despatch"] if name in despatch._fields}
        self.assertLessEqual({"line_ids", "unit_ids", "milestone_ids", "trade_scan"}, names)
        [values] = despatch.read(list(names))
        self.assertEqual((values["order_count"], values["picking_count"]), (1, 1))
        self.assertEqual(despatch.line_ids.order_id.display_name, self.order.display_name)
        contents = despatch.unit_ids.mapped("content")
        self.assertIn("6 Units [TT-DESK] Desk", contents)

    def test_unknown_and_foreign_packages_are_said_in_plain_words(self):
        with self.assertRaisesRegex(UserError, "Nobody announced package 340123459999999991"):
            self.receipt.action_trade_scan("340123459999999991")
        with self.assertRaisesRegex(UserError, "Scan or type"):
            self.receipt.action_trade_scan("  ")
        other = self.make_order()
        with self.assertRaisesRegex(UserError, "belongs to shipment D-1"):
            other.picking_ids.action_trade_scan(PALLET)
        self.assertEqual(self.picked(), [])

    def test_somebody_without_rights_books_nothing(self):
        nobody = new_test_user(self.env, "trade_nobody", "base.group_user")
        with self.assertRaises(AccessError):
            self.despatch.with_user(nobody).action_trade_scan(PALLET)
        self.assertEqual(self.picked(), [])

    def test_withdrawn_shipment_cannot_be_scanned(self):
        self.announced(
            self.advice(
                "D-1", self.goods(1, 10, ref=1), order=self.order, purpose_code="1", issued="2031-03-02"
            )
        )
        with self.assertRaisesRegex(UserError, "Nobody announced"):
            self.order.picking_ids.action_trade_scan(PALLET)
