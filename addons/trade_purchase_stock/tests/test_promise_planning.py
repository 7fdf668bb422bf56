from datetime import date, datetime, timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from odoo.addons.trade_purchase.tests.test_promise_lead_time import TODAY, LeadTimeCase


@tagged("post_install", "-at_install")
class TestPromisePlanning(LeadTimeCase):
    """Replenishment plans with the measured lead time, once it is switched on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.desk.route_ids = cls.env.ref("purchase_stock.route_warehouse0_buy")
        cls.point = cls.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": cls.desk.id,
                "location_id": cls.warehouse.lot_stock_id.id,
                "product_min_qty": 5,
                "product_max_qty": 20,
            }
        )
        cls.taken(14, 14, 14, 14, 14)
        cls.env["product.supplierinfo"]._trade_measure(cls.vendor)

    def test_lead_days_of_a_reordering_rule(self):
        base = self.point.lead_days
        self.assertEqual(self.seller.trade_measured_delay, 14)
        self.assertEqual(base, 10 + self.env.company.days_to_purchase)
        self.profile.trade_plan_measured = True
        self.assertEqual(self.point.lead_days, base + 4)
        self.assertEqual(
            self.point.lead_horizon_date,
            fields.Date.today() + timedelta(days=base + 4 + self.point.get_horizon_days()),
        )
        self.profile.trade_plan_measured = False
        self.assertEqual(self.point.lead_days, base)

    def test_it_says_so(self):
        self.profile.trade_plan_measured = True
        _delays, description = self.point.rule_ids._get_lead_days(self.desk)
        self.assertIn(("Measured Lead Time (14 days)", "+4 day(s)"), description)

    def test_faster_than_agreed(self):
        self.seller.delay = 20
        self.profile.trade_plan_measured = True
        self.assertEqual(self.point.lead_days, 14 + self.env.company.days_to_purchase)

    def test_replenished_by_hand(self):
        def planned():
            buy = self.warehouse.buy_pull_id.route_id
            wizard = self.env["product.replenish"]
            return wizard._get_date_planned(buy, supplier=self.seller, show_vendor=True)

        agreed = planned()
        self.profile.trade_plan_measured = True
        self.assertEqual(planned() - agreed, timedelta(days=4))

    def test_the_order_is_placed_in_time(self):
        def placed():
            self.env["stock.rule"].run(
                [
                    self.env["stock.rule"].Procurement(
                        self.desk,
                        3.0,
                        self.desk.uom_id,
                        self.warehouse.lot_stock_id,
                        "need",
                        "need",
                        self.env.company,
                        {
                            "warehouse_id": self.warehouse,
                            "date_planned": datetime(2031, 6, 30, 10),
                            "route_ids": self.desk.route_ids,
                        },
                    )
                ]
            )
            order = (
                self.env["purchase.order.line"]
                .search(
                    [("product_id", "=", self.desk.id), ("state", "=", "draft")], order="id desc", limit=1
                )
                .order_id
            )
            day = order.date_order.date()
            order.button_cancel()
            return day

        self.assertEqual(placed(), date(2031, 6, 20))
        self.profile.trade_plan_measured = True
        self.assertEqual(placed(), date(2031, 6, 16))

    def test_demand_within_the_longer_time_is_ordered_now(self):
        self.desk.is_storable = True
        stock = self.warehouse.lot_stock_id
        self.env["stock.quant"]._update_available_quantity(self.desk, stock, 6)
        self.env.company.horizon_days = 0
        for order in self.env["purchase.order"].search([("order_line.product_id", "=", self.desk.id)]):
            order.picking_ids.action_cancel()
        with freeze_time(TODAY):
            self.env["stock.move"].create(
                {
                    "product_id": self.desk.id,
                    "product_uom_qty": 4,
                    "product_uom": self.desk.uom_id.id,
                    "location_id": stock.id,
                    "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                    "date": datetime(2031, 4, 15, 12) + timedelta(days=12),
                }
            )._action_confirm()
            self.env.flush_all()
            self.assertEqual(self.point.qty_to_order, 0)
            self.profile.trade_plan_measured = True
            self.assertGreater(self.point.qty_to_order, 0)
