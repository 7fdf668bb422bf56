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
            [("template_id", "=", self.template.id)], ["reached"], ["cases:sum", "share:avg"]
        )
        self.assertEqual(
            [(reached, cases, round(share)) for reached, cases, share in rows],
            [
                ("1_invited", 3, 100),
                ("2_profiled", 1, 33),
                ("3_verified", 1, 33),
                ("4_approved", 0, 0),
                ("5_connected", 0, 0),
                ("6_certified", 0, 0),
                ("7_live", 0, 0),
            ],
        )

    def test_what_nobody_will_do_any_more_is_no_bottleneck(self):
        case, other = self._case(), self._case(name="Other")
        self._partner_does(case, "Company", COMPANY)
        self._step(case, "Look at it").action_done()
        case._move("rejected", "They went out of business")
        self.env.flush_all()
        rows = self.env["trade.onboarding.time"]._read_group(
            [("onboarding_id", "in", (case | other).ids), ("is_open", "=", True)],
            ["onboarding_id", "kind", "turn"],
        )
        self.assertEqual(set(rows), {(other, "legal", "partner"), (other, "identifiers", "partner")})

    def test_a_step_says_of_which_template_it_is(self):
        step = self.template.step_ids[0]
        self.assertEqual(step.display_name, "Company")
        step = step.with_context(trade_step_of_template=True)
        self.assertEqual(step.display_name, "Small: Company")
