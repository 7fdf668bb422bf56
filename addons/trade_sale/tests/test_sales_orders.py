from datetime import datetime
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.trade_core import announcing
from odoo.addons.trade_core.tests.common_events import EventCase
from odoo.addons.trade_sale.models.sale_order import SaleOrder

CONFIRMED = "tradelane.sales_order.confirmed.v1"
CHANGED = "tradelane.sales_order.changed.v1"
CANCELLED = "tradelane.sales_order.cancelled.v1"


@tagged("post_install", "-at_install")
class TestSalesOrders(EventCase):
    """What customers hear of their orders, when, and when not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table, cls.chair = cls.env["product.product"].create(
            [
                {"name": "Table", "default_code": "TAB", "barcode": "4012345678901", "type": "consu"},
                {"name": "Chair", "default_code": "CHA", "type": "consu"},
            ]
        )
        cls.tax = cls.env["account.tax"].create({"name": "VAT 20", "amount": 20, "type_tax_use": "sale"})
        cls.start = cls.commit()

    @classmethod
    def make_order(cls, *lines, confirm=True, **vals):
        """An order; lines are ``(product, quantity, price)``, by default 3 tables at 100."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "client_order_ref": "PO-77",
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": cls.tax.ids,
                        }
                    )
                    for product, quantity, price in lines or [(cls.table, 3, 100.0)]
                ],
                **vals,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def test_confirmed_order_is_told_once_and_whole(self):
        order = self.make_order((self.table, 3, 100.0), (self.chair, 2.5, 19.99), confirm=False)
        order.order_line[1].discount = 10
        order.commitment_date = datetime(2031, 5, 2, 10, 0)
        self.assertEqual(self.told(order), [], "a quotation is nobody's news")
        order.action_confirm()
        [(kind, data)] = self.told(order)
        currency = order.currency_id.name
        self.assertEqual(kind, CONFIRMED)
        self.assertEqual(self.last.trade_partner_id, self.profile)
        self.assertEqual(self.last.company_id, order.company_id)
        self.assertEqual((data["order"], data["customer_reference"]), (order.name, "PO-77"))
        self.assertEqual(data["delivery_at"], "2031-05-02T10:00:00Z")
        self.assertRegex(data["ordered_at"], r"Z$")
        self.assertEqual(data["net_amount"], {"value": "344.98", "currency_id": currency})
        self.assertEqual(data["tax_amount"]["value"], "69.00")
        self.assertEqual(data["total_amount"]["value"], "413.98")
        table, chair = data["lines"]
        self.assertEqual(table["product"], {"name": "Table", "code": "TAB", "gtin": "4012345678901"})
        self.assertEqual(table["quantity"], {"value": "3", "unit_code": "C62"})
        self.assertEqual(table["price"]["amount"], {"value": "100", "currency_id": currency})
        self.assertEqual(chair["product"], {"name": "Chair", "code": "CHA"})
        self.assertEqual(chair["quantity"]["value"], "2.5")
        self.assertEqual(chair["net_amount"]["value"], "44.98")
        self.assertEqual(self.told(order), [], "a fact is told once")

    def test_unit_nobody_else_knows_is_told_in_what_it_contains(self):
        pallet = self.env["uom.uom"].create(
            {"name": "Pallet", "relative_factor": 40, "relative_uom_id": self.table.uom_id.id}
        )
        order = self.make_order(confirm=False)
        order.order_line.write({"product_uom_id": pallet.id, "product_uom_qty": 2, "price_unit": 4000.0})
        order.action_confirm()
        [(_kind, data)] = self.told(order)
        [line] = data["lines"]
        self.assertEqual(line["quantity"], {"value": "80", "unit_code": "C62"})
        self.assertEqual(line["price"]["amount"]["value"], "4000")
        self.assertEqual(line["price"]["base_quantity"], {"value": "40", "unit_code": "C62"})

    def test_change_is_told_as_it_is_at_the_end(self):
        order = self.make_order()
        self.told(order)
        order.order_line.product_uom_qty = 7
        order.order_line.product_uom_qty = 5
        order.write({"order_line": [Command.create({"product_id": self.chair.id, "product_uom_qty": 1})]})
        [(kind, data)] = self.told(order)
        self.assertEqual(kind, CHANGED)
        self.assertEqual([line["quantity"]["value"] for line in data["lines"]], ["5", "1"])

    def test_what_says_nothing_new_is_not_told(self):
        order = self.make_order()
        self.told(order)
        order.order_line.write({"product_uom_qty": 7, "price_unit": 100})
        order.order_line.write({"product_uom_qty": 3, "price_unit": 100})
        self.assertEqual(self.told(order), [])
        order.write({"client_order_ref": "PO-77"})
        order.note = "Thank you"
        self.assertEqual(self.told(order), [])

    def test_removed_line_and_new_reference_are_changes(self):
        order = self.make_order((self.table, 3, 100.0), (self.chair, 1, 10.0))
        self.told(order)
        order.client_order_ref = "PO-78"
        [(_kind, data)] = self.told(order)
        self.assertEqual(data["customer_reference"], "PO-78")
        order.order_line[1].product_uom_qty = 0
        [(_kind, data)] = self.told(order)
        self.assertEqual(data["lines"][1]["net_amount"]["value"], "0.00")

    def test_life_of_an_order_is_told_in_its_order(self):
        order = self.make_order()
        self.commit()
        order.order_line.price_unit = 90
        self.commit()
        order._action_cancel()
        self.commit()
        order.action_draft()
        self.commit()
        order.action_confirm()
        self.assertEqual(self.types(order), [CONFIRMED, CHANGED, CANCELLED, CONFIRMED])
        cancelled = self.last[2].data
        self.assertEqual(cancelled, {"order": order.name, "customer_reference": "PO-77"})

    def test_confirmed_and_cancelled_at_once_is_no_news(self):
        order = self.make_order()
        order._action_cancel()
        self.assertEqual(self.told(order), [])

    def test_savepoints_in_between_tell_nothing_twice(self):
        order = self.make_order()
        with self.env.cr.savepoint():
            order.order_line.product_uom_qty = 4
        with self.env.cr.savepoint():
            order.order_line.product_uom_qty = 5
        [(kind, data)] = self.told(order)
        self.assertEqual((kind, data["lines"][0]["quantity"]["value"]), (CONFIRMED, "5"))

    def test_what_is_rolled_back_was_never_told(self):
        order = self.make_order(confirm=False)
        self.told(order)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            order.action_confirm()
            self.commit()
            raise ZeroDivisionError
        self.assertEqual(order.state, "draft")
        self.assertEqual(self.told(order), [])
        order.action_confirm()
        self.assertEqual(self.types(order), [CONFIRMED])

    def test_change_that_is_rolled_back_leaves_what_was_told_before(self):
        order = self.make_order()
        self.env.cr.flush()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            order.order_line.product_uom_qty = 9
            self.env.cr.flush()
            raise ZeroDivisionError
        [(kind, data)] = self.told(order)
        self.assertEqual((kind, data["lines"][0]["quantity"]["value"]), (CONFIRMED, "3"))

    def test_order_of_a_contact_concerns_its_company(self):
        buyer = self.env["res.partner"].create({"name": "Ann", "parent_id": self.customer.id})
        order = self.make_order(partner_id=buyer.id)
        self.told(order)
        self.assertEqual(self.last.trade_partner_id, self.profile)

    def test_customer_without_profile_is_news_for_our_own_systems(self):
        order = self.make_order(partner_id=self.env["res.partner"].create({"name": "Walk-in"}).id)
        self.assertEqual(self.types(order), [CONFIRMED])
        self.assertFalse(self.last.trade_partner_id)

    def test_each_company_tells_its_own_customers(self):
        other = self.env["res.company"].create({"name": "Second House"})
        self.env.user.company_ids |= other
        order = self.make_order()
        self.told(order)
        self.assertEqual(self.last.trade_partner_id, self.profile)
        profile = self.env["trade.partner"].create({"partner_id": self.customer.id, "company_id": other.id})
        elsewhere = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create({"product_id": self.chair.id, "tax_ids": []})],
                }
            )
        )
        elsewhere.action_confirm()
        self.assertEqual(self.types(elsewhere), [CONFIRMED])
        self.assertEqual((self.last.trade_partner_id, self.last.company_id), (profile, other))

    def test_name_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.table.with_context(lang="fr_FR").name = "Table en bois"
        self.customer.lang = "fr_FR"
        order = self.make_order()
        [(_kind, data)] = self.told(order)
        self.assertEqual(data["lines"][0]["product"]["name"], "Table en bois")

    def test_what_cannot_be_announced_stops_nobody_and_is_seen(self):
        good, bad = self.make_order(confirm=False), self.make_order(confirm=False)
        say = SaleOrder._trade_say

        def fails(order, units):
            return say(order, units) if order == good else 1 / 0

        (good | bad).action_confirm()
        with patch.object(SaleOrder, "_trade_say", fails), mute_logger(announcing.__name__):
            self.commit()
        self.assertEqual((good | bad).mapped("state"), ["sale", "sale"])
        written = self.env["trade.event"].search([("id", ">", self.start)])
        self.assertEqual(
            [(event.type, event.res_id) for event in written if event.res_model == good._name],
            [(CONFIRMED, good.id)],
        )
        problem = self.env["trade.exception"].search([("code", "=", "event.not_written")])
        self.assertIn(bad.name, problem.name)
        self.assertEqual(problem.company_id, bad.company_id)

    def test_many_orders_cost_no_query_each(self):
        def happen(number):
            goods = self.env["product.product"].create([{"name": f"P{n}"} for n in range(number)])
            return self.env["sale.order"].union(*(self.make_order((product, 1, 5.0)) for product in goods))

        self.assertNoQueryEach(happen)
        self.assertEqual(self.types(*happen(30)), [CONFIRMED] * 30)
