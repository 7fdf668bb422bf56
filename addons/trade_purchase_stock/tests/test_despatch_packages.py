from datetime import date

from odoo.tests import tagged

from .common import CARTON_1, CARTON_2, PALLET, DespatchCase


@tagged("post_install", "-at_install")
class TestDespatchPackages(DespatchCase):
    """Packages, batches and serial numbers, as the warehouse finds them in the receipt."""

    def pallet(self, number="D-1", order=None, **more):
        """10 desks on one pallet, in cartons of 6 and 4."""
        order = order or self.make_order()
        units = [
            self.unit(PALLET),
            self.unit(CARTON_1, (1, 6), parent=PALLET),
            self.unit(CARTON_2, (1, 4), parent=PALLET),
        ]
        advice = self.advice(number, self.goods(1, 10, ref=1, **more), order=order, units=units, eta=1)
        return self.announced(advice)

    def test_packages_come_in_as_they_were_packed(self):
        despatch = self.pallet()
        lines = despatch.move_ids.move_line_ids
        self.assertEqual(
            sorted((line.result_package_id.name, line.quantity) for line in lines),
            [(CARTON_1, 6), (CARTON_2, 4)],
        )
        self.receive_all(despatch.picking_ids)
        packages = despatch.unit_ids.package_id
        pallet = packages.filtered(lambda one: one.name == PALLET)
        self.assertEqual(pallet.child_package_ids, packages - pallet)
        self.assertEqual(sum(pallet.contained_quant_ids.mapped("quantity")), 10)
        self.assertTrue(all(despatch.line_ids.mapped("received")))

    def test_lots_and_their_expiry(self):
        self.desk.write({"tracking": "lot"})
        if "use_expiration_date" in self.desk._fields:
            self.desk.write({"use_expiration_date": True, "expiration_time": 1})
        batches = [
            {
                "lot_number_id": "L-1",
                "expiry_date": "2032-05-01",
                "best_before_date": "2032-04-01",
                "quantity": {"value": "7", "unit_code": "C62"},
            },
            {"lot_number_id": "L-2", "expiry_date": "2032-06-01"},
        ]
        despatch = self.pallet(batches=batches)
        self.assertEqual(
            [(line.unit_id.name, line.lot, line.quantity) for line in despatch.line_ids],
            [(CARTON_1, "L-1", 6), (CARTON_2, "L-1", 1), (CARTON_2, "L-2", 3)],
        )
        self.receive_all(despatch.picking_ids)
        lots = self.env["stock.lot"].search([("product_id", "=", self.desk.id)], order="name")
        self.assertEqual([(lot.name, lot.product_qty) for lot in lots], [("L-1", 7), ("L-2", 3)])
        if "expiration_date" in lots._fields:
            days = [lot.expiration_date.date() for lot in lots]
            self.assertEqual(days, [date(2032, 5, 1), date(2032, 6, 1)])
            self.assertEqual(lots[0].use_date.date(), date(2032, 4, 1))

    def test_serial_numbers_are_one_piece_each(self):
        self.desk.tracking = "serial"
        order = self.make_order((self.desk, 3, 100.0))
        batches = [{"serial_id": f"S-{n}"} for n in range(1, 4)]
        despatch = self.announced(self.advice("D-1", self.goods(1, 3, ref=1, batches=batches), order=order))
        lines = despatch.move_ids.move_line_ids
        self.assertEqual(sorted(lines.mapped("lot_name")), ["S-1", "S-2", "S-3"])
        self.receive_all(despatch.picking_ids)
        self.assertEqual(order.order_line.qty_received, 3)

    def test_a_serial_number_for_two_pieces_is_held(self):
        self.desk.tracking = "serial"
        order = self.make_order((self.desk, 3, 100.0))
        batches = [{"serial_id": serial} for serial in ("S-1", "S-2", "S-1")]
        [message] = self.announce(self.advice("D-1", self.goods(1, 3, ref=1, batches=batches), order=order))
        self.assertHeld(message, "serial number S-1 for 2 pieces")
        self.assertFalse(self.env["trade.despatch"].search([("order_ids", "in", order.ids)]))

    def test_serial_numbers_of_which_one_is_missing_leave_one_piece_to_be_named(self):
        self.desk.tracking = "serial"
        order = self.make_order((self.desk, 3, 100.0))
        batches = [{"serial_id": "S-1"}, {"serial_id": "S-2"}]
        despatch = self.announced(self.advice("D-1", self.goods(1, 3, ref=1, batches=batches), order=order))
        lines = despatch.move_ids.move_line_ids
        self.assertEqual(sorted(name or "" for name in lines.mapped("lot_name")), ["", "S-1", "S-2"])
        self.assertEqual(set(lines.mapped("quantity")), {1})

    def test_corrected_packages_replace_the_first_ones(self):
        despatch = self.pallet()
        self.announced(
            self.advice(
                "D-1",
                self.goods(1, 8, ref=1),
                order=despatch.order_ids,
                units=[self.unit(CARTON_2, (1, 8))],
                sequence_number=1,
            )
        )
        self.assertEqual(despatch.unit_ids.mapped("name"), [CARTON_2])
        lines = despatch.move_ids.move_line_ids
        self.assertEqual([(one.result_package_id.name, one.quantity) for one in lines], [(CARTON_2, 8)])
        self.assertEqual(self.env["stock.package"].search_count([("name", "in", (PALLET, CARTON_1))]), 0)

    def test_same_packages_under_another_number_are_held(self):
        first = self.pallet()
        advice = self.advice(
            "D-2", self.goods(1, 1, ref=1), order=self.make_order(), units=[self.unit(CARTON_1, (1, 1))]
        )
        [message] = self.announce(advice)
        self.assertHeld(message, f"{CARTON_1} was announced already, with {first.number}")

    def test_packages_that_hold_more_than_the_line_are_held(self):
        advice = self.advice(
            "D-1", self.goods(1, 5, ref=1), order=self.make_order(), units=[self.unit(CARTON_1, (1, 6))]
        )
        [message] = self.announce(advice)
        self.assertHeld(message, "hold more of line 1")
