import base64
from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.trade_kernel.codecs.layout import sheets

from .common import SMALL, OnboardingCase


@tagged("post_install", "-at_install")
class TestOnboardingBatch(OnboardingCase):
    def _batch(self, rows, **vals):
        content = sheets.written(rows, "Partners")
        return self.env["trade.onboarding.batch"].create(
            {
                "template_id": self.template.id,
                "file": base64.b64encode(content),
                "filename": "partners.xlsx",
                **vals,
            }
        )

    def _run(self, batch):
        batch.with_context(queue_job__no_delay=True).action_start()

    def test_what_is_wrong_is_said_by_row_and_nothing_is_made(self):
        self.env["res.partner"].sudo().create({"name": "Known Ltd", "is_company": True})
        batch = self._batch(
            [
                ["company", "email", "owner", "language", "legal.country"],
                ["Good", "a@example.com", "", "", "DE"],
                ["", "b@example.com"],
                ["Bad", "no address", "nobody", "xx_XX", "Atlantis"],
                ["Good", "c@example.com"],
                ["Known Ltd", "d@example.com"],
            ]
        )
        batch.action_check()
        rows = {row.number: row for row in batch.row_ids}
        self.assertEqual(
            [rows[number].state for number in (2, 3, 4, 5, 6)],
            ["ready", "refused", "refused", "refused", "ready"],
        )
        self.assertIn("name is missing", rows[3].problem)
        for words in ("is no address", "has the login", "is not installed", "“Atlantis” is none"):
            self.assertIn(words, rows[4].problem)
        self.assertIn("the same as in row 2", rows[5].problem)
        self.assertIn("There is a contact Known Ltd", rows[6].warning)
        self.assertFalse(batch.row_ids.onboarding_id)
        self.assertEqual((batch.ready_count, batch.refused_count), (2, 3))

    def test_who_has_the_same_number_is_named_in_the_preview(self):
        steps = (*SMALL[:2], ("Tax", "tax", "partner", "profiled", ()))
        self.template = self._template(steps)
        admin = self.env(su=True)
        there = admin["res.partner"].create({"name": "Spruce", "is_company": True, "vat": "BE0477472701"})
        fir = admin["res.partner"].create({"name": "Fir", "is_company": True})
        profile = admin["trade.partner"].create({"partner_id": fir.id})
        admin["trade.identifier"].create(
            {"trade_partner_id": profile.id, "scheme": "gln", "value": "5412345000013"}
        )
        batch = self._batch(
            [
                ["company", "tax.vat", "identifiers.gln"],
                ["A", "BE 0477.472.701", ""],
                ["B", "be0477472701", ""],
                ["C", "", "5412345000013"],
                ["D", "", ""],
            ]
        )
        batch.action_check()
        first, second, third, fourth = batch.row_ids
        self.assertEqual(set(batch.row_ids.mapped("state")), {"ready"})
        for row, words in (
            (first, f"the number of {there.name}"),
            (second, "the same as in row 2"),
            (third, f"the number of {fir.name}"),
        ):
            self.assertIn(words, row.warning)
        self.assertFalse(fourth.warning)

    def test_a_column_nobody_knows_is_named(self):
        with self.assertRaisesRegex(
            UserError, "Nothing is known of the columns colour. There are: .*legal.city"
        ):
            self._batch([["company", "colour"], ["A", "red"]]).action_check()
        with self.assertRaisesRegex(UserError, "one of them “company”"):
            self._batch([["name"], ["A"]]).action_check()
        batch = self._batch([["company"], ["A"]])
        batch.file = base64.b64encode(b"no workbook")
        with self.assertRaises(UserError):
            batch.action_check()

    def test_rows_become_cases_with_what_is_known(self):
        batch = self._batch(
            [
                ["company", "email", "owner", "legal.city", "identifiers.gln"],
                *(
                    [f"Partner {number}", f"p{number}@example.com", "onboarding_approver", "Bonn", ""]
                    for number in range(60)
                ),
            ],
            invite=True,
        )
        batch.action_check()
        self._run(batch)
        self.assertEqual((batch.state, batch.done_count, batch.failed_count), ("done", 60, 0))
        case = batch.row_ids[7].onboarding_id
        self.assertEqual((case.name, case.user_id), ("Partner 7", self.approver))
        self.assertEqual(self._step(case, "Company").data["city"], "Bonn")
        self.assertTrue(case.invited_at)
        self.assertEqual(batch.progress, {"total": 60, "done": 60, "running": 0})

    def test_a_row_that_fails_stops_no_other(self):
        batch = self._batch([["company", "email"], ["A", "a@example.com"], ["B", "b@example.com"]])
        batch.action_check()
        bad = batch.row_ids[0]
        bad.vals = {**bad.vals, "user_id": 999999999}
        self._run(batch)
        self.assertEqual((bad.state, batch.row_ids[1].state), ("failed", "done"))
        self.assertTrue(bad.problem)

    def test_a_job_that_runs_twice_makes_nothing_twice(self):
        batch = self._batch([["company"], ["A"]])
        batch.action_check()
        self._run(batch)
        batch.state = "running"
        batch._make()
        self.assertEqual(self.env["trade.onboarding"].search_count([("name", "=", "A")]), 1)

    def test_many_rows_cost_as_few_queries_as_some(self):
        spent = {}
        for count in (10, 40):
            rows = [
                [f"Many {count}-{number}", f"m{count}-{number}@example.com", "Bonn"]
                for number in range(count)
            ]
            batch = self._batch([["company", "email", "legal.city"], *rows], invite=True)
            batch.action_check()
            batch.state = "running"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            with freeze_time(datetime(2026, 3, 2, 9), auto_tick_seconds=0.05):  # as on a busy machine
                batch._make()
            self.env.flush_all()
            spent[count] = self.cr.sql_log_count - before
            self.assertEqual(batch.done_count, count)
            mails = self.env["mail.mail"].sudo().search([("email_to", "like", f"m{count}-")])
            self.assertEqual(len(mails), count)
        self.assertLess(spent[40] - spent[10], 15, spent)

    def test_an_empty_workbook_has_the_columns_of_the_template(self):
        batch = self._batch([["company"], ["A"]])
        url = batch.action_sample()["url"]
        content = self.env["ir.attachment"].browse(int(url.split("/")[-1].split("?")[0])).raw
        batch.file = base64.b64encode(content)
        with self.assertRaisesRegex(UserError, "no rows"):
            batch.action_check()
