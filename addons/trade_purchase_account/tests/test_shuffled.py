import random

from odoo.tests import tagged

from .common import InvoiceCase


@tagged("post_install", "-at_install")
class TestShuffled(InvoiceCase):
    """The end does not depend on what arrives first, nor on how often."""

    def play(self, seed):
        """Two receipts, two invoices, a credit note and everything twice, in an order of its own.

        :return: what there is in the end: billed quantity, and the bills by number, kind and amount
        """
        order = self.ordered(received=False)
        name = f"{seed}-{order.id}"
        of = [{"id": f"R-{name}-1"}]
        documents = [
            self.invoice(order, self.billed(1, 5, 10), number=f"R-{name}-1"),
            self.invoice(order, self.billed(1, 7, 10), number=f"R-{name}-2"),
            self.invoice(
                order, self.billed(1, 2, 10), number=f"C-{name}", kind="credit_note", billing_reference=of
            ),
        ]
        steps = [lambda: self.receipt(order, 5), lambda: self.receipt(order, 7)]
        actions = [lambda document=document: self.process_invoice(document) for document in documents * 2]
        dice = random.Random(seed)
        dice.shuffle(actions)
        for step in steps:
            actions.insert(dice.randint(0, len(actions)), step)
        # Receipts come in their own order; all else does not.
        where = [index for index, action in enumerate(actions) if action in steps]
        for index, step in zip(where, steps, strict=True):
            actions[index] = step
        for action in actions:
            action()
            self.run_ready()
        self.run_ready()
        bills = order.order_line.invoice_lines.move_id
        return order.order_line.qty_invoiced, sorted(
            (bill.ref.replace(name, ""), bill.move_type, bill.amount_total) for bill in bills
        )

    def test_any_order_ends_the_same(self):
        expected = (
            10.0,
            [("C-", "in_refund", 23.0), ("R--1", "in_invoice", 57.5), ("R--2", "in_invoice", 80.5)],
        )
        for seed in range(6):
            with self.subTest(seed=seed):
                self.assertEqual(self.play(seed), expected)
