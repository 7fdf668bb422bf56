"""Catalogues of many pieces and many lines: any order, killed in the middle, in bounded queries."""

import json

from .. import catalogue_apply
from .common_catalogue import CatalogueCase

LARGE = 300_000  # bytes of a file that is cut


class TestCataloguePieces(CatalogueCase):
    def setUp(self):
        super().setUp()
        receipt = self.env["trade.message"]._receive(
            b" " * LARGE, route=self.route, scope="test", key="file", filename="list.json"
        )
        self.file = self.env["trade.message"].browse(receipt.message_id)
        self.file._set_state("decoded")
        self.file._set_state("applied")

    def piece(self, place, *lines, **header):
        number = "CAT-7" if place == 1 else f"CAT-7-{place}"
        return self.catalogue(*lines, number=number, action_code="replace", **header)

    def store(self, *pieces):
        """Pieces as they are stored, not yet run; in their order."""
        return [self._stored(place, piece) for place, piece in enumerate(pieces, 1)]

    def _stored(self, place, piece):
        raw = piece if isinstance(piece, bytes) else json.dumps(piece).encode()
        receipt = self.env["trade.message"]._receive(
            raw, route=self.route, scope=f"part:{self.file.id}", key=str(place), parent=self.file
        )
        return self.env["trade.message"].browse(receipt.message_id)

    def catalogues(self):
        return self.env["trade.catalogue"].search([("trade_partner_id", "=", self.profile.id)])

    def test_pieces_in_any_order_are_one_catalogue_and_what_none_names_has_ended(self):
        one, two, three = self.store(
            self.piece(1, self.line("A-1", "103")),
            self.piece(2, self.line("A-2", "20")),
            self.piece(3, self.line("N-1", "5")),
        )
        self.run_lane(three)
        catalogue = self.catalogues()
        self.drain(catalogue)
        self.assertEqual((catalogue.name, catalogue.state), ("CAT-7", "receiving"))
        self.assertEqual(catalogue.progress_text, "1 of 3 parts read.")
        self.run_lane(one)
        self.drain(catalogue)
        self.assertEqual((catalogue.state, catalogue.ended_count), ("receiving", 0))
        self.run_lane(two)
        self.assertEqual(self.catalogues(), catalogue)
        self.drain(catalogue)
        self.assertEqual((catalogue.state, catalogue.line_count), ("to_review", 3))
        self.assertEqual(self.rows(catalogue, kind="ended").product_id, self.stool)

    def test_a_piece_that_cannot_be_read_is_waited_for_or_left_out(self):
        good, bad = self.store(self.piece(1, self.line("A-1", "103")), b"{nonsense")
        self.run_lane(good | bad)
        self.assertEqual(bad.state, "held")
        catalogue = self.catalogues()
        self.drain(catalogue)
        self.assertEqual(catalogue.state, "receiving")
        catalogue.with_user(self.buyer).action_without_rest()
        self.drain(catalogue)
        self.assertEqual(
            (catalogue.state, catalogue.pending_count, catalogue.ended_count), ("to_review", 1, 0)
        )

    def test_a_piece_that_was_corrected_joins_its_catalogue(self):
        good, bad = self.store(self.piece(1, self.line("A-1", "103")), b"{nonsense")
        self.run_lane(good | bad)
        corrected = bad._resubmit(json.dumps(self.piece(2, self.line("A-2", "21"))).encode(), "mended")
        self.run_lane(corrected)
        catalogue = self.catalogues()
        self.assertEqual(len(catalogue), 1)
        self.drain(catalogue)
        self.assertEqual((catalogue.state, catalogue.price_count, catalogue.ended_count), ("to_review", 2, 1))


