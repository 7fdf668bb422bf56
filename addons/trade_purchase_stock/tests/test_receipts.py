from datetime import timedelta

from odoo.tests import Form, tagged

from odoo.addons.trade_purchase.tests.common import DAY, WANTED, PurchaseCase


@tagged("post_install", "-at_install")
class TestReceipts(PurchaseCase):
    """What the warehouse expects after an answer was applied: quantities, days, and nothing that goes out."""

    def expected(self, order, product=None):
        """``[(day offset, quantity)]`` of what is still to be received, and the number of receipts."""
        moves = order.order_line.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and product in (None, move.product_id)
        )
        for move in moves:
            self.assertEqual(move.picking_code, "incoming", "an answer never sends goods back")
            self.assertEqual(move.date, move.date_deadline)
        for move in moves.filtered(lambda move: move.location_dest_id.usage != "supplier"):
            self.assertEqual(move.quantity, move.product_uom_qty, "what validating books")
        found = sorted(((move.date.date() - DAY).days, move.product_uom_qty) for move in moves)
        return found, len(moves.picking_id)

    def deliveries(self, *parts):
        return [
            {
                "quantity": {"value": str(quantity), "unit_code": "C62"},
                "promised_delivery_period": {"end_date": self.days(day).isoformat()},
            }
            for quantity, day in parts
        ]

    def answer_split(self, order, *parts, issued="2031-01-05"):
        total = sum(quantity for quantity, _day in parts)
        line = self.line(1, "3", quantity=total, deliveries=self.deliveries(*parts))
        rest = [self.line(ref) for ref in list(order._trade_lines_by_ref())[1:]]
        [message] = self.process(self.answer(order, line, *rest, issued=issued))
        if message.state == "held":
            self.decide(message, "accepted")
        self.assertApplied(message)
        return message

    def receive_now(self, order, quantity):
        picking = order.picking_ids.filtered(lambda one: one.state == "assigned").sorted("scheduled_date")[0]
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        action = picking.button_validate()
        if isinstance(action, dict):
            Form.from_action(self.env, action).save().process()

    # -- whole lines -------------------------------------------------------------------------------

    def test_later_day_moves_the_receipt(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        self.process(self.answer(order, self.line(1, "3", day=self.days(2)), self.line(2)))
        self.assertEqual(self.expected(order), ([(0, 5), (2, 10)], 1))
        self.assertEqual(order.picking_ids.scheduled_date, WANTED)

    def test_what_changed_names_the_receipts_and_their_chatter_stays_quiet(self):
        order = self.make_order()
        self.env.cr.flush()
        notes = order.picking_ids.message_ids
        [message] = self.process(self.answer(order, self.line(1, "3", day=self.days(2))))
        self.env.cr.flush()
        self.assertEqual(order.picking_ids.message_ids, notes)
        moved = [change for change in message.effects if change["model"] == "stock.move"]
        changed = [(change["field"], change["new"][:10]) for change in moved]
        self.assertEqual(changed, [("date", "2031-03-12")])

    def test_receipt_that_the_warehouse_planned_itself_keeps_its_day(self):
        order = self.make_order()
        move = order.order_line.move_ids
        move.date = WANTED + timedelta(days=9)
        self.process(self.answer(order, self.line(1, "3", day=self.days(2))))
        self.assertEqual((move.date - WANTED).days, 9)
        self.assertEqual((move.date_deadline - WANTED).days, 2)

    def test_less_reduces_the_receipt_and_keeps_price_and_day(self):
        order = self.make_order()
        self.desk.seller_ids.write({"price": 55.0, "delay": 30})  # what Odoo would go back to
        [message] = self.process(self.answer(order, self.line(1, "3", quantity=6)))
        self.decide(message, "accepted")
        line = order.order_line
        self.assertEqual((line.product_qty, line.price_unit, line.date_planned), (6, 100, WANTED))
        self.assertEqual(self.expected(order), ([(0, 6)], 1))

    def test_more_grows_the_receipt(self):
        order = self.make_order()
        self.desk.seller_ids.write({"price": 55.0, "delay": 30})
        [message] = self.process(self.answer(order, self.line(1, "3", quantity=12)))
        self.decide(message, "accepted")
        line = order.order_line
        self.assertEqual((line.product_qty, line.price_unit, line.date_planned), (12, 100, WANTED))
        self.assertEqual(self.expected(order), ([(0, 12)], 1))

    def test_less_later_and_dearer_at_once(self):
        order = self.make_order()
        [message] = self.process(
            self.answer(order, self.line(1, "3", quantity=6, day=self.days(4), price="110"))
        )
        self.decide(message, "accepted")
        self.assertEqual(self.expected(order), ([(4, 6)], 1))
        self.assertEqual(order.order_line.move_ids.price_unit, 110)

    def test_rejected_line_is_not_expected(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        [message] = self.process(self.answer(order, self.line(1), self.line(2, "7")))
        self.decide(message, "accepted")
        self.assertEqual(self.expected(order), ([(0, 10)], 1))

    def test_substitute_is_expected_instead(self):
        order = self.make_order()
        substitute = {"sellers_item_identification": {"id": "WC-3"}}
        [message] = self.process(
            self.answer(order, self.line(1, "3", day=self.days(1), seller_substituted_item=substitute))
        )
        self.decide(message, "accepted")
        self.assertEqual(self.expected(order, self.desk)[0], [])
        self.assertEqual(self.expected(order, self.stool), ([(1, 10)], 1))

    # -- several deliveries ------------------------------------------------------------------------

    def test_split_makes_a_receipt_per_delivery(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        self.answer_split(order, (6, 0), (4, 7))
        self.assertEqual(self.expected(order, self.desk), ([(0, 6), (7, 4)], 2))
        self.assertEqual(self.expected(order, self.shelf), ([(0, 5)], 1))
        self.assertEqual(order.order_line[0].product_qty, 10)
        days = sorted((picking.scheduled_date - WANTED).days for picking in order.picking_ids)
        self.assertEqual(days, [0, 7])

    def test_the_first_of_several_receipts_brings_its_part_only(self):
        order = self.make_order()
        self.answer_split(order, (3, 0), (7, 5))
        first = order.picking_ids.sorted("scheduled_date")[0]
        self.assertIs(first.button_validate(), True)
        self.assertEqual(order.order_line.qty_received, 3)
        self.assertEqual(self.expected(order), ([(5, 7)], 1))

    def test_deliveries_of_one_day_share_a_receipt(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        lines = [
            self.line(ref, "3", quantity=sum(n for n, _day in parts), deliveries=self.deliveries(*parts))
            for ref, parts in ((1, [(6, 0), (4, 7)]), (2, [(2, 0), (3, 7)]))
        ]
        [message] = self.process(self.answer(order, *lines))
        self.decide(message, "accepted")
        self.assertEqual(self.expected(order), ([(0, 2), (0, 6), (7, 3), (7, 4)], 2))

    def test_split_again_and_back_in_one(self):
        order = self.make_order()
        self.answer_split(order, (6, 0), (4, 7), issued="2031-01-05")
        self.answer_split(order, (5, 1), (3, 7), (2, 9), issued="2031-01-06")
        self.assertEqual(self.expected(order), ([(1, 5), (7, 3), (9, 2)], 3))
        self.answer_split(order, (2, 1), (8, 7), issued="2031-01-07")
        self.assertEqual(self.expected(order), ([(1, 2), (7, 8)], 2))
        self.process(self.answer(order, code="AP", issued="2031-01-08"))
        self.assertEqual(self.expected(order), ([(0, 10)], 1))
        self.assertEqual(len(order.picking_ids), 1, "no empty receipt is left")

    def test_same_split_again_changes_nothing(self):
        order = self.make_order()
        self.answer_split(order, (6, 0), (4, 7), issued="2031-01-05")
        before = order.order_line.move_ids
        self.answer_split(order, (6, 0), (4, 7), issued="2031-01-06")
        self.assertEqual(order.order_line.move_ids, before)

    def test_split_with_less(self):
        order = self.make_order()
        self.answer_split(order, (5, 0), (3, 7))
        self.assertEqual(order.order_line.product_qty, 8)
        self.assertEqual(self.expected(order), ([(0, 5), (7, 3)], 2))

    def test_split_line_reduced_by_hand_sends_nothing_back(self):
        order = self.make_order()
        self.answer_split(order, (6, 0), (4, 7))
        line = order.order_line
        line.write({"product_qty": 5, "date_planned": line.date_planned})  # as the form writes it
        self.assertEqual(self.expected(order), ([(7, 5)], 1))

    def test_back_order_is_a_later_receipt(self):
        order = self.make_order()
        line = self.line(
            1, "3", quantity=6, day=self.days(0),
            maximum_backorder_quantity={"value": "4", "unit_code": "C62"},
            backorder_delivery_period={"end_date": self.days(20).isoformat()},
        )  # fmt: skip
        [message] = self.process(self.answer(order, line))
        self.decide(message, "accepted")
        self.assertEqual(self.expected(order), ([(0, 6), (20, 4)], 2))

    def test_split_after_a_part_was_received(self):
        order = self.make_order()
        self.receive_now(order, 3)
        self.assertEqual(order.order_line.qty_received, 3)
        self.answer_split(order, (3, 0), (5, 2), (2, 7))
        self.assertEqual(self.expected(order), ([(2, 5), (7, 2)], 2))

    def test_split_in_another_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.make_order((self.desk, 2, 1200.0), confirm=False)
        order.order_line.write({"product_uom_id": dozen.id, "price_unit": 1200.0, "date_planned": WANTED})
        order.button_confirm()
        parts = self.deliveries((12, 0), (12, 7))
        [message] = self.process(self.answer(order, self.line(1, "3", quantity=24, deliveries=parts)))
        self.decide(message, "accepted")
        moves = order.order_line.move_ids
        self.assertEqual(sum(moves.mapped("product_qty")), 24)
        self.assertEqual(sorted(moves.mapped("product_qty")), [12, 12])

    # -- late answers ------------------------------------------------------------------------------

    def test_answer_that_changes_what_was_received_already(self):
        order = self.make_order()
        self.receive_now(order, 10)
        [message] = self.process(self.answer(order, self.line(1, "3", day=self.days(1))))
        self.assertHeld(message, "was received already")
        [harmless] = self.process(self.answer(order, code="AP"))
        self.assertApplied(harmless)

    def test_never_less_than_received(self):
        order = self.make_order()
        self.receive_now(order, 7)
        [message] = self.process(self.answer(order, self.line(1, "3", quantity=5)))
        self.decide(message, "accepted")
        self.assertEqual(order.order_line.product_qty, 7)
        self.assertEqual(self.expected(order), ([], 0))

    # -- the order that leaves ---------------------------------------------------------------------

    def test_warehouse_and_drop_ship_address(self):
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1)
        warehouse.partner_id = self.env["res.partner"].create({"name": "Gate 4", "city": "Ulm"})
        self.env["trade.mapping"].create(
            {
                "trade_partner_id": self.profile.id,
                "kind": "warehouse",
                "code": "WH-77",
                "record_ref": f"stock.warehouse,{warehouse.id}",
                "res_id": warehouse.id,
            }
        )
        order = self.make_order(incoterm_location="Ulm", incoterm_id=self.env.ref("account.incoterm_DPU").id)
        said = self.as_sent(order)
        location = said["delivery"]["delivery_location"]
        self.assertEqual((location["id"]["id"], location["address"]["city_name"]), ("WH-77", "Ulm"))
        self.assertEqual(said["delivery_terms"]["delivery_location"]["name"], "Ulm")
        self.assertNotIn("delivery_party", said["delivery"])

        customer = self.env["res.partner"].create({"name": "Azure", "city": "Fremont"})
        order = self.make_order(confirm=False)
        order.picking_type_id = warehouse.in_type_id.copy(
            {
                "default_location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "sequence_code": "DS",
            }
        )
        order.dest_address_id = customer
        order.button_confirm()
        delivery = self.as_sent(order)["delivery"]
        self.assertEqual(delivery["delivery_party"]["party_name"], "Azure")
        self.assertEqual(delivery["delivery_location"]["address"]["city_name"], "Fremont")
        self.assertNotIn("id", delivery["delivery_location"])
