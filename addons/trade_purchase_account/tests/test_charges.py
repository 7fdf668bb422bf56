from odoo.tests import tagged

from .common import Command, InvoiceCase


@tagged("post_install", "-at_install")
class TestCharges(InvoiceCase):
    """Freight that was ordered is compared with, and billed on, the order's own line for it."""

    def with_freight(self, price=50.0, product=None, **vals):
        return self.ordered((self.desk, 12, 10.0), (product or self.freight, 1, price), **vals)

    def charge(self, amount, name="Freight"):
        return [
            {
                "charge_indicator": True,
                "allowance_charge_reason": name,
                "amount": {"value": f"{amount:.2f}", "currency_id": "USD"},
                "tax_category": [{"id": "S", "percent": "15"}],
            }
        ]

    def charged(self, order, amount, *lines, name="Freight"):
        [message] = self.process_invoice(
            self.invoice(order, *lines, allowance_charge=self.charge(amount, name))
        )
        return message

    def of_freight(self, order):
        return order.order_line[1]

    def test_freight_as_ordered_is_billed_on_its_order_line(self):
        order = self.with_freight(received=False)
        self.receipt_of_goods(order)
        bill = self.bill_of(self.charged(order, 50))
        goods, freight = bill.invoice_line_ids.sorted("purchase_line_id")
        self.assertEqual((goods + freight).purchase_line_id, order.order_line)
        self.assertEqual((freight.quantity, freight.price_subtotal, freight.tax_ids), (1, 50, self.tax))
        self.assertEqual(bill.amount_total, 195.5)
        self.assertEqual(self.of_freight(order).qty_invoiced, 1)
        self.assertEqual(order.invoice_status, "invoiced")

    def receipt_of_goods(self, order, quantity=12):
        line = order.order_line[0]
        if "picking_ids" in order._fields:
            self.receipt(order, quantity)
        else:
            line.qty_received_manual += quantity
            order._trade_receipt_arrived()

    def test_more_freight_than_ordered_is_held_with_the_arithmetic_or_within_the_price_limit(self):
        order = self.with_freight(received=False)
        self.receipt_of_goods(order)
        message = self.charged(order, 55)
        self.assertHeld(message, "1 × 55.00 = 55.00 USD billed, 1 × 50.00 = 50.00 USD agreed")
        row = self.match_of(message).line_ids.filtered("difference")
        self.assertEqual((row.title, row.order_line_id, row.owed), ("Freight", self.of_freight(order), 5))
        self.env["trade.bill.tolerance"].create({"dimension": "price", "tolerance_percent": 10})
        within = self.bill_of(self.charged(order, 55))
        self.assertEqual(within.amount_untaxed, 175)
        self.assertEqual(self.of_freight(order).qty_invoiced, 1)

    def test_freight_that_was_billed_already_is_held(self):
        order = self.with_freight(received=False)
        self.receipt_of_goods(order, 5)
        first = self.charged(order, 50, self.billed(1, 5, 10))
        self.assertApplied(first)
        self.receipt_of_goods(order, 7)
        again = self.charged(order, 50, self.billed(1, 7, 10))
        self.assertHeld(again, "1 billed before + 1 = 2 Units, 1 Units ordered: 1 Units too many")

    def test_every_delivery_bills_its_part_of_the_freight(self):
        order = self.with_freight(received=False)
        self.receipt_of_goods(order, 4)
        bills = self.bill_of(self.charged(order, 16.67, self.billed(1, 4, 10)))
        self.assertEqual(bills.amount_untaxed, 56.67)
        self.assertEqual(self.of_freight(order).qty_invoiced, 0.33)
        self.receipt_of_goods(order, 8)
        rest = self.bill_of(self.charged(order, 33.33, self.billed(1, 8, 10)))
        self.assertEqual(rest.amount_untaxed, 113.33)
        self.assertEqual(self.of_freight(order).qty_invoiced, 1)

    def test_less_freight_with_the_last_goods_is_all_there_is(self):
        order = self.with_freight(received=False)
        self.receipt_of_goods(order)
        bill = self.bill_of(self.charged(order, 45))
        self.assertEqual(bill.amount_untaxed, 165)
        self.assertEqual(self.of_freight(order).qty_invoiced, 1)
        self.assertIn("5.00 USD (10 %) less", bill.message_ids.mapped("body")[0])

    def test_a_line_without_a_code_is_the_service_that_is_called_like_it(self):
        transport = self.env["product.product"].create(
            {"name": "Transport", "type": "service", "supplier_taxes_id": self.tax.ids}
        )
        order = self.with_freight(product=transport, received=False)
        self.receipt_of_goods(order)
        line = self.billed(None, 1, 50, item={"name": "Transport to Ghent"}, unit="LS")
        [message] = self.process_invoice(self.invoice(order, self.billed(1, 12, 10), line))
        bill = self.bill_of(message)
        self.assertEqual(bill.invoice_line_ids.purchase_line_id, order.order_line)
        self.assertEqual(self.of_freight(order).qty_invoiced, 1)

    def test_a_charge_is_never_booked_on_another_service(self):
        assembly = self.env["product.product"].create(
            {"name": "Assembly", "type": "service", "supplier_taxes_id": self.tax.ids}
        )
        order = self.with_freight(product=assembly, received=False)
        self.receipt_of_goods(order)
        self.assertHeld(self.charged(order, 9.9), "Nobody agreed: Freight 9.90 USD")
        self.assertFalse(self.of_freight(order).qty_invoiced)

    # -- credit notes ------------------------------------------------------------------------------

    def freight_line(self, amount, name="Freight"):
        """A line without a code."""
        return self.billed(None, 1, amount, item={"name": name}, unit="LS")

    def with_freight_billed(self, amount=50, decision=None, **vals):
        """An order of which the goods and ``amount`` of freight were billed with R-1."""
        order = self.with_freight(received=False, **vals)
        self.receipt_of_goods(order)
        [invoice] = self.process_invoice(
            self.invoice(order, self.billed(1, 12, 10), self.freight_line(amount), number="R-1")
        )
        if decision:
            self.decide_row(invoice, decision)
        self.assertApplied(invoice)
        return order, self.match_of(invoice)

    def credited(self, order, *lines, **more):
        [message] = self.process_invoice(
            self.invoice(order, *lines, kind="credit_note", billing_reference=[{"id": "R-1"}], **more)
        )
        return message

    def test_freight_that_is_credited_goes_off_its_order_line(self):
        order, _match = self.with_freight_billed()
        goods, freight = order.order_line
        note = self.bill_of(self.credited(order, self.billed(1, 2, 10), allowance_charge=self.charge(20)))
        self.assertEqual((goods.qty_invoiced, freight.qty_invoiced), (10, 0.6))
        self.assertEqual(note.invoice_line_ids.purchase_line_id, order.order_line)
        self.assertEqual(note.amount_untaxed, 40)
        rest = self.bill_of(self.credited(order, self.freight_line(30)))
        self.assertEqual((freight.qty_invoiced, rest.amount_untaxed), (0, 30))

    def test_a_requested_credit_of_freight_that_was_too_dear_closes_the_loop(self):
        order, match = self.with_freight_billed(55, "request_credit")
        freight = self.of_freight(order)
        self.assertEqual(
            (match.state, match.line_ids.filtered("credit_open").order_line_id), ("credit_requested", freight)
        )
        part = self.bill_of(self.credited(order, self.freight_line(2)))
        self.assertEqual(
            (match.state, match.line_ids.filtered("credit_open").credit_received), ("credit_requested", 2)
        )
        self.assertFalse(part.invoice_line_ids.purchase_line_id, "the price alone: the freight stays billed")
        # As a charge of the document, beside goods that went back.
        self.bill_of(self.credited(order, self.billed(1, 1, 10), allowance_charge=self.charge(3)))
        self.assertEqual((match.state, freight.qty_invoiced), ("billed", 1))
        self.assertEqual(match.line_ids.mapped("credit_received"), [0, 5])

    def test_freight_that_was_credited_already_is_held(self):
        order, _match = self.with_freight_billed()
        self.assertApplied(self.credited(order, self.freight_line(50)))
        again = self.credited(order, self.freight_line(50))
        self.assertHeld(again, "1 Units credited, 0 Units billed: 1 Units too many")
        self.assertEqual(self.of_freight(order).qty_invoiced, 0)

    def test_more_freight_credited_than_billed_is_taken_and_said(self):
        order, _match = self.with_freight_billed()
        note = self.bill_of(self.credited(order, self.freight_line(60)))
        self.assertEqual((self.of_freight(order).qty_invoiced, note.amount_untaxed), (0, 60))
        self.assertIn("10.00 USD more", note.message_ids.mapped("body")[0])

    def test_a_credit_for_freight_nobody_billed_on_the_order_is_booked_on_the_product_for_charges(self):
        order = self.ordered()
        self.assertApplied(*self.process_invoice(self.invoice(order, number="R-1")))
        order.write({"order_line": [Command.create({"product_id": self.freight.id, "product_qty": 1})]})
        note = self.bill_of(self.credited(order, self.freight_line(5)))
        self.assertEqual((note.invoice_line_ids.product_id, note.amount_untaxed), (self.freight, 5))
        self.assertFalse(note.invoice_line_ids.purchase_line_id)
