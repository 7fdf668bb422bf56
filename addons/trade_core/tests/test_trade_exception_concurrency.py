from odoo import api
from odoo.tests import TransactionCase, tagged

from odoo.addons.trade_core.pipeline.step import Conflict
from odoo.addons.trade_kernel.errors import PartnerDown


@tagged("post_install", "-at_install")
class TestTradeExceptionConcurrency(TransactionCase):
    """Two workers meet the same problem at the same instant, on connections of their own."""

    def setUp(self):
        super().setUp()
        self.error = PartnerDown("partner.down", partner="Gemini", detail="timeout", subject=self.id())
        self.addCleanup(self.forget)

    def worker(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, api.SUPERUSER_ID, {})

    def open_problem(self, env):
        return env["trade.exception"]._open(
            self.error, company=env["res.company"].browse(self.env.company.id)
        )

    def forget(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT id FROM trade_exception WHERE subject = %s", [self.id()])
            ids = tuple(problem_id for (problem_id,) in cr.fetchall()) or (0,)
            for table, column in (
                ("mail_message", "res_id"),
                ("mail_activity", "res_id"),
                ("mail_followers", "res_id"),
            ):
                model = "res_model" if table != "mail_message" else "model"
                cr.execute(f"DELETE FROM {table} WHERE {model} = 'trade.exception' AND {column} IN %s", [ids])
            cr.execute("DELETE FROM trade_exception WHERE id IN %s", [ids])

    def test_the_second_one_does_it_again_and_joins(self):
        first, second = self.worker(), self.worker()
        second.cr.execute("SELECT 1")  # its snapshot is older than what the first one commits
        problem = self.open_problem(first)
        first.cr.commit()
        with self.assertRaises(Conflict):
            self.open_problem(second)
        second.cr.rollback()
        again = self.open_problem(second)
        second.cr.commit()
        self.assertEqual(again.id, problem.id)
        self.assertEqual(again.seen_count, 2)
        first.cr.rollback()
        self.assertEqual(
            first["trade.exception"].search_count([("subject", "=", self.id()), ("is_open", "=", True)]), 1
        )
