from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import COMPANY, OnboardingCase

STEPS = (
    ("Company", "legal", "partner", "profiled", ()),
    ("Products", "eligibility", "us", "approved", ()),
    ("Territory", "territory", "us", "approved", ()),
    ("Shipping", "shipping", "partner", "approved", ()),
    ("Support", "support", "us", "approved", ()),
    ("Group", "hierarchy", "us", "approved", ()),
    ("Terms", "terms", "us", "approved", ()),
    ("Connection", "connection", "us", "connected", ("Company",)),
)


@tagged("post_install", "-at_install")
class TestOnboardingScope(OnboardingCase):
    """What was agreed ends at the trading profile, and leaves it again when the case is rejected."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        owner_env, cls.env = cls.env, cls.env(su=True)
        cls.template = cls._template(STEPS, connector_template="manual").with_env(owner_env)
        head = cls.env["res.partner"].create({"name": "Wood Group"})
        cls.head = cls.env["trade.partner"].create({"partner_id": head.id})
        cls.env = owner_env

    def _agreed(self):
        case = self._case()
        category = self.env["product.category"].sudo().create({"name": "Boards"})
        belgium = self.env.ref("base.be")
        Product = self.env["product.product"].sudo()
        self.listed = Product.create({"name": "Listed", "default_code": "L-1"})
        self.listed |= Product.create({"name": "By barcode", "barcode": "4012345000016"})
        for name, values in (
            (
                "Products",
                {
                    "categories": [str(category.id)],
                    "codes": "L-1\n\n 4012345000016 \r\nL-1",
                    "note": "no tropical wood",
                },
            ),
            ("Territory", {"countries": [str(belgium.id)]}),
            ("Support", {"level": "Gold", "until": "2027-01-31"}),
            ("Group", {"parent": str(self.head.id)}),
            ("Terms", {}),
        ):
            step = self._step(case, name)
            self.assertFalse(step._save(values))
            step.action_done()
            self.assertEqual(step.state, "done", name)
        [finding] = self._partner_does(case, "Shipping", {"day_2": "on", "until": "late"})
        self.assertIn("15:00", finding.text)
        self._partner_does(case, "Shipping", {"day_4": "on", "until": "15:00", "min_order": "250"})
        self._partner_does(case, "Company", COMPANY)
        self.assertFalse(case.failed_ids, case.failed_ids.mapped("reason"))
        return case, category, belgium

    def test_what_was_agreed_is_on_the_profile(self):
        case, category, belgium = self._agreed()
        profile = case.trade_partner_id
        self.assertEqual(case.state, "approved", "the connection is missing")
        self.assertEqual(profile.product_category_ids, category)
        self.assertEqual(profile.territory_country_ids, belgium)
        self.assertEqual((profile.delivery_days, profile.delivery_until), ("Tuesday, Thursday", "15:00"))
        self.assertEqual((profile.min_order, profile.support_level), (250, "Gold"))
        self.assertEqual(profile.parent_id, self.head)
        self.assertIn(profile, self.head.child_ids)

    def test_what_is_not_agreed(self):
        case, category, _belgium = self._agreed()
        profile = case.trade_partner_id
        self.assertEqual(profile.product_ids, self.listed)
        below = category.create({"name": "Oak", "parent_id": category.id})
        Product = self.env["product.product"].sudo()
        inside = Product.create({"name": "Board", "categ_id": below.id})
        outside = Product.create({"name": "Nail"})
        self.assertEqual(profile._not_agreed(inside | outside | self.listed), outside)
        self.assertFalse(self.head._not_agreed(outside), "nothing was agreed: everything may be traded")

    def test_a_code_of_no_product_is_named(self):
        step = self._step(self._case(), "Products")
        step._save({"codes": "L-9\nL-8"})
        step.action_done()
        self.assertEqual(step.state, "todo")
        self.assertEqual(step.findings[0]["text"], "2 codes are of no product: L-9, L-8")

    def test_a_partner_does_not_report_to_itself(self):
        case, _category, _belgium = self._agreed()
        with self.assertRaises(ValidationError):
            self.head.sudo().parent_id = case.trade_partner_id

    def test_the_connection_is_on_trial_until_the_case_is_live(self):
        case, _category, _belgium = self._agreed()
        self.head.sudo().state = "live"
        unit = self.env.ref("uom.product_uom_dozen")
        codes = self.env["trade.mapping"].sudo()
        vals = {"trade_partner_id": self.head.id, "company_id": self.company.id, "state": "confirmed"}
        codes.create({**vals, "kind": "uom", "code": "DZD", "uom_id": unit.id})
        step = self._step(case, "Connection")
        step._save({"codes_from": str(self.head.id)})
        step.action_done()
        profile = case.trade_partner_id
        self.assertEqual(codes.search([("trade_partner_id", "=", profile.id)]).uom_id, unit)
        self.assertEqual(set(profile.route_ids.mapped("mode")), {"test"})
        self.assertEqual((case.state, profile.state), ("certified", "draft"))
        self.assertFalse(any(route._is_running() and route.mode == "live" for route in profile.route_ids))
        case.action_go_on()
        self.assertEqual(set(profile.route_ids.mapped("mode")), {"live"})
        self.assertTrue(all(route._is_running() for route in profile.route_ids))
        case._move("suspended", "Dispute")
        self.assertFalse(
            any(route._is_running() for route in profile.route_ids), "stored and held from now on"
        )
        case.action_resume()
        self.assertTrue(all(route._is_running() for route in profile.route_ids))
        case._move("offboarded", "They closed")
        self.assertEqual(set(profile.route_ids.mapped("mode")), {"stopped"})

    def test_a_rejected_case_takes_its_connector_back(self):
        case, _category, _belgium = self._agreed()
        self._step(case, "Connection").action_done()
        profile = case.trade_partner_id
        connector, routes = profile.connector_ids, profile.route_ids
        case._move("rejected", "Bad news")
        self.assertFalse(connector.exists() or routes.exists() or profile.exists())
        self.assertEqual(set(case.effect_ids.mapped("state")), {"undone"})
