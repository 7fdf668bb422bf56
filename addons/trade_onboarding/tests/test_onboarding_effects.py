from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import COMPANY, OnboardingCase


@tagged("post_install", "-at_install")
class TestOnboardingEffects(OnboardingCase):
    GLN = "4006381000000"

    def _ready(self):
        """A case that is verified, with a number of its own."""
        case = self._case()
        self._partner_does(case, "Company", COMPANY)
        findings = self._partner_does(case, "Numbers", {"gln": self.GLN})
        self.assertFalse(findings, findings)
        self._step(case, "Look at it").action_done()
        return case

    def test_nothing_is_in_odoo_before_the_approval(self):
        before = self.env["res.partner"].search_count([])
        case = self._ready()
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertFalse(case.trade_partner_id)
        self._step(case, "Approve").with_user(self.approver).action_done()
        self.assertEqual(case.partner_id.city, "Berlin")
        self.assertEqual(case.partner_id.country_id.code, "DE")
        profile = case.trade_partner_id
        self.assertEqual((profile.state, profile.is_supplier, profile.user_id), ("draft", True, self.owner))
        self.assertEqual(profile.identifier_ids.value, self.GLN)
        self.assertEqual(
            case.effect_ids.mapped("res_model"), ["res.partner", "trade.partner", "trade.identifier"]
        )

    def test_when_one_effect_fails_those_before_it_are_taken_back(self):
        case = self._ready()
        kind = self.registry["trade.onboarding.kind.identifiers"]
        with patch.object(kind, "_apply", side_effect=UserError("The numbers are on fire.")):
            self._step(case, "Approve").with_user(self.approver).action_done()
        self.assertEqual(case.state, "verified")
        self.assertFalse(case.partner_id)
        numbers = self._step(case, "Numbers")
        self.assertEqual((numbers.state, numbers.reason), ("failed", "The numbers are on fire."))
        self.assertEqual(set(case.effect_ids.mapped("state")), {"undone"})
        self.assertEqual(case.waits_for, "failed")
        numbers._again()
        self._partner_does(case, "Numbers")
        self.assertEqual(case.state, "certified", "the approval still stands")
        self.assertTrue(case.partner_id)

    def test_a_rejected_partner_leaves_nothing_behind(self):
        case = self._ready()
        self._step(case, "Approve").with_user(self.approver).action_done()
        partner, profile = case.partner_id, case.trade_partner_id
        case._move("rejected", "Bad credit")
        self.assertFalse(profile.exists())
        self.assertFalse(partner.exists())
        self.assertEqual(set(case.effect_ids.mapped("state")), {"undone"})

    def test_what_a_contact_was_before_comes_back_unless_somebody_changed_it(self):
        partner = (
            self.env["res.partner"].sudo().create({"name": "Old", "city": "Bonn", "street": "Old street 1"})
        )
        case = self._case(partner_id=partner.id)
        self.assertEqual(self._step(case, "Company").data["city"], "Bonn", "what we know is filled in")
        self._rule("addresses", "partner")
        self._approved(case)
        self.assertEqual(partner.city, "Berlin")
        partner.street = "Moved 5"
        case._move("rejected", "No")
        self.assertEqual((partner.city, partner.street), ("Bonn", "Moved 5"))
        kept = case.effect_ids.filtered(lambda effect: effect.state == "kept")
        self.assertIn("Street", kept.note)

    def test_what_cannot_be_taken_back_says_so_in_plain_words(self):
        case = self._approved()
        kind = self.registry["trade.onboarding.effect"]
        with (
            patch.object(kind, "_undo_one", side_effect=KeyError("res_partner_fkey")),
            self.assertLogs("odoo.addons.trade_onboarding", "WARNING"),
        ):
            case._move("rejected", "No")
        self.assertEqual(set(case.effect_ids.mapped("state")), {"kept"})
        self.assertIn("by hand", case.effect_ids[0].note)
        self.assertNotIn("fkey", case.effect_ids[0].note)

    def _rule(self, group, master):
        return (
            self.env["trade.data.owner"]
            .sudo()
            .create(
                {"domain": "partner", "field_group": group, "master": master, "company_id": self.company.id}
            )
        )

    def test_what_is_ours_becomes_a_proposal(self):
        was = {"name": "Alder Quay", "city": "Bonn", "is_company": True}
        partner = self.env["res.partner"].sudo().create(was)
        self._rule("addresses", "odoo")
        case = self._approved(self._case(partner_id=partner.id))
        self.assertEqual(partner.city, "Bonn", "Odoo is the master of addresses")
        changes = self.env["trade.data.change"].search([("trade_partner_id", "=", case.trade_partner_id.id)])
        city = changes.filtered(lambda change: change.field_name == "city")
        self.assertEqual((city.state, city.new_value), ("proposed", "Berlin"))

    def test_suspending_and_resuming(self):
        case = self._approved()
        release = self._step(case, "Release")
        release._save({"informed": True})
        release.action_done()
        case.action_go_on()
        case._move("suspended", "Insurance has lapsed")
        self.assertEqual(case.trade_partner_id.state, "suspended")
        case.action_resume()
        self.assertEqual(case.trade_partner_id.state, "live")
        case._move("offboarded", "They closed")
        self.assertEqual(case.trade_partner_id.state, "closed")

    def _other(self):
        """Another trading partner with the number that the partner of the case will enter."""
        other = self.env["res.partner"].sudo().create({"name": "Other"})
        return (
            self.env["trade.partner"]
            .sudo()
            .create(
                {"partner_id": other.id, "identifier_ids": [(0, 0, {"scheme": "gln", "value": self.GLN})]}
            )
        )

    def test_a_number_that_is_none_is_refused(self):
        [finding] = self._partner_does(self._case(), "Numbers", {"gln": "4006381000005"})
        self.assertEqual(finding.level, "error")
        self.assertIn("would have to be 0", finding.text)

    def test_a_number_of_somebody_else_is_a_hint_that_one_of_us_looks_at(self):
        other, case = self._other(), self._case()
        [finding] = self._partner_does(case, "Numbers", {"gln": self.GLN})
        self.assertEqual(finding.level, "warning")
        self.assertIn("it may be the same company", finding.text)
        self.assertEqual(finding.record, ("trade.partner", other.id, "Other"))
        numbers = self._step(case, "Numbers")
        self.assertEqual(numbers.state, "doing", "it waits for us, not for the partner")
        case.sudo().partner_id = other.partner_id  # the same company: so the check for duplicates says
        numbers.action_done()
        self.assertEqual((numbers.state, numbers.findings), ("done", False))
        self._verified(case, numbers=False)
        self._step(case, "Approve").with_user(self.approver).action_done()
        self.assertEqual(case.trade_partner_id, other)
        self.assertEqual(other.identifier_ids.mapped("value"), [self.GLN])

    def test_a_number_is_not_given_to_two_partners(self):
        self._other()
        case = self._case()
        self._partner_does(case, "Numbers", {"gln": self.GLN})
        self._step(case, "Numbers").action_done()
        self._verified(case, numbers=False)
        self._step(case, "Approve").with_user(self.approver).action_done()
        numbers = self._step(case, "Numbers")
        self.assertEqual((case.state, numbers.state), ("verified", "failed"))
        self.assertIn(f"{self.GLN} is the number of Other already", numbers.reason)
        self.assertIn("check for duplicates", numbers.reason)
        self.assertFalse(case.partner_id, "what was set up before it was taken back")
