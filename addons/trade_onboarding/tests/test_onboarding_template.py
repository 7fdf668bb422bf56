from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import OnboardingCase


@tagged("post_install", "-at_install")
class TestOnboardingTemplate(OnboardingCase):
    def test_steps_in_a_circle_are_refused(self):
        first, second = self.template.step_ids[:2]
        with self.assertRaisesRegex(ValidationError, "in a circle"):
            self.template.step_ids = [
                (1, first.id, {"depends_ids": [(4, second.id)]}),
                (1, second.id, {"depends_ids": [(4, first.id)]}),
            ]

    def test_a_step_does_not_wait_for_a_later_gate(self):
        last = self.template.step_ids[-1].copy()
        first = self.template.step_ids[0]
        with self.assertRaisesRegex(ValidationError, "Company is needed to become profiled, but it waits"):
            self.template.step_ids = [(1, first.id, {"depends_ids": [(4, last.id)]})]

    def test_a_copy_waits_for_its_own_steps(self):
        copy = self.template.copy()
        self.assertEqual(copy.step_ids.depends_ids & self.template.step_ids, self.env[copy.step_ids._name])
        names = {step.name: step.depends_ids.mapped("name") for step in copy.step_ids}
        self.assertEqual(set(names["Approve"]), {"Look at it", "Numbers"})

    def test_a_new_step_begins_as_its_kind_usually_is(self):
        with Form(self.template) as form, form.step_ids.new() as step:
            step.kind = "approval"
            self.assertEqual((step.actor, step.gate, step.name), ("us", "approved", "Approval"))

    def test_delivered_templates_are_graphs_that_end(self):
        templates = self.env["trade.onboarding.template"].search([])
        self.assertGreaterEqual(len(templates), 1)
        templates._check_steps()
