from odoo.tests import tagged

from .common import InvoiceCase


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
