from odoo.tests import tagged

from .common import CertificationCase


@tagged("post_install", "-at_install")
class TestCertificationHistory(CertificationCase):
    def _tests(self):
        return list(self.env["trade.certification.history"]._tests(self.certification))

    def test_nothing_traded_nothing_made(self):
        self.assertEqual(self._tests(), [])

    def _trade(self):
        """Products ordered twice at different prices, one short, one in packs.

        :return: the order that came short
        """
        pack = self.env.ref("uom.product_uom_dozen")
        self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        order = self.make_order((self.desk, 12, 110.0))
        packed = self.make_order((self.stool, 2, 150.0), confirm=False)
        packed.order_line.product_uom_id = pack
        packed.order_line.price_unit = 150.0
        packed.button_confirm()
        line = order.order_line
        line.qty_received_method = "manual"
        line.qty_received_manual = 7
        self.env.flush_all()
        return order

    def test_made_of_what_was_traded(self):
        order, pack = self._trade(), self.env.ref("uom.product_uom_dozen")
        tests = {test["history_key"].partition(":")[0]: test for test in self._tests()}
        self.assertEqual(set(tests), {"usual", "pack", "partial", "price"})
        self.assertEqual(tests["usual"]["spec"]["lines"][0]["product_id"], self.desk.id)
        self.assertEqual(tests["pack"]["spec"]["lines"][0]["uom_id"], pack.id)
        self.assertIn(order.name, tests["partial"]["why"])
        self.assertIn("7", tests["partial"]["why"])
        self.assertEqual(tests["price"]["spec"]["lines"][0]["price"], 100.0)
        self.assertEqual(tests["price"]["expected"]["price"], "110.0")
        self.assertIn("110.0", tests["price"]["why"])
        self.assertEqual(self._tests(), self._tests(), "the same past makes the same tests")

    def test_partners_read_their_names_in_their_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self._trade()
        self.certification._prepare_tests()
        made = self.certification.test_ids.filtered(lambda test: test.history_key == "usual")
        self.assertEqual(made.name, "What you deliver most often")
        self.assertNotEqual(made.with_context(lang="de_DE")._row()["name"], made.name)

    def test_they_are_made_once_and_can_be_run(self):
        self.make_order((self.desk, 10, 100.0))
        self.make_order((self.desk, 12, 110.0))
        self.certification._prepare_tests()
        count = len(self.certification.test_ids)
        self.certification._prepare_tests()
        self.assertEqual(len(self.certification.test_ids), count)
        made = self.certification.test_ids.filtered("history_key")
        self.assertEqual(len(made), 2)
        self.assertFalse(any(made.mapped("required")), "they may be tried, but hold nobody up")
        for test in made:
            test._send()
            self.come(self.good(test))
            self.assertPassed(test)

    def test_packs_short_lines_and_prices_are_run_as_they_were(self):
        self._trade()
        self.certification._prepare_tests()
        made = {
            test.history_key.partition(":")[0]: test
            for test in self.certification.test_ids.filtered("history_key")
        }
        self.assertEqual(set(made), {"usual", "pack", "partial", "price"})
        for kind, test in made.items():
            test._send()
            wrong = self.as_ordered(test)
            if kind in ("usual", "pack"):
                wrong["order_lines"][0]["quantity"]["unit_code"] = "KGM"
            self.come(wrong)
            self.assertEqual(test.state, "failed", kind)
            self.come(self.good(test))
            self.assertPassed(test)
        [line] = made["pack"].asked["order_lines"]
        self.assertEqual(line["quantity"], {"value": "2", "unit_code": "DZN"})
        [line] = made["price"].last_run_id.document["order_lines"]
        self.assertEqual(line["price"]["price_amount"]["value"], "110.0")