class TestCatalogueLarge(CatalogueCase):
    COUNT = 10_000

    def make_items(self, count):
        """Copies of the desk with a vendor price of 10 each and the codes L-0, L-1 …; in three statements."""
        self.env.flush_all()
        template, product, info = self.desk.product_tmpl_id, self.desk, self.desk.seller_ids
        first = self._copies(template, count, {})
        variants = self._copies(product, count, {"product_tmpl_id": f"{first} + n"})
        self._copies(
            info,
            count,
            {
                "product_tmpl_id": f"{first} + n",
                "product_id": f"{variants} + n",
                "product_code": "'L-' || n",
                "price": "10",
            },
        )
        self.env.invalidate_all()
        return self.env["product.template"].browse(range(first, first + count))

    def _copies(self, record, count, values):
        """Copies of a row with following ids.

        :param values: SQL per column, ``n`` counts from 0
        :return: the first id
        """
        names = [
            name
            for name, field in record._fields.items()
            if field.store and field.column_type and name != "id"
        ]
        table = record._table
        self.env.cr.execute(f"SELECT MAX(id) + 1 FROM {table}")
        [first] = self.env.cr.fetchone()
        columns = ", ".join(f'"{name}"' for name in names)
        chosen = ", ".join(values.get(name) or f's."{name}"' for name in names)
        self.env.cr.execute(
            f"INSERT INTO {table} (id, {columns}) SELECT {first} + n, {chosen}"
            f" FROM {table} s, generate_series(0, {count - 1}) AS n WHERE s.id = {record.id}"
        )
        self.env.cr.execute(f"SELECT setval('{table}_id_seq', {first + count})")
        self.env.cr.execute(f"ANALYZE {table}")  # as the server does by itself, in time
        return first

    def test_killed_in_the_middle_it_goes_on_where_it_stopped(self):
        templates = self.make_items(12)
        lines = [self.line(f"L-{at}", self.price("11", start=self.today)) for at in range(12)]
        catalogue = self.take(*lines)
        catalogue.with_user(self.buyer).action_accept_all()
        lane = catalogue._lane()
        self.assertEqual(catalogue_apply.step(self.env, lane, 5).count, 5)
        self.env.flush_all()
        kill = self.env.cr.savepoint()
        self.assertEqual(catalogue_apply.step(self.env, lane, 5).count, 5)
        kill.close(rollback=True)
        self.env.invalidate_all()
        self.assertEqual((catalogue.applied_count, catalogue.progress_text), (5, "5 of 12 applied."))
        self.assertEqual(catalogue.state, "applying")
        self.assertEqual(len(catalogue_apply.ready(self.env, lane, 50)), 7)
        self.drain(catalogue, limit=5)
        self.assertEqual((catalogue.state, catalogue.applied_count), ("applied", 12))
        for template in templates:
            product = template.product_variant_id
            self.assertEqual(self.prices(product), [(10, False, self.days(-1)), (11, self.today, False)])
        self.assertEqual(catalogue_apply.step(self.env, lane, 5).count, 0)

    def test_a_row_that_cannot_be_written_is_alone(self):
        self.make_items(3)
        catalogue = self.take(*(self.line(f"L-{at}", "11") for at in range(3)))
        catalogue.with_user(self.buyer).action_accept_all()
        catalogue_apply.quarantine(self.env, catalogue._lane(), ValueError("numeric field overflow"))
        self.drain(catalogue)
        [row] = self.rows(catalogue, decision="pending")
        self.assertIn("numeric field overflow", row.flag)
        self.assertEqual((catalogue.applied_count, catalogue.state), (2, "to_review"))

    def test_ten_thousand_lines_in_bounded_queries(self):
        self.make_items(self.COUNT)
        lines = [self.line(f"L-{at}", self.price("11", start=self.today)) for at in range(self.COUNT)]
        pieces = [self.catalogue(*lines[at : at + 1000]) for at in range(0, self.COUNT, 1000)]
        self.env.flush_all()
        self.env.invalidate_all()
        with self.fewer_queries_than(300):
            messages = self.process(*pieces)
        self.assertEqual(set(messages.mapped("state")), {"applied"})
        for message in messages:
            catalogue = self.env["trade.catalogue"].browse(message.res_id)
            self.drain(catalogue)
        with self.fewer_queries_than(100):
            catalogue.with_user(self.buyer).action_accept_all()
            catalogue_apply.step(self.env, catalogue._lane(), 5000)
        self.assertEqual(catalogue.applied_count, 1000)

    def fewer_queries_than(self, most):
        test, cr = self, self.env.cr

        class Counted:
            def __enter__(self):
                self.before = cr.sql_log_count

            def __exit__(self, *error):
                if not error[0]:
                    test.assertLess(cr.sql_log_count - self.before, most)

        return Counted()
