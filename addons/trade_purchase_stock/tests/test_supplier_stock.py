import itertools
import json
import random
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_stock import StockReportCase


@tagged("post_install", "-at_install")
class TestSupplierStock(StockReportCase):
    """What suppliers say they have is kept as they said it last, whatever the order in which it comes."""

    # -- snapshot and delta ------------------------------------------------------------------------

    def test_snapshot_is_all_there_is(self):
        [message] = self.tell(self.report(self.has("WC-1", 10), self.has("WC-2", 5), when=self.ago(hours=3)))
        self.assertApplied(message)
        self.assertEqual(message.state_reason, "2 lines.")
        self.assertEqual(self.rows(), {("WC-1", ""): 10, ("WC-2", ""): 5})
        self.tell(self.report(self.has("WC-2", 7), when=self.ago(hours=2)))
        self.assertEqual(self.rows(), {("WC-2", ""): 7})

    def test_delta_touches_what_it_names(self):
        self.tell(self.report(self.has("WC-1", 10), self.has("WC-2", 5), when=self.ago(hours=3)))
        self.tell(self.report(self.has("WC-2", 0), scope="delta", when=self.ago(hours=2)))
        self.assertEqual(self.rows(), {("WC-1", ""): 10, ("WC-2", ""): 0})

    def test_same_report_again_is_ignored(self):
        report = self.report(self.has("WC-1", 10), when=self.ago(hours=3))
        self.tell(report)
        self.tell(self.report(self.has("WC-1", 4), scope="delta", when=self.ago(hours=2)))
        [again] = self.tell(report)
        self.assertEqual(again.state, "ignored")
        self.assertEqual(self.rows(), {("WC-1", ""): 4})

    def test_correction_replaces_what_it_corrects(self):
        when = self.ago(hours=3)
        self.tell(self.report(self.has("WC-1", 10), self.has("WC-2", 1), number="S1", when=when))
        self.tell(self.report(self.has("WC-1", 12), number="S1", when=when, sequence_number=1))
        self.assertEqual(self.rows(), {("WC-1", ""): 12})

    def test_older_report_changes_nothing(self):
        self.tell(self.report(self.has("WC-1", 10), when=self.ago(hours=1)))
        [late] = self.tell(self.report(self.has("WC-1", 99), self.has("WC-2", 9), when=self.ago(hours=5)))
        self.assertEqual(late.state, "ignored")
        self.assertIn("was read already", late.state_reason)
        [delta] = self.tell(self.report(self.has("WC-2", 9), scope="delta", when=self.ago(hours=2)))
        self.assertEqual(delta.state, "ignored")
        self.assertEqual(self.rows(), {("WC-1", ""): 10})

    def test_older_snapshot_after_a_delta_fills_in_the_rest(self):
        self.tell(self.report(self.has("WC-1", 0), scope="delta", when=self.ago(hours=1)))
        self.tell(self.report(self.has("WC-1", 10), self.has("WC-2", 5), when=self.ago(hours=2)))
        self.assertEqual(self.rows(), {("WC-1", ""): 0, ("WC-2", ""): 5})

    def test_several_reports_in_one_batch(self):
        """Also when the newer one is run first, and both speak of the same item."""
        older = self.report(self.has("WC-1", 1), scope="delta", when=self.ago(hours=3))
        newer = self.report(self.has("WC-1", 2), scope="delta", when=self.ago(hours=2))
        for message in self.tell(newer, older):
            self.assertApplied(message)
        self.assertEqual(self.rows(), {("WC-1", ""): 2})

    def test_reports_that_name_only_their_day_count_in_the_order_they_come(self):
        day = {"issue_date": str(self.today)}
        self.tell(self.report(self.has("WC-1", 10), when=day))
        self.tell(self.report(self.has("WC-1", 8), when=day))
        self.assertEqual(self.rows(), {("WC-1", ""): 8})
        [row] = self.kept()
        self.assertLess(fields.Datetime.now() - row.as_of, timedelta(minutes=5))

    def test_report_from_the_future_does_not_shut_out_the_next(self):
        self.tell(self.report(self.has("WC-1", 10), when=self.ago(days=-400)))
        self.tell(self.report(self.has("WC-1", 8), when=self.ago(days=-300)))
        self.assertEqual(self.rows(), {("WC-1", ""): 8})

    def test_lines_about_the_same_add_up(self):
        """Batches, each with its line."""
        self.tell(self.report(self.has("WC-1", 10), self.has("WC-1", "2.5"), self.has("WC-1", 1, place="B")))
        self.assertEqual(self.rows(), {("WC-1", ""): 12.5, ("WC-1", "B"): 1})

    def test_another_day_replaces_the_former(self):
        first, later = self.today + timedelta(days=9), self.today + timedelta(days=12)
        self.tell(self.report(self.has("WC-1", 5), self.has("WC-1", 50, day=first), when=self.ago(hours=3)))
        self.assertEqual(len(self.kept(("item_code", "=", "WC-1"))), 2)
        self.tell(
            self.report(
                self.has("WC-1", 5), self.has("WC-1", 40, day=later), scope="delta", when=self.ago(hours=2)
            )
        )
        found = self.kept(("item_code", "=", "WC-1"), ("available_from", "!=", False))
        self.assertEqual((found.available_from, found.quantity), (later, 40))

    # -- places ------------------------------------------------------------------------------------

    def test_snapshot_of_one_place_leaves_the_others(self):
        place = {"inventory_location": {"id": {"id": "NORTH"}}}
        self.tell(
            self.report(
                self.has("WC-1", 1, place="NORTH"),
                self.has("WC-2", 2, place="NORTH"),
                self.has("WC-1", 3, place="SOUTH"),
                when=self.ago(hours=3),
            )
        )
        self.tell(self.report(self.has("WC-1", 9), when=self.ago(hours=2), **place))
        self.assertEqual(self.rows(), {("WC-1", "NORTH"): 9, ("WC-1", "SOUTH"): 3})
        delta = self.report(
            self.has("WC-2", 7, place="NORTH"),
            self.has("WC-2", 8, place="SOUTH"),
            scope="delta",
            when=self.ago(hours=2, days=0) | {"issue_time": "00:00:00+00:00", **self.ago(hours=2.5)},
        )
        self.tell(delta)
        self.assertEqual(
            self.rows(),
            {("WC-1", "NORTH"): 9, ("WC-1", "SOUTH"): 3, ("WC-2", "SOUTH"): 8},
            "NORTH is known better",
        )

    # -- pieces of a file --------------------------------------------------------------------------

    def pieces(self, hours=2):
        return self.file(
            *(
                self.report(self.has(f"WC-{at}", at), number="BIG", when=self.ago(hours=hours))
                for at in (1, 2, 3)
            )
        )

    def test_file_in_pieces_removes_the_rest_when_the_last_was_read(self):
        for order in itertools.permutations(range(3)):
            with self.subTest(order=order), self.env.cr.savepoint() as savepoint:
                self.tell(self.report(self.has("WC-1", 99), self.has("GONE", 5), when=self.ago(hours=4)))
                pieces = self.pieces()
                for at in order[:2]:
                    self.run_each(pieces[at])
                    self.assertIn(("GONE", ""), self.rows(), "a piece is still missing")
                self.run_each(pieces[order[2]])
                self.assertEqual(self.rows(), {("WC-1", ""): 1, ("WC-2", ""): 2, ("WC-3", ""): 3})
                report = pieces[0].parent_id and self.Report.search(
                    [("message_id", "=", pieces.parent_id.id)]
                )
                self.assertEqual((report.name, report.line_count, report.piece_count), ("BIG", 3, 3))
                self.assertTrue(report.completed_at)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_held_piece_removes_nothing_until_it_is_corrected(self):
        self.tell(self.report(self.has("GONE", 5), when=self.ago(hours=4)))
        broken = self.report(self.has("WC-2", 2))
        broken["inventory_lines"][0]["quantity"]["value"] = "many"
        pieces = self.file(
            self.report(self.has("WC-1", 1), when=self.ago(hours=2)), broken, self.report(self.has("WC-3", 3))
        )
        self.run_each(pieces)
        self.assertEqual(pieces.mapped("state"), ["applied", "held", "applied"])
        self.assertEqual(self.rows(), {("GONE", ""): 5, ("WC-1", ""): 1, ("WC-3", ""): 3})
        self.assertTrue(self.Report.search([("message_id", "=", pieces.parent_id.id)]).is_waiting)
        said = json.loads(pieces[1]._raw())
        said["inventory_lines"][0]["quantity"]["value"] = "2"
        copy = pieces[1]._resubmit(json.dumps(said).encode(), "a number")
        self.run_each(copy)
        self.assertApplied(copy)
        self.assertEqual(self.rows(), {("WC-1", ""): 1, ("WC-2", ""): 2, ("WC-3", ""): 3})

    def test_ignored_piece_removes_nothing(self):
        self.tell(self.report(self.has("GONE", 5), when=self.ago(hours=4)))
        pieces = self.pieces()
        pieces[1]._set_state("held", "by hand")
        pieces[1]._set_state("ignored", "by hand")
        self.run_each(pieces[0] | pieces[2])
        self.assertIn(("GONE", ""), self.rows())

    def test_piece_that_is_corrected_later_counts_once(self):
        """Correcting a piece that was applied neither removes what the other pieces said, nor adds up."""
        pieces = self.pieces()
        self.run_each(pieces)
        said = {**json.loads(pieces[1]._raw()), "sequence_number": 1}
        said["inventory_lines"][0]["quantity"]["value"] = "20"
        copy = pieces[1]._resubmit(json.dumps(said).encode(), "they phoned")
        self.run_each(copy)
        self.assertApplied(copy)
        self.assertEqual(self.rows(), {("WC-1", ""): 1, ("WC-2", ""): 20, ("WC-3", ""): 3})

    def test_item_in_two_pieces_adds_up(self):
        pieces = self.file(
            self.report(self.has("WC-1", 1), when=self.ago(1)), self.report(self.has("WC-1", 2))
        )
        self.run_each(pieces)
        self.assertEqual(self.rows(), {("WC-1", ""): 3})

    def test_newer_delta_between_the_pieces_stays(self):
        pieces = self.pieces(hours=2)
        self.run_each(pieces[0])
        self.tell(
            self.report(self.has("WC-2", 70), self.has("NEW", 4), scope="delta", when=self.ago(hours=1))
        )
        self.run_each(pieces[1:])
        self.assertEqual(self.rows(), {("WC-1", ""): 1, ("WC-2", ""): 70, ("WC-3", ""): 3, ("NEW", ""): 4})

    def test_shuffled_and_doubled_reports_end_the_same(self):
        """Whatever the order: after all came, the newest complete report and the changes since hold."""
        reports = [
            self.report(self.has("A", 1), self.has("B", 2), number="1", when=self.ago(hours=9)),
            self.report(self.has("A", 3), number="2", scope="delta", when=self.ago(hours=8)),
            self.report(self.has("B", 4), self.has("C", 5), number="3", when=self.ago(hours=7)),
            self.report(
                self.has("C", 6), self.has("D", 7), number="4", scope="delta", when=self.ago(hours=6)
            ),
            self.report(self.has("B", 8), number="5", scope="delta", when=self.ago(hours=5)),
        ]
        shuffle = random.Random(38)
        for _turn in range(12):
            order = [*reports, *shuffle.sample(reports, 3)]
            shuffle.shuffle(order)
            with self.subTest(order=[one["id"] for one in order]), self.env.cr.savepoint() as savepoint:
                if shuffle.random() < 0.5:
                    self.tell(*order)
                else:
                    for one in order:
                        self.tell(one)
                self.assertEqual(self.rows(), {("B", ""): 8, ("C", ""): 6, ("D", ""): 7})
                savepoint.rollback()
                self.env.invalidate_all()

    # -- items -------------------------------------------------------------------------------------

    def test_known_items_have_their_product_and_its_unit(self):
        dozen = self.report(
            self.has("WC-1", 2, unit="DZN"),
            self.has("WC-2", 3, unit="KGM"),
            self.has(
                "OTHER",
                4,
                item={"standard_item_identification": {"id": "4012345678901", "scheme_id": "0160"}},
            ),
        )
        self.tell(dozen)
        rows = {row.item_code: row for row in self.kept()}
        self.assertEqual((rows["WC-1"].product_id, rows["WC-1"].product_qty), (self.desk, 24))
        self.assertEqual(rows["WC-2"].product_id, self.shelf)
        self.assertFalse(rows["WC-2"].product_qty, "kilograms are no pieces")
        self.assertEqual(rows["4012345678901"].product_id, self.desk)

    def test_unknown_item_waits_for_nobody_and_is_known_later(self):
        [message] = self.tell(
            self.report(self.has("X-9", 6), self.has("X-8", 2, unit="DZN"), self.has("X-7", 1))
        )
        self.assertApplied(message)
        self.assertEqual(message.state_reason, "3 lines, 3 of items we do not know.")
        rows = {row.item_code: row for row in self.kept(("product_id", "=", False))}
        mapping = self.env["trade.mapping"].create(
            {
                "kind": "product",
                "trade_partner_id": self.profile.id,
                "code": "X-9",
                "product_id": self.stool.id,
            }
        )
        self.env["product.supplierinfo"].create(
            {
                "partner_id": self.vendor.id,
                "product_tmpl_id": self.shelf.product_tmpl_id.id,
                "product_code": "X-8",
            }
        )
        self.assertEqual((rows["X-9"].product_id, rows["X-9"].product_qty), (self.stool, 6))
        self.assertEqual((rows["X-8"].product_id, rows["X-8"].product_qty), (self.shelf, 24))
        self.assertFalse(rows["X-7"].product_id)
        mapping.product_id = self.desk
        self.assertEqual(rows["X-9"].product_id, self.desk)
        mapping.unlink()
        self.assertFalse(rows["X-9"].product_id)

    def test_barcode_that_is_entered_makes_an_item_known(self):
        gtin = {
            "standard_item_identification": {"id": "00012345678905"},
            "sellers_item_identification": {"id": "Q"},
        }
        self.tell(self.report(self.has("Q", 3, item=gtin)))
        [row] = self.kept()
        self.assertFalse(row.product_id)
        self.stool.barcode = "012345678905"
        self.assertEqual(row.product_id, self.stool)

    def test_vendor_code_of_another_supplier_says_nothing(self):
        other = self.env["res.partner"].create({"name": "Ready Mat", "is_company": True})
        self.env["product.supplierinfo"].create(
            {"partner_id": other.id, "product_tmpl_id": self.stool.product_tmpl_id.id, "product_code": "X-1"}
        )
        self.tell(self.report(self.has("X-1", 6)))
        self.assertFalse(self.kept(("item_code", "=", "X-1")).product_id)

    def test_codes_that_disagree_are_nobodys(self):
        both = {
            "sellers_item_identification": {"id": "WC-2"},
            "standard_item_identification": {"id": "4012345678901"},
        }
        self.tell(self.report(self.has("WC-2", 3, item=both)))
        self.assertFalse(self.kept(("item_code", "=", "WC-2")).product_id)

    def test_odd_texts_are_kept_as_they_are(self):
        odd = 'a\\b\t"c",\nd;\\N ü'
        self.tell(
            self.report(
                self.has(
                    odd, 1, place="\\.", item={"name": "x\ny", "sellers_item_identification": {"id": odd}}
                )
            )
        )
        self.assertEqual(self.rows(), {(odd, "\\."): 1})

    # -- rights ------------------------------------------------------------------------------------

    def test_nobody_writes_and_companies_do_not_see_each_other(self):
        self.tell(self.report(self.has("WC-1", 1)))
        [row] = self.kept(("item_code", "=", "WC-1"))
        with self.assertRaises(AccessError):
            row.with_user(self.buyer).write({"quantity": 5})
        other = self.env["res.company"].create({"name": "Other"})
        self.buyer.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(self.Stock.with_user(self.buyer).search([("item_code", "=", "WC-1")]))
