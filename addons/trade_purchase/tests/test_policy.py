from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from odoo.addons.trade_kernel.deviation import Action, default_policy

from .common import PurchaseCase


@tagged("post_install", "-at_install")
class TestPolicy(PurchaseCase):
    def policy_of(self, **rule):
        policy = self.env["trade.deviation.policy"].create({"name": "Own", "rule_ids": [(0, 0, rule)]})
        self.route_in.deviation_policy_id = policy
        return policy

    def test_no_policy_is_the_careful_default(self):
        self.route_in.deviation_policy_id = False
        self.assertEqual(self.route_in._deviation_policy(), default_policy())
        order = self.make_order()
        [message] = self.process(self.answer(order, self.line(1, "3", price="100.01")))
        self.assertHeld(message, "above the order")

    def test_policy_names_what_it_leaves_to_people(self):
        policy = self.policy_of(dimension="price", tolerance_percent=5)
        self.assertNotIn("Price", policy.unruled)
        self.assertIn("Date", policy.unruled)

    def test_each_limit_is_passed_on_for_its_kind_only(self):
        policy = self.policy_of(
            dimension="price",
            tolerance_percent=2.5,
            tolerance_amount=10,
            tolerance_days_late=3,
            within="notify",
        )
        rule = policy._rules().rule("price")
        self.assertEqual((str(rule.tolerance_percent), str(rule.tolerance_amount)), ("2.5", "10.0"))
        self.assertIsNone(rule.tolerance_days_late)
        self.assertEqual((rule.within, rule.beyond), (Action.NOTIFY, Action.HOLD))

    def test_amount_and_percent_must_both_hold(self):
        self.policy_of(dimension="price", tolerance_percent=5, tolerance_amount=10)
        order = self.make_order()
        [message] = self.process(self.answer(order, self.line(1, "3", price="100.5"), issued="2031-01-05"))
        self.assertApplied(message)
        [message] = self.process(self.answer(order, self.line(1, "3", price="102"), issued="2031-01-06"))
        self.assertHeld(message, "2 % above")

    def test_policy_that_rejects_tells_the_supplier_by_itself(self):
        self.policy_of(dimension="price", tolerance_percent=2, within="accept", beyond="reject")
        order = self.make_order()
        self.as_sent(order)
        [message] = self.process(self.answer(order, self.line(1, "3", price="120")))
        self.assertEqual(message.state, "rejected")
        self.assertFalse(message.exception_id)
        self.assertEqual(order.order_line.price_unit, 100)
        said = self.as_sent(order)
        self.assertEqual(said["sequence_number"], 1)
        self.assertIn("20 % above the order", said["order_lines"][0]["note"][0])
        self.assertIn(self.buyer.partner_id, order.message_ids.notified_partner_ids)
        self.assertEqual(message.trade_answer_ids.decision, "rejected")

    def test_rejected_and_held_lines_wait_together(self):
        self.policy_of(dimension="price", tolerance_percent=2, beyond="reject")
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        [message] = self.process(
            self.answer(order, self.line(1, "3", price="120"), self.line(2, "3", quantity=4))
        )
        self.assertHeld(message, "Line 2: Quantity 4 instead of 5")
        self.assertEqual(order.trade_pending_count, 1)
        self.decide(message, "accepted")
        self.assertApplied(message)
        self.assertEqual(order.order_line.mapped("product_qty"), [10, 4])
        self.assertEqual(order.order_line.mapped("price_unit"), [100, 20])
        self.assertEqual(order.trade_revision, 1)

    def test_one_rule_per_difference(self):
        policy = self.policy_of(dimension="price")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            policy.rule_ids.copy({"policy_id": policy.id})
            self.env.flush_all()
