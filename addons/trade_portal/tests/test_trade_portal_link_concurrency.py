import threading

from odoo import api
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

from odoo.addons.trade_portal.tokens import LinkRefused

from .common import PURPOSE


@tagged("post_install", "-at_install")
class TestTradePortalLinkConcurrency(TransactionCase):
    """Two clicks at the same instant, on connections of their own."""

    def setUp(self):
        super().setUp()
        env = self.worker()
        contact = env["res.partner"].create({"name": self.id(), "is_company": True})
        partner = env["trade.partner"].create({"partner_id": contact.id, "state": "live"})
        self.addCleanup(self.forget, partner.id, contact.id)
        url = env["trade.portal.link"]._issue(PURPOSE, partner, partner, uses=1)
        self.token = url.rpartition("/")[2]
        env.cr.commit()

    def worker(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, api.SUPERUSER_ID, {})

    def forget(self, partner_id, contact_id):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["trade.partner"].browse(partner_id).unlink()
            env["res.partner"].browse(contact_id).unlink()

    def click(self, env):
        env["trade.portal.link"]._open(self.token, PURPOSE)._use(ip="::1")

    def test_one_of_two_clicks_counts(self):
        first, second = self.worker(), self.worker()
        second.cr.execute("SELECT 1")  # both looked before either of them clicked
        self.click(first)
        outcome = []

        def click_too():
            try:
                self.click(second)
                outcome.append("used")
            except SerializationFailure:  # Odoo runs the request again
                second.cr.rollback()
                outcome.append("again")

        with mute_logger("odoo.sql_db"):
            other = threading.Thread(target=click_too)
            other.start()
            other.join(0.3)
            self.assertTrue(other.is_alive(), "the second click waits for the first")
            first.cr.commit()
            other.join(10)
        self.assertEqual(outcome, ["again"])
        with self.assertRaises(LinkRefused) as caught:
            self.click(second)
        self.assertEqual(caught.exception.reason, "used_up")
        second.cr.rollback()
        self.assertEqual(second["trade.portal.link"]._prove(self.token).use_count, 1)
        second.cr.rollback()
