from odoo.tests import tagged

from .common import DAY, InvoiceCase


@tagged("post_install", "-at_install")
class TestInvoice(InvoiceCase):
    """Invoices that agree with order and receipt become bills."""

    def test_an_invoice_that_agrees_becomes_a_draft_bill(self):
        order = self.ordered()
        payment = [{"payment_id": "RF18"}]
        [message] = self.process_invoice(
            self.invoice(order, number="R-1", due_date="2026-04-01", payment_means=payment)
        )
        bill = self.bill_of(message)
        self.assertEqual((bill.state, bill.move_type, bill.ref), ("draft", "in_invoice", "R-1"))
        self.assertEqual((bill.amount_untaxed, bill.amount_tax, bill.amount_total), (120, 18, 138))
        self.assertEqual((bill.invoice_date, bill.payment_reference), (DAY, "RF18"))
        self.assertEqual(bill.invoice_date_due.isoformat(), "2026-04-01")
        self.assertEqual(bill.invoice_origin, order.name)
        self.assertEqual(bill.invoice_line_ids.purchase_line_id, order.order_line)
        self.assertEqual(order.order_line.qty_invoiced, 12)
        self.assertEqual(self.match_of(message).state, "billed")
        self.assertEqual((message.res_model, message.res_id), ("account.move", bill.id))
        self.assertEqual(bill.trade_match_count, 1)
        self.assertEqual(order.trade_match_count, 1)

    def test_the_route_posts_what_agrees(self):
        self.route_invoice.trade_bill_posting = "post"
        [message] = self.process_invoice(self.invoice(self.ordered()))
        self.assertEqual(self.bill_of(message).state, "posted")

    def test_parts_of_an_order_over_several_receipts(self):
        order = self.ordered(received=False)
        self.receipt(order, 5)
        [first] = self.process_invoice(self.invoice(order, self.billed(1, 5, 10)))
        self.assertApplied(first)
        [second] = self.process_invoice(self.invoice(order, self.billed(1, 7, 10)))
        self.assertHeld(second, "5 billed before + 7 = 12 Units, 5 Units received: 7 Units not received")
        self.assertEqual(self.match_of(second).state, "waiting")
        self.assertEqual(second.exception_id.exception_class, "sequence")
        self.receipt(order, 7)
        self.run_ready()
        self.assertApplied(second)
        self.assertEqual(order.order_line.qty_invoiced, 12)

    def test_a_higher_price_is_held_with_the_arithmetic(self):
        [message] = self.process_invoice(self.invoice(self.ordered(), self.billed(1, 12, "10.5")))
        words = "12 × 10.50 = 126.00 USD billed, 12 × 10.00 = 120.00 USD agreed: 6.00 USD (5 %) more"
        self.assertHeld(message, words)
        match = self.match_of(message)
        self.assertEqual((match.state, match.difference), ("to_decide", 6))
        self.assertFalse(match.bill_id)
        self.decide_row(message, "accept")
        bill = self.bill_of(message)
        self.assertEqual(bill.amount_untaxed, 126)
        self.assertEqual(match.line_ids.decided_by_id, self.env.user)

    def test_tolerances_the_most_specific_counts(self):
        rows = self.env["trade.bill.tolerance"].create(
            [
                {"dimension": "price", "tolerance_percent": 1},
                {"dimension": "price", "tolerance_percent": 5, "trade_partner_id": self.profile.id},
            ]
        )
        [within] = self.process_invoice(self.invoice(self.ordered(), self.billed(1, 12, "10.5")))
        self.assertApplied(within)
        rows[1].category_id = self.env["product.category"].create({"name": "Other goods"})
        [beyond] = self.process_invoice(self.invoice(self.ordered(), self.billed(1, 12, "10.5")))
        self.assertHeld(beyond, "limit 1 %")

    def test_more_billed_than_ordered(self):
        order = self.ordered()
        [message] = self.process_invoice(self.invoice(order, self.billed(1, 13, 10)))
        self.assertHeld(message, "13 Units billed, 12 Units ordered: 1 Units too many, worth 10.00 USD")
        row = self.match_of(message).line_ids
        self.assertEqual((row.ordered_qty, row.received_qty, row.billed_qty, row.owed), (12, 12, 13, 10))

    def test_two_invoices_of_one_batch_see_each_other(self):
        order = self.ordered()
        documents = [self.invoice(order, self.billed(1, 8, 10)) for _n in range(2)]
        first, second = self.process(*documents, route=self.route_invoice)
        self.assertApplied(first)
        self.assertHeld(second, "8 billed before + 8 = 16 Units")

    def test_services_are_billed_as_ordered(self):
        service = self.env["product.product"].create(
            {"name": "Assembly", "type": "service", "purchase_method": "purchase", "default_code": "TT-ASM"}
        )
        order = self.ordered((service, 3, 50.0), received=False)
        [message] = self.process_invoice(self.invoice(order, self.billed(1, 3, 50)))
        self.assertEqual(self.bill_of(message).amount_untaxed, 150)

    def test_cartons_of_24(self):
        self.env["trade.mapping"].create(
            {
                "kind": "uom", "code": "CT", "factor": "24", "uom_id": self.desk.uom_id.id,
                "trade_partner_id": self.profile.id, "for_product_id": self.desk.id,
            }
        )  # fmt: skip
        order = self.ordered((self.desk, 48, 10.0))
        [message] = self.process_invoice(self.invoice(order, self.billed(1, 2, 240, unit="CT")))
        bill = self.bill_of(message)
        line = bill.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit, bill.amount_untaxed), (48, 10, 480))

    def test_an_unknown_unit_waits_for_the_mapping(self):
        [message] = self.process_invoice(self.invoice(self.ordered(), self.billed(1, 1, 120, unit="CT")))
        self.assertEqual(message.exception_id.exception_class, "mapping")

    def test_one_invoice_for_two_orders(self):
        first, second = self.ordered(), self.ordered((self.shelf, 5, 20.0))
        [message] = self.process_invoice(
            self.invoice(None, self.billed(1, 12, 10, order=first), self.billed(1, 5, 20, order=second))
        )
        bill = self.bill_of(message)
        self.assertEqual(bill.invoice_line_ids.purchase_line_id, (first + second).order_line)
        self.assertEqual(self.match_of(message).order_ids, first + second)

    def test_without_line_numbers_the_item_says_which_line(self):
        order = self.ordered((self.desk, 12, 10.0), (self.shelf, 5, 20.0))
        item = {"sellers_item_identification": {"id": "WC-2"}}
        [message] = self.process_invoice(self.invoice(order, self.billed(None, 5, 20, item=item)))
        self.assertEqual(self.bill_of(message).invoice_line_ids.purchase_line_id, order.order_line[1])

    def test_another_item_than_the_line_it_names(self):
        item = {"sellers_item_identification": {"id": "WC-2"}}
        [message] = self.process_invoice(self.invoice(self.ordered(), self.billed(1, 12, 10, item=item)))
        self.assertHeld(message, "Shelf is billed")

    def test_a_line_nobody_ordered_is_never_booked_by_itself(self):
        item = {"sellers_item_identification": {"id": "WC-2"}}
        [message] = self.process_invoice(
            self.invoice(self.ordered(), self.billed(1, 12, 10), self.billed(None, 1, 20, item=item))
        )
        self.assertHeld(message, "Shelf is on none of the orders: 20.00 USD")
        self.decide_row(message, "accept")
        self.assertEqual(self.bill_of(message).invoice_line_ids.product_id, self.desk + self.shelf)

    def test_without_any_order_a_person_chooses(self):
        order = self.ordered()
        [message] = self.process_invoice(self.invoice(None, self.billed(1, 12, 10)))
        self.assertHeld(message, f"Left to bill with this supplier: {order.name}")
        match = self.match_of(message)
        self.assertTrue(match.asks_for_orders)
        match.chosen_order_ids = order
        match.action_match_orders()
        self.run_ready()
        self.assertEqual(self.bill_of(message).invoice_line_ids.purchase_line_id, order.order_line)

    def test_an_order_of_somebody_else(self):
        other = self.ordered(partner_id=self.env["res.partner"].create({"name": "Gemini"}).id)
        [message] = self.process_invoice(self.invoice(other))
        self.assertHeld(message, "was placed with Gemini")
        self.assertFalse(self.match_of(message).bill_id)

    def test_a_cancelled_order_cannot_be_billed(self):
        order = self.ordered(received=False)
        order.button_cancel()
        [message] = self.process_invoice(self.invoice(order))
        self.assertHeld(message, f"Nothing can be billed on {order.name} (Cancelled)")

    def test_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        order = self.ordered(currency_id=euro.id)
        line = self.billed(1, 12, 10, currency="EUR")
        [message] = self.process_invoice(self.invoice(order, line))
        bill = self.bill_of(message)
        self.assertEqual((bill.currency_id, bill.amount_total), (euro, 138))
        [wrong] = self.process_invoice(self.invoice(order, self.billed(1, 12, 10), currency="USD"))
        self.assertHeld(wrong, "It is in USD, the order is in EUR")
        self.assertIn("not clear", self.match_of(wrong).line_ids._why_not_acceptable())

    def test_a_returned_line_is_taken_off(self):
        order = self.ordered((self.desk, 12, 10.0), (self.shelf, 5, 20.0))
        [message] = self.process_invoice(
            self.invoice(order, self.billed(1, 12, 10), self.billed(2, 5, 20), self.billed(2, -1, 20))
        )
        self.assertEqual(self.bill_of(message).amount_untaxed, 200)
        self.assertEqual(order.order_line[1].qty_invoiced, 4)
