import uuid

from odoo import Command
from odoo.tests import tagged

from odoo.addons.trade_http.tests.common import make_client, make_partner, shown
from odoo.addons.trade_http.tests.common_isolation import Isolation, Thing
from odoo.addons.trade_http.tests.test_trade_reads import ReadCase

PRICES = "/trade/v1/prices"


@tagged("post_install", "-at_install")
class TestPriceReads(ReadCase):
    """A partner reads the prices of its own list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client.scope_ids = cls.env["trade.api.scope"].search([("name", "=", "prices:read")])
        cls.env.ref("base.group_user").implied_ids |= cls.env.ref("product.group_product_pricelist")
        cls.table = cls.env["product.product"].create(
            {"name": "Table", "default_code": "TT-TAB", "list_price": 120.0, "taxes_id": False}
        )
        cls.mine, cls.others = cls.env["product.pricelist"].create(
            [
                {
                    "name": name,
                    "sequence": 99,
                    "item_ids": [
                        Command.create(
                            {
                                "applied_on": "0_product_variant",
                                "product_id": cls.table.id,
                                "product_tmpl_id": cls.table.product_tmpl_id.id,
                                "fixed_price": price,
                                "min_quantity": quantity,
                                "date_start": start,
                            }
                        )
                        for price, quantity, start in rules
                    ],
                }
                for name, rules in (
                    ("Mine", [(99.5, 0, False), (89.9, 10, False), (80.0, 0, "2031-01-01")]),
                    ("Others", [(1.0, 0, False)]),
                )
            ]
        )
        cls.partner.partner_id.property_product_pricelist = cls.mine

    def price(self, **params):
        query = "&".join(f"{name}={value}" for name, value in params.items())
        [item] = self.items(f"{PRICES}?code=TT-TAB&{query}")
        self.assertEqual(item["unit_code"], "C62")
        self.assertEqual(item["price"]["amount"]["currency_id"], self.mine.currency_id.name)
        return item["price"]["amount"]["value"]

    def test_own_price(self):
        self.assertEqual(self.price(), "99.5")
        self.assertEqual(self.get(f"{PRICES}/TT-TAB").json()["price"]["amount"]["value"], "99.5")

    def test_price_of_a_quantity_and_of_a_day(self):
        self.assertEqual(self.price(quantity=10), "89.9")
        self.assertEqual(self.price(at="2031-05-01T00:00:00Z"), "80")

    def test_without_a_list_the_sales_price(self):
        self.env.ref("base.group_user").implied_ids -= self.env.ref("product.group_product_pricelist")
        self.env["res.groups"].invalidate_model()
        self.env.registry.clear_cache()
        self.mine.item_ids.unlink()
        self.assertEqual(self.price(), "120")

    def test_what_is_not_sold_has_no_price(self):
        self.table.sale_ok = False
        self.assertEqual(self.items(f"{PRICES}?code=TT-TAB"), [])
        self.assertProblem(self.get(f"{PRICES}/TT-TAB"), 404, "not-found")

    def test_strange_questions_are_refused_with_reasons(self):
        self.assertProblem(self.get(f"{PRICES}?quantity=0&code=%00"), 400, "parameters-invalid")

    def test_nothing_without_the_scope(self):
        self.client.scope_ids = False
        self.assertProblem(self.get(PRICES), 403, "forbidden")

    def test_the_list_of_another_partner_is_read_by_nobody_else(self):
        other, _route = make_partner(self.env, "Ready Mat")
        other.partner_id.property_product_pricelist = self.others
        client = make_client(self.env, other)
        client.scope_ids = self.client.scope_ids
        theirs = self.get(f"{PRICES}/TT-TAB", api_key=shown(client.action_new_key())).json()
        self.assertEqual(theirs["price"]["amount"]["value"], "1")
        self.assertEqual(self.price(), "99.5")


@tagged("post_install", "-at_install")
class TestPricesIsolation(Isolation, ReadCase):
    """Everybody reads prices of the same products, each from its own list: see above. What another company
    sells has none here."""

    read_name = "prices"
    strangers = ("company",)

    def _make(self, profile):
        code = f"P-{uuid.uuid4().hex[:8]}"
        self.env["product.product"].create(
            {
                "name": "Table",
                "default_code": code,
                "list_price": 12.5,
                "company_id": profile.company_id.id,
            }
        )
        return Thing(code, code)
