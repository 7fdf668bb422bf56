import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.trade_kernel.errors import BusinessRefused

from .common import CertificationCase

#: tables that note how the bench itself was used
_OWN = {
    "trade_certification",
    "trade_certification_test",
    "trade_certification_run",
    "trade_message",
    "trade_attempt",
    "mail_message",
    "mail_tracking_value",
    "mail_followers",
    "mail_activity",
    "queue_job",
    "bus_bus",
}


@tagged("post_install", "-at_install")
class TestCertification(CertificationCase):
    def test_the_tests_come_from_the_delivered_cases(self):
        kinds = self.certification.test_ids.mapped("kind")
        self.assertEqual(
            kinds, ["accepted", "changed", "changed", "partial", "rejected", "malformed", "duplicate"]
        )
        self.assertEqual(self.certification.route_out_id, self.route_out)
        self.assertEqual(self.certification.route_in_id, self.route_in)
        self.assertEqual(self.certification.test_count, 6, "a later day may be left out")
        self.assertIn("2", self.the("partial").asks)

    def test_cases_of_a_template_replace_the_delivered_ones(self):
        template = self.env["trade.onboarding.template"].create({"name": "Own"})
        case = self.env["trade.certification.case"].create(
            {"name": "Just this", "template_id": template.id, "kind": "accepted", "line_count": 3}
        )
        found = self.env["trade.certification.case"]._for(template, "order_response")
        self.assertEqual(found, case)
        prepared = self.env["trade.certification.cases.order_response"]._prepare(self.certification, case)
        self.assertEqual(len(prepared["spec"]["lines"]), 3)

    def test_sending_makes_no_order_and_marks_the_message(self):
        orders = self.env["purchase.order"].search_count([])
        test = self.sent("accepted")
        self.assertEqual(self.env["purchase.order"].search_count([]), orders)
        message = test.message_id
        self.assertEqual((message.mode, message.state, message.route_id), ("test", "queued", self.route_out))
        document = json.loads(message._raw())
        self.assertEqual(document["id"], test.number)
        self.assertEqual([line["quantity"]["value"] for line in document["order_lines"]], ["10", "4"])
        self.assertTrue(message.payload_digest, "it is ready to leave and is not collected again")

    def test_over_a_live_route_it_is_still_a_test(self):
        self.profile.state = "live"
        (self.route_out | self.route_in).mode = "live"
        test = self.sent("accepted")
        self.assertEqual(test.message_id.mode, "test")
        message = self.come(self.good(test))
        self.assertEqual((message.mode, message.state), ("test", "ignored"))
        self.assertPassed(test)
        self.assertFalse(message.exception_id)

    def test_every_kind_passes_with_its_answer(self):
        self.pass_all()
        for test in self.certification.test_ids.filtered("required"):
            self.assertPassed(test)
        self.assertEqual(self.certification.state, "passed")

    def test_what_would_have_changed_is_shown(self):
        test = self.sent("accepted")
        self.come(self.as_ordered(test))
        effects = test.effects
        self.assertTrue(effects)
        self.assertIn("purchase.order.line", {effect["model"] for effect in effects})
        changed = {effect["field"] for effect in effects}
        self.assertIn("trade_promised_qty", changed)
        self.assertTrue(all(effect["gone"] for effect in effects), "the order cannot be opened")

    def _counts(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname = 'public'"
        )
        tables = sorted({name for (name,) in self.env.cr.fetchall()} - _OWN)
        counts = {}
        for table in tables:
            self.env.cr.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = self.env.cr.fetchone()[0]
        self.env.cr.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE sequencename ~ '^ir_sequence_[0-9]'"
        )
        return counts, dict(self.env.cr.fetchall())

    def test_nothing_changes(self):
        """Row by row: no business table has more or fewer rows, no number was used up."""
        self.the("accepted")  # warm caches and settings
        self.sent("rejected")
        before = self._counts()
        test = self.sent("accepted")
        self.come(self.as_ordered(test))
        self.assertPassed(test)
        again = self.sent("partial")
        self.come(self.good(again))
        self.assertPassed(again)
        rows, numbers = self._counts()
        self.assertEqual({name: count for name, count in rows.items() if before[0].get(name) != count}, {})
        self.assertEqual(numbers, before[1])
        self.assertFalse(self.env["purchase.order"].search([("name", "=like", "CT0%")]))

    def test_a_wrong_answer_says_what_to_correct(self):
        test = self.sent("partial")
        self.come(self.as_ordered(test))
        self.assertEqual(test.state, "failed")
        self.assertEqual(self.codes(test.last_run_id), ["not_short"])
        finding = next(one for one in test.findings if one["level"] == "error")
        self.assertIn("Line 2", finding["text"])
        self.assertTrue(finding["remedy"])
        self.assertTrue(finding["place"])
        self.come(self.good(test))
        self.assertPassed(test)
        self.assertEqual(
            test.run_ids.sorted("id").mapped("outcome"), ["sent", "failed", "passed"], "every try is kept"
        )

    def test_references_have_to_be_carried(self):
        test = self.sent("accepted")
        answer = self.as_ordered(test)
        answer["order_lines"][0]["quantity"]["unit_code"] = "CT"
        answer["order_lines"][1]["item"] = {
            "name": "Thing", "sellers_item_identification": {"id": "OTHER"}
        }  # fmt: skip
        self.come(answer)
        self.assertEqual(test.state, "failed")
        self.assertIn("unit", self.codes(test.last_run_id))
        self.assertIn("item", self.codes(test.last_run_id))

    def test_a_file_that_cannot_be_read_belongs_to_its_test(self):
        test = self.sent("accepted")
        raw = json.dumps(self.as_ordered(test)).encode()
        message = self.come(raw[:-30])
        self.assertEqual(test.state, "failed")
        self.assertEqual({one["stage"] for one in test.findings}, {"syntax"})
        self.assertEqual(message.state, "ignored")
        self.assertFalse(message.exception_id, "a test is nobody's problem")

    def test_malformed_is_passed_by_being_refused(self):
        test = self.sent("malformed")
        self.come(self.as_ordered(test))
        self.assertEqual((test.state, self.codes(test.last_run_id)), ("failed", ["not_broken"]))
        self.come(json.dumps(self.as_ordered(test)).encode()[:-30])
        self.assertPassed(test)

    def test_malformed_by_breaking_their_own_answer(self):
        test = self.the("malformed")
        with self.assertRaises(BusinessRefused):
            test._break()
        other = self.sent("accepted")
        self.come(self.as_ordered(other))
        self.assertTrue(test.can_break)
        test._break(who="Wilma")
        self.assertPassed(test)
        self.assertEqual((test.last_run_id.kind, test.last_run_id.who), ("broken", "Wilma"))

    def test_the_same_twice(self):
        test = self.sent("duplicate")
        answer = self.as_ordered(test)
        self.come(answer)
        self.assertEqual((test.state, test.last_run_id.outcome), ("sent", "waits"))
        other = {**answer, "note": ["Something else"]}
        self.come(other)
        self.assertEqual((test.state, self.codes(test.last_run_id)), ("failed", ["other_content"]))
        test._send()
        answer = self.as_ordered(test)
        self.come(answer)
        self.come(answer)
        self.assertPassed(test)

    def test_twice_with_another_number_is_not_the_same(self):
        test = self.sent("duplicate")
        self.come(self.as_ordered(test, number="AB-1"))
        self.come(self.as_ordered(test, number="AB-2"))
        self.assertEqual((test.state, self.codes(test.last_run_id)), ("failed", ["twice"]))

    def test_uploaded(self):
        test = self.the("accepted")
        with self.assertRaises(BusinessRefused):
            test._upload(b"{}")
        test._send()
        test._upload(b"nothing", "answer.json", who="Wilma")
        self.assertEqual(test.state, "failed")
        self.assertEqual((test.last_run_id.kind, test.last_run_id.who), ("upload", "Wilma"))
        test._upload(json.dumps(self.good(test)).encode(), "answer.json")
        self.assertPassed(test)

    def test_the_partner_runs_it_alone(self):
        row = self.certification._run_for_partner(self.the("accepted").id, who="Wilma")
        self.assertEqual((row["state"], row["can_upload"]), ("sent", True))
        self.assertTrue(row["asks"])
        self.assertEqual(len(row["lines"]), 2)
        test = self.env["trade.certification.test"].browse(row["id"])
        upload = json.dumps(self.good(test)).encode()
        row = self.certification._run_for_partner(test, upload, "answer.json", who="Wilma")
        self.assertEqual((row["state"], row["runs"][0]["outcome"]), ("passed", "passed"))
        self.assertTrue(row["effects"])
        [all_] = self.certification._rows()
        self.assertEqual((all_["passed"], all_["needed"]), (1, 6))
        json.dumps(all_, default=str)

    def test_rerun(self):
        test = self.sent("accepted")
        first = test.number
        self.come(self.good(test))
        test._send()
        self.assertNotEqual(test.number, first)
        self.assertEqual(test.state, "sent")
        self.come(self.good(test))
        self.assertPassed(test)

    def test_tries_are_never_changed(self):
        test = self.sent("accepted")
        with self.assertRaises(UserError):
            test.run_ids.write({"outcome": "passed"})
        with self.assertRaises(UserError):
            test.run_ids.unlink()
        with self.assertRaises(AccessError):
            test.with_user(self.buyer).write({"state": "passed"})

    def test_a_user_may_send(self):
        test = self.the("accepted").with_user(self.buyer)
        test.action_send()
        self.assertEqual(test.state, "sent")
        self.assertEqual(test.run_ids.user_id, self.buyer)

    def test_without_products_it_says_what_is_missing(self):
        self.env["product.supplierinfo"].search([("partner_id", "=", self.vendor.id)]).unlink()
        self.certification.test_ids.sudo().unlink()
        self.certification._prepare_tests()
        self.assertFalse(self.certification.test_ids)
        self.assertIn("vendor price", self.certification.missing)
        self.assertEqual(self.certification.state, "open")

    def test_suspended_nothing_is_sent(self):
        self.profile.state = "suspended"
        with self.assertRaises(BusinessRefused):
            self.sent("accepted")
