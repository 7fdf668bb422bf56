import json
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .common import CertificationCase

#: how a table of answers is read
RULES = [
    {"target": "id", "source": "Ack", "required": True},
    {"target": "issue_date", "constant": "2031-01-05", "kind": "date"},
    {"target": "order_response_code", "constant": "AP"},
    {"target": "order_reference.id", "source": "PO"},
    {"target": "order_lines.order_line_reference.line_id", "source": "Line"},
    {"target": "order_lines.line_status_code", "constant": "5"},
    {"target": "order_lines.quantity.value", "source": "Qty", "kind": "number"},
    {"target": "order_lines.quantity.unit_code", "constant": "C62"},
]


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
        self.certification = case.certification_ids
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

    # -- what it touches and only that ---------------------------------------------------------

    def _neighbour(self):
        """Another supplier, passed as well; what is changed of the first is none of its business."""
        vendor = self.env["res.partner"].create({"name": "Neighbour", "is_company": True})
        profile = self.env["trade.partner"].create({"partner_id": vendor.id, "state": "draft"})
        connector = self.connector.copy({"name": "Neighbour", "trade_partner_id": profile.id})
        for route in self.route_out | self.route_in:
            route.copy({"trade_partner_id": profile.id, "connector_id": connector.id, "mode": "test"})
        for product in self.products:
            self.env["product.supplierinfo"].create(
                {
                    "partner_id": vendor.id,
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "product_code": f"N-{product.id}",
                    "price": 5,
                }
            )
        found = self.env["trade.certification"]._for_profile(profile)
        self.assertTrue(found.test_ids)
        for test in found.test_ids.filtered("required"):
            test._send()
            good = self.good(test)
            answers = [good]
            if test.kind == "malformed":
                answers = [json.dumps(good).encode()[:-20]]
            elif test.kind == "duplicate":
                answers = [good, good]
            for answer in answers:
                self.come(answer, route=found.route_in_id)
        self.assertEqual(found.state, "passed")
        return found

    def _mapping(self, code="WC-DESK", **vals):
        return self.env["trade.mapping"].create(
            {
                "trade_partner_id": self.profile.id,
                "kind": "product",
                "scheme": "seller",
                "code": code,
                "product_id": self.desk.id,
                **vals,
            }
        )

    def _tested_code(self):
        return self.the("accepted").asked["order_lines"][0]["item"]["sellers_item_identification"]["id"]

    def test_a_code_that_means_something_else(self):
        neighbour = self._neighbour()
        self.pass_all()
        self._mapping("Nobody's", kind="reason", scheme=False, product_id=False, value="late")
        self.assertEqual(self.certification.state, "passed", "the daily business of mappings touches nothing")
        ordered = self.the("accepted").spec["lines"][0]["product_id"]
        mapping = self._mapping(self._tested_code(), product_id=ordered)
        self.assertEqual((self.certification.state, neighbour.state), ("stale", "passed"))
        self.assertIn(mapping.code, self.certification.stale_reason)
        self.pass_all()
        self.assertEqual(self.certification.state, "passed")
        mapping.note = "Looked up with Wilma."
        self.assertEqual(self.certification.state, "passed", "a note changes no meaning")
        mapping.product_id = next(product for product in self.products if product.id != ordered)
        self.assertEqual((self.certification.state, neighbour.state), ("stale", "passed"))
        mapping.product_id = ordered
        self.pass_all()
        mapping.unlink()
        self.assertEqual((self.certification.state, neighbour.state), ("stale", "passed"))

    def test_a_code_that_means_something_else_for_everybody(self):
        neighbour = self._neighbour()
        self.pass_all()
        unit = self.the("accepted").asked["order_lines"][0]["quantity"]["unit_code"]
        self._mapping(
            unit, trade_partner_id=False, kind="uom", scheme=False, product_id=False, factor=1,
            uom_id=self.env.ref("uom.product_uom_unit").id,
        )  # fmt: skip
        self.assertEqual((self.certification.state, neighbour.state), ("stale", "stale"), "both used it")

    def test_the_address_of_one_connector(self):
        neighbour = self._neighbour()
        self.pass_all()
        self.connector.base_url = "https://new.example"
        self.assertEqual((self.certification.state, neighbour.state), ("stale", "passed"))
        self.assertFalse(neighbour.activity_ids)
        [activity] = self.certification.activity_ids
        self.assertEqual(activity.user_id, self.certification.user_id)
        self.assertIn(self.profile.name, activity.summary)
        self.assertIn("Address", activity.note)

    def _answer_as_table(self, test):
        rows = [
            (f"AB-{test.number}", test.number, line["id"], line["quantity"]["value"])
            for line in test.asked["order_lines"]
        ]
        return "\n".join(map(";".join, [("Ack", "PO", "Line", "Qty"), *rows])).encode()

    def test_a_new_version_of_the_layout(self):
        """In use, it is what the tests were passed with no longer; as a draft it is nothing yet."""
        if "trade.layout" not in self.env:
            self.skipTest("no layouts here")
        layout = self.env["trade.layout"].create({"name": "Answers", "document_type": "order_response"})
        layout.draft_id.rule_ids = [Command.create(rule) for rule in RULES]
        layout.draft_id.action_use()
        self.route_in.write({"codec": "layout", "layout_id": layout.id})
        self.certification.test_ids.filtered(lambda test: test.kind != "accepted").unlink()
        test = self.sent("accepted")
        self.come(self._answer_as_table(test))
        self.assertPassed(test)
        self.assertEqual(self.certification.state, "passed")
        layout.action_edit()
        layout.draft_id.decimal = "comma"
        self.assertEqual(self.certification.state, "passed", "a draft is not used yet")
        layout.draft_id.action_use()
        self.assertEqual(self.certification.state, "stale")
        self.assertIn("layout", self.certification.stale_reason)
        self.assertEqual(self.certification.activity_ids.user_id, self.certification.user_id)

    def test_the_partner_is_asked_to_run_them_again(self):
        case = self._case()
        case.email = "orders@woodcorner.example"
        self.pass_all()
        step = case.step_ids.filtered(lambda step: step.kind == "certification")
        case.step_ids.filtered(lambda step: step.name == "Release").action_done()
        case.action_go_on()
        mails = self.env["mail.mail"].search_count([])
        self.route_in.endpoint = "/new"
        self.assertEqual((case.state, step.state), ("live", "waiting"), "trading goes on")
        self.assertTrue(step._partner_may())
        self.assertIn("once more", step.reason)
        self.assertEqual(case.step_ids.filtered(lambda step: step.name == "Release").state, "done")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails + 1)
        self.route_out.endpoint = "/newer"
        self.assertEqual(self.env["mail.mail"].search_count([]), mails + 1, "asked once")
        self.pass_all()
        self.assertEqual((step.state, self.certification.state), ("done", "passed"))

    def test_before_the_release_it_waits_for_them(self):
        case = self._case()
        self.pass_all()
        release = case.step_ids.filtered(lambda step: step.name == "Release")
        release.action_done()
        self.route_in.endpoint = "/new"
        self.assertEqual(release.state, "todo")
        self.assertFalse(release.ready_at)
        self.pass_all()
        self.assertTrue(release.ready_at)

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
