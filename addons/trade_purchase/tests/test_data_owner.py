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
