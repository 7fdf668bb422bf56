"""The checklist of people who are logged in, and accounts as effects of a case."""

from odoo.tests import new_test_user, tagged

from odoo.addons.trade_kernel.errors import BusinessRefused
from odoo.addons.trade_onboarding.tests.common import COMPANY

from .common import OnboardingPortalCase


@tagged("post_install", "-at_install")
class TestOnboardingMy(OnboardingPortalCase):
    def setUp(self):
        super().setUp()
        self.mine = self._case(name="Wood", partner_id=self.ours.partner_id.id, email="ann@wood.example")
        self.sign_in(self.our_user)
        self.url = f"/my/trading/onboarding/{self.mine.id}"

    def test_cards_and_the_same_checklist(self):
        page = self.get("/my/trading")
        self.assertIn(f"{self.url}/step/{self.step('Company', self.mine).id}", page.text)
        self.assertIn("Checklist", page.text)
        page = self.get("/my/trading/onboarding")
        self.assertTrue(page.url.endswith(self.url))
        self.assertIn("With us: we decide on trading together", page.text)
        self.assertNotIn("Ask Joe", page.text)
        self.assertNotIn("Create an account", page.text)

    def test_forms_work_the_same(self):
        step = self.step("Company", self.mine)
        address = f"{self.url}/step/{step.id}"
        page = self.get(address)
        self.assertTrue(self.save(address, page, city="Potsdam", **{"was-city": ""}).json()["saved"])
        answer = self.fill(address, **COMPANY)
        self.assertIn("is done", answer.text)
        self.env.invalidate_all()
        self.assertEqual(step.state, "done")
        self.assertIn("Ann of Wood Corner <wood_user>, 127.0.0.1", step.settled_who)

    def test_nothing_of_others(self):
        page = self.get(self.url)
        for case in (self.case, self.other):
            for path in ("", f"/step/{case.step_ids[0].id}", f"/step/{case.step_ids[0].id}/file/file"):
                answer = self.get(f"/my/trading/onboarding/{case.id}{path}")
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn("Ready Mat", answer.text)
            address = f"/my/trading/onboarding/{case.id}/step/{case.step_ids[0].id}"
            self.assertEqual(self.post(address, page, city="Eve").status_code, 404)
            forged = f"{self.url}/step/{case.step_ids[0].id}"
            self.assertEqual(self.get(forged).status_code, 404)
        self.mine._move("rejected", "No")
        self.env.flush_all()
        self.assertEqual(self.get(self.url).status_code, 404)

    def test_suspended_looks_only(self):
        address = f"{self.url}/step/{self.step('Company', self.mine).id}"
        page = self.get(address)
        self.ours.sudo().state = "suspended"
        self.env.flush_all()
        self.assertEqual(self.get(self.url).status_code, 200)
        self.assertEqual(self.fill(address, page, city="Eve").status_code, 403)

    # -- accounts ------------------------------------------------------------------------------

    def people(self, **values):
        step = self.step("People", self.mine).sudo()
        step.data = {"name1": "Ada", "email1": "ada@wood.example", **values}
        return step

    def levels(self, step):
        return [(one.level, one.field) for one in step._kind()._check(step)]

    def test_people_are_checked(self):
        step = self.people(name2="Bob", email3="carl@wood.example", name4="Eve", email4="ada@wood.example")
        self.assertEqual(self.levels(step), [("error", "email2"), ("error", "name3"), ("error", "email4")])

    def test_address_of_somebody_else_is_for_us_to_decide(self):
        new_test_user(self.env(su=True), "boss@us.example", "base.group_user")
        step = self.people(email1="boss@us.example")
        self.assertEqual(self.levels(step), [("warning", None)])
        self.assertTrue(step._kind()._needs_review(step))
        with self.assertRaises(BusinessRefused):
            step._kind()._apply(step)

    def test_who_has_access_keeps_it(self):
        self.our_user.sudo().login = "ann@wood.example"
        step = self.people(email1="ann@wood.example")
        step._kind()._apply(step)
        self.assertFalse(self.mine.effect_ids)

    def test_taken_back(self):
        step = self.people()
        step._kind()._apply(step)
        user = self.env["res.users"].sudo().search([("login", "=", "ada@wood.example")])
        self.assertEqual(user._trade_portal_partners(), self.ours)
        self.assertEqual(self.mine.effect_ids.mapped("res_model"), ["res.partner", "res.users"])
        self.mine._move("rejected", "No")
        self.assertFalse(user.exists().active)
        self.assertTrue(self.our_user.active)
