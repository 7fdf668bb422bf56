"""What is to be done about one invoice: its lines beside order and receipt, and what was decided."""

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from odoo import models

from odoo.addons.trade_kernel.canonical import InvoiceLine
from odoo.addons.trade_kernel.invoice_sums import Invoiced
from odoo.addons.trade_kernel.matching import Billed, LineMatch, Match
from odoo.addons.trade_kernel.tolerance import Action, Deviation, worst

_SHOWN = 2
#: how a charge on the whole document is called among the lines: ``charge:1`` is its first one
CHARGE = "charge:"
#: what nobody can accept, because it is not clear what would be accepted
NOT_ACCEPTABLE = ("currency", "order")
_POLICY = {
    Action.ACCEPT: "matched",
    Action.NOTIFY: "matched",
    Action.WAIT: "wait",
    Action.HOLD: "pending",
    Action.REJECT: "reject",
}
#: kinds of difference that mean "too much was billed": what a credit note would bring back
_OWED = ("price", "charges", "tax", "total")


@dataclass(frozen=True)
class Part:
    """What a line of the document bills of one order line."""

    key: str  # the line's id; with a number behind it when it bills several order lines
    line: InvoiceLine | None  # none: a charge on the whole document
    order_line: models.BaseModel
    product: models.BaseModel
    billed: Billed
    several: bool = False


@dataclass
class LinePlan:
    """One line of the document, or a difference of the document as a whole."""

    key: str  # the line's id, or "header" and the kind of difference
    deviations: tuple[Deviation, ...]
    line: InvoiceLine | None = None
    order_line: models.BaseModel | None = None
    product: models.BaseModel | None = None
    match: LineMatch | None = None
    several: bool = False  # a part of a line that bills several order lines
    decision: str = "pending"
    row: models.BaseModel | None = None  # carries a person's decision
    digest: str = ""

    def decide(self, row):
        """Take over what the policy says, or what a person decided about exactly this difference."""
        action = worst(self.deviations)
        self.decision = _POLICY[action]
        if action in (Action.ACCEPT, Action.NOTIFY):
            return
        self.digest = self._digest()
        if not row or not row.decided_by_id:
            return
        if row.digest == self.digest or (row.decision == "wait" and self.only_receipt):
            self.decision, self.row = row.decision, row

    def _digest(self):
        billed = self.match.billed if self.match else None
        compared = (
            self.key,
            billed and (str(billed.quantity), str(billed.amount)),
            self.order_line.id if self.order_line else None,
            [one.sentence for one in self.deviations],
        )
        return hashlib.sha256(repr(compared).encode()).hexdigest()

    @property
    def held(self):
        return [one for one in self.deviations if one.action >= Action.WAIT]

    @property
    def only_receipt(self):
        """Whether a receipt would settle all that differs."""
        return {one.dimension for one in self.held} == {"receipt"}

    @property
    def label(self):
        return f"Line {self.key}: " if self.line else ""

    @property
    def owed(self) -> Decimal:
        """How much too much is billed, without tax: what a credit note has to bring."""
        money = sum(
            (one.difference for one in self.held if one.dimension in _OWED and one.difference > 0), Decimal(0)
        )
        excess = [one.difference for one in self.held if one.dimension in ("quantity", "receipt")]
        if excess and self.match:
            money += Decimal(float(Fraction(max(excess)) * self.match.ordered.price))
        if any(one.dimension in ("unknown_line", "item") for one in self.held) and self.match:
            money = self.match.billed.amount
        return max(money, Decimal(0))


@dataclass
class Plan:
    """One document, ready to be decided or booked."""

    orders: models.BaseModel
    partner: models.BaseModel  # who bills, as the bill's partner
    invoiced: Invoiced
    match: Match
    identity: str
    lines: list[LinePlan]
    kept: models.BaseModel  # the trade.bill.match of this message, if any
    credited: models.BaseModel  # the bill a credit note is about
    other_bill: models.BaseModel  # a bill with the same number that says something else
    replaces: models.BaseModel  # the match of the revision this one corrects
    bill: models.BaseModel | None = None
    notes: list[str] = field(default_factory=list)

    def decided(self, *decisions):
        return [line for line in self.lines if line.decision in decisions]

    def summary(self, *decisions):
        """The differences with these decisions in words, without the last full stop."""
        sentences = [line.label + one.sentence for line in self.decided(*decisions) for one in line.held]
        text = " ".join(sentences[:_SHOWN])
        if len(sentences) > _SHOWN:
            text += f" And {len(sentences) - _SHOWN} more."
        return text.removesuffix(".")

    @property
    def remarks(self):
        """What nobody was asked about, but somebody should know."""
        return [
            line.label + one.sentence
            for line in self.lines
            for one in line.deviations
            if one.action is Action.NOTIFY
        ]

    @property
    def goods(self):
        """Lines of the document that are on an order."""
        return [line for line in self.lines if line.match and line.match.ordered]

    @property
    def others(self):
        """Lines of the document that are on no order: charges, and what a person accepted."""
        return [line for line in self.lines if line.match and not line.match.ordered]
