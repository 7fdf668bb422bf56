import base64
import io
from datetime import timedelta

import openpyxl
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common_statement import AS_OF, DAY, Command, StatementCase


@tagged("post_install", "-at_install")
class TestStatement(StatementCase):
    def test_what_agrees_needs_nobody(self):
        self.bill("R-1", 100)
        self.bill("R-2", 50.5)
        self.bill("G-1", 20, "in_refund")
        found = self.came(
            self.line("R-1", 100, "invoice"),
            self.line("R-2", 50.5),
            self.line("G-1", -20, "credit_note"),
            closing="130.50",
        )
        self.assertEqual({line.verdict for line in found.line_ids}, {"agrees"})
        self.assertEqual((found.their_balance, found.our_balance, found.difference), (130.5, 130.5, 0))
        self.assertEqual(found.state, "agrees")
        self.assertFalse(found.activity_ids)

    def test_every_kind_of_difference(self):
        self.bill("R-1", 100)
        self.bill("R-2", 60)
        self.bill("R-3", 40)
        self.pay(self.bill("R-4", 70))
        self.bill("R-5", 30, post=False)
        self.profile.user_id = self.env.user
        found = self.came(
            self.line("R-1", 110, "invoice"),
            self.line("R-9", 15.25, "invoice"),
            self.line("R-3", 40, "invoice"),
            self.line("R-4", 70, "invoice"),
            self.line("R-5", 30, "invoice"),
            closing="265.25",
        )
        self.assertEqual(
            self.says(found),
            [
                ("R-1", "differs", 10),
                ("R-9", "unknown", 15.25),
                ("R-3", "agrees", 0),
                ("R-4", "paid", 70),
                ("R-5", "draft", 30),
                ("R-2", "not_listed", -60),
            ],
        )
        self.assertEqual((found.their_balance, found.our_balance), (265.25, 200))
        self.assertEqual((found.state, found.open_count), ("differs", 5))
        self.assertIn("Settled with", found.line_ids.filtered(lambda line: line.number == "R-4").evidence)
        self.assertEqual(found.activity_ids.user_id, self.env.user)

    def test_numbers_however_they_are_written(self):
        self.bill("RE-000123/24", 100)
        self.bill("1-23", 40)
        found = self.came(self.line("re 123-24", 100), self.line("12-3", 41))
        self.assertEqual(
            self.says(found),
            [("re 123-24", "agrees", 0), ("12-3", "unknown", 41), ("1-23", "not_listed", -40)],
        )

    def test_a_number_of_another_year_is_another_document(self):
        self.bill("12", 100, invoice_date=DAY - timedelta(days=300), date=DAY - timedelta(days=300))
        this = self.bill("12", 100)
        found = self.came(self.line("12", 100))
        [listed, other] = found.line_ids
        self.assertEqual((listed.move_id, listed.verdict), (this, "agrees"))
        self.assertEqual((other.verdict, other.difference), ("not_listed", -100))

    def test_another_number_is_a_proposal_with_its_evidence(self):
        bill = self.bill("OUR-TYPO-77", 123.45)
        found = self.came(self.line("R-77", 123.45, day=DAY + timedelta(days=3)))
        line = found.line_ids
        self.assertEqual((line.verdict, line.move_id, line.difference), ("proposed", bill, 0))
        self.assertEqual(line.evidence, "Same amount, days apart: 3, another number.")
        self.assertEqual((found.state, found.difference), ("differs", 0))

    def test_a_bill_of_the_wrong_side_is_not_taken(self):
        self.bill("X-1", 80)
        found = self.came(self.line("X-1", -80, "credit_note"))
        self.assertEqual(self.says(found), [("X-1", "unknown", -80), ("X-1", "not_listed", -80)])

    def test_a_document_listed_twice_counts_once(self):
        self.bill("R-1", 100)
        found = self.came(self.line("R-1", 100), self.line("r1", 100))
        self.assertEqual(self.says(found), [("R-1", "agrees", 0), ("r1", "differs", 100)])
        self.assertEqual(found.line_ids[1].evidence, "Listed in line 1, too.")

    def test_a_document_in_two_parts_agrees(self):
        self.bill("R-1", 100)
        found = self.came(self.line("R-1", 60), self.line("R-1", 40))
        self.assertEqual({line.verdict for line in found.line_ids}, {"agrees"})
        self.assertEqual(found.our_balance, 100)

    # -- payments --------------------------------------------------------------------------------

    def test_what_is_left_of_a_bill_agrees(self):
        self.pay(self.bill("R-1", 100), 60)
        found = self.came(self.line("R-1", 40))
        self.assertEqual(self.says(found), [("R-1", "agrees", 0)])
        found = self.came(self.line("R-1", 100))
        self.assertEqual(self.says(found), [("R-1", "differs", 60)])
        self.assertIn("60.00 of it settled with", found.line_ids.evidence)

    def test_bill_and_payment_both_listed(self):
        payment = self.pay(self.bill("R-1", 100))
        found = self.came(self.line("R-1", 100), self.line(payment.name, -100, "payment"))
        self.assertEqual([row[1:] for row in self.says(found)], [("agrees", 0), ("agrees", 0)])
        self.assertEqual(found.our_balance, 0)

    def test_a_payment_has_their_number(self):
        self.pay(self.bill("R-1", 100))
        found = self.came(
            self.line("R-1", 100), self.line("RCPT-5", -100, "payment", day=DAY + timedelta(days=2))
        )
        self.assertEqual([row[1:] for row in self.says(found)], [("agrees", 0), ("agrees", 0)])
        self.assertEqual(found.line_ids[1].evidence, "Same amount, days apart: 2, another number.")
        self.assertEqual(found.state, "agrees")

    def test_they_have_our_payment_and_not_its_bill(self):
        payment = self.pay(self.bill("R-1", 100))
        found = self.came(self.line(payment.name, -100, "payment"), closing="-100")
        self.assertEqual([row[1:] for row in self.says(found)], [("agrees", 0), ("not_listed", -100)])

    def test_what_was_paid_after_that_day_was_open_on_it(self):
        self.pay(self.bill("R-1", 100), day=AS_OF + timedelta(days=3))
        found = self.came(self.line("R-1", 100))
        self.assertEqual(self.says(found), [("R-1", "agrees", 0)])
        self.assertEqual(found.our_balance, 100)

    def test_what_is_booked_after_that_day_is_not_missed(self):
        self.bill("R-2", 70, invoice_date=AS_OF + timedelta(days=2), date=AS_OF + timedelta(days=2))
        found = self.came(closing="0")
        self.assertEqual((self.says(found), found.state), ([], "agrees"))

    # -- movements of a period -------------------------------------------------------------------

    def test_with_an_opening_balance_all_that_happened_is_compared(self):
        before = DAY - timedelta(days=20)
        self.bill("R-0", 500, invoice_date=before, date=before)
        old = self.bill("R-1", 100, invoice_date=before, date=before)
        payment = self.pay(old)
        self.bill("R-2", 80)
        lines = [self.line(payment.name, -100, "payment"), self.line("R-2", 80, "invoice")]
        period = {"start_date": str(DAY), "end_date": str(AS_OF)}
        money = {"value": "600.00", "currency_id": "USD"}
        found = self.came(*lines, opening_balance=money, closing="580", statement_period=period)
        self.assertEqual(
            [row[1:] for row in self.says(found)], [("brought_forward", 0), ("agrees", 0), ("agrees", 0)]
        )
        self.assertEqual((found.state, found.our_balance), ("agrees", 580))
        carried = {**self.line(None, 600), "line_type_code": "balance_forward"}
        found = self.came(carried, lines[1], closing="680", statement_period=period, as_of=AS_OF)
        self.assertEqual(
            [row[1:] for row in self.says(found)],
            [("brought_forward", 0), ("agrees", 0), ("not_listed", 100)],
        )

    def test_balances_that_do_not_add_up_are_said(self):
        self.bill("R-1", 100)
        found = self.came(self.line("R-1", 100), closing="90")
        self.assertEqual([row[1:] for row in self.says(found)], [("agrees", 0), ("arithmetic", -10)])
        self.assertEqual((found.their_balance, found.our_balance), (90, 100))

    # -- whose --------------------------------------------------------------------------------------

    def test_another_currency_is_another_account(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.bill("R-1", 100)
        self.bill("R-2", 30, currency_id=euro.id)
        found = self.came(self.line("R-2", 30), currency="EUR")
        self.assertEqual((self.says(found), found.our_balance), ([("R-2", "agrees", 0)], 30))
        dollars = self.came(self.line("R-1", 100))
        self.assertEqual(dollars.our_balance, 100)
        self.assertEqual((found.state, dollars.state), ("agrees", "agrees"))  # neither replaces the other

    def test_other_companies_and_suppliers_are_not_looked_at(self):
        other = self.setup_other_company()["company"]
        self.bill("R-1", 100)
        self.make_invoice(
            "in_invoice", ref="R-1", partner_id=self.make_partner("Somebody else")[0].id, date=DAY
        )
        profile = (
            self.env["trade.partner"]
            .sudo()
            .create({"partner_id": self.customer.id, "company_id": other.id, "state": "live"})
        )
        route = self.statement_route(profile)
        message = self.process(self.statement(self.line("R-1", 100)), route=route)
        found = self.env["trade.statement"].sudo().search([("trade_message_id", "=", message.id)])
        self.assertEqual((found.company_id, self.says(found)), (other, [("R-1", "unknown", 100)]))
        self.assertEqual(self.came(self.line("R-1", 100)).state, "agrees")
        user = new_test_user(
            self.env, "one_company", "account.group_account_invoice", company_id=self.env.company.id
        )
        visible = self.env["trade.statement"].with_user(user).search([])
        self.assertEqual(visible.company_id, self.env.company)
        with self.assertRaises(AccessError):
            found.with_user(user).line_ids.mapped("verdict")

    def test_a_contact_of_the_supplier_is_the_supplier(self):
        address = self.env["res.partner"].create({"name": "Billing", "parent_id": self.customer.id})
        self.bill("R-1", 100, partner_id=address.id)
        self.assertEqual(self.came(self.line("R-1", 100)).state, "agrees")

    # -- which one counts ---------------------------------------------------------------------------

    def test_a_newer_statement_replaces_an_older_one(self):
        self.profile.user_id = self.env.user
        old = self.came(self.line("R-1", 100), number="S-1")
        self.assertTrue(old.activity_ids)
        new = self.came(self.line("R-1", 100), number="S-2", as_of=AS_OF + timedelta(days=30))
        self.assertEqual((old.state, old.newer_id, new.state), ("superseded", new, "differs"))
        self.assertFalse(old.activity_ids)
        late = self.process(
            self.statement(self.line("R-1", 9), number="S-0", as_of=AS_OF - timedelta(days=9))
        )
        self.assertEqual(late.state, "ignored")
        self.assertIn("S-2", late.state_reason)
        self.assertEqual(new.state, "differs")
        with self.assertRaises(UserError):
            old.action_compare()

    def test_of_several_in_one_batch_the_newest_counts(self):
        texts = [
            self.statement(self.line("R-1", 100), number=f"S-{days}", as_of=AS_OF + timedelta(days=days))
            for days in (30, 0, 60)
        ]
        self.process(*texts)
        found = self.env["trade.statement"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(
            {one.name: one.state for one in found},
            {"S-0": "superseded", "S-30": "superseded", "S-60": "differs"},
        )

    def test_the_same_again_is_ignored_and_a_correction_replaces(self):
        self.bill("R-1", 100)
        text = self.statement(self.line("R-1", 90), number="S-1")
        first, again = self.process(text), self.process(text)
        self.assertEqual((first.state, again.state), ("applied", "ignored"))
        other = self.process(self.statement(self.line("R-1", 80), number="S-1"))
        self.assertEqual(other.state, "held")
        found = self.came(self.line("R-1", 100), number="S-1", sequence_number=1)
        self.assertEqual(len(self.env["trade.statement"].search([("partner_id", "=", self.customer.id)])), 1)
        self.assertEqual((found.state, found.revision), ("agrees", 1))

    # -- tables ------------------------------------------------------------------------------------

    def test_a_workbook_is_compared_like_any_statement(self):
        """XLSX by a layout: days and amounts are cells of their own, numbers are numbers in it."""
        if "trade.layout" not in self.env:
            self.skipTest("layouts are in trade_edi")
        version = (
            self.env["trade.layout"]
            .create({"name": "Statements", "document_type": "account_statement"})
            .draft_id
        )
        amount = {"kind": "number", "default": "0"}
        rules = [
            {"target": "id", "source": "Statement"},
            {"target": "issue_date", "source": "Made", "kind": "date"},
            {"target": "document_currency_code", "constant": "USD"},
            {"target": "statement_period.end_date", "source": "As of", "kind": "date"},
            {"target": "closing_balance.value", "source": "Balance", "kind": "number"},
            {"target": "closing_balance.currency_id", "constant": "USD"},
            {"target": "statement_lines.document_reference.id", "source": "Document"},
            {"target": "statement_lines.document_reference.issue_date", "source": "Day", "kind": "date"},
            {"target": "statement_lines.debit_amount.value", "source": "Debit", **amount},
            {"target": "statement_lines.debit_amount.currency_id", "constant": "USD"},
            {"target": "statement_lines.credit_amount.value", "source": "Credit", **amount},
            {"target": "statement_lines.credit_amount.currency_id", "constant": "USD"},
        ]
        book = openpyxl.Workbook()
        book.active.append("Statement;Made;As of;Balance;Document;Day;Debit;Credit".split(";"))
        start = ["KA-3", AS_OF + timedelta(days=2), AS_OF, 181.27]
        book.active.append([*start, 881, DAY, 196.4, None])
        book.active.append([*start, "GS 5", DAY, None, 15.13])
        target = io.BytesIO()
        book.save(target)
        version.write(
            {
                "format": "xlsx",
                "rule_ids": [Command.create(rule) for rule in rules],
                "sample": base64.b64encode(target.getvalue()),
                "sample_name": "statement.xlsx",
            }
        )
        version.action_use()
        self.route.write({"codec": "layout", "layout_id": version.layout_id.id})
        self.bill("881", 196.40)
        self.bill("GS 5", 15.13, kind="in_refund")
        message = self.process(target.getvalue())
        self.assertEqual(message.state, "applied", message.state_reason)
        found = self.env["trade.statement"].search([("trade_message_id", "=", message.id)])
        self.check(found)
        self.assertEqual((found.state, found.their_balance, found.as_of), ("agrees", 181.27, AS_OF))
        self.assertEqual(found.line_ids.mapped("number"), ["881", "GS 5"])

    def test_nothing_is_booked(self):
        self.bill("R-1", 100)
        before = self.env["account.move"].search_count([])
        self.came(self.line("R-1", 110), self.line("R-9", 5))
        self.assertEqual(self.env["account.move"].search_count([]), before)

    def test_lookups_do_not_grow_with_the_lines(self):
        numbers = [f"N-{number}" for number in range(40)]
        for number in numbers:
            self.bill(number, 10)

        def queries(count):
            text = self.statement(*[self.line(number, 10) for number in numbers[:count]], closing=count * 10)
            before = self.env.cr.sql_log_count
            self.process(text)
            return self.env.cr.sql_log_count - before

        queries(1)
        few = queries(2)
        self.assertLessEqual(queries(38), few + 6)
