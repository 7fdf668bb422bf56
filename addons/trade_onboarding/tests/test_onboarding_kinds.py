import base64
from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.trade_kernel.errors import BusinessRefused

from .. import vat_service
from .common import COMPANY, OnboardingCase

IBAN, OTHER_IBAN = "DE89370400440532013000", "BE71096123456769"
VAT = "DE136695976"
STEPS = (
    ("Company", "legal", "partner", "profiled", ()),
    ("Tax", "tax", "partner", "profiled", ()),
    ("Bank", "bank", "partner", "verified", ()),
    ("Numbers", "identifiers", "partner", "profiled", ()),
    ("Register", "tax_online", "automatic", "verified", ("Tax", "Company")),
    ("Duplicates", "duplicates", "automatic", "verified", ("Company", "Tax", "Bank", "Numbers")),
    ("Credit", "credit", "us", "verified", ("Company",)),
    ("Contract", "contract", "partner", "approved", ()),
    ("Insurance", "document", "partner", "verified", ()),
    ("Approve", "approval", "us", "approved", ("Duplicates", "Credit")),
)
CALL = {"called": "Wilma", "called_number": "+49 30 1234", "called_note": "Right, theirs since 2010"}


@tagged("post_install", "-at_install")
class TestOnboardingKinds(OnboardingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        admin = cls.env(su=True)
        cls.template = cls.template.with_env(admin).browse(cls._template_of(admin).id)
        contract = cls.template.step_ids.filtered(lambda step: step.kind == "contract")
        contract.write(
            {
                "contract": base64.b64encode(b"Be nice."),
                "contract_name": "terms.txt",
                "contract_version": "2026-1",
            }
        )
        insurance = cls.template.step_ids.filtered(lambda step: step.kind == "document")
        insurance.write({"document_name": "Insurance", "document_expires": True, "lapse_suspends": True})

    @classmethod
    def _template_of(cls, env):
        cls_env, cls.env = cls.env, env
        try:
            return cls._template(STEPS)
        finally:
            cls.env = cls_env

    def _upload(self, case, expires):
        step = self._step(case, "Insurance")
        step._attach("file", "insurance.pdf", b"%PDF-1.4 insured")
        return self._partner_does(case, "Insurance", {"expires": expires})

    # -- tax -----------------------------------------------------------------------------------

    def test_a_vat_number_is_checked_by_the_rules_of_its_country(self):
        case = self._case()
        self._partner_does(case, "Company", COMPANY)
        [finding] = self._partner_does(case, "Tax", {"vat": "DE136695970"})
        self.assertIn("check digits do not fit", finding.text)
        right, foreign = self._partner_does(case, "Tax", {"vat": "BE0477472701"})
        self.assertEqual((right.level, foreign.level), ("ok", "warning"))
        self.assertIn("not of the country of the company (DE)", foreign.text)
        self.assertEqual(self._step(case, "Tax").state, "done")

    def test_a_number_may_come_without_its_country_and_with_spaces(self):
        case = self._case()
        self._partner_does(case, "Company", COMPANY)
        kind = self.env["trade.onboarding.kind.tax"]
        self.assertEqual(kind._number("136 695 976", "DE"), (VAT, None))
        self.assertEqual(kind._number("DE 136.695.976", ""), (VAT, None))
        self.assertEqual(kind._number("12-3456789", "XX")[1], None, "nobody knows the rules of XX")
        self.assertIn("too few", kind._number("DE1366", "")[1])

    def test_without_a_number_one_says_why(self):
        case = self._case()
        [finding] = self._partner_does(case, "Tax")
        self.assertIn("missing", finding.text)
        [finding] = self._partner_does(case, "Tax", {"none": "on", "why": "Small business"})
        self.assertEqual(finding.level, "warning")
        self.assertEqual(self._step(case, "Tax").state, "done")

    # -- the register --------------------------------------------------------------------------

    def _asked(self, answer):
        self.env["ir.config_parameter"].sudo().set_param("trade_onboarding.vat_service", "http://127.0.0.1:1")
        case = self._case(name="Alder Quay GmbH")
        self._partner_does(case, "Company", COMPANY)
        with patch.object(vat_service, "ask", side_effect=answer):
            self._partner_does(case, "Tax", {"vat": VAT})
            step = self._step(case, "Register")
            self.assertEqual(step.state, "doing", "a job asks")
            step._look_up(0)
        return step

    def test_the_register_knows_the_number(self):
        step = self._asked([vat_service.Answer(True, "Holzecke AG", "Berlin", "WAPI-1")])
        self.assertEqual(step.state, "done")
        self.assertIn("Consultation WAPI-1", step.findings[0]["text"])
        self.assertIn("it is called Holzecke AG", step.findings[1]["text"])

    def test_the_register_does_not_know_it(self):
        step = self._asked([vat_service.Answer(False)])
        self.assertEqual(step.state, "failed")
        self.assertIn("not in force", step.reason)

    def test_a_register_that_is_down_is_asked_again_and_never_blocks(self):
        step = self._asked([vat_service.Unavailable("MS_UNAVAILABLE")])
        self.assertEqual(step.state, "doing")
        with patch.object(vat_service, "ask", side_effect=vat_service.Unavailable("down")):
            step._look_up(4)
        self.assertEqual(step.state, "done")
        self.assertEqual(step.findings[0]["level"], "warning")

    def test_without_a_register_nothing_is_asked(self):
        case = self._case()
        self._partner_does(case, "Company", COMPANY)
        self._partner_does(case, "Tax", {"vat": VAT})
        self.assertEqual(self._step(case, "Register").state, "done")

    # -- the bank ------------------------------------------------------------------------------

    def test_bank_details_are_confirmed_after_a_call(self):
        case = self._case()
        [finding] = self._partner_does(
            case, "Bank", {"holder": "Alder Quay", "iban": "DE89370400440532013001"}
        )
        self.assertIn("is no IBAN", finding.text)
        self._partner_does(case, "Bank", {"iban": "DE89 3704 0044 0532 0130 00"})
        step = self._step(case, "Bank")
        self.assertEqual(step.state, "doing", "we have a look")
        with self.assertRaisesRegex(UserError, "after a call"):
            step.with_user(self.approver).action_done()
        step._save(CALL)
        with self.assertRaisesRegex(UserError, "may confirm bank details"):
            step.action_done()
        step.with_user(self.approver).action_done()
        self.assertEqual(step.state, "done")

    def test_whoever_entered_bank_details_does_not_confirm_them(self):
        case = self._case()
        step = self._step(case, "Bank")
        step._save({"holder": "Alder Quay", "iban": IBAN, **CALL})
        self.owner.group_ids += self.env.ref("trade_core.group_trade_bank")
        with self.assertRaisesRegex(UserError, "somebody else has to confirm"):
            step.action_done()
        step.with_user(self.approver).action_done()
        self.assertEqual((step.state, step.settled_by_id), ("done", self.approver))

    # -- duplicates ----------------------------------------------------------------------------

    def _entered(self, case):
        self._partner_does(case, "Company", COMPANY)
        self._partner_does(case, "Tax", {"vat": VAT})
        self._partner_does(case, "Numbers")
        step = self._step(case, "Bank")
        self._partner_does(case, "Bank", {"holder": "Alder Quay", "iban": IBAN})
        step._save(CALL)
        step.with_user(self.approver).action_done()
        return self._step(case, "Duplicates")

    def test_nobody_is_like_it(self):
        step = self._entered(self._case())
        self.assertEqual(step.state, "done")
        step.invalidate_recordset()
        self.assertFalse(step.read(["form"])[0]["form"])  # nothing is asked, and the step opens

    def test_a_person_decides_about_a_duplicate(self):
        Partner = self.env["res.partner"].sudo()
        known = Partner.create({"name": "Alderquay", "vat": VAT, "is_company": True})
        alike = Partner.create(
            {"name": "Alder Quay GmbH & Co", "is_company": True, "zip": "10115", "street": "Holzweg 1a"}
        )
        self.env["res.partner.bank"].sudo().create({"partner_id": known.id, "acc_number": IBAN})
        count = Partner.search_count([])
        case = self._case()
        step = self._entered(case)
        self.assertEqual((step.state, step.actor, case.state), ("todo", "us", "profiled"))
        texts = " ".join(one["text"] for one in step.findings)
        self.assertIn("Alderquay: same VAT number, same bank account", texts)
        self.assertIn("similar street, same postal code", texts)
        self.assertEqual(step.action_done()["res_id"], step.id, "the dialog stays open: what is it?")
        self.assertEqual(step.state, "todo")
        step._save({"choice": str(known.id), "why": "Talked to them"})
        step.action_done()
        self.assertEqual((step.state, case.partner_id), ("done", known))
        self.assertIn(alike.name, step.findings[1]["text"])
        self.assertEqual(Partner.search_count([]), count, "nothing was created or merged")

    def _all_but_approved(self, case):
        self._partner_does(case, "Company", {**COMPANY, "name": case.name})
        self._partner_does(case, "Tax", {"vat": VAT})
        for name, values in (("Bank", {"iban": IBAN, "holder": case.name}), ("Numbers", {})):
            self._partner_does(case, name, values)
        for name in ("Bank", "Credit", "Contract", "Insurance"):
            self._step(case, name).with_user(self.approver)._waive("Not needed here")
        return case

    def test_two_cases_of_one_company_make_one_contact(self):
        """The check of both found nobody; what the first created is found before the second creates."""
        first, second = (
            self._all_but_approved(self._case(name=name)) for name in ("Alder Quay", "Alderquay Trading")
        )
        self.assertEqual({self._step(case, "Duplicates").state for case in first | second}, {"done"})
        self._step(first, "Approve").with_user(self.approver).action_done()
        self.assertEqual((first.state, first.partner_id.vat), ("certified", VAT))
        self._step(second, "Approve").with_user(self.approver).action_done()
        check = self._step(second, "Duplicates")
        self.assertEqual((second.state, check.state, second.blocked_by_id), ("verified", "todo", check))
        self.assertIn("same VAT number", str(check.findings))
        said = str(second.message_ids.mapped("body"))
        self.assertIn("Since the check there is in Odoo: Alder Quay (", said)
        self.assertFalse(second.partner_id)
        # told apart by a person: it goes on
        check._save({"choice": "new", "why": "Their trading arm"})
        check.action_done()
        self._step(second, "Approve").with_user(self.approver).action_done()
        self.assertTrue(second.partner_id)
        self.assertNotEqual(second.partner_id, first.partner_id)

    def test_a_contact_in_the_archive_is_taken_out_of_it_first(self):
        known = self.env["res.partner"].sudo().create({"name": "Alderquay", "is_company": True, "vat": VAT})
        known.active = False
        case = self._case()
        step = self._entered(case)
        self.assertIn("similar name, archived", " ".join(one["text"] for one in step.findings))
        step._save({"choice": str(known.id), "why": "They are back"})
        step.action_done()
        self.assertEqual((step.state, case.partner_id), ("todo", self.env["res.partner"]))
        self.assertIn("The contact Alderquay is archived", step.findings[0]["text"])
        known.active = True
        step.action_done()
        self.assertEqual((step.state, case.partner_id), ("done", known))

    def test_contacts_of_another_company_of_ours_are_nobodys_duplicates(self):
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        stranger = self.env["res.partner"].sudo().create({"name": "Other", "company_id": elsewhere.id})
        self.env["res.partner.bank"].sudo().create({"partner_id": stranger.id, "acc_number": IBAN})
        case = self._all_but_approved(self._case())
        self.assertEqual(self._step(case, "Duplicates").state, "done")

    # -- credit, contract, documents -----------------------------------------------------------

    def test_credit_comes_from_the_bureaus_file(self):
        self.env["trade.credit.report"].sudo().create(
            {
                "company_name": "Alder Quay Gesellschaft mbH",
                "vat": "DE136695976",
                "source": "Bureau",
                "score": "A2",
                "limit": 5000,
                "checked_on": "2026-02-01",
            }
        )
        case = self._case()
        step = self._step(case, "Credit")
        self._partner_does(case, "Tax", {"vat": "DE 136 695 976"})
        self.assertFalse(step.data, "its turn has not come")
        self._partner_does(case, "Company", COMPANY)
        self.assertEqual((step.data["score"], step.data["proposed"]), ("A2", 5000))
        step._save({"limit": 0})
        self.assertFalse(step._kind()._complete(step))  # none at all is a limit too
        step._save({"limit": 6000})
        step.action_done()
        self.assertIn("above what the bureau proposes", step.findings[0]["text"])

    def test_a_credit_report_that_is_imported_later_is_there_when_the_step_is_opened(self):
        case = self._case()
        self._partner_does(case, "Company", COMPANY)
        step = self._step(case, "Credit")
        self.assertFalse(step.data)
        report = {"company_name": "alder quay", "source": "Bureau", "score": "B1", "limit": 700}
        self.env["trade.credit.report"].sudo().create(report)
        step.action_open()
        self.assertEqual((step.data["score"], step.data["proposed"]), ("B1", 700))
        self.env["trade.credit.report"].sudo().create({**report, "score": "C9"})
        step._save({"score": "by hand"})
        step.action_open()
        self.assertEqual(step.data["score"], "by hand", "what was entered stays")

    def test_a_contract_is_accepted_with_what_exactly_it_was(self):
        case = self._case()
        findings = self._partner_does(case, "Contract", {"signer": "Wilma", "position": "CEO"})
        self.assertEqual([finding.field for finding in findings], ["accepted"])
        self._partner_does(case, "Contract", {"accepted": "on"})
        step = self._step(case, "Contract")
        self.assertEqual((step.state, step.settled_who), ("done", "Wilma, 192.0.2.7"))
        self.assertIn("version 2026-1 of terms.txt", step.findings[0]["text"])
        self.template.step_ids.filtered(lambda one: one.kind == "contract").contract = False
        self.assertEqual(step.file_ids.raw, b"Be nice.", "what was accepted stays")

    def test_a_document_of_yesterday_is_refused(self):
        case = self._case()
        with freeze_time("2026-03-02"):
            [finding] = self._upload(case, "2026-03-01")
        self.assertIn("valid until 2026-03-01", finding.text)
        self.assertEqual(self._step(case, "Insurance").state, "waiting")

    def test_documents_are_renewed_before_they_lapse_and_lapsing_stops(self):
        with freeze_time("2026-03-02 09:00"):
            case = self._case()
            self._entered(case)
            self._upload(case, "2026-06-30")
            self._step(case, "Insurance").action_done()
            self._partner_does(case, "Contract", {"accepted": "on", "signer": "Wilma", "position": "CEO"})
            credit = self._step(case, "Credit")
            credit._save({"source": "by hand", "checked": "2026-03-02", "limit": 100})
            credit.action_done()
            self._step(case, "Approve").with_user(self.approver).action_done()
            case.action_go_on()
        self.assertEqual(case.state, "live")
        document = case.trade_partner_id.document_ids
        self.assertEqual((document.name, document.expires_on), ("Insurance", date(2026, 6, 30)))
        self.assertEqual(case.trade_partner_id.credit_limit, 100)
        self.assertEqual(case.partner_id.bank_ids.sanitized_acc_number, IBAN)
        self.assertEqual(case.partner_id.vat, VAT)
        Document = self.env["trade.partner.document"]
        with freeze_time("2026-05-01 09:00"):
            Document._cron_renew()
            self.assertEqual(self._step(case, "Insurance").state, "done", "not yet")
        self.env.invalidate_all()
        with freeze_time("2026-06-10 09:00"):
            Document._cron_renew()
            step = self._step(case, "Insurance")
            self.assertEqual((step.state, case.state), ("waiting", "live"))
            self.assertIn("Please send the new one", step.move_ids.filtered("reason")[:1].reason)
        self.env.invalidate_all()
        with freeze_time("2026-07-01 09:00"):
            Document._cron_renew()
            self.assertEqual((case.state, case.trade_partner_id.state), ("suspended", "suspended"))
            case.action_resume()
            self._upload(case, "2027-06-30")
            self._step(case, "Insurance").action_done()
        self.assertEqual(document.state, "replaced")
        self.assertEqual(
            case.trade_partner_id.document_ids.filtered(lambda one: not one.replaced_by_id).expires_on,
            date(2027, 6, 30),
        )

    def test_waiving_is_not_a_way_around_four_eyes(self):
        case = self._case()
        with self.assertRaises(BusinessRefused):
            self._step(case, "Bank").with_user(self.plain)._waive("Trust me")
