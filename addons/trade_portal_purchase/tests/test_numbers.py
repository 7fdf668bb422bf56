from odoo.tests import BaseCase, tagged

from .. import numbers
from .common import OrderPageCase


class TestNumbers(BaseCase):
    """Numbers as people write them."""

    def test_either_mark(self):
        for said in (
            "1.000,5",
            "1,000.5",
            "1000,5",
            "1000.5",
            "1 000,5",
            "1\u202f000,5",
            "1'000.5",
            "1.000,500",
        ):
            for point in ".,":
                with self.subTest(said, point=point):
                    self.assertEqual(str(numbers.read(said, point).normalize()), "1000.5")

    def test_whole(self):
        for said, number in (
            ("12", "12"),
            ("-5", "-5"),
            ("1.000.000", "1000000"),
            ("2.000.000,0", "2000000.0"),
        ):
            with self.subTest(said):
                self.assertEqual(str(numbers.read(said, ",")), number)

    def test_three_places_by_the_mark_of_the_language(self):
        for said, point in (("1,125", ","), ("1.125", "."), ("0.125", ","), ("1000.125", ",")):
            with self.subTest(said, point=point):
                self.assertIn(str(numbers.read(said, point)), ("1.125", "0.125", "1000.125"))

    def test_a_thousand_or_one(self):
        for said, point, one, other in (
            ("1.000", ",", "1000", "1"),
            ("1.000", ".", "1000", "1"),
            ("1.250", ",", "1250", "1,25"),
            ("12,125", ".", "12125", "12.125"),
        ):
            with self.subTest(said, point=point), self.assertRaises(numbers.Ambiguous) as caught:
                numbers.read(said, point)
            self.assertEqual((caught.exception.one, caught.exception.other), (one, other))

    def test_no_number(self):
        for said in ("", ",", "--1", "1e3", "NaN", "1.00.000", "1.2.3", "٣", "😀", "<script>"):
            with self.subTest(said), self.assertRaises(ValueError):
                numbers.read(said, ",")


@tagged("post_install", "-at_install")
class TestGermanPage(OrderPageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.vendor.lang = "de_DE"

    def test_fields_and_words_are_written_alike(self):
        self.desk.uom_id.with_context(lang="de_DE").name = "Stück"
        order, url = self.sent((self.desk, 1250.5, 12.125))
        page = self.get(url)
        self.assertIn('value="1250,5"', page.text)
        self.assertIn('value="12,125"', page.text)
        self.assertIn(
            "12,125", page.text.partition("<dl")[2].partition("<details")[0]
        )  # asked, to the last place
        self.press(page, "answer", qty_1="1.000,5", price_1="12,125")
        self.run_page(order)
        row = order.trade_answer_ids
        self.assertEqual((row.answered_qty, row.answered_price), (1000.5, 12.125))
        self.assertIn("1.000,5 Stück", self.get(page.url).text)
