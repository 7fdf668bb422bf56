"""What the rows of a catalogue point to can be deleted, although no foreign key watches them."""

from odoo.tools import SQL, mute_logger
from psycopg2.errors import ForeignKeyViolation

from .common_catalogue import CatalogueCase


class TestCatalogueLinks(CatalogueCase):
    def foreign_keys(self):
        return self.env.execute_query_dict(
            SQL(
                "SELECT conname FROM pg_constraint"
                " WHERE contype = 'f' AND conrelid = 'trade_catalogue_change'::regclass"
            )
        )

    def test_no_row_asks_whether_what_it_points_to_exists(self):
        self.assertFalse(self.foreign_keys())

    def test_the_rows_of_a_deleted_product_go_with_it(self):
        catalogue = self.take(self.line("A-1", "103"), self.line("A-2", "22"))
        self.desk.product_tmpl_id.unlink()
        self.assertEqual(self.rows(catalogue).product_id, self.shelf)
        self.accept_all(catalogue)
        self.assertEqual(catalogue.state, "applied")

    def test_a_deleted_vendor_price_is_told_and_decided_again(self):
        catalogue = self.take(self.line("A-1", "103"))
        self.desk.seller_ids.unlink()
        [row] = self.rows(catalogue)
        self.assertFalse(row.supplierinfo_id)
        self.accept_all(catalogue)
        [row] = self.rows(catalogue)
        self.assertEqual((row.kind, row.decision), ("new", "pending"))
        self.assertIn("deleted meanwhile", row.flag)
        self.accept_all(catalogue)
        self.assertEqual(self.prices(self.desk, "price"), [(103,)])

    def test_a_deleted_catalogue_takes_its_rows_along(self):
        catalogue = self.take(self.line("A-1", "103"))
        rows = self.rows(catalogue)
        self.assertTrue(rows)
        catalogue.sudo().unlink()
        self.env.invalidate_all()
        self.assertFalse(rows.exists())

    def test_a_currency_that_a_row_names_stays(self):
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "¤"})
        self.env["res.currency.rate"].create({"currency_id": currency.id, "rate": 2.0})
        self.take(self.line("A-1", self.price("103", currency="XTS")))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(ForeignKeyViolation, "trade_catalogue_change"),
            self.env.cr.savepoint(),
        ):
            currency.unlink()

    def test_what_was_deleted_while_it_was_compared_is_settled(self):
        catalogue = self.take(self.line("A-1", "103"), self.line("A-2", "22"))
        desk, shelf = self.rows(catalogue)
        self.env.cr.execute(
            "UPDATE trade_catalogue_change SET product_tmpl_id = 0 WHERE id = %s;"
            "UPDATE trade_catalogue_change SET supplierinfo_id = 0 WHERE id = %s",
            [desk.id, shelf.id],
        )
        catalogue._settle()
        self.assertEqual(self.rows(catalogue, kind="price"), shelf)
        self.assertFalse(shelf.supplierinfo_id)
