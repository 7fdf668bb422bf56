from datetime import date, datetime, time

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import PurchaseCase

ORDERED = datetime(2031, 2, 28, 9, 0)  # 10 days before the day that is asked for
TODAY = "2031-04-15"


@tagged("post_install", "-at_install")
class TestPromiseReport(PurchaseCase):
    """Supplier reliability, from orders that end in every way there is."""

    def ordered(self, quantity=10, product=None):
        order = self.make_order((product or self.desk, quantity, 100.0))
        order.date_approve = ORDERED
        return order.order_line

    def promised(self, line, day, quantity=10, issued="2031-01-05"):
        ref = line.trade_line_ref
        lines = [self.line(ref, "7") if not quantity else self.line(ref, "3", quantity, day=self.days(day))]
        [message] = self.process(self.answer(line.order_id, *lines, issued=issued))
        if message.state == "held":
            self.decide(message, "accepted")
        self.assertApplied(message)

    def received(self, line, *parts):
        self.env["trade.promise"]._note(
            "received",
            [{"order_line": line, "quantity": quantity, "date": self.days(day)} for quantity, day in parts],
        )

    def row(self, line, today=TODAY):
        self.env.flush_all()
        self.env["trade.promise.report"].invalidate_model()
        with freeze_time(today):
            row = self.env["trade.promise.report"].search([("id", "=", line.id)])
            row.fetch(list(row._fields))
            return row

    def rates(self, line, today=TODAY):
        """``(outcome, asked, promised, first promise kept)``; undecided ones are None."""
        row = self.row(line, today)
        return (
            row.outcome,
            row.otif_asked if row.decided_asked else None,
            row.otif_promised if row.decided_promised else None,
            row.first_promise_kept if row.decided_promised else None,
        )

    def test_on_time(self):
        line = self.ordered()
        self.promised(line, 0)
        self.received(line, (4, -2), (6, 0))
        self.assertEqual(self.rates(line), ("on_time", 100, 100, 100))
        row = self.row(line)
        self.assertEqual(row.completed_on, self.days(0))
        self.assertEqual((row.first_receipt, row.last_receipt), (self.days(-2), self.days(0)))
        self.assertEqual((row.lead_time, row.days_late), (10, 0))
        self.assertEqual(row.partner_id, self.vendor)

    def test_early_is_on_time(self):
        line = self.ordered()
        self.received(line, (10, -3))
        row = self.row(line)
        self.assertEqual(self.rates(line), ("on_time", 100, None, None))
        self.assertEqual((row.lead_time, row.days_late), (7, -3))

    def test_a_later_promise_that_is_kept(self):
        line = self.ordered()
        self.promised(line, 3)
        self.received(line, (10, 3))
        self.assertEqual(self.rates(line), ("on_time", 0, 100, 100))

    def test_a_promise_that_is_taken_back(self):
        line = self.ordered()
        self.promised(line, 0)
        self.promised(line, 4, issued="2031-01-06")
        self.received(line, (10, 4))
        self.assertEqual(self.rates(line), ("late", 0, 0, 0))
        self.assertEqual((self.row(line).days_late, self.row(line).promise_count), (4, 2))

    def test_taken_back_and_kept_nevertheless(self):
        line = self.ordered()
        self.promised(line, 0)
        self.promised(line, 4, issued="2031-01-06")
        self.received(line, (10, 0))
        self.assertEqual(self.rates(line), ("on_time", 100, 100, 0))

    def test_not_in_full(self):
        line = self.ordered()
        self.promised(line, 0)
        self.received(line, (9, 0))
        self.assertEqual(self.rates(line), ("overdue", 0, 0, 0))
        self.assertEqual((self.row(line).days_overdue, self.row(line).days_late), (36, 0))
        self.received(line, (1, 5))
        self.assertEqual(self.rates(line), ("late", 0, 0, 0))
        self.assertEqual(self.row(line).received_by_promise, 9)

    def test_what_was_returned_in_time_was_not_delivered(self):
        line = self.ordered()
        self.received(line, (10, -5), (-3, -4), (3, 2))
        row = self.row(line)
        self.assertEqual((row.received_by_asked, row.received_qty, row.otif_asked), (7, 10, 0))

    def test_less_promised_and_delivered(self):
        line = self.ordered()
        self.promised(line, 0, quantity=8)
        self.received(line, (8, 0))
        self.assertEqual(self.rates(line), ("on_time", 0, 100, 100))

    def test_refused(self):
        line = self.ordered()
        self.promised(line, 0, quantity=0)
        self.assertEqual(self.rates(line), ("refused", 0, None, None))

    def test_undecided_lines_count_nowhere(self):
        late, waiting = self.ordered(), self.ordered()
        self.received(late, (10, 1))
        self.assertEqual(self.rates(waiting, "2031-03-01"), ("open", None, None, None))
        self.assertEqual(self.rates(waiting, "2031-03-10")[0], "open", "the day itself is not over")
        self.assertEqual(self.rates(waiting, "2031-03-11")[:2], ("overdue", 0))
        with freeze_time("2031-03-10"):
            [(rate,)] = self.env["trade.promise.report"]._read_group(
                [("id", "in", (late | waiting).ids)], [], ["otif_asked:avg"]
            )
            self.assertFalse(rate)
        with freeze_time("2031-03-11 12:00:00"):
            late2 = self.ordered()
            self.received(late2, (10, 0))
            self.env.flush_all()
            [(rate, count)] = self.env["trade.promise.report"]._read_group(
                [("id", "in", (late | late2).ids)], [], ["otif_asked:avg", "__count"]
            )
            self.assertEqual((rate, count), (50, 2))

    def test_what_is_no_order_any_more_does_not_count(self):
        cancelled, dropped = self.ordered(), self.ordered()
        cancelled.order_id.button_cancel()
        dropped.product_qty = 0
        draft = self.make_order(confirm=False).order_line
        self.env.flush_all()
        found = self.env["trade.promise.report"].search([("id", "in", (cancelled | dropped | draft).ids)])
        self.assertFalse(found)

    def test_agreed_lead_time(self):
        line = self.ordered()
        self.desk.seller_ids.delay = 6
        self.received(line, (10, -2))
        row = self.row(line)
        self.assertEqual((row.lead_time, row.lead_time_agreed), (8, 6))

    def test_by_supplier_product_and_month(self):
        for product, day in ((self.desk, 0), (self.desk, 2), (self.shelf, 0)):
            self.received(self.ordered(product=product), (10, day))
        self.env.flush_all()
        with freeze_time(TODAY):
            found = self.env["trade.promise.report"]._read_group(
                [("partner_id", "=", self.vendor.id)],
                ["product_id", "asked_date:month"],
                ["otif_asked:avg", "lead_time:avg", "__count"],
            )
        self.assertEqual(
            found, [(self.desk, date(2031, 3, 1), 50, 11, 2), (self.shelf, date(2031, 3, 1), 100, 10, 1)]
        )

    def test_on_the_trading_partner(self):
        self.received(self.ordered(), (10, 0))
        self.received(self.ordered(), (10, 1))
        self.env.flush_all()
        with freeze_time(TODAY):
            self.assertEqual((self.profile.trade_otif, self.profile.trade_otif_count), (50, 2))
            action = self.profile.with_user(self.buyer).action_trade_reliability()
            self.assertEqual(action["context"]["search_default_partner_id"], self.vendor.id)
            self.profile.invalidate_recordset()
        with freeze_time(datetime.combine(date(2032, 4, 15), time(12))):
            self.assertEqual(self.profile.trade_otif_count, 0, "longer ago than a year")

    def test_who_reads_it(self):
        line = self.ordered()
        rows = self.env["trade.promise.report"].with_user(self.buyer)
        self.env.flush_all()
        self.assertEqual(rows.search([("id", "=", line.id)]).action_open_order()["res_id"], line.order_id.id)
        with self.assertRaises(AccessError):
            rows.with_user(new_test_user(self.env, "stranger", "base.group_user")).search([])
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.buyer.write({"company_ids": [Command.set(elsewhere.ids)], "company_id": elsewhere.id})
        self.assertFalse(rows.search([("id", "=", line.id)]))

    def test_on_the_order(self):
        line = self.ordered()
        self.env["trade.promise"]._note(
            "despatched", [{"order_line": line, "quantity": 4, "date": self.days(0)}] * 2
        )
        self.env.invalidate_all()
        order = line.order_id.with_user(self.buyer)
        self.assertEqual(order.order_line.trade_despatched_qty, 8)
        self.assertEqual(order.trade_promise_count, 3)
        action = order.action_trade_promises()
        self.assertEqual(self.env["trade.promise"].search_count(action["domain"]), 3)
