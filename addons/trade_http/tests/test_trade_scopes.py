from odoo.tests import tagged

from odoo.addons.trade_http.resources import INTAKES, READS, ROOT
from odoo.addons.trade_http.scopes import BY_ROLE, SCOPES

from .common import PushCase, make_client, shown


@tagged("post_install", "-at_install")
class TestTradeScopes(PushCase):
    """Every address, with its scope and with all others but it; also those that addons to come register."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scopes = {scope.name: scope for scope in cls.env["trade.api.scope"].search([])}
        types = {taken.document_type for taken in INTAKES.values()} - {cls.route.document_type}
        for document_type in sorted(types):
            cls.route.copy({"document_type": document_type})
        cls.client.per_minute = 0

    @staticmethod
    def operations(env):
        """``(method, address, scope)`` of everything that can be called."""
        for taken in INTAKES.values():
            yield "POST", f"{ROOT}/{taken.collection}", taken.scope
            yield "POST", f"{ROOT}/documents?type={taken.document_type}", taken.scope
        for read in READS.values():
            if read.model_name not in env:
                continue
            for method in ("GET", "HEAD"):
                yield method, f"{ROOT}/{read.name}", read.scope
                if read.key:
                    yield method, f"{ROOT}/{read.name}/NOBODY-HAS-THIS", read.scope

    def call(self, method, url):
        if method == "POST":
            return self.push(url=url)
        headers = {"Authorization": f"Bearer {self.api_key}"}
        return self.url_open(url, headers=headers, method=method, timeout=30)

    def allow(self, names):
        self.client.scope_ids = [(6, 0, [self.scopes[name].id for name in names])]

    def test_without_its_scope_nothing_is_done_and_the_scope_is_named(self):
        for method, url, scope in self.operations(self.env):
            with self.subTest(f"{method} {url}"):
                self.allow(self.scopes.keys() - {scope})
                response = self.call(method, url)
                self.assertEqual(response.status_code, 403)
                if method != "HEAD":
                    self.assertEqual(self.assertProblem(response, 403, "forbidden")["scope"], scope)
        self.assertFalse(self.messages())

    def test_its_scope_is_enough(self):
        for method, url, scope in self.operations(self.env):
            with self.subTest(f"{method} {url}"):
                self.allow([scope])
                response = self.call(method, url)
                expected = 202 if method == "POST" else 404 if url.endswith("NOBODY-HAS-THIS") else 200
                self.assertEqual(response.status_code, expected, response.text)

    def test_a_client_may_always_ask_what_became_of_its_documents(self):
        message = self.assertTaken(self.push())
        self.allow([])
        self.assertEqual(self.call("GET", f"{ROOT}/messages/{message.id}").status_code, 200)

    def test_every_scope_that_is_asked_for_can_be_given(self):
        asked = {scope for _method, _url, scope in self.operations(self.env)}
        self.assertTrue(asked)
        self.assertFalse(asked - SCOPES.keys(), "registered, so that the client's page explains it")
        self.assertFalse(SCOPES.keys() - self.scopes.keys(), "and in the database, so that it can be given")
        for names in BY_ROLE.values():
            self.assertFalse(set(names) - SCOPES.keys())
        for scope in self.scopes.values():
            self.assertTrue(scope.title and scope.help, scope.name)

    def test_a_change_holds_with_the_next_request(self):
        self.assertTaken(self.push())
        self.allow([])
        self.assertProblem(self.push(), 403, "forbidden")
        self.allow(["orders:respond"])
        self.assertTaken(self.push())

    def test_a_new_client_may_do_what_such_a_partner_usually_does(self):
        for role, names in BY_ROLE.items():
            with self.subTest(role):
                partner = self.partner.copy(
                    {"partner_id": self.env["res.partner"].create({"name": role}).id, role: True}
                )
                others = {name: False for name in BY_ROLE if name != role}
                partner.write(others)
                self.assertEqual(set(make_client(self.env, partner).scope_ids.mapped("name")), set(names))

    def test_a_scope_reaches_no_further_than_its_partner(self):
        """All scopes are no more than one's own documents."""
        self.allow(self.scopes)
        stranger = make_client(self.env, self.partner.copy({"partner_id": self.env.user.partner_id.id}))
        stranger.scope_ids = self.client.scope_ids
        message = self.assertTaken(self.push())
        key = shown(stranger.action_new_key())
        self.assertProblem(
            self.url_open(f"{ROOT}/messages/{message.id}", headers=self.headers(api_key=key)),
            404,
            "not-found",
        )
