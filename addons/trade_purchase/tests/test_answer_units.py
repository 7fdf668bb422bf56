from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PurchaseCase


@tagged("post_install", "-at_install", "trade_purchase")
class TestAnswerUnits(PurchaseCase):
    """Answers in the supplier's units: proven, or they wait with the arithmetic shown."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry_enter_test_mode_cls()  # a fix is tried on a cursor of its own
        cls.unit = cls.env.ref("uom.product_uom_unit")

    def carton(self, size=24, name="Carton of %s"):
        uom = self.env["uom.uom"].create(
            {"name": name % size, "relative_factor": size, "relative_uom_id": self.unit.id}
        )
        self.desk.uom_ids = [Command.link(uom.id)]

    def said(self, quantity, unit, price=None, amount=None, base=None, **more):
        """One answered line; ``base`` is ``(value, unit)`` of the price."""
        if amount:
            more["line_extension_amount"] = {"value": amount, "currency_id": "USD"}
        line = self.line(1, "5", quantity=quantity, unit=unit, price=price, **more)
        if base:
            line["price"]["base_quantity"] = {"value": base[0], "unit_code": base[1]}
        return line

    def answered(self, *args, order=None, **more):
        """An answer to 240 desks at 1.25, run: ``(message, order)``"""
        order = order or self.make_order((self.desk, 240, 1.25))
        [message] = self.process(self.answer(order, self.said(*args, **more), code="CA"))
        return message, order

    def fix(self, problem, factor):
        problem.fix_factor = factor
        wizard = self.env["trade.exception.fix"].browse(problem.action_fix()["res_id"])
        waiting = problem._waiting()
        sentence, heals_all = wizard.sentence, wizard.heals_all
        wizard.action_confirm()
        self.run_lane(waiting.filtered(lambda message: message.state == "received"))
        return sentence, heals_all

    def assertAnswered(self, order, quantity, price):
        line = order.order_line
        self.assertEqual((line.product_qty, line.price_unit), (quantity, price))
        self.assertEqual((line.trade_promised_qty, line.trade_promised_price), (quantity, price))

    # -- what converts ---------------------------------------------------------------------------

    def test_units_that_convert_by_definition_need_nobody(self):
        for quantity, unit, price in (("20", "DZN", "15"), ("2.4", "CEN", "125"), ("0.24", "MIL", "1250")):
            message, order = self.answered(quantity, unit, price)
            self.assertApplied(message)
            self.assertAnswered(order, 240, 1.25)
        message, order = self.answered("20", "DZN", "1250", amount="300.00", base=("1", "MIL"))
        self.assertApplied(message)
        self.assertAnswered(order, 240, 1.25)

    def test_weights_convert_by_what_a_pound_is(self):
        order = self.make_order((self.desk, 1000, 1.0), confirm=False)
        order.order_line.write({"product_uom_id": self.env.ref("uom.product_uom_lb").id, "price_unit": 1.0})
        order.button_confirm()
        message, order = self.answered("453.59237", "KGM", order=order)
        self.assertApplied(message)
        self.assertEqual(order.order_line.trade_promised_qty, 1000)

    def test_a_packaging_of_the_product_called_like_the_package(self):
        self.carton()
        self.carton(600, "Pallet %s")
        for unit in ("CT", "XCT"):
            message, order = self.answered("10", unit, "30.00", amount="300.00")
            self.assertApplied(message)
            self.assertAnswered(order, 240, 1.25)
            [evidence] = [one for one in message.evidence if one["what"] == "uom"]
            self.assertEqual(evidence["name"], "24 Units")
            self.assertIn("packaging Carton of 24", evidence["by"])

    def test_a_packaging_that_holds_what_the_document_says(self):
        self.carton(name="Karton zu %s")
        message, _order = self.answered("10", "CT", "30.00")
        self.assertHeld(message, "Nothing says how many Units one CT of [TT-DESK] Desk is.")
        item = {"name": "Desk", "pack_quantity": {"value": "24", "unit_code": "PCE"}}
        message, order = self.answered("10", "CT", "30.00", item=item)
        self.assertApplied(message)
        self.assertAnswered(order, 240, 1.25)

    # -- what does not ---------------------------------------------------------------------------

    def test_an_unknown_package_is_one_problem_fixed_once(self):
        orders = [self.make_order((self.desk, 240, 1.25)) for _ in range(3)]
        said = self.said("10", "CT", "1.25", amount="300.00", base=("1", "C62"))
        messages = self.process(*(self.answer(order, said) for order in orders))
        problem = messages.exception_id
        self.assertEqual((len(problem), problem.exception_class, problem.waiting_count), (1, "mapping", 3))
        self.assertIn("Line 1 answers 10 CT, ordered are 240 Units.", problem.name)
        self.assertIn("amount of 300.00 USD would be right with 24 Units in one.", problem.name)
        self.assertEqual(
            (problem.fix_uom_id, problem.fix_factor, problem.fix_for_product), (self.unit, 0, True)
        )
        with self.assertRaisesRegex(UserError, "how many Units one CT holds"):
            problem.action_fix()
        sentence, heals_all = self.fix(problem, 24)
        self.assertTrue(heals_all)
        self.assertIn("24 × Units ([TT-DESK] Desk)", sentence)
        self.assertEqual(set(messages.mapped("state")), {"applied"})
        for order in orders:
            self.assertAnswered(order, 240, 1.25)
        mapping = self.env["trade.mapping"].search([("code", "=", "CT")])
        self.assertEqual((mapping.factor, mapping.for_product_id), (24, self.desk))
        # What is 24 of a unit is no name of the unit: orders go on leaving in pieces.
        resolver = self.env["trade.mapping"]._resolver(self.profile, self.env.company)
        self.assertEqual(resolver.unit_code(self.unit), "C62")
        # Another product's carton is another question.
        message, _order = self.answered("1", "CT", order=self.make_order((self.shelf, 12, 20.0)))
        self.assertNotEqual(message.exception_id, problem)
        self.assertHeld(message, "one CT of [TT-SHELF] Shelf")

    def test_what_measures_something_else_waits_for_a_factor(self):
        message, order = self.answered("60", "KGM", "5", amount="300.00")
        self.assertHeld(message, "Nothing says how many Units one KGM of [TT-DESK] Desk is.")
        self.fix(message.exception_id, 4)
        self.assertApplied(message)
        self.assertAnswered(order, 240, 1.25)

    def test_several_packagings_are_not_chosen_from(self):
        self.carton(12)
        self.carton(24)
        message, _order = self.answered("10", "CT")
        self.assertHeld(message, "several packagings that CT could be: Carton of 12, Carton of 24")

    def test_a_pack_that_is_said_to_hold_something_else(self):
        self.carton()
        item = {"name": "Desk", "pack_quantity": {"value": "20", "unit_code": "PCE"}}
        message, _order = self.answered("10", "CT", item=item)
        self.assertHeld(message, "one CT of [TT-DESK] Desk holds 20 PCE")
        self.assertIn("it holds 24 Units", message.state_reason)

    def test_a_refused_line_needs_no_unit(self):
        order = self.make_order()
        [message] = self.process(self.answer(order, self.line(1, "7", quantity=1, unit="CT")))
        self.assertHeld(message, "rejected")

    # -- the amount ------------------------------------------------------------------------------

    def test_an_amount_that_is_not_proven_shows_its_arithmetic_and_is_fixed_once(self):
        self.carton()
        message, order = self.answered("10", "CT", "1.25", amount="250.00", base=("1", "C62"))
        self.assertHeld(
            message,
            "Line 1: 10 CT × 24 = 240 Units at 1.25 USD / Units = 300.00 USD, the line says 250.00 USD.",
        )
        problem = message.exception_id
        self.assertEqual((problem.code, problem.fix_kind), ("line.not_proven", "mapping"))
        self.assertEqual(order.order_line.trade_promised_qty, 0)
        self.fix(problem, 20)  # this supplier's cartons are smaller
        self.assertHeld(message, "Quantity 200 instead of 240")

    def test_an_amount_only_the_partner_can_correct(self):
        message, _order = self.answered("20", "DZN", "15", amount="310.00")
        self.assertHeld(message, "Line 1: 20 DZN at 15 USD / DZN = 300.00 USD, the line says 310.00 USD.")
        problem = message.exception_id
        self.assertEqual((problem.exception_class, problem.code), ("validation", "line.amount_wrong"))
        self.assertIn("the line says 310.00 USD", problem.text_for_partner)

    def test_an_amount_that_is_right_is_silent(self):
        message, order = self.answered("240", "C62", "125", amount="300.00", base=("100", "C62"))
        self.assertApplied(message)
        self.assertAnswered(order, 240, 1.25)

    # -- mappings --------------------------------------------------------------------------------

    def test_the_most_exact_mapping_decides(self):
        common = {"kind": "uom", "code": "PK", "uom_id": self.unit.id}
        own = {**common, "trade_partner_id": self.profile.id}
        self.env["trade.mapping"].create(
            [
                {**common, "factor": 10},
                {**own, "factor": 20},
                {**own, "factor": 24, "for_product_id": self.desk.id},
            ]
        )
        message, order = self.answered("10", "PK", "30")
        self.assertApplied(message)
        self.assertAnswered(order, 240, 1.25)
        resolver = self.env["trade.mapping"]._resolver(self.profile, self.env.company)
        self.assertEqual(resolver.factors.of("PK", self.unit, self.shelf).ratio, 20)

    def test_a_partner_may_mean_something_else_by_a_piece(self):
        self.env["trade.mapping"].create(
            {
                "kind": "uom",
                "code": "C62",
                "uom_id": self.unit.id,
                "factor": 12,
                "trade_partner_id": self.profile.id,
            }
        )
        message, order = self.answered("20", "C62", "15")
        self.assertApplied(message)
        self.assertAnswered(order, 240, 1.25)
