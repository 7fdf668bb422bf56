"""Units that have no standard code: people read their name, and what they answer comes back right."""

from odoo.tests import tagged

from .common import OrderPageCase


@tagged("post_install", "-at_install")
class TestUnits(OrderPageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roll = cls.env["uom.uom"].create({"name": "Roll of ours"})
        cls.felt = cls.env["product.product"].create(
            {"name": "Felt", "default_code": "TT-FELT", "uom_id": cls.roll.id, "purchase_method": "purchase"}
        )

    def setUp(self):
        super().setUp()
        self.order, url = self.sent((self.felt, 10, 100.0))
        self.page = self.get(url)

    def test_nothing_is_held_and_the_page_names_the_unit(self):
        [line] = self.last_out(self.order).canonical["order_lines"]
        self.assertEqual(line["quantity"], {"value": "10", "unit_code": "ZZ"})
        self.assertFalse(self.env["trade.exception"].search([("code", "=", "unit.no_code")]))
        self.assertIn("10 Roll of ours", self.page.text)

    def test_a_system_still_needs_the_code(self):
        self.route_out.connector_id = self.env["trade.connector"].create(
            {"name": "Their system", "trade_partner_id": self.profile.id, "transport": "manual"}
        )
        message = self.prepare(self.last_out(self.make_order((self.felt, 1, 100.0))))
        self.assertEqual(message.state, "held")
        self.assertEqual(message.exception_id.code, "unit.no_code")

    def test_a_change_is_told_in_that_unit(self):
        self.order.order_line.product_qty = 12
        body = self.send(self.order).get_body(("html",)).get_content()
        self.assertIn("12 Roll of ours instead of 10", body)

    def test_confirmed(self):
        self.press(self.page, "confirm")
        self.assertApplied(self.run_page(self.order))
        self.assertEqual(self.order.order_line.trade_promised_qty, 10)

    def test_another_quantity_and_price(self):
        self.press(self.page, "answer", qty_1="8", price_1="125")
        message = self.run_page(self.order)
        row = message.trade_answer_ids
        self.assertEqual((message.state, row.answered_qty, row.answered_price), ("held", 8, 125))
        self.assertIn("8 Roll of ours", row.answered)
        self.decide(message, "accepted")
        self.assertEqual((self.order.order_line.product_qty, self.order.order_line.price_unit), (8, 125))

    def test_two_deliveries(self):
        self.press(self.page, "answer", qty_1="6", qty2_1="4", day2_1=self.days(20).isoformat())
        self.decide(self.run_page(self.order), "accepted")
        self.assertEqual([part["qty"] for part in self.order.order_line.trade_schedule], [6.0, 4.0])

    def test_shipped(self):
        if "trade.adapter.in.despatch_advice" not in self.env.registry:
            self.skipTest("despatch advices are taken with trade_purchase_stock")
        self.felt.is_storable = True
        order, url = self.sent((self.felt, 10, 100.0))
        front = self.get(url)
        self.press(self.get(front.url + "/ship"), "", ship_1="6", number="LS-9")
        self.assertApplied(self.run_page(order))
        self.assertEqual(order.order_line.trade_despatched_qty, 6)

    def test_billed(self):
        if "trade.adapter.in.invoice" not in self.env.registry:
            self.skipTest("invoices are taken with trade_purchase_account")
        page = self.get(self.page.url + "/invoice")
        self.press(page, "", number="R-9", issued="2031-03-12", bill_1="10", net_1="100", total="1000")
        message = self.run_page(self.order)
        match = self.env["trade.bill.match"].search([("number", "=", "R-9")])
        self.assertEqual(match.order_ids, self.order)
        self.assertNotIn("unit", (message.exception_id.code or ""), message.state_reason)
        self.assertIn(message.state, ("applied", "held"), message.state_reason)
