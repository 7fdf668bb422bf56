import random

from odoo.tests import tagged

from .common import PurchaseCase

_SEEDS = range(8)


@tagged("post_install", "-at_install")
class TestShuffled(PurchaseCase):
    """Whatever order a supplier's answers come in, and however often: the purchase order ends the same."""

    def picture(self, order):
        return (
            order.acknowledged,
            order.amount_untaxed,
            [
                (
                    line.product_qty,
                    line.price_unit,
                    line.date_planned,
                    line.trade_promised_qty,
                    line.trade_promised_price,
                    line.trade_promised_date,
                    line.trade_schedule,
                )
                for line in order.order_line
            ],
        )

    def answers(self, chance, order):
        """A history of answers, the last one the newest: small and large changes, acceptances, receipts."""
        found = []
        for number in range(1, chance.randint(2, 5)):
            lines = []
            for ref in (1, 2):
                day, price = chance.choice([-2, 0, 1, 2]), chance.choice([None, "100.5", "101"])
                lines.append(self.line(ref, "3", day=self.days(day), price=price if ref == 1 else None))
            if chance.random() < 0.3:  # beyond what the policy accepts
                lines[0] = self.line(1, "3", price="150")
            issued = f"2031-01-{number + 1:02d}"
            if chance.random() < 0.3:
                issued += f"T0{number}:00:00Z"
            found.append(self.answer(order, *lines, number=f"{order.name}/{number}", issued=issued))
        final = self.answer(
            order,
            self.line(1, "3", day=self.days(1), price="101.25"),
            self.line(2, "5"),
            number=f"{order.name}/last",
            issued="2031-01-20",
        )
        receipt = self.answer(order, code="AB", number=f"{order.name}/receipt", issued="2031-01-01")
        return [receipt, *found, final]

    def test_any_order_any_number_of_times(self):
        for seed in _SEEDS:
            with self.subTest(seed=seed):
                chance = random.Random(seed)
                straight, shuffled = (
                    self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0)) for _n in range(2)
                )
                state = chance.getstate()
                for answer in self.answers(chance, straight):
                    self.process(answer)
                chance.setstate(state)
                answers = self.answers(chance, shuffled)
                sent = answers + chance.choices(answers, k=3)
                chance.shuffle(sent)
                while sent:  # in batches of any size
                    batch = chance.randint(1, 4)
                    self.process(*sent[:batch])
                    sent = sent[batch:]
                self.assertEqual(self.picture(shuffled), self.picture(straight))
                self.assertEqual(shuffled.order_line[0].price_unit, 101.25)
                states = shuffled.trade_message_ids.filtered(
                    lambda message: message.direction == "in"
                ).mapped("state")
                self.assertEqual(
                    states.count("held"), 0, "nobody is asked about an answer that no longer counts"
                )
                applied = shuffled.trade_message_ids.filtered(lambda message: message.state == "applied")
                self.assertEqual(
                    len(applied), len(set(applied.mapped("document_number"))), "nothing applied twice"
                )
