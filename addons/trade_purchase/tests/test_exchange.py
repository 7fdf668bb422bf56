from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import PurchaseCase


@tagged("post_install", "-at_install")
class TestExchange(PurchaseCase):
    """What the buyer sees on the order."""

    def said(self, order, user=None):
        """The line under the status bar, as ``(words, tone, target)``."""
        order.invalidate_recordset(["trade_exchange"])
        steps = (order.with_user(user or self.buyer).trade_exchange or {}).get("steps", [])
        return [
            (", ".join(filter(None, (step["label"], step["detail"]))), step["tone"], step["target"])
            for step in steps
        ]

    def test_the_whole_way(self):
        order = self.make_order(confirm=False)
        self.assertEqual((self.said(order), order.trade_state), ([], "not_sent"))
        order.button_confirm()
        message = self.last_out(order)
        link = f"message/{message.id}"
        self.assertEqual(self.said(order), [("Waiting to be sent", "wait", link)])
        self.assertTrue(order.trade_exchange["soon"])
        self.as_sent(order)
        message.ack_deadline = fields.Datetime.now() + timedelta(hours=1)
        sent = [("Sent", "done", link), ("Received by supplier", "done", link)]
        self.assertEqual(self.said(order), [*sent, ("Answer due", "muted", None)])
        self.assertEqual(order.trade_state, "received")
        [answer] = self.process(self.answer(order, self.line(1, "3", price="150")))
        self.assertEqual(self.said(order), [*sent, ("Answered, 1 line differs", "bad", "review")])
        answer.trade_answer_ids.with_user(self.buyer)._decide("accepted")
        self.assertEqual(self.said(order)[-1], ("Answered, being applied", "wait", f"message/{answer.id}"))
        self.assertTrue(order.trade_exchange["soon"])
        self.run_lane(answer)
        settled = ("Answered, 1 difference settled", "done", "answers")
        self.assertEqual(self.said(order), [*sent, settled, ("Agreed", "done", "answers")])
        self.process(self.answer(order, self.line(1, "3", price="101"), issued="2031-02-01"))
        self.process(self.answer(order, code="AP", issued="2031-02-02"))
        self.assertEqual(self.said(order)[-2][:2], ("Answered, as ordered", "done"))

    def test_silence_is_overdue_until_the_answer_comes(self):
        order = self.make_order()
        self.as_sent(order)
        message = self.last_out(order)
        message.ack_deadline = fields.Datetime.now() - timedelta(hours=1)
        self.env["trade.exception"]._report([(message, message._silence())])
        self.assertEqual(order.trade_state, "overdue")
        self.assertEqual(
            self.said(order)[-1], ("No answer yet, it was due", "bad", f"problem/{message.exception_id.id}")
        )
        self.assertIn(order, self.env["purchase.order"].search([("trade_state", "=", "overdue")]))
        problem = message.exception_id
        self.process(self.answer(order, code="AP"))
        self.assertEqual(order.trade_state, "answered")
        self.assertFalse(problem.is_open)

    def test_links_are_for_those_who_may_open_them(self):
        order = self.make_order()
        self.as_sent(order)
        plain = new_test_user(self.env, "plain", "purchase.group_purchase_user")
        self.assertEqual({target for _words, _tone, target in self.said(order, plain)}, {None})
        self.process(self.answer(order, self.line(1, "3", price="150")))
        self.assertEqual(self.said(order, plain)[-1][2], "review", "deciding is the buyer's work")
        action = order.with_user(plain).action_trade_open("review")
        self.assertEqual(action["res_id"], order.id)

    def test_form_opens_for_a_plain_buyer(self):
        plain = new_test_user(self.env, "plain", "purchase.group_purchase_user")
        order = self.make_order()
        self.process(self.answer(order, self.line(1, "3", price="150")))
        form = Form(order.with_user(plain))
        self.assertEqual(form.trade_pending_count, 1)
        review = Form(order.with_user(plain), view="trade_purchase.purchase_order_view_form_review")
        self.assertEqual(len(review.trade_review_ids), 1)

    def test_people_of_the_desk_without_purchase_rights_see_the_problem(self):
        order = self.make_order()
        [message] = self.process(self.answer(order, self.line(1, "3", price="150")))
        clerk = new_test_user(self.env, "desk", "trade_core.group_trade_user")
        form = Form(message.exception_id.with_user(clerk))
        self.assertEqual(len(form.trade_review_ids), 1)
        with self.assertRaises(AccessError):
            message.exception_id.with_user(clerk).action_trade_accept_all()

    def test_people_of_other_departments_can_read_all_of_an_order(self):
        order = self.make_order()
        self.process(self.answer(order, self.line(1, "3", price="150")))
        bookkeeper = new_test_user(self.env, "bookkeeper", "account.group_account_invoice")
        [values] = order.with_user(bookkeeper).read()
        self.assertEqual(values["trade_state"], "held")
        self.assertNotIn("trade_message_ids", values)

    def test_line_follows_while_the_order_is_edited(self):
        order = self.make_order()
        self.as_sent(order)
        with Form(order.with_user(self.buyer)) as form:
            with form.order_line.edit(0) as line:
                line.product_qty = 12
            labels = [step["label"] for step in form.trade_exchange["steps"]]
        self.assertEqual((labels[0], labels[-1]), ("Sent", "Changed since it was sent"))

    def test_answer_that_was_ignored_is_no_answer(self):
        order = self.make_order()
        self.as_sent(order)
        [message] = self.process(self.answer(order, self.line(1, "3", price="150")))
        self.buyer.group_ids += self.env.ref("trade_core.group_trade_manager")
        message.exception_id.with_user(self.buyer)._ignore("They said on the phone it was a mistake")
        self.assertEqual((message.state, order.trade_state), ("ignored", "received"))
        self.assertEqual(order.trade_pending_count, 0)

    def test_problem_opens_the_review_and_can_decide_itself(self):
        order = self.make_order()
        [message] = self.process(self.answer(order, self.line(1, "3", price="150")))
        problem = message.exception_id.with_user(self.buyer)
        self.assertEqual(problem.action_fix()["res_id"], order.id)
        self.assertEqual(problem.trade_review_ids, message.trade_answer_ids)
        self.assertEqual((order.trade_message_count, order.trade_problem_count), (2, 1))
        problem.action_trade_accept_all()
        self.run_lane(message)
        self.assertApplied(message)
        self.assertEqual(problem.state, "resolved")
        self.assertEqual(order.trade_problem_count, 0)

    def test_after_a_refusal_the_next_revision_is_on_its_way(self):
        order = self.make_order()
        self.as_sent(order)
        [answer] = self.process(self.answer(order, self.line(1, "3", price="150")))
        self.decide(answer, "rejected")
        said = [words for words, _tone, _target in self.said(order)]
        before = ["Sent", "Answered, 1 refused"]
        self.assertEqual(said, [*before, "Waiting to be sent"])
        self.as_sent(order)
        said = [words for words, _tone, _target in self.said(order)]
        self.assertEqual(said, [*before, "Our reply sent as revision 1", "Received by supplier"])
        self.process(self.answer(order, code="AP", issued="2031-02-02"))
        said = [words for words, _tone, _target in self.said(order)]
        self.assertEqual(said[-2:], ["Answered, as ordered", "Agreed"])

    def test_cancelled_after_it_left(self):
        order = self.make_order()
        self.as_sent(order)
        order.button_cancel()
        self.assertEqual(self.said(order)[-1][:2], ("Cancelled in Odoo: tell the supplier", "bad"))

    def test_answer_by_hand(self):
        order = self.make_order()
        self.as_sent(order)
        self.last_out(order)._acknowledge_by_hand("Ann confirmed by phone")
        self.assertEqual(order.trade_state, "answered")

    def test_the_supplier_reads_its_order_on_the_portal_and_decides_nothing(self):
        order = self.make_order()
        self.as_sent(order)
        [held] = self.process(self.answer(order, self.line(1, "3", price="150")))
        self.assertHeld(held, "150")
        contact = new_test_user(self.env, "contact", "base.group_portal")
        contact.partner_id.parent_id = self.vendor
        theirs = order.with_user(contact)
        self.assertEqual(theirs.name, order.name)
        for action in ("action_trade_accept_all", "action_trade_reject_all", "action_trade_send_again"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(theirs, action)()
        for name in ("trade_message_ids", "trade_answer_ids", "trade_promise_ids"):
            with self.subTest(name), self.assertRaises(AccessError):
                theirs.read([name])
