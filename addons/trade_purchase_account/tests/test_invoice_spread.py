from odoo.tests import tagged

from .common import InvoiceCase

DESK = {"sellers_item_identification": {"id": "WC-1"}}


@tagged("post_install", "-at_install")
class TestInvoiceSpread(InvoiceCase):
    """One line of an invoice bills several order lines of the same product, price and taxes."""

    def desks(self, quantity, price=10, ref=None, **more):
        return self.billed(ref, quantity, price, item=DESK, **more)

    def shares(self, message):
        """``[(order line, quantity, amount)]`` of the bill."""
        return [
            (line.purchase_line_id, line.quantity, line.price_subtotal)
            for line in self.bill_of(message).invoice_line_ids
        ]

    def two(self, **vals):
        """An order of 6 and 4 desks."""
        return self.ordered((self.desk, 6, 10.0), (self.desk, 4, 10.0), **vals)

    def test_ten_pieces_for_six_and_four(self):
        order = self.two()
        [message] = self.process_invoice(self.invoice(order, self.desks(10)))
        six, four = order.order_line
        self.assertEqual(self.shares(message), [(six, 6, 60), (four, 4, 40)])
        self.assertEqual((six.qty_invoiced, four.qty_invoiced), (6, 4))
        rows = self.match_of(message).line_ids
        self.assertEqual(rows.mapped("billed_qty"), [6, 4])
        self.assertEqual(rows.mapped("document_line"), ["1", "1"])
        self.assertIn(f"line 2 of {order.name}", rows[1].title)
        self.assertEqual(
            [
                (one["line"], one["decision"])
                for one in self.env["trade.adapter.in.invoice"]._decisions(message)
            ],
            [("1", "accepted")],
        )

    def test_the_second_time_the_rest(self):
        order = self.two()
        six, four = order.order_line
        [first] = self.process_invoice(self.invoice(order, self.desks(7)))
        self.assertEqual(self.shares(first), [(six, 6, 60), (four, 1, 10)])
        [second] = self.process_invoice(self.invoice(order, self.desks(3)))
        self.assertEqual(self.shares(second), [(four, 3, 30)])
        [third] = self.process_invoice(self.invoice(order, self.desks(1)))
        self.assertHeld(third, "too many")

    def test_two_invoices_of_one_batch(self):
        order = self.two()
        six, four = order.order_line
        first, second = self.process(
            self.invoice(order, self.desks(7)), self.invoice(order, self.desks(3)), route=self.route_invoice
        )
        self.assertEqual(self.shares(first), [(six, 6, 60), (four, 1, 10)])
        self.assertEqual(self.shares(second), [(four, 3, 30)])

    def test_two_lines_of_one_invoice(self):
        order = self.two()
        six, four = order.order_line
        [message] = self.process_invoice(self.invoice(order, self.desks(8), self.desks(2)))
        self.assertEqual(self.shares(message), [(six, 6, 60), (four, 2, 20), (four, 2, 20)])

    def test_what_was_received_first_is_billed_first(self):
        order = self.two(received=False)
        six, four = order.order_line
        self.receipt(order, 0, 4)
        [only] = self.process_invoice(self.invoice(order, self.desks(4)))
        self.assertEqual(self.shares(only), [(four, 4, 40)])
        [waits] = self.process_invoice(self.invoice(order, self.desks(6)))
        self.assertHeld(waits, "not received")
        self.assertEqual(self.match_of(waits).line_ids.order_line_id, six)

    def test_what_is_not_received_of_it_waits(self):
        order = self.two(received=False)
        self.receipt(order, 0, 4)
        [message] = self.process_invoice(self.invoice(order, self.desks(10)))
        self.assertHeld(message, "Line 1 (2): 6 Units billed, 0 Units received: 6 Units not received")
        self.assertEqual(self.match_of(message).state, "waiting")
        self.receipt(order)
        self.run_ready()
        self.assertApplied(message)
        self.assertEqual(order.order_line.mapped("qty_invoiced"), [6, 4])

    def test_two_orders(self):
        first, second = self.ordered((self.desk, 6, 10.0)), self.ordered((self.desk, 4, 10.0))
        [message] = self.process_invoice(
            self.invoice(
                first,
                self.desks(10),
                self.billed(1, 0, 10, order=second, amount=0),
            )
        )
        billed = [share[:2] for share in self.shares(message)][:2]
        self.assertEqual(billed, [(first.order_line, 6), (second.order_line, 4)])

    def test_two_orders_chosen_by_a_person(self):
        orders = self.ordered((self.desk, 6, 10.0)) + self.ordered((self.desk, 4, 10.0))
        [message] = self.process_invoice(self.invoice(None, self.desks(10)))
        match = self.match_of(message)
        match.chosen_order_ids = orders
        match.action_match_orders()
        self.run_ready()
        self.assertEqual([share[1] for share in self.shares(message)], [6, 4])
        self.assertEqual(orders.order_line.mapped("qty_invoiced"), [6, 4])

    def test_where_one_line_is_enough_nothing_is_shared(self):
        order = self.ordered((self.desk, 6, 10.0), (self.desk, 10, 10.0))
        [message] = self.process_invoice(self.invoice(order, self.desks(10)))
        self.assertEqual(self.shares(message), [(order.order_line[1], 10, 100)])

    def test_other_prices_or_taxes_stay_for_a_person(self):
        order = self.ordered((self.desk, 6, 10.0), (self.desk, 4, 9.0))
        [message] = self.process_invoice(self.invoice(order, self.desks(10)))
        self.assertHeld(message, "10 Units billed, 6 Units ordered: 4 Units too many")
        self.assertEqual(len(self.match_of(message).line_ids), 1)
        order = self.two()
        order.order_line[1].tax_ids = False
        [message] = self.process_invoice(self.invoice(order, self.desks(10)))
        self.assertHeld(message, "too many")

    def test_more_than_all_of_them_is_too_much_by_that(self):
        [message] = self.process_invoice(self.invoice(self.two(), self.desks(11)))
        self.assertHeld(message, "5 Units billed, 4 Units ordered: 1 Units too many, worth 10.00 USD")
        self.decide_row(message, "accept")
        self.assertEqual(self.bill_of(message).amount_untaxed, 110)

    def test_a_higher_price_is_told_for_each_part(self):
        [message] = self.process_invoice(self.invoice(self.two(), self.desks(10, "10.5")))
        self.assertHeld(message, "Line 1 (1): 6 × 10.50 = 63.00 USD billed, 6 × 10.00 = 60.00 USD agreed")
        self.assertEqual(self.match_of(message).difference, 5)
        self.decide_row(message, "accept", key="1 (1)")
        self.assertEqual(message.state, "held")
        self.decide_row(message, "accept", key="1 (2)")
        self.assertEqual(self.bill_of(message).amount_untaxed, 105)

    def test_cents_of_parts_add_up_and_are_no_difference(self):
        """3 × 3.335 is 10.005: no part can be 3.335, and none is billed too high for it."""
        order = self.ordered(*[(self.desk, 1, 3.335)] * 3)
        [message] = self.process_invoice(self.invoice(order, self.desks(3, "3.335", amount="10.01")))
        self.assertEqual([share[2] for share in self.shares(message)], [3.34, 3.34, 3.33])
        self.assertFalse(any(self.match_of(message).line_ids.mapped("difference")))

    def test_a_line_that_is_named_and_has_less_left(self):
        order = self.two()
        six, four = order.order_line
        [message] = self.process_invoice(self.invoice(order, self.desks(10, ref=1)))
        self.assertEqual(self.shares(message), [(six, 6, 60), (four, 4, 40)])

    def test_a_line_that_is_named_is_not_shared_with_what_was_not_received(self):
        order = self.two(received=False)
        self.receipt(order, 6, 0)
        [message] = self.process_invoice(self.invoice(order, self.desks(10, ref=1)))
        self.assertHeld(message, "10 Units billed, 6 Units ordered: 4 Units too many")

    def test_units_are_converted_before_anything_is_compared(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.ordered((self.desk, 1, 120.0), (self.desk, 6, 10.0), received=False)
        order.order_line[0].write({"product_uom_id": dozen.id, "price_unit": 120.0})
        self.receipt(order)
        [message] = self.process_invoice(self.invoice(order, self.desks(6)))
        self.assertEqual(self.shares(message), [(order.order_line[1], 6, 60)])

    def test_a_credit_note_alike(self):
        order = self.two()
        six, four = order.order_line
        self.process_invoice(self.invoice(order, self.desks(10), number="R-1"))
        about = {"billing_reference": [{"id": "R-1"}]}
        [note] = self.process_invoice(
            self.invoice(order, self.desks(8), kind="credit_note", number="G-1", **about)
        )
        self.assertEqual(self.shares(note), [(six, 6, 60), (four, 2, 20)])
        self.assertEqual((six.qty_invoiced, four.qty_invoiced), (0, 2))
        [more] = self.process_invoice(
            self.invoice(order, self.desks(3), kind="credit_note", number="G-2", **about)
        )
        self.assertHeld(more, "too many")

    def test_the_same_every_time(self):
        """A replay shares out as before, and finds the decisions of people again."""
        [message] = self.process_invoice(self.invoice(self.two(), self.desks(10, "10.5")))
        rows = self.match_of(message).line_ids
        kept = [(row.key, row.order_line_id, row.billed_qty, row.digest) for row in rows]
        self.match_of(message).action_run_again()
        self.run_ready()
        rows = self.match_of(message).line_ids
        self.assertEqual([(row.key, row.order_line_id, row.billed_qty, row.digest) for row in rows], kept)
