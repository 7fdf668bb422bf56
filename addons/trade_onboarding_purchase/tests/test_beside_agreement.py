from odoo.tests import Form, tagged

from odoo.addons.trade_purchase.tests.common import PurchaseCase


@tagged("post_install", "-at_install")
class TestBesideAgreement(PurchaseCase):
    """Buyers see what of an order is not as agreed with its supplier."""

    def said(self, order):
        return order.with_user(self.buyer).trade_beside_agreement or ""

    def test_products_beside_those_agreed(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0), confirm=False)
        self.assertEqual(self.said(order), "", "nothing was agreed")
        self.profile.product_ids = self.desk
        order.invalidate_recordset()
        self.assertIn("Not agreed with Wood Corner: [TT-SHELF] Shelf.", self.said(order))
        self.assertNotIn("Desk", self.said(order))
        self.shelf.categ_id = self.profile.product_category_ids = self.env["product.category"].create(
            {"name": "Shelves"}
        )
        order.invalidate_recordset()
        self.assertEqual(self.said(order), "")

    def test_orders_below_the_smallest_one(self):
        self.profile.min_order = 500
        with Form(self.env["purchase.order"].with_user(self.buyer)) as form:
            form.partner_id = self.vendor
            with form.order_line.new() as line:
                line.product_id = self.desk
                line.product_qty, line.price_unit = 4, 100
            self.assertIn("The smallest order agreed with Wood Corner is $", form.trade_beside_agreement)
            with form.order_line.edit(0) as line:
                line.product_qty = 5
            self.assertFalse(form.trade_beside_agreement)
        order = form.save()
        order.order_line.product_qty = 1
        self.assertTrue(self.said(order))
        order.button_cancel()
        self.assertEqual(self.said(order), "", "it is over")
