from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.trade_portal_purchase.models.trade_connector import PAGES

WHO = "Wilma, 192.0.2.7"


@tagged("post_install", "-at_install")
class TestSmallSupplier(TransactionCase):
    def _does(self, kind, values=None, user=None):
        step = self.case.step_ids.filtered(lambda step: step.kind == kind)
        step = step.with_user(user) if user else step
        return step._submit(values or {}, who=WHO if step.actor == "partner" and not user else None)

    def test_from_the_invitation_to_orders_by_email(self):
        """No identifiers, no tests, and orders leave as e-mails once it is live."""
        routes = self._live()
        self.assertEqual(set(routes.mapped("mode")), {"live"})
        self.assertNotIn("Still on trial", str(self.case.message_ids.mapped("body")))

    def test_what_stays_on_trial_is_said(self):
        """Where the template lets only tested routes go live, nobody believes that orders leave."""
        self.env.ref("trade_onboarding_portal_purchase.template_small").certified_only = True
        routes = self._live()
        self.assertIn("test", routes.mapped("mode"))
        said = str(self.case.message_ids.mapped("body"))
        self.assertIn("Still on trial", said)
        self.assertIn(routes.filtered(lambda route: route.mode == "test")[0].name, said)

    def _live(self):
        rights = (
            "trade_core.group_trade_manager",
            "trade_onboarding.group_onboarding_approver",
            "trade_core.group_trade_bank",
        )
        boss = new_test_user(self.env, "small_boss", ",".join(rights))
        self.case = self.env["trade.onboarding"].create(
            {
                "name": "Joinery Ash",
                "template_id": self.env.ref("trade_onboarding_portal_purchase.template_small").id,
                "email": "ash@joinery.example",
            }
        )
        company = {"street": "Holzweg 1", "zip": "10115", "city": "Berlin", "country": "DE"}
        self._does("legal", {"name": "Joinery Ash", "email": "ash@joinery.example", **company})
        self._does("tax", {"none": True, "why": "Too small to have one"})
        self._does("bank", {"holder": "Joinery Ash", "iban": "DE89370400440532013000"})
        call = {"called": "Wilma", "called_number": "+49 30 1", "called_note": "It is theirs"}
        self._does("bank", call, boss)
        self._does("terms")
        self.assertEqual(self.case.state, "verified")
        self.assertFalse(self.case.partner_id)
        self._does("approval", user=boss)
        self.assertEqual(self.case.partner_id.bank_ids.sanitized_acc_number, "DE89370400440532013000")
        self._does("connection")
        routes = self.case.trade_partner_id.route_ids
        self.assertEqual(set(routes.connector_id.mapped("transport")), {PAGES})
        self.assertEqual(set(routes.mapped("mode")), {"test"}, "nothing counts yet")
        self._does("go_live", {"informed": True})
        self.assertEqual(self.case.state, "certified", "somebody decides about the day")
        self.case.action_go_on()
        self.assertEqual(self.case.state, "live")
        return routes
