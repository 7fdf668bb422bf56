from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.trade_core.models.trade_event import TradeEvent

from .common import StockCase

CHANGED = "tradelane.availability.changed.v1"


@tagged("post_install", "-at_install")
class TestAvailability(StockCase):
    """What is told about free stock, while somebody listens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.listens = cls.startClassPatcher(patch.object(TradeEvent, "_has_listeners", return_value=True))
        cls.env.registry.clear_cache()
        cls.addClassCleanup(cls.env.registry.clear_cache)

    def available(self, data):
        self.assertEqual(data["available"]["unit_code"], "C62")
        return data["available"]["value"]

    def test_receipt_is_told_with_what_is_free_afterwards(self):
        self.stock(self.table, 20)
        [(kind, data)] = self.told(self.table)
        self.assertEqual(kind, CHANGED)
        self.assertEqual(
            data,
            {
                "product": {"name": "Table", "code": "TAB"},
                "available": {"value": "120", "unit_code": "C62"},
                "warehouses": [
                    {
                        "warehouse": self.warehouse.code,
                        "available": {"value": "120", "unit_code": "C62"},
                    }
                ],
            },
        )
        self.assertEqual(self.last.company_id, self.warehouse.company_id)
        self.assertFalse(self.last.trade_partner_id)
        self.assertEqual(float(self.available(data)), self.table.free_qty, "what people see in Odoo")

    def test_reservation_takes_it_and_shipping_changes_nothing_more(self):
        picking = self.make_delivery((self.table, 30))
        [(_kind, data)] = self.told(self.table)
        self.assertEqual(self.available(data), "70")
        self.ship(picking)
        self.assertEqual(self.told(self.table), [])
        picking = self.make_delivery((self.table, 10))
        self.told(self.table)
        picking.do_unreserve()
        [(_kind, data)] = self.told(self.table)
        self.assertEqual(self.available(data), "70")

    def test_many_movements_are_one_event(self):
        for _time in range(3):
            self.ship(self.make_delivery())
            self.env.cr.flush()
        [(_kind, data)] = self.told(self.table)
        self.assertEqual(self.available(data), "91")

    def test_what_comes_and_goes_is_no_news(self):
        self.stock(self.table, 5)
        self.env.cr.flush()
        self.stock(self.table, -5)
        self.assertEqual(self.told(self.table), [])

    def test_moves_inside_a_warehouse_change_nothing(self):
        place = self.env["stock.location"].create({"name": "Bin", "location_id": self.shelf.id})
        self.ship(self.make_delivery(kind=self.warehouse.int_type_id, destination=place))
        self.assertEqual(self.told(self.table), [])

    def test_each_warehouse_of_a_company_and_each_company_of_its_own(self):
        second = self.env["stock.warehouse"].create({"name": "North", "code": "NTH"})
        company = self.env["res.company"].create({"name": "Second House"})
        foreign = self.env["stock.warehouse"].sudo().search([("company_id", "=", company.id)])
        self.commit()
        self.stock(self.table, 7, second.lot_stock_id)
        self.stock(self.table, 11, foreign.lot_stock_id)
        found = self.told(self.table)
        self.assertEqual(self.last.company_id, self.warehouse.company_id | company)
        by_company = {event.company_id: event.data for event in self.last}
        own = by_company[self.warehouse.company_id]
        self.assertEqual(len(found), 2)
        self.assertEqual(self.available(own), "107")
        self.assertEqual([place["warehouse"] for place in own["warehouses"]], ["NTH"])
        self.assertEqual(self.available(by_company[company]), "11")

    def test_less_than_nothing_is_nothing(self):
        self.stock(self.table, -130)
        [(_kind, data)] = self.told(self.table)
        self.assertEqual(self.available(data), "0")
        self.stock(self.table, 10)
        self.assertEqual(self.told(self.table), [], "still nothing to be had")

    def test_what_is_not_sold_is_not_told(self):
        part = self.make_product("Secret part", sale_ok=False)
        self.stock(part, 5)
        self.assertEqual(self.told(part), [])

    def test_deleted_stock_is_told(self):
        self.env["stock.quant"].search([("product_id", "=", self.table.id)]).sudo().unlink()
        [(_kind, data)] = self.told(self.table)
        self.assertEqual(self.available(data), "0")

    def test_rolled_back(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.stock(self.table, 5)
            self.env.cr.flush()
            raise ZeroDivisionError
        self.stock(self.table, 1)
        [(_kind, data)] = self.told(self.table)
        self.assertEqual(self.available(data), "101")

    def test_many_products_cost_no_query_each(self):
        def happen(number):
            products = self.env["product.product"].union(*(self.make_product(f"P{n}") for n in range(number)))
            for product in products:
                self.stock(product, 5)
            return products

        self.assertNoQueryEach(happen)
        self.assertEqual(self.types(*happen(30)), [CHANGED] * 30)


@tagged("post_install", "-at_install")
class TestNobodyListens(StockCase):
    def test_nothing_is_noted_or_written(self):
        self.assertFalse(self.env["trade.event"]._wanted(CHANGED))
        self.ship(self.make_delivery())
        noted = [topic for topic in self.env.cr.precommit.data if "_trade_availability" in topic]
        self.assertEqual(noted, [])
        self.assertEqual(self.told(self.table), [])
