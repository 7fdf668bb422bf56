import json

from odoo import Command
from odoo.tests import tagged

from .common import CertificationCase
from .test_certification_case import RULES

REVISION = "order_reference.sequence_number"


class ChangesCase(CertificationCase):
    """A supplier who also gets changes and cancellations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.only_orders = cls.certification
        cls.route_change, cls.route_end = cls.env["trade.route"].create(
            [
                {
                    "trade_partner_id": cls.profile.id,
                    "connector_id": cls.connector.id,
                    "direction": "out",
                    "document_type": document_type,
                    "mode": "test",
                }
                for document_type in ("order_change", "order_cancellation")
            ]
        )
        cls.all = cls.env["trade.certification"]._for_profile(cls.profile)
        cls.change = cls.all.filtered(lambda one: one.route_out_id == cls.route_change)
        cls.end = cls.all.filtered(lambda one: one.route_out_id == cls.route_end)

    @staticmethod
    def about(answer, revision=1):
        """The answer, with the revision it is about."""
        answer["order_reference"]["sequence_number"] = revision
        return answer

    def good(self, test):
        changed = "order_lines" in test.asked
        return self.about(super().good(test) if changed else self.ended(test))

    @staticmethod
    def ended(test, code=None):
        """The answer to a cancellation."""
        return {
            "document_type": "order_response",
            "id": f"AB-{test.number}",
            "issue_date": "2031-01-05",
            "order_response_code": code or ("RE" if test.kind == "rejected" else "AP"),
            "order_reference": {"id": test.number},
        }

    def orders_left(self):
        return self.env["purchase.order"].search([("name", "=like", "CT0%")])

    def fails(self, test, answer, *codes):
        self.come(answer)
        self.assertEqual((test.state, self.codes(test.last_run_id)), ("failed", list(codes)))
        self.assertTrue(all(one["remedy"] for one in test.findings if one["level"] == "error"))


@tagged("post_install", "-at_install")
class TestCertificationChanges(ChangesCase):
    def setUp(self):
        super().setUp()
        self.certification = self.change

    def test_each_thing_we_send_has_its_own_tests(self):
        self.assertEqual(len(self.all), 3)
        self.assertEqual(self.all.route_in_id, self.route_in)
        self.assertEqual(len(set(self.all.mapped("name"))), 3)
        self.assertIn("(Order change)", self.change.name)
        self.assertNotIn("(", self.only_orders.name)
        self.assertEqual(
            self.change.test_ids.mapped("kind"),
            ["accepted", "changed", "changed", "rejected", "malformed", "duplicate"],
        )
        self.assertEqual(self.end.test_ids.mapped("kind"), ["accepted", "rejected", "malformed", "duplicate"])
        self.assertEqual((self.change.test_count, self.end.test_count), (3, 3))
        again = self.env["trade.certification"]._for_profile(self.profile)
        self.assertEqual((again, len(again.test_ids)), (self.all, len(self.all.test_ids)))

    def test_without_a_route_for_orders_nobody_has_a_change_to_answer(self):
        self.only_orders.sudo().unlink()
        self.route_out.unlink()
        self.assertFalse(self.env["trade.certification.cases"]._pairs(self.profile))

    def test_a_templates_own_tests_replace_those_of_their_kind_alone(self):
        template = self.env["trade.onboarding.template"].create({"name": "Own"})
        Case = self.env["trade.certification.case"]
        own = Case.create({"name": "Just this", "template_id": template.id, "about": "order_change"})
        self.assertEqual(Case._for(template, "order_response", "order_change"), own)
        self.assertEqual(len(Case._for(template, "order_response", "order")), 7)
        self.assertEqual(len(Case._for(template, "order_response", "order_cancellation")), 4)

    def test_the_order_leaves_first_and_then_the_change(self):
        test = self.sent("accepted")
        runs = test.run_ids.sorted("id")
        self.assertEqual(runs.message_id.route_id, self.route_out | self.route_change)
        order, change = (json.loads(message._raw()) for message in runs.message_id.sorted("id"))
        self.assertEqual((order["document_type"], order["id"]), ("order", test.number))
        self.assertEqual((order.get("sequence_number", 0), change["sequence_number"]), (0, 1))
        self.assertEqual(set(runs.message_id.mapped("mode")), {"test"})
        self.assertEqual(runs.message_id.sorted("id").mapped("revision"), [0, 1])
        self.assertEqual([line["quantity"]["value"] for line in order["order_lines"]], ["10", "4"])
        told = {
            line["id"]: (line["line_status_code"], line["quantity"]["value"])
            for line in change["order_lines"]
        }
        self.assertEqual(told, {"2": ("3", "8"), "3": ("1", "6")}, "what did not change is not said")
        self.assertEqual(test.message_id.route_id, self.route_change)
        self.assertEqual(
            [line["quantity"]["value"] for line in test.asked["order_lines"]],
            ["10", "8", "6"],
            "answers are compared with the order as it stands",
        )
        self.assertFalse(self.orders_left())
        words = " ".join(test._row()["lines"])
        self.assertIn("line 2 is 8", words)
        self.assertIn("Line 3", words)

    def test_a_change_of_all_lines(self):
        self.route_change.change_scope = "all"
        change = json.loads(self.sent("accepted").message_id._raw())
        self.assertEqual([line["line_status_code"] for line in change["order_lines"]], ["5", "3", "1"])

    def test_where_changes_wait_for_a_person(self):
        self.route_out.change_sending = "manual"
        test = self.sent("accepted")
        self.assertEqual(test.message_id.document_type, "order_change")
        self.come(self.good(test))
        self.assertPassed(test)

    def test_every_kind_passes_with_its_answer(self):
        self.change.test_ids.required = True
        self.pass_all()
        for test in self.change.test_ids:
            self.assertPassed(test)
        self.assertEqual(self.change.state, "passed")
        self.assertEqual(self.only_orders.state, "open", "each pair for itself")
        self.assertFalse(self.orders_left())
        self.assertIn("trade_promised_qty", {one["field"] for one in self.the("accepted").effects})

    def test_the_answer_to_the_order_is_not_the_answer_to_the_change(self):
        test = self.sent("accepted")
        self.come(self.about(self.as_ordered(test), 0))
        run = test.run_ids.sorted("id")[-1]
        self.assertEqual((test.state, run.outcome), ("sent", "noted"))
        self.assertEqual(run.findings[0]["code"], "certification.earlier")
        self.come(self.good(test))
        self.assertPassed(test)

    def test_the_revision_is_named(self):
        test = self.sent("accepted")
        self.fails(test, self.as_ordered(test), "no_revision")
        self.fails(test, self.about(self.as_ordered(test), 2), "other_revision", "response.future_order")

    def test_as_it_was_before_the_change(self):
        test = self.sent("accepted")
        before = [self.said(test, 0), self.said(test, 1, quantity=4)]
        self.fails(test, self.about(self.reply(test, *before)), "left_out", "quantity", "differs")
        self.come(self.good(test))
        self.assertPassed(test)

    def test_another_price_where_as_ordered_is_asked_for(self):
        test = self.sent("accepted")
        lines = [self.said(test, 0), self.said(test, 1, "3", price="77.5"), self.said(test, 2)]
        self.fails(test, self.about(self.reply(test, *lines)), "price", "differs")

    def test_an_own_format_without_a_place_for_the_revision(self):
        if "trade.layout" not in self.env:
            self.skipTest("no layouts here")
        layout = self.env["trade.layout"].create({"name": "Answers", "document_type": "order_response"})
        layout.draft_id.rule_ids = [Command.create(rule) for rule in RULES]
        layout.draft_id.action_use()
        self.route_in.write({"codec": "layout", "layout_id": layout.id})
        test = self.sent("accepted")
        self.come(self.as_table(test))
        self.assertPassed(test)
        self.assertIn("no_revision", self.codes(test.last_run_id, "warning"))
        layout.action_edit()
        layout.draft_id.rule_ids = [Command.create({"target": REVISION, "source": "Rev", "kind": "number"})]
        layout.draft_id.action_use()
        test._send()
        self.fails(test, self.as_table(test), "no_revision")
        self.come(self.as_table(test, "1"))
        self.assertPassed(test)

    @staticmethod
    def as_table(test, revision=""):
        """The answer that everything is as ordered, in the partner's own format."""
        rows = [
            (f"AB-{test.number}", test.number, revision, line["id"], line["quantity"]["value"])
            for line in test.asked["order_lines"]
        ]
        return "\n".join(map(";".join, [("Ack", "PO", "Rev", "Line", "Qty"), *rows])).encode()


