"""A supplier that answers on pages connects a system: by a case, with everything it has."""

from odoo.tests import tagged

from odoo.addons.trade_portal_purchase.models.trade_connector import PAGES
from odoo.addons.trade_portal_purchase.tests.common import OrderPageCase

from ..models.trade_onboarding import TEMPLATE


@tagged("post_install", "-at_install")
class TestConnectASystem(OrderPageCase):
    def setUp(self):
        super().setUp()
        self.profile.user_id = self.responsible
        self.order, self.url = self.sent()
        self.page = self.get(self.url)

    def ask(self, page=None):
        page = page or self.page
        done = self.post(page.url.partition("?")[0] + "/system", page)
        self.env.invalidate_all()
        return done

    def cases(self):
        return self.env["trade.onboarding"].search([("trade_partner_id", "=", self.profile.id)])

    def mails(self, email="sales@wood.example"):
        return self.env["mail.mail"].search([("email_to", "=", email)])

    def does(self, case, kind, entered):
        step = case.step_ids.filtered(lambda step: step.kind == kind)
        findings = step._submit(entered, who="Sue" if step.actor == "partner" else None)
        self.env.invalidate_all()
        return findings

    def test_it_begins_a_case_with_what_there_is(self):
        self.assertIn("Connect a system", self.page.text)
        self.assertFalse(self.cases())
        done = self.ask()
        self.assertIn("Look into your inbox", done.text)
        case = self.cases()
        self.assertEqual(case.template_id, self.env.ref(TEMPLATE))
        self.assertEqual((case.partner_id, case.email), (self.vendor, "sales@wood.example"))
        self.assertEqual((case.user_id, case.state, case.waits_for), (self.responsible, "invited", "partner"))
        self.assertFalse(self.profile.activity_ids)
        [mail] = self.mails()
        self.assertIn("/trade/link/", mail.body_html)
        self.assertIn("It is your turn: Your system, Identifiers.", done.text)
        self.assertNotIn("/onboarding", done.text, "what leads there is in the mail alone")

    def test_pressed_again_it_goes_on(self):
        self.ask()
        self.assertIn("Send me the link to go on", self.get(self.page.url).text)
        self.ask()
        self.assertEqual(len(self.cases()), 1)
        self.assertEqual(len(self.mails()), 1, "not again within the hour")

    def test_looking_begins_nothing(self):
        self.get(self.page.url + "/system")
        self.assertFalse(self.cases())

    def test_an_open_case_of_theirs_is_gone_on_with(self):
        template = self.env.ref("trade_onboarding.template_supplier")
        case = self.env["trade.onboarding"].create(
            {
                "name": "Wood Corner",
                "template_id": template.id,
                "partner_id": self.vendor.id,
                "email": "boss@wood.example",
            }
        )
        self.assertIn("Look into your inbox", self.ask().text)
        self.assertFalse(self.cases() - case)
        self.assertTrue(self.mails("boss@wood.example"))
        self.assertFalse(self.mails(), "what the case holds is for its own address")

    def test_logged_in(self):
        self.new_browser()
        self.sign_in(self.supplier)
        page = self.get(f"/my/trading/orders/{self.order.id}")
        self.assertIn("Connect a system", page.text)
        done = self.ask(page)
        self.assertIn("It has begun", done.text)
        case = self.cases()
        self.assertEqual(case.email, self.supplier.email)
        self.assertIn(f"/my/trading/onboarding/{case.id}", done.text)
        self.assertIn("Your system", self.get(f"/my/trading/onboarding/{case.id}").text)

    def test_without_the_template_somebody_is_asked(self):
        self.env.ref(TEMPLATE).active = False
        self.assertIn("Your contact person knows", self.ask().text)
        self.assertFalse(self.cases())
        self.assertEqual(self.profile.activity_ids.user_id, self.responsible)

    def test_rejected_everything_is_as_before(self):
        self.ask()
        case = self.cases()
        routes = self.profile.route_ids
        case.with_user(self.responsible)._move("rejected", "They have no system after all")
        self.env.flush_all()
        self.assertEqual((self.profile.state, self.profile.route_ids), ("live", routes))
        self.assertEqual(self.order._trade_route().connector_id, self.pages)
        page = self.get(self.page.url)
        self.assertIn("Please answer this order", page.text)
        self.assertNotIn("Connecting your system", page.text)

    def test_from_pages_to_a_system_without_losing_anything(self):
        self.post(self.page.url + "/account", self.page)
        user = self.env["res.users"].search([("login", "=", "sales@wood.example")])
        self.ask()
        case = self.cases().with_user(self.responsible)
        way = {"way": "api", "name": "Sue", "email": "it@wood.example"}
        self.does(case, "system", way)
        self.does(case, "identifiers", {"duns": "150483782"})
        self.assertEqual(case.state, "approved")
        self.assertIn("It is our turn", self.get(self.page.url).text)

        entered = {"template": "rest_push", "address": "https://api.wood.example/v1"}
        self.assertEqual(self.does(case, "connection", entered)[-1].level, "error", "not tested yet")
        connector = self.profile.connector_ids - self.connector - self.pages
        self.assertEqual(len(connector), 1)
        connector.write({"paused": False})
        self.does(case, "connection", entered)
        self.assertEqual(self.profile.connector_ids - self.connector - self.pages, connector)
        self.assertEqual(case.state, "connected")
        self.assertEqual(set(self.profile.route_ids._of_systems().mapped("mode")), {"test"})
        # Meanwhile everything goes on by the pages.
        meanwhile, url = self.sent((self.shelf, 5, 20.0))
        self.assertEqual(self.last_out(meanwhile).connector_id, self.pages)
        certification = case.sudo().certification_ids
        self.assertFalse(
            (certification.route_out_id | certification.route_in_id) - self.profile.route_ids._of_systems()
        )

        certification.write({"state": "passed", "proof_digest": "0" * 64})  # how: see their own tests
        self.does(case, "certification", {})
        self.does(case, "go_live", {"informed": True})
        case._move("live")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((case.state, self.profile.state), ("live", "live"))
        self.assertEqual(self.order._trade_route().connector_id, connector)
        kept = self.profile.route_ids.filtered(lambda route: route.connector_id.transport == PAGES)
        self.assertFalse({"order", "order_response"} & set(kept.mapped("document_type")))
        self.assertIn("order_cancellation", kept.mapped("document_type"))

        # The link that was mailed before, the order's history and the account go on.
        page = self.get(self.url)
        self.assertIn("Your system is connected", page.text)
        self.press(page, "confirm")
        message = self.run_page(self.order)
        self.assertApplied(message)
        self.assertEqual(message.route_id.connector_id, connector)
        self.press(self.get(url), "confirm")
        self.assertApplied(self.run_page(meanwhile))
        self.assertEqual(user._trade_portal_partners(), self.profile)
        self.assertEqual(case.partner_id, self.vendor)
        self.assertIn("duns", self.profile.identifier_ids.mapped("scheme"))
