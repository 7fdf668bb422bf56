from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import COMPANY, OnboardingCase

MONDAY = datetime(2026, 3, 2, 9)


@tagged("post_install", "-at_install")
class TestOnboardingReminder(OnboardingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = new_test_user(cls.env(su=True), "onboarding_leader", "trade_core.group_trade_manager")
        team = cls.env["trade.team"].sudo().create({"name": "Onboarding", "leader_id": cls.leader.id})
        cls.template.sudo().write({"team_id": team.id, "remind_days": 2, "max_reminders": 2, "due_days": 5})

    def _mails(self):
        return self.env["mail.mail"].sudo().search([("email_to", "=", "orders@alderquay.example")])

    def _cron(self, *when):
        commit = patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60)
        with commit, freeze_time(datetime(*when)):
            self.env["trade.onboarding"]._cron_remind()

    def _on(self, case, kind):
        return case.activity_search([f"trade_onboarding.activity_{kind}"])

    def test_the_invitation_says_what_is_needed(self):
        case = self._case()
        case.action_invite()
        mail = self._mails()
        self.assertIn("would like to trade with Alder Quay", mail.subject)
        self.assertIn("Numbers", mail.body_html)
        self.assertTrue(case.invited_at)

    def test_without_an_address_nobody_is_invited(self):
        with self.assertRaisesRegex(UserError, "Enter the e-mail address of Alder Quay"):
            self._case(email=False).action_invite()

    def test_a_silent_partner_is_reminded_and_then_called(self):
        with freeze_time(MONDAY):
            case = self._case()
            case.action_invite()
        self._cron(2026, 3, 3, 9)
        self.assertEqual(len(self._mails()), 1, "not yet")
        self._cron(2026, 3, 4, 10)
        self.assertEqual(len(self._mails()), 2)
        self._cron(2026, 3, 4, 11)
        self.assertEqual(len(self._mails()), 2, "not every hour")
        self._cron(2026, 3, 6, 11)
        self.assertEqual((len(self._mails()), case.reminder_count), (3, 2))
        self._cron(2026, 3, 8, 12)
        self.assertFalse(self._on(case, "late"), "it is Sunday")
        self._cron(2026, 3, 10, 12)
        self.assertEqual(len(self._mails()), 3, "that was enough")
        self.assertIn("does not react. Call them", self._on(case, "late").summary)
        self.assertEqual(self._on(case, "late").user_id, self.owner)
        self._cron(2026, 3, 20, 12)
        self.assertEqual(len(self._on(case, "late")), 1)

    def test_nobody_is_reminded_who_was_not_invited_or_has_done_everything(self):
        with freeze_time(MONDAY):
            self._case()
            done = self._case(name="Quick")
            done.action_invite()
            self._partner_does(done, "Company", COMPANY)
            self._partner_does(done, "Numbers")
        before = len(self._mails())
        self._cron(2026, 4, 4, 10)
        self.assertEqual(len(self._mails()), before)

    def test_whoever_has_to_do_something_has_an_activity(self):
        case = self._case()
        self.assertFalse(self._on(case, "step"))
        self._partner_does(case, "Company", COMPANY)
        activity = self._on(case, "step")
        self.assertEqual((activity.summary, activity.user_id), ("Look at it", self.owner))
        self._step(case, "Look at it").action_done()
        self.assertFalse(self._on(case, "step"))

    def test_handing_over_many_cases_costs_as_few_queries_as_handing_over_some(self):
        steps = (("Look", "task", "us", "profiled", ()), ("Ask", "task", "us", "profiled", ()))
        self.template = self._template(steps)
        activities, spent = self.env["mail.activity"].sudo(), {}
        for count in (5, 50):
            cases = self.env["trade.onboarding"].create(
                [
                    {"name": f"Many {count}-{number}", "template_id": self.template.id}
                    for number in range(count)
                ]
            )
            cases.activity_search(["trade_onboarding.activity_step"]).sudo().unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            cases._hand_over()
            self.env.flush_all()
            spent[count] = self.cr.sql_log_count - before
            found = activities.search([("res_model", "=", cases._name), ("res_id", "in", cases.ids)])
            self.assertEqual(len(found), 2 * count)
            self.assertEqual(found.user_id, self.owner)
        self.assertLessEqual(spent[50], spent[5], spent)

    def test_reminding_many_costs_as_few_queries_as_reminding_some(self):
        spent = {}
        for count in (5, 40):
            with freeze_time(MONDAY):
                cases = self.env["trade.onboarding"].create(
                    [
                        {
                            "name": f"Silent {number}",
                            "template_id": self.template.id,
                            "email": "orders@alderquay.example",
                        }
                        for number in range(count)
                    ]
                )
                cases.action_invite()
            self.env.flush_all()
            self.env.invalidate_all()
            mails, before = len(self._mails()), self.cr.sql_log_count
            self._cron(2026, 3, 4, 10)
            self.env.flush_all()
            spent[count] = self.cr.sql_log_count - before
            self.assertEqual(len(self._mails()) - mails, count)
            cases.sudo().state = "rejected"
        self.assertLess(spent[40] - spent[5], 15, spent)

    def test_a_case_that_cannot_be_mailed_holds_up_no_other(self):
        with freeze_time(MONDAY):
            bad, good = self._case(name="Bad"), self._case(name="Good")
            (bad | good).action_invite()
        mail = self.env.registry["trade.onboarding"]._mail

        def refuse(cases, template):
            if bad in cases:
                raise ValueError("its mail cannot be written")
            return mail(cases, template)

        with (
            patch.object(self.env.registry["trade.onboarding"], "_mail", refuse),
            mute_logger("odoo.addons.trade_onboarding.models.trade_onboarding_reminder"),
        ):
            self._cron(2026, 3, 4, 10)
        self.assertEqual((bad.reminder_count, good.reminder_count), (0, 1))

    def test_an_activity_stays_whatever_the_language_of_whoever_works_on_the_case(self):
        self.env["res.lang"].sudo()._activate_lang("de_DE")
        look = self.template.step_ids.filtered(lambda step: step.name == "Look at it").sudo()
        look.with_context(lang="de_DE").name = "Ansehen"
        case = self._case()
        self._partner_does(case, "Company", COMPANY)
        activity = self._on(case, "step")
        case.with_context(lang="de_DE")._refresh()
        self.assertEqual(self._on(case, "step"), activity, "not taken away and made again")
        self.owner.sudo().lang = "de_DE"
        case._refresh()
        self.assertEqual(self._on(case, "step").summary, "Ansehen")

    def test_the_leader_is_told_once_what_is_late(self):
        with freeze_time(MONDAY):
            case = self._case()
            self._partner_does(case, "Company", COMPANY)
        self._cron(2026, 3, 3, 8)
        self.assertFalse(self._on(case, "late"))
        self._cron(2026, 3, 5, 12)
        late = self._on(case, "late")
        self.assertEqual((late.user_id, late.summary), (self.leader, "Late: Look at it"))
        self._cron(2026, 3, 5, 13)
        self.assertEqual(len(self._on(case, "late")), 1)