@tagged("post_install", "-at_install")
class TestCertificationCancellations(ChangesCase):
    def setUp(self):
        super().setUp()
        self.certification = self.end

    def test_the_order_leaves_first_and_then_its_end(self):
        test = self.sent("accepted")
        messages = test.run_ids.message_id.sorted("id")
        self.assertEqual(messages.mapped("document_type"), ["order", "order_cancellation"])
        end = json.loads(messages[1]._raw())
        self.assertEqual((end["order_reference"]["id"], end["sequence_number"]), (test.number, 1))
        self.assertFalse(self.orders_left())
        self.assertEqual(len(test._row()["lines"]), 2)

    def test_every_kind_passes_with_its_answer(self):
        self.end.test_ids.required = True
        self.pass_all()
        for test in self.end.test_ids:
            self.assertPassed(test)
        self.assertEqual(self.end.state, "passed")
        self.assertFalse(self.orders_left())

    def test_that_it_cannot_be_cancelled_is_what_a_person_hears_of(self):
        test = self.sent("rejected")
        self.come(self.good(test))
        self.assertPassed(test)
        [held] = [one for one in test.findings if one["code"] == "order.end_refused"]
        self.assertEqual(held["level"], "ok")

    def test_wrong_answers(self):
        test = self.sent("accepted")
        self.fails(test, self.ended(test), "no_revision", "order.closed")
        self.fails(test, self.about(self.ended(test), 2), "other_revision", "order.closed")
        self.fails(test, self.about(self.ended(test, "RE")), "end.not_accepted", "order.end_refused")
        self.fails(test, self.about(self.ended(test, "AB")), "end.not_accepted")
        self.come(self.good(test))
        self.assertPassed(test)
        test = self.sent("rejected")
        self.fails(test, self.about(self.ended(test, "AP")), "end.not_rejected")

    def test_the_answer_to_the_order_is_not_the_answer_to_its_end(self):
        test = self.sent("accepted")
        self.come(self.about(self.ended(test), 0))
        self.assertEqual((test.state, test.run_ids.sorted("id")[-1].outcome), ("sent", "noted"))

    def test_an_old_attempt(self):
        test = self.sent("accepted")
        old = self.good(test)
        test._send()
        self.come(old)
        run = test.run_ids.sorted("id")[-1]
        self.assertEqual((test.state, run.outcome, self.codes(run)), ("sent", "noted", ["old"]))

    def test_somebody_elses_end(self):
        partner = self.env["res.partner"].create({"name": "Rival", "is_company": True})
        rival = self.env["trade.partner"].create({"partner_id": partner.id, "state": "draft"})
        route = self.route_in.copy({"trade_partner_id": rival.id, "mode": "test"})
        test = self.sent("accepted")
        message = self.come(self.good(test), route=route)
        self.assertEqual((test.state, message.state), ("sent", "held"))
        self.assertEqual(len(test.run_ids), 2, "what we sent, nothing else")
