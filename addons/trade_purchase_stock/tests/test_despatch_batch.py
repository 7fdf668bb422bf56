from odoo.tests import tagged

from odoo.addons.trade_core.pipeline import inbound

from .common import DespatchCase

FEW, MANY = 2, 10


@tagged("post_install", "-at_install")
class TestDespatchBatch(DespatchCase):
    """Shipments of one batch are prepared together: more of them take no more queries, except what Odoo
    itself needs for each new receipt (a number), changed quantity (a note) and pallet (its weight)."""

    def packed(self, number, order, quantities=(6, 4), **more):
        """Desks of two lots in two cartons on a pallet, and shelves."""
        names = [f"3401234{number:09d}{part:02d}" for part in range(3)]
        units = [
            self.unit(names[0]),
            *(
                self.unit(name, (1, quantity), parent=names[0])
                for name, quantity in zip(names[1:], quantities, strict=True)
            ),
        ]
        batches = [
            {"lot_number_id": f"L-{number}-{part}", "quantity": {"value": str(quantity), "unit_code": "C62"}}
            for part, quantity in enumerate(quantities)
        ]
        goods = [self.goods(1, sum(quantities), ref=1, batches=batches), self.goods(2, 5, "WC-2", ref=2)]
        return self.advice(f"D-{number}", *goods, order=order, units=units, eta=2, **more)

    def part(self, number, order, **more):
        return self.advice(
            f"D-{number}",
            self.goods(1, 6, ref=1),
            self.goods(2, 5, "WC-2", ref=2),
            order=order,
            eta=1,
            **more,
        )

    def orders(self, count):
        lines = ((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        return [self.make_order(*lines) for _number in range(count)]

    def queries(self, *advices):
        """How many a batch of documents takes that all must be applied."""
        messages = self.env["trade.message"].union(
            *(self.receive(advice, route=self.route_asn) for advice in advices)
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        inbound.process(messages)
        self.env.flush_all()
        found = self.env.cr.sql_log_count - before
        for message in messages:
            self.assertApplied(message)
        self.env.invalidate_all()
        return found

    def assertNotMore(self, make, *, prepare=None, growth=0):
        """Batches of few and of many documents, of ``make(number, order)``, after ``prepare`` was applied.

        :param growth: how many queries one more document may take
        """
        counts, number = {}, 0
        for count in (1, FEW, MANY):  # the first one fills what Odoo remembers for all
            orders = dict(enumerate(self.orders(count), number))
            number += count
            if prepare:
                self.queries(*(prepare(at, order) for at, order in orders.items()))
            counts[count] = self.queries(*(make(at, order) for at, order in orders.items()))
            self.assertPrepared(orders.values())
        limit = counts[FEW] + growth * (MANY - FEW)
        self.assertLessEqual(counts[MANY], limit, counts)

    def assertPrepared(self, orders):
        for order in orders:
            for despatch in order.trade_despatch_ids.filtered(lambda one: one.state != "cancelled"):
                self.assertEqual(despatch.order_ids, order)
                self.assertEqual(len(despatch.picking_ids), 1)
                self.assertEqual(despatch.picking_ids.move_ids, despatch.move_ids)
                self.assertEqual(
                    sorted(despatch.line_ids.mapped("quantity")),
                    sorted(despatch.move_ids.move_line_ids.mapped("quantity")),
                )
                self.assertEqual(despatch.move_ids.move_line_ids.trade_despatch_line_id, despatch.line_ids)
            self.assertEqual(sum(self.open(order).mapped("product_qty")), 15)

    def open(self, order):
        return order.order_line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))

    def test_whole_orders(self):
        goods = (self.goods(1, 10, ref=1), self.goods(2, 5, "WC-2", ref=2))
        self.assertNotMore(lambda number, order: self.advice(f"D-{number}", *goods, order=order, eta=2))

    def test_pallets_and_lots(self):
        self.desk.tracking = "lot"
        self.assertNotMore(self.packed, growth=8)

    def test_parts_of_orders(self):
        self.assertNotMore(self.part, growth=24)

    def test_corrections(self):
        self.desk.tracking = "lot"
        self.assertNotMore(
            lambda number, order: self.packed(number, order, (3, 5), sequence_number=1),
            prepare=self.packed,
            growth=22,
        )

    def test_corrected_parts(self):
        self.assertNotMore(
            lambda number, order: self.advice(
                f"D-{number}", self.goods(1, 4, ref=1), self.goods(2, 2, "WC-2", ref=2), order=order, eta=3,
                sequence_number=1,
            ),
            prepare=self.part,
            growth=55,
        )  # fmt: skip

    def test_withdrawn(self):
        self.assertNotMore(
            lambda number, order: self.part(number, order, sequence_number=1, purpose_code="1"),
            prepare=self.part,
            growth=38,
        )

    def test_a_receipt_that_several_orders_share_is_left_by_each_in_turn(self):
        """Orders whose goods wait in one receipt, announced in one batch."""
        first, second = self.make_order(), self.make_order((self.shelf, 5, 20.0))
        goods = [self.goods(1, 10, ref=1, order=first), self.goods(2, 5, "WC-2", order=second)]
        shared = self.announced(self.advice("D-1", *goods)).picking_ids
        self.announced(self.advice("D-1", *goods, purpose_code="1"))
        self.assertEqual(first.picking_ids & second.picking_ids, shared)
        one, two = self.announced(
            self.advice("D-2", self.goods(1, 10, ref=1), order=first, eta=1),
            self.advice("D-3", self.goods(1, 5, "WC-2"), order=second, eta=2),
        )
        self.assertEqual(self.expected(first), [(1, 10, True)])
        self.assertEqual(self.expected(second), [(2, 5, True)])
        self.assertEqual(two.picking_ids, shared)
        self.assertEqual((first.picking_ids, second.picking_ids), (one.picking_ids, shared))
