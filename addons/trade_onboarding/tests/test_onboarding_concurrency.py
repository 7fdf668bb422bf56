import threading

from odoo import api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

from odoo.addons.trade_kernel.errors import BusinessRefused


@tagged("post_install", "-at_install")
class TestOnboardingConcurrency(TransactionCase):
    """Two people, or two clicks, at the same instant, on connections of their own."""

    def setUp(self):
        super().setUp()
        env = self.worker()
        self.template = env["trade.onboarding.template"].create(
            {"name": self.id(), "step_ids": [(0, 0, {"name": "Look", "kind": "task", "gate": "live"})]}
        )
        contact = env["res.partner"].create({"name": self.id(), "is_company": True})
        profile = env["trade.partner"].create({"partner_id": contact.id})
        self.case = env["trade.onboarding"].create(
            {"name": self.id(), "template_id": self.template.id, "partner_id": contact.id}
        )
        self.case.trade_partner_id = profile
        self.addCleanup(self.forget, contact.id, profile.id)
        env.cr.commit()

    def worker(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, api.SUPERUSER_ID, {})

    def forget(self, contact_id, profile_id):
        def delete(env):
            env.cr.execute("DELETE FROM trade_onboarding WHERE id = %s", [self.case.id])
            env["trade.partner"].browse(profile_id).unlink()
            env["res.partner"].browse(contact_id).unlink()
            env["trade.onboarding.template"].browse(self.template.id).unlink()

        self.as_odoo_does(delete)

    def as_odoo_does(self, work):
        """Do something in a transaction of its own, and again where another one, such as that of an event
        that is numbered after the commit, was faster."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            retrying(lambda: work(env), env)

    def both(self, click, cases=None):
        """Both have looked before either of them clicks; what the second is told when Odoo runs it again."""
        first, second = (case.with_env(self.worker()) for case in cases or (self.case, self.case))
        second.env.cr.execute("SELECT 1")
        click(first)
        first.flush_recordset()
        outcome = []

        def click_too():
            try:
                click(second)
                outcome.append("done twice")
            except SerializationFailure:
                outcome.append("again")
            except UserError as error:
                outcome.append(str(error))
            second.env.cr.rollback()

        with mute_logger("odoo.sql_db"):
            other = threading.Thread(target=click_too)
            other.start()
            other.join(0.3)
            self.assertTrue(other.is_alive(), f"the second waits for the first, but: {outcome}")
            first.env.cr.commit()
            other.join(10)
        self.assertEqual(outcome, ["again"])
        second.invalidate_recordset()
        return second

    def test_two_finish_the_same_step(self):
        second = self.both(lambda case: case.step_ids._submit())
        with self.assertRaisesRegex(BusinessRefused, "A step that is done cannot become done"):
            second.step_ids._submit()
        second.env.cr.rollback()
        done = second.step_ids.move_ids.filtered(lambda move: move.new == "done")
        self.assertEqual(len(done), 1)
        second.env.cr.rollback()

    def test_two_go_live(self):
        self.case.step_ids._submit()
        self.case.env.cr.commit()
        second = self.both(lambda case: case._move("live"))
        with self.assertRaisesRegex(BusinessRefused, "A case that is live cannot become live"):
            second._move("live")
        with self.assertRaisesRegex(UserError, "the case is at “Live” already"):
            second.action_go_on()
        second.env.cr.rollback()
        self.assertEqual(len(second.move_ids.filtered(lambda move: move.new == "live")), 1)
        second.env.cr.rollback()

    def test_two_cases_of_one_company_are_approved(self):
        """The second looks for duplicates again when the contact of the first is there."""
        template = self.template.copy(
            {"step_ids": [(0, 0, {"name": "Alike?", "kind": "duplicates", "gate": "verified"})]}
        )
        cases = template.env["trade.onboarding"].create(
            [{"name": f"{name} of {self.id()}", "template_id": template.id} for name in ("One", "Two")]
        )
        self.addCleanup(self.forget_cases, cases.ids, template.id)
        template.env.cr.commit()
        self.both(lambda case: case.step_ids._kind()._outdated(case.step_ids, "approved"), cases)

    def forget_cases(self, ids, template_id):
        def delete(env):
            env.cr.execute("DELETE FROM trade_onboarding WHERE id = ANY(%s)", [ids])
            env["trade.onboarding.template"].browse(template_id).unlink()

        self.as_odoo_does(delete)
