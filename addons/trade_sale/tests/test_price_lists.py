from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.trade_core.tests.common_events import EventCase

CHANGED = "tradelane.price_list.changed.v1"


@tagged("post_install", "-at_install")
class TestPriceLists(EventCase):
    """Who hears of which prices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.write({"group_ids": [(4, cls.env.ref("product.group_product_pricelist").id)]})
        cls.env.ref("base.group_user").implied_ids |= cls.env.ref("product.group_product_pricelist")
        cls.other, cls.other_profile = cls.make_partner("Deco Addict")
        cls.retail, cls.special = cls.env["product.pricelist"].create(
            [{"name": "Retailers"}, {"name": "Special", "sequence": 99}]
        )
        cls.customer.property_product_pricelist = cls.retail
        cls.other.property_product_pricelist = cls.special
        cls.table = cls.env["product.product"].create(
            {"name": "Table", "default_code": "TAB", "list_price": 120.0}
        )
        cls.rule = cls.env["product.pricelist.item"].create(
            {
                "pricelist_id": cls.retail.id,
                "applied_on": "0_product_variant",
                "product_id": cls.table.id,
                "product_tmpl_id": cls.table.product_tmpl_id.id,
                "compute_price": "fixed",
                "fixed_price": 99.5,
                "min_quantity": 10,
            }
        )
        cls.start = cls.commit()

    def add(self, pricelist, **vals):
        rule = {"pricelist_id": pricelist.id, "compute_price": "percentage", "percent_price": 5, **vals}
        return self.env["product.pricelist.item"].create(rule)

    def test_new_price_is_told_to_those_who_buy_at_it(self):
        self.rule.fixed_price = 89.9
        [(kind, data)] = self.told(self.retail)
        self.assertEqual(kind, CHANGED)
        self.assertEqual(self.last.trade_partner_id, self.profile)
        currency = self.retail.currency_id.name
        self.assertEqual((data["price_list"], data["currency_id"]), ("Retailers", currency))
        self.assertTrue(data["complete"])
        self.assertNotIn("effective_at", data, "it counts at once")
        self.assertEqual(
            data["changes"],
            [
                {
                    "change": "changed",
                    "applies_to": "product",
                    "product": {"name": "Table", "code": "TAB"},
                    "minimum_quantity": "10",
                    "price": {"value": "89.90", "currency_id": currency},
                }
            ],
        )

    def test_prices_of_others_are_nobodys_business(self):
        self.add(self.special, applied_on="3_global")
        self.told(self.special, self.retail)
        self.assertEqual(self.last.trade_partner_id, self.other_profile)

    def test_one_event_per_list_and_transaction(self):
        self.rule.fixed_price = 89.9
        self.env.cr.flush()
        added = self.add(self.retail, applied_on="3_global")
        self.rule.fixed_price = 79.9
        self.rule.unlink()
        [(_kind, data)] = self.told(self.retail)
        found = [(change["change"], change["applies_to"]) for change in data["changes"]]
        self.assertEqual(sorted(found), [("added", "all"), ("removed", "product")])
        self.assertTrue(added)

    def test_what_is_taken_back_changes_nothing(self):
        self.rule.fixed_price = 89.9
        self.rule.fixed_price = 99.5
        self.add(self.retail, applied_on="3_global").unlink()
        self.retail.name = "Retail"
        self.assertEqual(self.told(self.retail), [])

    def test_effective_day_is_told_ahead(self):
        start = fields.Datetime.now().replace(microsecond=0) + timedelta(days=30)
        self.add(self.retail, applied_on="3_global", date_start=start, date_end=start + timedelta(days=9))
        [(_kind, data)] = self.told(self.retail)
        self.assertEqual(data["effective_at"], start.isoformat() + "Z")
        self.assertEqual(data["changes"][0]["valid_from"], data["effective_at"])

    def test_expired_rules_change_no_price(self):
        past = fields.Datetime.now() - timedelta(days=1)
        old = self.add(self.retail, applied_on="3_global", date_end=past)
        self.assertEqual(self.told(self.retail), [])
        old.unlink()
        self.assertEqual(self.told(self.retail), [])

    def test_calculated_prices_keep_their_formula(self):
        self.add(
            self.retail,
            applied_on="3_global",
            base="standard_price",
            compute_price="formula",
            price_markup=40,
        )
        [(_kind, data)] = self.told(self.retail)
        self.assertEqual(data["changes"], [{"change": "added", "applies_to": "all"}])

    def test_lists_based_on_it_change_too_without_their_base(self):
        self.add(self.special, applied_on="3_global", base="pricelist", base_pricelist_id=self.retail.id)
        self.told(self.special)
        self.rule.fixed_price = 89.9
        [(_kind, own), (_other_kind, based)] = self.told(self.retail, self.special)
        self.assertEqual(self.last.mapped("trade_partner_id"), self.profile | self.other_profile)
        self.assertEqual(
            based,
            {"price_list": "Special", "currency_id": own["currency_id"], "complete": False, "changes": []},
        )

    def test_currency_of_the_list(self):
        self.retail.currency_id = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("id", "!=", self.retail.currency_id.id)], limit=1)
        )
        [(_kind, data)] = self.told(self.retail)
        self.assertFalse(data["complete"])
        self.assertEqual(data["currency_id"], self.retail.currency_id.name)

    def test_list_nobody_trades_at_is_news_for_our_own_systems(self):
        unused = self.env["product.pricelist"].create({"name": "Unused", "sequence": 99})
        self.told(unused)
        self.add(unused, applied_on="3_global")
        [(_kind, _data)] = self.told(unused)
        self.assertFalse(self.last.trade_partner_id)

    def test_rolled_back(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.rule.fixed_price = 1.0
            self.env.cr.flush()
            raise ZeroDivisionError
        self.assertEqual(self.told(self.retail), [])

    def test_many_rules_are_counted_not_listed_and_cost_no_query_each(self):
        def happen(number):
            products = self.env["product.product"].create([{"name": f"P{n}"} for n in range(number)])
            self.env["product.pricelist.item"].create(
                [
                    {
                        "pricelist_id": self.retail.id,
                        "applied_on": "0_product_variant",
                        "product_id": product.id,
                        "product_tmpl_id": product.product_tmpl_id.id,
                        "fixed_price": 5,
                    }
                    for product in products
                ]
            )

        self.assertNoQueryEach(happen, many=250)
        for number in (200, 201):
            self.told()
            happen(number)
            [(_kind, data)] = self.told(self.retail)
            self.assertEqual((len(data["changes"]), data["complete"]), (200, number == 200))
