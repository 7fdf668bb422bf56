from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.trade_kernel.deviation import Action

from .common import PurchaseCase
from .common_catalogue import CatalogueCase


@tagged("post_install", "-at_install")
class TestCatalogueOwner(CatalogueCase):
    """Whose prices they are goes before what the route accepts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route.write(
            {
                "catalogue_accept_percent": 5,
                "catalogue_accept_new": True,
                "catalogue_accept_ended": True,
            }
        )
        cls.lamp = cls.env["product.product"].create({"name": "Lamp", "default_code": "LAMP-77"})
        cls.env["trade.mapping"].create(
            {
                "trade_partner_id": cls.profile.id,
                "kind": "product",
                "code": "L-1",
                "product_id": cls.lamp.id,
                "state": "confirmed",
            }
        )

    def rule(self, group, outcome, **vals):
        return self.env["trade.data.owner"].create(
            {
                "domain": "catalogue",
                "field_group": group,
                "on_foreign_write": outcome,
                "trade_partner_id": self.profile.id,
                **vals,
            }
        )

    def compare(self):
        return self.take(self.line("A-1", "103"), self.line("L-1", "7"), self.line("A-9", "7"))

    def test_what_comes_with_the_addon_leaves_it_to_the_route(self):
        catalogue = self.compare()
        self.assertEqual((self.pays(self.desk), self.pays(self.lamp)), (103, 7))
        self.assertEqual(catalogue.pending_count, 0)

    def test_hold_makes_the_route_stricter(self):
        self.rule("pricing", "hold")
        catalogue = self.compare()
        self.assertEqual((self.pays(self.desk), self.pays(self.lamp)), (100, 7))
        self.assertEqual(self.rows(catalogue, decision="pending", kind="price").code, "A-1")
        self.assertEqual(catalogue.state, "to_review")

    def test_hold_of_everything_leaves_nothing_to_the_route(self):
        self.rule("*", "hold")
        catalogue = self.compare()
        self.assertEqual(self.pays(self.desk), 100)
        self.assertFalse(self.pays(self.lamp))
        self.assertEqual(catalogue.pending_count, 2)

    def test_prices_of_ours_are_left_alone_and_it_is_said(self):
        """Pricing is Odoo's: neither a price nor a quantity break of an item we buy changes; what is new is
        still new."""
        self.info(self.shelf, product_code="A-2", price=18, min_qty=50)
        prices = self.env["product.supplierinfo"].search([("partner_id", "=", self.vendor.id)])
        before = prices.read(["price", "discount", "min_qty", "date_start", "date_end"])
        self.rule("pricing", "ignore", master="odoo")
        catalogue = self.take(
            self.line("A-1", "103", self.price("70", minimum=10)),
            self.line("A-2", self.price("20", minimum=1)),
            self.line("L-1", "7"),
        )
        self.assertEqual(prices.read(["price", "discount", "min_qty", "date_start", "date_end"]), before)
        self.assertEqual(self.desk.seller_ids, prices.filtered(lambda one: one.product_id == self.desk))
        self.assertEqual(self.pays(self.lamp), 7)
        refused = self.rows(catalogue, decision="rejected")
        self.assertEqual(
            sorted((row.kind, row.code) for row in refused),
            [("ended", "A-2"), ("new", "A-1"), ("price", "A-1")],
        )
        self.assertFalse(self.rows(catalogue, decision="pending"))
        [said] = catalogue.message_ids.filtered(lambda one: "Systems of record" in (one.body or ""))
        self.assertIn("3 changes not taken", said.body)

    def test_a_break_of_a_price_of_ours_waits_where_prices_are_held(self):
        self.rule("pricing", "hold")
        catalogue = self.take(self.line("A-1", "100", self.price("70", minimum=10)), self.line("L-1", "7"))
        self.assertEqual(self.rows(catalogue, decision="pending").mapped("kind"), ["new"])
        self.assertEqual((len(self.desk.seller_ids), self.pays(self.lamp)), (1, 7))

    def test_the_range_is_ours_and_prices_are_theirs(self):
        self.rule("catalogue", "ignore")
        catalogue = self.take(self.line("A-1", "103", self.price("101", minimum=10)), self.line("L-1", "7"))
        self.assertEqual((self.pays(self.desk), len(self.desk.seller_ids)), (103, 2))
        self.assertFalse(self.pays(self.lamp))
        self.assertEqual(self.rows(catalogue, decision="rejected").mapped("code"), ["L-1"])

    def test_ignore_refuses_and_nobody_is_asked(self):
        self.rule("*", "ignore")
        catalogue = self.compare()
        self.assertEqual(self.pays(self.desk), 100)
        self.assertFalse(self.pays(self.lamp))
        self.assertEqual(set(catalogue.change_ids.mapped("decision")), {"rejected"})
        self.assertFalse(catalogue.change_ids.decided_by_id)
        self.assertFalse(catalogue.activity_ids)
        self.assertTrue(catalogue.message_ids.filtered(lambda one: "Systems of record" in (one.body or "")))

    def test_a_rule_for_another_partner_changes_nothing_here(self):
        other = self.env["trade.partner"].create(
            {"partner_id": self.env["res.partner"].create({"name": "Gemini"}).id}
        )
        self.rule("*", "ignore", trade_partner_id=other.id)
        self.compare()
        self.assertEqual(self.pays(self.desk), 103)

    def test_the_route_says_so(self):
        self.rule("pricing", "hold")
        self.route.invalidate_recordset(["owner_words"])
        self.assertIn("Prices and terms of known items: held until a person decides", self.route.owner_words)


@tagged("post_install", "-at_install")
class TestOrderOwner(PurchaseCase):
    """Answers to orders: a rule may make the deviation policy stricter, never laxer."""

    def rule(self, outcome):
        return self.env["trade.data.owner"].create(
            {"domain": "order", "on_foreign_write": outcome, "trade_partner_id": self.profile.id}
        )

    def test_hold_leaves_nothing_to_the_policy(self):
        policy = self.env["trade.deviation.policy"].create(
            {
                "name": "Generous",
                "rule_ids": [
                    (0, 0, {"dimension": "price", "tolerance_percent": 50, "beyond": "reject"}),
                ],
            }
        )
        self.route_in.deviation_policy_id = policy
        first, second = self.make_order(), self.make_order()
        [applied] = self.process(self.answer(first, self.line(1, "3", price="101")))
        self.assertApplied(applied)
        self.rule("hold")
        rule = self.route_in._deviation_policy().rule("price")
        self.assertEqual((rule.within, rule.beyond), (Action.HOLD, Action.REJECT))
        [held] = self.process(self.answer(second, self.line(1, "3", price="101")))
        self.assertEqual(held.state, "held")
        self.assertEqual(second.order_line.price_unit, 100)

    def test_an_answer_cannot_be_ignored(self):
        with self.assertRaisesRegex(ValidationError, "cannot be ignored"):
            self.rule("ignore")

    def test_a_group_belongs_to_its_data(self):
        with self.assertRaisesRegex(ValidationError, "Choose the data they belong to"):
            self.env["trade.data.owner"].create({"domain": "order", "field_group": "pricing"})
