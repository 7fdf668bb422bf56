import random

from odoo.tests import tagged

from .common_cycle import CycleCase

FORMATS = ("canonical_json", "ubl", "cxml", "edifact", "x12")
SEEDS = range(6)


@tagged("post_install", "-at_install")
class TestCycle(CycleCase):
    """Order → change → answer with a higher price in two parts → two advices → short receipt → over-billed
    invoice → credit note → paid: it ends the same in every format, and whatever way the documents take."""

    def whole_way(self, codec):
        self.speak(codec)
        order = self.ordered_and_changed()
        response, first, second, invoice, credit = self.supplier_documents(order)
        self.send(response, first, second)
        self.assertEqual(order.order_line.mapped("price_unit"), [10.5, 20.0])
        self.goods_arrive(order)
        self.send(invoice)
        self.one_too_many_is_billed(order)
        self.send(credit)
        bill = self.paid(order)
        self.assertEqual(bill.payment_state, "paid" if not bill.amount_residual else bill.payment_state)
        self.assertFalse(bill.amount_residual)
        return order

    def check(self, order):
        outcome = self.outcome(order)
        codes = self.desk.default_code, self.shelf.default_code
        self.assertEqual(
            [line[:5] for line in outcome["lines"]], [(codes[0], 12, 10.5, 11, 11), (codes[1], 8, 20.0, 8, 8)]
        )
        self.assertEqual(outcome["receipts"], [(codes[0], 4.0), (codes[0], 7.0), (codes[1], 8.0)])
        self.assertEqual(outcome["open"], [])
        self.assertEqual(
            outcome["bills"], [("in_invoice", "R", 286.0, 328.9), ("in_refund", "G", 10.5, 12.08)]
        )
        self.assertEqual(
            outcome["ledger"],
            {
                (codes[0], "despatched"): 12,
                (codes[0], "received"): 11,
                (codes[0], "billed"): 11,
                (codes[1], "despatched"): 8,
                (codes[1], "received"): 8,
                (codes[1], "billed"): 8,
            },
        )
        return outcome

    def test_the_same_in_every_format(self):
        for codec in FORMATS:
            with self.subTest(codec=codec):
                self.check(self.whole_way(codec))

    def test_the_supplier_hears_what_arrived_and_what_was_paid(self):
        self.whole_way("edifact")
        advice = self.got("receipt_advice")
        self.assertEqual(float(advice.receipt_lines[0].short_quantity.value), 1)
        remittance = self.got("remittance_advice")
        self.assertEqual(float(remittance.total_payment_amount.value), 316.82)

    def shuffled(self, seed):
        """Every document comes twice, in any order; people act when all is there."""
        self.speak("canonical_json")
        order = self.ordered_and_changed()
        documents = self.supplier_documents(order) * 2
        random.Random(seed).shuffle(documents)
        self.send(*documents)
        self.goods_arrive(order)
        self.one_too_many_is_billed(order)
        self.paid(order)
        return order

    def test_duplicated_and_shuffled_it_ends_the_same(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.check(self.shuffled(seed))

    # -- other units, currencies, companies ----------------------------------------------------------

    def test_ordered_in_dozens_spoken_in_pieces(self):
        """The order is in dozens, all the supplier's documents are in pieces."""
        self.speak("canonical_json")
        self.parts, self.missing = (12, 24), 12
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.make_order((self.desk, 3, 120.0), (self.shelf, 8, 20.0), confirm=False)
        order.order_line.tax_ids = self.tax
        order.order_line[0].write({"product_uom_id": dozen.id, "product_qty": 3, "price_unit": 120.0})
        order.button_confirm()
        self.got("order")
        response, first, second, invoice, credit = self.supplier_documents(order, revision=0)
        self.send(response, first, second)
        self.assertEqual(order.order_line.mapped("price_unit"), [126.0, 20.0])
        self.goods_arrive(order)
        self.send(invoice)
        self.one_too_many_is_billed(order)
        self.send(credit)
        self.assertFalse(self.paid(order).amount_residual)
        desk = order.order_line[0]
        self.assertEqual((desk.product_qty, desk.qty_received, desk.qty_invoiced), (3, 2, 2))
        self.assertEqual(
            self.outcome(order)["bills"],
            [("in_invoice", "R", 538.0, 618.7), ("in_refund", "G", 126.0, 144.9)],
        )

    def test_in_another_currency_and_company(self):
        """The same number of another company's order stays as it is; bills are in the order's currency."""
        self.speak("edifact")
        euro = self.setup_other_currency("EUR")
        other = self.env["res.company"].create({"name": "The other company"})
        theirs = self.env["purchase.order"].with_company(other).sudo().create(
            {"partner_id": self.vendor.id, "company_id": other.id}
        )  # fmt: skip
        order = self.make_order((self.desk, 12, 10.0), (self.shelf, 8, 20.0), currency_id=euro.id)
        theirs.name = order.name
        order.order_line.tax_ids = self.tax
        self.got("order")
        self.money_code = "EUR"
        response, first, second, invoice, credit = self.supplier_documents(order, revision=0)
        self.send(response, first, second)
        self.goods_arrive(order)
        self.send(invoice)
        self.one_too_many_is_billed(order)
        self.send(credit)
        self.assertFalse(self.paid(order).amount_residual)
        self.check(order)
        self.assertEqual(self.bills(order).currency_id, euro)
        self.assertEqual((theirs.state, len(theirs.order_line)), ("draft", 0))
