"""Which order lines a line of an invoice bills, and how much of each."""

from collections import defaultdict
from datetime import date
from fractions import Fraction

from odoo.addons.trade_core.tools import decimal
from odoo.addons.trade_kernel.sharing import Open, share
from odoo.addons.trade_purchase.tools import net_price

_STANDS = ("qty_received", "qty_invoiced")
#: one order line is enough, the surest first
_FITS = (
    lambda one, quantity: one.left == quantity <= one.ready,
    lambda one, quantity: one.left >= quantity <= one.ready,
    lambda one, quantity: one.left == quantity,
    lambda one, quantity: one.left >= quantity,
)


class Spread:
    """The lines of one document, one after the other: what one bills is gone for the next.

    A line is for one order line wherever one has enough left. Only where none has, it is shared out among
    lines of the same product, unit, price and taxes: first what was received first, then what is left. Where
    prices or taxes differ, nobody can know which of them is meant: it stays with one line, and is seen as too
    much there.
    """

    def __init__(self, adapter, work, batch):
        self.env, self.batch, self.credit = adapter.env, batch, adapter._is_credit
        self.orders = batch.orders[work.message.id]
        earlier = batch.replaces.get(work.message.id, adapter.env["trade.bill.match"])
        self.corrected = earlier.bill_id  # what it bills does not count
        self.replaced = adapter._quantities_of(self.corrected)
        self.digits = adapter.env["decimal.precision"].precision_get("Product Unit")
        self.taken = defaultdict(int)

    def of(self, said, ratios, referred, candidates):
        """
        :param said: the quantity of the line, if it says one
        :param ratios: ``{unit: {code: how many of the unit}}`` of order lines it may bill
        :param referred: the order line the document names, or none
        :param candidates: order lines with the product
        :return: ``[(order line, quantity in its unit)]``, at least one; without order line: on no order
        """

        def quantity(line):
            found = ratios.get(line.product_uom_id) or next(iter(ratios.values()))
            return Fraction(said.value) * found[said.unit_code] if said else None

        shares = self._shares(
            quantity, referred, candidates.filtered(lambda line: line.product_uom_id in ratios)
        )
        for line, part in shares:
            self.taken[line] += part or 0
        return shares

    def _shares(self, quantity, referred, candidates):
        first = referred or candidates[:1]
        if not quantity(first) or quantity(first) < 0:
            return [(first, quantity(first))]
        if referred:
            return self._beyond_named(quantity(referred), referred, candidates)
        ordered = self._first_in(candidates)
        state = {line: self._open(line) for line in ordered}
        for fits in _FITS:
            for line in ordered:
                if fits(state[line], quantity(line)):
                    return [(line, quantity(line))]
        some = ordered.filtered(lambda line: state[line].left > 0)
        if len(some) > 1 and self._alike(some):
            return share(quantity(some[0]), [state[line] for line in some])
        one = (some or candidates)[:1]
        return [(one, quantity(one))]

    def _beyond_named(self, quantity, referred, candidates):
        """A line that is named and has less left: the rest is only for others that were received already (on
        credit notes: went back), so that nothing has to be guessed."""
        own = self._open(referred)
        others = (candidates - referred).filtered(lambda line: self._open(line).ready > 0)
        if not 0 < own.left < quantity or not others or not self._alike(referred | others):
            return [(referred, quantity)]
        ready = [self._open(line) for line in self._first_in(others)]
        if sum(min(one.ready, one.left) for one in ready) < quantity - own.left:
            return [(referred, quantity)]
        return [(referred, own.left), *share(quantity - own.left, ready)]

    def _open(self, line):
        """What is left to bill of an order line, or to credit: what was billed, first what went back."""
        received, billed = (Fraction(decimal(line[name], self.digits)) for name in _STANDS)
        billed += self.batch.billed[line] - self.replaced.get(line, 0)
        taken = self.taken[line]
        if self.credit:
            return Open(line, billed - taken, billed - received - taken)
        ordered = Fraction(decimal(line.product_qty, self.digits))
        return Open(line, ordered - billed - taken, received - billed - taken)

    def left(self, line):
        """What of an order line is still to be billed after the lines of the document so far."""
        return self._open(line).left

    def _alike(self, lines):
        def terms(line):
            return line.product_id, line.product_uom_id, agreed_price(line), line.tax_ids

        return len({terms(line) for line in lines}) == 1

    def _first_in(self, lines):
        """In the order in which they were received first; what was not received yet as it was ordered."""
        if len(lines) < 2:
            return lines
        days = self._days()
        return lines.sorted(
            lambda line: (
                days.get(line, date.max),
                line.order_id.date_order,
                line.order_id.id,
                line.sequence,
                line.id,
            )
        )

    def _days(self):
        """``{order line: the day something of it was received first}`` of all orders of the batch."""
        if self.batch.received_days is None:
            lines = self.env["purchase.order"].union(*self.batch.orders.values()).order_line
            found = self.env["trade.promise"].sudo()._read_group(
                [("order_line_id", "in", lines.ids), ("kind", "=", "received"), ("quantity", ">", 0)],
                ["order_line_id"],
                ["date:min"],
            )  # fmt: skip
            self.batch.received_days = {line.with_env(self.env): day for line, day in found if day}
        return self.batch.received_days


def agreed_price(line):
    """Net price of one unit of an order line, without taxes that are in the price."""
    if any(tax.price_include for tax in line.tax_ids.flatten_taxes_hierarchy()) and line.product_qty:
        return Fraction(decimal(line.price_subtotal, 6)) / Fraction(decimal(line.product_qty, 6))
    return Fraction(net_price(line))
