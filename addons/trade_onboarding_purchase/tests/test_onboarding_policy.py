from odoo.tests import tagged

from odoo.addons.trade_onboarding.tests.common import OnboardingCase


@tagged("post_install", "-at_install")
class TestOnboardingPolicy(OnboardingCase):
    def test_answers_are_judged_by_the_policy_of_the_template(self):
        policy = self.env["trade.deviation.policy"].sudo().create({"name": "Easy going"})
        row = {"direction": "in", "document_type": "order_response", "deviation_policy_id": policy.id}
        template = self.template
        template.route_ids = [(0, 0, row)]
        [order, answer] = template._starting_routes(
            (
                {"direction": "out", "document_type": "order"},
                {"direction": "in", "document_type": "order_response", "poll": True},
            )
        )
        self.assertNotIn("deviation_policy_id", order)
        self.assertEqual((answer["deviation_policy_id"], answer["poll"]), (policy.id, True))
        connector = self.env["trade.connector"].sudo().create({"name": "Files", "transport": "manual"})
        contact = self.env["res.partner"].sudo().create({"name": "Judged"})
        profile = self.env["trade.partner"].sudo().create({"partner_id": contact.id})
        route = (
            self.env["trade.route"]
            .sudo()
            .create({**answer, "trade_partner_id": profile.id, "connector_id": connector.id})
        )
        self.assertEqual(route.deviation_policy_id, policy)
        saved = template.route_ids._prepare_as(route)
        self.assertEqual(saved["deviation_policy_id"], policy.id, "and back, for others like it")
