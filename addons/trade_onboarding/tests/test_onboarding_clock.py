from datetime import datetime

from odoo.tests import freeze_time, tagged

from .common import COMPANY, OnboardingCase

MONDAY = datetime(2026, 3, 2, 9)  # in Brussels it is ten
FRIDAY = datetime(2026, 3, 6, 14)
NEXT_MONDAY = datetime(2026, 3, 9, 8)


@tagged("post_install", "-at_install")
class TestOnboardingClock(OnboardingCase):
    """Working hours: Monday to Friday, 8 to 12 and 13 to 17, UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = (
            cls.env["resource.calendar"]
            .sudo()
            .create({"name": "Office", "tz": "UTC", "company_id": cls.company.id})
        )
        cls.template.sudo().write(
            {"company_id": cls.company.id, "resource_calendar_id": calendar.id, "due_days": 5}
        )
        cls.template.sudo().step_ids.due_hours = 8

    def test_a_weekend_does_not_count(self):
        with freeze_time(FRIDAY):
            case = self._case()
        step = self._step(case, "Company")
        self.assertEqual(step.due_at, datetime(2026, 3, 9, 14), "three hours on Friday, five on Monday")
        self.assertEqual(case.due_at, datetime(2026, 3, 13, 14))

    def test_the_case_stands_still_while_only_the_partner_is_missing(self):
        with freeze_time(MONDAY):
            case = self._case()
            due = case.due_at
            self.assertEqual(case.paused_since, MONDAY)
        with freeze_time(datetime(2026, 3, 4, 9)):
            self._partner_does(case, "Company", COMPANY)
            self.assertFalse(case.paused_since, "“Look at it” is ours")
        self.assertEqual(case.paused_hours, 16)
        self.assertEqual(case.due_at, datetime(2026, 3, 11, 9), due)
        with freeze_time(NEXT_MONDAY):
            self._step(case, "Look at it").action_done()
            self.assertEqual(case.paused_since, NEXT_MONDAY, "the numbers are missing")

    def test_a_case_that_stands_still_is_not_late(self):
        with freeze_time(MONDAY):
            case = self._case()
        with freeze_time(datetime(2026, 6, 1, 9)):
            self.assertFalse(case.overdue)
            self.assertNotIn(case, case.search([("overdue", "=", True)]))
            self._partner_does(case, "Company", COMPANY)
            self.assertFalse(case.overdue, "it has as many days left as before")
        with freeze_time(datetime(2026, 7, 1, 9)):
            case.invalidate_recordset()
            self.assertTrue(case.overdue)
            self.assertIn(case, case.search([("overdue", "=", True)]))

    def test_a_pause_stops_the_clock(self):
        with freeze_time(MONDAY):
            case = self._case()
            self._partner_does(case, "Company", COMPANY)
            due = case.due_at
            case._move("on_hold", "Holidays")
            case._refresh()
        with freeze_time(datetime(2026, 3, 3, 9)):
            case.action_resume()
        self.assertEqual(case.paused_hours, 8)
        self.assertEqual((case.due_at - due).days, 1, "a working day later")

    def test_time_goes_to_whose_turn_it_is(self):
        self.registry["trade.onboarding.kind.legal"]._sensitive = True
        self.addCleanup(delattr, self.registry["trade.onboarding.kind.legal"], "_sensitive")
        with freeze_time(MONDAY):
            case = self._case()
        step = self._step(case, "Company")
        with freeze_time(datetime(2026, 3, 3, 9)):
            self._partner_does(case, "Company", COMPANY)
            self.assertEqual(step.state, "doing")
            self.assertEqual(step.due_at, datetime(2026, 3, 4, 9), "we have a day for our part")
        with freeze_time(datetime(2026, 3, 3, 11)):
            step._send_back("Which street?")
            self.assertEqual(step.due_at, datetime(2026, 3, 4, 11))
        with freeze_time(NEXT_MONDAY):
            self._partner_does(case, "Company")
        with freeze_time(datetime(2026, 3, 9, 9)):
            step.action_done()
        self.assertEqual((step.our_hours, step.their_hours), (3, 8 + 29))
