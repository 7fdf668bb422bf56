from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_receipt import ReceiptAdviceCase


@tagged("post_install", "-at_install")
class TestReceiptAdviceOdd(ReceiptAdviceCase):
    """What was told of a receipt and changes afterwards, and what cannot be true."""

    def said(self, picking):
        """``(revision, the quantities of each line)`` of what leaves now."""
        document = self.told(picking)
        return document.get("sequence_number", 0), [
            self.quantities(line) for line in document["receipt_lines"]
        ]

    def test_a_receipt_that_is_corrected_after_it_was_told(self):
        picking = self.receive_goods(self.make_order(), 10)
        self.assertEqual(self.said(picking), (0, [{"received": 10}]))
        picking.move_ids.quantity = 7
        self.assertEqual(self.said(picking), (1, [{"received": 7, "short": 3}]))
        picking.move_ids.move_line_ids.quantity = 0
        self.assertEqual(self.said(picking), (2, [{"received": 0, "short": 10}]))
        picking.move_ids.move_line_ids.write({"quantity": 0})
        self.assertEqual(self.advices(picking).mapped("revision"), [0, 1, 2])

    def test_a_line_of_which_nothing_came_is_short(self):
        for backorder in (True, False):
            order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
            picking = self.receive_goods(order, 10, 0, backorder=backorder)
            document = self.told(picking)
            self.assertEqual(
                [self.quantities(line) for line in document["receipt_lines"]],
                [{"received": 10}, {"received": 0, "short": 5}],
            )
            missed = document["receipt_lines"][1]
            self.assertEqual(missed["order_line_reference"]["line_id"], "2")
            self.assertNotIn("received_date", missed)

    def test_a_line_that_is_no_longer_ordered_is_not_short(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        order.order_line[1].product_qty = 0
        move = order.order_line[0].move_ids
        picking = move.picking_id
        move.write({"quantity": 10, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self.said(picking), (0, [{"received": 10}]))

    def test_what_came_later_is_not_too_much_of_what_came_before(self):
        order = self.make_order()
        first = self.receive_goods(order, 8)
        self.assertEqual(self.said(first)[1], [{"received": 8, "short": 2}])
        second = self.receive_goods(order, 4)
        self.assertEqual(self.said(second)[1], [{"received": 4, "oversupply": 2}])
        self.wrong(first, 1)
        self.assertEqual(self.said(first), (1, [{"received": 8, "rejected": 1}]))

    def test_what_went_back_was_too_much_all_the_same(self):
        picking = self.receive_goods(self.make_order(), 12)
        record = self.wrong(picking, 2, wanted="return")
        record.action_return()
        record.return_id.move_ids.write({"quantity": 2, "picked": True})
        record.return_id.button_validate()
        self.wrong(picking, 1, "quality")
        self.assertEqual(self.said(picking)[1], [{"received": 12, "oversupply": 2, "rejected": 3}])

    def test_short_and_damaged_and_wrong_in_one(self):
        picking = self.receive_goods(self.make_order(), 8)
        self.wrong(picking, 1)
        self.wrong(picking, 2, "wrong_item")
        self.wrong(picking, 3, "missing")
        self.assertEqual(self.said(picking)[1], [{"received": 5, "short": 5, "rejected": 3}])
        with self.assertRaisesRegex(UserError, "only 8"):
            self.wrong(picking, 3)

    def test_more_missing_than_came(self):
        picking = self.receive_goods(self.make_order(), 10)
        with self.assertRaisesRegex(UserError, "only 10"):
            self.wrong(picking, 15, "missing")

    def test_less_comes_than_was_said_to_be_wrong(self):
        order = self.make_order()
        record = self.wrong(order.picking_ids, 9)
        with self.assertRaisesRegex(UserError, "only 3"), self.env.cr.savepoint():
            self.receive_goods(order, 3)
        record.quantity = 2
        picking = self.receive_goods(order, 3)
        with self.assertRaisesRegex(UserError, "only 1"):
            picking.move_ids.quantity = 1

    # -- back ----------------------------------------------------------------------------------------

    def test_a_return_that_was_cancelled_can_be_made_again(self):
        record = self.wrong(self.receive_goods(self.make_order(), 10), 3, wanted="return")
        record.action_return()
        first = record.return_id
        first.action_cancel()
        record.action_return()
        self.assertNotEqual(record.return_id, first)
        self.assertEqual(record.return_id.move_ids.product_uom_qty, 3)

    def test_goods_that_go_back_are_not_told_as_received(self):
        order = self.make_order()
        picking = self.receive_goods(order, 10)
        picking.picking_type_id.return_picking_type_id = False  # returns are receipts the other way round
        record = self.wrong(picking, 3, wanted="return")
        record.action_return()
        back = record.return_id
        back.move_ids.write({"quantity": 2, "picked": True})
        back.with_context(skip_backorder=True, picking_ids_not_to_backorder=back.ids).button_validate()
        self.assertEqual((back.state, back.picking_type_code), ("done", "incoming"))
        self.assertEqual(order.order_line.qty_received, 8)
        self.assertFalse(self.advices(back))
