"""The partner's whole side by the link in the invitation, without a login."""

import re
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.trade_onboarding.tests.common import COMPANY
from odoo.addons.trade_portal.tokens import LinkRefused

from ..purpose import PURPOSE
from .common import PDF, OnboardingPortalCase

_LINK = re.compile(r"/trade/link/[A-Za-z0-9]{70,}")


@tagged("post_install", "-at_install")
class TestOnboardingLink(OnboardingPortalCase):
    def mailed(self, email):
        mails = self.env["mail.mail"].sudo().search([("email_to", "=", email)], order="id desc")
        return [_LINK.search(mail.body_html).group() for mail in mails]

    def link_of(self, url):
        return self.env["trade.portal.link"]._prove(url.rpartition("/")[2])

    def assertRefused(self, reason, url):
        with self.assertRaises(LinkRefused) as caught:
            self.env["trade.portal.link"]._open(url.rpartition("/")[2], PURPOSE)
        self.assertEqual(caught.exception.reason, reason)

    def test_the_mail_holds_a_link_before_there_is_a_trading_partner(self):
        self.case.action_invite()
        self.assertFalse(self.case.trade_partner_id)
        link = self.link_of(self.mailed("orders@alderquay.example")[0])
        self.assertEqual(
            (link._record(), link.trade_partner_id.id, link.purpose), (self.case, False, PURPOSE)
        )
        self.assertEqual(link.company_id, self.case.company_id)
        self.assertEqual(link.email, "orders@alderquay.example")

    def test_whole_side_of_the_partner(self):
        page, url = self.open(self.case)
        self.assertIn("0 of 8 done", page.text)  # five of theirs, three kinds of things of ours
        answer = self.fill(f"{url}/step/{self.step('Company').id}", **COMPANY)
        self.assertEqual(answer.url.partition("?")[2], f"done={self.step('Company').id}")
        self.assertIn("is done", answer.text)
        self.fill(f"{url}/step/{self.step('Numbers').id}", duns="150483782")
        answer = self.fill(
            f"{url}/step/{self.step('Insurance').id}",
            files={"file": ("cover.pdf", PDF, "application/octet-stream")},
            number="4711",
        )
        self.assertIn("We look at", answer.text)
        address = f"{url}/step/{self.step('Terms').id}"
        self.assertEqual(self.get(f"{address}/document").content, PDF)
        self.fill(address, accepted="1", signer="Wilma Wood", position="Owner")
        self.env.invalidate_all()
        self.assertEqual(self.step("Company").state, "done")
        self.assertEqual(self.step("Insurance").state, "doing")
        terms = self.step("Terms")
        self.assertEqual(terms.state, "done")
        self.assertIn("Wilma <orders@alderquay.example>, 127.0.0.1", terms.settled_who)
        self.assertIn("SHA-256", terms.findings[0]["text"])
        self.assertEqual(self.case.state, "profiled")
        self.step("Insurance").action_done()
        self.step("Ask Joe about them").action_done()
        self.step("Approve").with_user(self.approver).action_done()
        self.env.invalidate_all()
        self.assertEqual(self.case.state, "approved")
        page = self.get(url)
        self.assertIn("Create an account", page.text)
        self.fill(f"{url}/step/{self.step('People').id}", name2="Paul", email2="paul@alderquay.example")
        self.env.invalidate_all()
        users = self.env["res.users"].sudo().search([("login", "like", "alderquay.example")])
        self.assertEqual(set(users.mapped("login")), {"orders@alderquay.example", "paul@alderquay.example"})
        self.assertTrue(all(user._is_portal() for user in users))
        self.assertEqual(users.partner_id.commercial_partner_id, self.case.partner_id)
        self.case._move("rejected", "They gave up")
        self.assertFalse(users.exists().filtered("active"))

    def test_sent_back_says_why_and_nothing_internal(self):
        _page, url = self.open(self.case)
        self.fill(f"{url}/step/{self.step('Company').id}", **COMPANY)
        address = f"{url}/step/{self.step('Insurance').id}"
        self.fill(address, files={"file": ("cover.pdf", PDF)})
        step = self.step("Insurance").sudo()
        step._send_back("The sum is too low")
        step.findings = [
            {"level": "warning", "text": "Ready Mat has the same", "field": "file", "remedy": ""}
        ]
        step.onboarding_id.move_ids  # noqa: B018 - read before the page writes
        self.env.flush_all()
        page = self.get(url)
        self.assertIn("The sum is too low", page.text)
        for text in (page.text, self.get(address).text):
            self.assertNotIn("Ready Mat", text)
            self.assertNotIn("Ask Joe", text)
        self.assertIn("With us: we decide on trading together", page.text)

    def again(self, name, reason):
        """Somebody of us presses *Do it again*."""
        action = self.step(name).action_reopen()
        wizard = (
            self.env["trade.onboarding.reason"].with_context(**action["context"]).create({"reason": reason})
        )
        wizard.action_do()
        self.env.flush_all()
        return wizard

    def mails(self):
        return self.env["mail.mail"].sudo().search([("email_to", "like", self.case.email)], order="id desc")

    def test_to_be_done_again_says_why(self):
        self.case.action_invite()
        _page, url = self.open(self.case)
        self.fill(f"{url}/step/{self.step('Company').id}", **COMPANY)
        self.env.invalidate_all()
        self.assertEqual(self.step("Company").state, "done")
        before = len(self.mails())
        wizard = self.again("Company", "The street is another one")
        self.assertIn("The partner reads your text", wizard.consequence)
        self.assertEqual(self.step("Company").state, "waiting")
        page = self.get(url)
        self.assertIn("Sent back to you: The street is another one", page.text)
        self.assertIn("Correct it", page.text)
        page = self.get(f"{url}/step/{self.step('Company').id}")
        self.assertIn("The street is another one", page.text)
        self.assertEqual(len(self.mails()), before + 1)
        self.assertIn("The street is another one", self.mails()[0].body_html)
        self.fill(page.url, page)
        self.env.invalidate_all()
        self.assertEqual((self.step("Company").state, self.step("Company").reason), ("done", False))

    def test_what_is_done_again_because_of_ours_says_nothing_of_it(self):
        self.step("Terms").sudo().depends_ids = self.step("Ask Joe about them")
        self.case.action_invite()
        _page, url = self.open(self.case)
        self.fill(f"{url}/step/{self.step('Company').id}", **COMPANY)
        self.env.invalidate_all()
        self.step("Ask Joe about them").action_done()
        self.env.flush_all()
        self.fill(f"{url}/step/{self.step('Terms').id}", accepted="1", signer="W", position="Owner")
        self.env.invalidate_all()
        self.assertEqual(self.step("Terms").state, "done")
        before = len(self.mails())
        wizard = self.again("Ask Joe about them", "Joe says they are broke")
        self.assertNotIn("The partner reads", wizard.consequence)
        self.assertEqual(len(self.mails()), before, "it is our turn first")
        self.step("Ask Joe about them").action_done()
        self.env.flush_all()
        self.assertEqual(self.step("Terms").state, "waiting")
        for text in (self.get(url).text, self.get(f"{url}/step/{self.step('Terms').id}").text):
            self.assertIn("Something before this step has changed", text)
            self.assertNotIn("broke", text)

    def test_fields_of_ours_are_neither_shown_nor_taken(self):
        step = self.step("Company").sudo()
        step.kind = "bank"
        self.env.flush_all()
        _page, url = self.open(self.case)
        address = f"{url}/step/{step.id}"
        self.assertNotIn("called", self.get(address).text)
        self.fill(
            address,
            **{"holder": "Alder Quay", "iban": "BE71096123456769", "called": "Eve", "was-called": ""},
        )
        self.env.invalidate_all()
        self.assertEqual(step.state, "doing")
        self.assertEqual(step._values()["iban"], "BE71096123456769")
        self.assertFalse(step._values().get("called"))
        self.assertFalse(step.entered_by_id)

    def test_expiry_is_the_templates_and_a_new_link_is_sent_to_the_same_address(self):
        self.template.link_days = 3
        url = self.path(self.case)
        link = self.link_of(url)
        self.assertAlmostEqual(
            link.expires_at, fields.Datetime.now() + timedelta(days=3), delta=timedelta(minutes=1)
        )
        link.expires_at = fields.Datetime.now() - timedelta(hours=1)
        self.assertRefused("expired", url)
        page = self.get(url)
        self.assertEqual(page.status_code, 410)
        self.assertIn("Olga Owner", page.text)
        self.post(f"/trade/link/{link.ref}/new", page)
        self.assertEqual(self.get(self.mailed("orders@alderquay.example")[0]).status_code, 200)

    def test_ended_with_the_case_and_with_its_address(self):
        first = self.path(self.case)
        self.case.email = "new@alderquay.example"
        self.assertRefused("revoked", first)
        second = self.path(self.case)
        self.case._move("rejected", "No capacity")
        self.assertRefused("revoked", second)
        self.assertEqual(self.case._partner_url(), "")

    def test_paused_case_is_looked_at(self):
        _page, url = self.open(self.case)
        page = self.get(f"{url}/step/{self.step('Company').id}")
        self.case._move("on_hold", "Holidays")
        self.env.flush_all()
        answer = self.fill(f"{url}/step/{self.step('Company').id}", page, name="Else")
        self.assertEqual(answer.status_code, 409)
        self.assertIn("paused", self.get(url).text)
        self.assertNotIn("Holidays", self.get(url).text)
        self.env.invalidate_all()
        self.assertEqual(self.step("Company")._values()["name"], "Alder Quay")

    def test_language_of_the_case_before_any_login(self):
        self.env["res.lang"].sudo()._activate_lang("de_DE")
        self.env.user.sudo().lang = "en_US"
        self.case.lang = "de_DE"
        self.step("Company").sudo().with_context(lang="de_DE").name = "Firmenangaben"
        self.env.flush_all()
        page = self.get(self.path(self.case), headers={"Accept-Language": "fr"})
        self.assertIn('lang="de-DE"', page.text)
        self.assertIn("Firmenangaben", page.text)
        self.new_browser()
        self.assertIn('lang="en-US"', self.get(self.path(self.other)).text)

    def test_account_keeps_the_history(self):
        contact = self.env["res.partner"].sudo().create({"name": "Alder Quay GmbH", "is_company": True})
        case = self._case(
            name="Wood again", partner_id=contact.id, contact_name="Wilma", email="w@corner.example"
        )
        page, url = self.open(case)
        self.assertNotIn("Create an account", page.text)
        self.env["trade.partner"].sudo().create({"partner_id": contact.id, "user_id": self.owner.id})
        page = self.get(url)
        answer = self.post(f"{url}/account", page)
        self.assertIn("choose a password", answer.text)
        user = self.env["res.users"].sudo().search([("login", "=", "w@corner.example")])
        self.assertEqual(user.partner_id.parent_id, contact)
        self.assertEqual(user.partner_id.name, "Wilma")
        self.assertEqual(user._trade_portal_partners()._portal_cases(), case)
        mails = self.env["mail.mail"].sudo().search([("recipient_ids", "in", user.partner_id.ids)])
        self.assertEqual(mails.mapped("state"), ["outgoing"])
        self.assertIn("You have an account", self.get(url).text)
        self.assertEqual(self.post(f"{url}/account", page).status_code, 409)
