"""Who sees what: a link of one case shows nothing of another, whatever is asked for."""

from odoo.tests import new_test_user, tagged

from .common import PDF, OnboardingPortalCase

_MARKS = ("Ready Mat", "readymat", "theirs.pdf", "MAT-SECRET")


@tagged("post_install", "-at_install")
class TestOnboardingAccess(OnboardingPortalCase):
    def setUp(self):
        super().setUp()
        self.their_step = self._step(self.other, "Insurance")
        self.their_step._attach(
            "file", "theirs.pdf", PDF + b"MAT-SECRET", "application/pdf", for_partner=True
        )
        self._step(self.other, "Company")._save({"city": "MAT-SECRET"}, for_partner=True)
        self.env.flush_all()

    def pages(self, url, step):
        yield from (
            url,
            f"{url}?done={step.id}",
            *(f"{url}/step/{step.id}{rest}" for rest in ("", "/save", "/file/file", "/document")),
        )

    def assertNothing(self, response):
        self.assertLess(response.status_code, 500)
        for mark in _MARKS:
            self.assertNotIn(mark, response.text)
            self.assertNotIn(mark.encode(), response.content)

    def untouched(self):
        self.env.invalidate_all()
        self.assertEqual(self._step(self.other, "Company")._values()["city"], "MAT-SECRET")
        self.assertEqual(self.their_step.state, "waiting")
        self.assertEqual(len(self.their_step.sudo().file_ids), 1)

    def test_they_see_it(self):
        """The marks are really there: else the tests below could not fail."""
        page, url = self.open(self.other)
        self.assertIn("Ready Mat", page.text)
        self.assertIn(b"MAT-SECRET", self.get(f"{url}/step/{self.their_step.id}/file/file").content)
        self.assertIn("MAT-SECRET", self.get(f"{url}/step/{self._step(self.other, 'Company').id}").text)

    def test_link_of_one_shows_nothing_of_another(self):
        page, url = self.open(self.case)
        their_link = self.env["trade.portal.link"].sudo().search([("res_id", "=", self.other.id)], limit=1)
        self.path(self.other)
        their_link = (
            self.env["trade.portal.link"]
            .sudo()
            .search([("res_model", "=", "trade.onboarding"), ("res_id", "=", self.other.id)], limit=1)
        )
        for step in self.other.step_ids:
            for address in [
                *self.pages(url, step),
                *self.pages(f"/trade/link/{their_link.ref}/onboarding", step),
            ]:
                with self.subTest(address):
                    self.assertNothing(self.get(address))
                    self.assertNothing(
                        self.post(address.partition("?")[0], page, city="Eve", **{"was-city": ""})
                    )
        self.untouched()

    def test_steps_of_ours_have_no_page(self):
        page, url = self.open(self.case)
        step = self.step("Ask Joe about them")
        self.assertEqual(self.get(f"{url}/step/{step.id}").status_code, 404)
        answer = self.post(f"{url}/step/{step.id}", page, note="Eve", **{"was-note": ""})
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.post(f"{url}/step/{step.id}/save", page, note="Eve").status_code, 409)
        for number in (0, 2**31, 10**18):
            self.assertIn(self.get(f"{url}/step/{number}").status_code, (404,))

    def test_steps_that_are_not_yet_their_turn(self):
        page, url = self.open(self.case)
        step = self.step("People")
        answer = self.post(f"{url}/step/{step.id}", page, name1="Eve", **{"was-name1": "Wilma"})
        self.assertEqual(answer.status_code, 409)
        self.env.invalidate_all()
        self.assertNotIn("Eve", step._values().values())

    def test_link_for_something_else(self):
        """A link of the same partner, for its connection, opens no checklist."""
        contact = self.ours.partner_id
        case = self._case(name="Wood again", partner_id=contact.id, email="again@wood.example")
        case.sudo().trade_partner_id = self.ours
        page = self.get(self.issue())
        self.assertEqual(page.status_code, 200)
        ref = page.url.split("/trade/link/")[1].partition("/")[0]
        for address in self.pages(f"/trade/link/{ref}/onboarding", case.step_ids[0]):
            with self.subTest(address):
                self.assertEqual(self.get(address).status_code, 403)
                self.assertEqual(self.post(address.partition("?")[0], page).status_code, 403)

    def test_another_browser_needs_the_link(self):
        _page, url = self.open(self.case)
        self.new_browser()
        for address in self.pages(url, self.step("Company")):
            self.assertEqual(self.get(address).status_code, 403)

    def test_suspended_and_closed_partner(self):
        """The case got its trading partner after the link was made; what holds for that holds for it."""
        _page, url = self.open(self.case)
        address = f"{url}/step/{self.step('Company').id}"
        page = self.get(address)
        profile = self.ours.sudo()
        self.case.sudo().write({"trade_partner_id": profile.id})
        profile.state = "suspended"
        self.env.flush_all()
        self.assertEqual(self.fill(address, page, city="Eve").status_code, 403)
        self.assertEqual(self.get(url).status_code, 200)
        profile.state = "closed"
        self.env.flush_all()
        self.assertEqual(self.get(url).status_code, 410)

    def test_employee_by_the_link_only_looks(self):
        """What comes from here counts as said by the partner: one of us does not say it."""
        url = self.path(self.case)
        self.sign_in(self.owner)
        page = self.get(url)
        address = page.url.partition("?")[0] + f"/step/{self.step('Company').id}"
        answer = self.post(address, page, city="Eve", **{"was-city": ""})
        self.assertEqual(answer.status_code, 403)
        self.env.invalidate_all()
        self.assertFalse(self.step("Company")._values().get("city"))

    def test_preview(self):
        step = self.step("Company")
        action = self.case.action_preview()
        self.sign_in(self.owner)
        page = self.get(action["url"])
        self.assertIn("Preview.", page.text)
        self.assertIn("Alder Quay", page.text)
        self.assertNotIn("Ask Joe", page.text)
        page = self.get(f"{action['url']}/step/{step.id}")
        self.assertIn("disabled", page.text)
        self.assertNotIn('method="post" enctype', page.text)
        self.assertEqual(self.post(f"{action['url']}/step/{step.id}", page, city="x").status_code, 405)
        self.sign_in(new_test_user(self.env(su=True), "onb_stranger", "base.group_user"))
        self.assertEqual(self.get(action["url"]).status_code, 404)
        self.sign_in(self.our_user)
        self.assertEqual(self.get(action["url"]).status_code, 404)
