from datetime import datetime

from odoo.tests import freeze_time, tagged

from .common import COMPANY, OnboardingCase


@tagged("post_install", "-at_install")
class TestOnboardingReport(OnboardingCase):
    def test_lead_times_by_step(self):
        with freeze_time(datetime(2026, 3, 2, 9)):
            case = self._case()
        with freeze_time(datetime(2026, 3, 4, 9)):
            self._partner_does(case, "Company", COMPANY)
        self.env.flush_all()
        rows = self.env["trade.onboarding.time"]._read_group(
            [("onboarding_id", "=", case.id)],
            ["template_step_id", "is_open"],
            ["days:avg", "their_hours:avg"],
        )
        times = {step.name: (is_open, days, hours) for step, is_open, days, hours in rows}
        self.assertEqual(times["Company"][:2], (False, 2))
        self.assertEqual(times["Company"][2], 16)
        self.assertTrue(times["Numbers"][0])
        self.assertNotIn("Approve", times, "nobody could do it yet")

    def test_how_far_cases_came(self):
        for name in "ABC":
            case = self._case(name=name)
        self._verified(case)
        case._move("profiled", "once more")
        case._refresh()
        self.env.flush_all()
        rows = self.env["trade.onboarding.funnel"]._read_group(
            [("template_id", "=", self.template.id)], ["reached"], ["cases:sum"]
        )
        self.assertEqual(dict(rows), {"invited": 3, "profiled": 1, "verified": 1})
