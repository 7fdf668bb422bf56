from unittest.mock import patch

from odoo.tests import tagged

from .common import CertificationCase


@tagged("post_install", "-at_install")
class TestCertificationProof(CertificationCase):
    """The proof, what makes it stale, and what it means for the case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.env.user
        cls.template = cls.env["trade.onboarding.template"].create({"name": "Small", "auto_live": False})
        Step = cls.env["trade.onboarding.template.step"]
        tests = Step.create(
            {
                "template_id": cls.template.id,
                "sequence": 1,
                "name": "Tests",
                "kind": "certification",
                "actor": "partner",
                "gate": "certified",
            }
        )
        Step.create(
            {
                "template_id": cls.template.id,
                "sequence": 2,
                "name": "Release",
                "kind": "task",
                "actor": "us",
                "gate": "live",
                "depends_ids": [(6, 0, tests.ids)],
            }
        )

    def _case(self):
        self.certification.sudo().unlink()
        case = self.env["trade.onboarding"].create(
            {
                "name": "Wood Corner",
                "template_id": self.template.id,
                "partner_id": self.vendor.id,
                "trade_partner_id": self.profile.id,
            }
        )
        type(self).certification = case.certification_ids
        return case

    def test_the_step_makes_the_tests_and_waits_for_them(self):
        case = self._case()
        step = case.step_ids.filtered(lambda step: step.kind == "certification")
        self.assertEqual(case.certification_ids.route_in_id, self.route_in)
        self.assertEqual(step.state, "waiting")
        self.assertEqual(case.state, "connected")
        findings = step._submit({}, who="Wilma")
        self.assertEqual([one.level for one in findings], ["error"])
        self.pass_all()
        self.assertEqual(step.state, "done")
        self.assertEqual(case.state, "certified")

    def test_going_live_flips_all_routes_together(self):
        case = self._case()
        self.pass_all()
        case.step_ids.filtered(lambda step: step.name == "Release").action_done()
        case.action_go_on()
        self.assertEqual((self.route_out.mode, self.route_in.mode), ("live", "live"))
        self.assertEqual((case.state, self.profile.state), ("live", "live"))

    def test_going_live_is_all_or_nothing(self):
        case = self._case()
        self.pass_all()
        case.step_ids.filtered(lambda step: step.name == "Release").action_done()
        profile = self.env.registry["trade.partner"]
        with (
            patch.object(profile, "action_go_live", side_effect=RuntimeError("in the middle")),
            self.assertRaises(RuntimeError),
            self.env.cr.savepoint(),
        ):
            case.action_go_on()
        self.env.invalidate_all()
        self.assertEqual((self.route_out.mode, self.route_in.mode, case.state), ("test", "test", "certified"))

    def test_an_untested_route_stays_on_trial(self):
        case = self._case()
        other = self.env["trade.route"].create(
            {
                "trade_partner_id": self.profile.id,
                "connector_id": self.connector.id,
                "direction": "in",
                "document_type": "party_update",
                "mode": "test",
            }
        )
        for step in case.step_ids:
            step._waive("It is urgent")
        case._move("live")
        self.assertEqual((self.route_out.mode, self.route_in.mode), ("test", "test"))
        self.assertEqual(other.mode, "live", "for it there are no tests")

    def test_unless_the_template_does_not_ask(self):
        self.template.certified_only = False
        case = self._case()
        for step in case.step_ids:
            step._waive("It is urgent")
        case._move("live")
        self.assertEqual((self.route_out.mode, self.route_in.mode), ("live", "live"))

    def test_the_proof_is_kept(self):
        self.pass_all()
        one = self.certification
        self.assertEqual(len(one.proof["tests"]), 6)
        self.assertEqual(one.proof["settings"]["in"]["codec"], "canonical_json")
        self.assertTrue(all(test["answer"] and test["asked"] for test in one.proof["tests"]))
        self.assertEqual(len(one.proof_digest), 64)
        one._check_current()
        self.assertEqual(one.state, "passed")

    def test_changes_that_matter(self):
        for vals in (
            {"codec_options": {"timezone": "Europe/Brussels"}},
            {"endpoint": "/new"},
            {"codec": "ubl"},
        ):
            with self.subTest(vals=vals):
                self.pass_all()
                self.assertEqual(self.certification.state, "passed")
                old = {name: self.route_in[name] for name in vals}
                self.route_in.write(vals)
                self.assertEqual(self.certification.state, "stale")
                self.assertIn(self.route_in.name, self.certification.stale_reason)
                self.assertEqual(set(self.certification.test_ids.mapped("state")), {"todo"})
                self.route_in.write(old)
        self.assertEqual(self.certification.activity_ids.user_id, self.certification.user_id)

    def test_changes_that_do_not(self):
        self.pass_all()
        self.route_in.write({"mode": "live", "ack_hours": 3, "lanes": 2, "sequence": 9})
        self.connector.write({"name": "Renamed", "read_timeout": 9})
        self.assertEqual(self.certification.state, "passed")

    def test_another_address_touches_only_its_routes(self):
        self.pass_all()
        other = self.connector.copy({"name": "Other"})
        other.base_url = "https://other.example"
        self.assertEqual(self.certification.state, "passed")
        self.connector.base_url = "https://new.example"
        self.assertEqual(self.certification.state, "stale")
        self.assertEqual(self.route_out.certification_state, "stale")

    def test_a_live_route_goes_on_unless_the_template_says_otherwise(self):
        case = self._case()
        self.pass_all()
        case.step_ids.filtered(lambda step: step.name == "Release").action_done()
        case.action_go_on()
        self.route_in.endpoint = "/new"
        self.assertEqual((self.route_in.mode, self.certification.state), ("live", "stale"))
        self.pass_all()
        self.assertEqual(self.certification.state, "passed")
        self.assertFalse(self.certification.activity_ids)
        self.template.stale_stops = True
        self.route_in.endpoint = "/newer"
        self.assertEqual((self.route_in.mode, self.route_out.mode), ("test", "test"))
