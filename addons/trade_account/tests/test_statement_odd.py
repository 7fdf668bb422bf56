from datetime import date, timedelta

from odoo.tests import tagged

from .common_statement import AS_OF, StatementCase


@tagged("post_install", "-at_install")
class TestStatementOdd(StatementCase):
    """Statements that cannot be right: whoever must act sees it, and nothing that counts is taken away."""

    def test_a_day_to_come_shuts_nothing_out(self):
        self.bill("R-1", 100)
        typo = self.process(self.statement(self.line("R-1", 100), number="S-1", as_of=date(2099, 1, 1)))
        self.assertEqual(typo.state, "held")
        self.assertIn("a day that is still to come", typo.state_reason)
        self.assertEqual(self.came(self.line("R-1", 100), number="S-2").state, "agrees")

    def test_a_period_that_goes_on_after_the_issue(self):
        self.bill("R-1", 100)
        self.bill("R-2", 70, invoice_date=AS_OF + timedelta(days=9), date=AS_OF + timedelta(days=9))
        year = {"statement_period": {"end_date": "2099-12-31"}}
        found = self.came(self.line("R-1", 100), number="S-1", **year)
        self.assertEqual((found.state, found.as_of), ("agrees", AS_OF + timedelta(days=2)))
        later = self.came(self.line("R-1", 90), number="S-2", as_of=AS_OF + timedelta(days=5))
        self.assertEqual(found.newer_id, later)

    def test_totals_that_are_not_the_sum_of_the_lines(self):
        self.bill("R-1", 100)
        total = {"total_debit_amount": {"value": "500.00", "currency_id": "USD"}}
        found = self.came(self.line("R-1", 100), number="S-1", **total)
        self.assertEqual(self.says(found), [("R-1", "agrees", 0), ("arithmetic", "arithmetic", 400)])
        self.assertEqual((found.their_balance, found.state), (500, "differs"))

    def test_totals_with_and_without_what_was_carried_forward(self):
        self.bill("R-1", 100)
        before = self.line(None, 60, "balance_forward")
        for number, total in (("S-1", "160.00"), ("S-2", "100.00")):
            told = {"total_debit_amount": {"value": total, "currency_id": "USD"}}
            found = self.came(before, self.line("R-1", 100), number=number, **told)
            self.assertEqual(found.their_balance, 160)
            self.assertNotIn("arithmetic", found.line_ids.mapped("verdict"))

    def test_a_correction_in_another_currency_is_no_correction(self):
        self.bill("R-1", 100)
        found = self.came(self.line("R-1", 100), number="S-1")
        other = self.process(
            self.statement(self.line("R-1", 100), number="S-1", currency="EUR", sequence_number=1)
        )
        self.assertEqual(other.state, "held")
        self.assertIn("corrects one in USD", other.state_reason)
        self.assertEqual((found.state, found.currency_id.name), ("agrees", "USD"))
