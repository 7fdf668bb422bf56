from datetime import date

from freezegun import freeze_time
from odoo import Command
from odoo.tests import Form, tagged

from odoo.addons.trade_purchase.tests.common import PurchaseCase


@tagged("post_install", "-at_install")
class TestPromiseReceived(PurchaseCase):
    """The ledger counts what Odoo counts as received, receipt by receipt."""

    def entries(self, line):
        self.env.flush_all()
        found = line.trade_promise_ids.filtered(lambda entry: entry.kind == "received").sorted("id")
        self.assertAlmostEqual(sum(found.mapped("quantity")), line.qty_received)
        return found

    def quantities(self, line):
        return self.entries(line).mapped("quantity")

    def receive_now(self, picking, **quantities):
        for move in picking.move_ids:
            move.quantity = quantities.get(move.product_id.name, move.product_uom_qty)
        picking.move_ids.picked = True
        picking._action_done()
        return picking

    def give_back(self, picking, quantity, to_refund=True):
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_ids=picking.ids, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": to_refund})
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        return self.receive_now(returned)

    def test_received_in_parts(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        first = self.receive_now(order.picking_ids, Desk=4)
        rest = self.receive_now(order.picking_ids - first)
        desk, shelf = order.order_line
        entries = self.entries(desk)
        self.assertEqual(entries.mapped("quantity"), [4, 6])
        self.assertEqual(entries.mapped("res_model"), ["stock.picking"] * 2)
        self.assertEqual(entries.mapped("res_id"), [first.id, rest.id])
        self.assertEqual(self.quantities(shelf), [5])

    def test_the_day_is_the_buyers(self):
        order = self.make_order()
        with freeze_time("2031-03-10 23:30:00"):  # the 11th in Berlin
            self.receive_now(order.picking_ids)
        self.assertEqual(self.entries(order.order_line).date, date(2031, 3, 11))

    def test_returns_take_back(self):
        order = self.make_order()
        receipt = self.receive_now(order.picking_ids)
        returned = self.give_back(receipt, 3)
        entries = self.entries(order.order_line)
        self.assertEqual(entries.mapped("quantity"), [10, -3])
        self.assertEqual(entries[1].res_id, returned.id)

    def test_a_return_that_is_replaced_takes_nothing_back(self):
        order = self.make_order()
        receipt = self.receive_now(order.picking_ids)
        self.give_back(receipt, 3, to_refund=False)
        self.assertEqual(self.quantities(order.order_line), [10])

    def test_in_the_orders_unit(self):
        order = self.make_order((self.desk, 2, 1200.0), confirm=False)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.button_confirm()
        move = order.picking_ids.move_ids
        self.receive_now(order.picking_ids, Desk=18 if move.product_uom == self.desk.uom_id else 1.5)
        [entry] = self.entries(order.order_line)
        self.assertEqual((entry.quantity, entry.product_uom_id.name), (1.5, "Dozens"))

    def test_a_corrected_receipt_corrects_the_ledger(self):
        order = self.make_order()
        receipt = self.receive_now(order.picking_ids)
        receipt.action_toggle_is_locked()
        receipt.move_ids.move_line_ids.quantity = 8
        self.assertEqual(self.quantities(order.order_line), [10, -2])
        receipt.move_ids.move_line_ids = [
            Command.create(
                {
                    "product_id": self.desk.id,
                    "quantity": 1,
                    "picking_id": receipt.id,
                    "move_id": receipt.move_ids.id,
                    "location_id": receipt.location_id.id,
                    "location_dest_id": receipt.location_dest_id.id,
                }
            )
        ]
        self.assertEqual(self.quantities(order.order_line), [10, -2, 1])

    def test_goods_that_nobody_ordered(self):
        order = self.make_order()
        receipt = order.picking_ids
        receipt.move_ids = [
            Command.create(
                {
                    "product_id": self.stool.id,
                    "product_uom_qty": 2,
                    "picking_id": receipt.id,
                    "location_id": receipt.location_id.id,
                    "location_dest_id": receipt.location_dest_id.id,
                }
            )
        ]
        self.receive_now(receipt)
        stools = order.order_line.filtered(lambda line: line.product_id == self.stool)
        self.assertEqual(self.quantities(stools), [2])
        self.assertEqual(self.quantities(order.order_line - stools), [10])

    def test_transfers_without_order(self):
        before = self.env["trade.promise"].search_count([("kind", "=", "received")])
        receipt = self.make_order().picking_ids.copy()
        receipt.move_ids.purchase_line_id = False
        receipt.action_confirm()
        self.receive_now(receipt)
        self.assertEqual(self.env["trade.promise"].search_count([("kind", "=", "received")]), before)

    def test_many_receipts_are_one_statement(self):
        def happen(number):
            pickings = self.env["stock.picking"].union(
                *(
                    self.make_order((self.desk, 1, 1.0), (self.shelf, 1, 1.0)).picking_ids
                    for _ in range(number)
                )
            )
            pickings.move_ids.picked = True
            self.env.flush_all()
            before = self.env["trade.promise"].search_count([])
            notes = []
            execute = type(self.env["trade.promise"])._sql_note

            def counted(model, kind, rows):
                notes.append(len(rows))
                return execute(model, kind, rows)

            self.patch(type(self.env["trade.promise"]), "_sql_note", counted)
            pickings._action_done()
            self.assertEqual(self.env["trade.promise"].search_count([]) - before, 2 * number)
            return notes

        self.assertEqual(happen(4), [8])

    def test_documents_that_waited_for_the_receipt_go_on(self):
        waited = []
        self.patch(
            type(self.env["trade.exception"]),
            "_arrived",
            lambda _model, partner, subjects: waited.append((partner, subjects)),
        )
        order = self.make_order()
        self.receive_now(order.picking_ids, Desk=4)
        self.assertEqual(waited, [(self.profile, [f"receipt:{order.name}"])])
        waited.clear()
        self.give_back(order.picking_ids.filtered(lambda one: one.state == "done"), 1)
        self.assertEqual(waited, [], "what goes back is no receipt")

    def test_backorder_by_hand(self):
        order = self.make_order()
        picking = order.picking_ids
        picking.move_ids.quantity = 4
        picking.move_ids.picked = True
        action = picking.with_user(self.env.ref("base.user_admin")).button_validate()
        Form.from_action(self.env, action).save().process()
        self.assertEqual(self.quantities(order.order_line), [4])
