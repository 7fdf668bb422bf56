from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from odoo.addons.trade_kernel.codecs import get

from .common_stock import StockReportCase


@tagged("post_install", "-at_install")
class TestSupply(StockReportCase):
    """Where buyers see what suppliers have, how old that is, and that a report did not come."""

    def info(self, product=None):
        return (product or self.desk).with_user(self.buyer).seller_ids

    def point(self, product, **vals):
        return self.env["stock.warehouse.orderpoint"].create({"product_id": product.id, **vals})

    # -- the vendor line ---------------------------------------------------------------------------

    def test_vendor_line_says_what_and_how_old(self):
        later = self.today + timedelta(days=5)
        self.tell(
            self.report(
                self.has("WC-1", 100),
                self.has("WC-1", 20, place="B"),
                self.has("WC-1", 50, day=later),
                self.has("WC-1", 7, kind="on_hand"),
                self.has("WC-2", 0),
                when=self.ago(hours=2),
            )
        )
        self.assertEqual(self.info().trade_supply, f"120 Units, 50 Units from {later:%m/%d/%Y} · 2 h ago")
        self.assertFalse(self.info().trade_supply_stale)
        self.assertTrue(self.info(self.shelf).trade_supply_none)
        self.assertEqual(self.info(self.shelf).trade_supply, "0 Units · 2 h ago")
        self.assertFalse(self.info(self.stool).trade_supply)

    def test_what_is_on_hand_and_not_reserved_can_be_had(self):
        self.tell(self.report(self.has("WC-1", 10, kind="on_hand"), self.has("WC-1", 4, kind="reserved")))
        self.assertTrue(self.info().trade_supply.startswith("6 Units · "))

    def test_a_part_in_a_unit_that_is_not_known_is_said(self):
        self.tell(self.report(self.has("WC-1", 100), self.has("WC-1", 5, unit="ZZX")))
        self.assertEqual(self.info().trade_supply, "100 Units, more in a unit that is not known · 0 min ago")
        self.tell(self.report(self.has("WC-1", 100), self.has("WC-1", 5, kind="on_hand", unit="ZZX")))
        self.assertEqual(self.info().trade_supply, "100 Units · 0 min ago")
        self.tell(
            self.report(
                self.has("WC-1", 100, kind="on_hand"), self.has("WC-1", 5, kind="reserved", unit="ZZX")
            )
        )
        self.assertEqual(self.info().trade_supply, "in a unit that is not known · 0 min ago")
        line = self.make_order((self.desk, 90, 100.0), confirm=False).order_line
        self.assertNotEqual(line.trade_supply_state, "enough")

    def test_an_item_by_its_barcode_is_the_one_by_its_code(self):
        by_barcode = {"item": {"standard_item_identification": {"id": "4012345678901", "scheme_id": "0160"}}}
        self.tell(self.report(self.has("WC-1", 5), self.has("WC-1", 3, place="B"), when=self.ago(hours=3)))
        self.tell(self.report({**self.has("WC-1", 7), **by_barcode}, scope="delta", when=self.ago(hours=2)))
        self.assertEqual(self.info().trade_supply, "10 Units · 2 h ago")
        self.tell(self.report(self.has("WC-1", 4), scope="delta", when=self.ago(hours=1)))
        self.assertEqual(self.info().trade_supply, "7 Units · 1 h ago")

    def test_old_is_red_until_a_change_report_confirms_it(self):
        self.tell(self.report(self.has("WC-1", 10), when=self.ago(days=3)))
        self.assertTrue(self.info().trade_supply_stale)
        self.assertTrue(self.info().trade_supply.endswith("3 days ago"))
        row = self.kept(("item_code", "=", "WC-1"), ("is_stale", "=", True))
        self.assertTrue(row.is_stale)
        self.tell(self.report(self.has("WC-2", 1), scope="delta", when=self.ago(hours=1)))
        self.env.invalidate_all()
        self.assertFalse(self.info().trade_supply_stale)
        self.assertTrue(self.info().trade_supply.endswith("1 h ago"))
        self.assertFalse(row.is_stale)
        self.assertFalse(self.kept(("item_code", "=", "WC-1"), ("is_stale", "=", True)))
        self.assertEqual(self.kept(("item_code", "=", "WC-1"), ("is_stale", "=", False)), row)

    def test_no_limit_is_never_too_old(self):
        self.stock_route.stock_max_age = 0
        self.tell(self.report(self.has("WC-1", 10), when=self.ago(days=30)))
        self.assertFalse(self.info().trade_supply_stale)
        self.assertFalse(self.kept(("item_code", "=", "WC-1"), ("is_stale", "=", True)))

    # -- the order line ----------------------------------------------------------------------------

    def test_order_line_compares_with_what_is_ordered(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 2, 20.0), (self.stool, 1, 15.0))
        self.tell(self.report(self.has("WC-1", 6), self.has("WC-2", 2), when=self.ago(hours=1)))
        desk, shelf, stool = order.order_line
        self.assertEqual((desk.trade_supply, desk.trade_supply_state), ("6 Units · 1 h ago", "short"))
        self.assertEqual(shelf.trade_supply_state, "enough")
        self.assertEqual((stool.trade_supply, stool.trade_supply_state), (False, False))
        desk.product_uom_id = self.env.ref("uom.product_uom_dozen")
        shelf.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(shelf.trade_supply_state, "short", "2 dozen are more than 2")

    def test_order_line_while_it_is_typed(self):
        self.tell(self.report(self.has("WC-1", 6)))
        with Form(self.env["purchase.order"]) as form:
            form.partner_id = self.vendor
            with form.order_line.new() as line:
                line.product_id = self.desk
                line.product_qty = 7
                self.assertEqual(line.trade_supply_state, "short")
                line.product_qty = 6
                self.assertEqual(line.trade_supply_state, "enough")

    def test_other_vendors_stock_is_not_shown(self):
        self.tell(self.report(self.has("WC-1", 6)))
        other = self.env["res.partner"].create({"name": "Ready Mat", "is_company": True})
        self.assertFalse(self.make_order(partner_id=other.id).order_line.trade_supply)

    def test_back_order_is_shown_on_its_line_and_changes_nothing(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        self.as_sent(order)
        before = order.order_line.mapped("date_planned"), order.order_line.mapped("product_qty")
        day = self.today + timedelta(days=30)
        self.tell(
            self.report(
                self.has("WC-1", 4, kind="back_order", day=day, order=order.name, line="1"),
                self.has("WC-2", 1, kind="back_order", order=order.name),
                self.has("WC-1", 3, kind="back_order", day=day, order="P99999"),
                when=self.ago(hours=1),
            )
        )
        desk, shelf = order.order_line
        self.assertEqual(desk.trade_back_order, f"4 Units from {day:%m/%d/%Y} · 1 h ago")
        self.assertEqual(shelf.trade_back_order, "1 Units, no date · 1 h ago")
        self.assertTrue(order.trade_back_order_shown)
        self.assertEqual(
            (order.order_line.mapped("date_planned"), order.order_line.mapped("product_qty")), before
        )
        self.tell(self.report(self.has("WC-1", 10), when=self.ago()))
        self.env.invalidate_all()
        self.assertFalse(desk.trade_back_order, "it was delivered")

    def test_back_orders_by_edi_are_shown_like_those_by_json(self):
        order = self.make_order((self.desk, 10, 100.0))
        self.as_sent(order)
        day = self.today + timedelta(days=30)
        line = order.order_line.trade_line_ref
        edifact = (
            "UNB+UNOC:3+WOOD+US+260302:0915+1'UNH+1+INVRPT:D:96A:UN'BGM+35+E1+9'"
            f"DTM+137:{self.today:%Y%m%d}:102'LIN+1++WC-1:SA'QTY+145:0:PCE'QTY+83:3:PCE'"
            f"DTM+44:{day:%Y%m%d}:102'RFF+ON:{order.name}:{line}'UNT+8+1'UNZ+1+1'"
        )
        x12 = (
            f"ISA*00*{'':10}*00*{'':10}*ZZ*{'WOOD':15}*ZZ*{'US':15}*260302*0915*^*00501*000000001*0*P*:~"
            "GS*IB*WOOD*US*20260302*0915*1*X*005010~ST*846*0001~"
            f"BIA*00*SI*E2*{self.today:%Y%m%d}~LIN*1*VN*WC-1~REF*PO*{order.name}~REF*FJ*{line}~QTY*33*0*EA~"
            f"QTY*BQ*4*EA~DTM*018*{day:%Y%m%d}~CTT*1~SE*10*0001~GE*1*1~IEA*1*000000001~"
        )
        for codec, text, waits in (("edifact", edifact, 3), ("x12", x12, 4)):
            with self.subTest(codec):
                [part] = get(codec).decode(text.encode())
                self.tell(part.document.model_dump(mode="json", exclude_none=True))
                self.env.invalidate_all()
                shown = order.order_line.trade_back_order
                self.assertTrue(shown and shown.startswith(f"{waits} Units from {day:%m/%d/%Y}"), shown)
                self.assertFalse(self.Stock.search([("kind", "=", "available"), ("order_ref", "!=", "")]))

    # -- replenishment -----------------------------------------------------------------------------

    def test_replenishment_says_who_has_it(self):
        self.tell(self.report(self.has("WC-1", 100), self.has("WC-2", 3), self.has("WC-3", 0)))
        desk = self.point(self.desk, product_min_qty=10, product_max_qty=20)
        shelf = self.point(self.shelf, product_min_qty=10, product_max_qty=20)
        stool = self.point(self.stool, product_min_qty=10, product_max_qty=20)
        points = desk | shelf | stool
        self.assertTrue(desk.trade_supply.startswith("Wood Corner: 100 Units · "))
        self.assertEqual(points.mapped("trade_supply_state"), ["enough", "short", "short"])
        Point = self.env["stock.warehouse.orderpoint"]
        has = Point.search([("trade_supply_has", "=", True), ("id", "in", points.ids)])
        self.assertEqual(has, desk | shelf)
        self.assertEqual(Point.search([("trade_supply_has", "=", False), ("id", "in", points.ids)]), stool)

    def test_replenishment_looks_at_who_has_most_when_the_vendor_says_nothing(self):
        partner = self.env["res.partner"].create({"name": "Ready Mat", "is_company": True})
        profile = self.env["trade.partner"].create({"partner_id": partner.id, "state": "live"})
        connector = self.env["trade.connector"].create(
            {"name": "Ready Mat", "trade_partner_id": profile.id, "transport": "manual"}
        )
        route = self.env["trade.route"].create(self.stock_route_values(profile, connector))
        self.env["product.supplierinfo"].create(
            {
                "partner_id": partner.id,
                "product_tmpl_id": self.desk.product_tmpl_id.id,
                "product_code": "RM-1",
                "sequence": 99,
            }
        )
        self.tell(self.report(self.has("RM-1", 9)), route=route)
        self.assertTrue(self.point(self.desk).trade_supply.startswith("Ready Mat: 9 Units"))

    # -- silence -----------------------------------------------------------------------------------

    def problem(self):
        return self.env["trade.exception"].search(
            [("code", "=", "stock.silent"), ("route_id", "=", self.stock_route.id)]
        )

    def test_silence_is_a_problem_and_ends_with_the_next_report(self):
        Route = self.env["trade.route"]
        self.tell(self.report(self.has("WC-1", 1), when=self.ago(hours=47)))
        Route._cron_stock_silence()
        self.assertFalse(self.problem())
        self.stock_route.stock_max_age = 24
        for _twice in range(2):
            Route._cron_stock_silence()
        problem = self.problem()
        self.assertEqual((problem.state, problem.exception_class, problem.seen_count), ("open", "silence", 1))
        self.assertIn("Wood Corner has sent no stock report for more than 24 hours", problem.name)
        self.tell(self.report(self.has("WC-1", 1), when=self.ago(hours=30)))
        self.assertEqual(problem.state, "open", "that one is too old as well")
        self.tell(self.report(self.has("WC-1", 1), scope="delta", when=self.ago(hours=1)))
        self.assertEqual(problem.state, "resolved")

    def test_supplier_that_never_reported_is_silent_from_the_day_it_was_set_up(self):
        self.env.cr.execute(
            "UPDATE trade_route SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days=3), self.stock_route.id],
        )
        self.env.invalidate_all()
        self.stock_route.mode = "stopped"
        self.env["trade.route"]._cron_stock_silence()
        self.assertFalse(self.problem(), "it is stopped on purpose")
        self.stock_route.mode = "live"
        self.env["trade.route"]._cron_stock_silence()
        self.assertEqual(self.problem().state, "open")

    def test_reports_nothing_refers_to_are_cleared_away_and_the_newest_stays(self):
        for days in (200, 190, 180):
            self.tell(self.report(self.has("WC-1", days), when=self.ago(days=days)))
        self.Report._gc_reports()
        kept = self.Report.search([("trade_partner_id", "=", self.profile.id)])
        self.assertEqual(len(kept), 1)
        self.assertEqual(self.rows(), {("WC-1", ""): 180})
