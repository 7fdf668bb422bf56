from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.trade_kernel.errors import MappingMissing, PartnerDown

from .common import TradeCase


@tagged("post_install", "-at_install")
class TestTradeExceptionSilence(TradeCase):
    """An answer that does not come is a problem of its own, and ends when the answer comes."""

    def setUp(self):
        super().setUp()
        self.out = self.env["trade.route"].create(
            {
                "trade_partner_id": self.partner.id,
                "connector_id": self.connector.id,
                "direction": "out",
                "document_type": "order",
                "codec": "canonical_json",
                "ack_expected": "response",
            }
        )

    def sent(self, number, due):
        """An order that left and is to be answered by ``due``."""
        message = self.env["trade.message"]._queue(
            self.out, self.partner, document_number=number, amount=500, currency=self.company.currency_id
        )
        message._set_state("sent", sent_at=fields.Datetime.now(), ack_deadline=due)
        return message

    def test_silence_is_one_problem_and_the_documents_stay_sent(self):
        now = fields.Datetime.now()
        late = [self.sent(f"PO{n}", now - timedelta(hours=1)) for n in range(3)]
        in_time = self.sent("PO9", now + timedelta(hours=1))
        for _twice in range(2):
            self.as_job("trade.message", "_cron_silence")
        messages = self.env["trade.message"].union(*late)
        problem = messages.exception_id
        self.assertEqual(len(problem), 1)
        self.assertEqual(problem.exception_class, "silence")
        self.assertEqual(problem.name, "Wood Corner has not answered in time.")
        self.assertEqual((problem.waiting_count, problem.value_at_stake, problem.seen_count), (3, 1500, 3))
        self.assertEqual(messages.mapped("state"), ["sent"] * 3)
        self.assertFalse(in_time.exception_id)
        self.assertIn("PO1", problem.with_user(self.user).text_for_partner)

        late[0]._acknowledge_by_hand("They called")
        self.assertEqual((problem.state, problem.waiting_count), ("open", 2))
        for message in late[1:]:
            message._acknowledge_by_hand("They called")
        self.assertEqual((problem.state, problem.waiting_count), ("resolved", 0))

    def test_the_answer_itself_ends_it(self):
        order = self.sent("PO1", fields.Datetime.now() - timedelta(hours=1))
        self.as_job("trade.message", "_cron_silence")
        problem = order.exception_id
        self.arrive(self.response("PO1", self.line(buyer="TAB-1")))
        self.assertEqual((order.state, problem.state), ("acknowledged", "resolved"))

    def test_sending_again_waits_for_the_new_deadline(self):
        order = self.sent("PO1", fields.Datetime.now() - timedelta(hours=1))
        self.as_job("trade.message", "_cron_silence")
        problem = order.exception_id
        problem.with_user(self.user).action_send_again()
        self.assertEqual((order.state, problem.state, problem.waiting_count), ("queued", "open", 1))

    def test_ignoring_silence_stops_waiting_and_loses_nothing(self):
        order = self.sent("PO1", fields.Datetime.now() - timedelta(hours=1))
        self.as_job("trade.message", "_cron_silence")
        problem = order.exception_id
        wizard = (
            self.env["trade.exception.bulk"]
            .with_user(self.manager)
            .browse(problem.with_user(self.manager).action_ignore()["res_id"])
        )
        self.assertIn("Answers no longer waited for: 1.", wizard.consequence)
        wizard.reason = "They never answer"
        wizard.action_run()
        self.assertEqual((order.state, order.ack_deadline, problem.state), ("sent", False, "ignored"))
        self.assertEqual(problem.waiting_count, 0)
        self.as_job("trade.message", "_cron_silence")
        self.assertEqual(problem.state, "ignored")

    def test_a_unit_the_partner_calls_otherwise_is_learned_on_the_way_out(self):
        order = self.sent("PO1", False)
        order._set_state("held")
        six = self.env.ref("uom.product_uom_pack_6")
        with self.assertRaises(MappingMissing) as caught:
            self.env["trade.mapping"]._resolver(self.partner, self.company).unit_code(six)
        problem = self.env["trade.exception"]._report([(order, caught.exception)]).with_user(self.user)
        self.assertEqual((problem.fix_kind, problem.waiting_count), ("code", 1))
        with self.assertRaisesRegex(UserError, "Enter the partner's code"):
            problem.action_fix()
        problem.fix_value = "CS"
        wizard = self.env["trade.exception.fix"].with_user(self.user).browse(problem.action_fix()["res_id"])
        self.assertEqual(wizard.preview_text, "1 document will be run again.")
        wizard.action_confirm()
        self.assertEqual((order.state, problem.state), ("queued", "replaying"))
        resolver = self.env["trade.mapping"]._resolver(self.partner, self.company)
        self.assertEqual((resolver.unit_code(six), resolver.unit("CS")), ("CS", six))

    def test_ignoring_cancels_what_waits_to_leave_but_not_what_is_under_way(self):
        waits, leaving = self.sent("PO1", False), self.sent("PO2", False)
        (waits | leaving)._set_state("queued")
        leaving.claimed_at = fields.Datetime.now()
        problem = self.env["trade.exception"]._open(
            PartnerDown("partner.down", partner="Wood Corner", detail="timeout"),
            company=self.company,
            trade_partner=self.partner,
            connector=self.connector,
        )
        problem._attach(waits | leaving)
        self.assertEqual((problem.waiting_count, problem.value_at_stake), (2, 1000))
        problem.with_user(self.manager)._ignore("The supplier is bankrupt")
        self.assertEqual((waits.state, leaving.state), ("cancelled", "queued"))
