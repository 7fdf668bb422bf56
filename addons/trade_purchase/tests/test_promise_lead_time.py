from datetime import datetime, timedelta

from freezegun import freeze_time
from odoo import Command
from odoo.tests import tagged

from .common import PurchaseCase

ORDERED = datetime(2031, 2, 28, 9, 0)
TODAY = "2031-04-15 12:00:00"


class LeadTimeCase(PurchaseCase):
    """Vendors that take other days than agreed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.desk.seller_ids
        cls.seller.delay = 10
        frozen = freeze_time(TODAY)
        frozen.start()
        cls.addClassCleanup(frozen.stop)

    @classmethod
    def taken(cls, *days, product=None, asked=10, ordered=ORDERED):
        """One order line for each number of days that its delivery took."""
        for took in days:
            order = cls.make_order((product or cls.desk, 10, 100.0), confirm=False)
            order.order_line.date_planned = ordered + timedelta(days=asked)
            order.button_confirm()
            order.date_approve = ordered
            day = (ordered + timedelta(days=took)).date()
            cls.env["trade.promise"]._note(
                "received", [{"order_line": order.order_line, "quantity": 10, "date": day}]
            )
        cls.env.flush_all()

    def measured(self, seller=None):
        seller = seller or self.seller
        return seller.trade_measured_delay, seller.trade_measured_count, seller.trade_plan_measured


@tagged("post_install", "-at_install")
class TestPromiseLeadTime(LeadTimeCase):
    def measure(self):
        self.env["product.supplierinfo"]._trade_measure(self.vendor)

    def test_measured_but_not_planned_until_switched_on(self):
        self.taken(12, 13, 14, 15, 30)
        self.measure()
        self.assertEqual(self.measured(), (15, 5, False))
        self.assertEqual(self.seller.delay, 10, "what was agreed stays")
        self.profile.trade_plan_measured = True
        self.assertEqual(self.measured(), (15, 5, True))
        self.profile.trade_measure = "median"
        self.assertEqual(self.measured(), (14, 5, True))
        self.profile.trade_plan_measured = False
        self.assertEqual(self.measured(), (14, 5, False))

    def test_too_few_receipts(self):
        self.profile.trade_plan_measured = True
        self.taken(12, 13, 14, 15)
        self.measure()
        self.assertEqual(self.measured(), (15, 4, False))
        self.profile.trade_measure_minimum = 4
        self.assertEqual(self.measured(), (15, 4, True))

    def test_each_product_for_itself(self):
        self.taken(12)
        self.taken(20, product=self.shelf)
        self.measure()
        self.assertEqual(self.measured()[:2], (12, 1))
        self.assertEqual(self.measured(self.shelf.seller_ids)[:2], (20, 1))
        self.assertEqual(self.measured(self.stool.seller_ids)[:2], (0, 0))

    def test_what_we_did_not_want_earlier_tells_nothing(self):
        self.taken(60, asked=60)
        self.taken(70, asked=60)
        self.measure()
        self.assertEqual(self.measured()[:2], (70, 1))

    def test_what_is_long_ago_is_forgotten(self):
        self.taken(12)
        self.measure()
        self.assertEqual(self.measured()[1], 1)
        with freeze_time("2032-04-15 12:00:00"):
            self.measure()
        self.assertEqual(self.measured(), (0, 0, False))

    def test_what_is_not_complete_is_not_measured(self):
        order = self.make_order()
        self.env["trade.promise"]._note(
            "received", [{"order_line": order.order_line, "quantity": 9, "date": self.days(0)}]
        )
        self.measure()
        self.assertEqual(self.measured(), (0, 0, False))

    def test_price_lists_of_other_companies(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.seller.company_id = False  # shared by all companies
        other = self.seller.copy({"company_id": elsewhere.id})
        own = self.seller.copy({"company_id": self.env.company.id})
        self.taken(12, 12, 12, 12, 12)
        self.profile.trade_plan_measured = True
        self.assertEqual(self.measured(other), (0, 0, False))
        self.assertEqual(self.measured(own), (12, 5, True))
        self.assertEqual(self.measured(), (12, 5, True))
        self.env["trade.partner"].create({"partner_id": self.vendor.id, "company_id": elsewhere.id})
        self.measure()
        self.assertEqual(self.measured(own), (12, 5, True))
        self.assertEqual(self.measured(), (12, 5, False), "shared with a company that does not want it")

    def test_the_cron_measures_everybody_and_only_what_changed_is_written(self):
        self.taken(12)
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 1)
        self.env["product.supplierinfo"]._cron_trade_measure()
        self.assertEqual(self.measured()[:2], (12, 1))
        written = []
        model = type(self.env["product.supplierinfo"])
        write = model.write
        self.patch(model, "write", lambda rows, vals: written.append(vals) or write(rows, vals))
        self.env["product.supplierinfo"]._cron_trade_measure()
        self.assertEqual(written, [])

    def test_new_order_lines_are_expected_when_the_vendor_used_to_come(self):
        def expected():
            order = self.env["purchase.order"].create(
                {
                    "partner_id": self.vendor.id,
                    "date_order": TODAY,
                    "order_line": [Command.create({"product_id": self.desk.id, "product_qty": 1})],
                }
            )
            return (order.order_line.date_planned.date() - order.date_order.date()).days

        self.taken(13, 13, 13, 13, 13)
        self.measure()
        self.assertEqual(expected(), 10)
        self.profile.trade_plan_measured = True
        self.assertEqual(expected(), 13)
