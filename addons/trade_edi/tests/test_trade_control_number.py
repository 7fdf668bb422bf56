import threading

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

from odoo.addons.trade_core.tests.common import TradeCase


@tagged("post_install", "-at_install")
class TestTradeControlNumber(TradeCase):
    def test_numbers_go_up_by_one_per_partner_and_kind_and_begin_again_at_the_end(self):
        numbers = self.env["trade.control.number"]
        other, _connector, _route = self._make_supplier("Ready Mat")
        taken = [numbers._next(self.partner, "edifact interchange") for _n in range(3)]
        self.assertEqual(taken, [1, 2, 3])
        self.assertEqual(numbers._next(self.partner, "edifact order"), 1)
        self.assertEqual(numbers._next(other, "edifact interchange"), 1)
        numbers.search([("trade_partner_id", "=", other.id)]).last = 999_999_999
        self.assertEqual(numbers._next(other, "edifact interchange"), 1)


@tagged("post_install", "-at_install")
class TestControlNumbersTogether(BaseCase):
    """In transactions of their own, as lanes are."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            company = env["res.partner"].create({"name": "Numbers", "is_company": True})
            self.partner = env["trade.partner"].create({"partner_id": company.id})
            cr.commit()  # pylint: disable=invalid-commit
        self.addCleanup(self.forget)

    def forget(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["trade.partner"].browse(self.partner.id)
            company = partner.partner_id
            env["trade.control.number"].search([("trade_partner_id", "=", partner.id)]).unlink()
            partner.unlink()
            company.unlink()
            cr.commit()  # pylint: disable=invalid-commit

    def next(self, fail=False):
        """A number taken as a lane takes one: again when somebody else was faster.

        :param fail: the file is not stored after all
        """
        while True:
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                try:
                    number = env["trade.control.number"]._next(
                        self.partner.with_env(env), "edifact interchange"
                    )
                    if fail:
                        cr.rollback()
                        return None
                    cr.commit()  # pylint: disable=invalid-commit
                    return number
                except SerializationFailure:
                    cr.rollback()

    def test_lanes_that_take_numbers_at_once_leave_no_gap_and_none_twice(self):
        taken, lock = [], threading.Lock()

        def take(worker):
            for turn in range(8):
                number = self.next(fail=(turn + worker) % 3 == 0)
                with lock:
                    taken.append(number)

        threads = [threading.Thread(target=take, args=(worker,)) for worker in range(5)]
        with mute_logger("odoo.sql_db"):  # PostgreSQL's conflicts are part of it
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        kept = sorted(number for number in taken if number)
        self.assertEqual(kept, list(range(1, len(kept) + 1)))
        self.assertGreater(len(kept), 20)
