import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.trade_kernel.errors import BusinessRefused

from .common import CertificationCase


@tagged("post_install", "-at_install")
class TestCertificationSaboteur(CertificationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival_vendor = cls.env["res.partner"].create({"name": "Rival", "is_company": True})
        cls.rival = cls.env["trade.partner"].create({"partner_id": cls.rival_vendor.id, "state": "draft"})
        connector = cls.env["trade.connector"].create(
            {"name": "Rival", "trade_partner_id": cls.rival.id, "transport": "manual"}
        )
        cls.rival_route = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.rival.id,
                "connector_id": connector.id,
                "direction": "in",
                "document_type": "order_response",
                "mode": "test",
            }
        )

    def test_somebody_elses_test(self):
        test = self.sent("accepted")
        message = self.come(self.good(test), route=self.rival_route)
        self.assertEqual((test.state, len(test.run_ids)), ("sent", 1), "nothing of it reaches the test")
        self.assertEqual(message.state, "held")
        self.assertIn(test.number, message.state_reason)
        self.assertNotIn(self.vendor.name, message.state_reason)

    def test_somebody_elses_test_in_a_broken_file(self):
        test = self.sent("malformed")
        self.come(json.dumps(self.good(test)).encode()[:-30], route=self.rival_route)
        self.assertEqual((test.state, len(test.run_ids)), ("sent", 1))

    def test_somebody_elses_test_in_the_portal(self):
        other = self.env["trade.certification"].create(
            {
                "trade_partner_id": self.rival.id,
                "route_out_id": self.route_out.id,
                "route_in_id": self.rival_route.id,
            }
        )
        with self.assertRaises(AccessError):
            other._run_for_partner(self.the("accepted").id)

    def test_an_old_answer(self):
        test = self.sent("accepted")
        old = self.good(test)
        test._send()
        self.come(old)
        run = test.run_ids[0]
        self.assertEqual((test.state, run.outcome, self.codes(run)), ("sent", "noted", ["old"]))
        self.assertIn(test.number, run.findings[0]["remedy"])
        with self.subTest("uploaded"):
            test._upload(json.dumps(old).encode())
            self.assertEqual((test.state, self.codes(test.last_run_id)[:1]), ("failed", ["other_order"]))

    def test_answers_after_it_was_passed(self):
        test = self.sent("accepted")
        self.come(self.good(test))
        self.come(self.reply(test, code="RE"))
        self.assertPassed(test)
        self.assertEqual(test.run_ids[0].outcome, "noted")
        with self.assertRaises(BusinessRefused):
            test._upload(json.dumps(self.reply(test, code="RE")).encode())

    def test_the_answer_to_another_test_of_ones_own(self):
        accepted, rejected = self.sent("accepted"), self.sent("rejected")
        rejected._upload(json.dumps(self.reply(accepted, code="RE")).encode())
        self.assertEqual(rejected.state, "failed")
        self.assertEqual(accepted.state, "sent")

    def test_over_the_wrong_route(self):
        other = self.route_in.copy({"sequence": 20})
        other.mode = "test"
        test = self.sent("accepted")
        self.come(self.good(test), route=other)
        run = test.run_ids[0]
        self.assertEqual((test.state, run.outcome, self.codes(run)), ("sent", "noted", ["other_route"]))

    def test_an_answer_about_a_live_order(self):
        order = self.make_order()
        test = self.sent("accepted")
        answer = self.good(test)
        answer["order_reference"]["id"] = order.name
        test._upload(json.dumps(answer).encode())
        self.assertEqual(test.state, "failed")
        self.assertFalse(test.effects, "what is not about the test order is not tried out")
        self.assertFalse(order.order_line.trade_promised_qty)

    def test_a_number_nobody_gave(self):
        test = self.sent("accepted")
        answer = self.good(test)
        for number in ("CT99999-1", f"{test.number}9", "CT00000-0"):
            answer["order_reference"]["id"] = number
            self.come({**answer, "id": f"AB-{number}"})
        self.assertEqual(test.state, "sent")

    def test_a_live_answer_in_the_same_batch_is_applied(self):
        self.profile.state = "live"
        (self.route_out | self.route_in).mode = "live"
        order = self.make_order()
        self.as_sent(order)
        test = self.sent("accepted")
        live = self.answer(order, self.line(1, quantity=10))
        messages = self.receive(self.good(test), live)
        self.run_lane(messages)
        self.assertEqual(messages.mapped("state"), ["ignored", "applied"])
        self.assertPassed(test)
