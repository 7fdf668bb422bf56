from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common_statement import AS_OF, StatementCase


@tagged("post_install", "-at_install")
class TestStatementDesk(StatementCase):
    """What people do about a statement, and how it follows what is booked."""

    # -- what people do ------------------------------------------------------------------------------

    def test_a_line_is_explained_with_a_reason_that_holds_while_it_says_the_same(self):
        self.bill("R-1", 100)
        found = self.came(self.line("R-1", 110), self.line("R-9", 5))
        self.profile.user_id = self.env.user
        wizard = Form.from_action(self.env, found.line_ids[0].action_explain())
        wizard.reason = "Freight, credit note promised"
        wizard.save().action_explain()
        self.assertEqual((found.open_count, found.state), (1, "differs"))
        self.assertEqual(found.line_ids[0].explained_by, self.env.user)
        with self.assertRaises(UserError):
            found.line_ids[1]._explain("  ")
        found.line_ids[1]._explain("Never ordered")
        self.assertEqual((found.state, found.open_count), ("explained", 0))
        found.action_compare()
        self.assertEqual(found.state, "explained")
        found.line_ids[1].action_reopen()
        self.assertEqual(found.state, "differs")
        found.line_ids[1]._explain("Never ordered")
        self.bill("R-9", 4)
        found.action_compare()
        self.check(found)
        self.assertEqual((found.line_ids[1].verdict, found.line_ids[1].reason), ("differs", False))
        self.assertTrue(found.line_ids[0].reason)

    def test_the_supplier_is_asked_about_what_differs(self):
        self.customer.email = "books@supplier.example"
        self.bill("R-1", 100)
        found = self.came(self.line("R-1", 100), self.line("R-9", 15.25))
        action = found.action_ask()
        context = action["context"]
        self.assertIn("R-9", context["default_body"])
        self.assertNotIn("R-1<", context["default_body"])
        self.assertIn("15.25", context["default_body"])
        composer = self.env["mail.compose.message"].with_context(**context).create({})
        self.assertEqual(composer.partner_ids, self.customer)
        composer._action_send_mail()
        self.assertEqual(found.state, "asked")
        self.assertTrue(found.asked_at)

    def test_documents_are_opened(self):
        bill = self.bill("R-1", 100)
        payment = self.pay(self.bill("R-2", 50))
        found = self.came(
            self.line("R-1", 100), self.line("R-2", 50), self.line(payment.name, -50, "payment")
        )
        opened = [line.action_open() for line in found.line_ids]
        self.assertEqual((opened[0]["res_model"], opened[0]["res_id"]), ("account.move", bill.id))
        self.assertEqual((opened[2]["res_model"], opened[2]["res_id"]), ("account.payment", payment.id))

    def test_rights(self):
        self.bill("R-1", 100)
        found = self.came(self.line("R-1", 110))
        clerk = new_test_user(self.env, "clerk", "account.group_account_invoice")
        reader = new_test_user(self.env, "reader", "account.group_account_readonly")
        stranger = new_test_user(self.env, "stranger", "base.group_user")
        self.assertEqual(found.with_user(reader).line_ids.mapped("verdict"), ["differs"])
        with self.assertRaises(AccessError):
            found.with_user(reader).line_ids._explain("no")
        with self.assertRaises(AccessError):
            found.with_user(reader).action_compare()
        with self.assertRaises(AccessError):
            found.with_user(stranger).read(["name"])
        with self.assertRaises(AccessError):
            found.with_user(clerk).their_balance = 1
        with self.assertRaises(AccessError):
            found.with_user(clerk).line_ids.their_amount = 1
        with self.assertRaises(UserError):
            found.with_user(clerk).sudo().unlink()
        found.with_user(clerk).action_compare()
        found.with_user(clerk).line_ids._explain("Agreed by phone")
        self.assertEqual((found.state, found.line_ids.explained_by), ("explained", clerk))
        found.with_user(clerk).user_id = clerk

    # -- compared again by itself ----------------------------------------------------------------

    def due(self):
        """Names of the statements to compare again, as the commit leaves them."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        return self.env["trade.statement.due"].sudo().search([]).mapped("statement_id.name")

    def later(self):
        """The scheduler comes round."""
        self.due()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60):
            self.env["trade.statement.due"].sudo()._cron_compare()
        self.env.invalidate_all()
        self.assertFalse(self.due())

    def test_what_is_booked_is_compared_by_itself(self):
        bill = self.bill("R-1", 100, post=False)
        found = self.came(self.line("R-1", 100))
        self.later()
        self.assertEqual(found.line_ids.verdict, "draft")
        bill.action_post()
        self.later()
        self.check(found)
        self.assertEqual((found.state, found.line_ids.verdict), ("agrees", "agrees"))
        payment = self.pay(bill)
        self.later()
        self.assertEqual((found.state, found.line_ids.verdict), ("differs", "paid"))
        payment.move_id.line_ids.remove_move_reconcile()
        payment.action_draft()
        self.later()
        self.assertEqual(found.state, "agrees")
        bill.button_draft()
        bill.unlink()
        self.later()
        self.assertEqual((found.state, found.line_ids.verdict), ("differs", "unknown"))

    def test_only_the_statement_that_counts_of_this_supplier_is_compared(self):
        self.came(self.line("R-1", 100), number="S-1")
        self.came(self.line("R-1", 100), number="S-2", as_of=AS_OF + timedelta(days=30))
        self.later()
        self.bill("R-7", 5, partner_id=self.partner_b.id)
        self.make_invoice("out_invoice")
        self.assertFalse(self.due())
        self.bill("R-1", 100)
        self.assertEqual(self.due(), ["S-2"])

    def test_many_bills_of_a_transaction_are_one_row(self):
        self.came(self.line("R-1", 100), number="S-1")
        self.later()
        for number in range(3):
            self.bill(f"R-{number}", 10)
        self.assertEqual(self.due(), ["S-1"])

    def test_one_that_cannot_be_compared_keeps_no_other_from_it(self):
        found = self.came(self.line("R-1", 100), number="S-1")
        self.later()
        self.bill("R-1", 100)
        with (
            patch.object(type(found), "_compared", side_effect=ValueError("broken")),
            mute_logger("odoo.addons.trade_account.models.trade_statement_due"),
        ):
            self.later()
        problem = self.env["trade.exception"].sudo().search([("code", "=", "statement.not_compared")])
        self.assertIn("S-1 could not be compared again", problem.name)
        self.assertEqual(found.state, "differs")

    def test_what_is_booked_later_is_seen_when_it_is_compared_again(self):
        self.profile.user_id = self.env.user
        bill = self.bill("R-1", 100, post=False)
        found = self.came(self.line("R-1", 100))
        self.assertEqual((found.line_ids.verdict, len(found.activity_ids)), ("draft", 1))
        bill.action_post()
        found.action_compare()
        self.check(found)
        self.assertEqual((found.state, found.line_ids.verdict), ("agrees", "agrees"))
        self.assertFalse(found.activity_ids)
