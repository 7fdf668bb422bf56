from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.trade_kernel.errors import BusinessRefused

from .common import COMPANY, SMALL, OnboardingCase


@tagged("post_install", "-at_install")
class TestOnboardingCase(OnboardingCase):
    def test_the_way_from_the_invitation_to_live(self):
        case = self._case()
        self.assertEqual(case.state, "invited")
        self.assertEqual(self._step(case, "Company").state, "waiting", "the partner is asked")
        self.assertEqual(self._step(case, "Look at it").state, "todo")
        self.assertFalse(self._step(case, "Look at it").ready_at)
        self._partner_does(case, "Company", COMPANY)
        self.assertEqual(case.state, "invited", "the numbers are missing")
        self._partner_does(case, "Numbers")
        self.assertEqual(case.state, "profiled")
        self._step(case, "Look at it").action_done()
        self.assertEqual(case.state, "verified")
        self._step(case, "Approve").with_user(self.approver).action_done()
        self.assertEqual(case.state, "certified", "nothing is needed to be connected and certified")
        self.assertFalse(case.trade_partner_id.state == "live")
        release = self._step(case, "Release")
        release._save({"informed": True})
        release.action_done()
        self.assertEqual(case.state, "certified", "somebody presses Go live")
        case.action_go_on()
        self.assertEqual((case.state, case.trade_partner_id.state), ("live", "live"))
        self.assertTrue(case.live_at)
        self.assertEqual(case.progress, 100)
        moves = case.move_ids.filtered(lambda move: not move.step_id).sorted("id")
        self.assertEqual(
            moves.mapped("new"),
            ["invited", "profiled", "verified", "approved", "connected", "certified", "live"],
        )

    def test_who_brought_a_case_further(self):
        case = self._verified()
        moves = {move.new: move for move in case.move_ids if not move.step_id}
        self.assertEqual(
            (moves["profiled"].who, moves["profiled"].user_id), ("Wilma, 192.0.2.7", self.env["res.users"])
        )
        self.assertEqual((moves["verified"].who, moves["verified"].user_id), (False, self.owner))
        theirs, ours = (
            case.message_ids.filtered(lambda message, words=words: words in (message.body or ""))
            for words in ("Invited → Profiled", "Profiled → Verified")
        )
        self.assertEqual((theirs.author_id, theirs.email_from), (self.env["res.partner"], "Wilma"))
        self.assertEqual(ours.author_id, self.owner.partner_id)

    def test_a_template_may_go_live_by_itself(self):
        self.template.auto_live = True
        case = self._approved()
        release = self._step(case, "Release")
        release._save({"informed": True})
        release.action_done()
        self.assertEqual(case.state, "live")

    def test_steps_that_do_not_wait_for_each_other_run_side_by_side(self):
        case = self._case()
        ready = case.step_ids.filtered("ready_at")
        self.assertEqual(set(ready.mapped("name")), {"Company", "Numbers"})
        with self.assertRaisesRegex(BusinessRefused, "Look at it waits for: Company"):
            self._step(case, "Look at it")._submit()

    def test_what_is_missing_is_said_and_what_was_entered_is_kept(self):
        case = self._case()
        findings = self._partner_does(case, "Company", {"city": "Berlin", "country": "Atlantis"})
        self.assertIn("“Atlantis” is not one of the choices", findings[0].text)
        step = self._step(case, "Company")
        self.assertEqual((step.state, step.data["city"]), ("waiting", "Berlin"))
        findings = self._partner_does(case, "Company", {"country": "DE"})
        self.assertEqual({finding.field for finding in findings}, {"street", "zip"})
        shown = {row["name"]: row for row in step.form}
        self.assertEqual(shown["street"]["problem"]["text"], "Street and number is missing.")

    def test_a_forward_move_needs_its_steps(self):
        case = self._case()
        with self.assertRaisesRegex(UserError, "2 steps are still to be done: Company, Numbers"):
            case.action_go_on()

    def test_whoever_owns_the_case_does_not_approve_it(self):
        case = self._verified()
        self.owner.group_ids += self.env.ref("trade_onboarding.group_onboarding_approver")
        with self.assertRaisesRegex(UserError, "somebody else has to confirm"):
            self._step(case, "Approve").action_done()
        self.assertEqual(case.state, "verified")

    def test_approving_is_a_right(self):
        case = self._verified()
        with self.assertRaisesRegex(UserError, "Approves partners"):
            self._step(case, "Approve").with_user(self.plain).action_done()

    def test_nobody_goes_live_who_is_not_in_odoo(self):
        """The contact is made of the step for the legal entity: without either there is nobody."""
        case = self._case()
        with self.assertRaisesRegex(BusinessRefused, "no contact in Odoo"):
            self._step(case, "Company")._waive("Known")
        self.assertEqual(self._step(case, "Company").state, "waiting")
        case.partner_id = self.env["res.partner"].sudo().create({"name": "Alder Quay", "is_company": True})
        self._step(case, "Company")._waive("Known")
        self.assertEqual(self._step(case, "Company").state, "waived")

    def test_a_template_without_the_legal_entity_needs_a_contact(self):
        self.template = self._template((("Look", "task", "us", "profiled", ()),), auto_live=True)
        case = self._case()
        self._step(case, "Look").action_done()
        self.assertEqual(case.state, "certified")
        with self.assertRaisesRegex(BusinessRefused, "no contact in Odoo"):
            case._move("live")

    def test_a_step_is_waived_with_a_reason_by_whoever_may(self):
        case = self._case()
        step = self._step(case, "Numbers")
        with self.assertRaisesRegex(BusinessRefused, "without a reason"):
            step._waive(" ")
        with self.assertRaises(BusinessRefused):
            step.with_user(self.plain)._waive("Not needed")
        step._waive("They have none")
        self.assertEqual(
            (step.state, step.settled_by_id, step.reason), ("waived", self.owner, "They have none")
        )
        self._partner_does(case, "Company", COMPANY)
        self.assertEqual(case.state, "profiled")

    def test_a_pause_ends_where_it_began(self):
        case = self._verified()
        case._move("on_hold", "Budget")
        with self.assertRaises(BusinessRefused):
            case._move("profiled")
        case.action_resume()
        self.assertEqual(case.state, "verified")

    def test_nothing_goes_on_while_a_case_is_paused(self):
        case = self._case()
        case._move("on_hold", "Holidays")
        self._partner_does(case, "Company", COMPANY)
        self._partner_does(case, "Numbers")
        self.assertEqual(case.state, "on_hold")
        case.action_resume()
        self.assertEqual(case.state, "profiled")

    def test_a_case_is_sent_back_and_its_steps_are_done_again(self):
        case = self._approved()
        case._move("profiled", "The address was wrong")
        case._refresh()
        self.assertEqual(self._step(case, "Look at it").state, "todo")
        self.assertEqual(self._step(case, "Approve").state, "todo", "it was done after it")
        self.assertEqual(self._step(case, "Company").state, "done")
        self.assertEqual(case.state, "profiled")

    def test_a_case_is_sent_back_over_a_state_that_no_step_leads_to(self):
        case = self._approved()
        self._step(case, "Look at it").sudo().gate = "profiled"
        case._move("profiled", "The credit has to be looked at")
        case._refresh()
        self.assertEqual((case.state, self._step(case, "Approve").state), ("verified", "todo"))

    def test_the_partner_corrects_what_was_sent_back(self):
        case = self._case()
        self._partner_does(case, "Company", COMPANY)
        step = self._step(case, "Company")
        step._reopen("The street is another one")
        case._refresh()
        self.assertEqual((step.state, case.waits_for), ("waiting", "partner"))

    def test_the_history_is_not_changed(self):
        case = self._case()
        with self.assertRaises(UserError):
            case.move_ids[0].sudo().write({"reason": "because"})

    def test_nobody_writes_a_state_by_hand(self):
        case = self._case()
        for record, vals in (
            (case, {"state": "live"}),
            (case, {"trade_partner_id": False}),
            (case.step_ids[0], {"state": "done"}),
            (case.step_ids[0], {"data": {"name": "x"}}),
            (case.step_ids[0], {"entered_by_id": False}),
        ):
            with self.assertRaises(AccessError):
                record.write(vals)
        self._step(case, "Company").write({"entered": {"city": "Bonn"}, "user_id": self.approver.id})
        self.assertEqual(self._step(case, "Company").data["city"], "Bonn")

    def test_managers_alone_go_live_or_stop(self):
        case = self._approved()
        release = self._step(case, "Release")
        release._save({"informed": True})
        release.action_done()
        with self.assertRaisesRegex(UserError, "Only people with the right “.*Manager” may do this"):
            case.with_user(self.plain).action_go_on()
        with self.assertRaisesRegex(BusinessRefused, "Manager"):
            case.with_user(self.plain)._move("rejected", "Because")
        case.action_go_on()
        self.assertEqual(case.state, "live")

    def test_the_board_says_whom_a_case_waits_for(self):
        case = self._case()
        self.assertEqual((case.blocked_by_id.name, case.waits_for), ("Company", "partner"))
        self._partner_does(case, "Company", COMPANY)
        self._partner_does(case, "Numbers")
        self.assertEqual((case.blocked_by_id.name, case.waits_for), ("Look at it", "us"))
        self.assertEqual(case.progress, 40)

    def test_a_partner_with_an_open_case_does_not_go_live_beside_it(self):
        case = self._approved()
        with self.assertRaisesRegex(UserError, "is being onboarded"):
            case.trade_partner_id.action_go_live()

    def test_names_come_in_every_language(self):
        self.env["res.lang"].sudo()._activate_lang("de_DE")
        self.template.step_ids[0].with_context(lang="de_DE").name = "Firma"
        case = self._case()
        step = case.step_ids.filtered(lambda step: step.template_step_id == self.template.step_ids[0])
        self.assertEqual(step.with_context(lang="de_DE").name, "Firma")
        self.assertEqual(step.name, "Company")

    def test_many_cases_at_once(self):
        cases = self.env["trade.onboarding"].create(
            [{"name": f"Partner {number}", "template_id": self.template.id} for number in range(20)]
        )
        self.assertEqual(len(cases.step_ids), 20 * len(SMALL))
        self.assertEqual(set(cases.mapped("waits_for")), {"partner"})
