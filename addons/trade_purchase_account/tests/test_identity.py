from datetime import date

from odoo.tests import BaseCase

from ..identity import identity, number_key


class TestIdentity(BaseCase):
    def test_one_number_written_in_many_ways(self):
        for number in ("RE-000123/24", "re 123-24", "RE123/0024", "Ｒｅ 123.24"):
            self.assertEqual(number_key(number), "RE123-24", number)

    def test_other_numbers_stay_apart(self):
        keys = {number_key(number) for number in ("1-23", "12-3", "123", "A123", "123A", "Ä1", "0")}
        self.assertEqual(len(keys), 7)

    def test_numbers_may_begin_again_every_year(self):
        this, last = (
            identity("invoice", "12", date(2026, 1, 2)),
            identity("invoice", "12", date(2025, 12, 30)),
        )
        self.assertNotEqual(this, last)
        self.assertNotEqual(this, identity("credit_note", "12", date(2026, 1, 2)))
