"""Who sees what: every page of the addon, for everybody who should not see it."""

import re

from odoo.tests import new_test_user, tagged

from odoo.addons.trade_kernel.errors import BusinessRefused

from .common import PortalCase

_PARAMETER = re.compile(r"<(?:[^:>]+:)?(\w+)>")
_MARKS = ("Ready Mat", "MAT-1", "MAT-2", "Mat system", "api.mat.example")


@tagged("post_install", "-at_install")
class TestTradePortalAccess(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("trade_portal.own_keys", "True")
        cls.client = cls.env["trade.api.client"].create(
            {"name": "Mat system", "trade_partner_id": cls.theirs.id}
        )
        cls.env["trade.api.key"]._issue(cls.client)

    def setUp(self):
        super().setUp()
        self.applied = self.document(self.theirs, "MAT-1")
        self.waiting, self.problem = self.held(
            self.theirs, "MAT-2", BusinessRefused("order.unknown", order="MAT-2", subject="MAT-2")
        )
        self.their_link = self.link(self.issue(partner=self.theirs, email="ann@mat.example"))

    def routes(self):
        """``[(rule, methods)]`` of all pages of this addon."""
        found = {
            rule.rule: rule.methods
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.rule.startswith(("/my/trading", "/trade/link"))
        }
        self.assertGreater(len(found), 10)
        return sorted(found.items())

    def addresses(self, rule):
        """The address with everything of theirs in the place of each parameter."""
        values = (
            self.applied.id,
            self.waiting.id,
            self.problem.id,
            self.theirs.id,
            self.client.public_id,
            self.their_link.ref,
            self.client.key_ids.id,
        )
        if not _PARAMETER.search(rule):
            return [rule]
        return [
            _PARAMETER.sub(str(value), rule)
            for value in values
            if "<int:" not in rule or isinstance(value, int)
        ]

    def form(self):
        return {
            "to": self.theirs.id,
            "key": self.client.key_ids.id,
            "newest": self.client.key_ids.id,
            "search": "MAT",
            "trade_partner": self.theirs.id,
        }

    def everything(self, page):
        """Every page asked for and posted to, with what is theirs."""
        for rule, methods in self.routes():
            for address in self.addresses(rule):
                if "GET" in methods:
                    yield f"GET {address}", self.get(f"{address}?search=MAT&trade_partner={self.theirs.id}")
                if "POST" in methods:
                    yield f"POST {address}", self.post(address, page, **self.form())

    def untouched(self):
        self.env.invalidate_all()
        self.assertTrue(self.client.active and self.client.key_ids.is_valid)
        self.assertEqual(len(self.client.key_ids), 1)
        self.assertEqual(self.their_link.use_count, 0)
        self.assertFalse(self.mailed("ann@mat.example"))
        self.assertEqual(
            self.env["trade.api.client"].search_count([("trade_partner_id", "=", self.theirs.id)]), 1
        )

    def test_they_see_it(self):
        """The marks are really what they see: else the tests below could not fail."""
        self.sign_in(self.their_user)
        seen = "".join(
            self.get(f"/my/trading{path}").text
            for path in ("", "/documents", "/problems", "/connection", "/keys")
        )
        for mark in _MARKS:
            self.assertIn(mark, seen)
        self.assertEqual(self.get(f"/my/trading/documents/{self.applied.id}").status_code, 200)

    def test_portal_user_of_another(self):
        self.sign_in(self.our_user)
        page = self.get("/my/trading/keys")
        for what, response in self.everything(page):
            with self.subTest(what):
                self.assertLess(response.status_code, 500)
                for mark in _MARKS:
                    self.assertNotIn(mark, response.text)
        self.untouched()

    def test_portal_user_of_nobody(self):
        self.sign_in(new_test_user(self.env, "stranger", "base.group_portal"))
        page = self.get("/my")
        for what, response in self.everything(page):
            with self.subTest(what):
                self.assertIn(response.status_code, (400, 403, 404, 405))
                for mark in _MARKS:
                    self.assertNotIn(mark, response.text)
        self.untouched()

    def test_public(self):
        self.new_browser()
        page = self.get("/web/login")
        for what, response in self.everything(page):
            with self.subTest(what):
                if "/my/" in what:
                    self.assertIn("/web/login", response.url)
                else:
                    self.assertIn(response.status_code, (400, 403, 404, 405))
                for mark in _MARKS:
                    self.assertNotIn(mark, response.text)
        self.untouched()

    def test_a_link_opens_its_page_and_no_other(self):
        self.new_browser()
        page = self.get(self.issue())
        self.assertEqual(page.status_code, 200)
        for what, response in self.everything(page):
            with self.subTest(what):
                if "/my/" in what:
                    self.assertIn("/web/login", response.url)
                for mark in _MARKS:
                    self.assertNotIn(mark, response.text)
        self.untouched()

    def test_employees_have_their_own_screens(self):
        self.sign_in(self.responsible)
        self.assertEqual(self.get("/my/trading").status_code, 403)

    def test_portal_users_have_no_rights_on_any_model(self):
        """Pages read for them, and they read nothing themselves."""
        for name in self.env.registry:
            if name.startswith("trade.") and not self.env[name]._abstract:
                for operation in ("read", "write", "create", "unlink"):
                    with self.subTest(f"{operation} {name}"):
                        self.assertFalse(self.env[name].with_user(self.our_user).has_access(operation))

    def test_contact_moved_to_another_company(self):
        """Who changes the employer changes what is seen, at once."""
        self.our_user.partner_id.parent_id = self.theirs.partner_id
        self.assertEqual(self.our_user._trade_portal_partners(), self.theirs)
        self.our_user.partner_id.parent_id = False
        self.assertFalse(self.our_user._trade_portal_partners())
